//! A run folder as it was written: its study and its tables, checked against each other.

use std::path::Path;

use anyhow::{Context as _, Result, bail};
use experiments::{DrawTables, Overrides, PathTables, Results, Study};
use outputs::{Provenance, Table, hash_file, read_csv};

/// Reads study and tables of a run, after checking that all of it is as it was written.
pub(super) fn read(run: &Path) -> Result<(Study, Results)> {
    if !run.join("study.toml").is_file() {
        bail!("{} is not a run folder: it holds no study.toml", run.display());
    }
    let provenance = provenance(run)?;
    check_version(run, &provenance)?;
    check_texts(run, &provenance)?;
    let csv = |name: &str| {
        verify(run, &provenance, name)?;
        Ok::<_, anyhow::Error>(read_csv(&run.join(name))?)
    };
    let listed = |name: &str| provenance.files.iter().any(|file| file.path == name);
    let solutions = listed("solutions.csv").then(|| csv("solutions.csv")).transpose()?;
    let paths = listed("paths.csv")
        .then(|| {
            Ok::<_, anyhow::Error>(PathTables {
                paths: csv("paths.csv")?,
                states: csv("states.csv")?,
            })
        })
        .transpose()?;
    let draws = listed("draws.csv")
        .then(|| {
            let (draws, uncertainty) = (csv("draws.csv")?, csv("uncertainty.csv")?);
            Ok::<_, anyhow::Error>(DrawTables { draws, uncertainty })
        })
        .transpose()?;
    let faults = listed("faults.csv").then(|| csv("faults.csv")).transpose()?;
    let tables = Results {
        faults,
        points: csv("points.csv")?,
        distributions: csv("distributions.csv")?,
        survival: csv("survival.csv")?,
        solutions,
        paths,
        draws,
    };
    let study = Study::read(&run.join("study.toml"), &Overrides::default())?;
    check(&study, &tables)?;
    Ok((study, tables))
}

/// Reads where a run comes from.
pub(super) fn provenance(run: &Path) -> Result<Provenance> {
    let path = run.join("provenance.json");
    let text = std::fs::read_to_string(&path).with_context(|| {
        format!(
            "{}: without it nothing says that the tables beside it are as they were written",
            path.display()
        )
    })?;
    serde_json::from_str(&text).with_context(|| path.display().to_string())
}

/// Refuses a file of a run that is missing, or not the one that the run wrote.
pub(super) fn verify(run: &Path, provenance: &Provenance, name: &str) -> Result<()> {
    let known = provenance.files.iter().find(|file| file.path == name);
    let known = known
        .with_context(|| format!("{}: provenance.json does not list {name}", run.display()))?;
    same(run, name, &known.blake3)
}

fn same(run: &Path, name: &str, known: &str) -> Result<()> {
    let path = run.join(name);
    if !path.is_file() {
        bail!("{} is missing: {}", path.display(), again(run));
    }
    let found = hash_file(&path).with_context(|| format!("cannot read {}", path.display()))?;
    if found != known {
        bail!(
            "{} is not as the run wrote it (BLAKE3 {}…, not {}… as in provenance.json): {}",
            path.display(),
            &found[..8],
            known.get(..8).unwrap_or(known),
            again(run)
        );
    }
    Ok(())
}

/// What to do about a folder that is not whole.
fn again(run: &Path) -> String {
    format!(
        "put back what was there, or run the study again (armistice run {} --out NEW)",
        run.join("study.toml").display()
    )
}

/// Numbers and charts hang together within a version up to its minor number.
fn check_version(run: &Path, provenance: &Provenance) -> Result<()> {
    let series = |version: &str| version.split('.').take(2).map(str::to_owned).collect::<Vec<_>>();
    let own = env!("CARGO_PKG_VERSION");
    if series(&provenance.version) != series(own) {
        bail!(
            "{} was made by armistice {}, and this is {own}: use that version, or run the study again \
             (armistice run {} --out NEW)",
            run.display(),
            provenance.version,
            run.join("study.toml").display()
        );
    }
    Ok(())
}

/// Study and scenario are those that were run.
fn check_texts(run: &Path, provenance: &Provenance) -> Result<()> {
    same(run, "study.toml", &provenance.study_blake3)?;
    if provenance.scenario_blake3.is_empty() {
        return Ok(());
    }
    same(run, "scenario.toml", &provenance.scenario_blake3)
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
    has(&tables.survival, "survival.csv", &["point", "year", "km", "at_risk"])?;
    if let Some(solutions) = &tables.solutions {
        has(solutions, "solutions.csv", &["point", "solution"])?;
    }
    let Some(PathTables { paths, states }) = &tables.paths else { return Ok(()) };
    has(paths, "paths.csv", &["point", "ended", "quantity", "month", "n", "median"])?;
    has(states, "states.csv", &["point", "month", "no_talks", "signed"])
}
