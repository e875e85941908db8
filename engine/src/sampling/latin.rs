//! Latin hypercubes: every input evenly, its values paired at random, the best of many by distance.

use crate::stream::{Draw as _, Purpose, Seed, Streams};

/// How many hypercubes compete, and how many distances are computed at most in all.
const CANDIDATES: u64 = 200;
const MOST_DISTANCES: u64 = 20_000_000;

/// A Latin hypercube: of `rows` equal parts of each input's range one row falls into each, at a
/// random place in it, and parts of different inputs are paired at random. Means over it are unbiased.
///
/// # Source
///
/// McKay, Beckman and Conover (1979), Technometrics 21(2), 239-245.
pub fn latin_hypercube(seed: Seed, rows: usize, inputs: usize) -> Vec<Vec<f64>> {
    candidate(seed, 0, rows, inputs)
}

/// Of up to 200 Latin hypercubes the one whose nearest two rows are furthest apart; fewer where there are many
/// rows. The choice makes means over few rows biased in what inputs do together, by less than their
/// error.
///
/// # Source
///
/// Johnson, Moore and Ylvisaker (1990), Journal of Statistical Planning and Inference 26(2), 131-148.
pub fn maximin_hypercube(seed: Seed, rows: usize, inputs: usize) -> Vec<Vec<f64>> {
    let pairs = (rows as u64).saturating_mul(rows as u64).max(1);
    let candidates = (MOST_DISTANCES / pairs).clamp(1, CANDIDATES);
    if candidates == 1 {
        return latin_hypercube(seed, rows, inputs);
    }
    let mut best = (f64::NEG_INFINITY, Vec::new());
    for number in 0..candidates {
        let rows = candidate(seed, number, rows, inputs);
        let apart = nearest(&rows);
        if apart > best.0 {
            best = (apart, rows);
        }
    }
    best.1
}

fn candidate(seed: Seed, number: u64, rows: usize, inputs: usize) -> Vec<Vec<f64>> {
    let mut stream = Streams::new(seed, number).open(Purpose::named("latin hypercube"));
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
            for way in [latin_hypercube, maximin_hypercube] {
                let all = way(Seed(seed), rows, inputs);
                prop_assert_eq!(all.len(), rows);
                for input in 0..inputs {
                    let mut parts: Vec<usize> =
                        all.iter().map(|row| (row[input] * rows as f64) as usize).collect();
                    parts.sort_unstable();
                    prop_assert_eq!(parts, (0..rows).collect::<Vec<_>>());
                }
            }
        }

        #[test]
        fn the_best_is_no_nearer_than_the_first(seed: u64) {
            let first = latin_hypercube(Seed(seed), 12, 3);
            prop_assert!(nearest(&maximin_hypercube(Seed(seed), 12, 3)) >= nearest(&first));
        }
    }
    /// The mean over a design of a function of two inputs whose integral is 0 or, of the second, a mere
    /// interaction.
    fn means(way: fn(Seed, usize, usize) -> Vec<Vec<f64>>, seed: u64) -> [f64; 2] {
        let rows = way(Seed(seed), 10, 2);
        let of = |f: fn(f64, f64) -> f64| rows.iter().map(|row| f(row[0], row[1])).sum::<f64>();
        [of(|x, y| x.exp() + y - 1f64.exp() + 0.5), of(|x, y| bend(x) * bend(y))]
            .map(|sum| sum / 10.0)
    }

    /// Of mean 0.
    fn bend(x: f64) -> f64 {
        (x - 0.5).powi(2) - 1.0 / 12.0
    }

    #[test]
    fn means_over_hypercubes_are_unbiased_and_surer_than_over_random_rows() {
        let spread = |way: fn(Seed, usize, usize) -> Vec<Vec<f64>>, at: usize| {
            let mut tally = crate::Tally::default();
            (0..20_000).for_each(|seed| tally.add(means(way, seed)[at]));
            (tally.mean().expect("many"), tally.standard_error().expect("many"))
        };
        for at in 0..2 {
            let (mean, error) = spread(latin_hypercube, at);
            // A false alarm: one in ten thousand (3.9 standard errors).
            assert!(mean.abs() < 3.9 * error, "{at}: {mean} {error}");
        }
        let [even, loose] = [latin_hypercube, crate::sampling::random].map(|way| spread(way, 0).1);
        // What inputs do alone is left with 1/n² of its variance or so: here well below a tenth.
        assert!(even * even < 0.1 * loose * loose, "{even} {loose}");
    }
}
