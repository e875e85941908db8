//! `[uncertain]` and `[draws]` as written, read into distributions and a design.

use std::path::{Path, PathBuf};

use engine::Seed;
use models::Value;
use outputs::read_csv;

use crate::design::{Target, apply};
use crate::draws::{Draws, WAYS, Way, coordinates, most_coordinates};
use crate::source::{ConfigError, Cursor, Source, Tree, dotted, hint};
use crate::study::{Keep, MOST_POINTS, Study};
use crate::uncertain::{Bounds, Distribution, Uncertain};

const NAMES: [&str; 7] =
    ["uniform", "normal", "log_normal", "triangular", "beta", "discrete", "sample"];

/// Smaller shapes put all of the chance next to the ends, where numbers are too coarse for it.
const LEAST_SHAPE: f64 = 0.05;

/// Parameters on which the bins depend in which results are counted over draws.
const FIXES_BINS: [&str; 2] = ["horizon_months", "offers"];

/// Reads `[uncertain]` into a study.
pub(crate) fn read_uncertain(
    study: &mut Study,
    root: &Cursor,
    source: &Source,
) -> Result<(), ConfigError> {
    let Some(table) = root.get("uncertain")? else {
        return match root.get("draws")? {
            Some(draws) => Err(draws.error_here("`draws` has no meaning without [uncertain]")),
            None => Ok(()),
        };
    };
    if table.entries()?.is_empty() {
        return Err(table
            .error_here("`uncertain` is empty: give a parameter a distribution, or leave it out"));
    }
    let folder = source.path.parent().map_or_else(PathBuf::new, Path::to_path_buf);
    walk_uncertain(&table, &folder, &mut |written| {
        let target = study.target(&written.path, written.cursor)?;
        let path = dotted(&written.path);
        let broken = |rule: String| written.cursor.error_here(format!("`uncertain.{path}` {rule}"));
        if study.design.axes.iter().any(|axis| axis.sets(&target)) {
            return Err(broken("is swept too: it must be one or the other".to_owned()));
        }
        let bounds = match &target {
            Target::Parameter(place) => Bounds::of(study.world.parameters[*place].kind),
            Target::Scenario(_) | Target::Ensemble(_) | Target::Points(_) => Bounds::NONE,
        };
        let own =
            Uncertain { path: path.clone(), target, distribution: written.distribution, bounds };
        if own.kept() < 0.01 {
            let kept = 100.0 * own.kept();
            return Err(broken(format!(
                "lies almost all outside what the parameter can be ({kept:.2} % inside)"
            )));
        }
        // Values are tried on a copy: the reference value stays as it is.
        let (mut settings, mut scenario) = (study.settings.clone(), study.scenario.clone());
        for value in own.extremes() {
            let tried = apply(&own.target, &value, &mut settings, &mut scenario);
            tried.map_err(|rule| broken(format!("can be {value}, but {rule}")))?;
        }
        if FIXES_BINS.contains(&path.as_str()) {
            let rule = "cannot be uncertain: results are counted in bins that it fixes; sweep it in place of that";
            return Err(broken(rule.to_owned()));
        }
        study.uncertain.push(own);
        Ok(())
    })
}

