//! The contract curve between two sides, and the classic solutions of bargaining on it.

use crate::elementary::{exp, power};
use crate::utility::Preferences;

/// Halvings of an interval of weights or levels: 2^-90 of it is below any rounding that matters.
const HALVINGS: u32 = 90;

/// Log-odds beyond which a weight is 0 or 1.
const LONGEST_ODDS: f64 = 700.0;

/// All terms at which neither side can gain without the other losing.
///
/// ```text
/// x(λ) = argmax λ U_1(x) + (1 − λ) U_2(x)
/// ```
/// Separable: solved issue by issue, in closed form where both curvatures are equal and above 1.
///
/// # Source
///
/// Edgeworth (1881), *Mathematical Psychics*; for spatial utilities Enelow and Hinich (1984).
#[derive(Clone, Copy, Debug)]
pub struct ContractCurve<'a> {
    first: &'a Preferences,
    second: &'a Preferences,
}

/// Terms on (or beside) the contract curve.
#[derive(Clone, Debug, PartialEq)]
pub struct Solution {
    /// The weight λ of the first side.
    pub lambda: f64,
    /// One level for each issue.
    pub terms: Vec<f64>,
    /// Utility of the first and of the second side.
    pub utilities: (f64, f64),
}

/// What each side has if no agreement comes about.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Disagreement {
    /// Of the first side.
    pub first: f64,
    /// Of the second side.
    pub second: f64,
}

impl<'a> ContractCurve<'a> {
    /// The curve between two sides with preferences over the same issues.
    pub const fn new(first: &'a Preferences, second: &'a Preferences) -> Self {
        Self { first, second }
    }

    /// The point at weight `lambda` in `[0, 1]` of the first side.
    pub fn at(&self, lambda: f64) -> Solution {
        self.at_odds(lambda / (1.0 - lambda))
    }

    /// The point at odds λ / (1 − λ), which tell weights near 0 and 1 apart.
    fn at_odds(&self, odds: f64) -> Solution {
        let level = |issue| self.level(issue, odds);
        let lambda = if odds.is_finite() { odds / (1.0 + odds) } else { 1.0 };
        self.solution(lambda, (0..self.first.issues()).map(level).collect())
    }

    /// `count + 1` points spaced evenly in `U_1 − U_2`, from the second side's best to the first's.
    ///
    /// Where the curve is flat (curvature 1, or equal slopes) a whole piece of it belongs to one
    /// λ; points there lie on the line between its ends.
    pub fn spaced(&self, count: usize) -> Vec<Solution> {
        (0..=count).map(|at| self.at_share(at as f64 / count as f64)).collect()
    }

    /// The point at a share of the way from the second side's best to the first side's best,
    /// measured in `U_1 − U_2`.
    pub fn at_share(&self, share: f64) -> Solution {
        let (mut low, mut high) = (self.at(0.0), self.at(1.0));
        if share <= 0.0 {
            return low;
        }
        if share >= 1.0 {
            return high;
        }
        let target = low.advantage() + share * (high.advantage() - low.advantage());
        let (mut from, mut to) = (-LONGEST_ODDS, LONGEST_ODDS);
        for _ in 0..HALVINGS {
            let odds = f64::midpoint(from, to);
            let middle = self.at_odds(exp(odds));
            if middle.advantage() < target {
                (low, from) = (middle, odds);
            } else {
                (high, to) = (middle, odds);
            }
        }
        self.between(&low, &high, target)
    }

    /// The point of the line from `low` to `high` whose advantage is nearest to `target`.
    fn between(&self, low: &Solution, high: &Solution, target: f64) -> Solution {
        let gap = high.advantage() - low.advantage();
        let part = if gap > 0.0 { ((target - low.advantage()) / gap).clamp(0.0, 1.0) } else { 1.0 };
        let mix = |(a, b): (&f64, &f64)| a + part * (b - a);
        let terms = low.terms.iter().zip(&high.terms).map(mix).collect();
        self.solution(mix((&low.lambda, &high.lambda)), terms)
    }

    fn solution(&self, lambda: f64, terms: Vec<f64>) -> Solution {
        let utilities = (self.first.utility(&terms), self.second.utility(&terms));
        Solution { lambda, terms, utilities }
    }

    /// The level of one issue at odds of the first side's weight.
    fn level(&self, issue: usize, odds: f64) -> f64 {
        let (from, to) = (self.first.ideal(issue), self.second.ideal(issue));
        let weights = (self.first.salience(issue), self.second.salience(issue));
        let part = match weights {
            (0.0, 0.0) => 0.5,
            (_, 0.0) => 0.0,
            (0.0, _) => 1.0,
            (first, second) => self.concession((odds * first, second), (to - from).abs()),
        };
        from + part * (to - from)
    }

