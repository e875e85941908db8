//! Where a run comes from: all that is needed to make it again, and to check that it is whole.

use std::io;
use std::path::Path;

use serde::{Deserialize, Serialize};

/// The contents of `provenance.json`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Provenance {
    /// Version of the program.
    pub version: String,
    /// Commit it was built from, or "unknown".
    pub commit: String,
    /// The study's name.
    pub study: String,
    /// The model.
    pub model: String,
    /// The seed.
    pub seed: u64,
    /// Replications at each design point.
    pub replications: u64,
    /// Design points.
    pub points: u64,
    /// Threads that played.
    pub threads: u64,
    /// Cores of the machine.
    pub host_cores: u64,
    /// When it started, in seconds since 1970-01-01 UTC.
    pub started_unix: u64,
    /// How long playing took, in seconds, all sessions together.
    pub wall_seconds: f64,
    /// Replications played per second, on all threads together.
    pub replications_per_second: f64,
    /// BLAKE3 of the study as run.
    pub study_blake3: String,
    /// BLAKE3 of the scenario as run; empty where the model needs none.
    pub scenario_blake3: String,
    /// Who played it: several sessions where it was interrupted, or cut into shards. Sessions that were killed are not
    /// listed.
    #[serde(default)]
    pub sessions: Vec<Session>,
    /// Every other file of the folder with its hash.
    pub files: Vec<FileHash>,
}

/// A stretch of playing without interruption.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Session {
    /// The shard that was played, such as "3/64"; nothing where all was.
    pub shard: Option<String>,
    /// Replications played.
    pub replications: u64,
    /// Threads that played.
    pub threads: u64,
    /// How long it took, in seconds.
    pub seconds: f64,
}

/// A file of a run folder.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileHash {
    /// Its path in the folder.
    pub path: String,
    /// BLAKE3 of its bytes, in hexadecimal digits.
    pub blake3: String,
}

/// BLAKE3 of some bytes, in hexadecimal digits.
pub fn hash(bytes: &[u8]) -> String {
    blake3::hash(bytes).to_hex().to_string()
}

/// BLAKE3 of a file, read piece by piece.
///
/// # Errors
///
/// Where the file cannot be read.
pub fn hash_file(path: &Path) -> io::Result<String> {
    let mut hasher = blake3::Hasher::new();
    io::copy(&mut std::fs::File::open(path)?, &mut hasher)?;
    Ok(hasher.finalize().to_hex().to_string())
}
