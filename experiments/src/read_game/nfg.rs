//! Gambit's `.nfg` files: games in normal form, with payoffs or with outcomes.

use std::path::Path;

use engine::NormalForm;

use super::pieces::{Piece, Pieces};
use super::{TOO_MANY, profiles};
use crate::source::ConfigError;

pub(super) fn read(path: &Path) -> Result<NormalForm, ConfigError> {
    Pieces::read(path)?.normal_form()
}

impl Pieces<'_> {
    fn normal_form(mut self) -> Result<NormalForm, ConfigError> {
        for (word, what) in [("NFG", "NFG"), ("1", "the version, 1")] {
            self.expect(&Piece::Word(word.to_owned()), what)?;
        }
        self.real_numbers()?;
        self.text("the title")?;
        let players = self.texts("the players")?;
        let strategies = self.strategies(players.len())?;
        if matches!(self.peek(), Some(Piece::Text(_))) {
            self.skip();
        }
        let line = self.line();
        let counts: Vec<usize> = strategies.iter().map(Vec::len).collect();
        let profiles = profiles(&counts).ok_or_else(|| self.broken(line, TOO_MANY))?;
        let payoffs = if self.peek() == Some(&Piece::Open) {
            self.outcomes(profiles, players.len())?
        } else {
            let count = profiles * players.len();
            (0..count)
                .map(|_| self.number("a payoff"))
                .collect::<Result<Vec<f64>, ConfigError>>()?
        };
        if self.peek().is_some() {
            return Err(self.broken(self.line(), "nothing more may stand after the payoffs"));
        }
        let made = NormalForm::new(players, strategies, payoffs);
        made.map_err(|error| self.broken(line, error.to_string()))
    }

    /// Numbers of strategies, or their names.
    fn strategies(&mut self, players: usize) -> Result<Vec<Vec<String>>, ConfigError> {
        let line = self.line();
        self.expect(&Piece::Open, "{")?;
        let mut all = Vec::new();
        while self.peek() != Some(&Piece::Close) {
            if self.peek() == Some(&Piece::Open) {
                all.push(self.texts("the strategies")?);
            } else {
                let count = self.whole(1000, "the number of strategies")?;
                all.push((1..=count).map(|number| number.to_string()).collect());
            }
        }
        self.skip();
        if all.len() == players {
            return Ok(all);
        }
        let found = all.len();
        Err(self.broken(line, format!("there are {players} players, but strategies of {found}")))
    }

    /// Outcomes in braces, then which of them each profile leads to (0: nothing for anybody).
    fn outcomes(&mut self, profiles: usize, players: usize) -> Result<Vec<f64>, ConfigError> {
        self.expect(&Piece::Open, "{")?;
        let mut outcomes = vec![vec![0.0; players]];
        while self.peek() == Some(&Piece::Open) {
            self.skip();
            self.text("the name of an outcome")?;
            let own = (0..players).map(|_| self.number("a payoff"));
            outcomes.push(own.collect::<Result<Vec<f64>, ConfigError>>()?);
            self.expect(&Piece::Close, "}")?;
        }
        self.expect(&Piece::Close, "}")?;
        let mut payoffs = Vec::new();
        for _ in 0..profiles {
            let number = self.whole(outcomes.len() - 1, "the number of an outcome")?;
            payoffs.extend_from_slice(&outcomes[number]);
        }
        Ok(payoffs)
    }
}
