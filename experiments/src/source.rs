//! A TOML file with its spans, and errors that say file, line, key, value and rule.

use std::fmt;
use std::fs;
use std::io::{self, Read as _};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// No study, scenario or game is longer than this, in bytes.
const LONGEST_FILE: u64 = 16 << 20;

/// A TOML file as read.
#[derive(Clone, Debug)]
pub struct Source {
    /// Where it was read from.
    pub path: PathBuf,
    text: Arc<str>,
    root: Node,
}

/// A value with its place in the file.
#[derive(Clone, Debug)]
pub(crate) struct Node {
    pub(crate) tree: Tree,
    pub(crate) span: Range<usize>,
}

/// A value.
#[derive(Clone, Debug)]
pub(crate) enum Tree {
    Whole(i128),
    Real(f64),
    Flag(bool),
    Text(String),
    List(Vec<Node>),
    Table(Vec<(Key, Node)>),
    /// A date or a number that does not fit.
    Other(String),
}

/// A key with its place in the file.
#[derive(Clone, Debug)]
pub(crate) struct Key {
    pub(crate) name: String,
    pub(crate) span: Range<usize>,
}

/// What is wrong with a file, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfigError {
    /// The file (or the option of the command line).
    pub file: String,
    /// Line, counted from 1.
    pub line: Option<usize>,
    /// That line's text.
    pub excerpt: Option<String>,
    /// What is wrong: key, value and rule.
    pub message: String,
    /// What may have been meant.
    pub hint: Option<String>,
}

impl std::error::Error for ConfigError {}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str(&self.file)?;
        if let Some(line) = self.line {
            write!(f, ":{line}")?;
        }
        write!(f, ": {}", self.message)?;
        if let (Some(line), Some(excerpt)) = (self.line, &self.excerpt) {
            write!(f, "\n  {line} | {excerpt}")?;
        }
        if let Some(hint) = &self.hint {
            write!(f, "\n  {hint}")?;
        }
        Ok(())
    }
}

impl ConfigError {
    /// An error about something that stands in no file.
    pub(crate) fn outside(place: impl Into<String>, message: impl Into<String>) -> Self {
        let (file, message) = (place.into(), message.into());
        Self { file, line: None, excerpt: None, message, hint: None }
    }
}

impl Source {
    /// Reads a file.
    ///
    /// # Errors
    ///
    /// [`ConfigError`] where it is missing, too long, not UTF-8, or not TOML.
    pub fn read(path: &Path) -> Result<Self, ConfigError> {
        Self::parse(path, &read_text(path)?)
    }

    /// Reads a text as if it stood in a file.
    ///
    /// # Errors
    ///
    /// [`ConfigError`] where it is not TOML.
    pub fn parse(path: &Path, text: &str) -> Result<Self, ConfigError> {
        let text: Arc<str> = text.strip_prefix('\u{feff}').unwrap_or(text).into();
        let empty = Node { tree: Tree::Table(Vec::new()), span: 0..0 };
        let mut source = Self { path: path.to_owned(), text, root: empty };
        let table = DeTable::parse(&source.text).map_err(|error| {
            let span = error.span().unwrap_or(0..0);
            source.error(span, format!("is not TOML: {}", error.message().trim_end()))
        })?;
        source.root = node_of_table(table.get_ref(), table.span());
        Ok(source)
    }

    pub(crate) fn root(&self) -> &Node {
        &self.root
    }

    /// An error about a place in this file.
    pub(crate) fn error(&self, span: Range<usize>, message: impl Into<String>) -> ConfigError {
        let start = span.start.min(self.text.len());
        let before = &self.text.as_bytes()[..start];
        let line = before.iter().filter(|byte| **byte == b'\n').count() + 1;
        let excerpt = self.text.lines().nth(line - 1).map(|text| clip(text.trim(), 160));
        ConfigError {
            file: self.path.display().to_string(),
            line: Some(line),
            excerpt,
            message: message.into(),
            hint: None,
        }
    }

