//! A scenario as written in TOML, read into the form that models take.

use models::{Actor, Bloc, Election, Issue, IssueRole, MAX_MEMBERS, Role, Scenario, Weights};

use crate::source::{ConfigError, Cursor, check_name};

/// More entries than this are refused before they are read; a scenario has its own, lower limits.
const MOST_ENTRIES: usize = 1000;

/// The curvature of actors that give none.
const CURVATURE: f64 = 1.3;

/// Reads everything but `[parameters]`.
pub(crate) fn read_scenario(root: &Cursor) -> Result<Scenario, ConfigError> {
    root.only(&["name", "issues", "actors", "blocs", "influence", "elections", "parameters"])?;
    let issues = read_issues(&root.need("issues")?)?;
    let optional = |name: &str| root.get(name);
    let blocs = optional("blocs")?.map_or(Ok(Vec::new()), |table| read_blocs(&table))?;
    let bloc_names: Vec<String> = blocs.iter().map(|bloc| bloc.name.clone()).collect();
    let actors = read_actors(&root.need("actors")?, &issues, &bloc_names)?;
    let members = actors.iter().filter(|actor| actor.role == Role::Member);
    let members: Vec<String> = members.map(|actor| actor.name.clone()).collect();
    Ok(Scenario {
        name: root.need("name")?.name()?.to_owned(),
        influence: optional("influence")?
            .map_or(Ok(Vec::new()), |table| read_influence(&table, &members))?,
        elections: optional("elections")?
            .map_or(Ok(Vec::new()), |list| read_elections(&list, &members))?,
        issues,
        blocs,
        actors,
    })
}

/// Refuses a name that is not among those known, with the nearest that is.
fn known<'a>(cursor: &Cursor<'a>, what: &str, names: &[String]) -> Result<&'a str, ConfigError> {
    let name = cursor.text()?;
    if names.iter().any(|known| known == name) {
        return Ok(name);
    }
    let hint = crate::source::hint(name, names);
    Err(ConfigError { hint, ..cursor.error(format!("must be the name of {what}")) })
}

/// One of some words.
fn choice<T: Copy>(cursor: &Cursor, names: &[(&str, T)]) -> Result<T, ConfigError> {
    let word = cursor.text()?;
    let found = names.iter().find(|(name, _)| *name == word).map(|(_, value)| *value);
    found.ok_or_else(|| {
        let known: Vec<String> = names.iter().map(|(name, _)| format!("{name:?}")).collect();
        cursor.error(format!("must be one of {}", known.join(", ")))
    })
}

/// The entries of a table, each under a name that can be shown.
fn named<'a>(table: &'a Cursor<'a>, most: usize) -> Result<Vec<(String, Cursor<'a>)>, ConfigError> {
    let entries = table.entries()?;
    if entries.len() > most {
        let path = crate::source::dotted(&table.path());
        let message = format!("`{path}` holds {}, but must hold {most} at most", entries.len());
        return Err(table.error_here(message));
    }
    for (key, entry) in &entries {
        let path = crate::source::dotted(&entry.path());
        check_name(&key.name).map_err(|rule| entry.error_here(format!("`{path}` {rule}")))?;
    }
    Ok(entries.into_iter().map(|(key, entry)| (key.name.clone(), entry)).collect())
}

fn read_issues(table: &Cursor) -> Result<Vec<Issue>, ConfigError> {
    let read = |(name, entry): (String, Cursor)| {
        entry.only(&["role", "while_fighting", "spillover", "sources"])?;
        let number = |key: &str| entry.get(key)?.map(|value| value.number()).transpose();
        Ok(Issue {
            name,
            role: entry.get("role")?.map(|role| choice(&role, &IssueRole::NAMES)).transpose()?,
            while_fighting: number("while_fighting")?,
            spillover: number("spillover")?.unwrap_or(0.0),
            sources: read_sources(&entry)?,
        })
    };
    named(table, MOST_ENTRIES)?.into_iter().map(read).collect()
}

fn read_actors(
    table: &Cursor,
    issues: &[Issue],
    blocs: &[String],
) -> Result<Vec<Actor>, ConfigError> {
    let entries = named(table, MOST_ENTRIES)?;
    entries.into_iter().map(|(name, entry)| read_actor(name, &entry, issues, blocs)).collect()
}

