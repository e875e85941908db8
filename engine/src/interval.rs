//! Intervals for proportions, means and medians of independent replications.

use crate::histogram::Histogram;
use crate::tally::Tally;

/// The standard normal quantile of 0.975: intervals here are 95 % intervals.
pub const Z95: f64 = 1.959_963_984_540_054;

/// A 95 % interval.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Interval {
    /// Its lower end.
    pub low: f64,
    /// Its upper end.
    pub high: f64,
}

/// The 95 % score interval of a proportion; nothing without trials.
///
/// ```text
/// (k + z²/2 ± z √(k (n−k)/n + z²/4)) / (n + z²)
/// ```
/// k: `successes`; n: `trials`; z: [`Z95`].
///
/// # Source
///
/// Wilson (1927), *Probable Inference, the Law of Succession, and Statistical Inference*, Journal
/// of the American Statistical Association 22(158), 209-212.
pub fn wilson(successes: u64, trials: u64) -> Option<Interval> {
    wilson_at(Z95, successes, trials)
}

/// The same with another normal quantile than [`Z95`].
pub fn wilson_at(z: f64, successes: u64, trials: u64) -> Option<Interval> {
    if trials == 0 {
        return None;
    }
    Some(score(z, successes as f64, trials as f64))
}

/// The score interval of `k` successes in `n` trials, which need not be whole.
fn score(z: f64, k: f64, n: f64) -> Interval {
    let z2 = z * z;
    let middle = (k + z2 / 2.0) / (n + z2);
    let half = z * (k * (n - k) / n + z2 / 4.0).sqrt() / (n + z2);
    let low = if k == 0.0 { 0.0 } else { (middle - half).max(0.0) };
    let high = if k == n { 1.0 } else { (middle + half).min(1.0) };
    Interval { low, high }
}

/// The score interval of a proportion with a standard error that is not that of independent trials: of as many
/// trials as would have that error. Where all trials or none succeeded, of `clusters` trials.
///
/// Clusters can be so alike that few of them show any spread. So two are added to what is known of it, one of which all
/// succeeded and one of which none did (Agresti and Coull 1998 do so for trials): intervals of few clusters are
/// somewhat too wide rather than far too narrow.
///
/// # Source
///
/// Korn and Graubard (1998), *Confidence Intervals for Proportions with Small Expected Number of Positive
/// Counts Estimated from Survey Data*, Survey Methodology 24(2), 193-201: an effective number of trials; here
/// in [`wilson`]'s interval.
pub fn score_interval(z: f64, share: f64, error: f64, clusters: f64) -> Interval {
    let spread = share * (1.0 - share);
    let squared = error * error + 0.5 / (clusters * clusters);
    let trials = if spread > 0.0 { spread / squared } else { clusters };
    score(z, share * trials, trials)
}

/// The exact 95 % interval of a proportion: it holds the true one at least as often, whatever it is; nothing
/// without trials. For few trials, where [`wilson`] holds on average only.
///
/// # Source
///
/// Clopper and Pearson (1934), *The Use of Confidence or Fiducial Limits Illustrated in the Case of the
/// Binomial*, Biometrika 26(4), 404-413.
pub fn clopper_pearson(successes: u64, trials: u64) -> Option<Interval> {
    if trials == 0 {
        return None;
    }
    let (k, n) = (successes as f64, trials as f64);
    let low = if successes == 0 { 0.0 } else { beta_quantile(k, n - k + 1.0, 0.025) };
    let high = if successes == trials { 1.0 } else { beta_quantile(k + 1.0, n - k, 0.975) };
    Some(Interval { low, high })
}

/// The number below which a share of a beta distribution with shapes `a` and `b` lies, by halving.
pub fn beta_quantile(a: f64, b: f64, share: f64) -> f64 {
    let (mut low, mut high) = (0.0_f64, 1.0);
    // Until neighbours in the numbers that there are, small ends included.
    for _ in 0..200 {
        let middle = f64::midpoint(low, high);
        if middle <= low || middle >= high {
            break;
        }
        if beta_cumulative(a, b, middle) < share { low = middle } else { high = middle }
    }
    f64::midpoint(low, high)
}

