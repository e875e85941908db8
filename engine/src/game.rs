//! Games in normal form: payoffs, regret, and all Nash equilibria of two players.

use nalgebra::{DMatrix, DVector};

/// Most strategies of a player, and most players.
const MOST_STRATEGIES: usize = NormalForm::MOST_STRATEGIES;
const MOST_PLAYERS: usize = 4;

/// What lies within this of a bound is on it; payoffs are scaled to a width of 1 before.
const NEAR: f64 = 1e-9;

/// A game in which all players choose once, at the same time.
#[derive(Clone, Debug, PartialEq)]
pub struct NormalForm {
    players: Vec<String>,
    strategies: Vec<Vec<String>>,
    /// By profile, the first player's strategy running fastest, then by player.
    payoffs: Vec<f64>,
}

/// Why numbers are not a game.
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum GameError {
    /// Two to four players are needed.
    #[error("there are {0} players, but there must be 2 to {MOST_PLAYERS}")]
    Players(usize),
    /// One to ten strategies are needed.
    #[error("player {player} has {count} strategies, but must have 1 to {MOST_STRATEGIES}")]
    Strategies {
        /// Counted from 1.
        player: usize,
        /// How many.
        count: usize,
    },
    /// One payoff for each player at each profile is needed.
    #[error("there are {found} payoffs, but there must be {needed}")]
    Payoffs {
        /// How many are given.
        found: usize,
        /// How many there must be.
        needed: usize,
    },
    /// More plans than can be solved.
    #[error("player {player} has more than {MOST_STRATEGIES} plans")]
    Plans {
        /// Counted from 1.
        player: usize,
    },
    /// A payoff is a number that sums and products of payoffs can hold.
    #[error("the payoff {0} must lie from -1e100 to 1e100")]
    Payoff(f64),
}

/// One mixed strategy for each player: a chance for each of its strategies.
pub type Mixed = Vec<Vec<f64>>;

/// An equilibrium of two players.
#[derive(Clone, Debug, PartialEq)]
pub struct Equilibrium {
    /// What each plays.
    pub strategies: Mixed,
    /// What each has, expected.
    pub payoffs: Vec<f64>,
    /// The most that anybody could gain by playing otherwise, in payoffs.
    pub regret: f64,
}

/// All extreme equilibria of a game of two players.
#[derive(Clone, Debug, PartialEq)]
pub struct Equilibria {
    /// Every equilibrium that is no mixture of others, in the order of the first player's strategies.
    pub all: Vec<Equilibrium>,
    /// Whether some mixed strategy has more best replies than strategies in it: then mixtures of some
    /// of these equilibria may be equilibria too.
    pub degenerate: bool,
    /// Whether payoffs span so many orders of magnitude that rounding hides differences between them:
    /// then mixed equilibria that rest on these may be missing.
    pub blurred: bool,
}

/// A vertex of a best-reply polytope: a mixed strategy, and what binds at it.
struct Vertex {
    mixed: Vec<f64>,
    /// Strategies that are not played, and best replies.
    labels: u32,
}

impl NormalForm {
    /// The most strategies that a player can have.
    pub const MOST_STRATEGIES: usize = 10;

    /// A game with `payoffs` by profile, the first player's strategy running fastest, then by player.
    ///
    /// # Errors
    ///
    /// [`GameError`] for too few or too many players or strategies, and payoffs that do not fit.
    pub fn new(
        players: Vec<String>,
        strategies: Vec<Vec<String>>,
        payoffs: Vec<f64>,
    ) -> Result<Self, GameError> {
        if !(2..=MOST_PLAYERS).contains(&players.len()) || strategies.len() != players.len() {
            return Err(GameError::Players(players.len()));
        }
        for (at, own) in strategies.iter().enumerate() {
            if !(1..=MOST_STRATEGIES).contains(&own.len()) {
                return Err(GameError::Strategies { player: at + 1, count: own.len() });
            }
        }
        let profiles: usize = strategies.iter().map(Vec::len).product();
        let needed = profiles * players.len();
        if payoffs.len() != needed {
            return Err(GameError::Payoffs { found: payoffs.len(), needed });
        }
        if let Some(payoff) = payoffs.iter().find(|payoff| !(-1e100..=1e100).contains(*payoff)) {
            return Err(GameError::Payoff(*payoff));
        }
        Ok(Self { players, strategies, payoffs })
    }

