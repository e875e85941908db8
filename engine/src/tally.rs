//! One-pass summaries of numbers: count, mean and spread, mergeable in a fixed order.

use serde::{Deserialize, Serialize};

/// Count, mean, sum of squared deviations and range of the numbers seen so far.
///
/// # Source
///
/// Welford (1962), Technometrics 4(3), 419-420; Chan, Golub and LeVeque (1983), The American
/// Statistician 37(3), 242-247, equations 2.1a and 2.1b.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Tally {
    count: u64,
    mean: f64,
    squares: f64,
    least: f64,
    greatest: f64,
}

impl Default for Tally {
    fn default() -> Self {
        Self {
            count: 0,
            mean: 0.0,
            squares: 0.0,
            least: f64::INFINITY,
            greatest: f64::NEG_INFINITY,
        }
    }
}

impl Tally {
    /// Adds one number.
    #[inline]
    pub fn add(&mut self, value: f64) {
        self.count += 1;
        let gap = value - self.mean;
        self.mean += gap / self.count as f64;
        self.squares += gap * (value - self.mean);
        self.least = self.least.min(value);
        self.greatest = self.greatest.max(value);
    }

    /// Adds all that another tally has seen; the order of merging matters to the last bit.
    pub fn merge(&mut self, other: &Self) {
        if other.count == 0 {
            return;
        }
        let (here, there) = (self.count as f64, other.count as f64);
        let gap = other.mean - self.mean;
        self.count += other.count;
        let total = self.count as f64;
        self.mean += gap * (there / total);
        self.squares += other.squares + gap * gap * (here * there / total);
        self.least = self.least.min(other.least);
        self.greatest = self.greatest.max(other.greatest);
    }

    /// Whether it can be of so many numbers at most, all of them finite.
    pub(crate) fn is_sound(&self, most: u64) -> bool {
        let all = [self.mean, self.squares, self.least, self.greatest];
        let finite = all.iter().all(|number| number.is_finite());
        self.count <= most
            && (self.count == 0 || finite && self.least <= self.greatest && self.squares >= 0.0)
    }

    /// How many numbers.
    pub const fn count(&self) -> u64 {
        self.count
    }

    /// Their mean; nothing without numbers.
    pub fn mean(&self) -> Option<f64> {
        (self.count > 0).then_some(self.mean)
    }

    /// Their sample standard deviation (divisor n - 1); nothing below two numbers.
    pub fn standard_deviation(&self) -> Option<f64> {
        (self.count > 1).then(|| (self.squares / (self.count - 1) as f64).max(0.0).sqrt())
    }

    /// The standard error of the mean; nothing below two numbers.
    pub fn standard_error(&self) -> Option<f64> {
        Some(self.standard_deviation()? / (self.count as f64).sqrt())
    }

    /// The least and the greatest number; nothing without numbers.
    pub fn range(&self) -> Option<(f64, f64)> {
        (self.count > 0).then_some((self.least, self.greatest))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn tally(values: &[f64]) -> Tally {
        let mut tally = Tally::default();
        values.iter().for_each(|value| tally.add(*value));
        tally
    }

    #[test]
    fn an_empty_tally_has_no_mean_and_one_number_has_no_spread() {
        assert_eq!(Tally::default().mean(), None);
        assert_eq!(tally(&[2.0]).mean(), Some(2.0));
        assert_eq!(tally(&[2.0]).standard_error(), None);
    }

    #[test]
    fn mean_and_deviation_are_those_of_the_textbook() {
        let four = tally(&[2.0, 4.0, 4.0, 6.0]);
        assert_eq!(four.mean(), Some(4.0));
        assert_eq!(four.standard_deviation(), Some((8.0_f64 / 3.0).sqrt()));
        assert_eq!(four.range(), Some((2.0, 6.0)));
    }

    proptest! {
        #[test]
        fn merging_parts_is_adding_all(
            values in prop::collection::vec(-1e3..1e3_f64, 0..60),
            cut in 0.0..=1.0_f64,
        ) {
            let cut = (cut * values.len() as f64) as usize;
            let mut merged = tally(&values[..cut]);
            merged.merge(&tally(&values[cut..]));
            let whole = tally(&values);
            // Sixty additions of numbers below 1e3, each rounded once or twice.
            let close = |a: Option<f64>, b: Option<f64>, scale: f64| match (a, b) {
                (Some(a), Some(b)) => (a - b).abs() <= 256.0 * f64::EPSILON * scale,
                (a, b) => a == b,
            };
            prop_assert_eq!(merged.count(), whole.count());
            prop_assert!(close(merged.mean(), whole.mean(), 1e3));
            let variance = |t: Tally| t.standard_deviation().map(|sd| sd * sd);
            prop_assert!(close(variance(merged), variance(whole), 1e6 * 60.0));
        }
    }
}
