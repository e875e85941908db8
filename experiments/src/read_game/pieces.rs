//! Gambit's files in pieces: words, texts in quotes, and braces.

use std::path::Path;

use crate::source::{ConfigError, read_text};

/// A piece of a file.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Piece {
    Text(String),
    Open,
    Close,
    Word(String),
}

/// The pieces of a file in order.
pub(super) struct Pieces<'a> {
    path: &'a Path,
    /// With the line of each.
    all: Vec<(usize, Piece)>,
    next: usize,
}

impl<'a> Pieces<'a> {
    /// Reads a file and splits it.
    pub(super) fn read(path: &'a Path) -> Result<Self, ConfigError> {
        let text = read_text(path)?;
        let mut pieces = Self { path, all: Vec::new(), next: 0 };
        pieces.split(&text)?;
        Ok(pieces)
    }

    pub(super) fn broken(&self, line: usize, rule: impl Into<String>) -> ConfigError {
        let file = self.path.display().to_string();
        ConfigError { line: Some(line), ..ConfigError::outside(file, rule) }
    }

    fn split(&mut self, text: &str) -> Result<(), ConfigError> {
        let mut letters = text.chars().peekable();
        let mut line = 1;
        // Where a quotation mark is missing, the first text that goes on beyond its line is to blame.
        let mut longest = None;
        while let Some(letter) = letters.next() {
            let piece = match letter {
                '\n' => {
                    line += 1;
                    continue;
                }
                '{' => Piece::Open,
                '}' => Piece::Close,
                '"' => {
                    let (mut inside, first) = (String::new(), line);
                    loop {
                        match letters.next() {
                            Some('"') => break,
                            Some('\\') if letters.peek() == Some(&'"') => {
                                inside.extend(letters.next());
                            }
                            None => {
                                let blamed = longest.unwrap_or(first);
                                return Err(self.broken(blamed, "a text in quotes must end"));
                            }
                            Some(other) => {
                                line += usize::from(other == '\n');
                                inside.push(other);
                            }
                        }
                    }
                    if line > first {
                        longest.get_or_insert(first);
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

    pub(super) fn line(&self) -> usize {
        let at = self.next.min(self.all.len().saturating_sub(1));
        self.all.get(at).map_or(1, |(line, _)| *line)
    }

    pub(super) fn peek(&self) -> Option<&Piece> {
        self.all.get(self.next).map(|(_, piece)| piece)
    }

    /// Goes on by one.
    pub(super) fn skip(&mut self) {
        self.next += 1;
    }

    pub(super) fn take(&mut self, what: &str) -> Result<Piece, ConfigError> {
        let piece = self.peek().cloned();
        let line = self.line();
        self.next += 1;
        piece.ok_or_else(|| self.broken(line, format!("the file ends where {what} must stand")))
    }

    pub(super) fn expect(&mut self, wanted: &Piece, what: &str) -> Result<(), ConfigError> {
        let line = self.line();
        match self.take(what)? {
            found if found == *wanted => Ok(()),
            _ => Err(self.broken(line, format!("{what} must stand here"))),
        }
    }

    pub(super) fn text(&mut self, what: &str) -> Result<String, ConfigError> {
        let line = self.line();
        match self.take(what)? {
            Piece::Text(text) => Ok(text),
            _ => Err(self.broken(line, format!("{what} must stand here, in quotes"))),
        }
    }

    /// A decimal number or a fraction such as 1/3.
    pub(super) fn number(&mut self, what: &str) -> Result<f64, ConfigError> {
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

    pub(super) fn whole(&mut self, most: usize, what: &str) -> Result<usize, ConfigError> {
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

    /// Texts in braces.
    pub(super) fn texts(&mut self, what: &str) -> Result<Vec<String>, ConfigError> {
        self.expect(&Piece::Open, "{")?;
        let mut all = Vec::new();
        while self.peek() != Some(&Piece::Close) {
            all.push(self.text(what)?);
        }
        self.next += 1;
        Ok(all)
    }

    pub(super) fn integer(&mut self, most: i64, what: &str) -> Result<i64, ConfigError> {
        let line = self.line();
        let number = self.number(what)?;
        if number.fract() == 0.0 && number.abs() <= most as f64 {
            return Ok(number as i64);
        }
        Err(self.broken(line, format!("{what} is {number}, but must be a whole number")))
    }

    /// The letter that says what numbers there are: real or rational, which are read alike.
    pub(super) fn real_numbers(&mut self) -> Result<(), ConfigError> {
        let line = self.line();
        match self.take("R or D")? {
            Piece::Word(word) if word == "R" || word == "D" => Ok(()),
            _ => Err(self.broken(line, "R or D must stand here")),
        }
    }
}
