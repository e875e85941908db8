//! `armistice slurm`: a study as a job array on a cluster, and how far it has come.

mod scripts;
mod status;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, anyhow, bail};
use clap::{Args, Subcommand};
use experiments::{Head, Layout, Shard, check_limits, need};
use outputs::{Folder, hash, write_into};
use serde::{Deserialize, Serialize};

use super::place::beside;
use super::{Played, Threads, add_option, first_model, grouped, in_shell};
use status::standings;

/// A study on a cluster.
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub(super) struct Slurm {
    #[command(subcommand)]
    also: Option<Also>,
    /// The study, a TOML file
    #[arg(value_name = "STUDY.toml", required = true)]
    study: Option<PathBuf>,
    /// Into how many shards it is cut, each a task of a job array; make tasks a minute or more
    #[arg(long, value_name = "N", default_value_t = 64, value_parser = clap::value_parser!(u64).range(1..=100_000))]
    shards: u64,
    #[command(flatten)]
    played: Played,
    /// Partition of the cluster [default: the cluster's]
    #[arg(long, value_name = "NAME")]
    partition: Option<String>,
    /// Account that pays [default: yours]
    #[arg(long, value_name = "NAME")]
    account: Option<String>,
    /// Time limit of a task, as in sbatch; a task that needs longer is queued again and goes on
    #[arg(long, value_name = "TIME", default_value = "01:00:00", value_parser = scripts::time_limit)]
    time: String,
    /// Threads of a task
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u16).range(1..=1024))]
    cpus_per_task: u16,
    /// Memory of a task, as in sbatch [default: the cluster's]
    #[arg(long, value_name = "SIZE")]
    mem: Option<String>,
    /// Submits what is still to be played, and a job that joins it
    #[arg(long)]
    submit: bool,
    /// Replaces a run folder that exists, and what was prepared otherwise
    #[arg(long)]
    force: bool,
}

#[derive(Debug, Subcommand)]
enum Also {
    /// Shows which shards are whole, which are under way, and which are to be submitted again
    Status {
        /// The run folder, whether it is there yet or not
        #[arg(value_name = "RUN")]
        run: PathBuf,
        /// Prints JSON
        #[arg(long)]
        json: bool,
    },
}

/// What is kept beside a run folder of the jobs that play it.
#[derive(Debug, Serialize, Deserialize)]
struct Submission {
    /// What all shards belong to.
    head: Head,
    /// Into how many shards it is cut.
    shards: u64,
    /// The pieces of each shard.
    pieces: Vec<u64>,
    /// The arguments that submit what is left.
    again: Vec<String>,
    /// The scripts as they were written, by their hashes.
    #[serde(default)]
    scripts: BTreeMap<String, String>,
    /// The arrays submitted so far.
    jobs: Vec<Jobs>,
}

/// A job array with the job that joins its shards.
#[derive(Debug, Serialize, Deserialize)]
struct Jobs {
    array: String,
    merge: String,
}

pub(super) fn run(command: &Slurm) -> Result<()> {
    match (&command.also, &command.study) {
        (Some(Also::Status { run, json }), _) => status::run(run, *json),
        (None, Some(study)) => prepare(command, study),
        (None, None) => bail!("a study is needed"),
    }
}

fn prepare(command: &Slurm, path: &Path) -> Result<()> {
    let study = command.played.study(path)?;
    let target = command.played.target(&study);
    let model = first_model(&study)?;
    let need = need(&study, model.as_ref());
    check_limits(need.part(command.shards), &target)
        .map_err(|large| anyhow!("{}: {} {large}", path.display(), study.name))?;
    Folder::check(&target, command.force)?;
    let layout = Layout::new(&study, &Threads { count: Some(1) }.batch(&study)?);
    let shards = (1..=command.shards).map(|number| Shard { number, of: command.shards });
    let folder = beside(&target, "slurm");
    let mut submission = Submission {
        head: Head::new(&study, None, Vec::new()),
        shards: command.shards,
        pieces: shards.map(|shard| layout.count(shard)).collect(),
        again: again(command, path, &target),
        scripts: BTreeMap::new(),
        jobs: Vec::new(),
    };
    if let Ok(before) = read(&folder) {
        refuse_change(&before, &submission, &target, command.force)?;
        (submission.scripts, submission.jobs) = (before.scripts, before.jobs);
    }
    fs::create_dir_all(folder.join("logs"))
        .with_context(|| format!("cannot write {}", folder.display()))?;
    // Tasks play what the study is now, whatever becomes of its file.
    write_into(&folder, "study.toml", submission.head.study.as_bytes())?;
    write_into(&folder, "scenario.toml", submission.head.scenario.as_bytes())?;
    let place = scripts::Place::new(&study.name, &target, &folder)?;
    keep(&mut submission, &folder, "shards.sbatch", &scripts::shards(command, &place))?;
    keep(&mut submission, &folder, "merge.sbatch", &scripts::merge(command, &place))?;
    write(&folder, &submission)?;
    println!(
        "{}: {} pieces in {} shards, about {} replications each",
        study.name,
        grouped(layout.pieces()),
        command.shards,
        grouped(layout.replications(None) / command.shards)
    );
    if command.shards > layout.pieces() {
        println!("{} shards have nothing to play", command.shards - layout.pieces());
    }
    if command.submit {
        return submit(submission, &target, &folder);
    }
    println!("Scripts: {0}/shards.sbatch, {0}/merge.sbatch", folder.display());
    println!("The same with --submit submits them.");
    Ok(())
}

