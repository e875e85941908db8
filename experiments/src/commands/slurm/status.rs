//! How far a study on a cluster has come: from its shard files first, from Slurm where it still knows.

use std::io::Write as _;
use std::path::Path;
use std::process::Command;

use anyhow::Result;
use experiments::{Head, Shard, played_in};
use outputs::Pieces;
use serde_json::json;

use super::{Submission, read};
use crate::commands::in_shell;
use crate::commands::place::beside;

/// One shard.
pub(super) struct Standing {
    pub(super) number: u64,
    pieces: u64,
    played: u64,
    /// The job that plays it, or played it last, and what Slurm says of it, where it still knows.
    pub(super) job: Option<String>,
    pub(super) state: Option<String>,
    reason: Option<String>,
}

impl Standing {
    pub(super) const fn is_whole(&self) -> bool {
        self.played >= self.pieces
    }

    pub(super) fn is_under_way(&self) -> bool {
        let open =
            ["PENDING", "RUNNING", "COMPLETING", "CONFIGURING", "REQUEUED", "SUSPENDED", "STOPPED"];
        !self.is_whole() && self.state.as_deref().is_some_and(|state| open.contains(&state))
    }
}

/// What Slurm says of a task.
struct Task {
    job: String,
    state: String,
    reason: String,
}

/// All shards, in order.
pub(super) fn standings(submission: &Submission, target: &Path) -> Vec<Standing> {
    let arrays = submission.jobs.iter().rev().map(|jobs| jobs.array.as_str());
    let tasks: Vec<Task> = arrays.filter(|array| !array.is_empty()).flat_map(squeue).collect();
    let folder = beside(target, "shards");
    let standing = |(number, pieces): (u64, &u64)| {
        let shard = Shard { number, of: submission.shards };
        let file = folder.join(format!("{number}-of-{}.shard", submission.shards));
        let played = Pieces::open(&file).map_or(0, |(head, own)| {
            let is_other = Head::from_bytes(&head)
                .is_none_or(|head| submission.head.difference(&head).is_some());
            let has = |piece: &u64| !is_other && shard.has(*piece);
            played_in(&own).filter(has).count() as u64
        });
        let ending = format!("_{number}");
        let task = tasks.iter().find(|task| task.job.ends_with(&ending));
        Standing {
            number,
            pieces: *pieces,
            played,
            job: task.map(|task| task.job.clone()),
            state: task.map(|task| task.state.clone()),
            reason: task.map(|task| task.reason.clone()).filter(|reason| reason != "None"),
        }
    };
    (1..).zip(&submission.pieces).map(standing).collect()
}

/// The tasks of an array that Slurm remembers; none where it is not here.
fn squeue(job: &str) -> Vec<Task> {
    let arguments = ["-h", "-r", "-t", "all", "-o", "%i|%T|%r", "-j", job];
    let Ok(output) = Command::new("squeue").args(arguments).output() else { return Vec::new() };
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let task = |line: &str| {
        let mut words = line.split('|').map(str::to_owned);
        Some(Task { job: words.next()?, state: words.next()?, reason: words.next()? })
    };
    text.lines().filter_map(task).collect()
}

pub(super) fn run(target: &Path, as_json: bool) -> Result<()> {
    let submission = read(&beside(target, "slurm"))?;
    let all = standings(&submission, target);
    let merge = submission.jobs.last().and_then(|jobs| squeue(&jobs.merge).into_iter().next());
    let is_there = target.join("provenance.json").is_file();
    let mut out = std::io::stdout().lock();
    if as_json {
        let shard = |own: &Standing| {
            json!({
                "shard": own.number, "pieces": own.pieces, "played": own.played, "whole": own.is_whole(),
                "job": own.job, "state": own.state, "reason": own.reason,
            })
        };
        let shards: Vec<_> = all.iter().map(shard).collect();
        let merge = merge
            .map(|task| json!({ "job": task.job, "state": task.state, "reason": task.reason }));
        writeln!(
            out,
            "{}",
            json!({ "run": target, "whole": is_there, "shards": shards, "merge": merge })
        )?;
        return Ok(());
    }
    let whole = all.iter().filter(|own| own.is_whole()).count();
    let (played, pieces) = all
        .iter()
        .fold((0, 0), |(one, two), own| (one + own.played.min(own.pieces), two + own.pieces));
    writeln!(out, "{whole} of {} shards are whole, {played} of {pieces} pieces played", all.len())?;
    for own in all.iter().filter(|own| !own.is_whole()) {
        let state = match (&own.job, &own.state, &own.reason) {
            (Some(job), Some(state), Some(reason)) => {
                format!("{} in job {job} ({reason})", state.to_lowercase())
            }
            (Some(job), Some(state), None) => format!("{} in job {job}", state.to_lowercase()),
            _ => "in no job that Slurm remembers".to_owned(),
        };
        writeln!(
            out,
            "  shard {:>4}  {:>6} of {} pieces  {state}",
            own.number, own.played, own.pieces
        )?;
    }
    let logs = beside(target, "slurm").join("logs");
    if whole < all.len() {
        writeln!(out, "Logs of tasks: {}/shard-N.log", logs.display())?;
    }
    let log = logs.join("merge.log").display().to_string();
    let joining = match (is_there, merge) {
        (true, _) => format!("Run folder: {}", target.display()),
        (false, None) => format!("Joining: in no job that Slurm remembers (log: {log})"),
        (false, Some(Task { job, state, reason })) => {
            format!("Joining: {} in job {job} ({reason}; log: {log})", state.to_lowercase())
        }
    };
    writeln!(out, "{joining}")?;
    if !is_there && !all.iter().any(Standing::is_under_way) {
        let words: Vec<&str> = submission.again.iter().map(String::as_str).collect();
        writeln!(out, "To submit what is left: armistice {}", in_shell(&words))?;
    }
    Ok(())
}
