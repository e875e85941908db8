//! Two runs compared: the difference of every headline estimate, point by point.

use std::path::Path;

use engine::Z95;
use outputs::chart::{ChartSpec, Frame, Heatmap, Lines, Scale, Series};
use outputs::{Cell, CsvError, Paired, Table, paired};

use crate::charts::{numeric, spots};
use crate::design::{Axis, Point};
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

/// The difference of an estimate at a point, second run less first.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Difference {
    /// The difference.
    pub value: f64,
    /// Its 95 % interval, where it has one.
    pub ends: Option<(f64, f64)>,
    /// Whether it is taken replication by replication (common random numbers).
    pub paired: bool,
}

impl Difference {
    /// Whether its interval contains 0, or it has none.
    pub fn is_unsure(&self) -> bool {
        self.ends.is_none_or(|(low, high)| low <= 0.0 && high >= 0.0)
    }
}

/// All differences between two runs.
pub struct Comparison {
    /// What the runs are called: first, second.
    pub runs: [String; 2],
    /// Estimates: column, and what they are called.
    pub titles: Vec<(String, String)>,
    /// By point, then by estimate.
    pub rows: Vec<Vec<Option<Difference>>>,
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
/// Where both runs kept their replications, of the same seed and number, a mean over all of them is
/// compared replication by replication: what they share of luck cancels. Other estimates are compared as if
/// the runs were independent, which makes intervals wider than they need be where luck is shared.
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
            format!("{} = {}", axis.path, levels.join(", "))
        };
        study.design.axes.iter().map(name).collect()
    };
    if axes(one) != axes(other) {
        let words = [axes(one).join("; "), axes(other).join("; ")];
        return Err(CompareError::Different(format!("sweep ({} and {})", words[0], words[1])));
    }
    let titles = one.headline();
    let measures = measures_of(one, &titles);
    let pairs = pairs(first, second, &measures)?;
    let row = |point: Point| {
        let of = |(at, (column, _)): (usize, &(String, String))| {
            let pair =
                pairs.as_ref().and_then(|all| all.get(point.number as usize)?.get(at).copied());
            difference(first, second, &point, column, pair)
        };
        titles.iter().enumerate().map(of).collect()
    };
    let rows = one.design.points().map(row).collect();
    let name = |side: &Side| {
        let folder = side.folder.file_name().map(|name| name.to_string_lossy().into_owned());
        folder.unwrap_or_else(|| side.study.name.clone())
    };
    Ok(Comparison { runs: [name(first), name(second)], titles, rows })
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

fn pairs(
    first: &Side,
    second: &Side,
    measures: &[String],
) -> Result<Option<Vec<Vec<Paired>>>, CsvError> {
    let paths = [first, second].map(|side| side.folder.join("replications.csv"));
    if !paths.iter().all(|path| path.is_file()) {
        return Ok(None);
    }
    let columns: Vec<&str> = measures.iter().map(String::as_str).collect();
    paired(&paths[0], &paths[1], &columns)
}

fn difference(
    first: &Side,
    second: &Side,
    point: &Point,
    column: &str,
    pair: Option<Paired>,
) -> Option<Difference> {
    // Only where every replication has it are the same ones compared.
    if let Some(pair) = pair.filter(|pair| pair.count == pair.rows && pair.count > 0) {
        let reach = pair.standard_error().map(|error| Z95 * error);
        let ends = reach.map(|reach| (pair.mean - reach, pair.mean + reach));
        return Some(Difference { value: pair.mean, ends, paired: true });
    }
    let cell = |side: &Side, end: &str| {
        side.results.points.cell(point.number as usize, &format!("{column}{end}")).number()
    };
    let value = cell(second, "")? - cell(first, "")?;
    let errors = cell(first, "_se").zip(cell(second, "_se"));
    let reach = errors.map(|(a, b)| Z95 * (a * a + b * b).sqrt());
    let ends = reach.map(|reach| (value - reach, value + reach));
    Some(Difference { value, ends, paired: false })
}

impl Comparison {
    /// "second less first".
    pub fn names(&self) -> String {
        format!("{} less {}", self.runs[1], self.runs[0])
    }

    /// One row for each design point: every difference with its interval.
    pub fn table(&self, study: &Study) -> Table {
        let mut columns = vec!["point".to_owned()];
        columns.extend(study.design.axes.iter().map(Axis::column));
        for (column, _) in &self.titles {
            columns.extend(["", "_low", "_high", "_paired"].map(|end| format!("{column}{end}")));
        }
        let mut table = Table::new(columns);
        for (point, row) in study.design.points().zip(&self.rows) {
            let mut cells = vec![Cell::Number(point.number as f64)];
            cells.extend(study.design.values(&point).map(crate::results::cell));
            for found in row {
                cells.push(found.map(|own| own.value).into());
                let ends = found.and_then(|own| own.ends);
                cells.push(ends.map(|ends| ends.0).into());
                cells.push(ends.map(|ends| ends.1).into());
                cells.push(found.map(|own| f64::from(u8::from(own.paired))).into());
            }
            table.push(cells);
        }
        table
    }

    /// One chart for each estimate: a heatmap over two parameters, or a line over one; nothing for
    /// other designs.
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
                [x] if numeric(x) => self.line(at, frame, x, title),
                _ => return None,
            };
            Some((format!("difference_{column}"), spec))
        };
        self.titles.iter().enumerate().filter_map(chart).collect()
    }

    fn caption(&self, at: usize, first: &Study, second: &Study) -> String {
        let paired = self.rows.iter().filter_map(|row| row[at]).all(|own| own.paired);
        let how = if paired { "paired by replication" } else { "not paired, as if independent" };
        format!(
            "{} and {} replications at each point, seeds {} and {}. 95 % intervals {how}, simulation error \
             only. Conditional on the model.",
            first.replications, second.replications, first.seed, second.seed
        )
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
            separate: false,
            ordered: false,
        })
    }
}
