//! Elementary effects along Morris trajectories.

use crate::interval::Z95;
use crate::tally::Tally;

/// The effects of one input.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Effect {
    /// Their mean μ.
    pub mu: f64,
    /// The mean of their sizes μ*, with its 95 % normal interval.
    pub mu_star: f64,
    /// Ends of that interval.
    pub low: f64,
    /// The upper one.
    pub high: f64,
    /// Their standard deviation σ: large where the effect depends on where it is taken.
    pub sigma: f64,
    /// How many there are.
    pub count: u64,
}

/// The elementary effects of each input on the output, per step across the whole range of the input
/// (`ranges`), from trajectories of k + 1 rows each. Steps with a missing output are left out.
///
/// # Source
///
/// Morris (1991), Technometrics 33(2), 161-174; Campolongo, Cariboni and Saltelli (2007),
/// Environmental Modelling & Software 22(10), 1509-1518, for μ*.
pub fn morris_effects(
    rows: &[Vec<f64>],
    outputs: &[Option<f64>],
    ranges: &[(f64, f64)],
) -> Vec<Option<Effect>> {
    let k = ranges.len();
    let mut effects = vec![(Tally::default(), Tally::default()); k];
    for start in (0..rows.len()).step_by(k + 1) {
        let end = (start + k).min(rows.len() - 1);
        for at in start..end {
            let moved = (0..k).find(|input| rows[at][*input] != rows[at + 1][*input]);
            let (Some(input), Some(from), Some(to)) = (moved, outputs[at], outputs[at + 1]) else {
                continue;
            };
            let (low, high) = ranges[input];
            let effect = (to - from) * (high - low) / (rows[at + 1][input] - rows[at][input]);
            if effect.is_finite() {
                effects[input].0.add(effect);
                effects[input].1.add(effect.abs());
            }
        }
    }
    effects.iter().map(|(plain, sizes)| effect(plain, sizes)).collect()
}

fn effect(plain: &Tally, sizes: &Tally) -> Option<Effect> {
    let mu_star = sizes.mean()?;
    let reach = sizes.standard_error().map_or(0.0, |error| Z95 * error);
    Some(Effect {
        mu: plain.mean()?,
        mu_star,
        low: (mu_star - reach).max(0.0),
        high: mu_star + reach,
        sigma: plain.standard_deviation().unwrap_or(0.0),
        count: plain.count(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sampling::morris;
    use crate::stream::Seed;

    #[test]
    fn effects_of_a_sum_are_its_weights_and_those_of_a_product_vary() {
        let rows = morris(Seed(1), 30, 3, 4);
        let output = |row: &Vec<f64>| Some(2.0 * row[0] - 3.0 * row[1] + 4.0 * row[1] * row[2]);
        let outputs: Vec<Option<f64>> = rows.iter().map(output).collect();
        let found = morris_effects(&rows, &outputs, &[(0.0, 1.0); 3]);
        let [first, second, third] = [0, 1, 2].map(|at| found[at].expect("there are effects"));
        assert!((first.mu - 2.0).abs() < 1e-12 && first.sigma < 1e-12 && first.count == 30);
        assert!(second.sigma > 0.5 && third.sigma > 0.5);
        // The second takes −3, −5/3, −1/3 or 1 with equal chance: sizes 1.5 on average; the third
        // 0, 4/3, 8/3 or 4. Thirty of them: four standard errors.
        assert!((second.mu_star - 1.5).abs() < 4.0 * 1.0 / 30.0_f64.sqrt(), "{second:?}");
        assert!((third.mu - 2.0).abs() < 4.0 * 1.5 / 30.0_f64.sqrt(), "{third:?}");
    }

    #[test]
    fn effects_are_per_range_and_missing_outputs_cost_their_steps() {
        let rows = vec![vec![10.0], vec![15.0], vec![15.0], vec![10.0]];
        let outputs = [Some(1.0), Some(2.0), None, Some(1.0)];
        let found = morris_effects(&rows, &outputs, &[(10.0, 20.0)])[0].expect("one is left");
        assert_eq!((found.mu, found.mu_star, found.count), (2.0, 2.0, 1));
    }
}
