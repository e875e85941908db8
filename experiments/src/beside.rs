//! The terms of simulated agreements beside what bargaining theory says of the war at the outset.

use outputs::{Cell, Table};

use crate::charts::rows_of;
use crate::results::Results;
use crate::solutions::{SOLUTIONS, TABLES, told};
use crate::study::Study;

/// One level for each issue; nothing where nothing was signed.
type Terms = Vec<Option<f64>>;

/// Terms at the point nearest to the reference values.
pub struct Beside {
    /// Where, in words.
    pub at: String,
    /// The issues.
    pub issues: Vec<String>,
    /// What was signed, on average.
    pub signed: Terms,
    /// For each table at which there are solutions, these by name.
    pub tables: Vec<(&'static str, Vec<(&'static str, Terms)>)>,
}

/// The terms at the point nearest to the reference values; nothing where there are no solutions.
pub fn terms_beside_theory(study: &Study, results: &Results) -> Option<Beside> {
    let solutions = results.solutions.as_ref()?;
    let levels = study.reference_levels();
    let point = study.design.number_of(&levels);
    let columns: Vec<&String> =
        solutions.columns().iter().filter(|name| name.starts_with("terms_")).collect();
    let at = study.design.words(&study.design.point(point));
    let issues = columns.iter().map(|name| name.strip_prefix("terms_").unwrap_or(name).to_owned());
    let signed = columns.iter().map(|name| results.points.cell(point as usize, name).number());
    let tables = TABLES.iter().enumerate().filter_map(|(table, title)| {
        let rows = rows_of(solutions, point);
        let own: Vec<(&str, Terms)> =
            rows.filter_map(|row| solution(solutions, &columns, row, table)).collect();
        (!own.is_empty()).then_some((*title, own))
    });
    Some(Beside {
        at: if at.is_empty() { "the reference values".to_owned() } else { at },
        issues: issues.collect(),
        signed: signed.collect(),
        tables: tables.collect(),
    })
}

/// A row as a solution at a table, if it is one.
fn solution(
    solutions: &Table,
    columns: &[&String],
    row: &[Cell],
    table: usize,
) -> Option<(&'static str, Terms)> {
    let Cell::Text(name) = &row[1] else { return None };
    let (_, place) = told(name).filter(|(own, _)| *own == table)?;
    let term = |column: &&String| row[solutions.column(column)?].number();
    Some((SOLUTIONS[place].1, columns.iter().map(term).collect()))
}
