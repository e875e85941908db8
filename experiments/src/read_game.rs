//! Games from files: Gambit's `.nfg`, or the project's own form in TOML.

use std::fs;
use std::path::Path;

use engine::NormalForm;

use crate::source::{ConfigError, Cursor, Source};

/// Reads a game in normal form.
///
/// # Errors
///
/// [`ConfigError`] with file and line for the first thing that is wrong.
pub fn read_game(path: &Path) -> Result<NormalForm, ConfigError> {
    match path.extension().and_then(|ending| ending.to_str()) {
        Some("nfg") => read_nfg(path),
        Some("toml") => read_toml(&Source::read(path)?),
        _ => Err(ConfigError::outside(
            path.display().to_string(),
            "is not a game: its name must end in .nfg (Gambit) or .toml",
        )),
    }
}

/// The project's own form: `players`, their `[strategies]`, and their `[payoffs]` nested by the
/// strategies of all players in order.
fn read_toml(source: &Source) -> Result<NormalForm, ConfigError> {
    let root = Cursor::root(source);
    root.only(&["players", "strategies", "payoffs"])?;
    let cursor = root.need("players")?;
    let mut players: Vec<String> = Vec::new();
    for player in cursor.items()? {
        let name = player.name()?;
        if players.iter().any(|known| known == name) {
            return Err(player.error("must not stand there twice"));
        }
        players.push(name.to_owned());
    }
    let names: Vec<&str> = players.iter().map(String::as_str).collect();
    let (of_strategies, of_payoffs) = (root.need("strategies")?, root.need("payoffs")?);
    of_strategies.only(&names)?;
    of_payoffs.only(&names)?;
    let mut strategies = Vec::new();
    for name in &names {
        let own = of_strategies.need(name)?;
        let items = own.items()?;
        let texts = items.iter().map(|item| item.name().map(str::to_owned));
        strategies.push(texts.collect::<Result<Vec<String>, ConfigError>>()?);
    }
    let counts: Vec<usize> = strategies.iter().map(Vec::len).collect();
    let profiles = profiles(&counts).ok_or_else(|| of_strategies.error_here(TOO_MANY))?;
    let mut payoffs = vec![0.0; profiles * players.len()];
    for (player, name) in names.iter().enumerate() {
        let table = of_payoffs.need(name)?;
        nested(&table, &counts, 0, 1, &mut |profile, payoff| {
            payoffs[profile * names.len() + player] = payoff;
        })?;
    }
    let made = NormalForm::new(players, strategies, payoffs);
    made.map_err(|error| cursor.error_here(error.to_string()))
}

const TOO_MANY: &str =
    "there are too many profiles: at most 4 players with at most 10 strategies each";

/// How many profiles there are; nothing where they are more than any game can have.
fn profiles(counts: &[usize]) -> Option<usize> {
    let product = counts.iter().try_fold(1_usize, |product, count| product.checked_mul(*count));
    product.filter(|product| *product <= 10_000)
}

/// Reads lists in lists, one level for each player; `step` is how far apart profiles lie that differ
/// in the strategy of the first of `counts`.
fn nested(
    cursor: &Cursor,
    counts: &[usize],
    profile: usize,
    step: usize,
    each: &mut dyn FnMut(usize, f64),
) -> Result<(), ConfigError> {
    let Some((count, rest)) = counts.split_first() else {
        each(profile, cursor.number()?);
        return Ok(());
    };
    let items = cursor.items()?;
    if items.len() != *count {
        let rule = format!("must hold {count} entries, one for each strategy");
        return Err(cursor.error(rule));
    }
    for (at, item) in items.iter().enumerate() {
        nested(item, rest, profile + step * at, step * count, each)?;
    }
    Ok(())
}

/// A piece of an `.nfg` file.
#[derive(Clone, Debug, PartialEq)]
enum Piece {
    Text(String),
    Open,
    Close,
    Word(String),
}

/// The pieces of an `.nfg` file in order.
struct Pieces<'a> {
    path: &'a Path,
    /// With the line of each.
    all: Vec<(usize, Piece)>,
    next: usize,
}

fn read_nfg(path: &Path) -> Result<NormalForm, ConfigError> {
    let place = || path.display().to_string();
    let bytes = fs::read(path)
        .map_err(|error| ConfigError::outside(place(), format!("cannot be read: {error}")))?;
    let text = String::from_utf8(bytes)
        .map_err(|_| ConfigError::outside(place(), "must be text in UTF-8"))?;
    let mut pieces = Pieces { path, all: Vec::new(), next: 0 };
    pieces.split(&text)?;
    pieces.game()
}

