//! How long things last: a life table by whole years and the Kaplan–Meier estimate from it.

use serde::{Deserialize, Serialize};

use crate::elementary::{exp, ln, normal_survival_exact};
use crate::interval::{Interval, Z95};

/// One lifetime: the chance to be alive at the end of each year, and the year drawn from it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Lifetime<'a> {
    /// Chance to be alive at the end of year n, from year 0 on.
    pub survival: &'a [f64],
    /// The year, counted from 1, in which it was drawn to end; nothing if it outlasted all years.
    pub ended: Option<u32>,
}

/// How many lifetimes ended in each year, and how many were still going when last seen.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LifeTable {
    /// `ended[n]`: lifetimes that ended in year n + 1.
    ended: Vec<u64>,
    /// `censored[n]`: lifetimes last seen alive at the end of year n.
    censored: Vec<u64>,
}

/// The Kaplan–Meier estimate at one time.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct KaplanMeierStep {
    /// The year.
    pub year: u32,
    /// Share still going at its end.
    pub survival: f64,
    /// The 95 % log–log band; nothing where the estimate is 0 or its variance is undefined.
    pub interval: Option<Interval>,
    /// Lifetimes at risk just before this time (at year 0: all).
    pub at_risk: u64,
}

/// How far two life tables differ from what chance would bring if both were alike.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LogRank {
    /// Chi-squared with one degree of freedom.
    pub statistic: f64,
    /// The chance of so great a statistic where both are alike.
    pub p: f64,
}

impl LifeTable {
    /// A table from counts: `ended[n]` lifetimes ended in year n + 1, `censored[n]` were last seen alive at the
    /// end of year n.
    pub const fn from_counts(ended: Vec<u64>, censored: Vec<u64>) -> Self {
        Self { ended, censored }
    }

    /// The log-rank test against another table of independent lifetimes; nothing where no year could tell them
    /// apart.
    ///
    /// ```text
    /// χ² = (Σ d₁ − r₁ d/r)² / Σ r₁ r₂ d (r − d) / (r² (r − 1))
    /// ```
    /// d₁ of r₁ at risk end in a year here, d of r in both tables.
    ///
    /// # Source
    ///
    /// Mantel (1966), *Evaluation of Survival Data and Two New Rank Order Statistics Arising in Its
    /// Consideration*, Cancer Chemotherapy Reports 50(3), 163-170.
    pub fn log_rank(&self, other: &Self) -> Option<LogRank> {
        let tables = [self, other];
        let mut at_risk = tables.map(|table| table.total() - at(&table.censored, 0));
        let (mut excess, mut variance) = (0.0, 0.0);
        for year in 1..=self.ended.len().max(other.ended.len()) {
            let ended = tables.map(|table| at(&table.ended, year - 1));
            let (d, [r1, r2]) = ((ended[0] + ended[1]) as f64, at_risk.map(|risk| risk as f64));
            let r = r1 + r2;
            if r > 1.0 {
                excess += ended[0] as f64 - r1 * d / r;
                variance += r1 * r2 * d * (r - d) / (r * r * (r - 1.0));
            }
            for ((risk, ended), table) in at_risk.iter_mut().zip(ended).zip(tables) {
                *risk -= ended + at(&table.censored, year);
            }
        }
        let statistic = excess * excess / variance;
        (variance > 0.0)
            .then(|| LogRank { statistic, p: 2.0 * normal_survival_exact(statistic.sqrt()) })
    }

    /// Adds one lifetime: the year it ended in (counted from 1), or the last year seen alive.
    pub fn add(&mut self, ended: Option<u32>, seen_until: u32) {
        match ended {
            Some(year) => count(&mut self.ended, year.saturating_sub(1)),
            None => count(&mut self.censored, seen_until),
        }
    }

    /// Adds the lifetimes of another table.
    pub fn merge(&mut self, other: &Self) {
        add_counts(&mut self.ended, &other.ended);
        add_counts(&mut self.censored, &other.censored);
    }

    /// How many lifetimes, where they are counted over so many years at most.
    pub(crate) fn holds(&self, years: usize) -> Option<u64> {
        let mut all = self.ended.iter().chain(&self.censored);
        let total = all.try_fold(0_u64, |sum, count| sum.checked_add(*count));
        total.filter(|_| self.ended.len().max(self.censored.len()) <= years)
    }

    /// How many lifetimes.
    pub fn total(&self) -> u64 {
        self.ended.iter().sum::<u64>() + self.censored.iter().sum::<u64>()
    }

    /// The Kaplan–Meier estimate at the end of years 0 to `last`: `last + 1` steps; none without
    /// lifetimes.
    ///
    /// ```text
    /// S(t) = Π_{s ≤ t} (1 − d_s / r_s),   Var ln S(t) = Σ_{s ≤ t} d_s / (r_s (r_s − d_s))
    /// ```
    /// d: lifetimes ended in year s; r: at risk just before. Who is censored in a year is at risk
    /// through it. The band is that of ln(−ln S).
    ///
    /// # Source
    ///
    /// Kaplan and Meier (1958), Journal of the American Statistical Association 53(282), 457-481;
    /// Greenwood (1926); Kalbfleisch and Prentice (2002), 2nd edition, section 1.4.
    pub fn kaplan_meier(&self, last: u32) -> Vec<KaplanMeierStep> {
        let total = self.total();
        if total == 0 {
            return Vec::new();
        }
        let (mut at_risk, mut survival, mut variance) = (total, 1.0, 0.0);
        let certain = Some(Interval { low: 1.0, high: 1.0 });
        let mut steps = vec![KaplanMeierStep { year: 0, survival, interval: certain, at_risk }];
        at_risk -= at(&self.censored, 0);
        for year in 1..=last {
            let ended = at(&self.ended, year as usize - 1);
            if at_risk > 0 {
                let (d, r) = (ended as f64, at_risk as f64);
                survival *= 1.0 - d / r;
                variance += d / (r * (r - d));
            }
            let interval = log_log_band(survival, variance);
            steps.push(KaplanMeierStep { year, survival, interval, at_risk });
            at_risk -= ended + at(&self.censored, year as usize);
        }
        steps
    }
}