    /// How many keys of a path this file has, and the place of the last of them.
    pub(crate) fn locate(&self, path: &[String]) -> (usize, Range<usize>) {
        let (mut node, mut found) = (&self.root, (0, 0..0));
        for name in path {
            let Tree::Table(entries) = &node.tree else { break };
            let Some((key, value)) = entries.iter().find(|(key, _)| key.name == *name) else {
                break;
            };
            found = (found.0 + 1, key.span.clone());
            node = value;
        }
        found
    }
}

/// Reads a text that was written by hand: a file, of a bounded length, in UTF-8.
pub(crate) fn read_text(path: &Path) -> Result<String, ConfigError> {
    let failed = |message: String| ConfigError::outside(path.display().to_string(), message);
    let unreadable = |error: io::Error| failed(format!("cannot be read: {error}"));
    let about = fs::metadata(path).map_err(unreadable)?;
    if !about.is_file() {
        return Err(failed("is not a file".to_owned()));
    }
    if about.len() > LONGEST_FILE {
        let rule = format!("has {} bytes, but must have {LONGEST_FILE} at most", about.len());
        return Err(failed(rule));
    }
    let mut bytes = Vec::new();
    let file = fs::File::open(path).map_err(unreadable)?;
    file.take(LONGEST_FILE).read_to_end(&mut bytes).map_err(unreadable)?;
    String::from_utf8(bytes).map_err(|error| {
        let valid = error.utf8_error().valid_up_to();
        let lines = error.as_bytes()[..valid].iter().filter(|byte| **byte == b'\n').count();
        let place = format!("{}:{}", path.display(), lines + 1);
        ConfigError::outside(place, "is not UTF-8 here; save the file as UTF-8")
    })
}

/// The first characters of a line that may be long.
pub(crate) fn clip(line: &str, most: usize) -> String {
    if line.chars().count() <= most {
        return line.to_owned();
    }
    line.chars().take(most).chain(['…']).collect()
}

fn node_of_table(table: &DeTable, span: Range<usize>) -> Node {
    let entries = table.iter().map(|(key, value)| {
        let key = Key { name: key.get_ref().to_string(), span: key.span() };
        (key, node_of(value))
    });
    Node { tree: Tree::Table(entries.collect()), span }
}

fn node_of(value: &Spanned<DeValue>) -> Node {
    let tree = match value.get_ref() {
        DeValue::String(text) => Tree::Text(text.to_string()),
        DeValue::Integer(digits) => i128::from_str_radix(digits.as_str(), digits.radix())
            .map_or_else(|_| Tree::Other(digits.as_str().to_owned()), Tree::Whole),
        DeValue::Float(digits) => digits
            .as_str()
            .parse()
            .map_or_else(|_| Tree::Other(digits.as_str().to_owned()), Tree::Real),
        DeValue::Boolean(flag) => Tree::Flag(*flag),
        DeValue::Datetime(date) => Tree::Other(date.to_string()),
        DeValue::Array(items) => Tree::List(items.iter().map(node_of).collect()),
        DeValue::Table(table) => return node_of_table(table, value.span()),
    };
    Node { tree, span: value.span() }
}

impl fmt::Display for Tree {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self {
            Self::Whole(number) => write!(f, "{number}"),
            Self::Real(number) => write!(f, "{number:?}"),
            Self::Flag(flag) => write!(f, "{flag}"),
            Self::Text(text) => write!(f, "{:?}", clip(text, 160)),
            Self::List(items) => write!(f, "a list of {}", items.len()),
            Self::Table(_) => f.write_str("a table"),
            Self::Other(text) => f.write_str(text),
        }
    }
}

/// A value on its way from the file into a study: it knows its path and can complain.
#[derive(Clone, Copy)]
pub(crate) struct Cursor<'a> {
    pub(crate) source: &'a Source,
    pub(crate) node: &'a Node,
    parent: Option<(&'a Cursor<'a>, &'a Key)>,
}