    /// The players' names.
    pub fn players(&self) -> &[String] {
        &self.players
    }

    /// The names of each player's strategies.
    pub fn strategies(&self) -> &[Vec<String>] {
        &self.strategies
    }

    /// How many profiles of pure strategies there are.
    pub(crate) fn profiles(&self) -> usize {
        self.strategies.iter().map(Vec::len).product()
    }

    /// Everybody's strategy in a profile.
    pub(crate) fn profile(&self, mut number: usize) -> Vec<usize> {
        let count = |own: &Vec<String>| {
            let strategy = number % own.len();
            number /= own.len();
            strategy
        };
        self.strategies.iter().map(count).collect()
    }

    pub(crate) fn payoff(&self, profile: usize, player: usize) -> f64 {
        self.payoffs[profile * self.players.len() + player]
    }

    /// What each of a player's strategies brings against what the others play.
    pub fn replies(&self, player: usize, mixed: &Mixed) -> Vec<f64> {
        let mut worth = vec![0.0; self.strategies[player].len()];
        for number in 0..self.profiles() {
            let profile = self.profile(number);
            let others = profile.iter().enumerate().filter(|(other, _)| *other != player);
            let chance: f64 = others.map(|(other, strategy)| mixed[other][*strategy]).product();
            worth[profile[player]] += chance * self.payoff(number, player);
        }
        worth
    }

    /// What each player has, expected.
    pub fn expected(&self, mixed: &Mixed) -> Vec<f64> {
        let own = |player: usize| {
            let replies = self.replies(player, mixed);
            replies.iter().zip(&mixed[player]).map(|(worth, chance)| worth * chance).sum()
        };
        (0..self.players.len()).map(own).collect()
    }

    /// The most that anybody could gain by playing otherwise.
    pub fn regret(&self, mixed: &Mixed) -> f64 {
        let expected = self.expected(mixed);
        let gain = |player: usize| {
            let best = self.replies(player, mixed).into_iter().fold(f64::NEG_INFINITY, f64::max);
            best - expected[player]
        };
        (0..self.players.len()).map(gain).fold(0.0, f64::max)
    }

    /// All profiles of pure strategies from which nobody gains by moving alone.
    pub fn pure_equilibria(&self) -> Vec<Mixed> {
        let mixed = |number: usize| -> Mixed {
            let profile = self.profile(number);
            let pure = |(own, played): (&Vec<String>, usize)| {
                (0..own.len()).map(|at| f64::from(u8::from(at == played))).collect()
            };
            self.strategies.iter().zip(profile).map(pure).collect()
        };
        (0..self.profiles()).filter(|number| self.is_equilibrium(*number)).map(mixed).collect()
    }

    /// Whether nobody gains by leaving a profile alone.
    fn is_equilibrium(&self, number: usize) -> bool {
        let profile = self.profile(number);
        let mut step = 1;
        self.strategies.iter().enumerate().all(|(player, own)| {
            let first = number - profile[player] * step;
            let payoff = |strategy: usize| self.payoff(first + strategy * step, player);
            let stays = (0..own.len()).all(|other| payoff(other) <= payoff(profile[player]));
            step *= own.len();
            stays
        })
    }

