//! Gambit's `.efg` files: games in extensive form.

use std::collections::BTreeMap;
use std::path::Path;

use engine::{ExtensiveForm, InformationSet, Node, Step};

use super::pieces::{Piece, Pieces};
use crate::source::ConfigError;

pub(super) fn read(path: &Path) -> Result<ExtensiveForm, ConfigError> {
    let mut pieces = Pieces::read(path)?;
    for (word, what) in [("EFG", "EFG"), ("2", "the version, 2")] {
        pieces.expect(&Piece::Word(word.to_owned()), what)?;
    }
    pieces.real_numbers()?;
    pieces.text("the title")?;
    let players = pieces.texts("the players")?;
    if let Some(at) = (1..players.len()).find(|at| players[..*at].contains(&players[*at])) {
        let rule = format!("the player {:?} stands there twice", players[at]);
        return Err(pieces.broken(pieces.line(), rule));
    }
    if matches!(pieces.peek(), Some(Piece::Text(_))) {
        pieces.skip();
    }
    let line = pieces.line();
    let mut tree = Tree { players, ..Tree::default() };
    let root = tree.node(&mut pieces, 0)?;
    if pieces.peek().is_some() {
        return Err(pieces.broken(pieces.line(), "nothing more may stand after the tree"));
    }
    let made = ExtensiveForm::new(tree.players, tree.sets, &root);
    made.map_err(|error| pieces.broken(line, error.to_string()))
}

/// What is known of a tree while it is read: what stands for a number wherever it comes again.
#[derive(Default)]
struct Tree {
    players: Vec<String>,
    sets: Vec<InformationSet>,
    /// The place of a set by player and number.
    numbered: BTreeMap<(usize, i64), usize>,
    chances: BTreeMap<i64, Branches>,
    outcomes: BTreeMap<i64, (String, Vec<f64>)>,
}

/// What chance can do, with probabilities.
type Branches = Vec<(String, f64)>;

/// Deeper trees are refused before anything is made of them.
const MOST_MOVES: usize = ExtensiveForm::MOST_MOVES;

/// Numbers of players, sets and outcomes.
const MOST: i64 = 1_000_000_000;

impl Tree {
    /// The node that stands next, with all that follow from it.
    fn node(&mut self, pieces: &mut Pieces, depth: usize) -> Result<Node, ConfigError> {
        let line = pieces.line();
        if depth > MOST_MOVES {
            return Err(pieces.broken(line, format!("the tree is deeper than {MOST_MOVES} moves")));
        }
        let kind = pieces.take("a node: c, p or t")?;
        pieces.text("the name of the node, which may be empty,")?;
        let (set, count) = match kind {
            Piece::Word(word) if word == "c" => {
                let branches = self.chance(pieces)?;
                let count = branches.len();
                (Some(Met::Chance(branches)), count)
            }
            Piece::Word(word) if word == "p" => {
                let set = self.decision(pieces)?;
                (Some(Met::Decision(set)), self.sets[set].actions.len())
            }
            Piece::Word(word) if word == "t" => (None, 0),
            _ => return Err(pieces.broken(line, "c, p or t must stand here")),
        };
        let payoffs = self.outcome(pieces)?;
        let follow = (0..count).map(|_| self.node(pieces, depth + 1));
        let follow = follow.collect::<Result<Vec<Node>, ConfigError>>()?;
        let step = match set {
            None => Step::End,
            Some(Met::Decision(set)) => Step::Decision(set, follow),
            Some(Met::Chance(branches)) => {
                let chances = branches.into_iter().map(|(_, chance)| chance);
                Step::Chance(chances.zip(follow).collect())
            }
        };
        Ok(Node { payoffs, step })
    }

