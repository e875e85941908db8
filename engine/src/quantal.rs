//! The logit quantal response correspondence of a game, followed from the centre outwards.

use nalgebra::{DMatrix, DVector};

use crate::elementary::{exp, ln};
use crate::game::{Mixed, NormalForm};

/// A quantal response equilibrium.
#[derive(Clone, Debug, PartialEq)]
pub struct QuantalPoint {
    /// λ: 0 is chance, ∞ is no error.
    pub lambda: f64,
    /// What each player plays.
    pub strategies: Mixed,
    /// The most by which a chance differs from the logit response to the others.
    pub residual: f64,
    /// The most that anybody could gain by playing otherwise.
    pub regret: f64,
}

/// The branch that begins at λ = 0, at the values asked for.
#[derive(Clone, Debug, PartialEq)]
pub struct QuantalBranch {
    /// One for each λ that was reached.
    pub points: Vec<QuantalPoint>,
    /// Where the branch could not be followed further; nothing if all was reached.
    pub stopped_at: Option<f64>,
    /// Near which λ other branches cross this one, as they do in symmetric games; it is followed
    /// straight on.
    pub crossings: Vec<f64>,
}

/// Steps along the branch at most, and how long they are, in logarithms of chances and of 1 + λ.
const MOST_STEPS: usize = 20_000;
const FIRST_STEP: f64 = 0.02;
const LONGEST_STEP: f64 = 0.4;
const SHORTEST_STEP: f64 = 1e-9;

/// Newton's method has arrived when no equation is off by more.
const ARRIVED: f64 = 1e-12;

/// Follows the branch of logit quantal response equilibria that begins at λ = 0,
///
/// ```text
/// p_is ∝ exp(λ u_i(s, p_−i))
/// ```
/// in logarithms of chances, with λ as one more unknown, so that it can turn back.
///
/// `lambdas` are in rising order; each is taken where the branch first reaches it.
///
/// # Source
///
/// McKelvey and Palfrey (1995), *Quantal Response Equilibria for Normal Form Games*, Games and
/// Economic Behavior 10(1), equation 4; the method: Turocy (2005), *A dynamic homotopy interpretation
/// of the logistic quantal response equilibrium correspondence*, ibid. 51(2).
pub fn quantal_branch(game: &NormalForm, lambdas: &[f64]) -> QuantalBranch {
    let system = System::new(game);
    let mut here = system.centre();
    let mut direction = DVector::zeros(here.len());
    direction[here.len() - 1] = 1.0;
    let mut step = FIRST_STEP;
    let (mut points, mut crossings) = (Vec::new(), Vec::new());
    let mut side = 0.0;
    let mut wanted = lambdas.iter().copied().peekable();
    while wanted.next_if(|lambda| *lambda <= 0.0).is_some() {
        points.push(system.point(&here, 0.0));
    }
    let mut steps = 0;
    while let Some(target) = wanted.peek().copied() {
        steps += 1;
        let lambda = here[here.len() - 1];
        let Some((tangent, now)) = system.tangent(&here, &direction) else {
            return QuantalBranch { points, stopped_at: Some(lambda), crossings };
        };
        if now * side < 0.0 {
            crossings.push(lambda);
        }
        side = now;
        // λ grows without bound while logarithms of chances need not: its steps are relative.
        let stretch = tangent.norm().max(tangent[here.len() - 1].abs() / (1.0 + lambda.abs()));
        let next = system.correct(&here + &tangent * (step / stretch), &tangent);
        let near = |next: &DVector<f64>| (next - &here).norm() <= 3.0 * step * (1.0 + lambda.abs());
        let next = next.filter(near);
        let passed = next.as_ref().map(|next| next[next.len() - 1]);
        let at_target = match (&next, passed) {
            (Some(next), Some(reached)) if lambda < target && target <= reached => {
                let share = (target - lambda) / (reached - lambda);
                Some(system.at_lambda(&here + (next - &here) * share, target).filter(near))
            }
            _ => None,
        };
        if let Some(Some(at)) = at_target {
            points.push(system.point(&at, target));
            wanted.next();
            continue;
        }
        // A step that fails, or that passes a target without finding it, is tried shorter.
        let Some(next) = next.filter(|_| at_target.is_none()) else {
            step /= 2.0;
            if step < SHORTEST_STEP || steps > MOST_STEPS {
                return QuantalBranch { points, stopped_at: Some(lambda), crossings };
            }
            continue;
        };
        if steps > MOST_STEPS {
            return QuantalBranch { points, stopped_at: Some(lambda), crossings };
        }
        (here, direction) = (next, tangent);
        step = (step * 1.3).min(LONGEST_STEP);
    }
    QuantalBranch { points, stopped_at: None, crossings }
}

