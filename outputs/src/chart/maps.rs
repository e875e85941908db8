//! Several shares over the same two parameters, side by side on one scale.

use super::Medium;
use super::backend::ChartError;
use super::canvas::{Area, Canvas, Type};
use super::heatmap;
use super::spec::{Heatmap, Maps, Scale};
use super::theme;

/// Ends of the panels, and room between them.
const LEFT: f64 = 78.0;
const RIGHT: f64 = 756.0;
const BETWEEN: f64 = 14.0;

pub(super) fn draw(spec: &Maps, medium: Medium) -> Result<Vec<u8>, ChartError> {
    let canvas = Canvas::new(medium, &spec.frame, 430.0)?;
    let count = spec.panels.len().max(1) as f64;
    let width = (RIGHT - LEFT - BETWEEN * (count - 1.0)) / count;
    let bottom = canvas.height() - 84.0;
    for (at, (title, cells)) in spec.panels.iter().enumerate() {
        let left = LEFT + (width + BETWEEN) * at as f64;
        let area = Area { left, top: 104.0, right: left + width, bottom };
        let look = Type::of(theme::LABEL).bold().centred();
        let (text, size) = canvas.fit(title, width, look);
        canvas.text(&text, (left + width / 2.0, 90.0), Type { size, ..look })?;
        let panel = Heatmap {
            frame: spec.frame.clone(),
            x: spec.x.clone(),
            y: spec.y.clone(),
            measure: title.clone(),
            cells: cells.clone(),
            scale: Scale::Share,
        };
        heatmap::panel(&panel, &canvas, area, at == 0, 14.0)?;
    }
    let bar = Area { left: RIGHT + 14.0, top: 122.0, right: RIGHT + 26.0, bottom };
    let tick = |at: u32| (f64::from(at) / 5.0, format!("{:.1}", f64::from(at) / 5.0));
    let ticks: Vec<_> = (0..=5).map(tick).collect();
    canvas.colour_bar(bar, "P", theme::magnitude, &ticks)?;
    canvas.finish()
}
