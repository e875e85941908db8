//! `armistice plot`: draws the charts of a run again from its tables.

use std::path::PathBuf;

use anyhow::{Context as _, Result};
use clap::Args;
use experiments::charts;
use outputs::chart::{Medium, draw};
use outputs::write_into;

use super::run_folder;

/// Draws the charts of a run.
#[derive(Debug, Args)]
pub(super) struct Plot {
    /// The run folder
    #[arg(value_name = "RUN")]
    run: PathBuf,
}

pub(super) fn run(command: &Plot) -> Result<()> {
    let run = &command.run;
    let (study, tables) = run_folder::read(run)?;
    for (name, spec) in charts(&study, &tables) {
        for medium in [Medium::Png, Medium::Svg] {
            let picture = draw(&spec, medium).with_context(|| format!("chart {name}"))?;
            write_into(run, &format!("charts/{name}.{}", medium.ending()), &picture)?;
        }
    }
    println!("Charts: {}", run.join("charts").display());
    Ok(())
}