    /// All extreme equilibria of two players; nothing for more of them.
    ///
    /// Every support is a choice of what binds in the players' best-reply polytopes
    ///
    /// ```text
    /// P = { x ≥ 0 : xᵀB ≤ 1 },   Q = { y ≥ 0 : A y ≤ 1 }      (A, B > 0)
    /// ```
    /// and a pair of their vertices other than 0 is an equilibrium where each strategy is unplayed or
    /// a best reply.
    ///
    /// # Source
    ///
    /// Mangasarian (1964), *Equilibrium points of bimatrix games*, Journal of the Society for
    /// Industrial and Applied Mathematics 12(4); von Stengel (2002), Handbook of Game Theory 3,
    /// chapter 45.
    pub fn equilibria(&self) -> Option<Equilibria> {
        if self.players.len() != 2 {
            return None;
        }
        let (m, n) = (self.strategies[0].len(), self.strategies[1].len());
        let (a, b) = (self.scaled(0), self.scaled(1));
        // Labels 0 to m − 1: the first player's strategies; from m on the second's.
        let rows = vertices(&b.transpose(), &|unplayed| unplayed, &|best| m + best);
        let columns = vertices(&a, &|unplayed| m + unplayed, &|best| best);
        let full = (1_u32 << (m + n)) - 1;
        let mut all = Vec::new();
        let mut blurred = false;
        for x in &rows {
            for y in columns.iter().filter(|y| x.labels | y.labels == full) {
                let strategies = vec![x.mixed.clone(), y.mixed.clone()];
                if self.is_free_of_regret(&strategies) {
                    all.push(self.equilibrium(strategies));
                } else {
                    blurred = true;
                }
            }
        }
        if blurred {
            // Those in pure strategies are found by comparing payoffs, whatever their size.
            let known: Vec<Mixed> = all.iter().map(|own| own.strategies.clone()).collect();
            let pure = self.pure_equilibria().into_iter().filter(|own| !known.contains(own));
            all.extend(pure.map(|own| self.equilibrium(own)));
        }
        all.sort_by(|one, other| {
            let flat = |equilibrium: &Equilibrium| equilibrium.strategies.concat();
            let pairs = flat(one).into_iter().zip(flat(other));
            pairs
                .map(|(a, b)| b.total_cmp(&a))
                .find(|o| o.is_ne())
                .unwrap_or(std::cmp::Ordering::Equal)
        });
        let more = |vertices: &[Vertex], dimension: usize| {
            vertices.iter().any(|vertex| vertex.labels.count_ones() as usize > dimension)
        };
        Some(Equilibria { all, degenerate: more(&rows, m) || more(&columns, n), blurred })
    }

    /// Strategies with what they bring, as an equilibrium.
    pub fn equilibrium(&self, strategies: Mixed) -> Equilibrium {
        let (payoffs, regret) = (self.expected(&strategies), self.regret(&strategies));
        Equilibrium { strategies, payoffs, regret }
    }

    /// Whether nobody gains by playing otherwise, up to the rounding of the payoffs that are met: those
    /// of what is played and of the best replies to it.
    fn is_free_of_regret(&self, mixed: &Mixed) -> bool {
        (0..self.players.len()).all(|player| {
            let replies = self.replies(player, mixed);
            let expected: f64 =
                replies.iter().zip(&mixed[player]).map(|(u, chance)| u * chance).sum();
            let best = (1..replies.len())
                .fold(0, |best, other| if replies[other] > replies[best] { other } else { best });
            let met = |number: &usize| {
                let profile = self.profile(*number);
                let others = profile.iter().enumerate().filter(|(other, _)| *other != player);
                let own = profile[player] == best || mixed[player][profile[player]] > 0.0;
                own && others.into_iter().all(|(other, strategy)| mixed[other][*strategy] > 0.0)
            };
            let size =
                (0..self.profiles()).filter(met).map(|number| self.payoff(number, player).abs());
            replies[best] - expected <= NEAR * size.fold(0.0, f64::max)
        })
    }

