//! What is known of a game in extensive form.

use engine::{ExtensiveForm, Induction, QuantalBranch, QuantalPoint, agent_quantal_branch};
use serde_json::{Value, json};

use super::normal::Nash;
use super::{branch_in_json, branch_in_words, chances, joined};

/// All that is known about a game.
pub(super) struct Solution {
    game: ExtensiveForm,
    /// Nothing without perfect information.
    induction: Option<Induction>,
    /// Of the reduced normal form, or why it is not there.
    nash: Result<Nash, String>,
    branch: QuantalBranch,
}

impl Solution {
    pub(super) fn new(game: ExtensiveForm, lambdas: &[f64]) -> Self {
        let nash = match game.reduced_normal_form() {
            None => Err("somebody has imperfect recall: it forgets what it did or knew".to_owned()),
            Some(Err(error)) => Err(error.to_string()),
            Some(Ok(reduced)) => Ok(Nash::new(reduced)),
        };
        let (induction, branch) = (game.backward_induction(), agent_quantal_branch(&game, lambdas));
        Self { game, induction, nash, branch }
    }

    pub(super) fn json(&self) -> Value {
        let set = |set: &engine::InformationSet| {
            json!({
                "player": self.game.players()[set.player],
                "name": set.name,
                "actions": set.actions,
            })
        };
        let induction = |own: &Induction| {
            let sets = self.game.sets().iter().zip(&own.choices);
            let choices: Vec<&String> = sets.map(|(set, choice)| &set.actions[*choice]).collect();
            json!({ "choices": choices, "payoffs": own.payoffs, "ties": own.ties })
        };
        let mut branch = branch_in_json(&self.branch);
        for (point, own) in self.branch.points.iter().enumerate() {
            branch["qre"][point]["payoffs"] = json!(self.game.expected(&own.strategies));
        }
        let sets: Vec<Value> = self.game.sets().iter().map(set).collect();
        let tree = json!({
            "information_sets": sets,
            "backward_induction": self.induction.as_ref().map(induction),
        });
        let nash = match &self.nash {
            Ok(nash) => nash.json(),
            Err(reason) => json!({
                "players": self.game.players(),
                "equilibria": [],
                "mixed_sought": false,
                "nash_not_sought": reason,
            }),
        };
        joined(joined(nash, tree), branch)
    }

    pub(super) fn text(&self) -> String {
        let mut out = match &self.induction {
            Some(induction) => self.induced(induction),
            None => "No backward induction: the game has imperfect information.\n".to_owned(),
        };
        out += "\n";
        out += &match &self.nash {
            Ok(nash) => nash.text(" of the reduced normal form"),
            Err(reason) => {
                format!("Nash equilibria of the reduced normal form are not sought: {reason}.\n")
            }
        };
        out += "\nAgent quantal responses, on the branch from λ = 0\n";
        out + &branch_in_words(&self.branch, |point| self.played(point))
    }

    fn induced(&self, induction: &Induction) -> String {
        let mut out = "Backward induction\n\n".to_owned();
        for (set, choice) in self.game.sets().iter().zip(&induction.choices) {
            let player = &self.game.players()[set.player];
            out += &format!("    {player}, {}: {}\n", set.name, set.actions[*choice]);
        }
        out += &self.payoffs(&induction.payoffs);
        if induction.ties {
            out += "\nSomewhere another action is as good: there may be more subgame perfect equilibria.\n";
        }
        out
    }

    /// One line for each information set.
    fn played(&self, point: &QuantalPoint) -> String {
        let mut out = String::new();
        for (set, mixed) in self.game.sets().iter().zip(&point.strategies) {
            let player = &self.game.players()[set.player];
            out += &format!("    {player}, {}: {}\n", set.name, chances(&set.actions, mixed));
        }
        out + &self.payoffs(&self.game.expected(&point.strategies))
    }

    fn payoffs(&self, payoffs: &[f64]) -> String {
        let pairs = self.game.players().iter().zip(payoffs);
        let words: Vec<String> =
            pairs.map(|(name, payoff)| format!("{name} {payoff:.4}")).collect();
        format!("    expected: {}\n", words.join(", "))
    }
}
