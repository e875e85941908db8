//! `armistice models`: lists the models, or the parameters of one.

use std::io::Write as _;

use anyhow::{Result, bail};
use clap::Args;
use experiments::{WORLDS, World, world};

/// Lists models.
#[derive(Debug, Args)]
pub(super) struct Models {
    /// One of them, in full
    #[arg(value_name = "NAME")]
    name: Option<String>,
}

pub(super) fn run(command: &Models) -> Result<()> {
    let mut out = std::io::stdout().lock();
    let Some(name) = &command.name else {
        for world in WORLDS {
            writeln!(out, "{:<12} {}", world.name, world.summary)?;
        }
        writeln!(out, "\n`armistice models NAME` lists the parameters of one.")?;
        return Ok(());
    };
    let Some(world) = world(name) else {
        let known: Vec<&str> = WORLDS.iter().map(|world| world.name).collect();
        bail!("no model `{name}`; there are: {}", known.join(", "));
    };
    write!(out, "{}", describe(world))?;
    Ok(())
}

fn describe(world: &World) -> String {
    let mut out = format!("{}: {}\n", world.name, world.summary);
    for parameter in world.parameters {
        let default = parameter.default.map_or_else(
            || "absent".to_owned(),
            |default| parameter.kind.write(default).to_string(),
        );
        let symbol = if parameter.symbol.is_empty() {
            String::new()
        } else {
            format!("  ({})", parameter.symbol)
        };
        out += &format!(
            "\n{}{symbol}\n    {}\n    default {default}; {}; {}\n    source: {}\n",
            parameter.path, parameter.meaning, parameter.kind, parameter.unit, parameter.provenance
        );
    }
    out
}
