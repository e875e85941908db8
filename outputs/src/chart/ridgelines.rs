//! Distributions by level: one row of densities for each level, one panel for each quantity.

use super::Medium;
use super::backend::ChartError;
use super::canvas::{Area, Canvas, Drawn, Plot, Type, grouped};
use super::density::{Density, POINTS, density};
use super::reference;
use super::spec::{Panel, Ridgelines, Spot};
use super::theme;

/// Most panels side by side; five or six stand in two rows of three.
const ACROSS: usize = 4;
/// Left end of the first panel and room between panels.
const LEFT: f64 = 112.0;
const BETWEEN: f64 = 30.0;
/// How high the highest density of a panel rises, in rows.
const RISE: f64 = 1.5;

pub(super) fn draw(spec: &Ridgelines, medium: Medium) -> Result<Vec<u8>, ChartError> {
    let rows = spec.panels.len().div_ceil(ACROSS).max(1);
    let across = spec.panels.len().div_ceil(rows);
    let step = if rows > 1 { 44.0 } else { 62.0 };
    let each = (70.0 + step * (spec.levels.len() as f64 + 0.6)).max(230.0);
    let each = each + reference::height(spec);
    let canvas = Canvas::new(medium, &spec.frame, 96.0 + (each + 62.0) * rows as f64)?;
    let width = (theme::WIDTH - 36.0 - LEFT - BETWEEN * (across as f64 - 1.0)) / across as f64;
    for (at, panel) in spec.panels.iter().enumerate() {
        let left = LEFT + (width + BETWEEN) * (at % across) as f64;
        let top = 96.0 + (each + 62.0) * (at / across) as f64;
        let area = Area { left, top, right: left + width, bottom: top + each - 40.0 };
        draw_panel(&canvas, spec, panel, area, at % across == 0)?;
    }
    canvas.finish()
}

fn draw_panel(
    canvas: &Canvas,
    spec: &Ridgelines,
    panel: &Panel,
    whole: Area,
    first: bool,
) -> Drawn {
    let levels = panel.ridges.len() as f64;
    let area = Area { bottom: whole.bottom - reference::height(spec), ..whole };
    let plot = canvas.plot(area, (0.0, 1.0), (0.0, levels - 1.0 + RISE + 0.1))?;
    let width = area.right - area.left;
    let title = Type::of(theme::LABEL).bold().centred();
    let middle = f64::midpoint(area.left, area.right);
    let (text, size) = canvas.fit(&panel.title, width, title);
    canvas.text(&text, (middle, area.top - 10.0), Type { size, ..title })?;
    for share in [0.25, 0.5, 0.75] {
        let x = plot.place((share, 0.0)).0;
        canvas.rule((x, area.top), (x, area.bottom), theme::GRID, 0.8)?;
    }
    let densities: Vec<Option<Density>> =
        panel.ridges.iter().map(|ridge| density(&ridge.bins)).collect();
    let highest = densities
        .iter()
        .flatten()
        .flat_map(|density| density.heights.iter().copied())
        .fold(0.0, f64::max);
    for (row, density) in densities.iter().enumerate().rev() {
        ridge(canvas, &plot, row, density.as_ref(), highest, densities.len())?;
    }
    let spots = [0.0, 0.5, 1.0].map(|at| Spot { at, label: super::canvas::short(at) });
    if spec.legends.is_empty() {
        plot.base_axis(&spots, &panel.note)?;
    } else {
        let rows = Area { top: area.bottom, ..whole };
        reference::draw(canvas, spec, panel, rows, first)?.base_axis(&spots, &panel.note)?;
    }
    if first { level_names(canvas, spec, &plot) } else { Ok(()) }
}

fn ridge(
    canvas: &Canvas,
    plot: &Plot,
    row: usize,
    density: Option<&Density>,
    highest: f64,
    rows: usize,
) -> Drawn {
    let base = row as f64;
    let colour = theme::level(row, rows);
    let y = plot.place((0.0, base)).1;
    canvas.rule((plot.area.left, y), (plot.area.right, y), theme::SOFT, 0.6)?;
    let Some(density) = density else {
        let at = (f64::midpoint(plot.area.left, plot.area.right), y - 8.0);
        return canvas.text("no agreement", at, Type::of(theme::NOTE).soft().centred());
    };
    let point =
        |k: usize| (k as f64 / (POINTS - 1) as f64, base + RISE * density.heights[k] / highest);
    let curve: Vec<(f64, f64)> = (0..POINTS).map(point).collect();
    let under = |low: f64, high: f64| -> Vec<(f64, f64)> {
        let inside = curve.iter().filter(|point| (low..=high).contains(&point.0));
        let mut corners: Vec<(f64, f64)> = inside.copied().collect();
        if let (Some(first), Some(last)) = (corners.first().copied(), corners.last().copied()) {
            corners.extend([(last.0, base), (first.0, base)]);
        }
        corners
    };
    let [lower, median, upper] = density.quartiles;
    plot.polygon(&under(0.0, 1.0), theme::PAPER, 0.75)?;
    plot.polygon(&under(0.0, 1.0), colour, 0.38)?;
    plot.polygon(&under(lower, upper), colour, 0.62)?;
    plot.path(&curve, colour, 1.6)?;
    let top = curve[(median * (POINTS - 1) as f64).round() as usize].1;
    plot.path(&[(median, base), (median, top)], theme::PAPER, 2.0)
}

/// Labels of the levels, with how many agreements each stands for, left of the first panel.
fn level_names(canvas: &Canvas, spec: &Ridgelines, plot: &Plot) -> Drawn {
    for (row, name) in spec.levels.iter().enumerate() {
        let (x, y) = plot.place((0.0, row as f64));
        let look = Type::of(theme::LABEL).right();
        let (name, size) = canvas.fit(name, LEFT - 46.0, look);
        canvas.text(&name, (x - 10.0, y - 16.0), Type { size, ..look })?;
        let count = density(&spec.panels[0].ridges[row].bins).map_or(0.0, |density| density.total);
        let text = format!("n = {}", grouped(count));
        canvas.text(&text, (x - 10.0, y - 3.0), Type::of(theme::CAPTION).soft().right())?;
    }
    let look = Type::of(theme::AXIS_TITLE).centred().turned(-90.0);
    let (title, size) = canvas.fit(&spec.levels_title, plot.area.bottom - plot.area.top, look);
    let at = (34.0, f64::midpoint(plot.area.top, plot.area.bottom));
    canvas.text(&title, at, Type { size, ..look })
}
