//! The logit quantal response correspondence of a game, followed from the centre outwards.

use nalgebra::{DMatrix, DVector};

use crate::elementary::{exp, ln};
use crate::extensive::{ExtensiveForm, Next};
use crate::game::{Mixed, NormalForm};

/// A quantal response equilibrium.
#[derive(Clone, Debug, PartialEq)]
pub struct QuantalPoint {
    /// λ: 0 is chance, ∞ is no error.
    pub lambda: f64,
    /// What is played, by player or by information set.
    pub strategies: Mixed,
    /// The most by which a chance differs from the logit response to the others.
    pub residual: f64,
    /// The most that a player could gain by playing otherwise, or by acting otherwise at one
    /// information set once it is reached.
    pub regret: f64,
}

/// The branch that begins at λ = 0, at the values asked for.
#[derive(Clone, Debug, PartialEq)]
pub struct QuantalBranch {
    /// One for each λ that was reached.
    pub points: Vec<QuantalPoint>,
    /// Where the branch could not be followed further; nothing if all was reached.
    pub stopped_at: Option<f64>,
    /// Whether it was given up there after a great many steps, and not because it could not go on.
    pub exhausted: bool,
    /// Near which λ other branches cross this one, as they do in symmetric games; it is followed
    /// straight on.
    pub crossings: Vec<f64>,
}

/// Steps along the branch at most, and how long they are.
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
    follow(&Players::new(game), lambdas)
}

/// The same of a game in extensive form, in which each information set is an agent of its own: u is
/// what its player expects of an action given that the set is reached, with beliefs by Bayes' rule.
///
/// # Source
///
/// McKelvey and Palfrey (1998), *Quantal Response Equilibria for Extensive Form Games*, Experimental
/// Economics 1(1), section 3.
pub fn agent_quantal_branch(game: &ExtensiveForm, lambdas: &[f64]) -> QuantalBranch {
    follow(&InformationSets { game }, lambdas)
}

/// Those who respond to each other: each chooses among its own actions.
trait Agents {
    /// How many actions each has.
    fn sizes(&self) -> Vec<usize>;

    /// What each action brings where all are taken with these chances, given as logarithms, and how
    /// that moves with the logarithm of every chance.
    fn replies(&self, logarithms: &[f64]) -> (DVector<f64>, DMatrix<f64>);
}

fn follow(agents: &dyn Agents, lambdas: &[f64]) -> QuantalBranch {
    let system = System::new(agents);
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
    for _ in 0..MOST_STEPS {
        let lambda = here[here.len() - 1];
        let stopped = |points, crossings| QuantalBranch {
            points,
            stopped_at: Some(lambda),
            exhausted: false,
            crossings,
        };
        let Some(target) = wanted.peek().copied() else { break };
        let Some((tangent, now)) = system.tangent(&here, &direction) else {
            return stopped(points, crossings);
        };
        if now * side < 0.0 {
            crossings.push(lambda);
        }
        side = now;
        let guess = &here + &tangent * (step / system.extent(&here, &tangent));
        // What lies far from where it was sought is on another branch.
        let near = |found: &DVector<f64>, sought: &DVector<f64>| {
            system.extent(&here, &(found - sought)) <= step
        };
        let next = system.correct(guess.clone(), &tangent).filter(|next| near(next, &guess));
        let passed = next.as_ref().map(|next| next[next.len() - 1]);
        let at_target = match (&next, passed) {
            (Some(next), Some(reached)) if lambda < target && target <= reached => {
                let share = (target - lambda) / (reached - lambda);
                let guess = &here + (next - &here) * share;
                Some(system.at_lambda(guess.clone(), target).filter(|at| near(at, &guess)))
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
            if step < SHORTEST_STEP {
                return stopped(points, crossings);
            }
            continue;
        };
        (here, direction) = (next, tangent);
        step = (step * 1.3).min(LONGEST_STEP);
    }
    let exhausted = wanted.peek().is_some();
    let stopped_at = exhausted.then(|| here[here.len() - 1]);
    QuantalBranch { points, stopped_at, exhausted, crossings }
}

/// The players of a game in normal form.
struct Players<'a> {
    game: &'a NormalForm,
    profiles: Vec<Vec<usize>>,
}

