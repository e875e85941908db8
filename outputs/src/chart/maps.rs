//! Several shares over the same two parameters, side by side on one scale.

use super::Medium;
use super::backend::ChartError;
use super::canvas::{Area, Canvas, Type};
use super::heatmap;
use super::spec::{Heatmap, Maps, Scale};
use super::theme;

/// Least left and right end of the panels, and room between them.
const LEFT: f64 = 78.0;
const RIGHT: f64 = 756.0;
const BETWEEN: f64 = 14.0;

/// Most panels in a row, and the height of a row with its titles and axis.
const ACROSS: usize = 3;
const TOP: f64 = 104.0;
const EACH: f64 = 316.0;

pub(super) fn draw(spec: &Maps, medium: Medium) -> Result<Vec<u8>, ChartError> {
    let rows = spec.panels.len().div_ceil(ACROSS).max(1);
    let across = spec.panels.len().div_ceil(rows).max(1);
    let canvas = Canvas::new(medium, &spec.frame, TOP + EACH * rows as f64 + 10.0)?;
    let first = canvas.side_room(&spec.y.levels, LEFT);
    let width = (RIGHT - first - BETWEEN * (across as f64 - 1.0)) / across as f64;
    let bottom = |row: usize| TOP + EACH * (row + 1) as f64 - 74.0;
    for (at, (title, cells)) in spec.panels.iter().enumerate() {
        let (row, column) = (at / across, at % across);
        let left = first + (width + BETWEEN) * column as f64;
        let top = TOP + EACH * row as f64;
        let area = Area { left, top, right: left + width, bottom: bottom(row) };
        let look = Type::of(theme::LABEL).bold().centred();
        let (text, size) = canvas.fit(title, width, look);
        canvas.text(&text, (left + width / 2.0, top - 14.0), Type { size, ..look })?;
        let panel = Heatmap {
            frame: spec.frame.clone(),
            x: spec.x.clone(),
            y: spec.y.clone(),
            measure: title.clone(),
            cells: cells.clone(),
            scale: Scale::Share,
        };
        heatmap::panel(&panel, &canvas, area, column == 0, 14.0)?;
    }
    let bar = Area { left: RIGHT + 14.0, top: TOP + 18.0, right: RIGHT + 26.0, bottom: bottom(0) };
    let tick = |at: u32| (f64::from(at) / 5.0, format!("{:.1}", f64::from(at) / 5.0));
    let ticks: Vec<_> = (0..=5).map(tick).collect();
    canvas.colour_bar(bar, "P", theme::magnitude, &ticks)?;
    canvas.finish()
}
