//! Plans: what a study plays, row by row, to be inspected, cut, added to, and played elsewhere.

use std::path::Path;

use outputs::{Cell, Table, read_csv, write_csv};

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

/// Greater whole numbers are not told apart when they are read.
const MOST_EXACT: u64 = 1 << 53;

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
            // As text: a seed can have more digits than a number holds.
            let whole = |number: u64| Cell::Text(number.to_string().into());
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
    let mut own = Vec::new();
    write_csv(&plan(study), &mut own).map_err(|error| wrong(error.to_string()))?;
    let is_as_long = std::fs::metadata(path)
        .is_ok_and(|about| about.is_file() && about.len() == own.len() as u64);
    if is_as_long && std::fs::read(path).is_ok_and(|bytes| bytes == own) {
        return Ok(());
    }
    if study.seed > MOST_EXACT {
        let rule = format!("is not as it was written, and the seed is above {MOST_EXACT}");
        return Err(wrong(format!("{rule}: plans of such seeds cannot be changed")));
    }
    let table = read_csv(path).map_err(|error| wrong(error.to_string()))?;
    check_luck(study, &table).map_err(wrong)?;
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

/// Checks that replications and seed are those of the study. Rows that were added may leave them empty.
fn check_luck(study: &Study, table: &Table) -> Result<(), String> {
    let columns = [FIRST, COUNT, SEED].map(|name| table.column(name).ok_or(name));
    let mut places = Vec::new();
    for column in columns {
        places.push(column.map_err(|name| match table.columns() {
            [one] if one.contains(';') => {
                "is separated by semicolons: save it with commas".to_owned()
            }
            _ => format!("is no plan: it has no column `{name}`"),
        })?);
    }
    let draw = table.column(DRAW);
    for (number, row) in table.rows().enumerate() {
        let draw = draw.and_then(|at| row[at].number()).unwrap_or(0.0) as usize;
        let first = study.first_replication(draw);
        let known = [(FIRST, first), (COUNT, study.replications), (SEED, study.seed)];
        for ((name, own), place) in known.into_iter().zip(&places) {
            let found = &row[*place];
            if *found == Cell::Empty || found.number() == Some(own as f64) {
                continue;
            }
            let number = number + 1;
            let rule = format!("`{name}` is {found} in row {number}, but {own} in the study");
            return Err(match name {
                FIRST => format!("{rule}: replications are counted from there and cannot be moved"),
                SEED => format!("{rule}: plan it anew, or give --seed {found}"),
                _ => format!("{rule}: plan it anew, or give --replications {found}"),
            });
        }
    }
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
    if table.rows().len() == 0 || !table.rows().len().is_multiple_of(draws) {
        let (rows, (_, k)) = (table.rows().len(), coordinates(&study.uncertain));
        return Err(format!(
            "has {rows} rows, which are not {draws} draws of {k} inputs at every point: cut or add whole points"
        ));
    }
    let points = table.rows().len() / draws;
    let kept: Vec<usize> = (0..table.columns().len()).filter(|at| !inputs.contains(at)).collect();
    let name = |at: &usize| table.columns()[*at].clone();
    let mut first = Table::new(kept.iter().map(name).collect::<Vec<String>>());
    for (number, row) in table.rows().enumerate() {
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
        let of_first = table.row(number % points);
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
