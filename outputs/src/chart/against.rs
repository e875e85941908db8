//! Simulated numbers over curves known beforehand: dots with whiskers, one panel for each number.

use super::Medium;
use super::backend::ChartError;
use super::canvas::{Area, Canvas, Drawn, Type, short, ticks};
use super::spec::{Against, Axis, Comparison};
use super::theme;

/// Panels side by side.
const ACROSS: usize = 2;

/// Ends of the page, room for the labels of an axis, and height of a panel with its axis.
const LEFT: f64 = 78.0;
const RIGHT: f64 = 30.0;
const BETWEEN: f64 = 76.0;
const TOP: f64 = 98.0;
const EACH: f64 = 292.0;

pub(super) fn draw(spec: &Against, medium: Medium) -> Result<Vec<u8>, ChartError> {
    let across = spec.panels.len().clamp(1, ACROSS);
    let rows = spec.panels.len().div_ceil(across).max(1);
    let canvas = Canvas::new(medium, &spec.frame, TOP + EACH * rows as f64 + 20.0)?;
    let width = theme::WIDTH - LEFT - RIGHT - BETWEEN * (across - 1) as f64;
    let width = width / across as f64;
    for (at, panel) in spec.panels.iter().enumerate() {
        let left = LEFT + (width + BETWEEN) * (at % across) as f64;
        let top = TOP + EACH * (at / across) as f64;
        let area = Area { left, top, right: left + width, bottom: top + EACH - 84.0 };
        draw_panel(&canvas, &spec.x, panel, area)?;
    }
    canvas.finish()
}

fn draw_panel(canvas: &Canvas, x: &Axis, panel: &Comparison, area: Area) -> Drawn {
    let range = range(panel);
    let plot = canvas.plot(area, ends(x), range)?;
    let labels: Vec<(f64, String)> =
        ticks(range).into_iter().map(|value| (value, short(value))).collect();
    plot.level_axis(&labels, "")?;
    plot.base_axis(&x.levels, &x.title)?;
    let title = Type::of(theme::LABEL).bold().centred();
    let (text, size) = canvas.fit(&panel.title, area.right - area.left, title);
    let middle = f64::midpoint(area.left, area.right);
    canvas.text(&text, (middle, area.top - 12.0), Type { size, ..title })?;
    if panel.curve.len() > 1 {
        plot.path(&panel.curve, theme::CATEGORIES[1], 1.6)?;
    } else if let Some((at, value)) = panel.curve.first() {
        plot.path(&[(at - 0.3, *value), (at + 0.3, *value)], theme::CATEGORIES[1], 1.6)?;
    }
    for (at, value, interval) in &panel.simulated.points {
        if let Some((low, high)) = interval {
            plot.path(&[(*at, *low), (*at, *high)], theme::CATEGORIES[0], 1.4)?;
        }
        plot.dot((*at, *value), 2.8, theme::CATEGORIES[0])?;
    }
    Ok(())
}

/// The range of the parameter, with a little room for the outer dots.
fn ends(x: &Axis) -> (f64, f64) {
    let all = || x.levels.iter().map(|level| level.at);
    let (low, high) =
        (all().fold(f64::INFINITY, f64::min), all().fold(f64::NEG_INFINITY, f64::max));
    let room = if high > low { (high - low) * 0.03 } else { 0.6 };
    (low - room, high + room)
}

/// The range of all that is shown, with room above and below; from 0 to 1 where that is nearly it.
fn range(panel: &Comparison) -> (f64, f64) {
    let curve = panel.curve.iter().map(|(_, value)| *value);
    let points = panel.simulated.points.iter().flat_map(|(_, value, interval)| {
        let (low, high) = interval.unwrap_or((*value, *value));
        [*value, low, high]
    });
    let (mut low, mut high) = (f64::INFINITY, f64::NEG_INFINITY);
    for value in curve.chain(points) {
        (low, high) = (low.min(value), high.max(value));
    }
    if low > high {
        return (0.0, 1.0);
    }
    if (0.0..0.2).contains(&low) && (0.8..=1.0).contains(&high) {
        return (0.0, 1.0);
    }
    // What hardly varies is not blown up.
    let least = 0.05 * low.abs().max(high.abs()).max(0.2);
    let room = ((high - low) * 0.08).max(least - (high - low) / 2.0);
    (low - room, high + room)
}
