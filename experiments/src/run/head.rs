//! What a journal belongs to: version, study and scenario as run, and how it differs from another.

use serde::{Deserialize, Serialize};

use crate::source::clip;
use crate::study::Study;
use crate::write_toml::{scenario_as_run, study_as_run};

/// The head of a journal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Head {
    /// Version of the program that plays it.
    pub version: String,
    /// Commit that the program was built from.
    pub commit: String,
    /// Kind of machine that it was built for: last bits can differ between kinds.
    pub platform: String,
    /// Which part of the study it holds, if not all.
    pub shard: Option<String>,
    /// The arguments that play it again.
    pub again: Vec<String>,
    /// The study as run.
    pub study: String,
    /// The scenario as run; empty where the model needs none.
    pub scenario: String,
}

impl Head {
    /// The head of a journal of a study, or of a shard of it.
    pub fn new(study: &Study, shard: Option<String>, again: Vec<String>) -> Self {
        let needs_scenario = study.world.scenario.is_some();
        Self {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            commit: env!("ARMISTICE_COMMIT").to_owned(),
            platform: format!("{}-{}", std::env::consts::ARCH, std::env::consts::OS),
            shard,
            again,
            study: study_as_run(study),
            scenario: if needs_scenario { scenario_as_run(&study.scenario) } else { String::new() },
        }
    }

    /// As the bytes of a journal's head.
    pub fn to_bytes(&self) -> Vec<u8> {
        serde_json::to_vec(self).unwrap_or_default()
    }

    /// Reads the head of a journal; nothing where it is none of this program.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        serde_json::from_slice(bytes).ok()
    }

    /// How another head differs in what decides on results, in words; nothing where it does not.
    pub fn difference(&self, other: &Self) -> Option<String> {
        let build = |head: &Self| format!("{} ({})", head.version, head.commit);
        let plain = [
            ("version", build(self), build(other)),
            ("kind of machine", self.platform.clone(), other.platform.clone()),
        ];
        let plain = plain.into_iter().find(|(_, own, other)| own != other);
        let in_words = |(what, own, other): (&str, String, String)| {
            format!("its {what} is {other}, not {own}")
        };
        plain
            .map(in_words)
            .or_else(|| first_difference("study", &decisive(&self.study), &decisive(&other.study)))
            .or_else(|| first_difference("scenario", &self.scenario, &other.scenario))
    }
}

/// A study without the line that decides on no result, but on whether there is one.
fn decisive(study: &str) -> String {
    let lines = study.lines().filter(|line| !line.starts_with("most_faults = "));
    lines.collect::<Vec<&str>>().join("\n")
}

/// The first line in which two texts differ, in words.
fn first_difference(what: &str, own: &str, other: &str) -> Option<String> {
    if own == other {
        return None;
    }
    let (mut lines, mut others) = (own.lines(), other.lines());
    loop {
        let (line, other) = (lines.next(), others.next());
        if line != other || line.is_none() {
            let shown = |line: Option<&str>| {
                line.map_or_else(|| "nothing".to_owned(), |line| format!("`{}`", clip(line, 100)))
            };
            return Some(format!("its {what} has {}, not {}", shown(other), shown(line)));
        }
    }
}
