//! Rows of which each differs from another in one input: Morris trajectories, and one at a time.

use crate::stream::{Draw as _, Purpose, Seed, Stream, Streams};

/// Morris trajectories on a grid of `levels` (an even number of at least 2): each starts at a random point
/// and moves every input once, in random order, by `levels / (2 (levels − 1))`. k + 1 rows for each.
///
/// # Source
///
/// Morris (1991), *Factorial Sampling Plans for Preliminary Computational Experiments*, Technometrics
/// 33(2), 161-174.
pub fn morris(seed: Seed, trajectories: usize, inputs: usize, levels: u32) -> Vec<Vec<f64>> {
    let trajectory = |number: usize| {
        let mut stream =
            Streams::new(seed, number as u64).open(Purpose::named("morris trajectory"));
        one_trajectory(&mut stream, inputs, levels)
    };
    (0..trajectories).flat_map(trajectory).collect()
}

fn one_trajectory(stream: &mut Stream, inputs: usize, levels: u32) -> Vec<Vec<f64>> {
    let last = f64::from(levels - 1);
    let step = f64::from(levels / 2) / last;
    let mut pick = |count: usize| ((stream.uniform() * count as f64) as usize).min(count - 1);
    // Half of the grid lies so that a step up stays inside, the other half so that a step down does.
    let mut row: Vec<f64> = (0..inputs).map(|_| pick(levels as usize) as f64 / last).collect();
    let mut order: Vec<usize> = (0..inputs).collect();
    for at in (1..inputs).rev() {
        order.swap(at, pick(at + 1));
    }
    let mut rows = vec![row.clone()];
    for input in order {
        let up = row[input] < 0.5;
        row[input] = if up { row[input] + step } else { row[input] - step };
        // On the grid again, without what rounding left.
        row[input] = (row[input] * last).round() / last;
        rows.push(row.clone());
    }
    rows
}

/// The middle, then for each input the row with it alone at `low` and the row with it at `high`.
pub fn one_at_a_time(inputs: usize, (low, high): (f64, f64)) -> Vec<Vec<f64>> {
    let middle = vec![0.5; inputs];
    let moved = |at: usize, to: f64| {
        let mut row = middle.clone();
        row[at] = to;
        row
    };
    let pairs = (0..inputs).flat_map(|at| [moved(at, low), moved(at, high)]);
    std::iter::once(middle.clone()).chain(pairs).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_trajectory_moves_every_input_once_and_stays_inside(
            seed: u64, inputs in 1_usize..12, half in 1_u32..6,
        ) {
            let levels = 2 * half;
            let rows = morris(Seed(seed), 5, inputs, levels);
            let step = f64::from(half) / f64::from(levels - 1);
            for trajectory in rows.chunks_exact(inputs + 1) {
                let mut moved = vec![0; inputs];
                for two in trajectory.windows(2) {
                    for input in 0..inputs {
                        let by = two[1][input] - two[0][input];
                        moved[input] += u32::from(by != 0.0);
                        prop_assert!(by == 0.0 || (by.abs() - step).abs() < 1e-12);
                        prop_assert!((0.0..=1.0).contains(&two[1][input]));
                    }
                }
                prop_assert!(moved.iter().all(|times| *times == 1));
            }
        }
    }
}
