//! `armistice solve`: the equilibria of a small game.

use std::io::Write as _;
use std::path::PathBuf;

use anyhow::Result;
use clap::Args;
use engine::{Equilibria, Equilibrium, Mixed, NormalForm, QuantalBranch, quantal_branch};
use experiments::read_game;
use serde_json::{Value, json};

/// Solves a game.
#[derive(Debug, Args)]
pub(super) struct Solve {
    /// The game: Gambit's .nfg, or .toml
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Where to report logit quantal responses, in rising order
    #[arg(long, value_name = "L,L,...", value_delimiter = ',', default_values_t = [0.1, 0.5, 1.0, 2.0, 5.0, 10.0], value_parser = lambda)]
    lambda: Vec<f64>,
    /// Prints JSON
    #[arg(long)]
    json: bool,
}

fn lambda(text: &str) -> Result<f64, String> {
    let number: f64 = text.trim().parse().map_err(|_| "must be a number".to_owned())?;
    let fits = (0.0..=1e6).contains(&number);
    fits.then_some(number).ok_or_else(|| "must lie from 0 to 1e6".to_owned())
}

/// All that is known about a game.
struct Solution {
    game: NormalForm,
    /// All of two players, the pure ones of more.
    equilibria: Equilibria,
    /// Whether mixed equilibria were looked for.
    mixed: bool,
    branch: QuantalBranch,
}

pub(super) fn run(command: &Solve) -> Result<()> {
    let game = read_game(&command.file)?;
    let mut lambdas = command.lambda.clone();
    lambdas.sort_by(f64::total_cmp);
    lambdas.dedup();
    let (found, branch) = (game.equilibria(), quantal_branch(&game, &lambdas));
    let mixed = found.is_some();
    let equilibria = found.unwrap_or_else(|| pure(&game));
    let solution = Solution { game, equilibria, mixed, branch };
    let mut out = std::io::stdout().lock();
    if command.json {
        writeln!(out, "{}", solution.json())?;
    } else {
        write!(out, "{}", solution.text())?;
    }
    Ok(())
}

fn pure(game: &NormalForm) -> Equilibria {
    let equilibrium = |strategies: Mixed| Equilibrium {
        payoffs: game.expected(&strategies),
        regret: game.regret(&strategies),
        strategies,
    };
    let all = game.pure_equilibria().into_iter().map(equilibrium).collect();
    Equilibria { all, degenerate: false }
}

fn kind(strategies: &Mixed) -> &'static str {
    let pure = strategies.iter().flatten().all(|chance| *chance == 0.0 || *chance == 1.0);
    if pure { "pure" } else { "mixed" }
}

impl Solution {
    fn branch(&self) -> String {
        let stopped = self.branch.stopped_at;
        stopped.map_or("complete".to_owned(), |lambda| format!("stopped at {lambda}"))
    }

    fn json(&self) -> Value {
        let equilibrium = |own: &Equilibrium| {
            json!({
                "strategies": own.strategies,
                "payoffs": own.payoffs,
                "regret": own.regret,
                "kind": kind(&own.strategies),
            })
        };
        let points: Vec<Value> = self
            .branch
            .points
            .iter()
            .map(|point| {
                json!({
                    "lambda": point.lambda,
                    "strategies": point.strategies,
                    "residual": point.residual,
                    "regret": point.regret,
                })
            })
            .collect();
        json!({
            "players": self.game.players(),
            "strategies": self.game.strategies(),
            "equilibria": self.equilibria.all.iter().map(equilibrium).collect::<Vec<Value>>(),
            "mixed_sought": self.mixed,
            "degenerate": self.equilibria.degenerate,
            "qre": points,
            "branch": self.branch(),
            "crossings": self.branch.crossings,
        })
    }

    fn text(&self) -> String {
        let mut out = String::new();
        let all = &self.equilibria.all;
        let what = if self.mixed { "Nash equilibria" } else { "Pure Nash equilibria" };
        out += &format!("{what}: {}\n", all.len());
        for own in all {
            out += &format!("\n  {}, regret {:.1e}\n", kind(&own.strategies), own.regret);
            out += &self.players(&own.strategies, Some(&own.payoffs));
        }
        if !self.mixed {
            out += "\nMixed equilibria are sought for two players only.\n";
        }
        if self.equilibria.degenerate {
            out += "\nThe game is degenerate: these are its extreme equilibria, and mixtures of some of \
                    them are equilibria too.\n";
        }
        out += "\nLogit quantal responses, on the branch from λ = 0\n";
        for point in &self.branch.points {
            out += &format!(
                "\n  λ = {}, residual {:.1e}, regret {:.3}\n",
                point.lambda, point.residual, point.regret
            );
            out += &self.players(&point.strategies, None);
        }
        for lambda in &self.branch.crossings {
            out += &format!(
                "\nNear λ = {lambda:.3} other branches cross this one, which is followed straight on.\n"
            );
        }
        if let Some(lambda) = self.branch.stopped_at {
            out += &format!("\nThe branch could not be followed beyond λ = {lambda:.6}.\n");
        }
        out
    }

    /// One line for each player.
    fn players(&self, mixed: &Mixed, payoffs: Option<&[f64]>) -> String {
        let mut out = String::new();
        for (player, name) in self.game.players().iter().enumerate() {
            let names = &self.game.strategies()[player];
            let chances = names.iter().zip(&mixed[player]);
            let played: Vec<String> =
                chances.map(|(name, chance)| format!("{name} {chance:.4}")).collect();
            let payoff = payoffs.map_or(String::new(), |all| format!("   has {:.4}", all[player]));
            out += &format!("    {name}: {}{payoff}\n", played.join(", "));
        }
        out
    }
}
