//! What agreements are worth to two sides: the contract curve, a ridge on it where agreements fall,
//! and named points to compare them with.

use plotters::style::RGBColor;

use super::Medium;
use super::backend::ChartError;
use super::canvas::{Area, Canvas, Drawn, Plot, Type, short, ticks};
use super::density::{POINTS, density};
use super::spec::{Place, Plane, Spot};
use super::theme;

/// How high the highest ridge rises.
const RISE: f64 = 74.0;
/// Names stand in a column at the right, so far apart.
const NAMES: f64 = 620.0;
const APART: f64 = 17.0;
/// Points nearer to each other than this share a name.
const SAME: f64 = 3.0;

pub(super) fn draw(spec: &Plane, medium: Medium) -> Result<Vec<u8>, ChartError> {
    let canvas = Canvas::new(medium, &spec.frame, 660.0)?;
    let area = Area { left: 88.0, top: 116.0, right: 560.0, bottom: canvas.height() - 84.0 };
    let (x, y) = ranges(spec);
    let plot = canvas.plot(area, x, y)?;
    let labels: Vec<(f64, String)> = inner(y).map(|value| (value, short(value))).collect();
    plot.level_axis(&labels, &spec.y_title)?;
    let spots: Vec<Spot> = inner(x).map(|at| Spot { at, label: short(at) }).collect();
    for spot in &spots {
        let x = plot.place((spot.at, 0.0)).0;
        canvas.rule((x, area.top), (x, area.bottom), theme::GRID, 0.8)?;
    }
    plot.base_axis(&spots, &spec.x_title)?;
    gains(&plot, spec)?;
    ridges(&canvas, &plot, spec)?;
    plot.path(&spec.curve, theme::INK, 1.8)?;
    marks(&canvas, &plot, spec)?;
    keys(&canvas, spec)?;
    canvas.finish()
}

/// Room for the ridge beyond the best that a side can have.
fn ranges(spec: &Plane) -> ((f64, f64), (f64, f64)) {
    let all = || {
        let places = spec.marks.iter().map(|mark| mark.at);
        spec.curve.iter().copied().chain(places).chain([spec.without])
    };
    let low = |of: fn((f64, f64)) -> f64| all().map(of).fold(0.9, f64::min) - 0.04;
    let high = |of: fn((f64, f64)) -> f64| all().map(of).fold(0.9, f64::max);
    let ends = |low: f64, high: f64| (low, high + 0.2 * (high - low));
    (ends(low(|at| at.0), high(|at| at.0)), ends(low(|at| at.1), high(|at| at.1)))
}

/// Ticks up to the best that a side can have.
fn inner(range: (f64, f64)) -> impl Iterator<Item = f64> {
    ticks(range).into_iter().filter(|value| *value <= 1.0 + 1e-9)
}

/// Above and right of what both have without agreement both gain.
fn gains(plot: &Plot, spec: &Plane) -> Drawn {
    let (x, y) = spec.without;
    let inside = spec.curve.iter().filter(|at| at.0 >= x && at.1 >= y);
    let mut corners: Vec<(f64, f64)> = inside.copied().collect();
    let (Some(first), Some(last)) = (corners.first().copied(), corners.last().copied()) else {
        return Ok(());
    };
    // From the end of the curve that is best for the first side back to the other end.
    corners.extend([(x, last.1), (x, y), (first.0, y)]);
    plot.polygon(&corners, theme::CATEGORIES[0], 0.07)
}

/// The place at a share of the way along the curve, and the direction away from it, both on the
/// canvas.
fn along(places: &[(f64, f64)], share: f64) -> ((f64, f64), (f64, f64)) {
    let last = places.len() - 1;
    let at = (share * last as f64).min(last as f64);
    let from = (at.floor() as usize).min(last.saturating_sub(1));
    let (a, b) = (places[from], places[(from + 1).min(last)]);
    let part = at - from as f64;
    let place = (a.0 + part * (b.0 - a.0), a.1 + part * (b.1 - a.1));
    // Over a few steps, so that the corners of the curve do not break the ridge.
    let (back, ahead) = (places[from.saturating_sub(2)], places[(from + 3).min(last)]);
    let (dx, dy) = (ahead.0 - back.0, ahead.1 - back.1);
    let length = dx.hypot(dy).max(1e-9);
    // To the right and up, whichever way the curve runs.
    let (nx, ny) = (-dy / length, dx / length);
    let out = if nx - ny > 0.0 { (nx, ny) } else { (-nx, -ny) };
    (place, out)
}

