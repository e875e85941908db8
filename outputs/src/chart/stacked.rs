//! Amounts stacked over levels, with the names of layers beside them.

use super::Medium;
use super::backend::ChartError;
use super::canvas::{Area, Canvas, Drawn, Plot, Type, short, ticks};
use super::spec::{Spot, Stacked};
use super::theme;

pub(super) fn draw(spec: &Stacked, medium: Medium) -> Result<Vec<u8>, ChartError> {
    let canvas = Canvas::new(medium, &spec.frame, 560.0)?;
    let area = Area { left: 92.0, top: 80.0, right: 636.0, bottom: canvas.height() - 88.0 };
    let levels = spec.x.levels.len() as f64;
    let highest = spec.amounts.iter().map(|level| level.iter().sum::<f64>()).fold(0.0, f64::max);
    let top = if highest > 0.0 { 1.04 * highest } else { 1.0 };
    let plot = canvas.plot(area, (-0.6, levels - 0.4), (0.0, top))?;
    let lines: Vec<_> = ticks(plot.y).into_iter().map(|value| (value, short(value))).collect();
    plot.level_axis(&lines, &spec.y_title)?;
    for (at, amounts) in spec.amounts.iter().enumerate() {
        bar(&plot, at as f64, amounts)?;
    }
    let spot = |(at, level): (usize, &Spot)| Spot { at: at as f64, label: level.label.clone() };
    let spots: Vec<Spot> = spec.x.levels.iter().enumerate().map(spot).collect();
    plot.base_axis(&spots, &spec.x.title)?;
    names(spec, &canvas, &plot)?;
    canvas.finish()
}

fn bar(plot: &Plot, x: f64, amounts: &[f64]) -> Drawn {
    let mut from = 0.0;
    for (layer, amount) in amounts.iter().enumerate() {
        let colour = theme::CATEGORIES[layer % theme::CATEGORIES.len()];
        plot.block((x - 0.38, from), (x + 0.38, from + amount), colour)?;
        from += amount;
    }
    Ok(())
}

/// A key in the order of the stack.
fn names(spec: &Stacked, canvas: &Canvas, plot: &Plot) -> Drawn {
    let left = plot.area.right + 14.0;
    for (layer, name) in spec.layers.iter().enumerate() {
        let y = plot.area.top + 12.0 + 24.0 * (spec.layers.len() - 1 - layer) as f64;
        let colour = theme::CATEGORIES[layer % theme::CATEGORIES.len()];
        let square = Area { left, top: y - 6.0, right: left + 12.0, bottom: y + 6.0 };
        canvas.fill(square, colour)?;
        let look = Type::of(11.0);
        let (name, size) = canvas.fit(name, theme::WIDTH - left - 26.0, look);
        canvas.text(&name, (left + 19.0, y), Type { size, ..look })?;
    }
    Ok(())
}
