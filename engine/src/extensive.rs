//! Games in extensive form: moves in turn, chance, and what players do not see of each other's moves.

use crate::elementary::{exp, ln};
use crate::game::Mixed;

/// The largest games: a step of the logit branch takes a time of the order of actions³ and nodes ×
/// depth.
const MOST_PLAYERS: usize = 4;
const MOST_NODES: usize = 20_000;
const MOST_ACTIONS: usize = 300;

const MOST_MOVES: usize = ExtensiveForm::MOST_MOVES;

/// What a sum of chances may be off 1 by.
const ROUNDING: f64 = 1e-9;

/// A node as it is written, with all that follows from it.
#[derive(Clone, Debug, PartialEq)]
pub struct Node {
    /// What each player has as soon as it is reached, one payoff for each; or nothing.
    pub payoffs: Vec<f64>,
    /// What happens there.
    pub step: Step,
}

/// What happens at a node.
#[derive(Clone, Debug, PartialEq)]
pub enum Step {
    /// The game is over.
    End,
    /// Chance decides: a probability for each node that may follow.
    Chance(Vec<(f64, Node)>),
    /// A player decides, knowing no more than that this information set was reached: one node for each
    /// of its actions.
    Decision(usize, Vec<Node>),
}

/// Nodes that a player cannot tell apart.
#[derive(Clone, Debug, PartialEq)]
pub struct InformationSet {
    /// Whose, counted from 0.
    pub player: usize,
    /// What it is called.
    pub name: String,
    /// What the player can do there.
    pub actions: Vec<String>,
}

/// Why a tree is not a game.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum TreeError {
    /// One to four players are needed.
    #[error("there are {0} players, but there must be 1 to {MOST_PLAYERS}")]
    Players(usize),
    /// More than can be solved.
    #[error(
        "it is too large: at most {MOST_NODES} nodes, {MOST_MOVES} moves in a row, and {MOST_ACTIONS} \
         actions at all information sets together"
    )]
    TooLarge,
    /// A node has payoffs for others than the players.
    #[error("a node has {found} payoffs, but there are {needed} players")]
    Payoffs {
        /// How many it has.
        found: usize,
        /// How many there must be.
        needed: usize,
    },
    /// A payoff is a number that sums and products of payoffs can hold.
    #[error("the payoff {0} must lie from -1e100 to 1e100")]
    Payoff(f64),
    /// Chances are a distribution.
    #[error("chances must be numbers from 0 on that add up to 1, not to {0}")]
    Chances(f64),
    /// A set belongs to a player, and has actions and nodes.
    #[error("information set {0:?} must belong to a player, and have actions and nodes")]
    Set(String),
    /// A node has what its set has.
    #[error("a node of information set {name:?} leads to {found} others, but must to {needed}")]
    Actions {
        /// The set.
        name: String,
        /// How many nodes follow.
        found: usize,
        /// How many actions the set has.
        needed: usize,
    },
    /// Nobody passes through a set twice.
    #[error("a path meets information set {0:?} twice")]
    Twice(String),
}

/// A game in which players move in turn.
#[derive(Clone, Debug, PartialEq)]
pub struct ExtensiveForm {
    players: Vec<String>,
    sets: Vec<InformationSet>,
    /// The first of each set's actions among all actions.
    firsts: Vec<usize>,
    /// Each node before those that follow it; payoffs stand at the ends alone.
    nodes: Vec<Place>,
    /// The nodes of each set.
    of_set: Vec<Vec<usize>>,
}

/// A node of a checked tree.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Place {
    pub(crate) next: Next,
    /// The actions that lead here, and the logarithm of all chances on the way.
    pub(crate) path: Vec<usize>,
    pub(crate) log_luck: f64,
}

/// What follows a node.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Next {
    End(Vec<f64>),
    Chance(Vec<(f64, usize)>),
    Decision(usize, Vec<usize>),
}

/// What backward induction finds.
#[derive(Clone, Debug, PartialEq)]
pub struct Induction {
    /// What is done at each information set: the first of the best actions.
    pub choices: Vec<usize>,
    /// What each player has, expected.
    pub payoffs: Vec<f64>,
    /// Whether a best action was as good as another somewhere: then there may be more subgame perfect
    /// equilibria.
    pub ties: bool,
}

