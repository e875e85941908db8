//! `armistice new`: writes a commented study to start from.

use std::fs::OpenOptions;
use std::io::Write as _;
use std::path::PathBuf;

use anyhow::{Context as _, Result, bail};
use clap::Args;
use experiments::{WORLDS, starter, world};

/// Writes a study.
#[derive(Debug, Args)]
pub(super) struct New {
    /// The file to write, which must not exist
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// The model it is about
    #[arg(long, value_name = "NAME", default_value = "peace")]
    model: String,
}

pub(super) fn run(command: &New) -> Result<()> {
    let Some(world) = world(&command.model) else {
        let known: Vec<&str> = WORLDS.iter().map(|world| world.name).collect();
        bail!("--model {}: no such model; there are: {}", command.model, known.join(", "));
    };
    let name = command.file.file_stem().map_or_else(String::new, |s| s.to_string_lossy().into());
    let opened = OpenOptions::new().write(true).create_new(true).open(&command.file);
    let mut file = opened.with_context(|| format!("cannot write {}", command.file.display()))?;
    file.write_all(starter(world, &name).as_bytes())?;
    println!("{} written; next: armistice check {0}", command.file.display());
    Ok(())
}