fn count(counts: &mut Vec<u64>, index: u32) {
    let index = index as usize;
    if counts.len() <= index {
        counts.resize(index + 1, 0);
    }
    counts[index] += 1;
}

fn add_counts(here: &mut Vec<u64>, there: &[u64]) {
    if here.len() < there.len() {
        here.resize(there.len(), 0);
    }
    for (here, there) in here.iter_mut().zip(there) {
        *here += there;
    }
}

fn at(counts: &[u64], index: usize) -> u64 {
    counts.get(index).copied().unwrap_or(0)
}

/// The 95 % band of `survival` from the variance of its logarithm, on the scale ln(−ln S).
fn log_log_band(survival: f64, variance: f64) -> Option<Interval> {
    if survival == 1.0 {
        return Some(Interval { low: 1.0, high: 1.0 });
    }
    if survival <= 0.0 || !variance.is_finite() {
        return None;
    }
    let log = ln(survival);
    let reach = exp(Z95 * variance.sqrt() / log.abs());
    Some(Interval { low: exp(log * reach), high: exp(log / reach) })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The 6-MP arm of Freireich et al. (1963): weeks, and whether remission ended.
    const REMISSIONS: [(u32, bool); 21] = [
        (6, true),
        (6, true),
        (6, true),
        (6, false),
        (7, true),
        (9, false),
        (10, true),
        (10, false),
        (11, false),
        (13, true),
        (16, true),
        (17, false),
        (19, false),
        (20, false),
        (22, true),
        (23, true),
        (25, false),
        (32, false),
        (32, false),
        (34, false),
        (35, false),
    ];

    /// lifelines 0.30.3: time, survival, exponential Greenwood band, at risk.
    const EXPECTED: [(u32, f64, f64, f64, u64); 6] = [
        (6, 0.857_142_857_142_857, 0.619_717_955_265_983_8, 0.951_551_747_646_996_9, 21),
        (7, 0.806_722_689_075_629_9, 0.563_146_564_622_233_3, 0.922_809_019_202_880_2, 17),
        (10, 0.752_941_176_470_587_8, 0.503_199_510_799_956_4, 0.889_361_835_169_265_1, 15),
        (13, 0.690_196_078_431_372_2, 0.431_610_222_486_183_9, 0.849_065_963_349_450_5, 12),
        (16, 0.627_450_980_392_156_6, 0.367_510_855_987_501_94, 0.804_912_189_471_841_1, 11),
        (23, 0.448_179_271_708_683_27, 0.188_052_005_959_232_33, 0.680_142_628_495_241_2, 6),
    ];

    #[test]
    fn kaplan_meier_matches_lifelines() {
        let mut table = LifeTable::default();
        for (weeks, ended) in REMISSIONS {
            table.add(ended.then_some(weeks), weeks);
        }
        let steps = table.kaplan_meier(35);
        for (time, survival, low, high, at_risk) in EXPECTED {
            let step = steps[time as usize];
            let band = step.interval.expect("someone is left");
            assert!((step.survival - survival).abs() < 1e-12);
            assert!((band.low - low).abs() < 1e-12 && (band.high - high).abs() < 1e-12, "{step:?}");
            assert_eq!(step.at_risk, at_risk);
        }
    }

    /// The control arm of the same trial: all relapsed.
    const CONTROLS: [u32; 21] =
        [1, 1, 2, 2, 3, 4, 4, 5, 5, 8, 8, 8, 8, 11, 11, 12, 12, 15, 17, 22, 23];

    #[test]
    fn log_rank_matches_lifelines() {
        let (mut treated, mut controls) = (LifeTable::default(), LifeTable::default());
        for (weeks, ended) in REMISSIONS {
            treated.add(ended.then_some(weeks), weeks);
        }
        CONTROLS.iter().for_each(|weeks| controls.add(Some(*weeks), *weeks));
        // lifelines 0.30.3, logrank_test.
        for (one, other) in [(&treated, &controls), (&controls, &treated)] {
            let found = one.log_rank(other).expect("they differ");
            assert!((found.statistic - 16.792_940_989_216_547).abs() < 1e-12, "{found:?}");
            assert!((found.p / 4.168_809_109_334_511e-5 - 1.0).abs() < 1e-11, "{found:?}");
        }
        assert_eq!(treated.log_rank(&LifeTable::default()), None);
        let same = treated.log_rank(&treated).expect("there are years to compare");
        assert_eq!((same.statistic, same.p), (0.0, 1.0));
    }

    #[test]
    fn when_all_end_survival_is_zero_and_has_no_band() {
        let mut table = LifeTable::default();
        table.add(Some(1), 20);
        table.add(Some(2), 20);
        let steps = table.kaplan_meier(3);
        assert_eq!(steps[2].survival, 0.0);
        assert_eq!(steps[2].interval, None);
        assert_eq!(steps[3].at_risk, 0);
        assert_eq!(steps[3].survival, 0.0);
    }
}
