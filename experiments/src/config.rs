//! A study file as written: its keys in their types, nothing checked against a model yet.

use models::Value;

use crate::points::POINTS;
use crate::source::{ConfigError, Cursor, Tree};

/// Under `[parameters]`, where values come from.
pub(crate) const SOURCES: &str = "sources";

/// What a path is set to.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Written {
    /// One value.
    Fixed(Value),
    /// Several values, in order.
    Swept(Vec<Value>),
}

/// A path with its value, and where it stands.
pub(crate) struct Entry<'a> {
    pub(crate) path: Vec<String>,
    pub(crate) written: Written,
    pub(crate) cursor: &'a dyn Place,
}

/// Something that can complain about a value.
pub(crate) trait Place {
    /// An error that the value breaks a rule.
    fn broken(&self, rule: &str) -> ConfigError;
    /// An error that the path names nothing, with what could have been meant.
    fn nothing(&self, path: &[String], known: &[String]) -> ConfigError;
}

impl Place for Cursor<'_> {
    fn broken(&self, rule: &str) -> ConfigError {
        self.error(rule)
    }

    fn nothing(&self, path: &[String], known: &[String]) -> ConfigError {
        let name = crate::source::dotted(path);
        let message = format!("`{name}` names nothing in this study");
        let group = path.split_last().map(|(_, group)| crate::source::dotted(group));
        let hint = if group.is_some_and(|group| known.contains(&group)) {
            Some("a range is written { from = 0.0, to = 1.0, steps = 11 }".to_owned())
        } else {
            crate::source::hint(&name, known)
        };
        ConfigError { hint, ..self.error_here(message) }
    }
}

/// Calls `each` with every path and value under a table of nested keys. Ranges and arrays are read
/// only where sweeping is allowed; lists of points and
/// sources are passed over.
pub(crate) fn walk(
    table: &Cursor,
    base: usize,
    sweeps: bool,
    each: &mut dyn FnMut(Entry) -> Result<(), ConfigError>,
) -> Result<(), ConfigError> {
    for (_, cursor) in table.entries()? {
        let path = cursor.path()[base..].to_vec();
        if path == [if sweeps { POINTS } else { SOURCES }] {
            continue;
        }
        match &cursor.node.tree {
            Tree::Table(entries) if entries.is_empty() => {
                return Err(cursor.error("must hold something: it names nothing alone"));
            }
            Tree::Table(_) if !is_range(&cursor)? => walk(&cursor, base, sweeps, each)?,
            Tree::Table(_) if !sweeps => {
                return Err(cursor.error("must be one value; ranges are swept under [sweep]"));
            }
            Tree::Table(_) => {
                let written = read_range(&cursor)?;
                each(Entry { path, written, cursor: &cursor })?;
            }
            Tree::List(_) if sweeps => {
                let written = read_list(&cursor)?;
                each(Entry { path, written, cursor: &cursor })?;
            }
            Tree::List(_) => {
                return Err(cursor.error("must be one value; lists are swept under [sweep]"));
            }
            _ => {
                let written = Written::Fixed(read_value(&cursor)?);
                each(Entry { path, written, cursor: &cursor })?;
            }
        }
    }
    Ok(())
}

/// Takes a path, its value and where it stands.
type Setter<'a> = dyn FnMut(Vec<String>, Value, &Cursor) -> Result<(), ConfigError> + 'a;

/// Calls `each` with every path, value and place under a table of nested keys, which may be empty.
pub(crate) fn walk_fixed(
    table: &Cursor,
    base: usize,
    each: &mut Setter,
) -> Result<(), ConfigError> {
    for (_, cursor) in table.entries()? {
        match &cursor.node.tree {
            Tree::Table(_) => walk_fixed(&cursor, base, each)?,
            Tree::List(_) => return Err(cursor.error("must be one value")),
            _ => each(cursor.path()[base..].to_vec(), read_value(&cursor)?, &cursor)?,
        }
    }
    Ok(())
}

/// Whether a table is a range, not a level of a path.
fn is_range(table: &Cursor) -> Result<bool, ConfigError> {
    Ok(table.entries()?.iter().any(|(key, _)| matches!(key.name.as_str(), "from" | "to" | "steps")))
}

fn read_range(table: &Cursor) -> Result<Written, ConfigError> {
    table.only(&["from", "to", "steps"])?;
    let (from, to) = (table.need("from")?.number()?, table.need("to")?);
    let end = to.number()?;
    if end <= from {
        return Err(to.error(format!("must be above `from`, which is {from}")));
    }
    let steps = table.need("steps")?.whole(2, 100_000)?;
    Ok(Written::Swept(
        (0..steps).map(|step| Value::Number(level(from, end, step, steps))).collect(),
    ))
}

/// The level of a step, as the decimal number that was meant: 0.3, not 0.30000000000000004.
fn level(from: f64, to: f64, step: u64, steps: u64) -> f64 {
    if step + 1 == steps {
        return to;
    }
    let exact = from + (to - from) * (step as f64 / (steps - 1) as f64);
    let scale = from.abs().max(to.abs());
    let rounded = format!("{exact:.12}").parse().unwrap_or(exact);
    // Twelve decimals hold every level that a person writes, unless all of them are tiny.
    if scale > 1e-6 { rounded } else { exact }
}

fn read_list(list: &Cursor) -> Result<Written, ConfigError> {
    let items = list.items()?;
    if items.is_empty() {
        return Err(list.error("must hold at least one level"));
    }
    let levels: Vec<Value> = items.iter().map(read_value).collect::<Result<_, _>>()?;
    for (at, item) in items.iter().enumerate() {
        if levels[..at].contains(&levels[at]) {
            return Err(item.error("must not be swept twice"));
        }
    }
    Ok(Written::Swept(levels))
}

/// A number, a word, or true or false.
fn read_value(cursor: &Cursor) -> Result<Value, ConfigError> {
    match &cursor.node.tree {
        Tree::Flag(flag) => Ok(Value::Flag(*flag)),
        Tree::Text(text) => Ok(Value::Word(text.clone())),
        _ => cursor.number().map(Value::Number),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levels_are_the_numbers_a_person_would_write() {
        let levels: Vec<f64> = (0..11).map(|step| level(0.0, 1.0, step, 11)).collect();
        assert_eq!(levels, [0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0]);
        assert_eq!(level(-1.0, 1.0, 3, 9), -0.25);
    }
}
