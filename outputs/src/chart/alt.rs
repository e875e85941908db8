//! What a chart shows, in words: for those who do not see it.

use super::canvas::short;
use super::density::density;
use super::spec::{
    Against, AreaPanel, Areas, Axis, BoxRow, Boxes, ChartSpec, Comparison, FanPanel, Fans, Glyph,
    Heatmap, Layer, Lines, Maps, Plane, Quantiles, Ridgelines, Series, Spot, Stacked, Strip,
    Survival, Timeline,
};

/// What a chart shows, stated from the numbers that it draws.
pub fn describe(spec: &ChartSpec) -> String {
    let (frame, said) = match spec {
        ChartSpec::Heatmap(spec) => (&spec.frame, heatmap(spec)),
        ChartSpec::Lines(spec) => (&spec.frame, lines(spec)),
        ChartSpec::Ridgelines(spec) => (&spec.frame, ridgelines(spec)),
        ChartSpec::Survival(spec) => (&spec.frame, survival(spec)),
        ChartSpec::Stacked(spec) => (&spec.frame, stacked(spec)),
        ChartSpec::Maps(spec) => (&spec.frame, maps(spec)),
        ChartSpec::Boxes(spec) => (&spec.frame, boxes(spec)),
        ChartSpec::Fans(spec) => (&spec.frame, fans(spec)),
        ChartSpec::Areas(spec) => (&spec.frame, areas(spec)),
        ChartSpec::Plane(spec) => (&spec.frame, plane(spec)),
        ChartSpec::Timeline(spec) => (&spec.frame, timeline(spec)),
        ChartSpec::Against(spec) => (&spec.frame, against(spec)),
        ChartSpec::Discovery(spec) => (&spec.frame, super::discovery::words(spec)),
        ChartSpec::Words(frame, text) => (frame, text.clone()),
    };
    format!("{}. {}. {said}", frame.title, frame.subtitle)
}

/// A share or amount with as many digits as are worth hearing.
fn value(number: f64) -> String {
    short((number * 1000.0).round() / 1000.0)
}

fn heatmap(spec: &Heatmap) -> String {
    format!("Heatmap of {}", extremes(&spec.x, &spec.y, &spec.cells))
}

fn maps(spec: &Maps) -> String {
    let panel = |(title, cells): &(String, Vec<Vec<Option<f64>>>)| {
        format!("{title}, {}", extremes(&spec.x, &spec.y, cells))
    };
    let panels: Vec<String> = spec.panels.iter().map(panel).collect();
    format!("Heatmaps side by side: {}", panels.join(" "))
}

/// How many cells there are, and the lowest and highest with their places.
fn extremes(x: &Axis, y: &Axis, cells: &[Vec<Option<f64>>]) -> String {
    let place = |row: usize, column: usize| {
        let (across, up) = (&x.levels[column].label, &y.levels[row].label);
        format!("{} {across}, {} {up}", x.title, y.title)
    };
    let found = cells.iter().enumerate().flat_map(|(row, cells)| {
        cells.iter().enumerate().filter_map(move |(column, cell)| Some(((*cell)?, row, column)))
    });
    let mut found: Vec<(f64, usize, usize)> = found.collect();
    found.sort_by(|a, b| a.0.total_cmp(&b.0));
    let (Some(least), Some(most)) = (found.first(), found.last()) else {
        return "no cells with a value.".to_owned();
    };
    format!(
        "{} cells. Lowest {} at {}; highest {} at {}.",
        found.len(),
        value(least.0),
        place(least.1, least.2),
        value(most.0),
        place(most.1, most.2)
    )
}

/// From where to where a series runs, and where it is greatest if that is between.
fn course(series: &Series, levels: &[Spot]) -> String {
    let at = |place: f64| {
        let spot = levels.iter().find(|spot| spot.at == place);
        spot.map_or_else(|| short(place), |spot| spot.label.clone())
    };
    let (Some(first), Some(last)) = (series.points.first(), series.points.last()) else {
        return "no values".to_owned();
    };
    if series.points.len() == 1 {
        return value(first.1);
    }
    let most =
        series.points.iter().fold(first, |most, next| if next.1 > most.1 { next } else { most });
    let least =
        series.points.iter().fold(first, |least, next| if next.1 < least.1 { next } else { least });
    let mut out = format!(
        "from {} at {} to {} at {}",
        value(first.1),
        at(first.0),
        value(last.1),
        at(last.0)
    );
    for (word, extreme) in [("highest", most), ("lowest", least)] {
        if extreme.1 != first.1 && extreme.1 != last.1 {
            out += &format!(", {word} {} at {}", value(extreme.1), at(extreme.0));
        }
    }
    out
}

fn lines(spec: &Lines) -> String {
    let line = |series: &Series| {
        let name = if series.name.is_empty() { &spec.y_title } else { &series.name };
        format!("{name}: {}", course(series, &spec.x.levels))
    };
    let all: Vec<String> = spec.series.iter().map(line).collect();
    format!("{} over {}. {}.", spec.y_title, over(&spec.x.title), all.join("; "))
}

fn over(title: &str) -> &str {
    if title.is_empty() { "the reference point" } else { title }
}

fn ridgelines(spec: &Ridgelines) -> String {
    let mut said = Vec::new();
    for panel in &spec.panels {
        let middle = |(level, ridge): (&String, &super::spec::Ridge)| {
            let density = density(&ridge.bins)?;
            let [low, median, high] = density.quartiles;
            Some(format!("{level}: {} ({} to {})", value(median), value(low), value(high)))
        };
        let medians: Vec<String> =
            spec.levels.iter().zip(&panel.ridges).filter_map(middle).collect();
        said.push(format!("{}: {}", panel.title, medians.join(", ")));
    }
    format!("Median and central half by {}. {}.", over(&spec.levels_title), said.join("; "))
}

