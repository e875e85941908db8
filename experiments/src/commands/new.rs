//! `armistice new`: writes a commented study to start from.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use anyhow::{Result, bail};
use clap::Args;
use experiments::{Overrides, Source, Study, WORLDS, is_folder_name, starter, world};

use super::new_file;

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
    if !is_folder_name(&name) {
        bail!(
            "{}: the name of a study is that of its run folder: letters, digits, `-`, `_`, `.` \
               and spaces",
            command.file.display()
        );
    }
    let mut file = new_file(&command.file)?;
    let scenario = Path::new("experiments/scenarios").join(world.scenario.unwrap_or_default());
    let scenario = from_there(&command.file, &scenario);
    let page = starter(world, &name, &scenario, None);
    // A study that cannot be read, for its scenario is elsewhere, has no values in force.
    let source = Source::parse(&command.file, &page).ok();
    let study = source.and_then(|own| Study::from_source(&own, &Overrides::default()).ok());
    let page = starter(world, &name, &scenario, study.as_ref().map(|study| &study.settings));
    file.write_all(page.as_bytes())?;
    println!("{} written; next: armistice check \"{0}\"", command.file.display());
    Ok(())
}

/// The path of a file as seen from the folder of another, both given as seen from here.
fn from_there(file: &Path, target: &Path) -> String {
    let here = std::env::current_dir().unwrap_or_default();
    let folder = here.join(file.parent().unwrap_or_else(|| Path::new("")));
    let (folder, target) = (folder.canonicalize().unwrap_or(folder), here.join(target));
    let common = folder.components().zip(target.components()).take_while(|(a, b)| a == b).count();
    let up = folder.components().skip(common).map(|_| "..".to_owned());
    let down = target.components().skip(common);
    let down = down.map(|part| part.as_os_str().to_string_lossy().into_owned());
    up.chain(down).collect::<Vec<String>>().join("/")
}
