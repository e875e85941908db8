//! Amounts stacked over levels, with the names of layers beside them.

use super::Medium;
use super::backend::ChartError;
use super::canvas::{Area, Canvas, Drawn, Plot, short, ticks};
use super::spec::{Layer, Spot, Stacked};
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
        bar(&plot, at as f64, amounts, &spec.layers)?;
    }
    let spot = |(at, level): (usize, &Spot)| Spot { at: at as f64, label: level.label.clone() };
    let spots: Vec<Spot> = spec.x.levels.iter().enumerate().map(spot).collect();
    plot.base_axis(&spots, &spec.x.title)?;
    canvas.stack_key(&spec.layers, (plot.area.right + 14.0, plot.area.top + 12.0))?;
    canvas.finish()
}

fn bar(plot: &Plot, x: f64, amounts: &[f64], layers: &[Layer]) -> Drawn {
    let mut from = 0.0;
    for (amount, layer) in amounts.iter().zip(layers) {
        plot.block((x - 0.38, from), (x + 0.38, from + amount), theme::category(layer.hue))?;
        from += amount;
        // A white line between layers keeps them apart in grey too.
        plot.path(&[(x - 0.38, from), (x + 0.38, from)], theme::PAPER, 0.8)?;
    }
    Ok(())
}
