//! `armistice check`: validates a study and prints its plan.

use std::io::Write as _;
use std::path::PathBuf;
use std::time::Instant;

use anyhow::{Result, anyhow};
use clap::Args;
use engine::Records;
use experiments::{Study, Target, check_limits, need, size};

use super::{Changes, default_folder, grouped};

/// Checks a study.
#[derive(Debug, Args)]
pub(super) struct Check {
    /// The study, a TOML file
    #[arg(value_name = "STUDY.toml")]
    study: PathBuf,
    #[command(flatten)]
    changes: Changes,
}

pub(super) fn run(command: &Check) -> Result<()> {
    let study = Study::read(&command.study, &command.changes.overrides())?;
    let model = study.build(&study.design.point(0))?;
    let need = need(&study, model.as_ref());
    check_limits(need, &default_folder(&study.name))
        .map_err(|large| anyhow!("{}: {} {large}", command.study.display(), study.name))?;

    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let (points, draws) = (study.design.size().unwrap_or(0), study.drawn.len() as u64);
    let played = points * draws * study.replications;
    let seconds = seconds_per_replication(&study)? * played as f64;
    let mut out = std::io::stdout().lock();
    writeln!(out, "{}: {}", study.name, study.question)?;
    writeln!(out, "model     {}", study.world.name)?;
    if study.world.scenario.is_some() {
        writeln!(out, "scenario  {}", study.scenario.name)?;
    }
    for axis in &study.design.axes {
        let levels: Vec<String> = axis.levels.iter().map(ToString::to_string).collect();
        match &axis.target {
            Target::Points(members) => {
                let paths: Vec<&str> =
                    members[0].values.iter().map(|(path, ..)| path.as_str()).collect();
                writeln!(out, "sweep     {} points of {}", levels.len(), paths.join(", "))?;
            }
            _ => writeln!(out, "sweep     {} = {}", axis.path, levels.join(", "))?,
        }
    }
    for own in &study.uncertain {
        writeln!(out, "uncertain {}: {}", own.path, own.distribution.words())?;
    }
    if draws > 1 {
        let (way, luck) = (study.draws.way.name(), study.draws.shared_luck);
        let luck = if luck { "the same replications" } else { "replications of its own" };
        writeln!(out, "draws     {} at each point by {way}, each with {luck}", grouped(draws))?;
    }
    writeln!(
        out,
        "plan      {} point{} × {} replications{}, seed {}",
        grouped(points),
        if points == 1 { "" } else { "s" },
        grouped(study.replications),
        if study.antithetic { " in antithetic pairs" } else { "" },
        study.seed
    )?;
    writeln!(out, "time      about {} on {cores} cores", duration(seconds / cores as f64))?;
    writeln!(out, "disk      at most about {}", size(need.disk))?;
    writeln!(out, "memory    at most about {}", size(need.memory))?;
    Ok(())
}

/// Measured on a few replications at the first, the middle and the last design point.
fn seconds_per_replication(study: &Study) -> Result<f64> {
    const FEW: u64 = 200;
    let last = study.design.size().unwrap_or(1) - 1;
    let mut total = 0.0;
    for number in [0, last / 2, last] {
        let model = study.build(&study.design.point(number))?;
        let start = Instant::now();
        std::hint::black_box(model.play_range(study.luck(), 0..FEW, Records::default()));
        total += start.elapsed().as_secs_f64();
    }
    Ok(total / (3 * FEW) as f64)
}

fn duration(seconds: f64) -> String {
    match seconds {
        s if s < 1.0 => "a second".to_owned(),
        s if s < 100.0 => format!("{s:.0} seconds"),
        s if s < 6000.0 => format!("{:.0} minutes", s / 60.0),
        s if s < 172_800.0 => format!("{:.0} hours", s / 3600.0),
        s => format!("{:.0} days", s / 86_400.0),
    }
}
