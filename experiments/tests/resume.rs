//! Interrupted runs, shards and damaged files: in the end the same bytes, or a message that names what is wrong.

mod desk;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use desk::Desk;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

/// More replications than the study has, so that each design point has several pieces.
const MANY: &str = "run study.toml --replications 3000 --quiet";

/// The files of a folder, by path; without where they come from, which tells times.
fn files(folder: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let mut all = Vec::new();
    let mut open = vec![folder.to_owned()];
    while let Some(next) = open.pop() {
        for entry in
            fs::read_dir(&next).unwrap_or_else(|error| panic!("{}: {error}", next.display()))
        {
            let path = entry.expect("it is there").path();
            if path.is_dir() {
                open.push(path);
            } else if path.file_name().is_some_and(|name| name != "provenance.json") {
                let name = path.strip_prefix(folder).expect("it is inside").to_owned();
                all.push((name, fs::read(&path).expect("it is there")));
            }
        }
    }
    all.sort();
    all
}

/// Asserts that two run folders hold the same, naming the first file that differs.
fn same(desk: &Desk, one: &str, other: &str) {
    let (one, other) = (files(&desk.path(one)), files(&desk.path(other)));
    let names =
        |all: &[(PathBuf, Vec<u8>)]| all.iter().map(|(name, _)| name.clone()).collect::<Vec<_>>();
    assert_eq!(names(&one), names(&other));
    for ((name, bytes), (_, others)) in one.iter().zip(&other) {
        assert!(bytes == others, "{} differs", name.display());
    }
}

/// Starts a run and kills it after a while.
fn kill(desk: &Desk, arguments: &str, after: Duration) {
    let mut command = Command::new(assert_cmd::cargo::cargo_bin!("armistice"));
    command.current_dir(desk.path("")).args(arguments.split_whitespace());
    let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("it starts");
    std::thread::sleep(after);
    // Where it was faster, there is nothing left to kill.
    let _ = child.kill();
    child.wait().expect("it has ended");
}

/// Starts a run and kills it when its journal has so many bytes.
fn kill_at(desk: &Desk, arguments: &str, out: &str, bytes: u64) {
    let mut command = Command::new(assert_cmd::cargo::cargo_bin!("armistice"));
    command.current_dir(desk.path("")).args(arguments.split_whitespace());
    let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("it starts");
    let pieces = desk.path(&format!("{out}.journal/pieces"));
    while fs::metadata(&pieces).map_or(0, |about| about.len()) < bytes {
        assert_eq!(child.try_wait().expect("it is known"), None, "it ended too soon");
        std::thread::sleep(Duration::from_millis(5));
    }
    child.kill().expect("it is running");
    child.wait().expect("it has ended");
}

fn error(desk: &Desk, arguments: &str) -> String {
    let output = desk.run(arguments);
    assert_eq!(output.status.code(), Some(1), "{arguments}");
    String::from_utf8(output.stderr).expect("it is UTF-8")
}

#[test]
fn a_run_that_was_killed_goes_on_and_ends_in_the_same_bytes() {
    let desk = Desk::new();
    desk.done(&format!("{MANY} --out whole"));
    let mut gone_on = 0;
    for (at, wait) in [5, 60, 120, 250, 400, 700, 1100, 1600].into_iter().enumerate() {
        let out = format!("killed-{at}");
        kill(&desk, &format!("{MANY} --out {out} --threads 1"), Duration::from_millis(wait));
        if desk.path(&out).exists() {
            continue;
        }
        gone_on += usize::from(desk.path(&format!("{out}.journal/pieces")).exists());
        // Killed once more on the way.
        kill(&desk, &format!("{MANY} --out {out} --resume"), Duration::from_millis(wait));
        desk.done(&format!("{MANY} --out {out} --resume --threads 2"));
        same(&desk, "whole", &out);
        assert!(!desk.path(&format!("{out}.journal")).exists());
    }
    assert!(gone_on > 0, "the machine is too fast for this test: play more");
    let again = desk.run(&format!("{MANY} --out whole --resume"));
    assert!(again.status.success());
    assert!(String::from_utf8_lossy(&again.stderr).contains("nothing is left to play"));
}

#[test]
fn what_a_run_has_left_that_was_killed_while_it_cleared_away_goes() {
    let desk = Desk::new();
    let run = format!("{MANY} --out run");
    kill_at(&desk, &format!("{run} --threads 1"), "run", 1000);
    let journal = desk.read("run.journal/pieces");
    desk.done(&format!("{run} --resume"));
    // As if it had been killed after the run folder came and before the folder of its journal went, or the journal.
    for has_journal in [false, true] {
        fs::create_dir(desk.path("run.journal")).expect("it can be made");
        if has_journal {
            fs::write(desk.path("run.journal/pieces"), &journal).expect("it can be written");
            fs::create_dir(desk.path("run.journal/.armistice-1")).expect("it can be made");
        }
        desk.done(&format!("{run} --resume"));
        assert!(!desk.path("run.journal").exists());
    }
}