/// The share of a beta distribution with shapes `a` and `b` that lies below `x` in [0, 1]: the
/// regularised incomplete beta function.
///
/// # Source
///
/// DiDonato and Morris (1992), ACM Transactions on Mathematical Software 18(3), 360-373, for the continued
/// fraction; evaluated by the method of Lentz (1976).
pub fn beta_cumulative(a: f64, b: f64, x: f64) -> f64 {
    if x <= 0.0 || x >= 1.0 {
        return x.clamp(0.0, 1.0);
    }
    if x > (a + 1.0) / (a + b + 2.0) {
        return 1.0 - beta_cumulative(b, a, 1.0 - x);
    }
    let log = libm::lgamma(a + b) - libm::lgamma(a) - libm::lgamma(b)
        + a * libm::log(x)
        + b * libm::log1p(-x);
    let tiny = 1e-300;
    let away = |value: f64| if value.abs() < tiny { tiny } else { value };
    let (mut c, mut d) = (1.0, 1.0 / away(1.0 - (a + b) * x / (a + 1.0)));
    let mut fraction = d;
    for step in 1..10_000 {
        let m = f64::from(step);
        let even = m * (b - m) * x / ((a + 2.0 * m - 1.0) * (a + 2.0 * m));
        let odd = -(a + m) * (a + b + m) * x / ((a + 2.0 * m) * (a + 2.0 * m + 1.0));
        let mut change = 1.0;
        for term in [even, odd] {
            d = 1.0 / away(1.0 + term * d);
            c = away(1.0 + term / c);
            change = c * d;
            fraction *= change;
        }
        if (change - 1.0).abs() < 1e-16 {
            break;
        }
    }
    libm::exp(log) * fraction / a
}

/// The 95 % normal interval of a mean, cut to the range that the measure can take.
///
/// With a single number the spread is unknown and the interval is the whole range where that is
/// finite. Nothing without numbers, or where an end would be infinite.
pub fn mean_interval(tally: &Tally, range: (f64, f64)) -> Option<Interval> {
    mean_interval_at(Z95, tally, range)
}

/// The same with another normal quantile than [`Z95`].
pub fn mean_interval_at(z: f64, tally: &Tally, range: (f64, f64)) -> Option<Interval> {
    normal_interval(z, tally.mean()?, tally.standard_error(), range)
}

/// The normal interval of a mean with a standard error, cut to the range that the measure can take; with
/// an error that is not known as in [`mean_interval`].
pub fn normal_interval(
    z: f64,
    mean: f64,
    error: Option<f64>,
    range: (f64, f64),
) -> Option<Interval> {
    let half = error.map_or(f64::INFINITY, |error| z * error);
    let interval = Interval { low: (mean - half).max(range.0), high: (mean + half).min(range.1) };
    (interval.low.is_finite() && interval.high.is_finite()).then_some(interval)
}