/// The equations, in logarithms of all chances and λ.
struct System<'a> {
    game: &'a NormalForm,
    /// The first unknown of each player.
    starts: Vec<usize>,
    unknowns: usize,
    profiles: Vec<Vec<usize>>,
}

impl<'a> System<'a> {
    fn new(game: &'a NormalForm) -> Self {
        let mut starts = Vec::new();
        let mut unknowns = 0;
        for own in game.strategies() {
            starts.push(unknowns);
            unknowns += own.len();
        }
        let profiles = (0..game.profiles()).map(|number| game.profile(number)).collect();
        Self { game, starts, unknowns, profiles }
    }

    fn players(&self) -> usize {
        self.starts.len()
    }

    fn count(&self, player: usize) -> usize {
        self.game.strategies()[player].len()
    }

    /// λ = 0: all strategies alike.
    fn centre(&self) -> DVector<f64> {
        let mut centre = DVector::zeros(self.unknowns + 1);
        for player in 0..self.players() {
            for at in 0..self.count(player) {
                centre[self.starts[player] + at] = -ln(self.count(player) as f64);
            }
        }
        centre
    }

    fn mixed(&self, point: &DVector<f64>) -> Mixed {
        let own = |player: usize| {
            (0..self.count(player)).map(|at| exp(point[self.starts[player] + at])).collect()
        };
        (0..self.players()).map(own).collect()
    }

    /// What each strategy brings, and how that moves with the logarithm of every other chance.
    fn replies(&self, mixed: &Mixed) -> (DVector<f64>, DMatrix<f64>) {
        let mut worth = DVector::zeros(self.unknowns);
        let mut slope = DMatrix::zeros(self.unknowns, self.unknowns);
        for (number, profile) in self.profiles.iter().enumerate() {
            for player in 0..self.players() {
                let own = self.starts[player] + profile[player];
                let others = (0..self.players()).filter(|other| *other != player);
                let chance: f64 =
                    others.clone().map(|other| mixed[other][profile[other]]).product();
                let part = chance * self.game.payoff(number, player);
                worth[own] += part;
                // A logarithm moves its chance, and with it the whole product, in proportion.
                for other in others {
                    slope[(own, self.starts[other] + profile[other])] += part;
                }
            }
        }
        (worth, slope)
    }

    /// The equations at a point and their derivatives: for each player chances that add up to 1, and
    /// `ln p_s − ln p_0 = λ (u_s − u_0)`.
    fn equations(&self, point: &DVector<f64>) -> (DVector<f64>, DMatrix<f64>) {
        let mixed = self.mixed(point);
        let (worth, slope) = self.replies(&mixed);
        let lambda = point[self.unknowns];
        let mut values = DVector::zeros(self.unknowns);
        let mut slopes = DMatrix::zeros(self.unknowns, self.unknowns + 1);
        for (own, first) in mixed.iter().zip(self.starts.iter().copied()) {
            values[first] = own.iter().sum::<f64>() - 1.0;
            for (at, chance) in own.iter().enumerate() {
                slopes[(first, first + at)] = *chance;
            }
            for row in first + 1..first + own.len() {
                let gap = worth[row] - worth[first];
                values[row] = point[row] - point[first] - lambda * gap;
                slopes[(row, row)] += 1.0;
                slopes[(row, first)] -= 1.0;
                for column in 0..self.unknowns {
                    slopes[(row, column)] -=
                        lambda * (slope[(row, column)] - slope[(first, column)]);
                }
                slopes[(row, self.unknowns)] = -gap;
            }
        }
        (values, slopes)
    }