/// Draws what is uncertain in a study, after checking that its `[run]` and `[draws]` go with it.
pub(crate) fn draw(
    study: &mut Study,
    root: &Cursor,
    paths: Option<u64>,
) -> Result<(), ConfigError> {
    if study.uncertain.is_empty() {
        return Ok(());
    }
    let place = root.get("draws")?;
    let wrong = |message: String| place.map_or(*root, |place| place).error_here(message);
    let (_, k) = coordinates(&study.uncertain);
    if study.keep == Keep::Replications {
        let rule = "`run.keep` cannot be \"replications\" with [uncertain]: draws.csv has one row for each draw";
        return Err(root.error_here(rule));
    }
    if paths.is_some_and(|paths| paths > 0) {
        let rule =
            "`run.paths` has no meaning with [uncertain]: paths are counted where all is known";
        return Err(root.error_here(rule));
    }
    if study.precision.is_some() {
        let rule = "`run.precision` cannot be combined with [uncertain]: draws that took more replications would \
                    weigh more; ask for more draws";
        return Err(root.error_here(rule));
    }
    if k > most_coordinates(study.draws.way) {
        let most = most_coordinates(study.draws.way);
        let way = study.draws.way.name();
        return Err(wrong(format!(
            "{k} parameters are uncertain, but {way} is made for {most} at most"
        )));
    }
    if k < study.uncertain.len() && study.draws.way.is_for_differences() {
        let way = study.draws.way.name();
        return Err(wrong(format!(
            "{way} moves one parameter at a time, but some of a sample are drawn together"
        )));
    }
    let rows = study.draws.rows(k);
    let points = study.design.size().and_then(|size| size.checked_mul(rows));
    if points.is_none_or(|points| points > MOST_POINTS) {
        return Err(wrong(format!(
            "{rows} draws at every point make more than {MOST_POINTS} points"
        )));
    }
    study.drawn = study.draws.draw(&study.uncertain, Seed(study.seed)).unwrap_or_default();
    Ok(())
}

/// A path with its distribution, and where it stands.
struct Written<'a> {
    path: Vec<String>,
    distribution: Distribution,
    cursor: &'a Cursor<'a>,
}

/// Calls `each` with every path and distribution under a table of nested keys; files are sought
/// beside `folder`.
fn walk_uncertain(
    table: &Cursor,
    folder: &Path,
    each: &mut dyn FnMut(Written) -> Result<(), ConfigError>,
) -> Result<(), ConfigError> {
    for (_, cursor) in table.entries()? {
        if !matches!(cursor.node.tree, Tree::Table(_)) {
            let rule = format!(
                "must be a distribution, such as {{ uniform = [0.2, 0.8] }}; there are {}",
                NAMES.join(", ")
            );
            return Err(cursor.error(rule));
        }
        let entries = cursor.entries()?;
        match entries.iter().find(|(key, _)| NAMES.contains(&key.name.as_str())) {
            Some((key, value)) => {
                let distribution = read_distribution(&cursor, &key.name, value, folder)?;
                let path = cursor.path()[1..].to_vec();
                each(Written { path, distribution, cursor: &cursor })?;
            }
            None if entries.iter().all(|(_, value)| !matches!(value.node.tree, Tree::Table(_))) => {
                let first = entries.first().map_or("", |(key, _)| key.name.as_str());
                let message =
                    format!("`{first}` is no distribution; there are {}", NAMES.join(", "));
                return Err(ConfigError {
                    hint: hint(first, &NAMES),
                    ..cursor.error_here(message)
                });
            }
            None => walk_uncertain(&cursor, folder, each)?,
        }
    }
    Ok(())
}

fn read_distribution(
    table: &Cursor,
    name: &str,
    value: &Cursor,
    folder: &Path,
) -> Result<Distribution, ConfigError> {
    let extra: &[&str] = match name {
        "discrete" => &["weights"],
        "sample" => &["column", "group"],
        _ => &[],
    };
    table.only(&[&[name], extra].concat())?;
    match name {
        "discrete" => read_discrete(table, value),
        "sample" => read_sample(table, value, folder),
        _ => {
            let numbers: Vec<f64> =
                value.items()?.iter().map(Cursor::number).collect::<Result<_, _>>()?;
            continuous(name, &numbers).map_err(|rule| value.error(rule))
        }
    }
}

