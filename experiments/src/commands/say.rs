//! The headline of a run: in words for people, in JSON for scripts.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use experiments::{Point, Results, Study};
use serde_json::{Value, json};

/// The estimates that head every run.
const HEADLINE: [(&str, &str); 3] = [
    ("p_agreement", "P(signed)"),
    ("p_durable_given_agreement", "P(holds | signed)"),
    ("p_durable", "P(signed and holds)"),
];

/// More points than this are summed up by their extremes.
const FEW: usize = 12;

/// The headline of a run.
pub(super) struct Headline {
    study: String,
    question: String,
    replications: u64,
    seed: u64,
    years: String,
    rows: Vec<Row>,
    folder: PathBuf,
}

/// The headline estimates at one design point.
struct Row {
    /// Path and level of every swept parameter.
    levels: Vec<(String, models::Value)>,
    /// Value and interval, one for each of [`HEADLINE`].
    estimates: Vec<Option<(f64, f64, f64)>>,
}

/// Reads the headline off the tables of a run.
pub(super) fn headline(study: &Study, tables: &Results, folder: &Path) -> Headline {
    let row = |point: Point| {
        let estimate = |(name, _): &(&str, &str)| {
            let cell = |end: &str| {
                tables.points.cell(point.number as usize, &format!("{name}{end}")).number()
            };
            Some((cell("")?, cell("_low")?, cell("_high")?))
        };
        let names = study.design.axes.iter().map(|axis| axis.path.clone());
        Row {
            levels: names.zip(study.design.values(&point).cloned()).collect(),
            estimates: HEADLINE.iter().map(estimate).collect(),
        }
    };
    Headline {
        study: study.name.clone(),
        question: study.question.clone(),
        replications: study.replications,
        seed: study.seed,
        years: study
            .settings
            .find("durable_after_years")
            .map_or_else(String::new, |y| y.to_string()),
        rows: study.design.points().map(row).collect(),
        folder: folder.to_owned(),
    }
}

impl Row {
    fn name(&self) -> String {
        let levels = self.levels.iter().map(|(path, level)| format!("{path} {level}"));
        levels.collect::<Vec<String>>().join(", ")
    }

    fn json(&self) -> Value {
        let levels: serde_json::Map<String, Value> =
            self.levels.iter().map(|(path, level)| (path.clone(), plain(level))).collect();
        let mut row = json!({ "parameters": levels });
        for ((name, _), estimate) in HEADLINE.iter().zip(&self.estimates) {
            row[*name] = json!(estimate.map(|e| json!({"value": e.0, "low": e.1, "high": e.2})));
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

fn shown(estimate: Option<(f64, f64, f64)>) -> String {
    estimate.map_or_else(
        || "no agreement".to_owned(),
        |(value, low, high)| format!("{value:.3} [{low:.3}, {high:.3}]"),
    )
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
        let folder = self.folder.display();
        let _ = write!(
            out,
            "\nHolds: in force after {} years. Probabilities are conditional on the model and the \
             values given;\nintervals (95 %) show simulation error only.\n\nTables: {folder}\nCharts: \
             {folder}/charts\n",
            self.years
        );
        out
    }

    /// Every point, where they are few.
    fn table(&self, out: &mut String) {
        let names: Vec<String> = self.rows.iter().map(Row::name).collect();
        let width = names.iter().map(|name| name.chars().count()).max().unwrap_or(0);
        let _ = write!(out, "{:width$}", "");
        for (_, title) in HEADLINE {
            let _ = write!(out, "  {title:<22}");
        }
        let _ = writeln!(out);
        for (name, row) in names.iter().zip(&self.rows) {
            let _ = write!(out, "{name:width$}");
            for estimate in &row.estimates {
                let _ = write!(out, "  {:<22}", shown(*estimate));
            }
            let _ = writeln!(out);
        }
    }

    /// The least and the greatest of each estimate, and where.
    fn extremes(&self, out: &mut String) {
        for (at, (_, title)) in HEADLINE.iter().enumerate() {
            let found = self.rows.iter().filter_map(|row| Some((row.estimates[at]?.0, row)));
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
                        let _ = writeln!(out, "  {word}  no agreement anywhere");
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
            "estimates": self.rows.iter().map(Row::json).collect::<Vec<Value>>(),
        })
    }
}