impl<'a> Cursor<'a> {
    pub(crate) fn root(source: &'a Source) -> Self {
        Self { source, node: source.root(), parent: None }
    }

    /// The keys that lead here.
    pub(crate) fn path(&self) -> Vec<String> {
        match self.parent {
            None => Vec::new(),
            Some((parent, key)) => {
                let mut path = parent.path();
                path.push(key.name.clone());
                path
            }
        }
    }

    /// An error about this value.
    pub(crate) fn error(&self, rule: impl fmt::Display) -> ConfigError {
        let message = format!("`{}` is {}, but {rule}", dotted(&self.path()), self.node.tree);
        self.source.error(self.place(), message)
    }

    /// An error about this table as a whole.
    pub(crate) fn error_here(&self, message: impl Into<String>) -> ConfigError {
        self.source.error(self.place(), message)
    }

    /// The value; of a table its key, which stands where the reader looks.
    fn place(&self) -> Range<usize> {
        match (&self.node.tree, self.parent) {
            (Tree::Table(_), Some((_, key))) => key.span.clone(),
            _ => self.node.span.clone(),
        }
    }

    /// The entries of a table.
    pub(crate) fn entries(&'a self) -> Result<Vec<(&'a Key, Cursor<'a>)>, ConfigError> {
        let Tree::Table(entries) = &self.node.tree else {
            return Err(self.error("must be a table"));
        };
        let child = |(key, node): &'a (Key, Node)| {
            (key, Cursor { source: self.source, node, parent: Some((self, key)) })
        };
        Ok(entries.iter().map(child).collect())
    }

    /// The entry of a table with that key.
    pub(crate) fn get(&'a self, name: &str) -> Result<Option<Cursor<'a>>, ConfigError> {
        let entries = self.entries()?;
        Ok(entries.into_iter().find(|(key, _)| key.name == name).map(|(_, value)| value))
    }

    /// The entry of a table that must be there.
    pub(crate) fn need(&'a self, name: &str) -> Result<Cursor<'a>, ConfigError> {
        self.get(name)?.ok_or_else(|| {
            let mut path = self.path();
            path.push(name.to_owned());
            self.error_here(format!("`{}` is missing", dotted(&path)))
        })
    }

    /// Refuses keys that are not known, with the nearest that is.
    pub(crate) fn only(&'a self, known: &[&str]) -> Result<(), ConfigError> {
        for (key, _) in self.entries()? {
            if !known.contains(&key.name.as_str()) {
                return Err(self.unknown(key, known));
            }
        }
        Ok(())
    }

    /// An error about a key that is not known.
    pub(crate) fn unknown(&self, key: &Key, known: &[impl AsRef<str>]) -> ConfigError {
        let mut path = self.path();
        path.push(key.name.clone());
        let message = format!("`{}` is not known here", dotted(&path));
        let hint = hint(&key.name, known);
        ConfigError { hint, ..self.source.error(key.span.clone(), message) }
    }

    /// The items of a list; they complain under the list's path.
    pub(crate) fn items(&'a self) -> Result<Vec<Cursor<'a>>, ConfigError> {
        const MOST: usize = 100_000;
        match &self.node.tree {
            Tree::List(items) if items.len() <= MOST => {
                Ok(items.iter().map(|node| Cursor { node, ..*self }).collect())
            }
            Tree::List(_) => Err(self.error(format!("must hold {MOST} items at most"))),
            _ => Err(self.error("must be a list")),
        }
    }

    pub(crate) fn number(&self) -> Result<f64, ConfigError> {
        match self.node.tree {
            Tree::Whole(number) => Ok(number as f64),
            Tree::Real(number) if number.is_finite() => Ok(number),
            _ => Err(self.error("must be a finite number")),
        }
    }

    pub(crate) fn flag(&self) -> Result<bool, ConfigError> {
        match self.node.tree {
            Tree::Flag(flag) => Ok(flag),
            _ => Err(self.error("must be true or false")),
        }
    }

    pub(crate) fn whole(&self, low: u64, high: u64) -> Result<u64, ConfigError> {
        let inside = match self.node.tree {
            Tree::Whole(number) => u64::try_from(number).ok().filter(|n| (low..=high).contains(n)),
            _ => None,
        };
        inside.ok_or_else(|| {
            let plain = "without decimal point or exponent";
            self.error(format!("must be a whole number from {low} to {high}, {plain}"))
        })
    }

    pub(crate) fn text(&self) -> Result<&'a str, ConfigError> {
        match &self.node.tree {
            Tree::Text(text) => Ok(text),
            _ => Err(self.error("must be a text in quotes")),
        }
    }

    /// A name: not empty, not long, no control characters.
    pub(crate) fn name(&self) -> Result<&'a str, ConfigError> {
        let text = self.text()?;
        check_name(text).map_err(|rule| self.error(rule))?;
        Ok(text)
    }
}

