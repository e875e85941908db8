//! Two runs compared, or the points of one: the difference of every headline estimate.

use std::path::Path;

use engine::{LifeTable, LogRank, Z95};
use outputs::chart::{ChartSpec, Frame, Heatmap, Lines, Scale, Series};
use outputs::{Cell, CsvError, Paired, Table, paired, paired_with};

use crate::charts::{numeric, rows_of, spots};
use crate::design::{Axis, Point, Target};
use crate::ensemble::Member;
use crate::results::Results;
use crate::study::Study;

/// A run to compare.
pub struct Side<'a> {
    /// Its study.
    pub study: &'a Study,
    /// Its tables.
    pub results: &'a Results,
    /// Its folder.
    pub folder: &'a Path,
}

/// The difference of an estimate at a point: second run less first, or this point less another.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Difference {
    /// The difference.
    pub value: f64,
    /// Its 95 % interval, where it has one.
    pub ends: Option<(f64, f64)>,
    /// Whether it is taken replication by replication (common random numbers).
    pub paired: bool,
    /// How both estimates move together with luck, where that is known.
    pub correlation: Option<f64>,
    /// How many times the variance would be greater if both shared no luck, where that is known.
    pub reduction: Option<f64>,
}

impl Difference {
    /// Whether its interval contains 0, or it has none.
    pub fn is_unsure(&self) -> bool {
        self.ends.is_none_or(|(low, high)| low <= 0.0 && high >= 0.0)
    }
}

/// All differences between two runs, or between the points of one.
pub struct Comparison {
    /// What is compared with what: first, second.
    pub sides: [String; 2],
    /// Estimates: column, and what they are called.
    pub titles: Vec<(String, String)>,
    /// By point, then by estimate.
    pub rows: Vec<Vec<Option<Difference>>>,
    /// Why nothing is paired, where nothing is.
    pub unpaired: Option<&'static str>,
    /// By point: whether agreements last differently, where replications are independent.
    pub lasting: Vec<Option<LogRank>>,
}

/// Why two runs cannot be compared.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CompareError {
    /// They answer different questions.
    #[error("the runs differ in {0}: only runs of one world and one design can be compared")]
    Different(String),
    /// A table cannot be read.
    #[error(transparent)]
    Csv(#[from] CsvError),
}

/// Compares two runs of one world and one design.
///
/// Where both runs kept their replications, of the same seed and number, they are compared replication by
/// replication: what they share of luck cancels. Else they are compared as if they were independent, which makes
/// intervals wider than they need be where luck is shared.
///
/// # Errors
///
/// [`CompareError`] where world or design differ, or a table cannot be read.
pub fn compare(first: &Side, second: &Side) -> Result<Comparison, CompareError> {
    let (one, other) = (first.study, second.study);
    if one.world.name != other.world.name {
        let names = format!("world ({} and {})", one.world.name, other.world.name);
        return Err(CompareError::Different(names));
    }
    let axes = |study: &Study| -> Vec<String> {
        let name = |axis: &Axis| {
            let levels: Vec<String> = axis.levels.iter().map(ToString::to_string).collect();
            let levels = match &axis.target {
                Target::Points(members) => values_of(members).join("; "),
                _ => levels.join(", "),
            };
            format!("{} = {levels}", axis.path)
        };
        study.design.axes.iter().map(name).collect()
    };
    if axes(one) != axes(other) {
        let words = [axes(one).join("; "), axes(other).join("; ")];
        return Err(CompareError::Different(format!("sweep ({} and {})", words[0], words[1])));
    }
    let titles = one.headline();
    let measures = measures_of(one, &titles);
    let columns: Vec<&str> = measures.iter().map(String::as_str).collect();
    let kept = [first, second].map(|side| side.folder.join("replications.csv"));
    let unpaired = if !kept.iter().all(|path| path.is_file()) {
        Some(NOT_KEPT)
    } else if one.antithetic != other.antithetic {
        Some("one run is in antithetic pairs and the other is not")
    } else if !alike(one, other) {
        Some("their seeds differ")
    } else {
        None
    };
    let pairs = match unpaired {
        None => paired(&kept[0], &kept[1], &columns, unit(one))?,
        Some(_) => None,
    };
    let unpaired = unpaired.or(pairs.is_none().then_some("they hold other replications"));
    let name = |side: &Side| {
        let folder = side.folder.file_name().map(|name| name.to_string_lossy().into_owned());
        folder.unwrap_or_else(|| side.study.name.clone())
    };
    let sides = [name(first), name(second)];
    let found = differences(sides, [first, second], titles, |point| point, pairs.as_ref());
    Ok(Comparison { unpaired, ..found })
}