    /// A player's payoffs as a matrix, first player by row, moved and stretched to lie from 1 to 2.
    fn scaled(&self, player: usize) -> DMatrix<f64> {
        let (m, n) = (self.strategies[0].len(), self.strategies[1].len());
        let raw = DMatrix::from_fn(m, n, |row, column| self.payoff(row + m * column, player));
        let (low, high) = (raw.min(), raw.max());
        let width = if high > low { high - low } else { 1.0 };
        raw.map(|payoff| 1.0 + (payoff - low) / width)
    }
}

/// The vertices other than 0 of `{ z ≥ 0 : M z ≤ 1 }`, as mixed strategies with labels.
fn vertices(
    m: &DMatrix<f64>,
    unplayed: &dyn Fn(usize) -> usize,
    best: &dyn Fn(usize) -> usize,
) -> Vec<Vertex> {
    let (constraints, dimension) = (m.nrows(), m.ncols());
    let mut found: Vec<Vertex> = Vec::new();
    // Each choice of as many binding constraints as there are dimensions.
    for choice in 0_u32..1 << (constraints + dimension) {
        if choice.count_ones() as usize != dimension {
            continue;
        }
        let zero = choice & ((1 << dimension) - 1);
        if zero.count_ones() as usize == dimension {
            continue;
        }
        let Some(point) = solve(m, choice, dimension) else { continue };
        let slack: Vec<f64> = (m * &point).iter().map(|height| 1.0 - height).collect();
        if point.iter().any(|x| *x < -NEAR) || slack.iter().any(|slack| *slack < -NEAR) {
            continue;
        }
        let mut labels = 0;
        for (at, x) in point.iter().enumerate() {
            labels |= u32::from(*x <= NEAR) << unplayed(at);
        }
        for (at, slack) in slack.iter().enumerate() {
            labels |= u32::from(*slack <= NEAR) << best(at);
        }
        let played = point.iter().map(|x| if *x <= NEAR { 0.0 } else { *x });
        let sum: f64 = played.clone().sum();
        let mixed: Vec<f64> = played.map(|x| x / sum).collect();
        let same = |other: &Vertex| {
            other.labels == labels
                && other.mixed.iter().zip(&mixed).all(|(a, b)| (a - b).abs() <= 1e-7)
        };
        if !found.iter().any(same) {
            found.push(Vertex { mixed, labels });
        }
    }
    found
}