/// What a name of a study, an actor or an issue must be.
pub(crate) fn check_name(name: &str) -> Result<(), String> {
    let good = !name.trim().is_empty() && name.chars().count() <= 80;
    if !good || name.chars().any(char::is_control) {
        return Err("must be a name of 1 to 80 characters without control characters".to_owned());
    }
    match name.starts_with(['=', '+', '-', '@']) {
        true => {
            Err("must not begin with =, +, - or @: spreadsheets take that for a formula".to_owned())
        }
        false => Ok(()),
    }
}

/// Keys as one path, in quotes where a key is not a bare word.
pub(crate) fn dotted(path: &[String]) -> String {
    let bare = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    let quoted = |key: &String| {
        let plain = !key.is_empty() && key.chars().all(bare);
        if plain { key.clone() } else { toml::Value::String(key.clone()).to_string() }
    };
    path.iter().map(quoted).collect::<Vec<String>>().join(".")
}

/// The keys of a dotted path such as `actors."United States".capability`.
pub(crate) fn keys_of(path: &str) -> Option<Vec<String>> {
    let text = format!("{path} = 0");
    let table = DeTable::parse(&text).ok()?;
    let mut keys = Vec::new();
    let mut here = table.get_ref();
    loop {
        let (key, value) = here.iter().next().filter(|_| here.len() == 1)?;
        keys.push(key.get_ref().to_string());
        match value.get_ref() {
            DeValue::Table(inner) => here = inner,
            _ => return Some(keys),
        }
    }
}

/// "did you mean": the nearest known name, or the list where it is short.
pub(crate) fn hint(name: &str, known: &[impl AsRef<str>]) -> Option<String> {
    let known: Vec<&str> = known.iter().map(AsRef::as_ref).collect();
    let nearest = known
        .iter()
        .map(|candidate| (strsim::damerau_levenshtein(name, candidate), *candidate))
        .min()
        .filter(|(distance, candidate)| *distance <= 1 + candidate.chars().count() / 3);
    match nearest {
        Some((_, candidate)) => Some(format!("did you mean `{candidate}`?")),
        None if known.len() <= 14 && !known.is_empty() => {
            Some(format!("known here: {}", known.join(", ")))
        }
        None => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dotted_paths_are_read_as_toml_reads_them() {
        let keys = keys_of("actors.\"United States\".capability").expect("it is a path");
        assert_eq!(keys, ["actors", "United States", "capability"]);
        assert_eq!(dotted(&keys), "actors.\"United States\".capability");
        assert_eq!(keys_of("a = 1\nb"), None);
    }

    #[test]
    fn a_misspelt_name_finds_the_nearest() {
        let known = ["unity", "signalling", "front.held"];
        assert_eq!(hint("signaling", &known).as_deref(), Some("did you mean `signalling`?"));
    }
}
