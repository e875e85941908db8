//! Populations kept on the way, so that an interrupted calibration goes on where it stopped.

use std::fmt::Write as _;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use outputs::hash;

use super::populations::{Particle, Population, Round, values_at};
use super::targets::Plan;
use crate::write_toml::{scenario_as_run, study_as_run};

/// The first line of every file.
const HEAD: &str = "armistice calibration 1";

/// A folder with one file for each population that is whole.
#[derive(Debug)]
pub struct Journal {
    folder: PathBuf,
    /// What must be the same for populations to belong together.
    key: String,
}

/// Why populations cannot be kept or taken up.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum JournalError {
    /// There is something already, and it may be worth keeping.
    #[error(
        "{} holds populations of an interrupted calibration: go on with --resume, or begin anew with --force",
        .0.display()
    )]
    Exists(PathBuf),
    /// What is there was made from something else.
    #[error(
        "{} holds populations of another calibration (priors, targets, seed, replications or version differ): \
         begin anew with --force",
        .0.display()
    )]
    Foreign(PathBuf),
    /// The place cannot be read or written.
    #[error("cannot write {}", path.display())]
    Io {
        /// Which place.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
}

impl Journal {
    /// Opens the journal of a calibration: empty, or with what an earlier one left.
    ///
    /// # Errors
    ///
    /// [`JournalError`] where there are populations that are neither to be taken up nor to be thrown away,
    /// or those of another calibration are to be taken up.
    pub fn open(
        folder: &Path,
        plan: &Plan,
        resume: bool,
        anew: bool,
    ) -> Result<(Self, Vec<Population>), JournalError> {
        let own = Self { folder: folder.to_owned(), key: key(plan) };
        if !folder.exists() {
            return Ok((own, Vec::new()));
        }
        if anew {
            own.remove()?;
            return Ok((own, Vec::new()));
        }
        if !resume {
            return Err(JournalError::Exists(own.folder));
        }
        let mut kept = Vec::new();
        // A file that is torn or changed ends what can be taken up: it is played again.
        while let Some(text) = whole(&own.path(kept.len())) {
            match read(&text, &own.key, plan) {
                Some(population) => kept.push(population),
                None => return Err(JournalError::Foreign(own.folder)),
            }
        }
        Ok((own, kept))
    }

    /// Keeps a population.
    ///
    /// # Errors
    ///
    /// [`JournalError`] where it cannot be written.
    pub fn keep(&self, number: usize, population: &Population) -> Result<(), JournalError> {
        let path = self.path(number);
        let failed = |source| JournalError::Io { path: path.clone(), source };
        fs::create_dir_all(&self.folder).map_err(failed)?;
        let staged = path.with_extension("new");
        fs::write(&staged, written(population, &self.key)).map_err(failed)?;
        fs::rename(&staged, &path).map_err(failed)
    }

    /// Throws all populations away; what else stands in the folder stays.
    ///
    /// # Errors
    ///
    /// [`JournalError`] where they cannot be removed.
    pub fn remove(&self) -> Result<(), JournalError> {
        let failed = |source| JournalError::Io { path: self.folder.clone(), source };
        let entries = match fs::read_dir(&self.folder) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            entries => entries.map_err(failed)?,
        };
        for entry in entries {
            let path = entry.map_err(failed)?.path();
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            if name.starts_with("population-") {
                fs::remove_file(&path).map_err(failed)?;
            }
        }
        // Only an empty folder can be removed.
        let _ = fs::remove_dir(&self.folder);
        Ok(())
    }

    fn path(&self, number: usize) -> PathBuf {
        self.folder.join(format!("population-{number}.txt"))
    }
}