    /// How much of the distance between two ideals the first side concedes, given what the issue
    /// weighs on either side of the sum.
    fn concession(&self, (first, second): (f64, f64), distance: f64) -> f64 {
        let (q, r) = (self.first.curvature(), self.second.curvature());
        if first <= 0.0 || distance == 0.0 {
            return 1.0;
        }
        if first.is_infinite() {
            return 0.0;
        }
        if q == r && q > 1.0 {
            let odds = power(second / first, 1.0 / (q - 1.0));
            return if odds.is_finite() { odds / (1.0 + odds) } else { 1.0 };
        }
        let slope = |part: f64| {
            first * q * power(distance * part, q - 1.0)
                - second * r * power(distance * (1.0 - part), r - 1.0)
        };
        rising_root(slope)
    }

    /// The asymmetric Nash solution: the terms that maximise
    /// `(U_1 − d_1)^weight (U_2 − d_2)^(1 − weight)`; nothing where no terms leave both better off.
    ///
    /// # Source
    ///
    /// Nash (1950), Econometrica 18(2), 155-162; Kalai (1977), International Journal of Game
    /// Theory 6(3), 129-133 (asymmetric).
    pub fn nash(&self, disagreement: Disagreement, weight: f64) -> Option<Solution> {
        let product = |point: &Solution| {
            let (first, second) = point.gains(disagreement);
            if first <= 0.0 || second <= 0.0 {
                // Rising towards the stretch where both gain, so that the search finds it.
                return first.min(0.0) + second.min(0.0) - 1e-9;
            }
            power(first, weight) * power(second, 1.0 - weight)
        };
        Some(self.best(product)).filter(|point| point.gains_both(disagreement))
    }

    /// The Kalai–Smorodinsky solution: gains in proportion to the most each could hope for.
    ///
    /// # Source
    ///
    /// Kalai and Smorodinsky (1975), Econometrica 43(3), 513-518.
    pub fn kalai_smorodinsky(&self, disagreement: Disagreement) -> Option<Solution> {
        let Disagreement { first, second } = disagreement;
        let most_first = self.where_rising(|point| second - point.utilities.1).utilities.0 - first;
        let most_second = self.where_rising(|point| point.utilities.0 - first).utilities.1 - second;
        let point = self.where_rising(|point| {
            let gains = point.gains(disagreement);
            gains.0 * most_second - gains.1 * most_first
        });
        Some(point).filter(|point| point.gains_both(disagreement))
    }

    /// The egalitarian solution: equal gains.
    ///
    /// # Source
    ///
    /// Kalai (1977), *Proportional Solutions to Bargaining Situations*, Econometrica 45(7).
    pub fn egalitarian(&self, disagreement: Disagreement) -> Option<Solution> {
        let point = self.where_rising(|point| {
            let gains = point.gains(disagreement);
            gains.0 - gains.1
        });
        Some(point).filter(|point| point.gains_both(disagreement))
    }

    /// The utilitarian solution: the greatest sum of utilities (λ = ½).
    pub fn utilitarian(&self) -> Solution {
        self.at(0.5)
    }

    /// The share at which something that rises along the curve crosses 0, or the nearer end.
    fn where_rising(&self, height: impl Fn(&Solution) -> f64) -> Solution {
        self.at_share(rising_root(|share| height(&self.at_share(share))))
    }

    /// The point with the greatest value of something with a single peak along the curve.
    fn best(&self, value: impl Fn(&Solution) -> f64) -> Solution {
        let ratio = (5.0_f64.sqrt() - 1.0) / 2.0;
        let (mut low, mut high) = (0.0, 1.0);
        for _ in 0..HALVINGS {
            let (left, right) = (high - ratio * (high - low), low + ratio * (high - low));
            if value(&self.at_share(left)) < value(&self.at_share(right)) {
                low = left;
            } else {
                high = right;
            }
        }
        self.at_share(f64::midpoint(low, high))
    }
}

impl Solution {
    /// `U_1 − U_2`.
    fn advantage(&self) -> f64 {
        self.utilities.0 - self.utilities.1
    }

    fn gains(&self, disagreement: Disagreement) -> (f64, f64) {
        (self.utilities.0 - disagreement.first, self.utilities.1 - disagreement.second)
    }

    fn gains_both(&self, disagreement: Disagreement) -> bool {
        let gains = self.gains(disagreement);
        gains.0 >= 0.0 && gains.1 >= 0.0
    }
}

/// Where a function that rises on `[0, 1]` crosses 0: by halving, or the nearer end.
fn rising_root(f: impl Fn(f64) -> f64) -> f64 {
    if f(0.0) >= 0.0 {
        return 0.0;
    }
    if f(1.0) <= 0.0 {
        return 1.0;
    }
    let (mut low, mut high) = (0.0, 1.0);
    for _ in 0..HALVINGS {
        let middle = f64::midpoint(low, high);
        if f(middle) < 0.0 { low = middle } else { high = middle }
    }
    f64::midpoint(low, high)
}