fn survival(spec: &Survival) -> String {
    let group = |group: &super::spec::Group| {
        let last = group.steps.last()?;
        let five = group.steps.iter().find(|step| step.year == 5.0);
        let five =
            five.map_or(String::new(), |step| format!("{} after 5 years, ", value(step.survival)));
        Some(format!(
            "{}: {five}{} after {} years",
            group.name,
            value(last.survival),
            short(last.year)
        ))
    };
    let groups: Vec<String> = spec.groups.iter().filter_map(group).collect();
    format!("Share still in force. {}.", groups.join("; "))
}

fn stacked(spec: &Stacked) -> String {
    let layer = |(at, layer): (usize, &Layer)| {
        let amounts: Vec<f64> =
            spec.amounts.iter().filter_map(|own| own.get(at).copied()).collect();
        let ends = amounts.first().zip(amounts.last());
        ends.map(|(first, last)| {
            format!("{}: from {} to {}", layer.name, value(*first), value(*last))
        })
    };
    let layers: Vec<String> = spec.layers.iter().enumerate().filter_map(layer).collect();
    format!("{} over {}. {}.", spec.y_title, over(&spec.x.title), layers.join("; "))
}

fn boxes(spec: &Boxes) -> String {
    let middle = |own: &Option<Glyph>| match own {
        Some(Glyph::Box(Quantiles([_, _, median, ..]))) => Some(*median),
        Some(Glyph::Dot(value, _)) => Some(*value),
        None => None,
    };
    let row = |row: &BoxRow| {
        let all: Vec<f64> = row.boxes.iter().filter_map(middle).collect();
        let (from, to) = (value(*all.first()?), value(*all.last()?));
        let name = &row.name;
        Some(if all.len() > 1 {
            format!("{name}: from {from} to {to}")
        } else {
            format!("{name}: {from}")
        })
    };
    let rows: Vec<String> = spec.rows.iter().filter_map(row).collect();
    let medians = spec.rows.iter().flat_map(|row| &row.boxes).flatten();
    let what = if medians.clone().any(|own| matches!(own, Glyph::Box(_))) { "Median " } else { "" };
    format!("{what}{} over {}. {}.", spec.x_title, over(&spec.levels_title), rows.join("; "))
}

fn fans(spec: &Fans) -> String {
    let group = |(name, fan): (&String, &Vec<(f64, Quantiles)>)| {
        let ((_, first), (at, last)) = fan.first().zip(fan.last())?;
        let (from, to) = (value(first.0[2]), value(last.0[2]));
        Some(format!("{name} from {from} to {to} in month {}", short(*at)))
    };
    let panel = |panel: &FanPanel| {
        let groups: Vec<String> = spec.groups.iter().zip(&panel.fans).filter_map(group).collect();
        format!("{}: {}", panel.title, groups.join(", "))
    };
    let panels: Vec<String> = spec.panels.iter().map(panel).collect();
    format!("Medians month by month. {}.", panels.join("; "))
}

fn areas(spec: &Areas) -> String {
    let panel = |panel: &AreaPanel| {
        let last = panel.steps.last()?;
        let layer = |(own, share): (&Layer, &f64)| format!("{} {}", own.name, value(*share));
        let layers: Vec<String> = spec.layers.iter().zip(&last.1).map(layer).collect();
        let name = if panel.title.is_empty() { "" } else { &format!("{}, ", panel.title) };
        Some(format!("{name}month {}: {}", short(last.0), layers.join(", ")))
    };
    let panels: Vec<String> = spec.panels.iter().filter_map(panel).collect();
    format!("Shares at the end. {}.", panels.join("; "))
}

fn plane(spec: &Plane) -> String {
    let level = |(name, bins): &(String, Vec<super::spec::Count>)| {
        let [low, median, high] = density(bins)?.quartiles;
        Some(format!("{name}: {} ({} to {})", value(median), value(low), value(high)))
    };
    let levels: Vec<String> = spec.levels.iter().filter_map(level).collect();
    let place = |at: (f64, f64)| format!("{} and {}", value(at.0), value(at.1));
    let marks: Vec<String> =
        spec.marks.iter().map(|mark| format!("{} {}", mark.name, place(mark.at))).collect();
    format!(
        "Share of the way along the curve, median and central half by {}. {}. Points ({} and {}): {}.",
        over(&spec.levels_title),
        levels.join("; "),
        spec.x_title,
        spec.y_title,
        marks.join("; ")
    )
}

fn timeline(spec: &Timeline) -> String {
    let strip = |own: &Strip| {
        let ((_, first), (month, last)) = own.curve.first().zip(own.curve.last())?;
        let title = own.title.join(" ");
        let (from, to) = (value(*first), value(*last));
        Some(format!("{title}: from {from} to {to} in month {}", short(*month)))
    };
    let strips: Vec<String> = spec.strips.iter().filter_map(strip).collect();
    let events: Vec<String> = (spec.kinds.iter().enumerate())
        .map(|(kind, name)| {
            let events = spec.lanes.iter().flat_map(|lane| &lane.events);
            format!("{name} {} times", events.filter(|event| event.kind == kind).count())
        })
        .collect();
    format!("{}. Events: {}.", strips.join("; "), events.join(", "))
}

fn against(spec: &Against) -> String {
    let panel =
        |own: &Comparison| format!("{}: {}", own.title, course(&own.simulated, &spec.x.levels));
    let panels: Vec<String> = spec.panels.iter().map(panel).collect();
    format!("Over {}. {}.", over(&spec.x.title), panels.join("; "))
}
