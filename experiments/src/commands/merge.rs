//! `armistice merge`: joins shards into the run folder that one run would have left.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::SystemTime;

use anyhow::{Context as _, Result, anyhow, bail};
use clap::Args;
use experiments::{Head, Layout, Overrides, Shapes, Shard, Study, check_limits, need, played_in};
use outputs::{Folder, Pieces};

use super::finish::{Whole, finish};
use super::progress::listen_for_interrupt;
use super::{Threads, default_folder, first_model, in_shell};

/// Joins shards.
#[derive(Debug, Args)]
pub(super) struct Merge {
    /// Shard files, or folders that hold them
    #[arg(value_name = "SHARD", required = true)]
    shards: Vec<PathBuf>,
    /// The run folder [default: outputs/runs/<name of the study>]
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    #[command(flatten)]
    threads: Threads,
    /// Replaces a run folder that exists
    #[arg(long)]
    force: bool,
    /// No advice
    #[arg(long)]
    quiet: bool,
    /// Prints the headline estimates as one line of JSON, last on stdout
    #[arg(long)]
    json: bool,
}

/// A shard file that can be read.
struct ShardFile {
    head: Head,
    pieces: Pieces,
}

/// Pieces of a shard that no file has.
struct Hole {
    shard: Shard,
    missing: u64,
    of: u64,
}

pub(super) fn run(command: &Merge) -> Result<ExitCode> {
    let mut files = Vec::new();
    for path in shard_files(&command.shards)? {
        match open(&path) {
            Ok(file) => files.push(file),
            // What cannot be read is missing, and named below as such.
            Err(error) => eprintln!("left out: {error:#}"),
        }
    }
    let Some(first) = files.first() else { bail!("no shard can be read") };
    let head = first.head.clone();
    let study = study_of(&head)?;
    let origin = first.pieces.path().to_owned();
    if let Some(difference) = Head::new(&study, None, Vec::new()).difference(&head) {
        bail!("{} was made by another program: {difference}", origin.display());
    }
    for file in &files {
        if let Some(difference) = head.difference(&file.head) {
            let (own, other) = (file.pieces.path().display(), origin.display());
            bail!(
                "{own} and {other} are of two runs: {difference} as in the second; leave one of them out"
            );
        }
        if file.pieces.damaged() > 0 {
            let bytes = experiments::size(file.pieces.damaged());
            eprintln!("{}: {bytes} torn or damaged are left out", file.pieces.path().display());
        }
    }
    let target = command.out.clone().unwrap_or_else(|| default_folder(&study.name));
    let model = first_model(&study)?;
    let need = need(&study, model.as_ref());
    let there = files.iter().map(|file| file.pieces.length()).sum();
    check_limits(need.less(there), &target)
        .map_err(|large| anyhow!("{}: {} {large}", origin.display(), study.name))?;
    let batch = command.threads.batch(&study)?.noting_paths(study.paths);
    let layout = Layout::new(&study, &batch);
    let owners = owners(&files, &layout)?;
    let holes = holes(&files, &owners, &layout);
    if !holes.is_empty() {
        bail!("{}", in_words(&holes, &head, &layout));
    }
    listen_for_interrupt();
    let folder = Folder::open(&target, command.force)?;
    let all: Vec<&Pieces> = files.iter().map(|file| &file.pieces).collect();
    let whole = Whole {
        study: &study,
        model: model.as_ref(),
        batch: &batch,
        layout: &layout,
        head: &head,
        journals: &all,
        shapes: Shapes::default(),
        started: SystemTime::now(),
    };
    let Some((headline, provenance)) = finish(whole, folder)? else {
        eprintln!("interrupted: nothing was written");
        return Ok(ExitCode::from(130));
    };
    if !command.quiet {
        eprintln!(
            "{} shard files of {} sessions; the run folder is whole, they are needed no more",
            files.len(),
            provenance.sessions.len()
        );
    }
    let mut out = std::io::stdout().lock();
    write!(out, "{}", headline.text())?;
    if command.json {
        writeln!(out, "{}", headline.json())?;
    }
    Ok(ExitCode::SUCCESS)
}

