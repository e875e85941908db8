//! Distributions as boxes, or numbers with their intervals: in rows, one for each level.

use plotters::style::RGBColor;

use super::Medium;
use super::backend::ChartError;
use super::canvas::{Area, Canvas, Drawn, Plot, Type, short, ticks};
use super::spec::{BoxRow, Boxes, Glyph, Quantiles, Spot};
use super::theme;

/// Height of a box with the room around it, and room between rows.
const BOX: f64 = 9.0;
const BETWEEN: f64 = 12.0;
const TOP: f64 = 108.0;

pub(super) fn draw(spec: &Boxes, medium: Medium) -> Result<Vec<u8>, ChartError> {
    let levels = spec.levels.len().max(1) as f64;
    let row = BOX * levels + BETWEEN;
    let high = row * spec.rows.len().max(1) as f64;
    let canvas = Canvas::new(medium, &spec.frame, TOP + high + 88.0)?;
    let area = Area { left: 190.0, top: TOP, right: 790.0, bottom: TOP + high };
    let plot = canvas.plot(area, range(spec), (spec.rows.len().max(1) as f64, 0.0))?;
    let marks: Vec<Spot> =
        ticks(plot.x).into_iter().map(|at| Spot { at, label: short(at) }).collect();
    for mark in &marks {
        let x = plot.place((mark.at, 0.0)).0;
        canvas.rule((x, area.top), (x, area.bottom), theme::GRID, 0.8)?;
    }
    for (at, own) in spec.rows.iter().enumerate() {
        draw_row(&canvas, &plot, spec, own, at)?;
    }
    plot.base_axis(&marks, &spec.x_title)?;
    key(&canvas, spec)?;
    canvas.finish()
}

/// All that is drawn, with a little room, unless ends are given.
fn range(spec: &Boxes) -> (f64, f64) {
    if let Some(range) = spec.range {
        return range;
    }
    let ends = |own: &Glyph| match own {
        Glyph::Box(Quantiles([low, .., high])) | Glyph::Dot(_, (low, high)) => (*low, *high),
    };
    let all = || spec.rows.iter().flat_map(|row| row.boxes.iter().flatten()).map(ends);
    let low = all().map(|own| own.0).fold(f64::INFINITY, f64::min);
    let high = all().map(|own| own.1).fold(f64::NEG_INFINITY, f64::max);
    if low > high {
        return (0.0, 1.0);
    }
    let room = 0.04 * (high - low).max(0.05);
    (low - room, high + room)
}

fn draw_row(canvas: &Canvas, plot: &Plot, spec: &Boxes, row: &BoxRow, at: usize) -> Drawn {
    let (_, top) = plot.place((plot.x.0, at as f64));
    let middle = plot.place((plot.x.0, at as f64 + 0.5)).1;
    let look = Type::of(theme::LABEL).right();
    let (name, size) = canvas.fit(&row.name, plot.area.left - 34.0, look);
    canvas.text(&name, (plot.area.left - 10.0, middle), Type { size, ..look })?;
    for (level, own) in row.boxes.iter().enumerate() {
        let Some(own) = own else { continue };
        // The last level stands on top, as in ridgelines.
        let place = spec.levels.len() - 1 - level;
        let y = top + BETWEEN / 2.0 + BOX * (place as f64 + 0.5);
        let colour = theme::level(level, spec.levels.len());
        match own {
            Glyph::Box(own) => draw_box(canvas, plot, own, y, colour)?,
            Glyph::Dot(value, ends) => draw_dot(canvas, plot, *value, *ends, y, colour)?,
        }
    }
    Ok(())
}

fn draw_box(canvas: &Canvas, plot: &Plot, own: &Quantiles, y: f64, colour: RGBColor) -> Drawn {
    let at = |value: f64| plot.place((value, 0.0)).0;
    let [low, lower, median, upper, high] = own.0.map(at);
    canvas.rule((low, y), (high, y), colour, 1.3)?;
    let half = BOX / 2.0 - 1.0;
    canvas.fill(Area { left: lower, top: y - half, right: upper, bottom: y + half }, colour)?;
    canvas.rule((median, y - half), (median, y + half), theme::PAPER, 2.0)
}

fn draw_dot(
    canvas: &Canvas,
    plot: &Plot,
    value: f64,
    (low, high): (f64, f64),
    y: f64,
    colour: RGBColor,
) -> Drawn {
    let at = |value: f64| plot.place((value, 0.0)).0;
    canvas.rule((at(low), y), (at(high), y), colour, 1.6)?;
    canvas.disc((at(value), y), 3.0, colour)
}

/// The levels with their colours, above the rows.
fn key(canvas: &Canvas, spec: &Boxes) -> Drawn {
    if spec.levels.len() < 2 {
        return Ok(());
    }
    let colour = |at: usize| theme::level(at, spec.levels.len());
    let levels = spec.levels.iter().enumerate().map(|(at, level)| (level.clone(), colour(at)));
    canvas.key((24.0, TOP - 26.0), &spec.levels_title, levels)
}
