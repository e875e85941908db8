//! `armistice report`: writes the report of a run again from its tables.

use std::fs;
use std::io::Write as _;
use std::path::PathBuf;

use anyhow::{Context as _, Result};
use clap::Args;
use experiments::{Sources, charts, report};

use super::run_folder;

/// Writes a report.
#[derive(Debug, Args)]
pub(super) struct Report {
    /// The run folder
    #[arg(value_name = "RUN")]
    run: PathBuf,
    /// Prints it as Markdown, for a paper's appendix, in place of writing report.html
    #[arg(long)]
    markdown: bool,
}

pub(super) fn run(command: &Report) -> Result<()> {
    let (study, results) = run_folder::read(&command.run)?;
    let provenance = run_folder::provenance(&command.run)?;
    let charts = charts(&study, &results);
    let (study, results, charts, provenance) = (&study, &results, &charts[..], &provenance);
    let document = report(&Sources { study, results, charts, provenance })?;
    let mut out = std::io::stdout().lock();
    if command.markdown {
        write!(out, "{}", outputs::report::markdown(&document))?;
        return Ok(());
    }
    let path = command.run.join("report.html");
    let place = || format!("cannot write {}", path.display());
    fs::write(&path, outputs::report::html(&document)).with_context(place)?;
    writeln!(out, "Report: {}", path.display())?;
    Ok(())
}