fn ridges(canvas: &Canvas, plot: &Plot, spec: &Plane) -> Drawn {
    let places: Vec<(f64, f64)> = spec.curve.iter().map(|at| plot.place(*at)).collect();
    if places.len() < 2 {
        return Ok(());
    }
    let densities: Vec<_> = spec.levels.iter().map(|(_, bins)| density(bins)).collect();
    let heights = densities.iter().flatten().flat_map(|own| own.heights.iter().copied());
    let highest = heights.fold(0.0, f64::max);
    for (level, own) in densities.iter().enumerate() {
        let Some(own) = own else { continue };
        let colour = theme::level(level, densities.len());
        let edge = |k: usize| {
            let (place, out) = along(&places, k as f64 / (POINTS - 1) as f64);
            let rise = RISE * own.heights[k] / highest;
            (place.0 + rise * out.0, place.1 + rise * out.1)
        };
        let base = |k: usize| along(&places, k as f64 / (POINTS - 1) as f64).0;
        let top: Vec<(f64, f64)> = (0..POINTS).map(edge).collect();
        let outline: Vec<(f64, f64)> =
            top.iter().copied().chain((0..POINTS).rev().map(base)).collect();
        canvas.shape(&outline, colour, 0.22)?;
        let kept = |k: &usize| own.heights[*k] > 0.004 * highest;
        let shown: Vec<(f64, f64)> = (0..POINTS).filter(kept).map(|k| top[k]).collect();
        canvas.curve(&shown, colour, 1.6)?;
        let middle = (own.quartiles[1].clamp(0.0, 1.0) * (POINTS - 1) as f64).round() as usize;
        canvas.curve(&[base(middle), top[middle]], colour, 1.6)?;
    }
    Ok(())
}

fn colour(kind: usize) -> RGBColor {
    [theme::INK, theme::CATEGORIES[1], theme::CATEGORIES[2], theme::FAINT][kind.min(3)]
}

/// A sign of its own for each kind: legible in grey.
fn sign(canvas: &Canvas, (x, y): (f64, f64), kind: usize) -> Drawn {
    let colour = colour(kind);
    match kind {
        0 => {
            canvas.curve(&[(x - 4.5, y - 4.5), (x + 4.5, y + 4.5)], colour, 2.2)?;
            canvas.curve(&[(x - 4.5, y + 4.5), (x + 4.5, y - 4.5)], colour, 2.2)
        }
        1 => canvas.shape(&[(x, y - 5.0), (x + 5.0, y), (x, y + 5.0), (x - 5.0, y)], colour, 1.0),
        2 => canvas.shape(&[(x, y - 5.0), (x + 4.6, y + 3.6), (x - 4.6, y + 3.6)], colour, 1.0),
        _ => {
            canvas.disc((x, y), 4.0, colour)?;
            canvas.disc((x, y), 2.4, theme::PAPER)
        }
    }
}

/// Signs, and their names in a column at the right, each with a line to its sign.
fn marks(canvas: &Canvas, plot: &Plot, spec: &Plane) -> Drawn {
    let mut named: Vec<(String, usize, (f64, f64))> = Vec::new();
    for Place { name, kind, at } in &spec.marks {
        let place = plot.place(*at);
        let near = |(_, other, there): &&mut (String, usize, (f64, f64))| {
            other == kind && (there.0 - place.0).hypot(there.1 - place.1) < SAME
        };
        match named.iter_mut().find(near) {
            Some((names, ..)) => {
                names.push_str(", ");
                names.push_str(name);
            }
            None => named.push((name.clone(), *kind, place)),
        }
    }
    named.sort_by(|a, b| a.2.1.total_cmp(&b.2.1).then(b.2.0.total_cmp(&a.2.0)));
    let rows = spread(&named.iter().map(|(_, _, place)| place.1).collect::<Vec<_>>(), plot.area);
    for ((name, kind, place), y) in named.iter().zip(rows) {
        let end = NAMES - 6.0;
        canvas.curve(&[*place, (end - 22.0, y), (end, y)], theme::GRID, 0.9)?;
        let look = Type::of(theme::NOTE).colour(colour(*kind));
        let (name, size) = canvas.fit(name, theme::WIDTH - NAMES - 8.0, look);
        canvas.text(&name, (NAMES, y), Type { size, ..look })?;
    }
    named.iter().try_for_each(|(_, kind, place)| sign(canvas, *place, *kind))
}

/// Rows near to the places wanted, in their order and apart.
fn spread(wanted: &[f64], area: Area) -> Vec<f64> {
    let mut rows: Vec<f64> = Vec::new();
    for y in wanted {
        let least = rows.last().map_or(area.top, |last| last + APART);
        rows.push(y.max(least));
    }
    let mut most = area.bottom;
    for row in rows.iter_mut().rev() {
        *row = row.min(most);
        most = *row - APART;
    }
    rows
}

/// What signs and ridges stand for, above the plane.
fn keys(canvas: &Canvas, spec: &Plane) -> Drawn {
    let mut x = 24.0;
    let present = |kind: usize| spec.marks.iter().any(|mark| mark.kind == kind);
    for (kind, name) in spec.kinds.iter().enumerate().filter(|(kind, _)| present(*kind)) {
        sign(canvas, (x + 5.0, 76.0), kind)?;
        let look = Type::of(theme::NOTE);
        canvas.text(name, (x + 15.0, 76.0), look)?;
        x += 15.0 + canvas.width(name, look) + 18.0;
    }
    if spec.levels.len() < 2 {
        return Ok(());
    }
    let colour = |at: usize| theme::level(at, spec.levels.len());
    let levels = spec.levels.iter().enumerate().map(|(at, (name, _))| (name.clone(), colour(at)));
    canvas.key((24.0, 96.0), &spec.levels_title, levels)
}