impl<'a> Players<'a> {
    fn new(game: &'a NormalForm) -> Self {
        Self { game, profiles: (0..game.profiles()).map(|number| game.profile(number)).collect() }
    }
}

impl Agents for Players<'_> {
    fn sizes(&self) -> Vec<usize> {
        self.game.strategies().iter().map(Vec::len).collect()
    }

    fn replies(&self, logarithms: &[f64]) -> (DVector<f64>, DMatrix<f64>) {
        let starts = starts(&self.sizes());
        let (players, unknowns) = (starts.len(), logarithms.len());
        let chances: Vec<f64> = logarithms.iter().map(|own| exp(*own)).collect();
        let mut worth = DVector::zeros(unknowns);
        let mut slope = DMatrix::zeros(unknowns, unknowns);
        for (number, profile) in self.profiles.iter().enumerate() {
            for player in 0..players {
                let own = starts[player] + profile[player];
                let others = (0..players).filter(|other| *other != player);
                let chance: f64 =
                    others.clone().map(|other| chances[starts[other] + profile[other]]).product();
                let part = chance * self.game.payoff(number, player);
                worth[own] += part;
                // A logarithm moves its chance, and with it the whole product, in proportion.
                for other in others {
                    slope[(own, starts[other] + profile[other])] += part;
                }
            }
        }
        (worth, slope)
    }
}

/// The information sets of a game in extensive form.
struct InformationSets<'a> {
    game: &'a ExtensiveForm,
}

impl Agents for InformationSets<'_> {
    fn sizes(&self) -> Vec<usize> {
        self.game.sets().iter().map(|set| set.actions.len()).collect()
    }

    fn replies(&self, logarithms: &[f64]) -> (DVector<f64>, DMatrix<f64>) {
        let unknowns = logarithms.len();
        let mut worth = DVector::zeros(unknowns);
        let mut slope = DMatrix::zeros(unknowns, unknowns);
        for (set, own) in self.game.sets().iter().enumerate() {
            let nodes = self.game.nodes_of(set);
            let beliefs = self.beliefs(nodes, logarithms);
            for action in 0..own.actions.len() {
                let row = self.game.first(set) + action;
                let mut slopes = vec![0.0; unknowns];
                let after = |(node, belief): (&usize, &f64)| {
                    let Next::Decision(_, follow) = &self.game.place(*node).next else {
                        unreachable!("the nodes of an information set are decisions")
                    };
                    self.descend(follow[action], *belief, own.player, logarithms, &mut slopes)
                };
                let brings: Vec<f64> = nodes.iter().zip(&beliefs).map(after).collect();
                let mean: f64 = brings.iter().zip(&beliefs).map(|(a, b)| a * b).sum();
                worth[row] = mean;
                // What makes a node likelier moves the belief in it, at the cost of all others.
                for ((node, belief), brings) in nodes.iter().zip(&beliefs).zip(&brings) {
                    for before in &self.game.place(*node).path {
                        slopes[*before] += belief * (brings - mean);
                    }
                }
                for (column, part) in slopes.into_iter().enumerate() {
                    slope[(row, column)] = part;
                }
            }
        }
        (worth, slope)
    }
}

impl InformationSets<'_> {
    /// How likely each of some nodes is, given that one of them is reached; in logarithms, so that
    /// chances that vanish keep their proportions.
    fn beliefs(&self, nodes: &[usize], logarithms: &[f64]) -> Vec<f64> {
        let reached = |node: &usize| {
            let place = self.game.place(*node);
            place.log_luck + place.path.iter().map(|action| logarithms[*action]).sum::<f64>()
        };
        let reached: Vec<f64> = nodes.iter().map(reached).collect();
        let most = reached.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        // What chance itself rules out may be anywhere.
        let weight = |own: &f64| if most == f64::NEG_INFINITY { 1.0 } else { exp(own - most) };
        let weights: Vec<f64> = reached.iter().map(weight).collect();
        let sum: f64 = weights.iter().sum();
        weights.into_iter().map(|weight| weight / sum).collect()
    }

    /// What a player expects at a node; adds to `slopes`, times a weight, how that moves with the
    /// logarithm of every chance.
    fn descend(
        &self,
        node: usize,
        weight: f64,
        player: usize,
        logarithms: &[f64],
        slopes: &mut [f64],
    ) -> f64 {
        match &self.game.place(node).next {
            Next::End(payoffs) => payoffs[player],
            Next::Chance(follow) => follow
                .iter()
                .map(|(chance, node)| {
                    chance * self.descend(*node, weight * chance, player, logarithms, slopes)
                })
                .sum(),
            Next::Decision(set, follow) => {
                let first = self.game.first(*set);
                let mut sum = 0.0;
                for (action, node) in follow.iter().enumerate() {
                    let chance = exp(logarithms[first + action]);
                    let part =
                        chance * self.descend(*node, weight * chance, player, logarithms, slopes);
                    slopes[first + action] += weight * part;
                    sum += part;
                }
                sum
            }
        }
    }
}

