//! `armistice bargain`: the bargaining solutions of a scenario.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use clap::Args;
use experiments::{Overrides, Source, Study};
use models::peace::{Answer, Consent, Prospect, Textbook};
use serde_json::{Map, Value, json};

/// Bargaining solutions of a scenario.
#[derive(Debug, Args)]
pub(super) struct Bargain {
    /// The scenario
    #[arg(value_name = "SCENARIO")]
    scenario: PathBuf,
    /// The challenger's weight in the asymmetric Nash solution
    #[arg(long, value_name = "W", default_value_t = 0.5, value_parser = share)]
    weight: f64,
    /// Sets a parameter or a number of the scenario
    #[arg(long = "set", value_name = "PATH=VALUE")]
    set: Vec<String>,
    /// Prints JSON
    #[arg(long)]
    json: bool,
}

fn share(text: &str) -> Result<f64, String> {
    let number = text.parse().ok().filter(|number| *number > 0.0 && *number < 1.0);
    number.ok_or_else(|| "must lie between 0 and 1".to_owned())
}

pub(super) fn run(command: &Bargain) -> Result<()> {
    let study = study(&command.scenario, &command.set)?;
    let textbook = Textbook::new(&study.settings, &study.scenario, command.weight)
        .with_context(|| command.scenario.display().to_string())?;
    let mut out = std::io::stdout().lock();
    if command.json {
        writeln!(out, "{}", in_json(&textbook))?;
    } else {
        write!(out, "{}", text(&textbook))?;
    }
    Ok(())
}

/// The least study of a scenario.
fn study(scenario: &Path, set: &[String]) -> Result<Study> {
    std::fs::metadata(scenario).with_context(|| scenario.display().to_string())?;
    let name = scenario.file_name().unwrap_or_default().to_string_lossy();
    let name = toml::Value::String(name.into_owned());
    let text = format!(
        "name = \"bargain\"\nmodel = \"peace\"\nscenario = {name}\n[run]\nreplications = 1\n"
    );
    let source = Source::parse(&scenario.with_file_name("bargain.toml"), &text)?;
    let overrides = Overrides { set: set.to_vec(), ..Overrides::default() };
    Ok(Study::from_source(&source, &overrides)?)
}

fn named(names: &[String], values: &[f64]) -> Value {
    let pairs = names.iter().zip(values).map(|(name, value)| (name.clone(), json!(value)));
    Value::Object(pairs.collect::<Map<String, Value>>())
}

fn in_json(textbook: &Textbook) -> Value {
    let one = |prospect: &Prospect| {
        json!({
            "terms": named(&textbook.issues, &prospect.terms),
            "utilities": named(&textbook.actors, &prospect.utilities),
        })
    };
    let solution = |answer: &Answer| {
        let mut own = one(&answer.prospect);
        own["name"] = json!(answer.name);
        own
    };
    json!({
        "solutions": textbook.solutions.iter().map(solution).collect::<Vec<Value>>(),
        "war": one(&textbook.war),
    })
}

/// Tables: what is agreed, and what it is worth to whom, by solution and by who has to agree.
fn text(textbook: &Textbook) -> String {
    const TABLES: [(&str, Consent); 3] = [
        ("Between the belligerents", Consent::Belligerents),
        ("With the coalition at the table", Consent::WithCoalition),
        ("Compromises, if everybody pulls by its salience", Consent::Nobody),
    ];
    let mut out = String::new();
    for (title, consent) in TABLES {
        let answers = textbook.solutions.iter().filter(|answer| answer.consent == consent);
        let columns: Vec<(&str, &Prospect)> = answers
            .map(|answer| (answer.name.trim_end_matches("-with-coalition"), &answer.prospect))
            .collect();
        if !columns.is_empty() {
            out += &format!("{title}\n{}\n", table(textbook, &columns));
        }
    }
    let found = |name: &str| textbook.solutions.iter().any(|answer| answer.name == name);
    if !found("nash") || (found("utilitarian-with-coalition") && !found("nash-with-coalition")) {
        out += "Where a solution is missing, no terms leave all who must agree better off than war.\n\n";
    }
    out + "Gains are over the war as it stands at the outset: utility of the terms in force, for the\n\
           belligerents less their median costs. The coalition has its members' utility by capability.\n\
           Conditional on the values given; neither optimism nor doubts about durability enter.\n"
}

/// One column for the war and each solution.
fn table(textbook: &Textbook, solutions: &[(&str, &Prospect)]) -> String {
    let columns = [&[("war", &textbook.war)], solutions].concat();
    let names = || textbook.issues.iter().chain(&textbook.actors);
    let width = names().map(|name| name.chars().count()).max().unwrap_or(0) + 2;
    let row = |name: &str, of: &dyn Fn(&Prospect) -> f64| {
        let cells = columns.iter().map(|(title, prospect)| {
            format!("  {:>wide$.4}", of(prospect), wide = title.len().max(7))
        });
        format!("  {name:<width$}{}\n", cells.collect::<String>())
    };
    let mut out = format!("  {:<width$}", "");
    for (title, _) in &columns {
        out += &format!("  {title:>wide$}", wide = title.len().max(7));
    }
    out += "\nTerms\n";
    for (at, issue) in textbook.issues.iter().enumerate() {
        out += &row(issue, &|prospect| prospect.terms[at]);
    }
    out += "Utility\n";
    for (at, actor) in textbook.actors.iter().enumerate() {
        out += &row(actor, &|prospect| prospect.utilities[at]);
    }
    out
}