/// The shard files among some paths: files as they are named, and all that folders hold, in order.
fn shard_files(paths: &[PathBuf]) -> Result<Vec<PathBuf>> {
    let mut all = Vec::new();
    for path in paths {
        if !path.is_dir() {
            all.push(path.clone());
            continue;
        }
        let failed = || format!("cannot read {}", path.display());
        let mut own = Vec::new();
        for entry in fs::read_dir(path).with_context(failed)? {
            let file = entry.with_context(failed)?.path();
            if file.extension().is_some_and(|ending| ending == "shard") {
                own.push(file);
            }
        }
        if own.is_empty() {
            bail!("{} holds no shard (a file ending in .shard)", path.display());
        }
        own.sort();
        all.append(&mut own);
    }
    Ok(all)
}

/// Opens a shard file.
fn open(path: &Path) -> Result<ShardFile> {
    let (bytes, pieces) = Pieces::open(path)?;
    let head = Head::from_bytes(&bytes);
    let head = head.with_context(|| format!("{} is not a shard of a study", path.display()))?;
    Ok(ShardFile { head, pieces })
}

/// The study that a journal belongs to.
fn study_of(head: &Head) -> Result<Study> {
    let folder = tempfile::tempdir().context("cannot make a temporary folder")?;
    let path = folder.path().join("study.toml");
    fs::write(&path, &head.study)?;
    fs::write(folder.path().join("scenario.toml"), &head.scenario)?;
    Ok(Study::read(&path, &Overrides::default())?)
}

/// Which file has which piece. Pieces that are there twice and differ are refused; the same twice does no harm.
fn owners(files: &[ShardFile], layout: &Layout) -> Result<BTreeMap<u64, usize>> {
    let mut owners: BTreeMap<u64, usize> = BTreeMap::new();
    let mut twice = 0;
    let path = |at: usize| files[at].pieces.path().display();
    for (at, file) in files.iter().enumerate() {
        for number in played_in(&file.pieces) {
            if number >= layout.pieces() {
                bail!("{} has a piece that the study has not", path(at));
            }
            let Some(before) = owners.insert(number, at) else { continue };
            twice += 1;
            if files[before].pieces.body(number)? != file.pieces.body(number)? {
                bail!("{} and {} both have piece {number}, and differ", path(before), path(at));
            }
        }
    }
    if twice > 0 {
        eprintln!("{twice} pieces are there twice, the same: each is used once");
    }
    Ok(owners)
}

/// What is missing, shard by shard, in the division that most files come from.
fn holes(files: &[ShardFile], owners: &BTreeMap<u64, usize>, layout: &Layout) -> Vec<Hole> {
    let mut divisions: BTreeMap<u64, usize> = BTreeMap::new();
    for shard in files.iter().filter_map(|file| file.head.shard.as_ref()?.parse::<Shard>().ok()) {
        *divisions.entry(shard.of).or_default() += 1;
    }
    let of = divisions.into_iter().max_by_key(|(_, files)| *files).map_or(1, |(of, _)| of);
    let mut there = vec![0; of as usize];
    owners.keys().for_each(|piece| there[(piece % of) as usize] += 1);
    let hole = |(number, there): (u64, u64)| {
        let shard = Shard { number, of };
        let own = layout.count(shard);
        Hole { shard, missing: own - there, of: own }
    };
    (1..).zip(there).map(hole).filter(|hole| hole.missing > 0).collect()
}

/// What is missing, and what to submit again.
fn in_words(holes: &[Hole], head: &Head, layout: &Layout) -> String {
    let missing: u64 = holes.iter().map(|hole| hole.missing).sum();
    let mut out = format!("{missing} of {} pieces are missing:\n", layout.pieces());
    for Hole { shard, missing, of } in holes {
        out += &match missing == of {
            true => format!("  shard {shard} is not there\n"),
            false => format!("  shard {shard} lacks {missing} of its {of} pieces\n"),
        };
    }
    out += "play them, in the folder in which the others were started:\n";
    for hole in holes {
        out += &format!("  {}\n", command_of(head, hole.shard));
    }
    let numbers: Vec<String> = holes.iter().map(|hole| hole.shard.number.to_string()).collect();
    out + &format!("as tasks of an array: {}", numbers.join(","))
}

/// The command that plays a shard, or what is left of it.
fn command_of(head: &Head, shard: Shard) -> String {
    let shard = shard.to_string();
    let mut words: Vec<&str> = vec!["armistice"];
    words.extend(head.again.iter().map(String::as_str));
    words.extend(["--shard", &shard, "--resume"]);
    in_shell(&words)
}
