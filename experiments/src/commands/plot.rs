//! `armistice plot`: draws the charts of a run again from its tables.

use std::fs;
use std::path::PathBuf;

use anyhow::{Context as _, Result};
use clap::Args;
use experiments::charts;
use outputs::chart::{Medium, draw};

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
    let folder = run.join("charts");
    fs::create_dir_all(&folder).with_context(|| format!("cannot write {}", folder.display()))?;
    for (name, spec) in charts(&study, &tables) {
        for medium in [Medium::Png, Medium::Svg] {
            let picture = draw(&spec, medium).with_context(|| format!("chart {name}"))?;
            let path = folder.join(&name).with_extension(medium.ending());
            fs::write(&path, picture)
                .with_context(|| format!("cannot write {}", path.display()))?;
        }
    }
    println!("Charts: {}", folder.display());
    Ok(())
}
