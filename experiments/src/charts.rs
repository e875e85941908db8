//! The charts of a run, specified from its tables and the study beside them.

mod against;
mod curve;
mod forecast;
mod hazard;
mod paths;
mod payoffs;
mod shares;
mod story;
mod uncertain;

pub use story::story_chart;
pub use uncertain::{definition_words, main_estimate, marks_words, sensitivity_chart};

use models::{IssueRole, Value};
use outputs::chart::{
    Axis as Spots, BoxRow, ChartSpec, Count, Frame, Glyph, Group, Layer, Legend, Lines, Mark,
    Panel, Reference, Ridge, Ridgelines, Series, Spot, Stacked, Step, Survival,
};
use outputs::{Cell, Table};

use shares::SHARES;

use crate::base_rates;
use crate::catalogue::Pictures;
use crate::design::Axis;
use crate::results::Results;
use crate::solutions::{SOLUTIONS, TABLES, told};
use crate::study::Study;

/// Why a month brought no signature, from nearest to an agreement to furthest.
const CAUSES: [(&str, &str); 6] = [
    ("refused_by_coalition", "coalition did not endorse"),
    ("refused_by_both", "both refused"),
    ("refused_by_defender", "defender refused"),
    ("refused_by_challenger", "challenger refused"),
    ("nothing_offered", "nothing worth offering"),
    ("no_talks", "no talks"),
];

/// The causes as layers; the first colour is left to agreements.
fn causes() -> impl Iterator<Item = Layer> {
    let layer =
        |(at, (_, name)): (usize, &(&str, &str))| Layer { name: (*name).to_owned(), hue: at + 1 };
    CAUSES.iter().enumerate().map(layer)
}

/// The most levels that a chart by level shows.
const MOST_LEVELS: usize = 6;

/// The most panels side by side.
const MOST_PANELS: usize = 3;

/// The most groups in a chart of survival curves.
const MOST_GROUPS: usize = 6;

/// All charts of a run: file name without ending, and what to draw.
pub fn charts(study: &Study, results: &Results) -> Vec<(String, ChartSpec)> {
    let view = View { study, results };
    match study.world.pictures {
        Pictures::Theory => {
            let theory = ("theory".to_owned(), view.headline_estimates());
            return std::iter::once(theory).chain(view.unknown()).collect();
        }
        Pictures::Forecast => {
            let mut all = view.positions();
            all.insert(0, ("forecast".to_owned(), view.headline_estimates()));
            all.extend(view.unknown());
            return all;
        }
        Pictures::Peace => {}
    }
    let mut all: Vec<(String, ChartSpec)> =
        SHARES.iter().map(|share| (share.file.to_owned(), view.share(share))).collect();
    all.extend(view.unknown());
    all.extend(view.shares().map(|spec| ("shares".to_owned(), spec)));
    all.push(("terms".to_owned(), view.terms()));
    all.push(("curve".to_owned(), view.curve()));
    all.push(("survival".to_owned(), view.survival(0)));
    if let Some(second) = study.design.axes.get(1) {
        let name = format!("survival_by_{}", second.column().replace('.', "_"));
        all.push((name, view.survival(1)));
    }
    all.push(("hazard".to_owned(), view.hazard()));
    all.push(("month".to_owned(), view.month()));
    all.extend(view.course().map(|spec| ("course".to_owned(), spec)));
    all.push(("refusals".to_owned(), view.refusals()));
    all.push(("payoffs".to_owned(), view.payoffs()));
    all.extend(view.votes().map(|spec| ("votes".to_owned(), spec)));
    all.extend(view.paths().map(|spec| ("paths".to_owned(), spec)));
    all
}

/// A study with its tables.
struct View<'a> {
    study: &'a Study,
    results: &'a Results,
}

/// The levels of one parameter that a chart shows, each with its design point; the others held.
struct Slice {
    title: String,
    /// The parameter inside a title, and before a level; empty where nothing is swept.
    name: String,
    short: String,
    spots: Vec<Spot>,
    points: Vec<u64>,
    /// What is held at what, in words; empty where nothing else is swept.
    held: String,
}

impl Slice {
    /// A title by the parameter.
    fn by(&self, what: &str) -> String {
        self.joined(what, "by")
    }

    /// A title that is already by something else.
    fn and(&self, what: &str) -> String {
        self.joined(what, "and")
    }

    fn joined(&self, what: &str, word: &str) -> String {
        if self.name.is_empty() { what.to_owned() } else { format!("{what} {word} {}", self.name) }
    }