impl ExtensiveForm {
    /// The most moves in a row: nodes are visited by recursion.
    pub const MOST_MOVES: usize = 200;

    /// A game with information sets numbered in order.
    ///
    /// # Errors
    ///
    /// [`TreeError`] for the first thing that is wrong.
    pub fn new(
        players: Vec<String>,
        sets: Vec<InformationSet>,
        root: &Node,
    ) -> Result<Self, TreeError> {
        if !(1..=MOST_PLAYERS).contains(&players.len()) {
            return Err(TreeError::Players(players.len()));
        }
        let unfit = |set: &&InformationSet| set.player >= players.len() || set.actions.is_empty();
        if let Some(set) = sets.iter().find(unfit) {
            return Err(TreeError::Set(set.name.clone()));
        }
        let mut firsts = Vec::new();
        let mut actions = 0;
        for set in &sets {
            firsts.push(actions);
            actions += set.actions.len();
        }
        if actions > MOST_ACTIONS {
            return Err(TreeError::TooLarge);
        }
        let of_set = vec![Vec::new(); sets.len()];
        let mut game = Self { players, sets, firsts, nodes: Vec::new(), of_set };
        let nothing = vec![0.0; game.players.len()];
        game.grow(root, &nothing, &mut Vec::new(), 0.0, 0)?;
        match game.of_set.iter().position(Vec::is_empty) {
            Some(empty) => Err(TreeError::Set(game.sets[empty].name.clone())),
            None => Ok(game),
        }
    }

    /// Adds a node and all that follow from it; `so_far` is what players have on the way.
    fn grow(
        &mut self,
        node: &Node,
        so_far: &[f64],
        path: &mut Vec<usize>,
        log_luck: f64,
        depth: usize,
    ) -> Result<usize, TreeError> {
        if self.nodes.len() >= MOST_NODES || depth > MOST_MOVES {
            return Err(TreeError::TooLarge);
        }
        let payoffs = self.added(node, so_far)?;
        let here = self.nodes.len();
        self.nodes.push(Place { next: Next::End(Vec::new()), path: path.clone(), log_luck });
        let next = match &node.step {
            Step::End => Next::End(payoffs),
            Step::Chance(branches) => {
                let sum: f64 = branches.iter().map(|(chance, _)| chance).sum();
                let all = branches.iter().all(|(chance, _)| *chance >= 0.0);
                if !all || (sum - 1.0).abs() > ROUNDING {
                    return Err(TreeError::Chances(sum));
                }
                let mut follow = Vec::new();
                for (chance, node) in branches {
                    let child =
                        self.grow(node, &payoffs, path, log_luck + ln(*chance), depth + 1)?;
                    follow.push((*chance, child));
                }
                Next::Chance(follow)
            }
            Step::Decision(set, nodes) => {
                let (first, own) = (self.firsts[*set], &self.sets[*set]);
                let (name, needed) = (own.name.clone(), own.actions.len());
                if nodes.len() != needed {
                    return Err(TreeError::Actions { name, found: nodes.len(), needed });
                }
                if path.iter().any(|action| (first..first + needed).contains(action)) {
                    return Err(TreeError::Twice(name));
                }
                self.of_set[*set].push(here);
                let mut follow = Vec::new();
                for (action, node) in nodes.iter().enumerate() {
                    path.push(first + action);
                    follow.push(self.grow(node, &payoffs, path, log_luck, depth + 1)?);
                    path.pop();
                }
                Next::Decision(*set, follow)
            }
        };
        self.nodes[here].next = next;
        Ok(here)
    }

    fn added(&self, node: &Node, so_far: &[f64]) -> Result<Vec<f64>, TreeError> {
        let (found, needed) = (node.payoffs.len(), self.players.len());
        if found == 0 {
            return Ok(so_far.to_vec());
        }
        if found != needed {
            return Err(TreeError::Payoffs { found, needed });
        }
        let sums: Vec<f64> = so_far.iter().zip(&node.payoffs).map(|(a, b)| a + b).collect();
        match sums.iter().find(|payoff| !(-1e100..=1e100).contains(*payoff)) {
            Some(payoff) => Err(TreeError::Payoff(*payoff)),
            None => Ok(sums),
        }
    }

    /// The players' names.
    pub fn players(&self) -> &[String] {
        &self.players
    }

