//! One replication through time: curves over lanes of events, and below what became of an agreement.

use super::Medium;
use super::backend::ChartError;
use super::canvas::{Area, Canvas, Drawn, Plot, Type, short, ticks};
use super::spec::{Aftermath, Event, Lane, Spot, Strip, Timeline};
use super::theme;

const LEFT: f64 = 196.0;
const RIGHT: f64 = 790.0;
/// Heights of a strip with the room below it, of a lane, and of the aftermath.
const STRIP: f64 = 74.0;
const BELOW: f64 = 12.0;
const LANE: f64 = 20.0;
const AFTER: f64 = 190.0;
const TOP: f64 = 100.0;

pub(super) fn draw(spec: &Timeline, medium: Medium) -> Result<Vec<u8>, ChartError> {
    let strips = STRIP * spec.strips.len() as f64;
    let lanes = LANE * spec.lanes.len() as f64;
    let after = if spec.after.is_some() { AFTER } else { 0.0 };
    let canvas = Canvas::new(medium, &spec.frame, TOP + strips + lanes + after + 84.0)?;
    key(&canvas, spec)?;
    for (at, strip) in spec.strips.iter().enumerate() {
        let top = TOP + STRIP * at as f64;
        draw_strip(
            &canvas,
            spec,
            strip,
            Area { left: LEFT, top, right: RIGHT, bottom: top + STRIP - BELOW },
        )?;
    }
    let top = TOP + strips;
    let area = Area { left: LEFT, top, right: RIGHT, bottom: top + lanes };
    let plot = canvas.plot(area, range(spec), (spec.lanes.len().max(1) as f64, 0.0))?;
    for (at, lane) in spec.lanes.iter().enumerate() {
        draw_lane(&canvas, &plot, lane, at as f64 + 0.5)?;
    }
    if let Some(month) = spec.marked {
        let x = plot.place((month, 0.0)).0;
        canvas.rule((x, TOP), (x, area.bottom), theme::INK, 0.9)?;
    }
    plot.base_axis(&months(spec.last), "Month")?;
    if let Some(after) = &spec.after {
        aftermath(&canvas, after, area.bottom + 76.0)?;
    }
    canvas.finish()
}

/// Months stand in the middle of their share of the axis.
fn range(spec: &Timeline) -> (f64, f64) {
    (0.5, spec.last.max(1.0) + 0.5)
}

fn months(last: f64) -> Vec<Spot> {
    let steps = [1.0, 2.0, 3.0, 6.0, 12.0, 24.0, 60.0];
    let step = steps.into_iter().find(|step| last / step <= 12.0).unwrap_or(120.0);
    let spot = |at: f64| Spot { at, label: short(at) };
    let round = (1..=(last / step) as u32).map(|k| f64::from(k) * step);
    let first = (step > 1.0).then_some(1.0);
    first.into_iter().chain(round.filter(|at| *at > 1.0 || step <= 1.0)).map(spot).collect()
}

/// What the signs of the lanes mean.
fn key(canvas: &Canvas, spec: &Timeline) -> Drawn {
    let mut x = 24.0;
    for (at, name) in spec.kinds.iter().enumerate() {
        sign(canvas, (x + 5.0, 76.0), Event { month: 0.0, kind: at, hue: spec.hues[at] })?;
        let look = Type::of(theme::NOTE);
        canvas.text(name, (x + 14.0, 76.0), look)?;
        x += 14.0 + canvas.width(name, look) + 14.0;
    }
    Ok(())
}

/// Kind 0 is a disc; other kinds are crosses, dashes and rings, so that they differ in grey too.
fn sign(canvas: &Canvas, (x, y): (f64, f64), event: Event) -> Drawn {
    let colour = theme::category(event.hue);
    match event.kind {
        0 => canvas.disc((x, y), 5.0, colour),
        1 => canvas.shape(&[(x, y - 5.0), (x + 5.0, y + 4.0), (x - 5.0, y + 4.0)], colour, 1.0),
        2 => cross(canvas, (x, y), event),
        3 => {
            cross(canvas, (x, y), event)?;
            canvas.rule((x - 5.0, y), (x + 5.0, y), colour, 2.0)
        }
        4 => canvas.shape(
            &[(x - 4.0, y - 4.0), (x + 4.0, y - 4.0), (x + 4.0, y + 4.0), (x - 4.0, y + 4.0)],
            colour,
            1.0,
        ),
        _ => {
            canvas.disc((x, y), 3.6, colour)?;
            canvas.disc((x, y), 2.0, theme::PAPER)
        }
    }
}

fn cross(canvas: &Canvas, (x, y): (f64, f64), event: Event) -> Drawn {
    let colour = theme::category(event.hue);
    canvas.curve(&[(x - 4.0, y - 4.0), (x + 4.0, y + 4.0)], colour, 2.0)?;
    canvas.curve(&[(x - 4.0, y + 4.0), (x + 4.0, y - 4.0)], colour, 2.0)
}