fn continuous(name: &str, numbers: &[f64]) -> Result<Distribution, String> {
    let rising = |low: f64, high: f64, own: Distribution| {
        if low < high { Ok(own) } else { Err(format!("must rise from {low} to more than that")) }
    };
    let above = |number: f64, what: &str, own: Distribution| {
        if number > 0.0 { Ok(own) } else { Err(format!("must have a {what} above 0")) }
    };
    let shaped = |a: f64, b: f64, own: Distribution| match a.min(b) >= LEAST_SHAPE {
        true => Ok(own),
        false => Err(format!("must have shapes a and b of {LEAST_SHAPE} at least")),
    };
    match (name, numbers) {
        ("uniform", [low, high]) => rising(*low, *high, Distribution::Uniform(*low, *high)),
        ("normal", [mean, sd]) => {
            above(*sd, "standard deviation", Distribution::Normal(*mean, *sd))
        }
        ("log_normal", [median, sd]) => above(
            median.min(*sd),
            "median and a standard deviation",
            Distribution::LogNormal(*median, *sd),
        ),
        ("triangular", [low, mode, high]) => {
            if (low..=high).contains(&mode) {
                rising(*low, *high, Distribution::Triangular(*low, *mode, *high))
            } else {
                Err("must have its mode between its ends".to_owned())
            }
        }
        ("beta", [a, b]) => shaped(*a, *b, Distribution::Beta(*a, *b, 0.0, 1.0)),
        ("beta", [a, b, low, high]) => {
            let own = shaped(*a, *b, Distribution::Beta(*a, *b, *low, *high))?;
            rising(*low, *high, own)
        }
        ("uniform", _) => Err("must be [low, high]".to_owned()),
        ("normal", _) => Err("must be [mean, standard deviation]".to_owned()),
        ("log_normal", _) => {
            Err("must be [median, standard deviation of the logarithm]".to_owned())
        }
        ("triangular", _) => Err("must be [low, mode, high]".to_owned()),
        _ => Err("must be [a, b] or [a, b, low, high]".to_owned()),
    }
}

fn read_discrete(table: &Cursor, value: &Cursor) -> Result<Distribution, ConfigError> {
    let items = value.items()?;
    let read = |item: &Cursor| match &item.node.tree {
        Tree::Text(text) => Ok(Value::Word(text.clone())),
        Tree::Flag(flag) => Ok(Value::Flag(*flag)),
        _ => item.number().map(Value::Number),
    };
    let values: Vec<Value> = items.iter().map(read).collect::<Result<_, _>>()?;
    if values.is_empty() {
        return Err(value.error("must hold at least one value"));
    }
    let weights = match table.get("weights")? {
        None => vec![1.0; values.len()],
        Some(list) => {
            let weights: Vec<f64> =
                list.items()?.iter().map(Cursor::number).collect::<Result<_, _>>()?;
            let fits = weights.len() == values.len()
                && weights.iter().all(|weight| *weight >= 0.0)
                && weights.iter().sum::<f64>() > 0.0;
            if !fits {
                return Err(list.error("must hold one weight from 0 on for each value, not all 0"));
            }
            weights
        }
    };
    Ok(Distribution::Discrete(values.into_iter().zip(weights).collect()))
}

/// The rows of a sample: a column of a CSV file, or a list with the name of its group.
fn read_sample(table: &Cursor, value: &Cursor, folder: &Path) -> Result<Distribution, ConfigError> {
    if matches!(value.node.tree, Tree::List(_)) {
        let values: Vec<f64> =
            value.items()?.iter().map(Cursor::number).collect::<Result<_, _>>()?;
        if values.is_empty() {
            return Err(value.error("must hold at least one row"));
        }
        let group = table.get("group")?.map_or(Ok(""), |group| group.text())?;
        let group = if group.is_empty() { table.path().join(".") } else { group.to_owned() };
        return Ok(Distribution::Sample { group, values });
    }
    let name = value.text()?;
    let file = read_csv(&folder.join(name)).map_err(|error| value.error(format!("{error}")))?;
    let own = dotted(&table.path()[1..]).replace(' ', "_").replace('"', "");
    let column = match table.get("column")? {
        Some(column) => column.text()?.to_owned(),
        None => own,
    };
    let place = file.column(&column).ok_or_else(|| {
        value.error(format!(
            "must have a column `{column}`; there are {}",
            file.columns().join(", ")
        ))
    })?;
    let number = |(at, row): (usize, &[outputs::Cell])| {
        row[place].number().filter(|x| x.is_finite()).ok_or_else(|| {
            let found = row[place].to_string();
            value.error(format!("must hold numbers in `{column}`: row {} has {found:?}", at + 1))
        })
    };
    let values: Vec<f64> = file.rows().enumerate().map(number).collect::<Result<_, _>>()?;
    if values.is_empty() {
        return Err(value.error("must hold at least one row"));
    }
    Ok(Distribution::Sample { group: name.to_owned(), values })
}