impl Pieces<'_> {
    fn broken(&self, line: usize, rule: impl Into<String>) -> ConfigError {
        let file = self.path.display().to_string();
        ConfigError { line: Some(line), ..ConfigError::outside(file, rule) }
    }

    fn split(&mut self, text: &str) -> Result<(), ConfigError> {
        let mut letters = text.chars().peekable();
        let mut line = 1;
        while let Some(letter) = letters.next() {
            let piece = match letter {
                '\n' => {
                    line += 1;
                    continue;
                }
                '{' => Piece::Open,
                '}' => Piece::Close,
                '"' => {
                    let mut inside = String::new();
                    loop {
                        match letters.next() {
                            Some('"') => break,
                            Some('\\') => inside.extend(letters.next()),
                            Some('\n') | None => {
                                return Err(
                                    self.broken(line, "a text in quotes must end in its line")
                                );
                            }
                            Some(other) => inside.push(other),
                        }
                    }
                    Piece::Text(inside)
                }
                blank if blank.is_whitespace() || blank == ',' => continue,
                first => {
                    let mut word = first.to_string();
                    let part = |c: &char| !c.is_whitespace() && !"{}\",".contains(*c);
                    while let Some(more) = letters.next_if(part) {
                        word.push(more);
                    }
                    Piece::Word(word)
                }
            };
            self.all.push((line, piece));
        }
        Ok(())
    }

    fn line(&self) -> usize {
        let at = self.next.min(self.all.len().saturating_sub(1));
        self.all.get(at).map_or(1, |(line, _)| *line)
    }

    fn peek(&self) -> Option<&Piece> {
        self.all.get(self.next).map(|(_, piece)| piece)
    }

    fn take(&mut self, what: &str) -> Result<Piece, ConfigError> {
        let piece = self.peek().cloned();
        let line = self.line();
        self.next += 1;
        piece.ok_or_else(|| self.broken(line, format!("the file ends where {what} must stand")))
    }

    fn expect(&mut self, wanted: &Piece, what: &str) -> Result<(), ConfigError> {
        let line = self.line();
        match self.take(what)? {
            found if found == *wanted => Ok(()),
            _ => Err(self.broken(line, format!("{what} must stand here"))),
        }
    }

    fn text(&mut self, what: &str) -> Result<String, ConfigError> {
        let line = self.line();
        match self.take(what)? {
            Piece::Text(text) => Ok(text),
            _ => Err(self.broken(line, format!("{what} must stand here, in quotes"))),
        }
    }

    /// A decimal number or a fraction such as 1/3.
    fn number(&mut self, what: &str) -> Result<f64, ConfigError> {
        let line = self.line();
        let Piece::Word(word) = self.take(what)? else {
            return Err(self.broken(line, format!("{what} must stand here, a number")));
        };
        let number = match word.split_once('/') {
            None => word.parse().ok(),
            Some((over, under)) => {
                over.parse::<f64>().ok().zip(under.parse::<f64>().ok()).map(|(a, b)| a / b)
            }
        };
        let number = number.filter(|number: &f64| number.is_finite());
        number.ok_or_else(|| self.broken(line, format!("{what} is {word:?}, but must be a number")))
    }

    fn whole(&mut self, most: usize, what: &str) -> Result<usize, ConfigError> {
        let line = self.line();
        let number = self.number(what)?;
        if number.fract() == 0.0 && (0.0..=most as f64).contains(&number) {
            return Ok(number as usize);
        }
        Err(self.broken(
            line,
            format!("{what} is {number}, but must be a whole number from 0 to {most}"),
        ))
    }

    fn game(mut self) -> Result<NormalForm, ConfigError> {
        for (word, what) in [("NFG", "NFG"), ("1", "the version, 1")] {
            self.expect(&Piece::Word(word.to_owned()), what)?;
        }
        let line = self.line();
        if !matches!(self.take("R or D")?, Piece::Word(word) if word == "R" || word == "D") {
            return Err(self.broken(line, "R or D must stand here"));
        }
        self.text("the title")?;
        let players = self.texts("the players")?;
        let strategies = self.strategies(players.len())?;
        if matches!(self.peek(), Some(Piece::Text(_))) {
            self.next += 1;
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

    /// Texts in braces.
    fn texts(&mut self, what: &str) -> Result<Vec<String>, ConfigError> {
        self.expect(&Piece::Open, "{")?;
        let mut all = Vec::new();
        while self.peek() != Some(&Piece::Close) {
            all.push(self.text(what)?);
        }
        self.next += 1;
        Ok(all)
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
        self.next += 1;
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
            self.next += 1;
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
