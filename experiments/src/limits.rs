//! Whether a study fits into memory and on the disk, before anything runs.

use std::path::{Path, PathBuf};

use engine::{AnyModel, Paths, chunk_length};

use crate::paths::bytes_of_rows;
use crate::study::{Keep, Study};

/// Bytes that a tally takes, with room to spare.
const TALLY: u64 = 48;
/// Bytes of a cell of a table in memory, and of a number written as text.
const CELL: u64 = 32;
const WRITTEN: u64 = 20;
/// Design points that are solved and played at a time.
pub(crate) const POINTS_AT_A_TIME: usize = 64;

/// What a run will need, roughly and rather too much than too little.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Need {
    /// Bytes of memory.
    pub memory: u64,
    /// Bytes of disk.
    pub disk: u64,
}

impl Need {
    /// What is still needed where so many bytes are on the disk already.
    #[must_use]
    pub const fn less(self, there: u64) -> Self {
        Self { disk: self.disk.saturating_sub(there), ..self }
    }

    /// What one of several shards needs.
    #[must_use]
    pub const fn part(self, of: u64) -> Self {
        Self { memory: self.memory, disk: self.disk / of + (4 << 20) }
    }
}

/// What a study will need, given its model at one design point.
pub fn need(study: &Study, model: &dyn AnyModel) -> Need {
    let measures = model.measure_infos();
    let points = study.design.size().unwrap_or(u64::MAX);
    let bins: u64 = measures
        .iter()
        .filter_map(|m| Some(m.estimate.as_ref()?.bins?.1.count))
        .map(u64::from)
        .sum();
    let estimates = measures.iter().filter(|m| m.estimate.is_some()).count() as u64;
    let summary = estimates * TALLY + bins * 8 + 4096;
    let cells = 4 * estimates + 5 * bins + 9 * 21;
    let offers = (study.settings.table().iter().zip(1_u64..)).find(|(p, _)| p.path == "offers");
    let grid = offers.map_or(0, |_| {
        let of = |path: &str| study.settings.get(path) as u64 + 1;
        of("offers") * of("guarantee_offers") * (400 + 16 * study.scenario.actors.len() as u64)
    });
    let (counts, (path_rows, path_file)) = match study.paths {
        0 => (0, (0, 0)),
        _ => (Paths::bytes(&model.path_plan()), bytes_of_rows(&model.path_plan())),
    };
    let draws = match study.uncertain.len() as u64 {
        0 => 0,
        inputs => study.drawn.len() as u64 * (estimates * 112 + (inputs + 8) * CELL),
    };
    let model = 3_000_000 + grid + wide_tables(study) + counts;
    let jobs = points.saturating_mul(study.drawn.len() as u64);
    let models = jobs.min(POINTS_AT_A_TIME as u64) * model;
    let pieces = study.replications.div_ceil(chunk_length(study.replications));
    let journal = jobs.saturating_mul(pieces.saturating_mul(summary + bins).saturating_add(counts));
    let rows = match study.keep {
        Keep::Summaries => 0,
        Keep::Replications => {
            let width = measures.len() as u64 + 3;
            points.saturating_mul(study.replications).saturating_mul(width * (12 + 9))
        }
    };
    Need {
        memory: points
            .saturating_mul(summary + cells * CELL + path_rows + draws)
            .saturating_add(models),
        disk: points
            .saturating_mul(cells * WRITTEN + path_file)
            .saturating_add(rows)
            .saturating_add(journal)
            .saturating_add(4 << 20),
    }
}

/// What tables of foreseen durability take where they have more axes than one.
fn wide_tables(study: &Study) -> u64 {
    let set = |path: &str| {
        study.settings.table().iter().any(|p| p.path == path) && study.settings.find(path).is_some()
    };
    let access = study.scenario.issue_with(models::IssueRole::HumanitarianAccess).is_some();
    let sides = if set("compliance.defender.base") { 512 } else { 1 };
    let accidents = if access { 9 } else { 1 };
    if sides * accidents > 1 { sides * accidents * 1200 * 32 } else { 0 }
}

/// Why a study is too large.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TooLarge {
    /// More memory than is free.
    #[error("needs about {} of memory, but only {} are free; sweep fewer points or coarser offers",
        size(*need), size(*free))]
    Memory {
        /// Bytes needed.
        need: u64,
        /// Bytes free.
        free: u64,
    },
    /// More disk than is free.
    #[error(
        "needs about {} of disk, but only {} are free in {}; lower the replications, or keep \
         summaries only",
        size(*need), size(*free), folder.display()
    )]
    Disk {
        /// Bytes needed.
        need: u64,
        /// Bytes free.
        free: u64,
        /// Where.
        folder: PathBuf,
    },
}

/// Checks a need against what is free; where the system does not tell, nothing is refused.
///
/// # Errors
///
/// [`TooLarge`] with both numbers.
pub fn check_limits(need: Need, folder: &Path) -> Result<(), TooLarge> {
    if let Some(free) = free_memory().filter(|free| need.memory > *free) {
        return Err(TooLarge::Memory { need: need.memory, free });
    }
    let folder = existing(folder);
    match fs4::available_space(&folder) {
        Ok(free) if need.disk > free => Err(TooLarge::Disk { need: need.disk, free, folder }),
        _ => Ok(()),
    }
}

/// The nearest folder above a path that exists.
fn existing(path: &Path) -> PathBuf {
    let found = path.ancestors().find(|folder| folder.is_dir());
    found
        .filter(|folder| !folder.as_os_str().is_empty())
        .map_or_else(|| ".".into(), Path::to_path_buf)
}

/// Memory that can be had without swapping, where the system tells (Linux).
fn free_memory() -> Option<u64> {
    let text = std::fs::read_to_string("/proc/meminfo").ok()?;
    let line = text.lines().find_map(|line| line.strip_prefix("MemAvailable:"))?;
    let kib: u64 = line.trim().trim_end_matches("kB").trim().parse().ok()?;
    Some(kib * 1024)
}

/// A number of bytes for people.
pub fn size(bytes: u64) -> String {
    const STEPS: [(u64, &str); 4] =
        [(1 << 40, "TiB"), (1 << 30, "GiB"), (1 << 20, "MiB"), (1 << 10, "KiB")];
    let fits = STEPS.iter().find(|(step, _)| bytes >= *step);
    fits.map_or_else(
        || format!("{bytes} B"),
        |(step, name)| format!("{:.1} {name}", bytes as f64 / *step as f64),
    )
}