    /// The direction along the branch, on the side of another direction; and the sign of the
    /// determinant across it, which changes where branches cross.
    fn tangent(&self, point: &DVector<f64>, along: &DVector<f64>) -> Option<(DVector<f64>, f64)> {
        let (_, slopes) = self.equations(point);
        let mut right = DVector::zeros(self.unknowns + 1);
        right[self.unknowns] = 1.0;
        let tangent = bordered(&slopes, along).lu().solve(&right)?;
        let length = tangent.norm();
        if !(length.is_finite() && length > 0.0) {
            return None;
        }
        let tangent = tangent / length;
        let side = bordered(&slopes, &tangent).lu().determinant().signum();
        Some((tangent, side))
    }

    /// Back to the branch, at right angles to a direction.
    fn correct(&self, mut point: DVector<f64>, across: &DVector<f64>) -> Option<DVector<f64>> {
        for _ in 0..12 {
            let (values, slopes) = self.equations(&point);
            let scale = 1.0 + point[self.unknowns].abs();
            if values.amax() <= ARRIVED * scale {
                return Some(point);
            }
            let mut right = DVector::zeros(self.unknowns + 1);
            right.rows_mut(0, self.unknowns).copy_from(&-values);
            point += bordered(&slopes, across).lu().solve(&right)?;
            if !point.iter().all(|x| x.is_finite()) {
                return None;
            }
        }
        None
    }

    /// Back to the branch at a given λ.
    fn at_lambda(&self, mut point: DVector<f64>, lambda: f64) -> Option<DVector<f64>> {
        let mut only = DVector::zeros(self.unknowns + 1);
        only[self.unknowns] = 1.0;
        point[self.unknowns] = lambda;
        self.correct(point, &only)
    }

    fn point(&self, point: &DVector<f64>, lambda: f64) -> QuantalPoint {
        let strategies = self.mixed(point);
        let mut residual: f64 = 0.0;
        for (player, own) in strategies.iter().enumerate() {
            let replies = self.game.replies(player, &strategies);
            let best = replies.iter().copied().fold(f64::NEG_INFINITY, f64::max);
            let weights: Vec<f64> =
                replies.iter().map(|worth| exp(lambda * (worth - best))).collect();
            let sum: f64 = weights.iter().sum();
            for (chance, weight) in own.iter().zip(&weights) {
                residual = residual.max((chance - weight / sum).abs());
            }
        }
        let regret = self.game.regret(&strategies);
        QuantalPoint { lambda, strategies, residual, regret }
    }
}