/// The median of numbers in bins, and its 95 % interval from ranks; nothing without numbers.
///
/// The interval runs between the order statistics of ranks `n/2 ± z √n / 2`: that many of `n`
/// independent numbers lie below the median, but for one chance in twenty, whatever they are
/// distributed like.
///
/// # Source
///
/// Conover (1999), *Practical Nonparametric Statistics*, 3rd edition, section 3.2.
pub fn median_interval(histogram: &Histogram) -> Option<(f64, Interval)> {
    let total = histogram.total();
    if total == 0 {
        return None;
    }
    let n = total as f64;
    let reach = Z95 * n.sqrt() / 2.0;
    let low = ((n / 2.0 - reach).floor().max(0.0) as u64).max(1);
    let high = ((n / 2.0 + reach).ceil() as u64 + 1).min(total);
    let median =
        f64::midpoint(histogram.ranked(total.div_ceil(2))?, histogram.ranked(total / 2 + 1)?);
    Some((median, Interval { low: histogram.ranked(low)?, high: histogram.ranked(high)? }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::histogram::Bins;

    #[test]
    fn wilson_matches_statsmodels() {
        // statsmodels 0.15.0, proportion_confint(k, n, method="wilson").
        for (k, n, low, high) in WILSON {
            let interval = wilson(k, n).expect("there are trials");
            assert!((interval.low - low).abs() < 1e-12, "{k}/{n}: {interval:?}");
            assert!((interval.high - high).abs() < 1e-12, "{k}/{n}: {interval:?}");
        }
        assert_eq!(wilson(0, 0), None);
    }

    const WILSON: [(u64, u64, f64, f64); 4] = [
        (0, 10, 0.0, 0.277_532_799_862_889_26),
        (3, 10, 0.107_791_267_406_301_04, 0.603_221_852_538_854_6),
        (10, 10, 0.722_467_200_137_110_8, 1.0),
        (5660, 10_000, 0.556_262_419_594_796_9, 0.575_686_892_620_273_6),
    ];

    #[test]
    fn clopper_and_pearson_are_met() {
        // scipy 1.17.1, beta.ppf.
        for (k, n, low, high) in EXACT {
            let interval = clopper_pearson(k, n).expect("there are trials");
            assert!((interval.low - low).abs() < 1e-12, "{k}/{n}: {interval:?}");
            assert!((interval.high - high).abs() < 1e-12, "{k}/{n}: {interval:?}");
        }
        assert_eq!(clopper_pearson(0, 0), None);
    }

    const EXACT: [(u64, u64, f64, f64); 5] = [
        (0, 10, 0.0, 0.308_497_107_818_760_7),
        (3, 10, 0.066_739_511_177_734_47, 0.652_452_850_059_997_3),
        (10, 10, 0.691_502_892_181_239_2, 1.0),
        (5660, 10_000, 0.556_217_880_446_578_8, 0.575_743_659_968_758_9),
        (1, 1_000_000, 2.531_780_766_379_417_8e-8, 5.571_630_655_166_939e-6),
    ];

    /// The chance that an interval holds p, summed over all outcomes of `n` trials.
    fn coverage(n: u64, p: f64, of: fn(u64, u64) -> Option<Interval>) -> f64 {
        let mut chance = libm::exp(n as f64 * libm::log1p(-p));
        let mut held = 0.0;
        for k in 0..=n {
            let own = of(k, n).expect("there are trials");
            if own.low <= p && p <= own.high {
                held += chance;
            }
            chance *= (n - k) as f64 / (k + 1) as f64 * p / (1.0 - p);
        }
        held
    }

    /// Exact coverage, no luck in it: Wilson within 94 to 96 % on average over p, Clopper and Pearson never
    /// below 95 %.
    #[test]
    fn intervals_cover_what_they_promise() {
        for n in [20, 100, 500] {
            // Both are symmetric: the other half of the chances covers alike.
            let grid = || (1..=100).map(|at| f64::from(at) / 200.0);
            let mean = grid().map(|p| coverage(n, p, wilson)).sum::<f64>() / 100.0;
            assert!((0.94..=0.96).contains(&mean), "{n}: {mean}");
            let least = grid().map(|p| coverage(n, p, clopper_pearson)).fold(1.0, f64::min);
            assert!(least >= 0.95, "{n}: {least}");
        }
    }

    #[test]
    fn a_mean_interval_never_leaves_the_range() {
        let mut tally = Tally::default();
        [0.0, 1.0].iter().for_each(|value| tally.add(*value));
        let cut = mean_interval(&tally, (0.0, 1.0));
        assert_eq!(cut, Some(Interval { low: 0.0, high: 1.0 }));
        assert_eq!(mean_interval(&Tally::default(), (0.0, 1.0)), None);
    }

    #[test]
    fn the_median_lies_inside_its_interval() {
        let mut months = Histogram::new(Bins::whole(1, 60));
        (1..=60).for_each(|month| (0..month).for_each(|_| months.add(f64::from(month))));
        let (median, interval) = median_interval(&months).expect("there are months");
        assert_eq!(median, 43.0);
        assert!(interval.low <= median && median <= interval.high);
    }
}
