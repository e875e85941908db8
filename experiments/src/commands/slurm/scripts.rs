//! The scripts of a job array and of the job that joins its shards.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};

use super::Slurm;
use crate::commands::in_shell;

/// A task that was queued again so often makes no headway.
const MOST_RESTARTS: u32 = 50;

/// What scripts need to know of this machine.
pub(super) struct Place {
    name: String,
    program: PathBuf,
    here: PathBuf,
    target: PathBuf,
    logs: PathBuf,
}

impl Place {
    pub(super) fn new(name: &str, target: &Path, folder: &Path) -> Result<Self> {
        let here = std::env::current_dir().context("cannot tell the current folder")?;
        let program = std::env::current_exe().context("cannot tell where this program is")?;
        let logs = here.join(folder).join("logs");
        Ok(Self { name: name.to_owned(), program, here, target: target.to_owned(), logs })
    }

    /// The lines that both scripts begin with.
    fn head(&self, command: &Slurm, what: &str, log: &str, more: &[String]) -> String {
        // A line that sbatch reads has no shell to take quotes off but sbatch itself.
        let quoted = |text: String| format!("\"{}\"", text.replace(['"', '\n'], ""));
        let mut lines = vec![
            format!("job-name={}", quoted(format!("{} {what}", self.name))),
            format!("chdir={}", quoted(self.here.display().to_string())),
            format!("output={}", quoted(self.logs.join(log).display().to_string())),
            "open-mode=append".to_owned(),
            format!("time={}", command.time),
        ];
        lines.extend(command.partition.iter().map(|name| format!("partition={name}")));
        lines.extend(command.account.iter().map(|name| format!("account={name}")));
        lines.extend(command.mem.iter().map(|size| format!("mem={size}")));
        lines.extend(more.iter().cloned());
        let lines: Vec<String> = lines.iter().map(|line| format!("#SBATCH --{line}\n")).collect();
        format!("#!/bin/bash\n{}", lines.concat())
    }
}

/// One task for each shard. A task that is ended early is queued again, and goes on from its own journal.
pub(super) fn shards(command: &Slurm, place: &Place, run: &[String]) -> String {
    let more = [
        format!("array=1-{}", command.shards),
        format!("cpus-per-task={}", command.cpus_per_task),
        "requeue".to_owned(),
        "signal=B:USR1@60".to_owned(),
    ];
    let head = place.head(command, "shards", "shard-%a.log", &more);
    let program = place.program.display().to_string();
    let words: Vec<&str> =
        [program.as_str(), "run"].into_iter().chain(run.iter().map(String::as_str)).collect();
    let run = in_shell(&words);
    let (shards, threads) = (command.shards, command.cpus_per_task);
    format!(
        "{head}
# One task plays one shard. Told to end before it is done (time limit), it is queued again and goes on from its own
# journal; so it does when a node is lost.
again() {{
    trap '' USR1
    kill -TERM \"$played\" 2> /dev/null
    wait \"$played\"
    if [ \"${{SLURM_RESTART_COUNT:-0}}\" -lt {MOST_RESTARTS} ]; then
        scontrol requeue \"${{SLURM_ARRAY_JOB_ID}}_${{SLURM_ARRAY_TASK_ID}}\"
    else
        echo \"queued again {MOST_RESTARTS} times: makes no headway within its time limit\" >&2
    fi
    exit 1
}}
trap again USR1
{run} --shard \"$SLURM_ARRAY_TASK_ID/{shards}\" --resume --threads {threads} --quiet &
played=$!
wait \"$played\"
exit $?
"
    )
}

/// Joins the shards, whatever became of the tasks: what is missing is named in its log.
pub(super) fn merge(command: &Slurm, place: &Place) -> String {
    let more = [format!("cpus-per-task={}", command.cpus_per_task)];
    let head = place.head(command, "merge", "merge.log", &more);
    let target = place.target.display().to_string();
    let shards = super::beside(&place.target, "shards").display().to_string();
    let (program, threads) =
        (place.program.display().to_string(), command.cpus_per_task.to_string());
    let mut words = vec![&*program, "merge", &shards, "--out", &target, "--threads", &threads];
    words.extend(command.force.then_some("--force"));
    format!("{head}\nexec {}\n", in_shell(&words))
}
