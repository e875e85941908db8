//! Shares of a whole stacked over time, in panels side by side.

use super::Medium;
use super::backend::ChartError;
use super::canvas::{Area, Canvas, Drawn, Plot, Type, short};
use super::spec::{AreaPanel, Areas, Layer, Spot};
use super::theme;

const LEFT: f64 = 84.0;
const RIGHT: f64 = 640.0;
const BETWEEN: f64 = 18.0;

pub(super) fn draw(spec: &Areas, medium: Medium) -> Result<Vec<u8>, ChartError> {
    let canvas = Canvas::new(medium, &spec.frame, 460.0)?;
    let count = spec.panels.len().max(1) as f64;
    let width = (RIGHT - LEFT - BETWEEN * (count - 1.0)) / count;
    let last = spec.panels.iter().filter_map(|panel| panel.steps.last());
    let last = last.map(|(x, _)| *x).fold(1.0, f64::max);
    for (at, panel) in spec.panels.iter().enumerate() {
        let left = LEFT + (width + BETWEEN) * at as f64;
        let area = Area { left, top: 104.0, right: left + width, bottom: canvas.height() - 88.0 };
        let plot = canvas.plot(area, (0.0, last), (0.0, 1.0))?;
        stack(&plot, panel, &spec.layers)?;
        let look = Type::of(theme::LABEL).bold().centred();
        let (title, size) = canvas.fit(&panel.title, width, look);
        canvas.text(&title, (left + width / 2.0, 90.0), Type { size, ..look })?;
        plot.base_axis(&months(last, width), &spec.x_title)?;
        if at == 0 {
            let shares = [0.0, 0.25, 0.5, 0.75, 1.0].map(|at| (at, format!("{:.0} %", 100.0 * at)));
            for (share, label) in shares {
                let y = plot.place((0.0, share)).1;
                canvas.rule((left - 4.0, y), (left, y), theme::SOFT, 0.8)?;
                let look = Type::of(theme::TICK).soft().right();
                canvas.text(&label, (left - 8.0, y), look)?;
            }
            plot.side_title(&spec.y_title)?;
        }
    }
    canvas.stack_key(&spec.layers, (RIGHT + 16.0, 116.0))?;
    canvas.finish()
}

/// Round months from the first on, no more than a panel has room for.
fn months(last: f64, width: f64) -> Vec<Spot> {
    let most = (width / 34.0).clamp(2.0, 8.0);
    let steps = [1.0, 3.0, 6.0, 12.0, 24.0, 60.0, 120.0];
    let step = steps.into_iter().find(|step| last / step <= most).unwrap_or(240.0);
    let spot = |k: u32| Spot { at: f64::from(k) * step, label: short(f64::from(k) * step) };
    (0..=(last / step) as u32).map(spot).collect()
}

/// Every month is as wide as the next; its share stands for all of it.
fn stack(plot: &Plot, panel: &AreaPanel, layers: &[Layer]) -> Drawn {
    let below = |shares: &[f64], layer: usize| shares[..layer].iter().sum::<f64>();
    for (layer, own) in layers.iter().enumerate() {
        let stairs = |to: usize| {
            panel.steps.iter().flat_map(move |(x, shares)| {
                [(*x - 1.0, below(shares, to)), (*x, below(shares, to))]
            })
        };
        let mut outline: Vec<(f64, f64)> = stairs(layer + 1).collect();
        outline.extend(stairs(layer).collect::<Vec<_>>().into_iter().rev());
        plot.polygon(&outline, theme::category(own.hue), 1.0)?;
    }
    // A white line between layers keeps them apart in grey too.
    for layer in 1..layers.len() {
        let edge: Vec<(f64, f64)> = panel
            .steps
            .iter()
            .flat_map(|(x, shares)| [(*x - 1.0, below(shares, layer)), (*x, below(shares, layer))])
            .collect();
        plot.path(&edge, theme::PAPER, 0.8)?;
    }
    Ok(())
}