/// The share that the first proposer gets of a pie when offers alternate for ever.
///
/// ```text
/// (1 − δ_2) / (1 − δ_1 δ_2)
/// ```
/// δ: the discount factors of the two sides, in `[0, 1)`.
///
/// # Source
///
/// Rubinstein (1982), *Perfect Equilibrium in a Bargaining Model*, Econometrica 50(1), 97-109.
pub fn rubinstein_share(first_discount: f64, second_discount: f64) -> f64 {
    (1.0 - second_discount) / (1.0 - first_discount * second_discount)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn sides(q: f64, r: f64) -> (Preferences, Preferences) {
        let make = |ideal: [f64; 3], weights: [f64; 3], q| {
            Preferences::new(ideal.to_vec(), &weights, q).expect("they are valid")
        };
        (make([1.0, 0.0, 0.0], [0.40, 0.35, 0.25], q), make([0.0, 1.0, 1.0], [0.35, 0.35, 0.30], r))
    }

    #[test]
    fn points_are_spaced_evenly_in_advantage_for_every_curvature() {
        let pairs = [(1.0, 1.0), (1.3, 1.3), (2.0, 2.0), (20.0, 20.0), (1.01, 1.01)];
        for (q, r) in pairs.into_iter().chain([(1.3, 2.0), (1.0, 2.0), (3.0, 1.0), (9.0, 1.5)]) {
            let (first, second) = sides(q, r);
            let points = ContractCurve::new(&first, &second).spaced(64);
            let step = (points[64].advantage() - points[0].advantage()) / 64.0;
            for (at, point) in points.iter().enumerate() {
                let expected = points[0].advantage() + at as f64 * step;
                assert!((point.advantage() - expected).abs() < 1e-9, "q {q}, r {r}, point {at}");
            }
        }
    }

    #[test]
    fn with_linear_losses_each_issue_goes_to_whoever_weighs_it_more() {
        let (first, second) = sides(1.0, 1.0);
        let point = ContractCurve::new(&first, &second).at(0.52);
        assert_eq!(point.terms, [1.0, 0.0, 1.0]);
    }

    #[test]
    fn the_nash_solution_splits_a_linear_pie_by_weight() {
        // closed_forms: NBS_asym_linear, u1 = d1 + a (S − d1 − d2).
        let first = Preferences::new(vec![1.0], &[1.0], 1.0).expect("valid");
        let second = Preferences::new(vec![0.0], &[1.0], 1.0).expect("valid");
        let curve = ContractCurve::new(&first, &second);
        let disagreement = Disagreement { first: 0.2, second: 0.3 };
        let point = curve.nash(disagreement, 0.6).expect("there is a surplus");
        // A maximum is found to the square root of the rounding of its height.
        assert!((point.utilities.0 - 0.5).abs() < 1e-7);
        let equal = curve.egalitarian(disagreement).expect("there is a surplus");
        assert!((equal.utilities.0 - 0.45).abs() < 1e-12);
        let ks = curve.kalai_smorodinsky(disagreement).expect("there is a surplus");
        assert!((ks.utilities.0 - 0.45).abs() < 1e-12);
        assert_eq!(curve.nash(Disagreement { first: 0.7, second: 0.7 }, 0.5), None);
    }

    #[test]
    fn the_nash_solution_with_one_quadratic_side_has_its_closed_form() {
        // closed_forms: NBS_asym_quadratic, u1 = x, u2 = 1 − x², d = 0: x = √(a / (2 − a)).
        let first = Preferences::new(vec![1.0], &[1.0], 1.0).expect("valid");
        let second = Preferences::new(vec![0.0], &[1.0], 2.0).expect("valid");
        let nothing = Disagreement { first: 0.0, second: 0.0 };
        let point = ContractCurve::new(&first, &second).nash(nothing, 0.6).expect("a surplus");
        assert!((point.terms[0] - 0.654_653_670_707_977_2).abs() < 1e-7);
        assert!((point.utilities.1 - 0.571_428_571_428_571_4).abs() < 1e-7);
    }

    #[test]
    fn rubinstein_matches_the_reference() {
        assert!((rubinstein_share(0.9, 0.8) - 0.714_285_714_285_714_3).abs() < 1e-15);
    }

    proptest! {
        #[test]
        fn no_terms_beat_the_curve_for_its_weights(
            lambda in 0.01..0.99_f64,
            terms in prop::collection::vec(0.0..=1.0_f64, 3),
            q in 1.0..3.0_f64,
            r in 1.0..3.0_f64,
        ) {
            let (first, second) = sides(q, r);
            let point = ContractCurve::new(&first, &second).at(lambda);
            let worth = |one: f64, two: f64| lambda * one + (1.0 - lambda) * two;
            let best = worth(point.utilities.0, point.utilities.1);
            let other = worth(first.utility(&terms), second.utility(&terms));
            prop_assert!(other <= best + 1e-12);
        }
    }
}
