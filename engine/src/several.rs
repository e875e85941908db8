//! Bargaining between several sides at one table, each of which can refuse.

use nalgebra::DVector;

use crate::concave::{Best, Seen, greatest};
use crate::elementary::ln;
use crate::utility::Preferences;

/// How far a solution may be from the best, in what it makes most of.
const PRECISION: f64 = 1e-11;

/// A side: one actor, or a body that speaks with one voice.
#[derive(Clone, Debug)]
pub struct Side<'a> {
    /// Whose utilities are its own, with their weights.
    pub voices: Vec<(f64, &'a Preferences)>,
    /// What it has if no agreement comes about.
    pub disagreement: f64,
}

/// Sides that bargain over the same issues; an agreement needs them all.
///
/// Utilities are concave, so that every solution makes most of a concave function of the terms: found by
/// the ellipsoid method to within 1e-11 of its greatest value.
#[derive(Clone, Debug)]
pub struct Sides<'a> {
    sides: Vec<Side<'a>>,
    issues: usize,
}

/// The gain of each side, and how the terms move it.
type Gains = Vec<(f64, DVector<f64>)>;

impl<'a> Sides<'a> {
    /// Sides at a table; nothing without sides, or where a side has no voice.
    pub fn new(sides: Vec<Side<'a>>) -> Option<Self> {
        let (_, first) = sides.first()?.voices.first()?;
        let issues = first.issues();
        let sound = |side: &Side| {
            !side.voices.is_empty() && side.voices.iter().all(|(_, own)| own.issues() == issues)
        };
        sides.iter().all(sound).then_some(Self { sides, issues })
    }

    fn gains(&self, terms: &DVector<f64>) -> Gains {
        let gain = |side: &Side| {
            let mut gain = -side.disagreement;
            let mut slope = DVector::zeros(self.issues);
            for (weight, voice) in &side.voices {
                gain += weight * voice.utility(terms.as_slice());
                for issue in 0..self.issues {
                    slope[issue] -= weight * voice.loss_slope(issue, terms[issue]);
                }
            }
            (gain, slope)
        };
        self.sides.iter().map(gain).collect()
    }

    /// The Nash solution: the terms that make most of `Π (U_i − d_i)^{w_i}`; nothing where no terms leave
    /// all sides better off. One weight for each side.
    ///
    /// # Source
    ///
    /// Nash (1950), Econometrica 18(2); Harsanyi (1963), International Economic Review 4(2) (several
    /// sides).
    pub fn nash(&self, weights: &[f64]) -> Option<Vec<f64>> {
        self.solve(|gains| {
            if let Some((_, slope)) = gains.iter().find(|(gain, _)| *gain <= 0.0) {
                return Seen::Outside(-slope);
            }
            let weighted = || gains.iter().zip(weights);
            let value = weighted().map(|((gain, _), weight)| weight * ln(*gain)).sum();
            let slopes = weighted().map(|((gain, slope), weight)| slope * (weight / gain));
            Seen::Inside(value, slopes.sum())
        })
        .map(|best| terms(&best))
    }

    /// The egalitarian solution: the least gain is as great as it can be; nothing where somebody would
    /// lose.
    ///
    /// # Source
    ///
    /// Kalai (1977), *Proportional Solutions to Bargaining Situations*, Econometrica 45(7).
    pub fn egalitarian(&self) -> Option<Vec<f64>> {
        self.proportional(&vec![1.0; self.sides.len()])
    }

    /// The Kalai–Smorodinsky solution: the least gain, in proportion to the most that each side could hope
    /// for if the others did not lose, is as great as it can be.
    ///
    /// # Source
    ///
    /// Kalai and Smorodinsky (1975), Econometrica 43(3); several sides: Imai (1983), ibid. 51(2), of whose
    /// order of gains this is the first step.
    pub fn kalai_smorodinsky(&self) -> Option<Vec<f64>> {
        let hopes: Option<Vec<f64>> = (0..self.sides.len()).map(|side| self.hope(side)).collect();
        self.proportional(&hopes.filter(|hopes| hopes.iter().all(|hope| *hope > PRECISION))?)
    }

    /// The most that a side could gain if the others did not lose.
    fn hope(&self, side: usize) -> Option<f64> {
        let most = self.solve(|gains| {
            let others = gains.iter().enumerate().filter(|(other, _)| *other != side);
            let mut losers = others.filter(|(_, (gain, _))| *gain < 0.0);
            match losers.next() {
                Some((_, (_, slope))) => Seen::Outside(-slope),
                None => Seen::Inside(gains[side].0, gains[side].1.clone()),
            }
        });
        most.map(|best| best.value)
    }

    /// The terms at which the least gain in proportion to these shares is greatest.
    fn proportional(&self, shares: &[f64]) -> Option<Vec<f64>> {
        let best = self.solve(|gains| {
            let all = gains
                .iter()
                .zip(shares)
                .map(|((gain, slope), share)| (gain / share, slope / *share));
            let least = all.min_by(|a, b| a.0.total_cmp(&b.0));
            let (value, slope) = least.unwrap_or_else(|| unreachable!("there are sides"));
            Seen::Inside(value, slope)
        });
        best.filter(|best| best.value >= 0.0).map(|best| terms(&best))
    }

    /// The utilitarian solution: the greatest sum of utilities of all sides.
    pub fn utilitarian(&self) -> Option<Vec<f64>> {
        self.solve(|gains| {
            let value = gains.iter().map(|(gain, _)| gain).sum();
            Seen::Inside(value, gains.iter().map(|(_, slope)| slope).sum())
        })
        .map(|best| terms(&best))
    }