fn draw_strip(canvas: &Canvas, spec: &Timeline, strip: &Strip, area: Area) -> Drawn {
    let dots = strip.dots.iter().map(|(at, _)| at.1);
    let all = || strip.curve.iter().map(|at| at.1).chain(dots.clone());
    let (low, high) =
        (all().fold(f64::INFINITY, f64::min), all().fold(f64::NEG_INFINITY, f64::max));
    let room = (0.12 * (high - low)).max(0.02 * high.abs().max(0.1));
    let plot = canvas.plot(area, range(spec), (low - room, high + room))?;
    let marks = ticks(plot.y);
    for value in marks.iter().step_by(marks.len().div_ceil(3).max(1)) {
        let y = plot.place((0.5, *value)).1;
        canvas.rule((area.left, y), (area.right, y), theme::GRID, 0.8)?;
        let look = Type::of(theme::TICK).soft().right();
        canvas.text(&short(*value), (area.left - 6.0, y), look)?;
    }
    let look = Type::of(theme::NOTE).bold();
    let middle = f64::midpoint(area.top, area.bottom);
    for (row, line) in strip.title.iter().enumerate() {
        let y = middle + 13.0 * (row as f64 - 0.5 * (strip.title.len() as f64 - 1.0));
        let (line, size) = canvas.fit(line, area.left - 62.0, look);
        canvas.text(&line, (24.0, y), Type { size, ..look })?;
    }
    match &strip.curve[..] {
        [alone] => plot.dot(*alone, 2.4, theme::CATEGORIES[0])?,
        curve => plot.path(curve, theme::CATEGORIES[0], 1.8)?,
    }
    let mut dots = strip.dots.iter();
    dots.try_for_each(|(at, hue)| canvas.disc(plot.place(*at), 3.0, theme::category(*hue)))
}

fn draw_lane(canvas: &Canvas, plot: &Plot, lane: &Lane, y: f64) -> Drawn {
    let look = Type::of(theme::NOTE);
    let row = plot.place((0.5, y)).1;
    let (name, size) = canvas.fit(&lane.name, plot.area.left - 34.0, look);
    canvas.text(&name, (24.0, row), Type { size, ..look })?;
    canvas.rule((plot.area.left, row), (plot.area.right, row), theme::GRID, 0.8)?;
    for (from, to) in &lane.spans {
        let (left, right) = (plot.place((from - 0.5, y)).0, plot.place((to + 0.5, y)).0);
        let bar = Area { left, right, top: row - 4.0, bottom: row + 4.0 };
        canvas.fill(bar, theme::FAINT)?;
    }
    let mut events = lane.events.iter();
    events.try_for_each(|event| sign(canvas, plot.place((event.month, y)), *event))
}

/// The chance to be in force by year, and the year in which it broke, if it did.
fn aftermath(canvas: &Canvas, after: &Aftermath, top: f64) -> Drawn {
    let area = Area { left: LEFT, top, right: RIGHT, bottom: top + AFTER - 88.0 };
    let last = after.survival.last().map_or(1.0, |at| at.0).max(1.0);
    let plot = canvas.plot(area, (0.0, last), (0.0, 1.0))?;
    for share in [0.0, 0.5, 1.0] {
        let y = plot.place((0.0, share)).1;
        canvas.rule((area.left, y), (area.right, y), theme::GRID, 0.8)?;
        let look = Type::of(theme::TICK).soft().right();
        canvas.text(&format!("{:.0} %", 100.0 * share), (area.left - 6.0, y), look)?;
    }
    let look = Type::of(theme::NOTE).bold();
    let middle = f64::midpoint(area.top, area.bottom);
    canvas.text("Chance that it is", (24.0, middle - 6.5), look)?;
    canvas.text("still in force", (24.0, middle + 6.5), look)?;
    plot.path(&after.survival, theme::CATEGORIES[0], 1.8)?;
    after.survival.iter().try_for_each(|at| plot.dot(*at, 2.0, theme::CATEGORIES[0]))?;
    if let Some(year) = after.collapse.filter(|year| *year <= last) {
        let x = plot.place((year, 0.0)).0;
        canvas.rule((x, area.top), (x, area.bottom), theme::CATEGORIES[1], 1.6)?;
        let (look, at) = match x > f64::midpoint(area.left, area.right) {
            true => (Type::of(theme::NOTE).bold().right(), x - 6.0),
            false => (Type::of(theme::NOTE).bold(), x + 6.0),
        };
        let text = format!("broken in year {}", short(year));
        canvas.text(&text, (at, area.top + 8.0), look.colour(theme::CATEGORIES[1]))?;
    }
    let step = if last > 10.0 { 5.0 } else { 1.0 };
    let years = (0..=(last / step) as u32).map(|k| f64::from(k) * step);
    let years: Vec<Spot> = years.map(|at| Spot { at, label: short(at) }).collect();
    plot.base_axis(&years, "Years since signature")
}