const NOT_KEPT: &str = "keep = \"replications\" under [run], as CSV, would pair them";

/// Compares every design point of a run with one of them.
///
/// # Errors
///
/// [`CompareError`] where a table cannot be read.
pub fn compare_points(run: &Side, with: &Point) -> Result<Comparison, CompareError> {
    let titles = run.study.headline();
    let measures = measures_of(run.study, &titles);
    let columns: Vec<&str> = measures.iter().map(String::as_str).collect();
    let kept = run.folder.join("replications.csv");
    let pairs = match kept.is_file() {
        true => paired_with(&kept, with.number as usize, &columns, unit(run.study))?,
        false => None,
    };
    let place = run.study.design.words(with);
    let sides = [format!("point {} ({place})", with.number), "Each point".to_owned()];
    let unpaired = pairs.is_none().then_some(NOT_KEPT);
    let found = differences(sides, [run, run], titles, |_| with.number, pairs.as_ref());
    Ok(Comparison { unpaired, ..found })
}

/// All differences: at each point, the second side there less the first at the point `of_first`.
fn differences(
    sides: [String; 2],
    [first, second]: [&Side; 2],
    titles: Vec<(String, String)>,
    of_first: impl Fn(u64) -> u64,
    pairs: Option<&Vec<Vec<Paired>>>,
) -> Comparison {
    let points = || second.study.design.points();
    let row = |point: Point| {
        let places = [of_first(point.number), point.number];
        let is_itself = std::ptr::eq(first, second) && places[0] == places[1];
        let of = |(at, (column, _)): (usize, &(String, String))| {
            if is_itself {
                return None;
            }
            let pair = pairs.and_then(|all| all.get(point.number as usize)?.get(at));
            pair.map_or_else(
                || as_if_independent([first, second], places, column),
                replication_by_replication,
            )
        };
        titles.iter().enumerate().map(of).collect()
    };
    let rows = points().map(row).collect();
    let counted = first.study.counts_replications() && second.study.counts_replications();
    let lasting = |point: Point| {
        let places = [of_first(point.number), point.number];
        let same = std::ptr::eq(first, second) && places[0] == places[1];
        let tables =
            [(first, places[0]), (second, places[1])].map(|(side, at)| lifetimes(side, at));
        let [one, other] = tables;
        if counted && !same { one?.log_rank(&other?) } else { None }
    };
    let lasting = points().map(lasting).collect();
    Comparison { sides, titles, rows, lasting, unpaired: None }
}

/// What the points of a list set, in words.
fn values_of(members: &[Member]) -> Vec<String> {
    let words = |member: &Member| {
        let values = member.values.iter().map(|(path, _, value)| format!("{path} {value}"));
        values.collect::<Vec<String>>().join(", ")
    };
    members.iter().map(words).collect()
}

/// Whether replications of the same number draw from the same streams.
fn alike(one: &Study, other: &Study) -> bool {
    one.luck() == other.luck()
}

/// How many replications are one unit of luck.
fn unit(study: &Study) -> usize {
    if study.antithetic { 2 } else { 1 }
}