fn read_actor(
    name: String,
    entry: &Cursor,
    issues: &[Issue],
    blocs: &[String],
) -> Result<Actor, ConfigError> {
    const SHARED: [&str; 5] = ["role", "ideal", "salience", "capability", "sources"];
    let role = choice(&entry.need("role")?, &Role::NAMES)?;
    let own: &[&str] = match role {
        Role::Party => &[],
        Role::Member => &["curvature", "bloc", "support", "fatigue", "rally"],
        Role::Challenger | Role::Defender => &["curvature", "war_cost", "optimism", "break_loss"],
    };
    entry.only(&[&SHARED[..], own].concat())?;
    let number = |key: &str, default: Option<f64>| match (entry.get(key)?, default) {
        (Some(value), _) => value.number(),
        (None, Some(default)) => Ok(default),
        (None, None) => entry.need(key)?.number(),
    };
    let member = |key: &str| if role == Role::Member { number(key, None) } else { Ok(0.0) };
    let fights = matches!(role, Role::Challenger | Role::Defender);
    let cost = |key: &str| -> Result<f64, ConfigError> {
        if !fights {
            return Ok(0.0);
        }
        let table = entry.need("war_cost")?;
        table.only(&["median", "log_sd"])?;
        table.need(key)?.number()
    };
    Ok(Actor {
        name,
        role,
        bloc: entry
            .get("bloc")?
            .map(|bloc| known(&bloc, "a bloc", blocs).map(str::to_owned))
            .transpose()?,
        ideal: per_issue(&entry.need("ideal")?, issues)?,
        salience: per_issue(&entry.need("salience")?, issues)?,
        curvature: number("curvature", Some(CURVATURE))?,
        cost_median: cost("median")?,
        cost_log_sd: cost("log_sd")?,
        optimism: if fights { number("optimism", Some(0.0))? } else { 0.0 },
        break_loss: if fights { number("break_loss", Some(0.0))? } else { 0.0 },
        capability: number("capability", fights.then_some(0.0))?,
        support: member("support")?,
        fatigue: member("fatigue")?,
        rally: member("rally")?,
        sources: read_sources(entry)?,
    })
}

/// One number for each issue, under the issue's name.
fn per_issue(table: &Cursor, issues: &[Issue]) -> Result<Vec<f64>, ConfigError> {
    let names: Vec<&str> = issues.iter().map(|issue| issue.name.as_str()).collect();
    table.only(&names)?;
    names.iter().map(|name| table.need(name)?.number()).collect()
}

fn read_sources(entry: &Cursor) -> Result<Vec<(String, String)>, ConfigError> {
    let Some(table) = entry.get("sources")? else { return Ok(Vec::new()) };
    let known: Vec<String> = entry.entries()?.iter().map(|(key, _)| key.name.clone()).collect();
    let mut sources = Vec::new();
    for (key, value) in table.entries()? {
        if !known.contains(&key.name) || key.name == "sources" {
            return Err(table.unknown(key, &known));
        }
        sources.push((key.name.clone(), value.text()?.to_owned()));
    }
    Ok(sources)
}

fn read_blocs(table: &Cursor) -> Result<Vec<Bloc>, ConfigError> {
    let read = |(name, entry): (String, Cursor)| {
        entry.only(&["unity"])?;
        Ok(Bloc { name, unity: entry.get("unity")?.map(|value| value.number()).transpose()? })
    };
    named(table, MAX_MEMBERS)?.into_iter().map(read).collect()
}

fn read_influence(table: &Cursor, members: &[String]) -> Result<Vec<Weights>, ConfigError> {
    let names: Vec<&str> = members.iter().map(String::as_str).collect();
    table.only(&names)?;
    let read = |(member, row): (String, Cursor)| {
        row.only(&names)?;
        let weight = |(name, value): (String, Cursor)| Ok((name, value.number()?));
        let weights =
            named(&row, MAX_MEMBERS)?.into_iter().map(weight).collect::<Result<_, _>>()?;
        Ok(Weights { member, weights })
    };
    named(table, MAX_MEMBERS)?.into_iter().map(read).collect()
}

fn read_elections(list: &Cursor, members: &[String]) -> Result<Vec<Election>, ConfigError> {
    let read = |entry: &Cursor| {
        entry.only(&["month", "actor"])?;
        Ok(Election {
            month: entry.need("month")?.whole(1, 1200)? as u32,
            actor: known(&entry.need("actor")?, "a member", members)?.to_owned(),
        })
    };
    list.items()?.iter().map(read).collect()
}
