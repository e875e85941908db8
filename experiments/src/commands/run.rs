//! `armistice run`: plays a study, or a shard of it, and leaves a run folder, or a shard file.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::SystemTime;

use anyhow::{Result, anyhow};
use clap::Args;
use engine::{Batch, Observer, Stopped, tell_faults_later};
use experiments::{
    Head, Layout, RunError, Shapes, Shard, Study, Watch, check_limits, need, play_missing,
};
use outputs::{Folder, Journal, Provenance, hash};

use super::finish::{Whole, finish};
use super::place::{Before, Place};
use super::progress::{Watcher, bar, listen_for_interrupt};
use super::say::Headline;
use super::{Played, Threads, first_model, grouped, in_shell, run_folder};

/// Runs a study.
#[derive(Debug, Args)]
#[expect(clippy::struct_excessive_bools, reason = "they are options of the command line")]
pub(super) struct Run {
    /// The study, a TOML file
    #[arg(value_name = "STUDY.toml")]
    study: PathBuf,
    #[command(flatten)]
    played: Played,
    #[command(flatten)]
    threads: Threads,
    /// Goes on with what an interrupted run has played
    #[arg(long)]
    resume: bool,
    /// Plays the I-th of N shards into a file beside the run folder; `armistice merge` joins them
    #[arg(long, value_name = "I/N")]
    shard: Option<Shard>,
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

pub(super) fn run(command: &Run) -> Result<ExitCode> {
    let study = command.played.study(&command.study)?;
    let target = command.played.target(&study);
    let model = first_model(&study)?;
    let mut place = Place::of(&target, command.shard);
    let need = need(&study, model.as_ref());
    let need = command.shard.map_or(need, |shard| need.part(shard.of));
    let there = place.file().metadata().map_or(0, |about| about.len());
    check_limits(need.less(there), &target)
        .map_err(|large| anyhow!("{}: {} {large}", command.study.display(), study.name))?;
    let mut again = command.played.again(&command.study, command.played.out.as_deref());
    again.insert(0, "run".to_owned());
    let head = Head::new(&study, command.shard.map(|shard| shard.to_string()), again);
    if command.shard.is_none() {
        if command.resume && !command.force && is_whole(&target, &head) {
            // Killed just before the end, it may have left its journal, or the folder that it was in.
            if place.file().exists() {
                let before = Before { resume: true, force: false };
                let journal = place.open(&head, before, true)?;
                place.sweep()?;
                place.remove(journal)?;
            } else {
                place.remove_folder();
            }
            eprintln!("{} is whole: nothing is left to play", target.display());
            return Ok(ExitCode::SUCCESS);
        }
        Folder::check(&target, command.force)?;
    }
    let batch = command.threads.batch(&study)?.noting_paths(study.paths);
    let batch = batch.keeping_rows(study.keeps_replications());
    listen_for_interrupt();
    tell_faults_later();
    let before = Before { resume: command.resume, force: command.force };
    if command.resume && !place.file().exists() {
        eprintln!("nothing to go on with in {}: begins anew", place.folder().display());
    }
    let mut journal = place.open(&head, before, command.quiet)?;
    let (layout, mut shapes) = (Layout::new(&study, &batch), Shapes::default());
    let started = SystemTime::now();
    let playing = Playing { command, study: &study, batch: &batch, layout: &layout };
    match playing.play(&mut journal, &mut shapes) {
        Err(RunError::Stopped(Stopped)) => return Ok(interrupted(place, journal)),
        Err(error) => {
            return Err(match place.leave(journal) {
                true => anyhow!(error).context("what was played is kept: go on with --resume"),
                false => anyhow!(error),
            });
        }
        Ok(()) => {}
    }
    if let Some(shard) = command.shard {
        say_shard(shard, &layout, &place, command);
        place.keep();
        return Ok(ExitCode::SUCCESS);
    }
    place.sweep()?;
    let (study, batch, layout, head) = (&study, &batch, &layout, &head);
    let journals = &[journal.pieces()];
    let model = model.as_ref();
    let whole = Whole { study, model, batch, layout, head, journals, shapes, started };
    let folder =
        Folder::open_in(&target, command.force, place.folder()).map_err(anyhow::Error::from);
    match folder.and_then(|folder| finish(whole, folder)) {
        Ok(Some((headline, provenance))) => {
            place.remove(journal)?;
            say(study, &headline, &provenance, command)?;
            Ok(ExitCode::SUCCESS)
        }
        Ok(None) => Ok(interrupted(place, journal)),
        Err(error) => {
            place.leave(journal);
            Err(error.context("what was played is kept: go on with --resume"))
        }
    }
}

/// A run, or a shard of it, about to be played.
struct Playing<'a> {
    command: &'a Run,
    study: &'a Study,
    batch: &'a Batch,
    layout: &'a Layout,
}

impl Playing<'_> {
    fn play(&self, journal: &mut Journal, shapes: &mut Shapes) -> Result<(), RunError> {
        let Self { command, study, batch, layout } = *self;
        let shard = command.shard;
        let known: u64 = journal.pieces().numbers().map(|piece| layout.length(piece)).sum();
        let bar = bar(layout.replications(shard), known, command.quiet);
        let watcher = Watcher { bar: &bar };
        let watch = Watch::new(&watcher as &dyn Observer);
        let played = play_missing((study, batch), (layout, shard), journal, shapes, &watch);
        bar.finish_and_clear();
        let shard = shard.map(|shard| shard.to_string());
        let noted = watch.note(journal, shard, batch.threads());
        played.and(noted.map_err(RunError::from))
    }
}

fn interrupted(place: Place, journal: Journal) -> ExitCode {
    match place.leave(journal) {
        true => eprintln!("interrupted: go on with --resume"),
        false => eprintln!("interrupted: nothing was written"),
    }
    ExitCode::from(130)
}

/// Whether a run folder is there that this run would make again.
fn is_whole(target: &Path, head: &Head) -> bool {
    run_folder::provenance(target).is_ok_and(|known| {
        let same = |text: &str, known: &str| known == hash(text.as_bytes()) || text == known;
        (known.version, known.commit) == (head.version.clone(), head.commit.clone())
            && same(&head.study, &known.study_blake3)
            && same(&head.scenario, &known.scenario_blake3)
    })
}

/// What a shard holds, and what to do with it.
fn say_shard(shard: Shard, layout: &Layout, place: &Place, command: &Run) {
    if command.quiet {
        return;
    }
    let pieces = layout.count(shard);
    eprintln!(
        "shard {shard}: {pieces} of {} pieces, {} replications, in {}\nwhen all are there: {}",
        layout.pieces(),
        grouped(layout.replications(Some(shard))),
        place.file().display(),
        in_shell(&["armistice", "merge", &place.folder().display().to_string()])
    );
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
