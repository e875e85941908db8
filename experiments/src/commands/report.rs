//! `armistice report`: writes the report of a run again from its tables.

use std::io::Write as _;
use std::path::PathBuf;

use anyhow::Result;
use clap::Args;
use experiments::{Sources, charts, report};
use outputs::write_into;

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
    write_into(&command.run, "report.html", outputs::report::html(&document).as_bytes())?;
    writeln!(out, "Report: {}", command.run.join("report.html").display())?;
    Ok(())
}
