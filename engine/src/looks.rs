//! Stopping when it is precise enough: looks at set numbers of replications, with the error of all of
//! them spent in advance.

use std::ops::Range;

use crate::elementary::normal_survival_exact;

/// Replications before the first look: whole blocks.
const FIRST: u64 = 1024;

/// At which numbers of replications it is looked whether an estimate is precise enough, and how wide
/// intervals must be for that.
///
/// Looks come at 1024, 2048, 4096 … replications and at the cap. Whoever looks K times at a 95 % interval and
/// stops when it pleases errs more often than once in twenty. So every look takes an interval of
/// confidence `1 − 0.05 / K`: with a chance of at least 0.95 all K of them hold the true value at once, and
/// with them the one at which it was stopped, whatever the reason; as far as a single interval holds
/// what it promises, which score intervals of chances below one in the number of replications do not.
///
/// # Source
///
/// Bonferroni (1936); for sequential looks Armitage, McPherson and Rowe (1969), Journal of the Royal
/// Statistical Society A 132(2), 235-244.
#[derive(Clone, Debug, PartialEq)]
pub struct Looks {
    ends: Vec<u64>,
    /// The normal quantile of the intervals.
    pub z: f64,
}

impl Looks {
    /// The looks up to a cap.
    pub fn up_to(cap: u64) -> Self {
        let mut ends = Vec::new();
        let mut next = FIRST;
        while next < cap {
            ends.push(next);
            next = next.saturating_mul(2);
        }
        ends.push(cap);
        let z = upper_quantile(0.025 / ends.len() as f64);
        Self { ends, z }
    }

    /// The replications between one look and the next, in order.
    pub fn ranges(&self) -> impl Iterator<Item = Range<u64>> + '_ {
        let starts = std::iter::once(0).chain(self.ends.iter().copied());
        starts.zip(&self.ends).map(|(start, end)| start..*end)
    }
}

/// The number that a standard normal one exceeds with a chance below 1/2.
fn upper_quantile(chance: f64) -> f64 {
    let (mut low, mut high) = (0.0, 40.0);
    for _ in 0..200 {
        let middle = f64::midpoint(low, high);
        if normal_survival_exact(middle) > chance { low = middle } else { high = middle }
    }
    f64::midpoint(low, high)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::interval::{Z95, wilson, wilson_at};
    use crate::stream::{Draw as _, Purpose, Seed, Streams};

    #[test]
    fn looks_cover_all_replications_once_and_begin_at_whole_blocks() {
        for cap in [1, 1000, 1024, 1025, 100_000] {
            let looks = Looks::up_to(cap);
            let ranges: Vec<Range<u64>> = looks.ranges().collect();
            assert_eq!(ranges[0].start, 0);
            assert!(ranges.windows(2).all(|two| two[0].end == two[1].start));
            assert!(ranges.iter().all(|range| range.start % 256 == 0 && range.start < range.end));
            assert_eq!(ranges.last().map(|range| range.end), Some(cap));
        }
        assert!((Looks::up_to(7).z - Z95).abs() < 1e-12);
        // scipy 1.17.1: norm.isf(0.025 / 8).
        assert!((Looks::up_to(100_000).z - 2.734_368_786_533_181).abs() < 1e-12);
    }

    /// Coins with a known chance, stopped at a half-width of 0.03: at least 94 % of 10,000 intervals hold it
    /// (four standard errors of a coverage of 0.95 are 0.9 points). With the plain interval at each
    /// look, the worst of these chances falls short.
    #[test]
    fn intervals_hold_what_they_promise_whenever_it_is_stopped() {
        const REPETITIONS: u64 = 10_000;
        let looks = Looks::up_to(8192);
        for p in [0.02, 0.1, 0.3, 0.5] {
            let held = (0..REPETITIONS)
                .filter(|repetition| {
                    let mut stream =
                        Streams::new(Seed(9), *repetition).open(Purpose::named("looks"));
                    let mut successes = 0;
                    let mut last = None;
                    for range in looks.ranges() {
                        let end = range.end;
                        successes += range.filter(|_| stream.uniform() < p).count() as u64;
                        last = wilson_at(looks.z, successes, end);
                        if last.is_some_and(|own| own.high - own.low <= 0.06) {
                            break;
                        }
                    }
                    last.is_some_and(|own| own.low <= p && p <= own.high)
                })
                .count();
            assert!(held as f64 / REPETITIONS as f64 >= 0.95 - 0.009, "{p}: {held}");
        }
    }

    /// Whoever stops when a 95 % interval excludes one half, and looks eight times, is wrong far more often
    /// than once in twenty; with the error spent in advance he is not.
    #[test]
    fn looking_on_purpose_deceives_plain_intervals_and_not_these() {
        let looks = Looks::up_to(100_000);
        let (mut plain, mut spent) = (0, 0);
        for repetition in 0..1000 {
            let mut stream = Streams::new(Seed(10), repetition).open(Purpose::named("looks"));
            let (mut successes, mut fooled) = (0, (false, false));
            for range in looks.ranges() {
                let end = range.end;
                successes += range.filter(|_| stream.uniform() < 0.5).count() as u64;
                let misses = |own: Option<crate::interval::Interval>| {
                    own.is_some_and(|own| own.low > 0.5 || own.high < 0.5)
                };
                fooled.0 |= misses(wilson(successes, end));
                fooled.1 |= misses(wilson_at(looks.z, successes, end));
            }
            plain += u32::from(fooled.0);
            spent += u32::from(fooled.1);
        }
        // Four standard errors of a chance of 0.05 over 1000 are 28 from 50.
        assert!(plain > 78 && spent <= 78, "{plain} {spent}");
    }
}
