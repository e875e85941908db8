//! Standard errors where replications come in pairs: what the two of a pair have in common does not count
//! twice.

use serde::{Deserialize, Serialize};

/// Sums over pairs of replications, from which the error of a mean over all that have the measure follows.
///
/// ```text
/// r = Σ y_i / Σ c_i,   Var r = m / (m − 1) Σ (y_i − r c_i)² / (Σ c_i)²
/// ```
/// y_i: sum of the measure over pair i; c_i: how many of its two have it; m: pairs of which one has it at
/// least.
///
/// # Source
///
/// Cochran (1977), *Sampling Techniques*, 3rd edition, chapter 6: a ratio of totals.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Pairs {
    /// Whole pairs.
    count: u64,
    /// Those of which one has the measure at least.
    with: u64,
    /// Means over pairs of c and of y.
    mean: [f64; 2],
    /// Sums over pairs of products of deviations: c c, c y, y y.
    products: [f64; 3],
    /// c and y of the first of a pair whose second is still to come.
    open: Option<[f64; 2]>,
}

impl Pairs {
    /// Adds the next replication: its value, if it has one.
    #[inline]
    pub fn add(&mut self, value: Option<f64>) {
        let own = value.map_or([0.0, 0.0], |value| [1.0, value]);
        let Some(first) = self.open.take() else {
            self.open = Some(own);
            return;
        };
        let pair = [first[0] + own[0], first[1] + own[1]];
        self.count += 1;
        self.with += u64::from(pair[0] > 0.0);
        let before = [pair[0] - self.mean[0], pair[1] - self.mean[1]];
        for (mean, off) in self.mean.iter_mut().zip(before) {
            *mean += off / self.count as f64;
        }
        let after = [pair[0] - self.mean[0], pair[1] - self.mean[1]];
        let more = [before[0] * after[0], before[0] * after[1], before[1] * after[1]];
        self.products.iter_mut().zip(more).for_each(|(sum, more)| *sum += more);
    }

    /// Adds all pairs of another; both hold whole pairs only.
    pub fn merge(&mut self, other: &Self) {
        debug_assert!(self.open.is_none() && other.open.is_none(), "blocks hold whole pairs");
        if other.count == 0 {
            return;
        }
        let (here, there) = (self.count as f64, other.count as f64);
        let gap = [other.mean[0] - self.mean[0], other.mean[1] - self.mean[1]];
        let (total, weight) = (here + there, here * there / (here + there));
        let gaps = [gap[0] * gap[0], gap[0] * gap[1], gap[1] * gap[1]];
        for (at, sum) in self.products.iter_mut().enumerate() {
            *sum += other.products[at] + gaps[at] * weight;
        }
        for (mean, gap) in self.mean.iter_mut().zip(gap) {
            *mean += gap * (there / total);
        }
        self.count += other.count;
        self.with += other.with;
    }

    /// Whether it holds whole pairs, of so many replications at most.
    pub(crate) fn holds(&self, replications: u64) -> bool {
        self.open.is_none() && self.with <= self.count && self.count <= replications / 2
    }

    /// In how many whole pairs one has the measure at least.
    pub const fn with(&self) -> u64 {
        self.with
    }