/// The lifetimes of agreements at a point, from its survival curve; nothing where there are none.
fn lifetimes(side: &Side, point: u64) -> Option<LifeTable> {
    let table = &side.results.survival;
    let columns = ["km", "at_risk"].map(|name| table.column(name));
    let [Some(km), Some(at_risk)] = columns else { return None };
    let steps: Option<Vec<(f64, f64)>> = rows_of(table, point)
        .map(|row| Some((row[km].number()?, row[at_risk].number()?)))
        .collect();
    let steps = steps.filter(|steps| steps.len() > 1)?;
    let ended: Vec<u64> = steps
        .windows(2)
        .map(|two| match two[0].0 > 0.0 {
            true => (two[1].1 * (1.0 - two[1].0 / two[0].0)).round() as u64,
            false => 0,
        })
        .collect();
    // Who is at risk in a year and neither ends in it nor is at risk in the next was last seen at its end.
    let mut censored = vec![(steps[0].1 - steps[1].1).max(0.0) as u64];
    for (year, ended) in ended.iter().enumerate() {
        let next = steps.get(year + 2).map_or(0.0, |step| step.1);
        censored.push((steps[year + 1].1 - next).max(0.0) as u64 - ended);
    }
    Some(LifeTable::from_counts(ended, censored))
}

/// The measure behind each estimate, by name; empty where it is not known.
fn measures_of(study: &Study, titles: &[(String, String)]) -> Vec<String> {
    let infos = study.build(&study.design.point(0)).map(|model| model.measure_infos());
    let infos = infos.unwrap_or_default();
    let of = |(column, _): &(String, String)| {
        let own = infos
            .iter()
            .find(|info| info.estimate.as_ref().is_some_and(|estimate| estimate.name == *column));
        own.map_or(String::new(), |info| info.name.clone())
    };
    titles.iter().map(of).collect()
}

fn replication_by_replication(pair: &Paired) -> Option<Difference> {
    let value = pair.difference()?;
    let reach = pair.standard_error().map(|error| Z95 * error);
    let ends = reach.map(|reach| (value - reach, value + reach));
    let (correlation, reduction) = (pair.correlation(), pair.variance_reduction());
    Some(Difference { value, ends, paired: true, correlation, reduction })
}

fn as_if_independent(sides: [&Side; 2], points: [u64; 2], column: &str) -> Option<Difference> {
    let cell = |at: usize, end: &str| {
        sides[at].results.points.cell(points[at] as usize, &format!("{column}{end}")).number()
    };
    let value = cell(1, "")? - cell(0, "")?;
    let errors = cell(0, "_se").zip(cell(1, "_se"));
    let reach = errors.map(|(a, b)| Z95 * (a * a + b * b).sqrt());
    let ends = reach.map(|reach| (value - reach, value + reach));
    Some(Difference { value, ends, paired: false, correlation: None, reduction: None })
}

const ENDINGS: [&str; 6] = ["", "_low", "_high", "_paired", "_correlation", "_reduction"];

impl Comparison {
    /// "second less first".
    pub fn names(&self) -> String {
        format!("{} less {}", self.sides[1], self.sides[0])
    }

    /// One row for each design point: every difference with its interval.
    pub fn table(&self, study: &Study) -> Table {
        let mut columns = vec!["point".to_owned()];
        columns.extend(study.design.columns());
        for (column, _) in &self.titles {
            columns.extend(ENDINGS.map(|end| format!("{column}{end}")));
        }
        columns.extend(["log_rank", "log_rank_p"].map(str::to_owned));
        let mut table = Table::new(columns);
        for ((point, row), lasting) in study.design.points().zip(&self.rows).zip(&self.lasting) {
            let mut cells = vec![Cell::Number(point.number as f64)];
            cells.extend(study.design.cells(&point));
            for found in row {
                cells.push(found.map(|own| own.value).into());
                let ends = found.and_then(|own| own.ends);
                cells.push(ends.map(|ends| ends.0).into());
                cells.push(ends.map(|ends| ends.1).into());
                cells.push(found.map(|own| f64::from(u8::from(own.paired))).into());
                cells.push(found.and_then(|own| own.correlation).into());
                cells.push(found.and_then(|own| own.reduction).into());
            }
            cells.push(lasting.map(|own| own.statistic).into());
            cells.push(lasting.map(|own| own.p).into());
            table.push(cells);
        }
        table
    }

