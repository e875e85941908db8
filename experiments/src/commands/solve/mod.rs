//! `armistice solve`: the equilibria of a small game.

mod extensive;
mod normal;

use std::io::Write as _;
use std::path::PathBuf;

use anyhow::Result;
use clap::Args;
use engine::{QuantalBranch, QuantalPoint};
use experiments::{Game, read_game};
use serde_json::{Value, json};

/// Solves a game.
#[derive(Debug, Args)]
pub(super) struct Solve {
    /// The game: Gambit's .nfg or .efg, or .toml
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

pub(super) fn run(command: &Solve) -> Result<()> {
    let mut lambdas = command.lambda.clone();
    lambdas.sort_by(f64::total_cmp);
    lambdas.dedup();
    let (json, text) = match read_game(&command.file)? {
        Game::Normal(game) => {
            let solution = normal::Solution::new(game, &lambdas);
            (solution.json(), solution.text())
        }
        Game::Extensive(game) => {
            let solution = extensive::Solution::new(game, &lambdas);
            (solution.json(), solution.text())
        }
    };
    let mut out = std::io::stdout().lock();
    if command.json {
        writeln!(out, "{json}")?;
    } else {
        write!(out, "{text}")?;
    }
    Ok(())
}

/// What is said of a branch, in JSON: its points, how far it goes, and where others cross it.
fn branch_in_json(branch: &QuantalBranch) -> Value {
    let point = |point: &QuantalPoint| {
        json!({
            "lambda": point.lambda,
            "strategies": point.strategies,
            "residual": point.residual,
            "regret": point.regret,
        })
    };
    let stopped = branch.stopped_at;
    json!({
        "qre": branch.points.iter().map(point).collect::<Vec<Value>>(),
        "branch": stopped.map_or("complete".to_owned(), |lambda| format!("stopped at {lambda}")),
        "crossings": branch.crossings,
    })
}

/// The same in words; `played` puts what is played at a point in lines.
fn branch_in_words(branch: &QuantalBranch, played: impl Fn(&QuantalPoint) -> String) -> String {
    let mut out = String::new();
    for point in &branch.points {
        out += &format!(
            "\n  λ = {}, residual {:.1e}, regret {:.3}\n",
            point.lambda, point.residual, point.regret
        );
        out += &played(point);
    }
    for lambda in &branch.crossings {
        out += &format!(
            "\nNear λ = {lambda:.3} other branches cross this one, which is followed straight on.\n"
        );
    }
    if let Some(lambda) = branch.stopped_at {
        out += &if branch.exhausted {
            format!(
                "\nThe branch was followed to λ = {lambda:.6e} and given up after a great many steps.\n"
            )
        } else {
            format!("\nThe branch could not be followed beyond λ = {lambda:.6e}.\n")
        };
    }
    out
}

/// "firm 0.2500, back down 0.7500".
fn chances(names: &[String], mixed: &[f64]) -> String {
    let played = names.iter().zip(mixed).map(|(name, chance)| format!("{name} {chance:.4}"));
    played.collect::<Vec<String>>().join(", ")
}

/// `one` with all that stands in `other`.
fn joined(mut one: Value, other: Value) -> Value {
    if let (Value::Object(all), Value::Object(more)) = (&mut one, other) {
        all.extend(more);
    }
    one
}
