//! What comes of some replications of one design point: summed up, row by row, and what broke off.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::summary::Summary;

/// What came of some replications.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Part {
    /// The replications summed up, their paths counted where that was asked for.
    pub summary: Summary,
    /// Where they are kept, every measure of every replication, one row after the other.
    pub rows: Vec<Option<f64>>,
    /// Replications that broke off; they count nowhere else.
    pub faults: Vec<Fault>,
}

impl Part {
    /// Adds the replications that follow.
    pub fn append(&mut self, mut next: Self) {
        self.summary.merge(&next.summary);
        self.rows.append(&mut next.rows);
        self.faults.append(&mut next.faults);
    }
}

/// A replication that broke off.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fault {
    /// Its number, as the model was asked for it.
    pub replication: u64,
    /// What the panic said.
    pub message: String,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "replication {} broke off: {}", self.replication, self.message)
    }
}
