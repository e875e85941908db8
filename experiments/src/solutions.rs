//! What a mediator's textbook says at each design point, as a table.

use std::collections::BTreeMap;

use engine::Batch;
use models::peace::{Answer, Textbook};
use outputs::{Cell, Table};

use crate::catalogue::Pictures;
use crate::design::{Axis, Point, Target};
use crate::study::Study;

/// The solutions that are told beside what is simulated, and what they are called.
pub(crate) const SOLUTIONS: [(&str, &str); 4] = [
    ("nash", "Nash"),
    ("kalai-smorodinsky", "Kalai–Smorodinsky"),
    ("egalitarian", "egalitarian"),
    ("utilitarian", "utilitarian"),
];

/// At which tables, and what these are called.
pub(crate) const TABLES: [&str; 2] = ["Between the belligerents", "With the coalition"];

/// Which table, and which of its solutions, a name stands for.
pub(crate) fn told(name: &str) -> Option<(usize, usize)> {
    let with_coalition = name.strip_suffix("-with-coalition");
    let plain = with_coalition.unwrap_or(name);
    let place = SOLUTIONS.iter().position(|(known, _)| *known == plain)?;
    Some((usize::from(with_coalition.is_some()), place))
}

/// Solutions are told of designs up to this size, if no more of their points differ in what matters.
const MOST_POINTS: u64 = 1000;
const MOST_DIFFERENT: usize = 100;

/// One row for each solution of each design point, solved on the threads of a batch; nothing in worlds
/// without a war, and of large designs.
pub fn solutions(study: &Study, batch: &Batch) -> Option<Table> {
    let small = study.design.size().is_some_and(|size| size <= MOST_POINTS);
    if study.world.pictures != Pictures::Peace || !small {
        return None;
    }
    let mut first: BTreeMap<Vec<usize>, Point> = BTreeMap::new();
    for point in study.design.points() {
        first.entry(what_matters(study, &point)).or_insert(point);
    }
    if first.len() > MOST_DIFFERENT {
        return None;
    }
    let points: Vec<Point> = first.values().cloned().collect();
    let solved = batch.map(&points, |point| solve(study, point));
    let known: BTreeMap<&Vec<usize>, &Option<Textbook>> = first.keys().zip(&solved).collect();
    let mut table: Option<Table> = None;
    for point in study.design.points() {
        let Some(Some(textbook)) = known.get(&what_matters(study, &point)) else { continue };
        let table = table.get_or_insert_with(|| Table::new(columns(textbook)));
        textbook.solutions.iter().for_each(|answer| table.push(row(&point, answer)));
    }
    table
}

/// The levels on which the textbook depends: those of the scenario's actors and issues, and of the
/// front.
fn what_matters(study: &Study, point: &Point) -> Vec<usize> {
    let matters = |axis: &Axis| match axis.target {
        Target::Scenario(_) => !axis.path.starts_with("blocs."),
        Target::Parameter(_) => axis.path.starts_with("front."),
        Target::Ensemble(_) | Target::Points(_) => true,
    };
    let levels = study.design.axes.iter().zip(&point.levels);
    levels.filter(|(axis, _)| matters(axis)).map(|(_, level)| *level).collect()
}

fn solve(study: &Study, point: &Point) -> Option<Textbook> {
    let (settings, scenario) = study.at(point);
    Textbook::new(&settings, &scenario, 0.5).ok()
}

fn columns(textbook: &Textbook) -> Vec<String> {
    let of = |prefix: &str, names: &[String]| -> Vec<String> {
        names.iter().map(|name| format!("{prefix}_{}", name.replace(' ', "_"))).collect()
    };
    let fixed = ["point", "solution"].map(str::to_owned).to_vec();
    [fixed, of("terms", &textbook.issues), of("utility", &textbook.actors)].concat()
}

fn row(point: &Point, answer: &Answer) -> Vec<Cell> {
    let numbers = answer.prospect.terms.iter().chain(&answer.prospect.utilities);
    let fixed = [Cell::Number(point.number as f64), answer.name.as_str().into()];
    fixed.into_iter().chain(numbers.map(|number| Cell::Number(*number))).collect()
}