    /// The standard error of the mean over all replications that have the measure; nothing below two pairs with
    /// it.
    pub fn standard_error(&self) -> Option<f64> {
        let ([c, y], n, with) = (self.mean, self.count as f64, self.with as f64);
        if self.with < 2 {
            return None;
        }
        let ratio = y / c;
        let [cc, cy, yy] = self.products;
        let squares = (yy - 2.0 * ratio * cy + ratio * ratio * cc).max(0.0);
        Some((squares * with / (with - 1.0)).sqrt() / (n * c))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::interval::{Z95, score_interval};
    use crate::stream::{Draw as _, Luck, Purpose, Seed, Stream};

    fn pairs(values: &[Option<f64>]) -> Pairs {
        let mut pairs = Pairs::default();
        values.iter().for_each(|value| pairs.add(*value));
        pairs
    }

    #[test]
    fn the_error_is_that_of_pair_means() {
        // Pair means 2, 5, 2: their standard deviation is √3, over √3.
        let own = pairs(&[1.0, 3.0, 4.0, 6.0, 3.0, 1.0].map(Some));
        assert!((own.standard_error().expect("three pairs") - 1.0).abs() < 1e-15);
        assert_eq!(pairs(&[Some(1.0), Some(2.0)]).standard_error(), None);
        assert_eq!(pairs(&[None; 8]).standard_error(), None);
        // One value has no spread.
        assert_eq!(pairs(&[None, None, Some(2.0), None]).standard_error(), None);
    }

    #[test]
    fn where_some_have_no_value_the_error_is_that_of_a_ratio() {
        // c = (2, 1, 0, 2), y = (3, 4, 0, 5), r = 12/5; Σ (y − r c)² = 3.24 + 2.56 + 0 + 0.04 = 5.84;
        // of three pairs 3/2 · 5.84 / 25.
        let values = [Some(1.0), Some(2.0), None, Some(4.0), None, None, Some(2.0), Some(3.0)];
        let error = pairs(&values).standard_error().expect("three pairs");
        assert!((error * error - 1.5 * 5.84 / 25.0).abs() < 1e-14, "{error}");
    }

    proptest! {
        #[test]
        fn merging_parts_is_adding_all(
            values in prop::collection::vec(prop::option::of(-1e3..1e3_f64), 4..60),
            cut in 0.0..=1.0_f64,
        ) {
            let whole = values.len() / 2 * 2;
            let cut = (cut * whole as f64) as usize / 2 * 2;
            let mut merged = pairs(&values[..cut]);
            merged.merge(&pairs(&values[cut..whole]));
            let all = pairs(&values[..whole]);
            prop_assert_eq!((merged.count, merged.with), (all.count, all.with));
            match (merged.standard_error(), all.standard_error()) {
                // Three sums of thirty products below 4e6, each rounded a few times, by m / (m − 1) ≤ 2 and over
                // (n c)² ≥ 4.
                (Some(a), Some(b)) => {
                    prop_assert!((a * a - b * b).abs() <= 0.5 * 256.0 * f64::EPSILON * 90.0 * 4e6);
                }
                (a, b) => prop_assert_eq!(a, b),
            }
        }
    }

    /// A chance of 0.3 by one uniform number, and a mean that rises with a uniform and a normal number.
    fn outcome(luck: Luck, replication: u64) -> (f64, f64) {
        let mut stream = luck.streams(replication).open(Purpose::named("antithetic"));
        let (u, z) = (stream.uniform(), stream.normal());
        (f64::from(u8::from(u < 0.3)), u + (0.5 * z).exp())
    }

    /// ∫ of u + exp(z/2): 1/2 + exp(1/8).
    fn known() -> f64 {
        0.5 + 0.125_f64.exp()
    }

    #[test]
    fn pairs_are_unbiased_and_surer() {
        let luck = Luck { seed: Seed(3), antithetic: true };
        let (mut share, mut mean) = (Pairs::default(), Pairs::default());
        let (mut hits, mut sum, n) = (0.0, 0.0, 200_000);
        for replication in 0..n {
            let (hit, value) = outcome(luck, replication);
            share.add(Some(hit));
            mean.add(Some(value));
            (hits, sum) = (hits + hit, sum + value);
        }
        let errors = [share, mean].map(|own| own.standard_error().expect("many pairs"));
        // False alarms: one in ten thousand for each (3.9 standard errors).
        assert!((hits / n as f64 - 0.3).abs() < 3.9 * errors[0]);
        assert!((sum / n as f64 - known()).abs() < 3.9 * errors[1]);
        let [share, mean] = errors.map(|error| error * error * n as f64 / 2.0);
        // Of a pair both hit never, one with chance 0.6: variance of a pair's mean 0.24/4, not 0.21/2. Its kurtosis
        // is 1.17: 3.9 standard errors of a variance over 100,000 pairs are 0.005 of it.
        assert!((share / 0.06 - 1.0).abs() < 0.0052, "{share}");
        // Of u nothing is left, of exp(z/2) cosh(z/2), whose variance is (√e + 1)/2 − e^(1/4), not a half of
        // 1/12 + √e − e^(1/4) = 0.45. Its kurtosis is 23: 0.058.
        let known = 0.5_f64.exp().midpoint(1.0) - 0.25_f64.exp();
        assert!((mean / known - 1.0).abs() < 0.058, "{mean} {known}");
    }

    #[test]
    fn a_mirrored_stream_mirrors_every_draw() {
        let luck = Luck { seed: Seed(3), antithetic: true };
        for pair in 0..1000 {
            let mut streams =
                [0, 1].map(|at| luck.streams(2 * pair + at).open(Purpose::named("mirror")));
            let uniform = streams.each_mut().map(Stream::uniform);
            let normal = streams.each_mut().map(Stream::normal);
            assert_eq!(uniform[0] + uniform[1], 1.0 - f64::EPSILON / 2.0);
            assert!((0.0..1.0).contains(&uniform[1]));
            assert_eq!(normal[0], -normal[1]);
        }
    }

    #[test]
    fn score_intervals_of_pairs_hold_what_they_promise() {
        // 10,000 repetitions; near 1/2 hardly a pair differs from the others.
        for (pairs, chance) in
            [(100, 0.02), (100, 0.1), (100, 0.3), (20, 0.45), (100, 0.49), (500, 0.495), (100, 0.5)]
        {
            let luck = Luck { seed: Seed(4), antithetic: true };
            let trials = 2 * pairs;
            let holds = |repetition: u64| {
                let mut share = Pairs::default();
                let hit = |at: u64| {
                    let streams = luck.streams(trials * repetition + at);
                    let hit = streams.open(Purpose::named("antithetic")).uniform() < chance;
                    f64::from(u8::from(hit))
                };
                let hits: f64 = (0..trials).map(hit).inspect(|hit| share.add(Some(*hit))).sum();
                let error = share.standard_error().unwrap_or(0.0);
                let ends = score_interval(Z95, hits / trials as f64, error, pairs as f64);
                (ends.low..=ends.high).contains(&chance)
            };
            let held = (0..10_000).filter(|repetition| holds(*repetition)).count();
            // Asked for: 94 % at least. A true 95 % lies 4.6 standard errors (0.22 points) above.
            assert!(held >= 9400, "{pairs} pairs at {chance}: {held}");
        }
    }
}
