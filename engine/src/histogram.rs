//! Counts of numbers in bins of equal width, mergeable in any order.

use serde::{Deserialize, Serialize};

/// Bins of equal width between two ends.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Bins {
    /// Left end of the first bin.
    pub low: f64,
    /// Right end of the last bin.
    pub high: f64,
    /// How many, at least one.
    pub count: u32,
}

impl Bins {
    /// Bins of width 1 centred on the whole numbers from `first` to `last`.
    pub fn whole(first: u32, last: u32) -> Self {
        Self { low: f64::from(first) - 0.5, high: f64::from(last) + 0.5, count: last - first + 1 }
    }

    /// The left end of bin `index`, which is also the right end of the one before.
    pub fn edge(&self, index: usize) -> f64 {
        if index == self.count as usize {
            return self.high;
        }
        self.low + (self.high - self.low) * (index as f64 / f64::from(self.count))
    }
}

/// How many numbers fell into each bin, below the first, and above the last.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Histogram {
    bins: Bins,
    counts: Vec<u64>,
    below: u64,
    above: u64,
}

impl Histogram {
    /// An empty histogram: one count for each bin.
    pub fn new(bins: Bins) -> Self {
        Self { bins, counts: vec![0; bins.count as usize], below: 0, above: 0 }
    }

    /// A histogram of counts already made: below, in each bin, above.
    pub(crate) fn of_counts(bins: Bins, counts: impl Iterator<Item = u64>) -> Self {
        let mut all: Vec<u64> = counts.collect();
        debug_assert_eq!(all.len(), bins.count as usize + 2);
        let above = all.pop().unwrap_or(0);
        let below = if all.is_empty() { 0 } else { all.remove(0) };
        Self { bins, counts: all, below, above }
    }

    /// Counts one number; a bin holds its left end, the last bin its right end too.
    #[inline]
    pub fn add(&mut self, value: f64) {
        let Bins { low, high, count } = self.bins;
        if value < low {
            self.below += 1;
        } else if value > high {
            self.above += 1;
        } else {
            let at = ((value - low) / (high - low) * f64::from(count)) as usize;
            let last = self.counts.len() - 1;
            self.counts[at.min(last)] += 1;
        }
    }

    /// Adds the counts of another histogram with the same bins.
    pub fn merge(&mut self, other: &Self) {
        debug_assert_eq!(self.bins, other.bins);
        self.below += other.below;
        self.above += other.above;
        for (here, there) in self.counts.iter_mut().zip(&other.counts) {
            *here += there;
        }
    }

    /// How many numbers in all, where its counts fit its bins and one another.
    pub(crate) fn holds(&self) -> Option<u64> {
        let all = || self.counts.iter().chain([&self.below, &self.above]);
        let total = all().try_fold(0_u64, |sum, count| sum.checked_add(*count));
        total.filter(|_| self.counts.len() == self.bins.count as usize && self.bins.count > 0)
    }

    /// Its bins.
    pub const fn bins(&self) -> Bins {
        self.bins
    }

    /// How many numbers in all.
    pub fn total(&self) -> u64 {
        self.below + self.above + self.counts.iter().sum::<u64>()
    }

    /// `(left end, right end, count)` of each bin in order; numbers outside the bins, if there
    /// are any, in a first bin from minus infinity and a last one to infinity.
    pub fn cells(&self) -> impl Iterator<Item = (f64, f64, u64)> + '_ {
        let below = (self.below > 0).then_some((f64::NEG_INFINITY, self.bins.low, self.below));
        let above = (self.above > 0).then_some((self.bins.high, f64::INFINITY, self.above));
        let inner = self.counts.iter().enumerate();
        let inner = inner.map(|(at, count)| (self.bins.edge(at), self.bins.edge(at + 1), *count));
        below.into_iter().chain(inner).chain(above)
    }

    /// The number below which a share of all lie, those of a bin spread evenly over it; what lies
    /// beyond the bins lies at their ends. Nothing without numbers.
    pub fn quantile(&self, share: f64) -> Option<f64> {
        let rank = share * self.total() as f64;
        let mut seen = self.below as f64;
        if self.total() == 0 {
            return None;
        }
        if self.below > 0 && rank <= seen {
            return Some(self.bins.low);
        }
        for (at, count) in self.counts.iter().map(|count| *count as f64).enumerate() {
            if count > 0.0 && rank <= seen + count {
                let (from, to) = (self.bins.edge(at), self.bins.edge(at + 1));
                return Some(from + (to - from) * ((rank - seen) / count).max(0.0));
            }
            seen += count;
        }
        Some(self.bins.high)
    }

    /// The middle of the bin that holds the `rank`-th smallest number, counted from 1; for bins of
    /// whole numbers that is the number itself. Nothing where no inner bin holds it.
    pub fn ranked(&self, rank: u64) -> Option<f64> {
        let mut seen = self.below;
        if rank <= seen {
            return None;
        }
        for (at, count) in self.counts.iter().enumerate() {
            seen += count;
            if rank <= seen {
                return Some(f64::midpoint(self.bins.edge(at), self.bins.edge(at + 1)));
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_number_is_counted_once_and_in_its_bin() {
        let mut histogram = Histogram::new(Bins { low: 0.0, high: 1.0, count: 4 });
        for value in [-0.1, 0.0, 0.249, 0.25, 0.999, 1.0, 1.1, 2.0] {
            histogram.add(value);
        }
        let cells: Vec<_> = histogram.cells().map(|(_, _, count)| count).collect();
        assert_eq!(cells, [1, 2, 1, 0, 2, 2]);
        assert_eq!(histogram.total(), 8);
    }

    #[test]
    fn quantiles_of_even_numbers_lie_evenly_and_never_beyond_the_bins() {
        let mut histogram = Histogram::new(Bins { low: 0.0, high: 1.0, count: 10 });
        assert_eq!(histogram.quantile(0.5), None);
        (0..100).for_each(|k| histogram.add((f64::from(k) + 0.5) / 100.0));
        for share in [0.05, 0.25, 0.5, 0.95] {
            let found = histogram.quantile(share).expect("there are numbers");
            assert!((found - share).abs() < 1e-12, "{share} {found}");
        }
        (0..100).for_each(|_| histogram.add(7.0));
        assert_eq!(histogram.quantile(0.9), Some(1.0));
    }

    #[test]
    fn ranks_in_whole_bins_are_the_numbers_themselves() {
        let mut months = Histogram::new(Bins::whole(1, 60));
        [7, 3, 60, 7, 1].iter().for_each(|month| months.add(f64::from(*month)));
        let ranked: Vec<_> = (1..=6).map(|rank| months.ranked(rank)).collect();
        assert_eq!(ranked, [Some(1.0), Some(3.0), Some(7.0), Some(7.0), Some(60.0), None]);
    }
}
