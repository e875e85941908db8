//! `armistice plan`: what a study plays, as a table.

use std::io::Write as _;
use std::path::PathBuf;

use anyhow::Result;
use clap::Args;
use experiments::{Study, plan};
use outputs::write_csv;

use super::{Changes, grouped, new_file};

/// Plans a study.
#[derive(Debug, Args)]
pub(super) struct Plan {
    /// The study, a TOML file
    #[arg(value_name = "STUDY.toml")]
    study: PathBuf,
    /// The file to write, which must not exist [default: the terminal]
    #[arg(long, value_name = "PLAN.csv")]
    out: Option<PathBuf>,
    #[command(flatten)]
    changes: Changes,
}

pub(super) fn run(command: &Plan) -> Result<()> {
    let study = Study::read(&command.study, &command.changes.overrides())?;
    let table = plan(&study);
    let Some(path) = &command.out else {
        return Ok(write_csv(&table, &mut std::io::stdout().lock())?);
    };
    let mut file = new_file(path)?;
    write_csv(&table, &mut file)?;
    let (rows, replications) = (table.rows().len() as u64, study.replications);
    let mut out = std::io::stdout().lock();
    writeln!(out, "{} rows of {} replications each", grouped(rows), grouped(replications))?;
    writeln!(
        out,
        "Plan: {0}\nPlay it: armistice run {1} --plan {0}",
        path.display(),
        command.study.display()
    )?;
    Ok(())
}
