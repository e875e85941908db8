//! `armistice explain`: tells one replication month by month.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use anyhow::{Result, bail};
use clap::Args;
use engine::{MeasureInfo, Story};
use experiments::{Design, Overrides, Study, story_chart};
use serde_json::{Value, json};

use super::new_picture;

/// Tells one replication.
#[derive(Debug, Args)]
pub(super) struct Explain {
    /// The study, a TOML file
    #[arg(value_name = "STUDY.toml")]
    study: PathBuf,
    /// The design point, counted from 0 [default: the reference values of the parameters]
    #[arg(long, value_name = "K", conflicts_with = "set")]
    point: Option<u64>,
    /// The draw of what is uncertain, counted from 0 [default: the values where nothing is]
    #[arg(long, value_name = "K", requires = "point")]
    draw: Option<usize>,
    /// Sets a parameter or a number of the scenario
    #[arg(long = "set", value_name = "PATH=VALUE")]
    set: Vec<String>,
    /// The replication, counted from 0
    #[arg(long, value_name = "K", default_value_t = 0)]
    replication: u64,
    /// Seed, instead of the study's
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
    /// Prints JSON
    #[arg(long)]
    json: bool,
    /// Draws a timeline as well: a file ending in .png or .svg, which must not exist
    #[arg(long, value_name = "FILE")]
    chart: Option<PathBuf>,
}

pub(super) fn run(command: &Explain) -> Result<()> {
    let overrides =
        Overrides { seed: command.seed, set: command.set.clone(), ..Overrides::default() };
    let mut study = Study::read(&command.study, &overrides)?;
    let model = if let Some(number) = command.point {
        let size = study.design.size().unwrap_or(0);
        if number >= size {
            bail!("--point {number}: the design has points 0 to {}", size - 1);
        }
        let point = study.design.point(number);
        match command.draw {
            None => study.build(&point)?,
            Some(draw) => match study.drawn.get(draw) {
                Some(drawn) => study.build_drawn(&point, drawn)?,
                None => bail!("--draw {draw}: the study has draws 0 to {}", study.drawn.len() - 1),
            },
        }
    } else {
        study.design = Design { axes: Vec::new() };
        study.build(&study.design.point(0))?
    };
    let story = model.tell(&study.luck().streams(command.replication));
    let measures = model.measure_infos();
    if let Some(path) = &command.chart {
        draw_chart(path, &study, command, &story)?;
    }
    let mut out = std::io::stdout().lock();
    if command.json {
        writeln!(out, "{}", as_json(&study, command, &story, &measures))?;
    } else {
        write!(out, "{}", as_text(&study, command, &story, &measures))?;
    }
    Ok(())
}

fn draw_chart(path: &Path, study: &Study, command: &Explain, story: &Story) -> Result<()> {
    let title = format!("One replication of {}", study.name);
    let caption = format!(
        "Replication {} at {}, seed {}. One of many that could have been; conditional on the model.",
        command.replication,
        place(command),
        study.seed
    );
    new_picture(path, &story_chart(&title, &caption, &study.scenario, story))
}

/// Where the replication was played, in words.
fn place(command: &Explain) -> String {
    match command.point {
        Some(number) => match command.draw {
            None => format!("design point {number}"),
            Some(draw) => format!("design point {number}, draw {draw}"),
        },
        None => "the reference values".to_owned(),
    }
}

fn as_json(study: &Study, command: &Explain, story: &Story, measures: &[MeasureInfo]) -> Value {
    let line = |line: &engine::Line| {
        let values: serde_json::Map<String, Value> =
            line.values.iter().map(|(name, value)| (name.clone(), json!(value))).collect();
        json!({"when": line.when, "event": line.event, "text": line.text, "values": values})
    };
    let outcome: serde_json::Map<String, Value> = measures
        .iter()
        .zip(&story.measures)
        .map(|(measure, value)| (measure.name.clone(), json!(value)))
        .collect();
    json!({
        "study": study.name,
        "point": command.point,
        "draw": command.draw,
        "replication": command.replication,
        "seed": study.seed,
        "story": story.lines.iter().map(line).collect::<Vec<Value>>(),
        "outcome": outcome,
    })
}

fn as_text(study: &Study, command: &Explain, story: &Story, measures: &[MeasureInfo]) -> String {
    let at = place(command);
    let mut out = format!(
        "{}: replication {} at {at}, seed {}\n",
        study.name, command.replication, study.seed
    );
    let mut when = "";
    for line in &story.lines {
        let shown = if line.when == when { "" } else { line.when.as_str() };
        when = &line.when;
        out += &format!("{shown:<9} {}\n", line.text);
    }
    out += "\nWhat is recorded of it (as in replications.csv)\n";
    let width = measures.iter().map(|measure| measure.name.chars().count()).max().unwrap_or(0);
    for (measure, value) in measures.iter().zip(&story.measures) {
        let value = value.map_or_else(|| "–".to_owned(), |value| value.to_string());
        out += &format!("{:width$}  {value}\n", measure.name);
    }
    out
}
