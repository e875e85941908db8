//! Paths through time: for each quantity a panel with median, central half and central nine tenths
//! of every group.

use plotters::style::RGBColor;

use super::Medium;
use super::backend::ChartError;
use super::canvas::{Area, Canvas, Drawn, Plot, Type, short, ticks};
use super::spec::{FanPanel, Fans, Quantiles, Spot};
use super::theme;

/// Panels side by side, room around them, and the height of one with its axis.
const ACROSS: usize = 2;
const LEFT: f64 = 70.0;
const RIGHT: f64 = 24.0;
const BETWEEN: f64 = 62.0;
const TOP: f64 = 122.0;
const EACH: f64 = 178.0;

pub(super) fn draw(spec: &Fans, medium: Medium) -> Result<Vec<u8>, ChartError> {
    let across = spec.panels.len().clamp(1, ACROSS);
    let rows = spec.panels.len().div_ceil(across).max(1);
    let canvas = Canvas::new(medium, &spec.frame, TOP + EACH * rows as f64 + 34.0)?;
    let groups =
        spec.groups.iter().enumerate().map(|(at, name)| (name.clone(), theme::category(at)));
    canvas.key((24.0, 78.0), "", groups)?;
    let width = theme::WIDTH - LEFT - RIGHT - BETWEEN * (across - 1) as f64;
    let width = width / across as f64;
    let last = spec.panels.iter().flat_map(|panel| &panel.fans).filter_map(|fan| fan.last());
    let last = last.map(|(x, _)| *x).fold(2.0, f64::max);
    for (at, panel) in spec.panels.iter().enumerate() {
        let left = LEFT + (width + BETWEEN) * (at % across) as f64;
        let top = TOP + EACH * (at / across) as f64;
        let area = Area { left, top, right: left + width, bottom: top + EACH - 54.0 };
        let bottom = at + across >= spec.panels.len();
        draw_panel(&canvas, panel, area, last, if bottom { &spec.x_title } else { "" })?;
    }
    canvas.finish()
}

fn draw_panel(canvas: &Canvas, panel: &FanPanel, area: Area, last: f64, x_title: &str) -> Drawn {
    let range = range(panel);
    let plot = canvas.plot(area, (1.0, last), range)?;
    let all = ticks(range);
    let thinned = all.iter().step_by(all.len().div_ceil(4).max(1));
    let labels: Vec<(f64, String)> = thinned.map(|value| (*value, short(*value))).collect();
    plot.level_axis(&labels, "")?;
    plot.base_axis(&months(last), x_title)?;
    let look = Type::of(theme::LABEL).bold();
    let (title, size) = canvas.fit(&panel.title, area.right - area.left, look);
    canvas.text(&title, (area.left, area.top - 14.0), Type { size, ..look })?;
    // The wide bands first, so that none hides a narrow one.
    let groups = || panel.fans.iter().enumerate();
    groups().try_for_each(|(at, fan)| band(&plot, fan, (0, 4), theme::category(at), 0.13))?;
    groups().try_for_each(|(at, fan)| band(&plot, fan, (1, 3), theme::category(at), 0.30))?;
    groups().try_for_each(|(at, fan)| middle(canvas, &plot, fan, at))
}

/// The months that are marked: the first, round ones, the last.
fn months(last: f64) -> Vec<Spot> {
    let step = [1.0, 2.0, 3.0, 6.0, 12.0, 24.0, 60.0].into_iter().find(|step| last / step <= 6.0);
    let step = step.unwrap_or(120.0);
    let round = (1..=(last / step) as u32).map(|k| f64::from(k) * step);
    let kept = round.filter(|at| *at >= 1.0 + 0.5 * step || step <= 1.0);
    let spot = |at: f64| Spot { at, label: short(at) };
    let first = (step > 1.0).then_some(1.0);
    first.into_iter().chain(kept).map(spot).collect()
}

fn band(
    plot: &Plot,
    fan: &[(f64, Quantiles)],
    (low, high): (usize, usize),
    colour: RGBColor,
    opacity: f64,
) -> Drawn {
    let upper = fan.iter().map(|(x, own)| (*x, own.0[high]));
    let lower = fan.iter().rev().map(|(x, own)| (*x, own.0[low]));
    let outline: Vec<(f64, f64)> = upper.chain(lower).collect();
    if fan.len() > 1 { plot.polygon(&outline, colour, opacity) } else { Ok(()) }
}

/// The median; that of the first group solid, others dashed, so that they differ in grey too.
fn middle(canvas: &Canvas, plot: &Plot, fan: &[(f64, Quantiles)], group: usize) -> Drawn {
    let line: Vec<(f64, f64)> = fan.iter().map(|(x, own)| (*x, own.0[2])).collect();
    let colour = theme::category(group);
    match &line[..] {
        [] => Ok(()),
        [alone] => plot.dot(*alone, 2.4, colour),
        _ if group == 0 => plot.path(&line, colour, 1.9),
        _ => {
            let places: Vec<(f64, f64)> = line.iter().map(|at| plot.place(*at)).collect();
            canvas.dashed(&places, colour, 1.9)
        }
    }
}

/// All that is drawn, with a little room; what hardly varies is not blown up.
fn range(panel: &FanPanel) -> (f64, f64) {
    let all = || panel.fans.iter().flatten();
    let low = all().map(|(_, own)| own.0[0]).fold(f64::INFINITY, f64::min);
    let high = all().map(|(_, own)| own.0[4]).fold(f64::NEG_INFINITY, f64::max);
    if low > high {
        return (0.0, 1.0);
    }
    let least = 0.02 * low.abs().max(high.abs()).max(0.05);
    let room = ((high - low) * 0.05).max(least - (high - low) / 2.0);
    (low - room, high + room)
}