/// How draws are made; by a Latin hypercube of 100 where a study does not say.
pub(crate) fn read_draws(root: &Cursor) -> Result<Draws, ConfigError> {
    const USUAL: u64 = 100;
    const USUAL_WAY: Way = Way::LatinHypercube { maximin: true };
    const MOST: u64 = 1_000_000;
    let Some(table) = root.get("draws")? else {
        return Ok(Draws { way: USUAL_WAY, count: USUAL, shared_luck: false });
    };
    table.only(&["method", "count", "luck", "maximin", "second_order", "levels", "share"])?;
    let mut way = USUAL_WAY;
    if let Some(method) = table.get("method")? {
        let name = method.text()?;
        let known: Vec<&str> = WAYS.iter().map(|(name, _)| *name).collect();
        let found = WAYS.iter().find(|(own, _)| *own == name);
        way = found.map(|(_, way)| *way).ok_or_else(|| {
            let rule = format!("must be one of {}", known.join(", "));
            ConfigError { hint: hint(name, &known), ..method.error(rule) }
        })?;
    }
    let name = way.name();
    let stray = |key: &str| -> Result<(), ConfigError> {
        match table.get(key)? {
            Some(stray) => Err(stray.error(format!("has no meaning with the method {name}"))),
            None => Ok(()),
        }
    };
    let flag = |key: &str, into: &mut bool| -> Result<(), ConfigError> {
        if let Some(flag) = table.get(key)? {
            *into = flag.flag()?;
        }
        Ok(())
    };
    match &mut way {
        Way::LatinHypercube { maximin } => {
            flag("maximin", maximin)?;
            ["second_order", "levels", "share"].into_iter().try_for_each(stray)?;
        }
        Way::Saltelli { second_order } => {
            flag("second_order", second_order)?;
            ["maximin", "levels", "share"].into_iter().try_for_each(stray)?;
        }
        Way::Morris { levels } => {
            if let Some(own) = table.get("levels")? {
                *levels = own.whole(2, 1000)? as u32;
                if *levels % 2 == 1 {
                    return Err(own.error("must be even"));
                }
            }
            ["maximin", "second_order", "share"].into_iter().try_for_each(stray)?;
        }
        Way::OneAtATime { share } => {
            if let Some(own) = table.get("share")? {
                *share = own.number()?;
                if !(*share > 0.0 && *share < 1.0) {
                    return Err(own.error("must lie between 0 and 1: the share of the distribution between low and high"));
                }
            }
            ["maximin", "second_order", "levels", "count"].into_iter().try_for_each(stray)?;
        }
        _ => {
            ["maximin", "second_order", "levels", "share"].into_iter().try_for_each(stray)?;
        }
    }
    let count = table.get("count")?.map_or(Ok(USUAL), |count| count.whole(1, MOST))?;
    let shared_luck = match table.get("luck")? {
        None => way.is_for_differences(),
        Some(luck) => match luck.text()? {
            "shared" => true,
            "own" => false,
            _ => return Err(luck.error("must be \"shared\" or \"own\"")),
        },
    };
    Ok(Draws { way, count, shared_luck })
}
