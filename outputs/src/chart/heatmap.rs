//! A share or a difference over two parameters: cells, contours, numbers, colour bar.

use plotters::style::RGBColor;

use super::Medium;
use super::backend::ChartError;
use super::canvas::{Area, Canvas, Drawn, Plot, Type};
use super::contour::{Grid, contours};
use super::spec::{Heatmap, Scale, Spot};
use super::theme;

/// Heights at which contours are drawn.
const LEVELS: [f64; 9] = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9];

pub(super) fn draw(spec: &Heatmap, medium: Medium) -> Result<Vec<u8>, ChartError> {
    let canvas = Canvas::new(medium, &spec.frame, 620.0)?;
    let left = canvas.side_room(&spec.y.levels, 88.0);
    let area = Area { left, top: 78.0, right: 702.0, bottom: canvas.height() - 84.0 };
    panel(spec, &canvas, area, true, 3.0)?;
    let bar = Area { left: 726.0, top: 104.0, right: 744.0, bottom: area.bottom };
    match &spec.scale {
        Scale::Share => {
            let tick = |at: u32| (f64::from(at) / 5.0, format!("{:.1}", f64::from(at) / 5.0));
            let ticks: Vec<_> = (0..=5).map(tick).collect();
            canvas.colour_bar(bar, &spec.measure, theme::magnitude, &ticks)?;
        }
        Scale::Difference { most, .. } => {
            let tick = |at: u32| {
                let share = f64::from(at) / 4.0;
                (share, signed((2.0 * share - 1.0) * most, *most))
            };
            let ticks: Vec<_> = (0..=4).map(tick).collect();
            let colour = |share: f64| theme::difference(2.0 * share - 1.0);
            canvas.colour_bar(bar, &spec.measure, colour, &ticks)?;
        }
    }
    canvas.finish()
}

/// Cells, contours and axes in a box, and numbers where cells leave some room beside them; the vertical
/// axis where there is none further left.
pub(super) fn panel(spec: &Heatmap, canvas: &Canvas, area: Area, first: bool, room: f64) -> Drawn {
    let (nx, ny) = (spec.x.levels.len() as f64, spec.y.levels.len() as f64);
    let plot = canvas.plot(area, (-0.5, nx - 0.5), (-0.5, ny - 0.5))?;
    cells(spec, &plot)?;
    if spec.scale == Scale::Share {
        lines(spec, canvas, &plot)?;
    }
    numbers(spec, canvas, &plot, room)?;
    plot.base_axis(&evenly(&spec.x.levels), &spec.x.title)?;
    if first { plot.side_axis(&evenly(&spec.y.levels), &spec.y.title) } else { Ok(()) }
}

/// Levels stand side by side, whatever their distance.
fn evenly(levels: &[Spot]) -> Vec<Spot> {
    let spot = |(at, level): (usize, &Spot)| Spot { at: at as f64, label: level.label.clone() };
    levels.iter().enumerate().map(spot).collect()
}

/// Every cell with its place and share.
fn each<'a>(spec: &'a Heatmap) -> impl Iterator<Item = (f64, f64, Option<f64>)> + 'a {
    let row = |(y, row): (usize, &'a Vec<Option<f64>>)| {
        row.iter().enumerate().map(move |(x, share)| (x as f64, y as f64, *share))
    };
    spec.cells.iter().enumerate().flat_map(row)
}

/// The colour of a cell.
fn colour(spec: &Heatmap, value: Option<f64>) -> RGBColor {
    value.map_or(theme::NOTHING, |value| match &spec.scale {
        Scale::Share => theme::magnitude(value),
        Scale::Difference { most, .. } => theme::difference(value / most),
    })
}

/// What stands in a cell; in brackets where a difference may be none.
fn label(spec: &Heatmap, (x, y): (f64, f64), value: f64) -> String {
    match &spec.scale {
        Scale::Share => two_digits(value),
        Scale::Difference { most, unsure } => {
            let text = signed(value, *most);
            let unsure = unsure[y as usize][x as usize].is_none_or(|unsure| unsure > 0.0);
            if unsure { format!("({text})") } else { text }
        }
    }
}

/// A difference with its sign and no leading zero; with a third decimal where all are small.
fn signed(value: f64, most: f64) -> String {
    let decimals = if most < 0.1 { 3 } else { 2 };
    let text = format!("{:.decimals$}", value.abs());
    let sign = match text.chars().any(|digit| ('1'..='9').contains(&digit)) {
        true if value < 0.0 => "−",
        true => "+",
        false => "",
    };
    format!("{sign}{}", text.strip_prefix('0').unwrap_or(&text))
}