    /// A row of a chart: something for each level.
    fn row(&self, name: &str, glyph: impl Fn(u64) -> Option<Glyph>) -> BoxRow {
        BoxRow {
            name: name.to_owned(),
            boxes: self.points.iter().map(|point| glyph(*point)).collect(),
        }
    }

    /// What a level is called beside others; nothing where it is alone.
    fn group(&self, spot: &Spot) -> String {
        if self.name.is_empty() { String::new() } else { join_words(&self.short, &spot.label) }
    }
}

impl View<'_> {
    fn frame(&self, title: String, subtitle: String, intervals: &str) -> Frame {
        let study = self.study;
        let caption = format!(
            "Study {}, seed {}, {}{}{} replications {}{}. {intervals}Conditional on the model \
             and its assumptions.",
            study.name,
            study.seed,
            self.draws_in_words(),
            if study.precision.is_some() { "up to " } else { "" },
            thousands(study.replications),
            if study.antithetic { "in antithetic pairs " } else { "" },
            if study.uncertain.is_empty() { "at each point" } else { "each" }
        );
        Frame { title, subtitle, caption }
    }

    /// What intervals of estimates show.
    fn error_words(&self) -> &'static str {
        match self.study.uncertain.is_empty() {
            true => "95 % intervals, simulation error only",
            false => "95 % intervals of means over draws",
        }
    }

    /// That they are not in the picture.
    fn in_table(&self) -> String {
        match self.study.uncertain.is_empty() {
            true => "95 % intervals in points.csv show simulation error only. ".to_owned(),
            false => "95 % intervals in points.csv are those of means over draws. ".to_owned(),
        }
    }

    /// What bands mean, where there are any: only independent replications have them.
    fn bands(&self, words: &'static str) -> &'static str {
        match (self.study.counts_replications(), self.study.uncertain.is_empty()) {
            (true, _) => words,
            (false, true) => "Without bands: only pairs are independent. ",
            (false, false) => "Means over draws, without bands. ",
        }
    }

    /// The charts of what is not known, where something is not.
    fn unknown(&self) -> impl Iterator<Item = (String, ChartSpec)> {
        let ignorance = self.ignorance().map(|spec| ("ignorance".to_owned(), spec));
        let sensitivity = self.sensitivity().map(|spec| ("sensitivity".to_owned(), spec));
        ignorance.into_iter().chain(sensitivity)
    }

    fn terms(&self) -> ChartSpec {
        let slice = self.slice(0, MOST_LEVELS);
        let subtitle = join("Distribution over runs that end in an agreement", &slice.held);
        let caption = match self.results.solutions {
            Some(_) => {
                "Dark: central half; white: median; dots: bargaining solutions at the outset. "
            }
            None => "Gaussian kernel; dark band: central half; white line: median. ",
        };
        let frame = self.frame(slice.by("Agreed terms"), subtitle, caption);
        let issues = &self.study.scenario.issues;
        let panel = |issue: &models::Issue| Panel {
            title: capital(&plain(&issue.name)),
            note: match issue.role {
                Some(IssueRole::Territory) => "share left to the challenger".to_owned(),
                Some(IssueRole::Guarantee) => "0 none … 1 treaty, forces".to_owned(),
                _ => "level".to_owned(),
            },
            ridges: slice
                .points
                .iter()
                .map(|point| {
                    let of = format!("terms_{}", column(&issue.name));
                    Ridge { bins: self.bins(*point, &of), marks: self.textbook(*point, &of) }
                })
                .collect(),
        };
        let panels: Vec<Panel> = issues.iter().map(panel).collect();
        let any =
            |panel: &Panel| panel.ridges.iter().any(|r| r.bins.iter().any(|bin| bin.count > 0.0));
        if !panels.iter().any(any) {
            return ChartSpec::Words(frame, NO_AGREEMENT.to_owned());
        }
        let levels = slice.spots.into_iter().map(|spot| spot.label).collect();
        let marks = || panels.iter().flat_map(|panel| &panel.ridges).flat_map(|ridge| &ridge.marks);
        let groups = marks().map(|mark| mark.legend + 1).max().unwrap_or(0);
        let legends = legends().into_iter().take(groups).collect();
        let levels_title = slice.title;
        ChartSpec::Ridgelines(Ridgelines { frame, levels_title, levels, panels, legends })
    }

    /// Where the bargaining solutions stand on an issue at a point.
    fn textbook(&self, point: u64, column: &str) -> Vec<Mark> {
        let Some(table) = &self.results.solutions else { return Vec::new() };
        let Some(place) = table.column(column) else { return Vec::new() };
        let mark = |row: &[Cell]| {
            let Cell::Text(solution) = &row[1] else { return None };
            let (legend, name) = told(solution)?;
            Some(Mark { legend, name, at: row[place].number()? })
        };
        rows_of(table, point).filter_map(mark).collect()
    }

    /// By the levels of one of the parameters.
    fn survival(&self, axis: usize) -> ChartSpec {
        let slice = self.slice(axis, MOST_GROUPS);
        let mut groups = Vec::new();
        for (spot, point) in slice.spots.iter().zip(&slice.points) {
            let steps = self.steps(*point);
            if !steps.is_empty() {
                let name = slice.group(spot);
                let name = if name.is_empty() { spot.label.clone() } else { name };
                groups.push(Group { name, steps });
            }
        }
        let subtitle =
            join("Kaplan–Meier estimate of the share of agreements still in force", &slice.held);
        let bands = self.bands("95 % log–log bands, simulation error only. ");
        let frame = self.frame(slice.by("Survival of agreements"), subtitle, bands);
        if groups.is_empty() {
            return ChartSpec::Words(frame, NO_AGREEMENT.to_owned());
        }
        let points = base_rates::PEACE_BETWEEN_NEIGHBOURS.to_vec();
        let reference = Some(Reference { note: base_rates::NOTE.to_owned(), points });
        ChartSpec::Survival(Survival { frame, groups, reference })
    }

    /// Cumulative probability of agreement by month.
    fn month(&self) -> ChartSpec {
        let slice = self.slice(0, MOST_GROUPS);
        let mut series = Vec::new();
        for (spot, point) in slice.spots.iter().zip(&slice.points) {
            let mut signed = 0.0;
            let mut points = vec![(0.0, 0.0, None)];
            let n = self.results.points.cell(*point as usize, "n").number().unwrap_or(0.0) as u64;
            for bin in self.bins(*point, "month") {
                signed += bin.count;
                // Replications of one draw or of one pair belong together: what counts them is no interval.
                let alone = self.study.counts_replications();
                let ends = engine::wilson(signed as u64, n).filter(|_| alone);
                let ends = ends.map(|ends| (ends.low, ends.high));
                points.push((f64::midpoint(bin.low, bin.high), signed / n as f64, ends));
            }
            series.push(Series { name: slice.group(spot), points });
        }
        let last = series.iter().filter_map(|s| s.points.last()).map(|p| p.0).fold(1.0, f64::max);
        let step = [1.0, 3.0, 6.0, 12.0, 24.0, 60.0, 120.0].into_iter().find(|s| last / s <= 8.0);
        let step = step.unwrap_or(240.0);
        let ticks = (0..=(last / step) as u32).map(|k| f64::from(k) * step);
        let levels = ticks.map(|at| Spot { at, label: format!("{at}") }).collect();
        let subtitle = join(
            "Probability that an agreement has been signed by the end of each month",
            &slice.held,
        );
        let bands = self.bands("Bands: 95 % Wilson intervals, simulation error only. ");
        ChartSpec::Lines(Lines {
            frame: self.frame(slice.by("Time to agreement"), subtitle, bands),
            x: Spots { title: "Month".to_owned(), levels },
            y_title: "P(signed by then)".to_owned(),
            range: (0.0, 1.0),
            series,
            separate: false,
            ordered: axes_are_numbers(self.study),
        })
    }

    /// The months before the end, by cause.
    fn refusals(&self) -> ChartSpec {
        let slice = self.slice(0, usize::MAX);
        let amounts = |point: &u64| {
            let mean = |column: &str| self.estimate(*point, column).map_or(0.0, |found| found.0);
            CAUSES.iter().map(|(cause, _)| mean(&format!("months_{cause}"))).collect()
        };
        let subtitle = join(
            "Mean months before the end of a run (signature or horizon), by cause",
            &slice.held,
        );
        ChartSpec::Stacked(Stacked {
            frame: self.frame(slice.and("Months without agreement, by cause"), subtitle, ""),
            x: Spots { title: slice.title.clone(), levels: slice.spots },
            y_title: "Months per run".to_owned(),
            layers: causes().collect(),
            amounts: slice.points.iter().map(amounts).collect(),
        })
    }

    /// Up to `most` levels of a parameter, evenly chosen, with the others held at the level nearest to the
    /// reference value.
    fn slice(&self, which: usize, most: usize) -> Slice {
        let axes = &self.study.design.axes;
        let mut levels = self.study.reference_levels();
        let Some(axis) = axes.get(which) else {
            let spots = vec![Spot { at: 0.0, label: "reference".to_owned() }];
            let [title, name, short, held] = [const { String::new() }; 4];
            return Slice { title, name, short, spots, points: vec![0], held };
        };
        let count = axis.levels.len();
        let shown = shown_levels(count, most);
        let chosen = (0..shown).map(|k| if shown > 1 { k * (count - 1) / (shown - 1) } else { 0 });
        let held = self.held(&[which], &levels);
        let all = spots(axis).levels;
        let (mut kept, mut points) = (Vec::new(), Vec::new());
        for level in chosen {
            levels[which] = level;
            kept.push(all[level].clone());
            points.push(self.study.design.number_of(&levels));
        }
        let name = label(axis);
        // Names of points and of rules speak for themselves.
        let short = match axis.is_named() {
            true => String::new(),
            false => short(&axis.path),
        };
        Slice { title: capital(&name), name, short, spots: kept, points, held }
    }

    /// "at signalling 0.25" for every axis that is not shown.
    fn held(&self, shown: &[usize], levels: &[usize]) -> String {
        let axes = self.study.design.axes.iter().enumerate();
        let rest = axes.filter(|(at, _)| !shown.contains(at));
        let words =
            rest.map(|(at, axis)| format!("{} {}", label(axis), labels(&axis.levels)[levels[at]]));
        let words: Vec<String> = words.collect();
        if words.is_empty() { String::new() } else { format!("at {}", words.join(", ")) }
    }

    /// An estimate at a point, with its interval.
    fn estimate(&self, point: u64, column: &str) -> Option<(f64, Option<(f64, f64)>)> {
        let cell = |end: &str| {
            self.results.points.cell(point as usize, &format!("{column}{end}")).number()
        };
        Some((cell("")?, cell("_low").zip(cell("_high"))))
    }

    /// The bins of a distribution at a point, those beyond the ends left out.
    fn bins(&self, point: u64, measure: &str) -> Vec<Count> {
        let mut bins = Vec::new();
        for row in rows_of(&self.results.distributions, point) {
            if let [_, Cell::Text(name), low, high, count] = row {
                let numbers = (low.number(), high.number(), count.number());
                if let ((Some(low), Some(high), Some(count)), true) = (numbers, **name == *measure)
                    && low.is_finite()
                    && high.is_finite()
                {
                    bins.push(Count { low, high, count });
                }
            }
        }
        bins
    }

    fn steps(&self, point: u64) -> Vec<Step> {
        let step = |row: &[Cell]| {
            Some(Step {
                year: row[1].number()?,
                survival: row[5].number()?,
                interval: row[6].number().zip(row[7].number()),
                at_risk: row[8].number()?,
            })
        };
        rows_of(&self.results.survival, point).filter_map(step).collect()
    }
}