/// A hash of all that a calibration follows from; how many rounds there are to be is free.
fn key(plan: &Plan) -> String {
    let mut text = format!("{} {} {:?}\n", env!("CARGO_PKG_VERSION"), plan.particles, plan.keep);
    text += &study_as_run(&plan.study);
    text += &scenario_as_run(&plan.study.scenario);
    for target in &plan.targets {
        let (value, low, high) = (target.value, target.low, target.high);
        let (moment, fitted) = (&target.moment, target.fitted);
        let _ = writeln!(text, "{moment:?} {fitted} {value:?} {low:?} {high:?}");
    }
    hash(text.as_bytes())
}

fn written(population: &Population, key: &str) -> String {
    let Round { tolerance, proposed, effective } = population.round;
    let played = population.played;
    let mut text = format!("{HEAD}\n{key}\n{tolerance:?} {proposed} {effective:?} {played}\n");
    for own in &population.particles {
        let numbers = own.place.iter().chain(&own.moments).chain([&own.distance, &own.weight]);
        let words: Vec<String> = numbers.map(|number| format!("{number:?}")).collect();
        let _ = writeln!(text, "{}", words.join(" "));
    }
    let sum = hash(text.as_bytes());
    text + &sum + "\n"
}

/// The text of a file without its checksum; nothing where it is missing, torn or changed.
fn whole(path: &Path) -> Option<String> {
    let text = fs::read_to_string(path).ok()?;
    let (body, sum) = text.trim_end().rsplit_once('\n')?;
    let body = format!("{body}\n");
    (hash(body.as_bytes()) == sum).then_some(body)
}

/// The population of a file; nothing where it is of another calibration.
fn read(text: &str, key: &str, plan: &Plan) -> Option<Population> {
    let mut lines = text.lines();
    if lines.next()? != HEAD || lines.next()? != key {
        return None;
    }
    let mut words = lines.next()?.split(' ');
    let round = Round {
        tolerance: words.next()?.parse().ok()?,
        proposed: words.next()?.parse().ok()?,
        effective: words.next()?.parse().ok()?,
    };
    let played = words.next()?.parse().ok()?;
    let (places, targets) = (plan.coordinates(), plan.targets.len());
    let particle = |line: &str| {
        let numbers: Option<Vec<f64>> = line.split(' ').map(|word| word.parse().ok()).collect();
        let numbers = numbers.filter(|all| all.len() == places + targets + 2)?;
        let (place, rest) = numbers.split_at(places);
        Some(Particle {
            place: place.to_vec(),
            values: values_at(plan, place),
            moments: rest[..targets].to_vec(),
            distance: rest[targets],
            weight: rest[targets + 1],
        })
    };
    let particles: Vec<Particle> = lines.map(particle).collect::<Option<_>>()?;
    (particles.len() == plan.particles).then_some(Population { particles, round, played })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_is_torn_or_changed_is_not_whole() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let particle = Particle {
            place: vec![0.1, -1e-300],
            values: Vec::new(),
            moments: vec![1.0 / 3.0],
            distance: 2.5,
            weight: 0.125,
        };
        let round = Round { tolerance: 3.0, proposed: 9, effective: 0.7 };
        let population = Population { particles: vec![particle; 3], round, played: 12 };
        let journal = Journal { folder: folder.path().join("j"), key: "k".to_owned() };
        journal.keep(0, &population).expect("it can be written");
        let path = journal.path(0);
        let text = whole(&path).expect("it is whole");
        assert!(text.contains("\n0.1 -1e-300 0.3333333333333333 2.5 0.125\n"), "{text}");
        let bytes = fs::read(&path).expect("it is there");
        for at in 0..bytes.len() - 1 {
            let mut torn = bytes.clone();
            torn.truncate(at);
            fs::write(&path, &torn).expect("it can be written");
            assert_eq!(whole(&path), None, "cut at {at}");
            let mut changed = bytes.clone();
            changed[at] ^= 1;
            fs::write(&path, &changed).expect("it can be written");
            assert_eq!(whole(&path), None, "changed at {at}");
        }
        journal.remove().expect("it can be removed");
        assert!(!folder.path().join("j").exists());
    }
}
