//! A list of design points: values that belong together, as one axis of the design.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use models::Value;
use outputs::{Cell, Table, read_csv};

use crate::config::{Place, walk_fixed};
use crate::design::{Axis, Target, apply};
use crate::ensemble::Member;
use crate::source::{ConfigError, Cursor, Source, Tree, check_name, dotted, hint, keys_of};
use crate::study::Study;

/// The key under `[sweep]`, and what the axis is called.
pub(crate) const POINTS: &str = "points";

/// The column or key that names a point.
const NAME: &str = "name";

/// Reads `sweep.points` and adds it to a design: a list of tables, or a CSV file with one column for each path.
pub(crate) fn read_points(
    study: &mut Study,
    sweep: &Cursor,
    source: &Source,
) -> Result<(), ConfigError> {
    let Some(cursor) = sweep.get(POINTS)? else { return Ok(()) };
    let members = match &cursor.node.tree {
        Tree::Text(name) => {
            let folder = source.path.parent().map_or_else(PathBuf::new, Path::to_path_buf);
            let table =
                read_csv(&folder.join(name)).map_err(|error| cursor.error(format!("{error}")))?;
            from_table(study, &table, &[]).map_err(|rule| cursor.error(rule))?
        }
        _ => from_list(study, &cursor)?,
    };
    if let Some(double) = members.first().and_then(|first| swept_too(study, first)) {
        return Err(cursor.error_here(format!("`{double}` is swept beside `points` too")));
    }
    study.design.axes.push(axis(members));
    Ok(())
}

/// The axis of a list of points.
pub(crate) fn axis(members: Vec<Member>) -> Axis {
    let levels = members.iter().map(|member| Value::Word(member.name.clone())).collect();
    Axis { path: POINTS.to_owned(), target: Target::Points(members), levels }
}

fn swept_too(study: &Study, member: &Member) -> Option<String> {
    let swept = |target: &Target| study.design.axes.iter().any(|axis| axis.sets(target));
    member.values.iter().find(|(_, target, _)| swept(target)).map(|(path, ..)| path.clone())
}

fn from_list(study: &Study, list: &Cursor) -> Result<Vec<Member>, ConfigError> {
    let (mut members, mut seen): (Vec<Member>, _) = (Vec::new(), Seen::default());
    for (number, item) in list.items()?.iter().enumerate() {
        if !matches!(item.node.tree, Tree::Table(_)) {
            return Err(
                item.error("must hold tables of values, such as { unity = 0.6, signalling = 0.3 }")
            );
        }
        let (mut name, mut values) = (number.to_string(), Vec::new());
        walk_fixed(item, 2, &mut |path, value, place| {
            if path == [NAME] {
                place.name()?.clone_into(&mut name);
                return check_point_name(&name, number).map_err(|rule| place.broken(&rule));
            }
            let target = study.target(&path, place)?;
            tried(study, &target, &value).map_err(|rule| place.broken(&rule))?;
            values.push((dotted(&path), target, value));
            Ok(())
        })?;
        let own = in_order(&members, Member { name, values });
        seen.fits(&members, &own)
            .map_err(|rule| item.error_here(format!("point {number}: {rule}")))?;
        members.push(own);
    }
    if members.is_empty() {
        return Err(list.error("must hold at least one point"));
    }
    Ok(members)
}

/// The points of a table whose columns are paths, or what paths are called in tables of results; columns of `left`
/// are passed over.
///
/// # Errors
///
/// The rule that the table breaks.
pub(crate) fn from_table(
    study: &Study,
    table: &Table,
    left: &[&str],
) -> Result<Vec<Member>, String> {
    let known = study.known_paths();
    let mut columns = Vec::new();
    for (place, column) in table.columns().iter().enumerate() {
        if column == NAME || column == POINTS || left.contains(&column.as_str()) {
            continue;
        }
        let path = known.iter().find(|path| *path == column || in_tables(path) == *column);
        let Some(path) = path else {
            let meant = hint(column, &known).map_or(String::new(), |hint| format!("; {hint}"));
            return Err(format!(
                "has a column `{column}`, which names nothing in this study{meant}"
            ));
        };
        let keys = keys_of(path).unwrap_or_default();
        let target = study.target(&keys, &Nowhere).map_err(|error| error.to_string())?;
        columns.push((place, path.clone(), target));
    }
    let name = table.column(NAME).or_else(|| named(table));
    let (mut members, mut seen): (Vec<Member>, _) = (Vec::new(), Seen::default());
    for (number, row) in table.rows().enumerate() {
        let mut values = Vec::new();
        for (place, path, target) in &columns {
            let value = of_cell(&row[*place])
                .ok_or_else(|| format!("has nothing in row {} under `{path}`", number + 1))?;
            tried(study, target, &value)
                .map_err(|rule| format!("has {value} in row {}: `{path}` {rule}", number + 1))?;
            values.push((path.clone(), target.clone(), value));
        }
        let name = name.map_or_else(|| number.to_string(), |at| row[at].to_string());
        check_point_name(&name, number)
            .map_err(|rule| format!("row {}: its name {rule}", number + 1))?;
        let own = Member { name, values };
        seen.fits(&members, &own).map_err(|rule| format!("row {}: {rule}", number + 1))?;
        members.push(own);
    }
    match members.is_empty() {
        true => Err("must hold at least one point".to_owned()),
        false => Ok(members),
    }
}

