//! Numbers over one parameter: lines with bands, or marks with whiskers where levels are words.

use plotters::style::RGBColor;

use super::Medium;
use super::backend::ChartError;
use super::canvas::{Area, Canvas, Drawn, Plot, Type, short, ticks};
use super::spec::{Lines, Series};
use super::theme;

pub(super) fn draw(spec: &Lines, medium: Medium) -> Result<Vec<u8>, ChartError> {
    let canvas = Canvas::new(medium, &spec.frame, 560.0)?;
    let named = spec.series.iter().any(|series| !series.name.is_empty());
    let right = if named { 676.0 } else { 780.0 };
    let area = Area { left: 92.0, top: 80.0, right, bottom: canvas.height() - 88.0 };
    let plot = canvas.plot(area, ends(spec), spec.range)?;
    let levels: Vec<(f64, String)> =
        ticks(spec.range).into_iter().map(|value| (value, short(value))).collect();
    plot.level_axis(&levels, &spec.y_title)?;
    plot.base_axis(&spec.x.levels, &spec.x.title)?;
    for (at, series) in spec.series.iter().enumerate() {
        let colour = colour(at, spec);
        if spec.separate {
            marks(&canvas, &plot, series, colour, offset(at, spec.series.len()))?;
        } else {
            band(&plot, series, colour)?;
        }
    }
    names(spec, &canvas, &plot)?;
    canvas.finish()
}

/// Lines in an order get an ordered scale, and so do more lines than there are categories.
fn colour(at: usize, spec: &Lines) -> RGBColor {
    let count = spec.series.len();
    let ordered = spec.ordered && count > 1;
    if ordered || count > theme::CATEGORIES.len() {
        theme::level(at, count)
    } else {
        theme::CATEGORIES[at]
    }
}

/// The range of the horizontal axis, with room for marks of levels that stand apart.
fn ends(spec: &Lines) -> (f64, f64) {
    let all = spec.x.levels.iter().map(|level| level.at);
    let (low, high) =
        (all.clone().fold(f64::INFINITY, f64::min), all.fold(f64::NEG_INFINITY, f64::max));
    if spec.separate || high <= low { (low - 0.6, high + 0.6) } else { (low, high) }
}

/// Marks of one level stand side by side.
fn offset(at: usize, count: usize) -> f64 {
    if count > 1 { 0.5 * (at as f64 / (count - 1) as f64 - 0.5) } else { 0.0 }
}

fn band(plot: &Plot, series: &Series, colour: RGBColor) -> Drawn {
    let ends: Vec<(f64, (f64, f64))> =
        series.points.iter().filter_map(|(x, _, ends)| Some((*x, (*ends)?))).collect();
    let upper = ends.iter().map(|(x, ends)| (*x, ends.1));
    let lower = ends.iter().rev().map(|(x, ends)| (*x, ends.0));
    let outline: Vec<(f64, f64)> = upper.chain(lower).collect();
    if ends.len() > 1 {
        plot.polygon(&outline, colour, 0.22)?;
    }
    let line: Vec<(f64, f64)> = series.points.iter().map(|(x, y, _)| (*x, *y)).collect();
    plot.path(&line, colour, 1.9)?;
    if line.len() <= 30 {
        line.iter().try_for_each(|point| plot.dot(*point, 2.3, colour))?;
    }
    Ok(())
}

/// More marks than these stand too close for their values beside them.
const MOST_TOLD: usize = 20;

fn marks(canvas: &Canvas, plot: &Plot, series: &Series, colour: RGBColor, offset: f64) -> Drawn {
    for (x, y, ends) in &series.points {
        let x = x + offset;
        if let Some((low, high)) = ends {
            plot.path(&[(x, *low), (x, *high)], colour, 1.4)?;
            for end in [*low, *high] {
                let (across, down) = plot.place((x, end));
                canvas.rule((across - 3.5, down), (across + 3.5, down), colour, 1.4)?;
            }
        }
        plot.dot((x, *y), 3.6, colour)?;
        if series.points.len() <= MOST_TOLD {
            let (across, down) = plot.place((x, *y));
            canvas.text(&short(*y), (across + 9.0, down), Type::of(theme::NOTE).soft())?;
        }
    }
    Ok(())
}

/// The names of lines at their right ends, moved apart where they would touch.
fn names(spec: &Lines, canvas: &Canvas, plot: &Plot) -> Drawn {
    const APART: f64 = 15.0;
    let mut ends: Vec<(f64, usize)> = spec
        .series
        .iter()
        .enumerate()
        .filter_map(|(at, series)| Some((plot.place((plot.x.1, series.points.last()?.1)).1, at)))
        .collect();
    ends.sort_by(|a, b| a.0.total_cmp(&b.0));
    for at in 1..ends.len() {
        ends[at].0 = ends[at].0.max(ends[at - 1].0 + APART);
    }
    let excess = ends.last().map_or(0.0, |end| (end.0 - plot.area.bottom).max(0.0));
    for (y, at) in ends {
        let look = Type::of(theme::LABEL).bold().colour(colour(at, spec));
        let left = plot.area.right + 10.0;
        let (name, size) = canvas.fit(&spec.series[at].name, theme::WIDTH - left - 8.0, look);
        canvas.text(&name, (left, y - excess), Type { size, ..look })?;
    }
    Ok(())
}
