//! `armistice run`: plays a study and leaves a run folder.

use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use anyhow::{Context as _, Result, anyhow};
use clap::Args;
use engine::Batch;
use experiments::{
    Overrides, Results, Sources, Study, charts, check_limits, need, report, results,
    scenario_as_run, solutions, study_as_run,
};
use outputs::chart::{ChartSpec, Medium, draw};
use outputs::{FileHash, Folder, Provenance, Table, hash, write_csv};

use super::playing::{All, first_model, play};
use super::progress::{is_interrupted, listen_for_interrupt};
use super::say::{Headline, headline};
use super::{Changes, Threads, default_folder, grouped};

/// Runs a study.
#[derive(Debug, Args)]
pub(super) struct Run {
    /// The study, a TOML file
    #[arg(value_name = "STUDY.toml")]
    study: PathBuf,
    /// The run folder [default: outputs/runs/<name of the study>]
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Plays the rows of a plan (`armistice plan`) in place of what the study sweeps
    #[arg(long, value_name = "PLAN.csv")]
    plan: Option<PathBuf>,
    #[command(flatten)]
    changes: Changes,
    #[command(flatten)]
    threads: Threads,
    /// Replaces a run folder that exists
    #[arg(long)]
    force: bool,
    /// No progress, no advice
    #[arg(long)]
    quiet: bool,
    /// Prints the headline estimates as one line of JSON, last on stdout
    #[arg(long)]
    json: bool,
}

/// A file of the run folder under way.
struct Writer<'a> {
    folder: &'a Folder,
    files: Vec<FileHash>,
}

pub(super) fn run(command: &Run) -> Result<ExitCode> {
    let overrides = Overrides { plan: command.plan.clone(), ..command.changes.overrides() };
    let study = Study::read(&command.study, &overrides)?;
    let target = command.out.clone().unwrap_or_else(|| default_folder(&study.name));
    let model = first_model(&study)?;
    let (measures, years) = (model.measure_infos(), model.survival_years());
    check_limits(need(&study, model.as_ref()), &target)
        .map_err(|large| anyhow!("{}: {} {large}", command.study.display(), study.name))?;
    let batch = command.threads.batch(&study)?.noting_paths(study.paths);
    listen_for_interrupt();
    let folder = Folder::open(&target, command.force)?;

    let started = SystemTime::now();
    let played = play(&study, &batch, &folder, &measures, command.quiet)?;
    let Some(All { played, paths, draws, time }) = played else { return Ok(interrupted()) };
    let mut tables = results(&study.design, study.quantile(), years, &played);
    tables.solutions = solutions(&study, &batch);
    tables.paths = paths;
    tables.draws = draws.map(|draws| draws.finish(&mut tables.points, &mut tables.survival));
    let mut writer = Writer { folder: &folder, files: Vec::new() };
    let written = write_texts(&study, &mut writer)?;
    write_tables(&tables, &mut writer)?;
    let charts = charts(&study, &tables);
    if !write_charts(&charts, &mut writer)? {
        return Ok(interrupted());
    }
    let played: u64 = played_in_all(&tables);
    let mut provenance = provenance(&study, &batch, written, started, (played, time));
    let sources =
        Sources { study: &study, results: &tables, charts: &charts, provenance: &provenance };
    writer.write("report.html", outputs::report::html(&report(&sources)?).as_bytes())?;
    provenance.files = writer.files;
    folder.write("provenance.json", json(&provenance)?.as_bytes())?;
    let target = folder.publish()?;

    let headline = headline(&study, &tables, &target);
    say(&study, &headline, &provenance, command)?;
    Ok(ExitCode::SUCCESS)
}

fn interrupted() -> ExitCode {
    eprintln!("interrupted: nothing was written");
    ExitCode::from(130)
}

impl Writer<'_> {
    fn write(&mut self, name: &str, bytes: &[u8]) -> Result<()> {
        self.folder.write(name, bytes)?;
        self.files.push(FileHash { path: name.to_owned(), blake3: hash(bytes) });
        Ok(())
    }

    fn table(&mut self, name: &str, table: &Table) -> Result<()> {
        let mut bytes = Vec::new();
        write_csv(table, &mut bytes)?;
        self.write(name, &bytes)
    }
}