fn legends() -> Vec<Legend> {
    let names = || SOLUTIONS.iter().map(|(_, name)| (*name).to_owned()).collect();
    TABLES.map(|title| Legend { title: title.to_owned(), names: names() }).to_vec()
}

/// How many of `count` levels to show, so that they lie evenly: the most up to `most`, if that is
/// at least three.
fn shown_levels(count: usize, most: usize) -> usize {
    let even = |shown: &usize| (count - 1).is_multiple_of(shown - 1);
    let most = count.min(most);
    (3..=most).rev().find(even).unwrap_or(most)
}

const NO_AGREEMENT: &str = "No run ended in an agreement: there is nothing to show.";

/// Whether the levels of the first parameter are in an order.
fn axes_are_numbers(study: &Study) -> bool {
    study.design.axes.first().is_some_and(numeric)
}

/// Whether the levels of a parameter are numbers.
pub(crate) fn numeric(axis: &Axis) -> bool {
    matches!(axis.levels[0], Value::Number(_))
}

/// The rows of a point; tables are sorted by point.
pub(crate) fn rows_of(table: &Table, point: u64) -> impl Iterator<Item = &[Cell]> {
    let number = |row: &[Cell]| row[0].number().unwrap_or(-1.0);
    let (mut start, mut end) = (0, table.rows().len());
    while start < end {
        let middle = usize::midpoint(start, end);
        if number(table.row(middle)) < point as f64 { start = middle + 1 } else { end = middle }
    }
    table.rows().skip(start).take_while(move |row| number(row) == point as f64)
}

