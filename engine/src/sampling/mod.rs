//! Points in the unit cube at which to play: each design a list of rows, one number for each input.

mod latin;
mod saltelli;
mod sobol;
mod trajectories;

pub use latin::{latin_hypercube, maximin_hypercube};
pub use saltelli::{SaltelliOrder, saltelli};
pub use sobol::{MOST_DIMENSIONS, Sobol};
pub use trajectories::{morris, one_at_a_time};

use crate::stream::{Draw as _, Purpose, Seed, Streams};

/// Independent uniform rows.
pub fn random(seed: Seed, rows: usize, inputs: usize) -> Vec<Vec<f64>> {
    let row = |row: u64| {
        let mut stream = Streams::new(seed, row).open(Purpose::named("random design"));
        (0..inputs).map(|_| stream.uniform()).collect()
    };
    (0..rows as u64).map(row).collect()
}
