//! A function of odds as the ratio of two polynomials, fitted once.

use engine::{Number, exp};
use nalgebra::{DMatrix, DVector};

/// The highest degree.
pub(super) const MOST: usize = 6;

/// How far odds reach, as logarithms: beyond, nothing changes.
const REACH: f64 = 32.0;

/// Places per unit of the logarithm where a ratio is fitted, and where it is compared afterwards.
const FITTED: f64 = 4.0;
const COMPARED: f64 = 64.0;

/// Rounds of reweighting in a fit.
const ROUNDS: usize = 4;

/// `P(X) / Q(X)` with `Q(0) = 1` and no coefficient below 0, so that nothing cancels and the relative
/// error of its evaluation is a few units in the last place.
#[derive(Clone, Debug)]
pub(super) struct Ratio {
    pub(super) over: [f64; MOST + 1],
    pub(super) under: [f64; MOST + 1],
    pub(super) degree: usize,
    /// The greatest difference found at the places of comparison.
    pub(super) error: f64,
}

/// A function of the logarithm of odds, where ratios are fitted and where they are compared.
pub(super) struct Sampled {
    /// Odds times this are near 1 in the middle of where the function changes.
    scale: f64,
    fitted: Vec<(f64, f64)>,
    compared: Vec<(f64, f64)>,
}

impl Sampled {
    /// Samples a function of odds that changes most around `centre`, as a logarithm.
    pub(super) fn new(centre: f64, of: impl Fn(f64) -> f64) -> Self {
        let sample = |per_unit: f64| {
            let count = (2.0 * REACH * per_unit) as usize;
            let odds = (0..=count).map(|at| exp(at as f64 / per_unit - REACH));
            odds.map(|odds| (odds, of(odds))).collect()
        };
        Self { scale: exp(-centre), fitted: sample(FITTED), compared: sample(COMPARED) }
    }

    /// The ratio of one degree that is closest by least squares of what is left of
    /// `(P − f Q) / Q`, with Q from the round before.
    ///
    /// # Source
    ///
    /// Sanathanan and Koerner (1963), *Transfer Function Synthesis as a Ratio of Two Complex
    /// Polynomials*, IEEE Transactions on Automatic Control 8(1).
    fn fit(&self, degree: usize) -> Option<Ratio> {
        let columns = 2 * degree + 1;
        let mut weights = vec![1.0; self.fitted.len()];
        let mut best: Option<Ratio> = None;
        for _ in 0..ROUNDS {
            let mut rows = DMatrix::zeros(self.fitted.len(), columns);
            let mut wanted = DVector::zeros(self.fitted.len());
            for (at, ((odds, value), weight)) in self.fitted.iter().zip(&weights).enumerate() {
                let powers = shares(odds * self.scale, degree);
                for (column, power) in powers[..=degree].iter().enumerate() {
                    rows[(at, column)] = power * weight;
                    if column > 0 {
                        rows[(at, degree + column)] = -value * power * weight;
                    }
                }
                wanted[at] = value * powers[0] * weight;
            }
            let found = least_squares(rows, &wanted)?;
            let ratio = self.ratio(degree, found.as_slice());
            for ((odds, _), weight) in self.fitted.iter().zip(&mut weights) {
                let powers = shares(odds * self.scale, degree);
                let under = |at: usize| if at == 0 { 1.0 } else { found[degree + at] };
                let under: f64 = (0..=degree).map(|at| powers[at] * under(at)).sum();
                *weight = 1.0 / under.abs().max(1e-6);
            }
            if let Some(ratio) = ratio
                && best.as_ref().is_none_or(|best| ratio.error < best.error)
            {
                best = Some(ratio);
            }
        }
        best
    }

    /// The ratio with these coefficients over scaled odds, compared; nothing where one is below 0.
    fn ratio(&self, degree: usize, found: &[f64]) -> Option<Ratio> {
        if !found.iter().all(|coefficient| *coefficient >= 0.0) {
            return None;
        }
        let (mut over, mut under) = ([0.0; MOST + 1], [0.0; MOST + 1]);
        let mut scale = 1.0;
        for at in 0..=degree {
            over[at] = found[at] * scale;
            under[at] = if at == 0 { 1.0 } else { found[degree + at] * scale };
            scale *= self.scale;
        }
        let mut ratio = Ratio { over, under, degree, error: 0.0 };
        let gap = |(odds, value): &(f64, f64)| (ratio.at(*odds) - value).abs();
        let error = self.compared.iter().map(gap).fold(0.0, f64::max);
        ratio.error = error;
        error.is_finite().then_some(ratio)
    }

    /// Ratios of rising degree, up to the first that misses by no more than `error`; the last does not
    /// where none does.
    pub(super) fn ladder(&self, error: f64) -> Vec<Ratio> {
        let mut ladder: Vec<Ratio> = Vec::new();
        for ratio in (1..=MOST).filter_map(|degree| self.fit(degree)) {
            let reached = ratio.error <= error;
            ladder.push(ratio);
            if reached {
                break;
            }
        }
        ladder
    }

    /// The greatest difference that a ratio can have anywhere: the greatest found, and what can lie
    /// between two places of comparison where neither side has a second derivative above ¼.
    pub(super) fn anywhere(ratio: &Ratio) -> f64 {
        ratio.error + 2.0 * 0.25 / 8.0 / (COMPARED * COMPARED)
    }
}

/// `Z^j / (1 + Z)^n` for j up to n: powers that stay between 0 and 1.
fn shares(z: f64, degree: usize) -> [f64; MOST + 1] {
    let (part, rest) = (z / (1.0 + z), 1.0 / (1.0 + z));
    let mut shares = [0.0; MOST + 1];
    for (at, share) in shares[..=degree].iter_mut().enumerate() {
        *share = part.powi(at as i32) * rest.powi((degree - at) as i32);
    }
    shares
}

/// The solution of an overdetermined system, by QR.
fn least_squares(rows: DMatrix<f64>, wanted: &DVector<f64>) -> Option<DVector<f64>> {
    let columns = rows.ncols();
    let qr = rows.qr();
    let projected = qr.q().transpose() * wanted;
    qr.r().solve_upper_triangular(&projected.rows(0, columns).into_owned())
}

impl Ratio {
    /// Its value at some odds, which must stay below e^40 or so.
    #[inline(always)]
    pub(super) fn at<N: Number>(&self, odds: N) -> N {
        let (mut over, mut under) =
            (N::splat(self.over[self.degree]), N::splat(self.under[self.degree]));
        for at in (0..self.degree).rev() {
            over = over * odds + self.over[at];
            under = under * odds + self.under[at];
        }
        over / under
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ratio_is_found_and_the_lowest_that_is_close_enough() {
        let known = |x: f64| (1.0 + 0.3 * x) / (1.0 + 2.0 * x + 0.5 * x * x);
        let ladder = Sampled::new(0.0, known).ladder(1e-9);
        let last = ladder.last().expect("there is one");
        assert!(last.degree == 2 && last.error <= 1e-9, "{last:?}");
        for odds in [0.0, 1e-9, 0.1, 1.0, 7.0, 1e9] {
            assert!((last.at(odds) - known(odds)).abs() < 2e-9, "{odds}");
        }
    }

    #[test]
    fn where_none_is_close_enough_none_says_it_is() {
        // A step is no ratio of low degree.
        let ladder = Sampled::new(0.0, |x| f64::from(u8::from(x < 1.0))).ladder(1e-7);
        assert!(ladder.iter().all(|ratio| ratio.error > 0.01));
    }
}
