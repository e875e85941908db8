//! A folder to run the program in, with a small study and its scenario.

#![allow(dead_code, unreachable_pub, missing_docs, reason = "each test uses a part of it")]

use std::fs;
use std::path::PathBuf;
use std::process::Output;

use assert_cmd::Command;
use tempfile::TempDir;

/// A scenario with three members, two blocs and an election.
pub const SCENARIO: &str = r#"
name = "small"
[issues.territory]
role = "territory"
[issues.sovereignty]
while_fighting = 0.78
spillover = 0.5
[issues.guarantees]
role = "guarantee"
while_fighting = 0.2
[actors.Russia]
role = "challenger"
ideal = { territory = 1.0, sovereignty = 0.0, guarantees = 0.0 }
salience = { territory = 0.40, sovereignty = 0.35, guarantees = 0.25 }
war_cost = { median = 0.12, log_sd = 0.85 }
optimism = 0.2
[actors.Ukraine]
role = "defender"
ideal = { territory = 0.0, sovereignty = 1.0, guarantees = 1.0 }
salience = { territory = 0.35, sovereignty = 0.35, guarantees = 0.30 }
war_cost = { median = 0.065, log_sd = 0.7 }
optimism = 0.4
break_loss = 0.35
[actors."Member A"]
role = "member"
bloc = "west"
capability = 0.6
support = -0.2
fatigue = 0.3
rally = 0.2
ideal = { territory = 0.4, sovereignty = 0.8, guarantees = 0.5 }
salience = { territory = 0.3, sovereignty = 0.3, guarantees = 0.4 }
[actors."Member A".sources]
capability = "assumed: for this test"
[actors.B]
role = "member"
bloc = "east"
capability = 0.3
support = 0.8
fatigue = 0.15
rally = 0.3
ideal = { territory = 0.1, sovereignty = 0.9, guarantees = 0.9 }
salience = { territory = 0.3, sovereignty = 0.3, guarantees = 0.4 }
[actors.C]
role = "member"
capability = 0.1
support = 0.8
fatigue = 0.15
rally = 0.3
ideal = { territory = 0.2, sovereignty = 0.9, guarantees = 0.8 }
salience = { territory = 0.3, sovereignty = 0.3, guarantees = 0.4 }
[blocs.west]
unity = 0.4
[blocs.east]
[influence]
B = { "Member A" = 1.0, B = 3.0 }
[[elections]]
month = 7
actor = "Member A"
[parameters]
weariness = 0.3
"#;

pub const STUDY: &str = r#"
name = "small"
question = "Does the program keep its promises?"
model = "peace"
scenario = "scenario.toml"
[run]
replications = 700
seed = 7
keep = "replications"
[sweep]
unity = { from = 0.2, to = 0.8, steps = 3 }
decision_rule = ["best-response", "quantal"]
"#;

/// A folder with a study and its scenario.
pub struct Desk(TempDir);

impl Desk {
    pub fn new() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        fs::write(folder.path().join("scenario.toml"), SCENARIO).expect("it can be written");
        fs::write(folder.path().join("study.toml"), STUDY).expect("it can be written");
        Self(folder)
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    pub fn command(&self, arguments: &str) -> Command {
        let mut command = Command::new(assert_cmd::cargo::cargo_bin!("armistice"));
        command.current_dir(self.0.path()).args(arguments.split_whitespace());
        command
    }

    pub fn run(&self, arguments: &str) -> Output {
        self.command(arguments).output().expect("the program starts")
    }

    pub fn done(&self, arguments: &str) -> String {
        let output = self.run(arguments);
        let error = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{arguments}: {error}");
        String::from_utf8(output.stdout).expect("it is UTF-8")
    }

    pub fn read(&self, name: &str) -> Vec<u8> {
        fs::read(self.path(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
    }
}