/// Refuses what would disturb tasks that are under way, or mix two studies.
fn refuse_change(before: &Submission, now: &Submission, target: &Path, force: bool) -> Result<()> {
    if let Some(busy) = standings(before, target).iter().find(|own| own.is_under_way()) {
        bail!(
            "shard {}/{} is {} in job {}: wait for it, or cancel it (scancel), before anything is prepared anew",
            busy.number,
            before.shards,
            busy.state.as_deref().unwrap_or_default(),
            busy.job.as_deref().unwrap_or_default()
        );
    }
    let shards = (before.shards != now.shards)
        .then(|| format!("it was cut into {} shards, not {}", before.shards, now.shards));
    match now.head.difference(&before.head).or(shards).filter(|_| !force) {
        Some(difference) => bail!(
            "{} was prepared otherwise: {difference}. --force prepares it anew; shards of another study must be removed first",
            target.display()
        ),
        None => Ok(()),
    }
}

/// Writes a script, unless somebody has edited it since.
fn keep(submission: &mut Submission, folder: &Path, name: &str, text: &str) -> Result<()> {
    let known = submission.scripts.get(name);
    let own = fs::read(folder.join(name)).map(|bytes| hash(&bytes));
    if own.is_ok_and(|own| known.is_some_and(|known| *known != own)) {
        println!("{}/{name} was edited: it stays as it is", folder.display());
        return Ok(());
    }
    write_into(folder, name, text.as_bytes())?;
    submission.scripts.insert(name.to_owned(), hash(text.as_bytes()));
    Ok(())
}

/// The arguments that submit what is left.
fn again(command: &Slurm, study: &Path, target: &Path) -> Vec<String> {
    let mut all = command.played.again(study, Some(target));
    all.insert(0, "slurm".to_owned());
    add_option(&mut all, "--shards", Some(command.shards));
    add_option(&mut all, "--partition", command.partition.as_ref());
    add_option(&mut all, "--account", command.account.as_ref());
    add_option(&mut all, "--time", Some(&command.time));
    add_option(&mut all, "--cpus-per-task", Some(command.cpus_per_task));
    add_option(&mut all, "--mem", command.mem.as_ref());
    all.extend(command.force.then(|| "--force".to_owned()));
    all.push("--submit".to_owned());
    all
}

/// Submits the shards that are not whole, and the job that joins all.
fn submit(mut submission: Submission, target: &Path, folder: &Path) -> Result<()> {
    let all = standings(&submission, target);
    let open: Vec<String> =
        all.iter().filter(|own| !own.is_whole()).map(|own| own.number.to_string()).collect();
    let script = |name: &str| folder.join(name).display().to_string();
    let tasks = format!("--array={}", open.join(","));
    let array = match open.len() {
        0 => None,
        _ => Some(sbatch(&[&tasks, &script("shards.sbatch")])?),
    };
    // Joining checks its input itself: it names what is missing, whatever became of the tasks.
    let after = array.as_ref().map(|array| format!("--dependency=afterany:{array}"));
    let merge = script("merge.sbatch");
    let merge = sbatch(&after.iter().chain([&merge]).map(String::as_str).collect::<Vec<_>>())?;
    let said = match &array {
        Some(array) => format!("array {array} with {} tasks, then job {merge}", open.len()),
        None => format!("job {merge}, which joins the shards: all are whole"),
    };
    submission.jobs.push(Jobs { array: array.unwrap_or_default(), merge });
    write(folder, &submission)?;
    println!("Submitted: {said}");
    println!(
        "How far it is: {}",
        in_shell(&["armistice", "slurm", "status", &target.display().to_string()])
    );
    Ok(())
}

/// Submits a script; the number of its job.
fn sbatch(arguments: &[&str]) -> Result<String> {
    let output = Command::new("sbatch").arg("--parsable").args(arguments).output();
    let output = output.context("cannot start sbatch: is Slurm installed here?")?;
    if !output.status.success() {
        bail!("sbatch refused: {}", String::from_utf8_lossy(&output.stderr).trim());
    }
    // "number" or "number;cluster".
    let text = String::from_utf8_lossy(&output.stdout);
    Ok(text.trim().split(';').next().unwrap_or_default().to_owned())
}

fn read(folder: &Path) -> Result<Submission> {
    let path = folder.join("jobs.json");
    let text = fs::read_to_string(&path).with_context(|| {
        format!(
            "{}: nothing was prepared for a cluster (armistice slurm STUDY.toml)",
            path.display()
        )
    })?;
    serde_json::from_str(&text).with_context(|| path.display().to_string())
}

fn write(folder: &Path, submission: &Submission) -> Result<()> {
    let path = folder.join("jobs.json");
    let text = serde_json::to_string_pretty(submission)? + "\n";
    fs::write(&path, text).with_context(|| format!("cannot write {}", path.display()))
}