/// Where the chosen constraints bind: the lowest bits say which coordinates are 0, the others which
/// rows of `M z ≤ 1` hold with equality. Nothing where they do not meet in one point.
fn solve(m: &DMatrix<f64>, choice: u32, dimension: usize) -> Option<DVector<f64>> {
    let played: Vec<usize> = (0..dimension).filter(|at| choice & (1 << at) == 0).collect();
    let rows: Vec<usize> =
        (0..m.nrows()).filter(|at| choice & (1 << (dimension + at)) != 0).collect();
    debug_assert_eq!(played.len(), rows.len());
    let square =
        DMatrix::from_fn(rows.len(), played.len(), |row, column| m[(rows[row], played[column])]);
    let ones = DVector::from_element(rows.len(), 1.0);
    let lu = square.clone().lu();
    let least = (0..rows.len()).map(|at| lu.u()[(at, at)].abs()).fold(f64::INFINITY, f64::min);
    if least < 1e-11 {
        return None;
    }
    let mut weights = lu.solve(&ones)?;
    // One refinement: what rounding left over.
    let left = &ones - &square * &weights;
    weights += lu.solve(&left)?;
    let mut point = DVector::zeros(dimension);
    for (at, weight) in played.iter().zip(weights.iter()) {
        point[*at] = *weight;
    }
    Some(point)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Draw as _, Purpose, Seed, Streams};

    fn bimatrix(a: &[&[f64]], b: &[&[f64]]) -> NormalForm {
        let names =
            |prefix: &str, count: usize| (0..count).map(|k| format!("{prefix}{k}")).collect();
        let (m, n) = (a.len(), a[0].len());
        let payoffs =
            (0..n).flat_map(|column| (0..m).flat_map(move |row| [a[row][column], b[row][column]]));
        let players = vec!["row".to_owned(), "column".to_owned()];
        NormalForm::new(players, vec![names("r", m), names("c", n)], payoffs.collect())
            .expect("valid")
    }

    fn close(found: &[f64], expected: &[f64]) -> bool {
        found.iter().zip(expected).all(|(a, b)| (a - b).abs() < 1e-12)
    }

    #[test]
    fn textbook_games_have_their_equilibria() {
        // Prisoner's dilemma: one, pure.
        let game = bimatrix(&[&[3.0, 0.0], &[5.0, 1.0]], &[&[3.0, 5.0], &[0.0, 1.0]]);
        let found = game.equilibria().expect("two players");
        assert_eq!((found.all.len(), found.degenerate), (1, false));
        assert_eq!(found.all[0].strategies, vec![vec![0.0, 1.0], vec![0.0, 1.0]]);
        assert_eq!(game.pure_equilibria(), vec![found.all[0].strategies.clone()]);
        // Battle of the sexes: two pure, one mixed (2/3, 1/3).
        let game = bimatrix(&[&[2.0, 0.0], &[0.0, 1.0]], &[&[1.0, 0.0], &[0.0, 2.0]]);
        let found = game.equilibria().expect("two players");
        assert_eq!(found.all.len(), 3);
        assert!(close(
            &found.all[1].strategies.concat(),
            &[2.0 / 3.0, 1.0 / 3.0, 1.0 / 3.0, 2.0 / 3.0]
        ));
        // Rock, paper, scissors: a third each.
        let a: [&[f64]; 3] = [&[0.0, -1.0, 1.0], &[1.0, 0.0, -1.0], &[-1.0, 1.0, 0.0]];
        let b: [&[f64]; 3] = [&[0.0, 1.0, -1.0], &[-1.0, 0.0, 1.0], &[1.0, -1.0, 0.0]];
        let found = bimatrix(&a, &b).equilibria().expect("two players");
        assert_eq!(found.all.len(), 1);
        assert!(close(&found.all[0].strategies.concat(), &[1.0 / 3.0; 6]));
    }

    #[test]
    fn a_disaster_beside_small_stakes_hides_no_regret() {
        // The prisoner's dilemma with a third strategy that ruins both.
        for ruin in [-1e4, -1e9, -1e14] {
            let a: [&[f64]; 3] = [&[3.0, 0.0, ruin], &[5.0, 1.0, ruin], &[ruin, ruin, ruin]];
            let b: [&[f64]; 3] = [&[3.0, 5.0, ruin], &[0.0, 1.0, ruin], &[ruin, ruin, ruin]];
            let game = bimatrix(&a, &b);
            let found = game.equilibria().expect("two players");
            let pure =
                |at: usize| (0..3).map(|own| f64::from(u8::from(own == at))).collect::<Vec<f64>>();
            for at in [1, 2] {
                let known = vec![pure(at), pure(at)];
                assert!(found.all.iter().any(|own| own.strategies == known), "{ruin}: {at}");
            }
            let cooperation = vec![pure(0), pure(0)];
            assert!(found.all.iter().all(|own| own.strategies != cooperation), "{ruin}");
        }
    }

    #[test]
    fn degenerate_games_are_said_to_be_so_and_lose_no_extreme_equilibrium() {
        // The second strategy of the row player is as good as the first against the first column.
        let game = bimatrix(&[&[1.0, 1.0], &[1.0, 0.0]], &[&[1.0, 0.0], &[1.0, 0.0]]);
        let found = game.equilibria().expect("two players");
        assert!(found.degenerate);
        let strategies: Vec<Vec<f64>> = found.all.iter().map(|e| e.strategies.concat()).collect();
        assert_eq!(strategies, vec![vec![1.0, 0.0, 1.0, 0.0], vec![0.0, 1.0, 1.0, 0.0]]);
        // All payoffs alike: every pair of pure strategies is extreme.
        let game = bimatrix(&[&[7.0, 7.0], &[7.0, 7.0]], &[&[2.0, 2.0], &[2.0, 2.0]]);
        let found = game.equilibria().expect("two players");
        assert_eq!((found.all.len(), found.degenerate), (4, true));
    }

    #[test]
    fn random_games_have_an_odd_number_of_equilibria_without_regret() {
        for (m, n, games) in [(2, 2, 400), (3, 3, 10_000), (4, 3, 100), (2, 5, 100), (5, 5, 10)] {
            for number in 0..games {
                let mut luck = Streams::new(Seed(number), 0).open(Purpose::named("payoffs"));
                let payoffs = (0..2 * m * n).map(|_| luck.normal());
                let names = |count: usize| (0..count).map(|k| k.to_string()).collect();
                let players = vec!["a".to_owned(), "b".to_owned()];
                let game = NormalForm::new(players, vec![names(m), names(n)], payoffs.collect());
                let game = game.expect("valid");
                let found = game.equilibria().expect("two players");
                // Wilson (1971): a game that is not degenerate has an odd number of equilibria.
                assert!(!found.degenerate && found.all.len() % 2 == 1, "{m} × {n}, {number}");
                assert!(found.all.iter().all(|e| e.regret < 1e-9), "{m} × {n}, {number}");
                let pure =
                    |e: &&Equilibrium| e.strategies.concat().iter().all(|x| *x == 0.0 || *x == 1.0);
                assert_eq!(found.all.iter().filter(pure).count(), game.pure_equilibria().len());
            }
        }
    }

    #[test]
    fn numbers_that_are_no_game_are_refused() {
        let game = |players: usize, counts: &[usize], payoffs: Vec<f64>| {
            let names = |count: &usize| (0..*count).map(|k| k.to_string()).collect();
            let players = (0..players).map(|k| k.to_string()).collect();
            NormalForm::new(players, counts.iter().map(names).collect(), payoffs)
        };
        assert_eq!(game(1, &[2], vec![0.0; 2]), Err(GameError::Players(1)));
        assert_eq!(
            game(2, &[2, 11], vec![0.0; 44]),
            Err(GameError::Strategies { player: 2, count: 11 })
        );
        assert_eq!(game(2, &[2, 2], vec![0.0; 7]), Err(GameError::Payoffs { found: 7, needed: 8 }));
        assert!(game(2, &[1, 1], vec![0.0, f64::NAN]).is_err());
        assert_eq!(game(2, &[1, 1], vec![0.0, 1e300]), Err(GameError::Payoff(1e300)));
    }

    #[test]
    fn pure_equilibria_are_the_profiles_without_regret() {
        for number in 0..50 {
            let mut luck = Streams::new(Seed(number), 0).open(Purpose::named("payoffs"));
            // Few different payoffs, so that there are ties.
            let payoffs = (0..3 * 2 * 3 * 2).map(|_| (3.0 * luck.uniform()).floor()).collect();
            let names = |count: usize| (0..count).map(|k| k.to_string()).collect();
            let players = ["a", "b", "c"].map(str::to_owned).to_vec();
            let game = NormalForm::new(players, vec![names(2), names(3), names(2)], payoffs)
                .expect("valid");
            let found = game.pure_equilibria();
            assert!(found.iter().all(|mixed| game.regret(mixed) == 0.0));
            let pure = |at: usize, count: usize| -> Vec<f64> {
                (0..count).map(|k| f64::from(u8::from(k == at))).collect()
            };
            let without = (0..12).filter(|number| {
                let profile = game.profile(*number);
                let mixed = vec![pure(profile[0], 2), pure(profile[1], 3), pure(profile[2], 2)];
                game.regret(&mixed) == 0.0
            });
            assert_eq!(found.len(), without.count());
        }
    }
}