#[test]
fn shards_in_any_number_make_the_same_bytes() {
    let desk = Desk::new();
    desk.done(&format!("{MANY} --out whole"));
    for of in [1, 2, 7, 64] {
        // Any order, any number of threads.
        for number in (1..=of).rev() {
            let threads = 1 + number % 3;
            desk.done(&format!("{MANY} --shard {number}/{of} --out in-{of} --threads {threads}"));
        }
        let shards = fs::read_dir(desk.path(&format!("in-{of}.shards"))).expect("it is there");
        assert_eq!(shards.count(), of);
        desk.done(&format!("merge in-{of}.shards --out in-{of} --quiet"));
        same(&desk, "whole", &format!("in-{of}"));
        assert!(!desk.path(&format!("in-{of}.journal")).exists());
    }
    // Shards of several divisions fit together: what is there twice is used once.
    let mixed = "merge in-2.shards/1-of-2.shard in-7.shards --out mixed";
    let output = desk.run(mixed);
    assert!(output.status.success());
    assert!(String::from_utf8_lossy(&output.stderr).contains("are there twice, the same"));
    same(&desk, "whole", "mixed");
}

#[test]
fn what_shards_lack_is_named_with_the_command_that_plays_it() {
    let desk = Desk::new();
    let shard = |number: u64| format!("{MANY} --shard {number}/3 --out run --set unity=0.5");
    for number in 1..=3 {
        desk.done(&shard(number));
    }
    desk.done("merge run.shards --out whole --quiet");
    let (first, second) = ("run.shards/1-of-3.shard", "run.shards/2-of-3.shard");
    fs::remove_file(desk.path(second)).expect("it is there");
    // A piece of another is torn off.
    let bytes = desk.read(first);
    fs::write(desk.path(first), &bytes[..bytes.len() - 400]).expect("it can be written");
    let message = error(&desk, "merge run.shards --out merged");
    assert!(message.contains("shard 2/3 is not there"), "{message}");
    assert!(message.contains("shard 1/3 lacks 1 of its 2 pieces"), "{message}");
    assert!(message.contains("as tasks of an array: 1,2"), "{message}");
    let commands: Vec<&str> =
        message.lines().filter_map(|line| line.trim().strip_prefix("armistice ")).collect();
    assert_eq!(commands.len(), 2, "{message}");
    commands.iter().for_each(|command| drop(desk.done(command)));
    desk.done("merge run.shards --out merged --quiet");
    same(&desk, "whole", "merged");
    // A stranger is named, with the difference.
    desk.done(&(shard(2) + " --seed 8 --force"));
    let message = error(&desk, "merge run.shards --out again");
    assert!(message.contains("`seed = 8`, not `seed = 7`"), "{message}");
    assert!(!desk.path("again").exists());
}

#[test]
fn a_journal_of_something_else_is_refused_with_the_difference() {
    let desk = Desk::new();
    kill(&desk, &format!("{MANY} --out run --threads 1"), Duration::from_millis(700));
    let refused = |more: &str, words: &str| {
        let message = error(&desk, &format!("{MANY} --out run {more}"));
        assert!(message.contains(words), "{more}: {message}");
    };
    refused("", "is there already: go on with what it holds with --resume");
    refused("--resume --seed 8", "its study has `seed = 7`, not `seed = 8`");
    refused("--resume --set unity=0.3", "its study has");
    let scenario = String::from_utf8(desk.read("scenario.toml")).expect("it is text");
    let changed = scenario.replace("fatigue = 0.3", "fatigue = 0.2");
    fs::write(desk.path("scenario.toml"), changed).expect("it can be written");
    refused("--resume", "its scenario has `fatigue = 0.3`, not `fatigue = 0.2`");
    fs::write(desk.path("scenario.toml"), scenario).expect("it can be written");
    desk.done(&format!("{MANY} --out run --force"));
    assert!(!desk.path("run.journal").exists());
    // What is no journal is left alone.
    fs::create_dir(desk.path("other.journal")).expect("it can be made");
    fs::write(desk.path("other.journal/pieces"), "my notes").expect("it can be written");
    let message = error(&desk, &format!("{MANY} --out other --force"));
    assert!(message.contains("is not a journal of this program"), "{message}");
    assert_eq!(desk.read("other.journal/pieces"), b"my notes");
}