/// The last part of a path.
fn short(path: &str) -> String {
    if path == "points" {
        "point".to_owned()
    } else {
        plain(path.rsplit('.').next().unwrap_or_default())
    }
}

fn join_words(first: &str, second: &str) -> String {
    if first.is_empty() { second.to_owned() } else { format!("{first} {second}") }
}

/// What a swept parameter is called in charts.
fn label(axis: &Axis) -> String {
    label_of(&axis.path)
}

fn label_of(path: &str) -> String {
    let known = [
        ("unity", "Western unity"),
        ("signalling", "Russian signalling"),
        ("decision_rule", "decision rule"),
        ("ensemble", "rules"),
        ("points", "point"),
        ("front.withheld_aid", "aid withheld during talks"),
        ("front.talk_leverage", "talk while fighting"),
    ];
    if let Some((_, name)) = known.iter().find(|(own, _)| *own == path) {
        return (*name).to_owned();
    }
    if let Some(bloc) = path.strip_prefix("blocs.").and_then(|rest| rest.strip_suffix(".unity")) {
        return format!("unity of the {} bloc", capital(&plain(bloc)));
    }
    let path = path.strip_prefix("actors.").unwrap_or(path);
    plain(&path.replace('.', ": "))
}

/// A name from a file as words.
fn plain(name: &str) -> String {
    name.replace('_', " ").replace('"', "")
}

