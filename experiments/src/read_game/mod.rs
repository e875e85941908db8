//! Games from files: Gambit's `.nfg` and `.efg`, or the project's own form in TOML.

mod efg;
mod in_toml;
mod nfg;
mod pieces;

use std::path::Path;

use engine::{ExtensiveForm, NormalForm};

use crate::source::{ConfigError, Source};

/// A game as it is written.
#[derive(Clone, Debug, PartialEq)]
pub enum Game {
    /// All choose once, at the same time.
    Normal(NormalForm),
    /// They move in turn.
    Extensive(ExtensiveForm),
}

/// Reads a game.
///
/// # Errors
///
/// [`ConfigError`] with file and line for the first thing that is wrong.
pub fn read_game(path: &Path) -> Result<Game, ConfigError> {
    match path.extension().and_then(|ending| ending.to_str()) {
        Some("nfg") => nfg::read(path).map(Game::Normal),
        Some("efg") => efg::read(path).map(Game::Extensive),
        Some("toml") => in_toml::read(&Source::read(path)?),
        _ => Err(ConfigError::outside(
            path.display().to_string(),
            "is not a game: its name must end in .nfg or .efg (Gambit) or .toml",
        )),
    }
}

/// What is wrong with the chances of a move of nature, if anything is.
fn improbable(sum: f64, mut chances: impl Iterator<Item = f64>) -> Option<String> {
    /// What a sum of rounded chances may be off 1 by.
    const ROUNDING: f64 = 1e-9;
    let sound = chances.all(|chance| chance >= 0.0) && (sum - 1.0).abs() <= ROUNDING;
    (!sound).then(|| format!("must have chances from 0 on that add up to 1, not to {sum}"))
}

const TOO_MANY: &str =
    "there are too many profiles: at most 4 players with at most 10 strategies each";

/// How many profiles there are; nothing where they are more than any game can have.
fn profiles(counts: &[usize]) -> Option<usize> {
    let product = counts.iter().try_fold(1_usize, |product, count| product.checked_mul(*count));
    product.filter(|product| *product <= 10_000)
}