/// The column with the names of a list that was planned, unless points of it come again at other levels.
fn named(table: &Table) -> Option<usize> {
    let place = table.column(POINTS)?;
    let mut names: Vec<String> = table.rows().map(|row| row[place].to_string()).collect();
    names.sort();
    names.windows(2).all(|two| two[0] != two[1]).then_some(place)
}

/// What a path is called as a column.
pub(crate) fn in_tables(path: &str) -> String {
    path.replace(' ', "_").replace('"', "")
}

fn of_cell(cell: &Cell) -> Option<Value> {
    match cell {
        Cell::Empty => None,
        Cell::Number(number) => Some(Value::Number(*number)),
        Cell::Text(text) => Some(match text.as_ref() {
            "true" => Value::Flag(true),
            "false" => Value::Flag(false),
            word => Value::Word(word.to_owned()),
        }),
    }
}

/// Tries a value on a copy; the reference value stays as it is.
fn tried(study: &Study, target: &Target, value: &Value) -> Result<(), String> {
    let (mut settings, mut scenario) = (study.settings.clone(), study.scenario.clone());
    apply(target, value, &mut settings, &mut scenario)
}

/// A point with its values in the order of the first.
fn in_order(before: &[Member], mut own: Member) -> Member {
    if let Some(first) = before.first() {
        let place = |path: &String| first.values.iter().position(|(other, ..)| other == path);
        own.values.sort_by_key(|(path, ..)| place(path));
    }
    own
}

/// A name that can be told from the number of a point, which it need not have.
fn check_point_name(name: &str, number: usize) -> Result<(), String> {
    check_name(name)?;
    match name.parse::<f64>().is_ok() && name != number.to_string() {
        true => Err(format!("must not be a number ({name}): points are numbered")),
        false => Ok(()),
    }
}

/// The points before a point: which names and which values there are.
#[derive(Default)]
struct Seen {
    names: BTreeSet<String>,
    /// Each with the name of its point.
    values: BTreeMap<String, String>,
}

impl Seen {
    /// Whether a point sets what those before it set, and is none of them again.
    fn fits(&mut self, before: &[Member], own: &Member) -> Result<(), String> {
        let paths = |member: &Member| -> Vec<String> {
            member.values.iter().map(|(path, ..)| path.clone()).collect()
        };
        let own_paths = paths(own);
        match before.first().map(paths) {
            None if own_paths.is_empty() => return Err("a point must set something".to_owned()),
            Some(first) if first != own_paths => {
                let (first, own) = (first.join(", "), own_paths.join(", "));
                return Err(format!("all points must set the same: {first}; this sets {own}"));
            }
            _ => {}
        }
        match self.values.entry(own.words()) {
            Entry::Occupied(other) => return Err(format!("is point {} again", other.get())),
            Entry::Vacant(empty) => drop(empty.insert(own.name.clone())),
        }
        match self.names.insert(own.name.clone()) {
            true => Ok(()),
            false => Err(format!("has the name {} of a point before it", own.name)),
        }
    }
}

/// A place that nobody is told of.
struct Nowhere;

impl Place for Nowhere {
    fn broken(&self, rule: &str) -> ConfigError {
        ConfigError::outside("", rule)
    }

    fn nothing(&self, path: &[String], _known: &[String]) -> ConfigError {
        ConfigError::outside("", format!("`{}` names nothing in this study", dotted(path)))
    }
}