    /// The information sets, in order.
    pub fn sets(&self) -> &[InformationSet] {
        &self.sets
    }

    /// The nodes of an information set.
    pub(crate) fn nodes_of(&self, set: usize) -> &[usize] {
        &self.of_set[set]
    }

    /// All nodes, each before those that follow it.
    pub(crate) fn places(&self) -> &[Place] {
        &self.nodes
    }

    pub(crate) fn place(&self, node: usize) -> &Place {
        &self.nodes[node]
    }

    /// The first of a set's actions among all actions.
    pub(crate) fn first(&self, set: usize) -> usize {
        self.firsts[set]
    }

    /// Whether everybody knows all earlier moves whenever it moves.
    pub fn has_perfect_information(&self) -> bool {
        self.of_set.iter().all(|nodes| nodes.len() <= 1)
    }

    /// Whether everybody remembers what it did and knew itself.
    pub fn has_perfect_recall(&self) -> bool {
        let own = |node: usize, player: usize| -> Vec<usize> {
            let path = self.nodes[node].path.iter().copied();
            path.filter(|action| self.sets[self.set_of(*action)].player == player).collect()
        };
        self.sets.iter().zip(&self.of_set).all(|(set, nodes)| {
            let first = nodes.first().map(|node| own(*node, set.player));
            nodes.iter().all(|node| Some(own(*node, set.player)) == first)
        })
    }

    /// The set to which an action belongs.
    pub(crate) fn set_of(&self, action: usize) -> usize {
        self.firsts.partition_point(|first| *first <= action) - 1
    }

    /// What everybody does who looks ahead, from the ends backwards; nothing without perfect
    /// information.
    ///
    /// # Source
    ///
    /// Zermelo (1913); Selten (1965), Zeitschrift für die gesamte Staatswissenschaft 121 (subgame
    /// perfection).
    pub fn backward_induction(&self) -> Option<Induction> {
        /// What is within this of the best, by its size, is as good.
        const EQUAL: f64 = 1e-12;
        if !self.has_perfect_information() {
            return None;
        }
        let mut choices = vec![0; self.sets.len()];
        let mut ties = false;
        let mut worth: Vec<Vec<f64>> = vec![Vec::new(); self.nodes.len()];
        for (here, place) in self.nodes.iter().enumerate().rev() {
            worth[here] = match &place.next {
                Next::End(payoffs) => payoffs.clone(),
                Next::Chance(follow) => {
                    let mean = |player: usize| {
                        follow.iter().map(|(chance, node)| chance * worth[*node][player]).sum()
                    };
                    (0..self.players.len()).map(mean).collect()
                }
                Next::Decision(set, follow) => {
                    let player = self.sets[*set].player;
                    let own = |action: usize| worth[follow[action]][player];
                    let best = (1..follow.len())
                        .fold(0, |best, other| if own(other) > own(best) { other } else { best });
                    let near = |other: usize| {
                        other != best && own(best) - own(other) <= EQUAL * own(best).abs()
                    };
                    ties |= (0..follow.len()).any(near);
                    choices[*set] = best;
                    worth[follow[best]].clone()
                }
            };
        }
        Some(Induction { choices, payoffs: worth.swap_remove(0), ties })
    }

