//! Boxes of inputs in which an outcome is likely: the ends of each beside what they cost in coverage.

use plotters::style::RGBColor;

use super::Medium;
use super::backend::ChartError;
use super::canvas::{Area, Canvas, Drawn, Type, short};
use super::spec::{Discovery, Found, Spot};
use super::theme;

const TOP: f64 = 124.0;

/// Height of a bar with its room, and room between inputs.
const BAR: f64 = 15.0;
const BETWEEN: f64 = 16.0;

/// The bars, and the plane of coverage and density.
const BARS: (f64, f64) = (246.0, 456.0);
const PLANE: (f64, f64) = (610.0, 792.0);

pub(super) fn draw(spec: &Discovery, medium: Medium) -> Result<Vec<u8>, ChartError> {
    let each = BAR * spec.boxes.len().max(1) as f64 + BETWEEN;
    let high = (each * spec.inputs.len().max(1) as f64).max(190.0);
    let canvas = Canvas::new(medium, &spec.frame, TOP + high + 88.0)?;
    let names = spec.boxes.iter().enumerate();
    canvas.key((24.0, TOP - 44.0), "", names.map(|(at, own)| (own.name.clone(), colour(at))))?;
    let head = Type::of(theme::LABEL).bold().centred();
    canvas.text("Ends of inputs", (f64::midpoint(BARS.0, BARS.1), TOP - 14.0), head)?;
    canvas.text("On the way to each box", (f64::midpoint(PLANE.0, PLANE.1), TOP - 14.0), head)?;
    for input in 0..spec.inputs.len() {
        draw_input(&canvas, spec, input, TOP + each * input as f64)?;
    }
    draw_plane(
        &canvas,
        spec,
        Area { left: PLANE.0, top: TOP, right: PLANE.1, bottom: TOP + high },
    )?;
    canvas.finish()
}

fn colour(at: usize) -> RGBColor {
    theme::category(at)
}

/// The range of an input as a line, its ends beside it, and for each box the part that it keeps.
fn draw_input(canvas: &Canvas, spec: &Discovery, at: usize, top: f64) -> Drawn {
    let (name, (low, high)) = &spec.inputs[at];
    let height = BAR * spec.boxes.len() as f64;
    let middle = top + BETWEEN / 2.0 + height / 2.0;
    let look = Type::of(theme::LABEL).right();
    let (name, size) = canvas.fit(name, BARS.0 - 106.0, look);
    canvas.text(&name, (BARS.0 - 84.0, middle), Type { size, ..look })?;
    let note = Type::of(theme::NOTE).soft();
    canvas.text(&short(*low), (BARS.0 - 40.0, middle), note.right())?;
    canvas.text(&short(*high), (BARS.1 + 34.0, middle), note)?;
    let place = |value: f64| {
        let share = if high > low { (value - low) / (high - low) } else { 0.5 };
        BARS.0 + share.clamp(0.0, 1.0) * (BARS.1 - BARS.0)
    };
    for (number, found) in spec.boxes.iter().enumerate() {
        let y = top + BETWEEN / 2.0 + BAR * (number as f64 + 0.5);
        canvas.rule((BARS.0, y), (BARS.1, y), theme::GRID, 1.0)?;
        let Some(ends) = found.limits[at] else { continue };
        let (left, right) = (place(ends.0.unwrap_or(*low)), place(ends.1.unwrap_or(*high)));
        let bar = Area { left, top: y - 3.0, right: right.max(left + 2.0), bottom: y + 3.0 };
        canvas.fill(bar, colour(number))?;
        let inner = Type::of(theme::NOTE).halo(theme::PAPER);
        if let Some(end) = ends.0 {
            canvas.text(&short(end), (left - 5.0, y), inner.right())?;
        }
        if let Some(end) = ends.1 {
            canvas.text(&short(end), (right + 5.0, y), inner)?;
        }
    }
    Ok(())
}

/// Coverage and density of the boxes on the way down, and of those that were chosen.
fn draw_plane(canvas: &Canvas, spec: &Discovery, area: Area) -> Drawn {
    let plot = canvas.plot(area, (0.0, 1.0), (0.0, 1.0))?;
    let labels = [0.0, 0.25, 0.5, 0.75, 1.0].map(|at| (at, short(at)));
    plot.level_axis(&labels, "Density: cases among rows inside")?;
    let spots = [0.0, 0.5, 1.0].map(|at| Spot { at, label: short(at) });
    plot.base_axis(&spots, "Coverage: cases that are inside")?;
    for (at, found) in spec.boxes.iter().enumerate() {
        plot.path(&found.path, colour(at), 1.2)?;
        plot.dot(found.chosen, 4.2, colour(at))?;
    }
    Ok(())
}

/// What the boxes are, in words.
pub(super) fn words(spec: &Discovery) -> String {
    let told = |found: &Found| {
        let end = |(ends, (name, _)): (&Ends, &(String, (f64, f64)))| match (*ends)? {
            (Some(low), Some(high)) => {
                Some(format!("{name} from {} to {}", short(low), short(high)))
            }
            (Some(low), None) => Some(format!("{name} above {}", short(low))),
            (None, Some(high)) => Some(format!("{name} below {}", short(high))),
            (None, None) => None,
        };
        let ends: Vec<String> = found.limits.iter().zip(&spec.inputs).filter_map(end).collect();
        let (coverage, density) = found.chosen;
        let ends = ends.join(" and ");
        format!("{}: {ends}, density {}, coverage {}", found.name, short(density), short(coverage))
    };
    spec.boxes.iter().map(told).collect::<Vec<String>>().join("; ") + "."
}

type Ends = Option<(Option<f64>, Option<f64>)>;