    /// One chart for each estimate: a heatmap over two numbers, a line over one, marks over words; nothing
    /// for other designs.
    pub fn charts(&self, first: &Study, second: &Study) -> Vec<(String, ChartSpec)> {
        let axes = &first.design.axes;
        let chart = |(at, (column, title)): (usize, &(String, String))| {
            let frame = Frame {
                title: format!("Difference in {title}"),
                subtitle: self.names(),
                caption: self.caption(at, first, second),
            };
            let spec = match &axes[..] {
                [x, y] if numeric(x) && numeric(y) => self.heatmap(at, frame, x, y, title),
                [x] => self.line(at, frame, x, title),
                _ => return None,
            };
            Some((format!("difference_{column}"), spec))
        };
        self.titles.iter().enumerate().filter_map(chart).collect()
    }

    fn caption(&self, at: usize, first: &Study, second: &Study) -> String {
        let paired = self.rows.iter().filter_map(|row| row[at]).all(|own| own.paired);
        let how = if paired { "paired by replication" } else { "not paired, as if independent" };
        let played = match std::ptr::eq(first, second) {
            true => {
                format!("{} replications at each point, seed {}", first.replications, first.seed)
            }
            false => format!(
                "{} and {} replications at each point, seeds {} and {}",
                first.replications, second.replications, first.seed, second.seed
            ),
        };
        format!("{played}. 95 % intervals {how}, simulation error only. Conditional on the model.")
    }

    fn heatmap(&self, at: usize, mut frame: Frame, x: &Axis, y: &Axis, title: &str) -> ChartSpec {
        // The first parameter changes slowest.
        let place = |row: usize, column: usize| self.rows[column * y.levels.len() + row][at];
        let of = |read: &dyn Fn(Option<Difference>) -> Option<f64>| -> Vec<Vec<Option<f64>>> {
            let row = |row| (0..x.levels.len()).map(|column| read(place(row, column))).collect();
            (0..y.levels.len()).map(row).collect()
        };
        let cells = of(&|own| own.map(|own| own.value));
        let unsure = of(&|own| own.map(|own| f64::from(u8::from(own.is_unsure()))));
        let most = cells.iter().flatten().flatten().map(|value| value.abs()).fold(0.02, f64::max);
        frame.subtitle += "; in brackets where the 95 % interval contains 0";
        ChartSpec::Heatmap(Heatmap {
            frame,
            x: spots(x),
            y: spots(y),
            measure: title.to_owned(),
            cells,
            scale: Scale::Difference { most, unsure },
        })
    }

    fn line(&self, at: usize, frame: Frame, x: &Axis, title: &str) -> ChartSpec {
        let levels = spots(x);
        let point = |(spot, row): (&outputs::chart::Spot, &Vec<Option<Difference>>)| {
            row[at].map(|own| (spot.at, own.value, own.ends))
        };
        let points: Vec<_> = levels.levels.iter().zip(&self.rows).filter_map(point).collect();
        let reach = |(_, value, ends): &(f64, f64, Option<(f64, f64)>)| {
            let (low, high) = ends.unwrap_or((*value, *value));
            low.abs().max(high.abs())
        };
        let most = points.iter().map(reach).fold(0.01, f64::max) * 1.08;
        ChartSpec::Lines(Lines {
            frame,
            x: levels,
            y_title: format!("Difference of {title}"),
            range: (-most, most),
            series: vec![Series { name: String::new(), points }],
            separate: !numeric(x),
            ordered: false,
        })
    }
}