    fn solve(&self, look: impl Fn(Gains) -> Seen) -> Option<Best> {
        // What is not certified is no solution.
        greatest(self.issues, PRECISION, |terms| look(self.gains(terms)))
            .filter(|best| best.gap <= PRECISION)
    }
}

fn terms(best: &Best) -> Vec<f64> {
    best.point.as_slice().to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bargaining::{ContractCurve, Disagreement};
    use proptest::prelude::*;

    fn preferences() -> impl Strategy<Value = Preferences> {
        let (ideal, weights) =
            (prop::collection::vec(0.0..=1.0_f64, 3), prop::collection::vec(0.1..1.0_f64, 3));
        (ideal, weights, 1.0..2.5_f64)
            .prop_map(|(ideal, weights, q)| Preferences::new(ideal, &weights, q).expect("valid"))
    }

    fn side(own: &Preferences, disagreement: f64) -> Side<'_> {
        Side { voices: vec![(1.0, own)], disagreement }
    }

    fn logarithm(sides: &Sides, weights: &[f64], terms: &[f64]) -> f64 {
        let gains = sides.gains(&DVector::from_row_slice(terms));
        gains.iter().zip(weights).map(|((gain, _), w)| w * ln(gain.max(0.0))).sum()
    }

    fn least(sides: &Sides, terms: &[f64]) -> f64 {
        let gains = sides.gains(&DVector::from_row_slice(terms));
        gains.iter().map(|(gain, _)| *gain).fold(f64::INFINITY, f64::min)
    }

    proptest! {
        // The contract curve takes its time where curvatures differ.
        #![proptest_config(ProptestConfig::with_cases(8))]

        #[test]
        fn between_two_sides_it_is_the_contract_curve(
            one in preferences(), other in preferences(), weight in 0.2..0.8_f64,
        ) {
            let sides = Sides::new(vec![side(&one, 0.2), side(&other, 0.3)]).expect("sides");
            let curve = ContractCurve::new(&one, &other);
            let nothing = Disagreement { first: 0.2, second: 0.3 };
            let weights = [weight, 1.0 - weight];
            let pairs = [
                (sides.nash(&weights), curve.nash(nothing, weight)),
                (sides.egalitarian(), curve.egalitarian(nothing)),
                (sides.kalai_smorodinsky(), curve.kalai_smorodinsky(nothing)),
                (sides.utilitarian(), Some(curve.utilitarian())),
            ];
            for (at, (found, known)) in pairs.into_iter().enumerate() {
                prop_assert_eq!(found.is_some(), known.is_some(), "solution {}", at);
                let Some((found, known)) = found.zip(known) else { continue };
                let worth = |own: &Preferences, terms: &[f64]| own.utility(terms);
                let sum = |terms: &[f64]| worth(&one, terms) + worth(&other, terms);
                let height = |terms: &[f64]| match at {
                    0 => logarithm(&sides, &weights, terms),
                    1 => least(&sides, terms),
                    3 => sum(terms),
                    _ => {
                        // Hopes are found to 1e-11 themselves.
                        let hopes = [sides.hope(0).expect("a hope"), sides.hope(1).expect("a hope")];
                        let gains = [worth(&one, terms) - 0.2, worth(&other, terms) - 0.3];
                        (gains[0] / hopes[0]).min(gains[1] / hopes[1])
                    }
                };
                // Within the certificate; the curve itself is found by halving along shares.
                let gap = (height(&found) - height(&known.terms)).abs();
                prop_assert!(gap < 1e-9, "solution {at}: {gap:e}");
            }
        }

        #[test]
        fn a_side_that_comes_twice_counts_twice(one in preferences(), other in preferences()) {
            let all = vec![side(&one, 0.0), side(&other, 0.0), side(&other, 0.0)];
            let sides = Sides::new(all).expect("sides");
            let nothing = Disagreement { first: 0.0, second: 0.0 };
            let known = ContractCurve::new(&one, &other).nash(nothing, 1.0 / 3.0);
            let found = sides.nash(&[1.0; 3]);
            if let Some((found, known)) = found.zip(known) {
                let height = |terms: &[f64]| logarithm(&sides, &[1.0; 3], terms);
                prop_assert!((height(&found) - height(&known.terms)).abs() < 1e-9);
            }
        }
    }

    proptest! {
        #[test]
        fn no_other_terms_do_better(
            all in prop::collection::vec(preferences(), 3),
            terms in prop::collection::vec(0.0..=1.0_f64, 3),
        ) {
            let sides = Sides::new(all.iter().map(|own| side(own, 0.1)).collect()).expect("sides");
            let weights = [0.5, 0.3, 0.2];
            if let Some(nash) = sides.nash(&weights) {
                let best = logarithm(&sides, &weights, &nash);
                prop_assert!(logarithm(&sides, &weights, &terms) <= best + 2.0 * PRECISION);
            }
            if let Some(equal) = sides.egalitarian() {
                prop_assert!(least(&sides, &terms) <= least(&sides, &equal) + 2.0 * PRECISION);
            }
        }
    }

    #[test]
    fn where_somebody_must_lose_there_is_no_agreement() {
        let at = |ideal| Preferences::new(vec![ideal], &[1.0], 1.0).expect("valid");
        let (one, other) = (at(0.0), at(1.0));
        let sides = Sides::new(vec![side(&one, 0.7), side(&other, 0.7)]).expect("sides");
        assert_eq!((sides.nash(&[1.0; 2]), sides.egalitarian()), (None, None));
        assert_eq!(sides.kalai_smorodinsky(), None);
        assert!(sides.utilitarian().is_some() && Sides::new(Vec::new()).is_none());
    }
}
