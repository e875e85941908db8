//! What is known of a game in normal form.

use engine::{Equilibria, Equilibrium, Mixed, NormalForm, QuantalBranch, quantal_branch};
use serde_json::{Value, json};

use super::{branch_in_json, branch_in_words, chances, joined};

/// A game with its Nash equilibria.
pub(super) struct Nash {
    game: NormalForm,
    /// All of two players, the pure ones of more.
    equilibria: Equilibria,
    /// Whether mixed equilibria were looked for.
    mixed: bool,
}

/// All that is known about a game.
pub(super) struct Solution {
    nash: Nash,
    branch: QuantalBranch,
}

impl Solution {
    pub(super) fn new(game: NormalForm, lambdas: &[f64]) -> Self {
        let branch = quantal_branch(&game, lambdas);
        Self { nash: Nash::new(game), branch }
    }

    pub(super) fn json(&self) -> Value {
        joined(self.nash.json(), branch_in_json(&self.branch))
    }

    pub(super) fn text(&self) -> String {
        let branch =
            branch_in_words(&self.branch, |point| self.nash.players(&point.strategies, None));
        let nash = self.nash.text("");
        format!("{nash}\nLogit quantal responses, on the branch from λ = 0\n{branch}")
    }
}

impl Nash {
    pub(super) fn new(game: NormalForm) -> Self {
        let found = game.equilibria();
        let mixed = found.is_some();
        let equilibria = found.unwrap_or_else(|| pure(&game));
        Self { game, equilibria, mixed }
    }

    pub(super) fn json(&self) -> Value {
        let equilibrium = |own: &Equilibrium| {
            json!({
                "strategies": own.strategies,
                "payoffs": own.payoffs,
                "regret": own.regret,
                "kind": kind(&own.strategies),
            })
        };
        json!({
            "players": self.game.players(),
            "strategies": self.game.strategies(),
            "equilibria": self.equilibria.all.iter().map(equilibrium).collect::<Vec<Value>>(),
            "mixed_sought": self.mixed,
            "degenerate": self.equilibria.degenerate,
            "blurred": self.equilibria.blurred,
        })
    }

    /// The equilibria in words; `of` says of what, if not of the game as written.
    pub(super) fn text(&self, of: &str) -> String {
        let all = &self.equilibria.all;
        let what = if self.mixed { "Nash equilibria" } else { "Pure Nash equilibria" };
        let mut out = format!("{what}{of}: {}\n", all.len());
        for own in all {
            out += &format!("\n  {}, regret {:.1e}\n", kind(&own.strategies), own.regret);
            out += &self.players(&own.strategies, Some(&own.payoffs));
        }
        if !self.mixed {
            out += "\nMixed equilibria are sought for two players only.\n";
        }
        if self.equilibria.blurred {
            out += "\nPayoffs span so many orders of magnitude that rounding hides differences between them: \
                    mixed equilibria that rest on these may be missing.\n";
        }
        if self.equilibria.degenerate {
            out += "\nThe game is degenerate: these are its extreme equilibria, and mixtures of some of \
                    them are equilibria too.\n";
        }
        out
    }

    /// One line for each player.
    fn players(&self, mixed: &Mixed, payoffs: Option<&[f64]>) -> String {
        let mut out = String::new();
        for (player, name) in self.game.players().iter().enumerate() {
            let played = chances(&self.game.strategies()[player], &mixed[player]);
            let payoff = payoffs.map_or(String::new(), |all| format!("   has {:.4}", all[player]));
            out += &format!("    {name}: {played}{payoff}\n");
        }
        out
    }
}

fn pure(game: &NormalForm) -> Equilibria {
    let all = game.pure_equilibria().into_iter().map(|own| game.equilibrium(own)).collect();
    Equilibria { all, degenerate: false, blurred: false }
}

fn kind(strategies: &Mixed) -> &'static str {
    let pure = strategies.iter().flatten().all(|chance| *chance == 0.0 || *chance == 1.0);
    if pure { "pure" } else { "mixed" }
}