/// The first action of each agent among all actions.
fn starts(sizes: &[usize]) -> Vec<usize> {
    let mut all = 0;
    let start = |size: &usize| {
        all += size;
        all - size
    };
    sizes.iter().map(start).collect()
}

/// The equations, in logarithms of all chances and λ.
struct System<'a> {
    agents: &'a dyn Agents,
    sizes: Vec<usize>,
    /// The first unknown of each agent.
    starts: Vec<usize>,
    unknowns: usize,
}

impl<'a> System<'a> {
    fn new(agents: &'a dyn Agents) -> Self {
        let sizes = agents.sizes();
        let starts = starts(&sizes);
        let unknowns = sizes.iter().sum();
        Self { agents, sizes, starts, unknowns }
    }

    /// λ = 0: all actions alike.
    fn centre(&self) -> DVector<f64> {
        let even = |size: &usize| vec![-ln(*size as f64); *size];
        let chances = self.sizes.iter().flat_map(even);
        DVector::from_iterator(self.unknowns + 1, chances.chain(std::iter::once(0.0)))
    }

    fn mixed(&self, point: &DVector<f64>) -> Mixed {
        let own = |(start, size): (&usize, &usize)| {
            (*start..start + size).map(|at| exp(point[at])).collect()
        };
        self.starts.iter().zip(&self.sizes).map(own).collect()
    }

    /// How long a move is: in logarithms of chances and of 1 + λ. A chance that vanishes, by as much as it
    /// likes, counts no more than it is.
    fn extent(&self, here: &DVector<f64>, step: &DVector<f64>) -> f64 {
        let part = |at: usize| {
            let weight = if step[at] > 0.0 { 1.0 } else { exp(here[at]).min(1.0) };
            (weight * step[at]).powi(2)
        };
        let chances = (0..self.unknowns).map(part).sum::<f64>().sqrt();
        let lambda = here[self.unknowns].abs();
        chances.max(step[self.unknowns].abs() / (1.0 + lambda))
    }

    fn replies(&self, point: &DVector<f64>) -> (DVector<f64>, DMatrix<f64>) {
        self.agents.replies(&point.as_slice()[..self.unknowns])
    }

    /// The equations at a point and their derivatives: for each player chances that add up to 1, and
    /// `ln p_s − ln p_0 = λ (u_s − u_0)`.
    fn equations(&self, point: &DVector<f64>) -> (DVector<f64>, DMatrix<f64>) {
        let mixed = self.mixed(point);
        let (worth, slope) = self.replies(point);
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
            // Logarithms of vanishing chances are as large as λ times a gain.
            let scale = 1.0 + point.amax();
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
        let (worth, _) = self.replies(point);
        let (mut residual, mut regret): (f64, f64) = (0.0, 0.0);
        for (own, start) in strategies.iter().zip(&self.starts) {
            let replies = &worth.as_slice()[*start..start + own.len()];
            let best = replies.iter().copied().fold(f64::NEG_INFINITY, f64::max);
            let weights: Vec<f64> =
                replies.iter().map(|worth| exp(lambda * (worth - best))).collect();
            let sum: f64 = weights.iter().sum();
            let expected: f64 = replies.iter().zip(own).map(|(worth, chance)| worth * chance).sum();
            regret = regret.max(best - expected);
            for (chance, weight) in own.iter().zip(&weights) {
                residual = residual.max((chance - weight / sum).abs());
            }
        }
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
