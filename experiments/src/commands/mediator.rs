//! The terms of simulated agreements beside what a mediator's textbook would say.

use experiments::{Results, Study, terms_beside_theory};

/// A table at the point nearest to the reference values; nothing where there are no solutions.
pub(super) fn text(study: &Study, tables: &Results) -> Option<String> {
    let beside = terms_beside_theory(study, tables)?;
    let wide: Vec<usize> = beside.issues.iter().map(|name| name.chars().count().max(8)).collect();
    let numbers = |name: &str, values: &[Option<f64>]| {
        let cell =
            |value: &Option<f64>| value.map_or("–".to_owned(), |value| format!("{value:.3}"));
        line(name, &wide, values.iter().map(cell))
    };
    let mut out =
        format!("Terms at {}: signed, and by bargaining theory at the outset\n", beside.at);
    out += &line("", &wide, beside.issues.iter().cloned());
    out += &numbers("signed, mean", &beside.signed);
    for (table, solutions) in &beside.tables {
        out += &format!("  {table}\n");
        for (name, terms) in solutions {
            out += &numbers(&format!("  {name}"), terms);
        }
    }
    Some(out)
}

fn line(name: &str, wide: &[usize], cells: impl Iterator<Item = String>) -> String {
    let mut out = format!("  {name:<22}");
    for (cell, wide) in cells.zip(wide) {
        out += &format!("  {cell:>wide$}");
    }
    out + "\n"
}