fn column(name: &str) -> String {
    name.replace(' ', "_")
}

fn join(definition: &str, held: &str) -> String {
    if held.is_empty() { definition.to_owned() } else { format!("{definition}, {held}") }
}

pub(crate) fn spots(axis: &Axis) -> Spots {
    let labels = labels(&axis.levels);
    let at = |place: usize| match axis.levels[place] {
        Value::Number(number) => number,
        _ => place as f64,
    };
    let spot = |(place, label)| Spot { at: at(place), label };
    Spots {
        title: capital(&label(axis)),
        levels: labels.into_iter().enumerate().map(spot).collect(),
    }
}

/// What levels are called: numbers with as many decimals as tell them well apart.
fn labels(levels: &[Value]) -> Vec<String> {
    let number = |level: &Value| match level {
        Value::Number(number) => Some(*number),
        _ => None,
    };
    let Some(numbers) = levels.iter().map(number).collect::<Option<Vec<f64>>>() else {
        return levels.iter().map(ToString::to_string).collect();
    };
    let mut sorted = numbers.clone();
    sorted.sort_by(f64::total_cmp);
    let gaps = sorted.windows(2).map(|two| two[1] - two[0]).filter(|gap| *gap > 0.0);
    let gap = gaps.fold(f64::INFINITY, f64::min);
    // A lone level is told exactly.
    let near = |shown: &f64, number: &f64| {
        let off = (shown - number).abs();
        off == 0.0 || (gap.is_finite() && off <= 0.02 * gap)
    };
    let rounded = |decimals: usize| -> Vec<String> {
        numbers.iter().map(|number| format!("{number:.decimals$}")).collect()
    };
    let fits = |decimals: &usize| {
        let shown = rounded(*decimals);
        shown
            .iter()
            .zip(&numbers)
            .all(|(text, number)| text.parse().is_ok_and(|x| near(&x, number)))
    };
    let Some(decimals) = (0..=12).find(fits) else {
        return numbers.iter().map(|number| format!("{number}").replace('-', "−")).collect();
    };
    rounded(decimals).iter().map(|text| tidy(text)).collect()
}

/// A number without the zeros that say nothing, and with a true minus.
fn tidy(text: &str) -> String {
    let short = match text.contains('.') {
        true => text.trim_end_matches('0').trim_end_matches('.'),
        false => text,
    };
    if short == "-0" { "0".to_owned() } else { short.replace('-', "−") }
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().map(|c| c.to_uppercase().to_string()).unwrap_or_default();
    first + letters.as_str()
}

fn thousands(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push('\u{a0}');
        }
        out.push(digit);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn called(numbers: &[f64]) -> Vec<String> {
        labels(&numbers.iter().map(|number| Value::Number(*number)).collect::<Vec<_>>())
    }

    #[test]
    fn levels_are_called_as_shortly_as_tells_them_apart() {
        assert_eq!(called(&[0.0, 0.25, 1.0]), ["0", "0.25", "1"]);
        assert_eq!(called(&[0.0, 1.0 / 29.0, 2.0 / 29.0]), ["0", "0.034", "0.069"]);
        assert_eq!(called(&[-0.5, 1e-7, 2e-7]), ["−0.5", "0.0000001", "0.0000002"]);
        assert_eq!(called(&[1.0 / 3.0]), ["0.3333333333333333"]);
        assert_eq!(called(&[10.0, 200.0]), ["10", "200"]);
    }
}
