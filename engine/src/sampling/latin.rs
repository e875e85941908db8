//! Latin hypercubes: every input evenly, its values paired at random, the best of many by distance.

use crate::stream::{Draw as _, Purpose, Seed, Stream, Streams};

/// How many hypercubes compete, and how many distances are computed at most in all.
const CANDIDATES: u64 = 200;
const MOST_DISTANCES: u64 = 20_000_000;

/// A Latin hypercube: of `rows` equal parts of each input's range one row falls into each, at a
/// random place in it. Of up to 200 hypercubes the one whose nearest two rows are furthest apart; fewer
/// where there are many rows.
///
/// # Source
///
/// McKay, Beckman and Conover (1979), Technometrics 21(2), 239-245; Johnson, Moore and Ylvisaker
/// (1990), Journal of Statistical Planning and Inference 26(2), 131-148, for the distance.
pub fn latin_hypercube(seed: Seed, rows: usize, inputs: usize) -> Vec<Vec<f64>> {
    let pairs = (rows as u64).saturating_mul(rows as u64).max(1);
    let candidates = (MOST_DISTANCES / pairs).clamp(1, CANDIDATES);
    let one = |candidate: u64| {
        let mut stream = Streams::new(seed, candidate).open(Purpose::named("latin hypercube"));
        candidate_of(&mut stream, rows, inputs)
    };
    if candidates == 1 {
        return one(0);
    }
    let mut best = (f64::NEG_INFINITY, Vec::new());
    for candidate in 0..candidates {
        let rows = one(candidate);
        let apart = nearest(&rows);
        if apart > best.0 {
            best = (apart, rows);
        }
    }
    best.1
}

fn candidate_of(stream: &mut Stream, rows: usize, inputs: usize) -> Vec<Vec<f64>> {
    let mut all = vec![Vec::with_capacity(inputs); rows];
    for _ in 0..inputs {
        let mut parts: Vec<usize> = (0..rows).collect();
        // Fisher and Yates (1938).
        for last in (1..rows).rev() {
            let other = (stream.uniform() * (last + 1) as f64) as usize;
            parts.swap(last, other.min(last));
        }
        for (row, part) in all.iter_mut().zip(parts) {
            row.push((part as f64 + stream.uniform()) / rows as f64);
        }
    }
    all
}

/// The squared distance of the two nearest rows.
fn nearest(rows: &[Vec<f64>]) -> f64 {
    let mut least = f64::INFINITY;
    for (at, row) in rows.iter().enumerate() {
        for other in &rows[..at] {
            let square = |(a, b): (&f64, &f64)| (a - b) * (a - b);
            least = least.min(row.iter().zip(other).map(square).sum());
        }
    }
    least
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn every_part_of_every_input_has_one_row(seed: u64, rows in 1_usize..60, inputs in 1_usize..7) {
            let all = latin_hypercube(Seed(seed), rows, inputs);
            prop_assert_eq!(all.len(), rows);
            for input in 0..inputs {
                let mut parts: Vec<usize> =
                    all.iter().map(|row| (row[input] * rows as f64) as usize).collect();
                parts.sort_unstable();
                prop_assert_eq!(parts, (0..rows).collect::<Vec<_>>());
            }
        }

        #[test]
        fn the_best_is_no_nearer_than_the_first(seed: u64) {
            let first = candidate_of(
                &mut Streams::new(Seed(seed), 0).open(Purpose::named("latin hypercube")), 12, 3);
            prop_assert!(nearest(&latin_hypercube(Seed(seed), 12, 3)) >= nearest(&first));
        }
    }
}