#[test]
fn a_flipped_bit_anywhere_changes_no_result() {
    let desk = Desk::new();
    desk.done(&format!("{MANY} --shard 1/1 --out run"));
    desk.done("merge run.shards --out whole --quiet");
    let shard = "run.shards/1-of-1.shard";
    let bytes = desk.read(shard);
    let mut runner = TestRunner::new_with_rng(
        Config { cases: 12, failure_persistence: None, ..Config::default() },
        proptest::test_runner::TestRng::deterministic_rng(Config::default().rng_algorithm),
    );
    let places = (0..bytes.len(), 0..8_u32);
    runner
        .run(&places, |(at, bit)| {
            let mut changed = bytes.clone();
            changed[at] ^= 1 << bit;
            fs::write(desk.path(shard), &changed).expect("it can be written");
            let resumed = desk.run(&format!("{MANY} --shard 1/1 --out run --resume"));
            if at < 20 {
                // Not even the name of the format: it could be anybody's file.
                prop_assert_eq!(resumed.status.code(), Some(1));
                return Ok(());
            }
            if !resumed.status.success() {
                // In the head: nobody can say what the rest belongs to.
                let said = String::from_utf8_lossy(&resumed.stderr).into_owned();
                prop_assert!(said.contains("has a damaged head"), "{}", said);
                desk.done(&format!("{MANY} --shard 1/1 --out run --force"));
            }
            desk.done("merge run.shards --out merged --quiet --force");
            same(&desk, "whole", "merged");
            Ok(())
        })
        .expect("no flipped bit is found in a result");
}

#[test]
fn two_processes_do_not_write_one_run() {
    let desk = Desk::new();
    let mut first = Command::new(assert_cmd::cargo::cargo_bin!("armistice"));
    let long = MANY.replace("3000", "1000000");
    first.current_dir(desk.path("")).args(long.split_whitespace()).args(["--out", "run"]);
    let mut first = first.stderr(Stdio::null()).spawn().expect("it starts");
    let pieces = desk.path("run.journal/pieces");
    while fs::metadata(&pieces).map_or(0, |about| about.len()) == 0 {
        assert_eq!(first.try_wait().expect("it is known"), None, "it ended too soon");
        std::thread::sleep(Duration::from_millis(10));
    }
    for more in ["", "--resume", "--force"] {
        let message = error(&desk, &format!("{MANY} --out run {more}"));
        assert!(message.contains("is being written by another process"), "{message}");
    }
    first.kill().expect("it is running");
    first.wait().expect("it has ended");
}

/// Points that are left when they are precise enough are played in one piece each.
#[test]
fn precise_runs_can_be_cut_and_gone_on_with_as_well() {
    let desk = Desk::new();
    let study = String::from_utf8(desk.read("study.toml")).expect("it is text");
    let study = study
        .replace("keep = \"replications\"", "precision = 0.03")
        .replace("replications = 700", "replications = 20000");
    fs::write(desk.path("precise.toml"), study).expect("it can be written");
    desk.done("run precise.toml --out whole --quiet");
    for number in 1..=4 {
        desk.done(&format!("run precise.toml --shard {number}/4 --out cut --quiet"));
    }
    desk.done("merge cut.shards --out cut --quiet");
    same(&desk, "whole", "cut");
}

/// What was played of a point until a look is not lost.
#[test]
fn points_under_way_to_be_precise_go_on_from_their_last_look() {
    let desk = Desk::new();
    let study = String::from_utf8(desk.read("study.toml")).expect("it is text");
    // No point is ever so precise.
    let study = study
        .replace("keep = \"replications\"", "precision = 1e-5")
        .replace("replications = 700", "replications = 20000");
    fs::write(desk.path("precise.toml"), study).expect("it can be written");
    desk.done("run precise.toml --out whole --quiet");
    for (at, long) in [100_000, 400_000].into_iter().enumerate() {
        let out = format!("killed-{at}");
        kill_at(&desk, &format!("run precise.toml --out {out} --threads 1"), &out, long);
        let output = desk.run(&format!("run precise.toml --out {out} --resume"));
        assert!(output.status.success());
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(said.contains(" under way that are in"), "{said}");
        same(&desk, "whole", &out);
    }
}

/// Draws of what is uncertain, in antithetic pairs.
#[test]
fn uncertain_runs_can_be_cut_as_well() {
    let desk = Desk::new();
    let study = String::from_utf8(desk.read("study.toml")).expect("it is text");
    let study = study
        .replace("keep = \"replications\"", "antithetic = true")
        .replace("steps = 3 }", "steps = 2 }")
        + "[uncertain]\nsignalling = { normal = [0.2, 0.3] }\n[draws]\ncount = 10\n";
    fs::write(desk.path("uncertain.toml"), study).expect("it can be written");
    desk.done("run uncertain.toml --out whole --quiet");
    for number in 1..=3 {
        desk.done(&format!("run uncertain.toml --shard {number}/3 --out cut --quiet"));
    }
    desk.done("merge cut.shards --out cut --quiet");
    same(&desk, "whole", "cut");
}