    /// What chance can do at a node, as written there or where its number stood first.
    fn chance(&mut self, pieces: &mut Pieces) -> Result<Branches, ConfigError> {
        let line = pieces.line();
        let number = pieces.integer(MOST, "the number of a chance move")?;
        if !matches!(pieces.peek(), Some(Piece::Text(_))) {
            let known = self.chances.get(&number).cloned();
            return known.ok_or_else(|| pieces.broken(line, undescribed("chance move", number)));
        }
        pieces.skip();
        pieces.expect(&Piece::Open, "{")?;
        let mut branches = Vec::new();
        while pieces.peek() != Some(&Piece::Close) {
            branches.push((pieces.text("what chance does")?, pieces.number("its probability")?));
        }
        pieces.skip();
        let sum = branches.iter().map(|(_, chance)| chance).sum();
        if let Some(rule) = super::improbable(sum, branches.iter().map(|(_, chance)| *chance)) {
            return Err(pieces.broken(line, format!("chance move {number} {rule}")));
        }
        let known = self.chances.entry(number).or_insert_with(|| branches.clone());
        if *known == branches {
            return Ok(branches);
        }
        Err(pieces.broken(line, differs("chance move", number)))
    }

    /// The information set at a node.
    fn decision(&mut self, pieces: &mut Pieces) -> Result<usize, ConfigError> {
        let line = pieces.line();
        let player = pieces.whole(self.players.len(), "the number of a player")?;
        let Some(player) = player.checked_sub(1) else {
            return Err(pieces.broken(line, "the number of a player is 0, but must count from 1"));
        };
        let number = pieces.integer(MOST, "the number of an information set")?;
        let known = self.numbered.get(&(player, number)).copied();
        let Some(Piece::Text(name)) = pieces.peek().cloned() else {
            return known
                .ok_or_else(|| pieces.broken(line, undescribed("information set", number)));
        };
        pieces.skip();
        let actions = pieces.texts("the actions")?;
        if let Some(at) = (1..actions.len()).find(|at| actions[..*at].contains(&actions[*at])) {
            let rule = format!("the action {:?} stands there twice", actions[at]);
            return Err(pieces.broken(line, rule));
        }
        let name = if name.is_empty() { number.to_string() } else { name };
        let set = InformationSet { player, name, actions };
        match known {
            Some(place) if self.sets[place] == set => Ok(place),
            Some(_) => Err(pieces.broken(line, differs("information set", number))),
            None => {
                self.sets.push(set);
                self.numbered.insert((player, number), self.sets.len() - 1);
                Ok(self.sets.len() - 1)
            }
        }
    }

    /// The payoffs at a node: nothing for 0, else as written there or where the number stood first.
    fn outcome(&mut self, pieces: &mut Pieces) -> Result<Vec<f64>, ConfigError> {
        let line = pieces.line();
        let number = pieces.integer(MOST, "the number of an outcome, or 0,")?;
        let Some(Piece::Text(name)) = pieces.peek().cloned() else {
            let known = self.outcomes.get(&number).map(|(_, payoffs)| payoffs.clone());
            let nothing = (number == 0).then(Vec::new);
            let known = known.or(nothing);
            return known.ok_or_else(|| pieces.broken(line, undescribed("outcome", number)));
        };
        if number == 0 {
            return Err(pieces.broken(line, "outcome 0 stands for nothing and has no payoffs"));
        }
        pieces.skip();
        pieces.expect(&Piece::Open, "{")?;
        let payoffs = self.players.iter().map(|_| pieces.number("a payoff"));
        let payoffs = payoffs.collect::<Result<Vec<f64>, ConfigError>>()?;
        pieces.expect(&Piece::Close, "}")?;
        let outcome = (name, payoffs);
        let known = self.outcomes.entry(number).or_insert_with(|| outcome.clone());
        if *known == outcome {
            return Ok(outcome.1);
        }
        Err(pieces.broken(line, differs("outcome", number)))
    }
}

/// What is met at a node where the game goes on.
enum Met {
    Chance(Branches),
    Decision(usize),
}

fn undescribed(what: &str, number: i64) -> String {
    format!("{what} {number} must be described where it stands first")
}

fn differs(what: &str, number: i64) -> String {
    format!("{what} {number} differs from how it was described before")
}
