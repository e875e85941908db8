//! Rows of reference points under a panel: one row for each kind, in groups.

use super::canvas::{Area, Canvas, Drawn, Plot, Type};
use super::spec::{Mark, Panel, Ridgelines};
use super::theme;

/// Height of a row, and room above the first.
const ROW: f64 = 14.0;
const ABOVE: f64 = 12.0;

/// Marks nearer to each other than this are one.
const SAME: f64 = 1e-6;

/// The height of all rows of a chart; a group has a row for its title.
pub(super) fn height(spec: &Ridgelines) -> f64 {
    let rows = rows(spec);
    if rows > 0 { ABOVE + ROW * rows as f64 } else { 0.0 }
}

fn rows(spec: &Ridgelines) -> usize {
    spec.legends.iter().map(|legend| 1 + legend.names.len()).sum()
}

/// The row of a mark, counted from the top; that of its group's title comes first.
fn row_of(spec: &Ridgelines, mark: &Mark) -> usize {
    let before = spec.legends[..mark.legend].iter();
    before.map(|legend| 1 + legend.names.len()).sum::<usize>() + 1 + mark.name
}

/// Draws the rows of a panel under its ridges, with names left of the first panel; where all levels have
/// the same point it is drawn once, else in each level's colour.
pub(super) fn draw<'a>(
    canvas: &'a Canvas,
    spec: &Ridgelines,
    panel: &Panel,
    area: Area,
    first: bool,
) -> Result<Plot<'a>, super::backend::ChartError> {
    let rows = rows(spec);
    let plot = canvas.plot(area, (0.0, 1.0), (rows as f64 + 0.2, -0.8))?;
    for share in [0.25, 0.5, 0.75] {
        let x = plot.place((share, 0.0)).0;
        canvas.rule((x, area.top), (x, area.bottom), theme::GRID, 0.8)?;
    }
    let all = || panel.ridges.iter().enumerate();
    for (level, ridge) in all() {
        for mark in &ridge.marks {
            let same = |other: &&Mark| (other.legend, other.name) == (mark.legend, mark.name);
            let twins = all().filter_map(|(_, ridge)| ridge.marks.iter().find(same));
            let alike = twins.clone().all(|twin| (twin.at - mark.at).abs() < SAME);
            let colour = if alike { theme::INK } else { theme::level(level, panel.ridges.len()) };
            plot.dot((mark.at, row_of(spec, mark) as f64), 2.9, colour)?;
        }
    }
    if first {
        names(canvas, spec, &plot)?;
    }
    Ok(plot)
}

fn names(canvas: &Canvas, spec: &Ridgelines, plot: &Plot) -> Drawn {
    let mut row = 0;
    for legend in &spec.legends {
        let (x, y) = plot.place((0.0, f64::from(row)));
        canvas.text(&legend.title, (24.0, y), Type::of(theme::NOTE).bold().soft())?;
        row += 1;
        for name in &legend.names {
            let y = plot.place((0.0, f64::from(row))).1;
            let look = Type::of(theme::NOTE).soft().right();
            let (name, size) = canvas.fit(name, x - 10.0 - 24.0, look);
            canvas.text(&name, (x - 10.0, y), Type { size, ..look })?;
            row += 1;
        }
    }
    Ok(())
}