/// The derivatives with a direction as one more row.
fn bordered(slopes: &DMatrix<f64>, along: &DVector<f64>) -> DMatrix<f64> {
    let size = slopes.ncols();
    DMatrix::from_fn(
        size,
        size,
        |row, column| {
            if row + 1 < size { slopes[(row, column)] } else { along[column] }
        },
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bimatrix(a: [[f64; 2]; 2], b: [[f64; 2]; 2]) -> NormalForm {
        let names = || vec!["0".to_owned(), "1".to_owned()];
        let mut payoffs = Vec::new();
        for column in 0..2 {
            for row in 0..2 {
                payoffs.extend([a[row][column], b[row][column]]);
            }
        }
        NormalForm::new(vec!["row".into(), "column".into()], vec![names(), names()], payoffs)
            .expect("valid")
    }

    #[test]
    fn asymmetric_matching_pennies_follows_its_published_branch() {
        // closed_forms: QRE_asym_matching_pennies (McKelvey and Palfrey 1995), found there to 1e-15.
        let (a, b, c) = (1.1141, 0.2785, 1.1141);
        let game = bimatrix([[a, 0.0], [0.0, b]], [[0.0, c], [c, 0.0]]);
        let lambdas = [0.5, 1.0, 2.0, 5.0, 10.0, 50.0];
        let known = [
            (0.549_653_975_481_852, 0.486_173_652_301_682_9),
            (0.586_784_036_663_789_8, 0.451_807_031_389_501),
            (0.617_521_945_925_901_5, 0.371_981_664_218_250_13),
            (0.595_876_300_366_137_9, 0.255_753_565_631_874_07),
            (0.557_688_520_616_827_2, 0.216_629_776_056_952_74),
            (0.512_404_051_248_585_2, 0.200_698_353_976_531_9),
        ];
        let branch = quantal_branch(&game, &lambdas);
        assert_eq!((branch.points.len(), branch.stopped_at), (6, None));
        assert!(branch.crossings.is_empty());
        for (point, (p, q)) in branch.points.iter().zip(known) {
            // The equations hold to 1e-12 (1 + λ), and their derivatives are of the order of λ.
            assert!((point.strategies[0][0] - p).abs() < 1e-10, "{point:?}");
            assert!((point.strategies[1][0] - q).abs() < 1e-10, "{point:?}");
            assert!(point.residual < 1e-10);
        }
    }

    #[test]
    fn the_prisoner_s_dilemma_follows_its_published_branch() {
        // closed_forms: QRE_prisoners_dilemma.
        let game = bimatrix([[3.0, 0.0], [5.0, 1.0]], [[3.0, 5.0], [0.0, 1.0]]);
        let known = [
            (0.1, 0.463_478_205_950_279_83),
            (0.5, 0.338_648_202_366_453_43),
            (1.0, 0.226_750_644_834_349_54),
            (2.0, 0.099_788_483_970_447_32),
        ];
        let branch = quantal_branch(&game, &known.map(|(lambda, _)| lambda));
        for (point, (_, x)) in branch.points.iter().zip(known) {
            assert!((point.strategies[0][0] - x).abs() < 1e-10, "{point:?}");
        }
        assert_eq!(branch.points.len(), 4);
    }

    #[test]
    fn where_branches_cross_it_is_said_and_the_symmetric_one_goes_on() {
        // Battle of the sexes: x = 1 − y for ever, and two branches leave it.
        let game = bimatrix([[2.0, 0.0], [0.0, 1.0]], [[1.0, 0.0], [0.0, 2.0]]);
        let branch = quantal_branch(&game, &[1.0, 5.0]);
        assert_eq!((branch.points.len(), branch.crossings.len()), (2, 1));
        // They cross where a push to both sides is answered in full: 3 λ x (1 − x) = 1.
        let fine: Vec<f64> = (1000..2000).map(|at| f64::from(at) / 1000.0).collect();
        let answered = |point: &QuantalPoint| {
            let x = point.strategies[0][0];
            3.0 * point.lambda * x * (1.0 - x)
        };
        let all = quantal_branch(&game, &fine);
        let crossing = all.points.iter().find(|point| answered(point) > 1.0).expect("it is there");
        // It is seen at the end of the step that passes it.
        let late = branch.crossings[0] - crossing.lambda;
        assert!((-1e-3..=LONGEST_STEP * 3.0).contains(&late), "{:?}", branch.crossings);
        for point in &branch.points {
            assert!((point.strategies[0][0] - point.strategies[1][1]).abs() < 1e-10);
        }
    }

    #[test]
    fn three_players_alike_stay_at_the_centre() {
        let names = || vec!["0".to_owned(), "1".to_owned()];
        let players = vec!["a".to_owned(), "b".to_owned(), "c".to_owned()];
        let game = NormalForm::new(players, vec![names(); 3], vec![1.0; 24]).expect("valid");
        let branch = quantal_branch(&game, &[0.0, 1.0, 100.0]);
        assert_eq!((branch.points.len(), branch.stopped_at), (3, None));
        for point in &branch.points {
            assert!(point.strategies.concat().iter().all(|x| (x - 0.5).abs() < 1e-12));
        }
    }
}
