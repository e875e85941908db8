//! `armistice calibrate`: values of what is uncertain that bring a model near to targets.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Result, anyhow};
use clap::Args;
use experiments::{CalibrateError, Calibration, Journal, Plan, Round, calibrate, calibration};
use outputs::chart::{Medium, draw};
use outputs::{Folder, Table, write_csv};
use serde_json::json;

use super::progress::{Patient, listen_for_interrupt};
use super::{Changes, Threads, grouped};

/// Calibrates a study against targets.
#[derive(Debug, Args)]
pub(super) struct Calibrate {
    /// The targets, a TOML file that names a study with priors
    #[arg(value_name = "TARGETS.toml")]
    targets: PathBuf,
    /// Where tables and chart go [default: outputs/calibrations/<name>]
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    #[command(flatten)]
    changes: Changes,
    #[command(flatten)]
    threads: Threads,
    /// Replaces the folder if it is there, and begins anew where a calibration was interrupted
    #[arg(long)]
    force: bool,
    /// Goes on where an interrupted calibration stopped
    #[arg(long, conflicts_with = "force")]
    resume: bool,
    /// No progress
    #[arg(long)]
    quiet: bool,
}

pub(super) fn run(command: &Calibrate) -> Result<ExitCode> {
    let plan = Plan::read(&command.targets, &command.changes.overrides())?;
    let batch = command.threads.batch(&plan.study)?;
    let usual = || PathBuf::from("outputs/calibrations").join(&plan.name);
    let target = command.out.clone().unwrap_or_else(usual);
    let folder = Folder::open(&target, command.force)?;
    listen_for_interrupt();
    let place = beside(&target);
    let (journal, before) = Journal::open(&place, &plan, command.resume, command.force)?;
    let tell = |words: &str, number: usize, round: &Round| {
        if !command.quiet {
            eprintln!(
                "population {number}: {words}{} proposed, within {:.2}, effective size {:.0}",
                grouped(round.proposed as u64),
                round.tolerance,
                round.effective
            );
        }
    };
    if command.resume && before.is_empty() {
        eprintln!("nothing to go on with in {}: begins anew", place.display());
    }
    before.iter().enumerate().for_each(|(number, own)| tell("as kept: ", number, &own.round));
    let found = calibrate(&plan, &batch, &Patient, before, |number, own| {
        tell("", number, &own.round);
        journal.keep(number, own)
    });
    let found = match found {
        Ok(found) => found,
        Err(CalibrateError::Stopped) => {
            match place.exists() {
                true => eprintln!("interrupted: go on with --resume"),
                false => eprintln!("interrupted: nothing was written"),
            }
            return Ok(ExitCode::from(130));
        }
        Err(error) => return Err(anyhow!("{}: {error}", command.targets.display())),
    };
    let predictive = calibration::predictive(&plan, &found);
    write_all(&folder, &plan, &found, &predictive)?;
    let target = folder.publish()?;
    say(&plan, &found, &predictive, &target)?;
    journal.remove()?;
    Ok(ExitCode::SUCCESS)
}

fn write_all(folder: &Folder, plan: &Plan, found: &Calibration, predictive: &Table) -> Result<()> {
    let tables = [
        ("posterior.csv", &calibration::posterior(plan, found)),
        ("particles.csv", &calibration::particles(plan, found)),
        ("rounds.csv", &calibration::rounds(found)),
        ("predictive.csv", predictive),
    ];
    for (name, table) in tables {
        write(folder, name, table)?;
    }
    let chart = calibration::predictive_chart(plan, found);
    for medium in [Medium::Png, Medium::Svg] {
        folder.write(&format!("charts/predictive.{}", medium.ending()), &draw(&chart, medium)?)?;
    }
    let provenance = json!({
        "version": env!("CARGO_PKG_VERSION"),
        "commit": env!("ARMISTICE_COMMIT"),
        "calibration": plan.name,
        "study": plan.study.name,
        "seed": plan.study.seed,
        "replications": plan.study.replications,
        "particles": plan.particles,
        "populations": found.rounds.len(),
    });
    folder
        .write("provenance.json", (serde_json::to_string_pretty(&provenance)? + "\n").as_bytes())?;
    Ok(())
}

/// How targets are met, and what they say of parameters.
fn say(plan: &Plan, found: &Calibration, predictive: &Table, target: &Path) -> Result<()> {
    let mut out = std::io::stdout().lock();
    writeln!(out, "Targets (value, interval; calibrated median, nine tenths)")?;
    for row in 0..predictive.rows().len() {
        let number = |column: &str| predictive.cell(row, column).number().unwrap_or(f64::NAN);
        writeln!(
            out,
            "  {:4}  {:7}  {}: {:.3} [{:.3}, {:.3}]; {:.3} [{:.3}, {:.3}]",
            predictive.cell(row, "met").to_string(),
            predictive.cell(row, "role").to_string(),
            predictive.cell(row, "target"),
            number("value"),
            number("low"),
            number("high"),
            number("median"),
            number("q05"),
            number("q95")
        )?;
    }
    let effective = found.effective();
    if found.misses() {
        writeln!(
            out,
            "\nThe targets are not met: even the nearest particle is further away than their own errors explain.\n\
             What follows is where the model comes nearest, not what is known."
        )?;
    } else if effective < 50.0 {
        writeln!(
            out,
            "\nThe last population has an effective size of {effective:.0}: too few to trust. More particles are needed."
        )?;
    }
    writeln!(
        out,
        "\nParameters (median, nine tenths; effective size {effective:.0} of {})",
        plan.particles
    )?;
    for line in calibration::told_apart(plan, found) {
        writeln!(out, "  {line}")?;
    }
    writeln!(out, "\nConditional on the model and the priors.\nTables: {}", target.display())?;
    Ok(())
}

/// Where populations are kept meanwhile.
fn beside(target: &Path) -> PathBuf {
    let mut name = target.file_name().unwrap_or_default().to_owned();
    name.push(".journal");
    target.with_file_name(name)
}

fn write(folder: &Folder, name: &str, table: &Table) -> Result<()> {
    let mut bytes = Vec::new();
    write_csv(table, &mut bytes)?;
    Ok(folder.write(name, &bytes)?)
}
