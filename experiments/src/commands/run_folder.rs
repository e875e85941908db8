//! A run folder as it was written: its study and its tables, checked against each other.

use std::path::Path;

use anyhow::{Context as _, Result, bail};
use experiments::{Overrides, PathTables, Results, Study};
use outputs::{Provenance, Table, read_csv};

/// Reads study and tables of a run.
pub(super) fn read(run: &Path) -> Result<(Study, Results)> {
    if !run.join("study.toml").is_file() {
        bail!("{} is not a run folder: it holds no study.toml", run.display());
    }
    let study = Study::read(&run.join("study.toml"), &Overrides::default())?;
    let tables = Results {
        points: read_csv(&run.join("points.csv"))?,
        distributions: read_csv(&run.join("distributions.csv"))?,
        survival: read_csv(&run.join("survival.csv"))?,
        solutions: solutions(run)?,
        paths: paths(run)?,
    };
    check(&study, &tables)?;
    Ok((study, tables))
}

/// Reads where a run comes from.
pub(super) fn provenance(run: &Path) -> Result<Provenance> {
    let path = run.join("provenance.json");
    let place = || path.display().to_string();
    let text = std::fs::read_to_string(&path).with_context(place)?;
    serde_json::from_str(&text).with_context(place)
}

/// The bargaining solutions, if the run has any.
fn solutions(run: &Path) -> Result<Option<Table>> {
    let path = run.join("solutions.csv");
    if !path.exists() {
        return Ok(None);
    }
    let table = read_csv(&path)?;
    if ["point", "solution"].iter().any(|column| table.column(column).is_none()) {
        bail!("solutions.csv has no columns `point` and `solution`: it is not as it was written");
    }
    Ok(Some(table))
}

/// How things went month by month, if that was counted.
fn paths(run: &Path) -> Result<Option<PathTables>> {
    let files = ["paths.csv", "states.csv"].map(|name| run.join(name));
    if !files[0].exists() {
        return Ok(None);
    }
    let [paths, states] = files;
    Ok(Some(PathTables { paths: read_csv(&paths)?, states: read_csv(&states)? }))
}

/// Refuses tables that are not those of the study beside them.
fn check(study: &Study, tables: &Results) -> Result<()> {
    let points = study.design.size().unwrap_or(0);
    if tables.points.rows().len() as u64 != points {
        bail!(
            "points.csv has {} rows, but the study beside it has {points} design points: the \
             folder is not as it was written",
            tables.points.rows().len()
        );
    }
    let has = |table: &Table, name: &str, columns: &[&str]| match columns
        .iter()
        .find(|column| table.column(column).is_none())
    {
        Some(column) => bail!("{name} has no column `{column}`: it is not as it was written"),
        None => Ok(()),
    };
    let headline = study.headline();
    let columns = headline.iter().map(|(column, _)| column.as_str());
    let own: Vec<&str> = ["point", "n"].into_iter().chain(columns).collect();
    has(&tables.points, "points.csv", &own)?;
    has(&tables.distributions, "distributions.csv", &["point", "measure", "bin_low", "count"])?;
    has(&tables.survival, "survival.csv", &["point", "year", "km", "at_risk"])
}