/// How many replications were played, at all points and draws together.
fn played_in_all(tables: &Results) -> u64 {
    let table = tables.draws.as_ref().map_or(&tables.points, |draws| &draws.draws);
    let counts = (0..table.rows().len()).filter_map(|row| table.cell(row, "n").number());
    counts.map(|n| n as u64).sum()
}

/// Study and scenario as run, and their hashes.
fn write_texts(study: &Study, writer: &mut Writer) -> Result<(String, String)> {
    let text = study_as_run(study);
    writer.folder.write("study.toml", text.as_bytes())?;
    if study.world.scenario.is_none() {
        return Ok((hash(text.as_bytes()), String::new()));
    }
    let scenario = scenario_as_run(&study.scenario);
    writer.folder.write("scenario.toml", scenario.as_bytes())?;
    Ok((hash(text.as_bytes()), hash(scenario.as_bytes())))
}

fn write_tables(tables: &Results, writer: &mut Writer) -> Result<()> {
    writer.table("points.csv", &tables.points)?;
    writer.table("distributions.csv", &tables.distributions)?;
    writer.table("survival.csv", &tables.survival)?;
    if let Some(solutions) = &tables.solutions {
        writer.table("solutions.csv", solutions)?;
    }
    if let Some(paths) = &tables.paths {
        writer.table("paths.csv", &paths.paths)?;
        writer.table("states.csv", &paths.states)?;
    }
    if let Some(draws) = &tables.draws {
        writer.table("draws.csv", &draws.draws)?;
        writer.table("uncertainty.csv", &draws.uncertainty)?;
    }
    let rows = writer.folder.path().join("replications.csv");
    if rows.is_file() {
        let blake3 = outputs::hash_file(&rows).context("cannot read replications.csv")?;
        writer.files.push(FileHash { path: "replications.csv".to_owned(), blake3 });
    }
    Ok(())
}

/// Draws all charts; false where the user asked to stop meanwhile.
fn write_charts(charts: &[(String, ChartSpec)], writer: &mut Writer) -> Result<bool> {
    for (name, spec) in charts {
        if is_interrupted() {
            return Ok(false);
        }
        for medium in [Medium::Png, Medium::Svg] {
            let picture = draw(spec, medium).with_context(|| format!("chart {name}"))?;
            writer.write(&format!("charts/{name}.{}", medium.ending()), &picture)?;
        }
    }
    Ok(true)
}

fn provenance(
    study: &Study,
    batch: &Batch,
    (study_blake3, scenario_blake3): (String, String),
    started: SystemTime,
    (played, time): (u64, Duration),
) -> Provenance {
    let points = study.design.size().unwrap_or(0) * study.drawn.len() as u64;
    let seconds = time.as_secs_f64();
    Provenance {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        commit: env!("ARMISTICE_COMMIT").to_owned(),
        study: study.name.clone(),
        model: study.world.name.to_owned(),
        seed: study.seed,
        replications: study.replications,
        points,
        threads: batch.threads() as u64,
        host_cores: std::thread::available_parallelism().map_or(1, |cores| cores.get() as u64),
        started_unix: started.duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs()),
        wall_seconds: seconds,
        replications_per_second: played as f64 / seconds.max(1e-9),
        study_blake3,
        scenario_blake3,
        files: Vec::new(),
    }
}

fn json(provenance: &Provenance) -> Result<String> {
    Ok(serde_json::to_string_pretty(provenance)? + "\n")
}

/// The headline on stdout; how fast it was on stderr.
fn say(study: &Study, headline: &Headline, provenance: &Provenance, command: &Run) -> Result<()> {
    if !command.quiet {
        eprintln!(
            "{} points × {}{} replications in {:.1} s, {} replications a second on {} threads",
            provenance.points,
            if study.precision.is_some() { "up to " } else { "" },
            grouped(provenance.replications),
            provenance.wall_seconds,
            grouped(provenance.replications_per_second as u64),
            provenance.threads
        );
    }
    let mut out = std::io::stdout().lock();
    write!(out, "{}", headline.text())?;
    if command.json {
        writeln!(out, "{}", headline.json())?;
    }
    Ok(())
}
