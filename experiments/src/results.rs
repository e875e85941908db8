//! From summaries to tables: points, distributions, survival.

use std::sync::Arc;

use engine::{
    Estimate, Fault, Histogram, MeasureInfo, Pairs, Scale, Summary, Tally, Z95, mean_interval,
    mean_interval_at, median_interval, normal_interval, score_interval, wilson_at,
};
use models::Value;
use outputs::{Cell, Table};

use crate::design::{Design, Point};
use crate::draw_tables::DrawTables;
use crate::paths::PathTables;
use crate::study::Study;

/// The tables of a run.
#[derive(Clone, Debug, PartialEq)]
pub struct Results {
    /// One row for each design point.
    pub points: Table,
    /// One row for each bin of each distribution of each point.
    pub distributions: Table,
    /// One row for each year of each point.
    pub survival: Table,
    /// One row for each bargaining solution of each point, where there are any.
    pub solutions: Option<Table>,
    /// How things went month by month, where that was counted.
    pub paths: Option<PathTables>,
    /// One row for each replication that broke off, if any did.
    pub faults: Option<Table>,
    /// The draws of what is uncertain, if anything is.
    pub draws: Option<DrawTables>,
}

/// What was played at a design point.
pub struct Played {
    /// The measures of its model: their ranges and bins may depend on what is swept.
    pub measures: Arc<[MeasureInfo]>,
    /// All its replications.
    pub summary: Summary,
}

/// The tables of a design: what was played at each of its points, in order, with intervals of a normal
/// quantile `z`; survival is told for `years` years, year 0 included.
pub fn results(design: &Design, z: f64, years: usize, played: &[Played]) -> Results {
    let none: &[MeasureInfo] = &[];
    let measures = played.first().map_or(none, |point| &point.measures);
    let mut made = Results {
        points: Table::new(point_columns(design, measures)),
        distributions: Table::new(["point", "measure", "bin_low", "bin_high", "count"]),
        survival: Table::new([
            "point", "year", "survival", "low", "high", "km", "km_low", "km_high", "at_risk",
        ]),
        solutions: None,
        paths: None,
        draws: None,
        faults: None,
    };
    for (point, Played { measures, summary }) in design.points().zip(played) {
        made.points.push(point_row(design, &point, measures, summary, z));
        add_distributions(&mut made.distributions, &point, measures, summary);
        add_survival(&mut made.survival, &point, summary, years);
    }
    made
}

/// One row for each replication that broke off: where, and what it said; nothing where none did.
pub fn faults_table(study: &Study, faults: &[(u64, usize, Fault)]) -> Option<Table> {
    let uncertain = !study.uncertain.is_empty();
    let columns = ["point", "draw", "replication", "seed", "message"];
    let shown = columns.into_iter().filter(|column| uncertain || *column != "draw");
    let mut table = Table::new(shown);
    for (point, draw, fault) in faults {
        let mut row = vec![Cell::Number(*point as f64)];
        row.extend(uncertain.then_some(Cell::Number(*draw as f64)));
        let replication = study.first_replication(*draw) + fault.replication;
        row.extend([replication, study.seed].map(|number| Cell::Text(number.to_string().into())));
        row.push(as_text(&fault.message).as_str().into());
        table.push(row);
    }
    (!faults.is_empty()).then_some(table)
}

/// Words that no spreadsheet takes for a formula: where they begin like one, an apostrophe stands before them.
fn as_text(words: &str) -> String {
    let is_formula = words.starts_with(['=', '+', '-', '@', '\t', '\r']);
    if is_formula { format!("'{words}") } else { words.to_owned() }
}

/// The first name that two columns of the tables would have.
pub fn double_column(study: &Study, measures: &[MeasureInfo]) -> Option<String> {
    let mut points = point_columns(&study.design, measures);
    points.extend(study.uncertain.iter().map(crate::uncertain::Uncertain::column));
    points.push("draw".to_owned());
    let mut names = [points, row_columns(measures)];
    names.iter_mut().find_map(|names| {
        names.sort();
        names.windows(2).find(|two| two[0] == two[1]).map(|two| two[0].clone())
    })
}

/// The columns of a table of replications.
pub(crate) fn row_columns(measures: &[MeasureInfo]) -> Vec<String> {
    let own = measures.iter().map(|measure| measure.name.clone());
    ["point", "replication", "seed"].map(str::to_owned).into_iter().chain(own).collect()
}

pub(crate) fn estimates(
    measures: &[MeasureInfo],
) -> impl Iterator<Item = (&MeasureInfo, &Estimate)> {
    measures.iter().filter_map(|measure| Some((measure, measure.estimate.as_ref()?)))
}

fn point_columns(design: &Design, measures: &[MeasureInfo]) -> Vec<String> {
    let mut columns = vec!["point".to_owned()];
    columns.extend(design.columns());
    columns.push("n".to_owned());
    let mut add = |name: &str| {
        columns.extend(["", "_se", "_low", "_high"].map(|end| format!("{name}{end}")));
    };
    for (_, estimate) in estimates(measures) {
        add(&estimate.name);
        if estimate.median {
            add(&format!("{}_median", estimate.name));
        }
    }
    columns
}

pub(crate) fn cell(value: &Value) -> Cell {
    match value {
        Value::Number(number) => Cell::Number(*number),
        other => Cell::Text(other.to_string().into()),
    }
}