    /// What each player has, expected, where everybody plays so at its information sets.
    pub fn expected(&self, behaviour: &Mixed) -> Vec<f64> {
        let mut payoffs = vec![0.0; self.players.len()];
        for place in &self.nodes {
            let Next::End(own) = &place.next else { continue };
            let chance = |action: &usize| {
                let set = self.set_of(*action);
                behaviour[set][action - self.firsts[set]]
            };
            let reached = exp(place.log_luck) * place.path.iter().map(chance).product::<f64>();
            for (sum, payoff) in payoffs.iter_mut().zip(own) {
                *sum += reached * payoff;
            }
        }
        payoffs
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    fn end(payoffs: &[f64]) -> Node {
        Node { payoffs: payoffs.to_vec(), step: Step::End }
    }

    fn decision(set: usize, nodes: Vec<Node>) -> Node {
        Node { payoffs: Vec::new(), step: Step::Decision(set, nodes) }
    }

    fn set(player: usize, name: &str, actions: &[&str]) -> InformationSet {
        let actions = actions.iter().map(|action| (*action).to_owned()).collect();
        InformationSet { player, name: name.into(), actions }
    }

    fn names(count: usize) -> Vec<String> {
        (0..count).map(|at| format!("P{at}")).collect()
    }

    /// Deterrence: a challenge, then resistance, then war; 1 for the status quo is each its own.
    pub(crate) fn deterrence(war: f64) -> ExtensiveForm {
        let last = decision(2, vec![end(&[-1.0, 2.0]), end(&[war, -2.0])]);
        let answer = decision(1, vec![end(&[1.0, -1.0]), last]);
        let root = decision(0, vec![end(&[0.0, 0.0]), answer]);
        let sets = vec![
            set(0, "challenge", &["stay", "challenge"]),
            set(1, "resist", &["concede", "resist"]),
            set(0, "fight", &["back down", "fight"]),
        ];
        ExtensiveForm::new(names(2), sets, &root).expect("valid")
    }

    #[test]
    fn backward_induction_finds_the_credible_threat() {
        // Where war is better than backing down, resistance means war: concede.
        let found = deterrence(-0.5).backward_induction().expect("perfect information");
        assert_eq!(
            (found.choices, found.payoffs, found.ties),
            (vec![1, 0, 1], vec![1.0, -1.0], false)
        );
        let found = deterrence(-3.0).backward_induction().expect("perfect information");
        assert_eq!(
            (found.choices, found.payoffs, found.ties),
            (vec![0, 1, 0], vec![0.0, 0.0], false)
        );
        assert!(deterrence(-1.0).backward_induction().expect("perfect information").ties);
    }

    #[test]
    fn payoffs_on_the_way_add_up_and_chance_is_averaged() {
        let lottery = Node {
            payoffs: vec![1.0],
            step: Step::Chance(vec![(0.25, end(&[4.0])), (0.75, end(&[]))]),
        };
        let game = ExtensiveForm::new(names(1), Vec::new(), &lottery).expect("valid");
        assert_eq!(game.expected(&Vec::new()), [2.0]);
        assert_eq!(game.backward_induction().expect("nobody moves").payoffs, [2.0]);
    }

    #[test]
    fn what_is_no_game_is_refused() {
        let one = |sets, root: &Node| ExtensiveForm::new(names(1), sets, root).expect_err("wrong");
        let flip = |chances: [f64; 2]| Node {
            payoffs: Vec::new(),
            step: Step::Chance(chances.map(|chance| (chance, end(&[0.0]))).to_vec()),
        };
        assert_eq!(one(Vec::new(), &flip([0.5, 0.75])), TreeError::Chances(1.25));
        assert_eq!(one(Vec::new(), &flip([1.5, -0.5])), TreeError::Chances(1.0));
        assert_eq!(one(Vec::new(), &end(&[0.0; 2])), TreeError::Payoffs { found: 2, needed: 1 });
        for player in [0, 1] {
            let error = one(vec![set(player, "x", &["a"])], &end(&[0.0]));
            assert_eq!(error, TreeError::Set("x".into()));
        }
        let twice = decision(0, vec![decision(0, vec![end(&[0.0])])]);
        assert_eq!(one(vec![set(0, "x", &["a"])], &twice), TreeError::Twice("x".into()));
        let short = decision(0, vec![end(&[0.0])]);
        let error = TreeError::Actions { name: "x".into(), found: 1, needed: 2 };
        assert_eq!(one(vec![set(0, "x", &["a", "b"])], &short), error);
        let deep = (0..300).fold(end(&[0.0]), |node, _| Node {
            payoffs: Vec::new(),
            step: Step::Chance(vec![(1.0, node)]),
        });
        assert_eq!(one(Vec::new(), &deep), TreeError::TooLarge);
    }

    #[test]
    fn forgetting_is_noticed() {
        // A player that does not remember its own first move.
        let second = || decision(1, vec![end(&[0.0]), end(&[1.0])]);
        let root = decision(0, vec![second(), second()]);
        let sets = vec![set(0, "first", &["a", "b"]), set(0, "second", &["c", "d"])];
        let game = ExtensiveForm::new(names(1), sets, &root).expect("valid");
        assert!(!game.has_perfect_recall() && game.reduced_normal_form().is_none());
        assert!(game.backward_induction().is_none());
    }
}