fn cells(spec: &Heatmap, plot: &Plot) -> Drawn {
    each(spec).try_for_each(|(x, y, share)| {
        let colour = colour(spec, share);
        plot.block((x - 0.5, y - 0.5), (x + 0.5, y + 0.5), colour)
    })
}

/// Contours of the smoothed surface, where every cell has a value and there are enough of them.
fn lines(spec: &Heatmap, canvas: &Canvas, plot: &Plot) -> Drawn {
    let whole: Option<Grid> = spec.cells.iter().map(|row| row.iter().copied().collect()).collect();
    let Some(grid) = whole.filter(|grid| grid.len() >= 3 && grid[0].len() >= 3) else {
        return Ok(());
    };
    let all = grid.iter().flatten().copied();
    let range = (all.clone().fold(1.0, f64::min), all.fold(0.0, f64::max));
    // Fewer lines where the surface is steep enough for every second to tell the story.
    let step = if range.1 - range.0 > 0.45 { 2 } else { 1 };
    for level in LEVELS.iter().skip(step - 1).step_by(step) {
        for line in contours(&grid, *level) {
            contour(canvas, plot, &line, *level)?;
        }
    }
    Ok(())
}

/// One contour with its label in a gap, turned along it.
fn contour(canvas: &Canvas, plot: &Plot, line: &[(f64, f64)], level: f64) -> Drawn {
    const GAP: f64 = 18.0;
    let ink = theme::ink_on(theme::magnitude(level));
    let places: Vec<(f64, f64)> = line.iter().map(|point| plot.place(*point)).collect();
    let length: f64 = places.windows(2).map(|two| distance(two[0], two[1])).sum();
    if length < 5.0 * GAP {
        return if length > GAP { plot.path(line, ink, 1.4) } else { Ok(()) };
    }
    let middle = (line.len() / 6..line.len() * 5 / 6)
        .max_by(|a, b| clearance(line[*a]).total_cmp(&clearance(line[*b])))
        .unwrap_or(line.len() / 2);
    let apart = |k: &usize| distance(places[*k], places[middle]) >= GAP;
    let from = (0..middle).rev().find(apart).unwrap_or(0);
    let to = (middle..line.len()).find(apart).unwrap_or(line.len() - 1);
    plot.path(&line[..=from], ink, 1.4)?;
    plot.path(&line[to..], ink, 1.4)?;
    let (a, b) = (places[from], places[to]);
    let angle = libm::atan2(b.1 - a.1, b.0 - a.0).to_degrees();
    let upright = if angle.abs() > 90.0 { angle - 180.0 * angle.signum() } else { angle };
    let look = Type::of(theme::NOTE).bold().colour(ink).centred().turned(upright);
    canvas.text(&format!("P = {level:.1}"), places[middle], look)
}

/// How far a place is from the nearest number, which stand at whole coordinates and are wider than
/// high.
fn clearance((x, y): (f64, f64)) -> f64 {
    let off = |value: f64| (value - value.round()).abs();
    (0.8 * off(x)).hypot(1.6 * off(y))
}

fn distance(a: (f64, f64), b: (f64, f64)) -> f64 {
    (a.0 - b.0).hypot(a.1 - b.1)
}

/// The share in every cell that has room for it, with a halo in the cell's colour.
fn numbers(spec: &Heatmap, canvas: &Canvas, plot: &Plot, room: f64) -> Drawn {
    let look = Type::of(10.0).centred();
    let (left, right) = (plot.place((-0.5, 0.0)).0, plot.place((0.5, 0.0)).0);
    let (top, bottom) = (plot.place((0.0, 0.5)).1, plot.place((0.0, -0.5)).1);
    let widest = if spec.scale == Scale::Share { ".00" } else { "(+.000)" };
    if right - left < canvas.width(widest, look) + room || bottom - top < 11.0 {
        return Ok(());
    }
    each(spec).try_for_each(|(x, y, share)| {
        let colour = colour(spec, share);
        let text = share.map_or_else(|| "–".to_owned(), |share| label(spec, (x, y), share));
        let look = look.colour(theme::ink_on(colour)).halo(colour);
        canvas.text(&text, plot.place((x, y)), look)
    })
}

/// A share with two decimals and no leading zero.
fn two_digits(share: f64) -> String {
    let text = format!("{share:.2}");
    text.strip_prefix('0').map_or(text.clone(), str::to_owned)
}
