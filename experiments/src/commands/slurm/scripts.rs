//! The scripts of a job array and of the job that joins its shards.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};

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
    folder: PathBuf,
}

impl Place {
    pub(super) fn new(name: &str, target: &Path, folder: &Path) -> Result<Self> {
        let here = std::env::current_dir().context("cannot tell the current folder")?;
        let program = std::env::current_exe().context("cannot tell where this program is")?;
        let (target, folder) = (target.to_owned(), folder.to_owned());
        let logs = here.join(&folder).display().to_string();
        // sbatch reads these for itself, and there is no way to write them that it takes as they are.
        if let Some(letter) = logs.chars().find(|letter| matches!(letter, '"' | '%' | '\\' | '\n'))
        {
            bail!("{logs}: Slurm cannot be told of a folder with {letter:?} in its path");
        }
        Ok(Self { name: name.to_owned(), program, here, target, folder })
    }

    /// The lines that both scripts begin with.
    fn head(&self, command: &Slurm, what: &str, log: &str, more: &[String]) -> String {
        // A line that sbatch reads has no shell to take quotes off but sbatch itself.
        let quoted = |text: String| format!("\"{text}\"");
        let mut lines = vec![
            format!("job-name={}", quoted(format!("{} {what}", self.name))),
            format!("chdir={}", quoted(self.here.display().to_string())),
            format!(
                "output={}",
                quoted(self.here.join(&self.folder).join("logs").join(log).display().to_string())
            ),
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
pub(super) fn shards(command: &Slurm, place: &Place) -> String {
    let more = [
        format!("array=1-{}", command.shards),
        format!("cpus-per-task={}", command.cpus_per_task),
        "requeue".to_owned(),
        "signal=B:USR1@60".to_owned(),
    ];
    let head = place.head(command, "shards", "shard-%a.log", &more);
    let words = [&place.program, &place.folder.join("study.toml"), &place.target];
    let [program, study, target] = words.map(|path| path.display().to_string());
    let run = in_shell(&[&program, "run", &study, "--out", &target]);
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

/// Checks a time limit as sbatch takes it: minutes, minutes:seconds, hours:minutes:seconds, days-hours and so on. A
/// task is told a minute before its end, or a little earlier, and must have got somewhere until then.
pub(super) fn time_limit(text: &str) -> Result<String, String> {
    const LEAST: u64 = 5 * 60;
    let wrong = || {
        "must be a time as sbatch takes it, such as 90 (minutes), 02:00:00 or 1-12:00:00".to_owned()
    };
    let number = |text: &str| text.parse::<u64>().ok().filter(|number| *number < 1_000_000);
    let (days, rest) = match text.split_once('-') {
        Some((days, rest)) => (number(days), rest),
        None => (Some(0), text),
    };
    let parts: Option<Vec<u64>> = rest.split(':').map(number).collect();
    let seconds = match (&parts.ok_or_else(wrong)?[..], text.contains('-')) {
        ([hours], true) => hours * 3600,
        ([hours, minutes], true) => hours * 3600 + minutes * 60,
        ([minutes], false) => minutes * 60,
        ([minutes, seconds], false) => minutes * 60 + seconds,
        ([hours, minutes, seconds], _) => hours * 3600 + minutes * 60 + seconds,
        _ => return Err(wrong()),
    };
    let seconds = days.ok_or_else(wrong)? * 86_400 + seconds;
    match seconds >= LEAST {
        true => Ok(text.to_owned()),
        false => {
            Err("must be five minutes or more: tasks are told a minute before their end".to_owned())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::time_limit;

    #[test]
    fn time_limits_are_those_of_sbatch() {
        for good in
            ["5", "90", "05:00", "00:05:00", "02:00:00", "1-0", "1-12", "0-0:30", "2-12:30:10"]
        {
            assert_eq!(time_limit(good).as_deref(), Ok(good));
        }
        for bad in
            ["", "1", "4:59", "00:00:30", "banana", "-5", "1:2:3:4", "1-", "0-0", "5 ", "99999999"]
        {
            assert!(time_limit(bad).is_err(), "{bad}");
        }
    }
}
