//! The headline of a run: in words for people, in JSON for scripts.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use experiments::{Point, Results, Study, broken_off, rules, spreads};
use serde_json::{Value, json};

use super::{grouped, mediator};

/// More points than this are summed up by their extremes.
const FEW: usize = 12;

/// The headline of a run.
pub(super) struct Headline {
    study: String,
    question: String,
    replications: u64,
    seed: u64,
    /// Column and title of each estimate.
    titles: Vec<(String, String)>,
    /// The terms beside what bargaining theory says of them, where it says something.
    beside: Option<String>,
    /// How the headline spreads over draws, where something is uncertain.
    spreads: Option<String>,
    /// How far the headline depends on the rules, where there is an ensemble of them.
    rules: Option<String>,
    /// How many replications broke off, if any did.
    faults: Option<String>,
    /// How many replications the points took, where they were left when precise enough.
    taken: Option<String>,
    /// What the numbers mean, in words.
    note: String,
    rows: Vec<Row>,
    folder: PathBuf,
}

/// The headline estimates at one design point.
struct Row {
    /// Path and level of every swept parameter.
    levels: Vec<(String, models::Value)>,
    /// One for each title.
    estimates: Vec<Option<Estimate>>,
}

/// An estimate with its interval, where it has one, and what theory says of it, if it does.
#[derive(Clone, Copy)]
struct Estimate {
    value: f64,
    interval: Option<(f64, f64)>,
    theory: Option<f64>,
}

/// Reads the headline off the tables of a run.
pub(super) fn headline(study: &Study, tables: &Results, folder: &Path) -> Headline {
    let titles = study.headline();
    let row = |point: Point| {
        let theory = study.theory(&point);
        let estimate = |(name, _): &(String, String)| {
            let cell = |end: &str| {
                tables.points.cell(point.number as usize, &format!("{name}{end}")).number()
            };
            Some(Estimate {
                value: cell("")?,
                interval: cell("_low").zip(cell("_high")),
                theory: theory.iter().find(|(known, _)| known == name).map(|(_, value)| *value),
            })
        };
        Row { levels: study.design.told(&point), estimates: titles.iter().map(estimate).collect() }
    };
    Headline {
        study: study.name.clone(),
        question: study.question.clone(),
        replications: study.replications,
        seed: study.seed,
        beside: mediator::text(study, tables),
        spreads: over_draws(study, tables),
        rules: rules(study, tables).map(|own| {
            let at = if own.held.is_empty() { String::new() } else { format!(" at {}", own.held) };
            let head = format!("Under {} sets of rules{at}:\n", own.members.len());
            own.words().iter().fold(head, |text, line| text + "  " + line + "\n")
        }),
        faults: tables.faults.as_ref().map(|faults| broken_off(faults) + "\n"),
        taken: taken(study, tables),
        note: note(study),
        rows: study.design.points().map(row).collect(),
        titles,
        folder: folder.to_owned(),
    }
}

/// How the headline spreads over draws at the point nearest to the reference values.
fn over_draws(study: &Study, tables: &Results) -> Option<String> {
    let table = &tables.draws.as_ref()?.uncertainty;
    let levels = study.reference_levels();
    let number = study.design.number_of(&levels);
    let point = study.design.point(number);
    let place = study.design.words(&point);
    let at = if place.is_empty() { String::new() } else { format!(" at {place}") };
    let all = spreads(study, table, number);
    let draws = all.iter().map(|own| own.draws).max().filter(|draws| *draws > 1)?;
    let inputs = study.uncertain.len();
    let mut out = format!("Over {draws} draws of {inputs} uncertain inputs{at}:\n");
    for spread in all {
        let _ = writeln!(out, "  {:20} {}", spread.title, spread.words());
    }
    Some(out)
}

/// How many replications the points took until they were precise enough.
fn taken(study: &Study, tables: &Results) -> Option<String> {
    let precision = study.precision?;
    let table = &tables.points;
    let counts = (0..table.rows().len()).filter_map(|row| table.cell(row, "n").number());
    let mut counts: Vec<u64> = counts.map(|n| n as u64).collect();
    counts.sort_unstable();
    let (least, most) = (*counts.first()?, *counts.last()?);
    let short = counts.iter().filter(|n| **n == study.replications).count();
    let capped = match short {
        0 => String::new(),
        n => format!("; {n} took all {} first", grouped(study.replications)),
    };
    Some(format!(
        "A point was left when precise to ± {precision}: after {} to {} replications (median {}){capped}.\n",
        grouped(least),
        grouped(most),
        grouped(counts[counts.len() / 2])
    ))
}

fn note(study: &Study) -> String {
    const YEARS: &str = "durable_after_years";
    let years = study.settings.place(YEARS).map(|_| study.settings.get(YEARS));
    let holds = years.map(|years| format!("Holds: in force after {years} years. "));
    let means = match study.uncertain.is_empty() {
        true => "",
        false => "Estimates are means over draws. ",
    };
    let pairs = if study.antithetic { "Replications are in antithetic pairs. " } else { "" };
    let equals = study.world.theory.map(|_| "After =: what theory says. ".to_owned());
    let intervals = match study.uncertain.is_empty() {
        true => "intervals (95 %) show simulation error only.",
        false => {
            "intervals (95 %) are those of the means, for other draws and other luck; the spread over draws is wider."
        }
    };
    format!(
        "{}{}{means}{pairs}Probabilities are conditional on the model and the values given;\n{intervals}",
        holds.unwrap_or_default(),
        equals.unwrap_or_default()
    )
}

