//! Survival curves by group: steps, bands, names at their ends, numbers at risk below.

use plotters::style::RGBColor;

use super::Medium;
use super::backend::ChartError;
use super::canvas::{Area, Canvas, Drawn, Plot, Type, grouped, short};
use super::spec::{Group, Reference, Spot, Step, Survival};
use super::theme;

pub(super) fn draw(spec: &Survival, medium: Medium) -> Result<Vec<u8>, ChartError> {
    let below = 84.0 + 21.0 * spec.groups.len() as f64;
    let canvas = Canvas::new(medium, &spec.frame, 480.0 + below)?;
    let area = Area { left: 116.0, top: 78.0, right: 680.0, bottom: 440.0 };
    let last = spec.groups.iter().filter_map(|group| group.steps.last());
    let last = last.map(|step| step.year).fold(1.0, f64::max);
    let plot = canvas.plot(area, (0.0, last), (0.0, 1.0))?;
    let shares = [0.0, 0.2, 0.4, 0.6, 0.8, 1.0];
    let levels: Vec<_> = shares.iter().map(|s| (*s, format!("{:.0} %", 100.0 * s))).collect();
    plot.level_axis(&levels, "Agreements still in force")?;
    let years: Vec<Spot> = (0..=4)
        .map(|k| last * f64::from(k) / 4.0)
        .map(|at| Spot { at, label: short(at) })
        .collect();
    plot.base_axis(&years, "Years since signature")?;
    if let Some(own) = &spec.reference {
        reference(&canvas, &plot, own, last)?;
    }
    for (at, group) in spec.groups.iter().enumerate() {
        curve(&plot, group, colour(at, spec))?;
    }
    names(spec, &canvas, &plot)?;
    at_risk(spec, &canvas, &plot, &years)?;
    canvas.finish()
}

/// A grey band with its middle, as far as the years go, and what it is.
fn reference(canvas: &Canvas, plot: &Plot, own: &Reference, last: f64) -> Drawn {
    let points: Vec<_> = own.points.iter().filter(|(year, ..)| *year <= last).collect();
    let upper = points.iter().map(|(year, _, _, high)| (*year, *high));
    let lower = points.iter().rev().map(|(year, _, low, _)| (*year, *low));
    let outline: Vec<(f64, f64)> = upper.chain(lower).collect();
    if points.len() > 1 {
        plot.polygon(&outline, theme::FAINT, 0.2)?;
        let middle: Vec<(f64, f64)> =
            points.iter().map(|(year, share, ..)| (*year, *share)).collect();
        plot.path(&middle, theme::FAINT, 1.2)?;
        middle.iter().try_for_each(|point| plot.dot(*point, 2.2, theme::FAINT))?;
    }
    let look = Type::of(theme::NOTE).soft().right();
    let right = plot.area.right + 24.0;
    let (note, size) = canvas.fit(&own.note, right - 150.0, look);
    canvas.text(&note, (right, plot.area.bottom + 60.0), Type { size, ..look })
}

fn colour(at: usize, spec: &Survival) -> RGBColor {
    theme::level(at, spec.groups.len())
}

/// A curve that stays level until the end of the year.
fn stairs(steps: &[Step], of: impl Fn(&Step) -> f64) -> Vec<(f64, f64)> {
    let mut points = Vec::new();
    for (at, step) in steps.iter().enumerate() {
        if at > 0 {
            points.push((step.year, of(&steps[at - 1])));
        }
        points.push((step.year, of(step)));
    }
    points
}

fn curve(plot: &Plot, group: &Group, colour: RGBColor) -> Drawn {
    let banded: Vec<Step> =
        group.steps.iter().take_while(|step| step.interval.is_some()).copied().collect();
    let end = |upper: bool| {
        move |step: &Step| {
            let (low, high) = step.interval.unwrap_or((step.survival, step.survival));
            if upper { high } else { low }
        }
    };
    let mut outline = stairs(&banded, end(true));
    outline.extend(stairs(&banded, end(false)).into_iter().rev());
    plot.polygon(&outline, colour, 0.16)?;
    plot.path(&stairs(&group.steps, |step| step.survival), colour, 2.0)
}

/// The name of each curve and where it ends, beside its end, moved apart where they would touch.
fn names(spec: &Survival, canvas: &Canvas, plot: &Plot) -> Drawn {
    const APART: f64 = 31.0;
    let mut ends: Vec<(f64, usize)> = Vec::new();
    for (at, group) in spec.groups.iter().enumerate() {
        if let Some(step) = group.steps.last() {
            ends.push((plot.place((step.year, step.survival)).1, at));
        }
    }
    ends.sort_by(|a, b| a.0.total_cmp(&b.0));
    for at in 1..ends.len() {
        ends[at].0 = ends[at].0.max(ends[at - 1].0 + APART);
    }
    let excess = ends.last().map_or(0.0, |end| (end.0 + 14.0 - plot.area.bottom).max(0.0));
    let left = plot.area.right + 10.0;
    for (y, at) in ends {
        let group = &spec.groups[at];
        let look = Type::of(theme::LABEL).bold().colour(colour(at, spec));
        let (name, size) = canvas.fit(&group.name, theme::WIDTH - left - 8.0, look);
        canvas.text(&name, (left, y - excess - 6.0), Type { size, ..look })?;
        let Some(step) = group.steps.last() else { continue };
        let share = format!("{:.0} % after {} y", 100.0 * step.survival, short(step.year));
        canvas.text(&share, (left, y - excess + 9.0), Type::of(10.0).soft())?;
    }
    Ok(())
}

fn at_risk(spec: &Survival, canvas: &Canvas, plot: &Plot, years: &[Spot]) -> Drawn {
    let top = plot.area.bottom + 68.0;
    let right = plot.area.right + 24.0;
    canvas.text("Number at risk", (24.0, top - 8.0), Type::of(11.0).bold())?;
    canvas.rule((24.0, top + 4.0), (right, top + 4.0), theme::GRID, 0.8)?;
    for (at, group) in spec.groups.iter().enumerate() {
        let y = top + 17.0 + 21.0 * at as f64;
        let look = Type::of(theme::TICK).bold().colour(colour(at, spec));
        let room = plot.area.left - 24.0 - 26.0;
        // Where there is no room for all of it, the level at its end.
        let level = group.name.rsplit(' ').next().unwrap_or_default();
        let fits = canvas.width(&group.name, look) <= 1.25 * room;
        let (name, size) = canvas.fit(if fits { &group.name } else { level }, room, look);
        canvas.text(&name, (24.0, y), Type { size, ..look })?;
        for year in years {
            let Some(step) = group.steps.iter().find(|step| step.year >= year.at) else { continue };
            let x = plot.place((year.at, 0.0)).0;
            canvas.text(&grouped(step.at_risk), (x, y), Type::of(theme::TICK).centred())?;
        }
    }
    let end = top + 8.0 + 21.0 * spec.groups.len() as f64;
    canvas.rule((24.0, end), (right, end), theme::GRID, 0.8)
}
