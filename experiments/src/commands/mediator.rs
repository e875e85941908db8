//! The terms of simulated agreements beside what a mediator's textbook would say.

use experiments::{Results, SOLUTIONS, Study, TABLES, rows_of, told};
use outputs::{Cell, Table};

/// A table at the point nearest to the reference values; nothing where there are no solutions.
pub(super) fn text(study: &Study, tables: &Results) -> Option<String> {
    let solutions = tables.solutions.as_ref()?;
    let levels = study.reference_levels();
    let point = study.design.number_of(&levels);
    let columns: Vec<String> =
        solutions.columns().iter().filter(|name| name.starts_with("terms_")).cloned().collect();
    let at: Vec<String> = study
        .design
        .axes
        .iter()
        .zip(&levels)
        .map(|(axis, level)| format!("{} {}", axis.path, axis.levels[*level]))
        .collect();
    let at = if at.is_empty() { "the reference values".to_owned() } else { at.join(", ") };
    let mut out = format!("Terms at {at}: signed, and by bargaining theory at the outset\n");
    let names: Vec<String> =
        columns.iter().map(|column| column.trim_start_matches("terms_").to_owned()).collect();
    let wide: Vec<usize> = names.iter().map(|name| name.chars().count().max(8)).collect();
    let numbers = |name: &str, values: &mut dyn Iterator<Item = Option<f64>>| {
        line(
            name,
            &wide,
            values.map(|value| value.map_or("–".to_owned(), |value| format!("{value:.3}"))),
        )
    };
    out += &line("", &wide, names.iter().cloned());
    let mut signed =
        columns.iter().map(|column| tables.points.cell(point as usize, column).number());
    out += &numbers("signed, mean", &mut signed);
    for (table, title) in TABLES.iter().enumerate() {
        let rows = rows_of(solutions, point).iter().filter_map(|row| {
            let Cell::Text(name) = &row[1] else { return None };
            told(name).filter(|(own, _)| *own == table).map(|(_, solution)| (solution, row))
        });
        let rows: Vec<(usize, &Vec<Cell>)> = rows.collect();
        if rows.is_empty() {
            continue;
        }
        out += &format!("  {title}\n");
        for (solution, row) in rows {
            let of = |column: &String| row[place(solutions, column)].number();
            out += &numbers(&format!("  {}", SOLUTIONS[solution].1), &mut columns.iter().map(of));
        }
    }
    Some(out)
}

fn place(table: &Table, column: &str) -> usize {
    table.column(column).unwrap_or(0)
}

fn line(name: &str, wide: &[usize], cells: impl Iterator<Item = String>) -> String {
    let mut out = format!("  {name:<22}");
    for (cell, wide) in cells.zip(wide) {
        out += &format!("  {cell:>wide$}");
    }
    out + "\n"
}