fn point_row(
    design: &Design,
    point: &Point,
    measures: &[MeasureInfo],
    summary: &Summary,
    z: f64,
) -> Vec<Cell> {
    let mut row = vec![Cell::Number(point.number as f64)];
    row.extend(design.cells(point));
    row.push(Cell::Number(summary.replications() as f64));
    for (at, (_, estimate)) in estimates(measures).enumerate() {
        let (_, histogram) = &summary.estimates()[at];
        row.extend(estimated(z, estimate.scale, summary, at).map(Cell::from));
        if estimate.median {
            let [median, error, low, high] = median(histogram.as_ref());
            // Ranks count replications, of which only pairs are independent.
            let alone = |value: Option<f64>| value.filter(|_| summary.pairs().is_empty());
            row.extend([median, alone(error), alone(low), alone(high)].map(Cell::from));
        }
    }
    row
}

/// An estimate by its place: value, standard error, and the ends of the interval; nothing where there are no
/// numbers.
pub(crate) fn estimated(z: f64, scale: Scale, summary: &Summary, at: usize) -> [Option<f64>; 4] {
    let (tally, _) = &summary.estimates()[at];
    match summary.pairs().get(at) {
        None => of_replications(z, scale, tally),
        Some(pairs) => of_pairs(z, scale, tally, pairs),
    }
}

/// The same where replications come in pairs.
fn of_pairs(z: f64, scale: Scale, tally: &Tally, pairs: &Pairs) -> [Option<f64>; 4] {
    let Some(mean) = tally.mean() else { return [None; 4] };
    let error = pairs.standard_error();
    let (mean, ends) = match scale {
        Scale::Chance => {
            let n = tally.count() as f64;
            let share = (mean * n).round() / n;
            let ends = |error| score_interval(z, share, error, pairs.with() as f64);
            (share, error.map(ends))
        }
        Scale::Mean { low, high } => (mean, normal_interval(z, mean, error, (low, high))),
    };
    [Some(mean), error, ends.map(|ends| ends.low), ends.map(|ends| ends.high)]
}

/// The same where all replications are independent.
fn of_replications(z: f64, scale: Scale, tally: &Tally) -> [Option<f64>; 4] {
    let Some(mean) = tally.mean() else { return [None; 4] };
    let n = tally.count();
    let (error, interval) = match scale {
        Scale::Chance => {
            // A share of whole replications: free of the rounding that a running mean gathers.
            let successes = (mean * n as f64).round();
            let share = successes / n as f64;
            let ends = wilson_at(z, successes as u64, n);
            let error = (share * (1.0 - share) / n as f64).sqrt();
            return [Some(share), Some(error), ends.map(|e| e.low), ends.map(|e| e.high)];
        }
        Scale::Mean { low, high } => {
            (tally.standard_error(), mean_interval_at(z, tally, (low, high)))
        }
    };
    [Some(mean), error, interval.map(|ends| ends.low), interval.map(|ends| ends.high)]
}

/// The median with its interval from ranks; its standard error is that interval's half width over
/// z (Woodruff 1952).
fn median(histogram: Option<&Histogram>) -> [Option<f64>; 4] {
    let found = histogram.and_then(median_interval);
    found.map_or([None; 4], |(median, ends)| {
        let error = (ends.high - ends.low) / (2.0 * Z95);
        [Some(median), Some(error), Some(ends.low), Some(ends.high)]
    })
}

fn add_distributions(
    table: &mut Table,
    point: &Point,
    measures: &[MeasureInfo],
    summary: &Summary,
) {
    for ((measure, estimate), (_, histogram)) in estimates(measures).zip(summary.estimates()) {
        let (Some(histogram), Some((label, _))) = (histogram, estimate.bins) else { continue };
        let name: Cell = label.unwrap_or(&measure.name).into();
        for (low, high, count) in histogram.cells() {
            table.push(vec![
                Cell::Number(point.number as f64),
                name.clone(),
                low.into(),
                high.into(),
                Cell::Number(count as f64),
            ]);
        }
    }
}

fn add_survival(table: &mut Table, point: &Point, summary: &Summary, years: usize) {
    if summary.survival().is_empty() {
        // Nothing was signed: the years are there, and nothing in them but nobody at risk.
        for year in 0..years {
            let mut row = vec![Cell::Number(point.number as f64), Cell::Number(year as f64)];
            row.resize(8, Cell::Empty);
            row.push(Cell::Number(0.0));
            table.push(row);
        }
        return;
    }
    let last = summary.survival().len() as u32 - 1;
    let steps = summary.lifetimes().kaplan_meier(last);
    let alone = summary.pairs().is_empty();
    for (tally, step) in summary.survival().iter().zip(steps) {
        let ends = mean_interval(tally, (0.0, 1.0)).filter(|_| alone);
        let band = step.interval.filter(|_| alone);
        table.push(vec![
            Cell::Number(point.number as f64),
            Cell::Number(f64::from(step.year)),
            tally.mean().into(),
            ends.map(|ends| ends.low).into(),
            ends.map(|ends| ends.high).into(),
            step.survival.into(),
            band.map(|ends| ends.low).into(),
            band.map(|ends| ends.high).into(),
            Cell::Number(step.at_risk as f64),
        ]);
    }
}

/// Whether every headline estimate over all replications is as precise as asked for, by intervals of a normal
/// quantile.
pub(crate) fn precise(
    titles: &[(String, String)],
    measures: &[MeasureInfo],
    summary: &Summary,
    (precision, z): (f64, f64),
) -> bool {
    estimates(measures).enumerate().all(|(at, (_, estimate))| {
        let (tally, _) = &summary.estimates()[at];
        let asked = titles.iter().any(|(column, _)| *column == estimate.name)
            && tally.count() == summary.replications();
        let [_, _, low, high] = estimated(z, estimate.scale, summary, at);
        !asked || low.zip(high).is_some_and(|(low, high)| high - low <= 2.0 * precision)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_panic_says_is_no_formula() {
        assert_eq!(as_text("=1+1"), "'=1+1");
        assert_eq!(as_text("left == right"), "left == right");
    }
}