impl Row {
    fn name(&self) -> String {
        // The name of a point speaks for itself.
        let levels = self.levels.iter().map(|(path, level)| match path.as_str() {
            "points" => level.to_string(),
            _ => format!("{path} {level}"),
        });
        levels.collect::<Vec<String>>().join(", ")
    }

    fn json(&self, titles: &[(String, String)]) -> Value {
        let levels: serde_json::Map<String, Value> =
            self.levels.iter().map(|(path, level)| (path.clone(), plain(level))).collect();
        let mut row = json!({ "parameters": levels });
        for ((name, _), estimate) in titles.iter().zip(&self.estimates) {
            row[name] = json!(estimate.map(|estimate| estimate.json()));
        }
        row
    }
}

fn plain(value: &models::Value) -> Value {
    match value {
        models::Value::Number(number) => json!(number),
        models::Value::Flag(flag) => json!(flag),
        models::Value::Word(word) => json!(word),
    }
}

impl Estimate {
    fn json(&self) -> Value {
        let ends = |end: fn((f64, f64)) -> f64| self.interval.map(end);
        let mut all = json!({"value": self.value, "low": ends(|e| e.0), "high": ends(|e| e.1)});
        if let Some(theory) = self.theory {
            all["theory"] = json!(theory);
        }
        all
    }
}

fn shown(estimate: Option<Estimate>) -> String {
    let Some(Estimate { value, interval, theory }) = estimate else {
        return "nothing to show".to_owned();
    };
    let mut text = format!("{value:.3}");
    if let Some((low, high)) = interval {
        let _ = write!(text, " [{low:.3}, {high:.3}]");
    }
    if let Some(theory) = theory {
        let _ = write!(text, " = {theory:.3}");
    }
    text
}

impl Headline {
    /// For people: estimates with intervals, and what they mean.
    pub(super) fn text(&self) -> String {
        let mut out = String::new();
        if !self.question.is_empty() {
            let _ = writeln!(out, "{}\n", self.question);
        }
        if self.rows.len() <= FEW {
            self.table(&mut out);
        } else {
            self.extremes(&mut out);
        }
        let blocks = [&self.faults, &self.taken, &self.rules, &self.spreads, &self.beside];
        for block in blocks.into_iter().flatten() {
            let _ = write!(out, "\n{block}");
        }
        let folder = self.folder.display();
        let _ = write!(
            out,
            "\n{}\n\nTables: {folder}\nCharts: {folder}/charts\nReport: {folder}/report.html\n",
            self.note
        );
        out
    }

    /// Every point, where they are few.
    fn table(&self, out: &mut String) {
        let names: Vec<String> = self.rows.iter().map(Row::name).collect();
        let count = |text: &String| text.chars().count();
        let width = names.iter().map(count).max().unwrap_or(0);
        let cells = |row: &Row| row.estimates.iter().map(|e| shown(*e)).collect::<Vec<String>>();
        let wide =
            self.rows.iter().flat_map(cells).map(|text| count(&text)).max().unwrap_or(0).max(22);
        let _ = write!(out, "{:width$}", "");
        for (_, title) in &self.titles {
            let _ = write!(out, "  {title:<wide$}");
        }
        let _ = writeln!(out);
        for (name, row) in names.iter().zip(&self.rows) {
            let _ = write!(out, "{name:width$}");
            for estimate in cells(row) {
                let _ = write!(out, "  {estimate:<wide$}");
            }
            let _ = writeln!(out);
        }
    }

    /// The least and the greatest of each estimate, and where.
    fn extremes(&self, out: &mut String) {
        for (at, (_, title)) in self.titles.iter().enumerate() {
            let found = self.rows.iter().filter_map(|row| Some((row.estimates[at]?.value, row)));
            let mut order: Vec<(f64, &Row)> = found.collect();
            order.sort_by(|a, b| a.0.total_cmp(&b.0));
            let _ = writeln!(out, "{title}");
            for (word, end) in [("lowest ", order.first()), ("highest", order.last())] {
                match end {
                    Some((_, row)) => {
                        let _ = writeln!(
                            out,
                            "  {word}  {}  at {}",
                            shown(row.estimates[at]),
                            row.name()
                        );
                    }
                    None => {
                        let _ = writeln!(out, "  {word}  nothing to show anywhere");
                    }
                }
            }
        }
    }

    /// For scripts: one line.
    pub(super) fn json(&self) -> Value {
        json!({
            "study": self.study,
            "run": self.folder.display().to_string(),
            "seed": self.seed,
            "replications": self.replications,
            "points": self.rows.len(),
            "estimates": self.rows.iter().map(|row| row.json(&self.titles)).collect::<Vec<Value>>(),
        })
    }
}
