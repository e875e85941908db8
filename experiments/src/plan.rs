//! Plans: what a study plays, row by row, to be inspected, cut, added to, and played elsewhere.

use std::path::Path;

use outputs::{Cell, Table, read_csv};

use crate::design::Target;
use crate::draws::coordinates;
use crate::points::{axis, from_table};
use crate::results::cell;
use crate::source::ConfigError;
use crate::study::Study;
use crate::uncertain::Uncertain;

/// Columns that are not values of the design.
const POINT: &str = "point";
const DRAW: &str = "draw";
const FIRST: &str = "first_replication";
const COUNT: &str = "replications";
const SEED: &str = "seed";

/// One row for each design point, and where something is uncertain for each draw at it, in the order in which they
/// are played: what is set, which replications are played, and their seed.
pub fn plan(study: &Study) -> Table {
    let uncertain = !study.uncertain.is_empty();
    let mut columns = vec![POINT.to_owned()];
    columns.extend(uncertain.then(|| DRAW.to_owned()));
    columns.extend(study.design.columns());
    columns.extend(study.uncertain.iter().map(Uncertain::column));
    columns.extend([FIRST, COUNT, SEED].map(str::to_owned));
    let mut table = Table::new(columns);
    for (draw, drawn) in study.drawn.iter().enumerate() {
        for point in study.design.points() {
            let mut row = vec![Cell::Number(point.number as f64)];
            row.extend(uncertain.then_some(Cell::Number(draw as f64)));
            row.extend(study.design.cells(&point));
            row.extend(drawn.iter().map(cell));
            let whole = |number: u64| Cell::Number(number as f64);
            row.extend([study.first_replication(draw), study.replications, study.seed].map(whole));
            table.push(row);
        }
    }
    table
}

/// Makes a study play what a plan says. A plan as it was written changes nothing; other points become a list. What is
/// uncertain, seed and replications must be those of the study.
///
/// # Errors
///
/// [`ConfigError`] with the file and the rule that it breaks.
pub(crate) fn follow(study: &mut Study, path: &Path) -> Result<(), ConfigError> {
    let wrong = |rule: String| ConfigError::outside(path.display().to_string(), rule);
    let table = read_csv(path).map_err(|error| wrong(error.to_string()))?;
    if table == plan(study) {
        return Ok(());
    }
    for (column, own) in [(COUNT, study.replications), (SEED, study.seed)] {
        let place = table
            .column(column)
            .ok_or_else(|| wrong(format!("is no plan: it has no column `{column}`")))?;
        let other = table.rows().iter().find(|row| row[place].number() != Some(own as f64));
        if let Some(other) = other {
            let option = if column == SEED { "--seed" } else { "--replications" };
            let found = &other[place];
            return Err(wrong(format!(
                "`{column}` is {found}, but {own} in the study: plan it anew, or give {option} {found}"
            )));
        }
    }
    if study.design.axes.iter().any(|axis| matches!(axis.target, Target::Ensemble(_))) {
        return Err(wrong(
            "is not as it was written: plans of an ensemble cannot be changed".to_owned(),
        ));
    }
    let points = match study.uncertain.is_empty() {
        true => table,
        false => points_of_draws(study, &table).map_err(wrong)?,
    };
    let own = [POINT, DRAW, FIRST, COUNT, SEED];
    let members = from_table(study, &points, &own).map_err(wrong)?;
    study.design.axes = vec![axis(members)];
    Ok(())
}

/// The rows of the first draw, without what is uncertain, after checking that every point has every draw as the study
/// makes it, in the order in which they are played.
fn points_of_draws(study: &Study, table: &Table) -> Result<Table, String> {
    let column = |name: &str| {
        table.column(name).ok_or_else(|| format!("has no column `{name}`, which is uncertain"))
    };
    let inputs: Vec<usize> =
        study.uncertain.iter().map(|own| column(&own.column())).collect::<Result<_, _>>()?;
    let place = column(DRAW)?;
    let draws = study.drawn.len();
    if table.rows().is_empty() || !table.rows().len().is_multiple_of(draws) {
        let (rows, (_, k)) = (table.rows().len(), coordinates(&study.uncertain));
        return Err(format!(
            "has {rows} rows, which are not {draws} draws of {k} inputs at every point: cut or add whole points"
        ));
    }
    let points = table.rows().len() / draws;
    let kept: Vec<usize> = (0..table.columns().len()).filter(|at| !inputs.contains(at)).collect();
    let name = |at: &usize| table.columns()[*at].clone();
    let mut first = Table::new(kept.iter().map(name).collect::<Vec<String>>());
    for (number, row) in table.rows().iter().enumerate() {
        let draw = number / points;
        let drawn = study.drawn[draw].iter().map(cell);
        let same = inputs.iter().zip(drawn).all(|(at, own)| row[*at] == own);
        if !same || row[place] != Cell::Number(draw as f64) {
            return Err(format!(
                "row {} is not draw {draw} of the study: draws follow from [uncertain], [draws] and the seed, and \
                 all points see a draw before the next",
                number + 1
            ));
        }
        let of_first = &table.rows()[number % points];
        let design = |at: &usize| ![POINT, DRAW, FIRST].contains(&table.columns()[*at].as_str());
        if kept.iter().filter(|at| design(at)).any(|at| row[*at] != of_first[*at]) {
            return Err(format!(
                "row {} is another point than row {}",
                number + 1,
                number % points + 1
            ));
        }
        if draw == 0 {
            first.push(kept.iter().map(|at| row[*at].clone()).collect());
        }
    }
    Ok(first)
}
