//! `armistice sensitivity`: what an output owes to its inputs.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, anyhow, bail};
use clap::Args;
use engine::Seed;
use experiments::{
    Choices, Found, METHODS, Method, Sample, definition_words, main_estimate, marks_words,
    sensitivity_chart,
};
use outputs::chart::{ChartSpec, Frame};
use outputs::read_csv;
use serde_json::{Value, json};

use super::{grouped, new_picture, run_folder};

/// Analyses a run with uncertain parameters, or any table.
#[derive(Debug, Args)]
pub(super) struct Sensitivity {
    /// The folder of a run with uncertain parameters
    #[arg(value_name = "RUN", required_unless_present = "table", conflicts_with_all = ["table", "inputs"])]
    run: Option<PathBuf>,
    /// A table, in place of a run
    #[arg(
        long,
        value_name = "FILE.csv",
        requires = "inputs",
        requires = "output",
        requires = "method"
    )]
    table: Option<PathBuf>,
    /// Its input columns, in the order of the design
    #[arg(long, value_name = "A,B,C", value_delimiter = ',')]
    inputs: Vec<String>,
    /// The output column [default of a run: p_durable]
    #[arg(long, value_name = "COLUMN")]
    output: Option<String>,
    /// How: sobol, morris, oat, pawn or prim [default of a run: what its draws were made for]
    #[arg(long, value_name = "METHOD")]
    method: Option<String>,
    /// The design point of a run [default: the one nearest to the reference values]
    #[arg(long, value_name = "K", requires = "run")]
    point: Option<u64>,
    /// Slices of each input (pawn)
    #[arg(long, value_name = "N", default_value_t = 10, value_parser = clap::value_parser!(u32).range(2..=1000))]
    slices: u32,
    /// From which value on an output is a case of interest (prim)
    #[arg(long, value_name = "X", default_value_t = 0.5)]
    threshold: f64,
    /// Of the bootstrap
    #[arg(long, value_name = "N", default_value_t = 20_251_122)]
    seed: u64,
    /// Draws what was found: a file ending in .png or .svg, which must not exist
    #[arg(long, value_name = "FILE")]
    chart: Option<PathBuf>,
    /// Prints one line of JSON
    #[arg(long)]
    json: bool,
}

/// What is analysed, and what it is called.
struct Question {
    /// The file.
    source: String,
    /// What is held at what, in words; empty for a table.
    held: String,
    /// What the output is called.
    title: String,
    sample: Sample,
    /// The analysis that the rows were made for.
    usual: Method,
}

pub(super) fn run(command: &Sensitivity) -> Result<()> {
    let method = command.method.as_deref().map(read_method).transpose()?;
    let question = match (&command.table, &command.run) {
        (Some(path), _) => of_table(command, path)?,
        (None, Some(run)) => of_run(command, run)?,
        (None, None) => bail!("a run or --table is missing"),
    };
    let (source, sample) = (&question.source, &question.sample);
    let choices = Choices {
        slices: command.slices as usize,
        threshold: command.threshold,
        seed: Seed(command.seed),
    };
    let method = method.unwrap_or(question.usual);
    let found = sample.analyse(method, &choices).map_err(|error| anyhow!("{source}: {error}"))?;
    if let Some(path) = &command.chart {
        new_picture(path, &chart(&question, method, &choices, &found))?;
    }
    let mut out = std::io::stdout().lock();
    if command.json {
        writeln!(out, "{}", as_json(sample, method, &found))?;
    } else {
        write!(out, "{}", as_text(&question, &choices, &found))?;
    }
    Ok(())
}

fn chart(question: &Question, method: Method, choices: &Choices, found: &Found) -> ChartSpec {
    let Question { source, held, title, sample, .. } = question;
    let title = match method {
        Method::Prim => format!("Where {title} is {} or more", choices.threshold),
        _ => format!("{title}: what it owes to each input"),
    };
    let mut subtitle = definition_words(method).to_owned();
    if method == Method::Prim {
        let cases = percent(sample.share_from(choices.threshold));
        subtitle = format!("{subtitle}; {cases} of all rows are cases");
    }
    if !held.is_empty() {
        subtitle = format!("{subtitle}; at {held}");
    }
    let conditional = if held.is_empty() { "" } else { " Conditional on the model." };
    let rows = grouped(sample.rows.len() as u64);
    let caption = format!("{source}, {rows} rows. {}{conditional}", marks_words(sample, found));
    sensitivity_chart(Frame { title, subtitle, caption }, sample, found)
}

fn percent(share: f64) -> String {
    format!("{:.0} %", 100.0 * share)
}

fn read_method(name: &str) -> Result<Method> {
    let found = METHODS.iter().find(|(own, _)| *own == name);
    let known: Vec<&str> = METHODS.iter().map(|(name, _)| *name).collect();
    let found = found.map(|(_, method)| *method);
    found.with_context(|| format!("--method {name}: must be one of {}", known.join(", ")))
}

fn of_table(command: &Sensitivity, path: &Path) -> Result<Question> {
    let (source, table) = (path.display().to_string(), read_csv(path)?);
    let output = command.output.as_deref().unwrap_or_default();
    let sample = Sample::read(&table, &command.inputs, output);
    let sample = sample.map_err(|error| anyhow!("{source}: {error}"))?;
    let (held, title) = (String::new(), sample.output.clone());
    Ok(Question { source, held, title, sample, usual: Method::Pawn })
}

/// The draws of a run, and the analysis they were made for.
fn of_run(command: &Sensitivity, run: &Path) -> Result<Question> {
    let (study, tables) = run_folder::read(run)?;
    let Some(draws) = &tables.draws else {
        bail!(
            "{}: nothing was uncertain in this run; give parameters a distribution under [uncertain]",
            run.display()
        );
    };
    let points = study.design.size().unwrap_or(0);
    let point = command.point.unwrap_or_else(|| study.design.number_of(&study.reference_levels()));
    if point >= points {
        bail!("--point {point}: the design has points 0 to {}", points - 1);
    }
    let main = || main_estimate(&study.headline()).map(|(column, _)| column);
    let output = command.output.clone().or_else(main).unwrap_or_default();
    let source = run.join("draws.csv").display().to_string();
    let sample = Sample::of_run(&study, &draws.draws, point, &output);
    let sample = sample.map_err(|error| anyhow!("{source}: {error}"))?;
    let own = study.headline().into_iter().find(|(column, _)| *column == output);
    let title = own.map_or(output, |(_, title)| title);
    let held = match study.design.words(&study.design.point(point)) {
        words if words.is_empty() => "the values given".to_owned(),
        words => words,
    };
    Ok(Question { source, held, title, sample, usual: Method::of(study.draws.way) })
}

fn as_json(sample: &Sample, method: Method, found: &Found) -> Value {
    let missing = sample.missing();
    let mut all = json!({
        "method": method.name(),
        "output": sample.output,
        "rows": sample.rows.len(),
        "missing": missing,
    });
    let (key, own) = match found {
        Found::Sobol(found) => {
            all["n"] = json!(found.base);
            all["left_out"] = json!(found.left_out);
            all["mean"] = json!(found.mean);
            all["variance"] = json!(found.variance);
            all["converged"] = json!(found.converged());
            let pair = |(i, j, index): &(usize, usize, engine::Index)| {
                json!({
                    "inputs": [sample.inputs[*i], sample.inputs[*j]],
                    "second": index.value, "second_low": index.low, "second_high": index.high,
                })
            };
            all["pairs"] = json!(found.second.iter().map(pair).collect::<Vec<Value>>());
            let index = |at: usize| {
                let (first, total) = (found.first[at], found.total[at]);
                json!({
                    "first": first.value, "first_low": first.low, "first_high": first.high,
                    "total": total.value, "total_low": total.low, "total_high": total.high,
                })
            };
            ("indices", by_input(sample, index))
        }
        Found::Morris(effects) => {
            let effect = |at: usize| match effects[at] {
                None => json!({"mu": null, "mu_star": null, "sigma": null, "n": 0}),
                Some(own) => json!({
                    "mu": own.mu, "mu_star": own.mu_star, "mu_star_low": own.low,
                    "mu_star_high": own.high, "sigma": own.sigma, "n": own.count,
                }),
            };
            ("indices", by_input(sample, effect))
        }
        Found::Oat(middle, pairs) => {
            all["middle"] = json!(middle);
            let swing = |at: usize| {
                let (low, high) = pairs[at];
                let swing = low.zip(high).map(|(low, high)| high - low);
                json!({"low": low, "high": high, "swing": swing})
            };
            ("indices", by_input(sample, swing))
        }
        Found::Pawn(all) => {
            let own = |at: usize| match all[at] {
                None => json!({"median": null, "max": null, "threshold": null}),
                Some(own) => {
                    json!({"median": own.median, "max": own.greatest, "threshold": own.threshold})
                }
            };
            ("indices", by_input(sample, own))
        }
        Found::Prim(boxes) => {
            let own = |found: &engine::BoxFound| box_json(sample, found);
            ("boxes", json!(boxes.iter().map(own).collect::<Vec<Value>>()))
        }
    };
    all[key] = own;
    all
}

fn by_input(sample: &Sample, of: impl Fn(usize) -> Value) -> Value {
    let entry = |(at, input): (usize, &String)| {
        let mut all = json!({"input": input});
        if let (Value::Object(all), Value::Object(own)) = (&mut all, of(at)) {
            all.extend(own);
        }
        all
    };
    json!(sample.inputs.iter().enumerate().map(entry).collect::<Vec<Value>>())
}

/// The ends of restricted inputs, a free end at the end of the data.
fn limits(sample: &Sample, found: &engine::BoxFound) -> Vec<(usize, (f64, f64))> {
    let ranges = sample.ranges();
    let all = found.limits.iter().zip(ranges).enumerate();
    all.filter(|(_, ((low, high), _))| low.is_finite() || high.is_finite())
        .map(|(at, ((low, high), range))| (at, (low.max(range.0), high.min(range.1))))
        .collect()
}

fn box_json(sample: &Sample, found: &engine::BoxFound) -> Value {
    let (mut ends, mut quasi_p) = (serde_json::Map::new(), serde_json::Map::new());
    for (at, (low, high)) in limits(sample, found) {
        ends.insert(sample.inputs[at].clone(), json!([low, high]));
        quasi_p.insert(sample.inputs[at].clone(), json!(found.quasi_p[at]));
    }
    json!({
        "limits": ends, "coverage": found.coverage, "density": found.density, "mass": found.mass,
        "density_low": found.density_interval.0, "density_high": found.density_interval.1,
        "quasi_p": quasi_p, "path": found.path,
    })
}

/// What is analysed, over how many rows, and which of them have no output.
fn head(question: &Question) -> String {
    let sample = &question.sample;
    let rows = sample.rows.len();
    let mut out = format!("{} over {} inputs, {rows} rows", sample.output, sample.inputs.len());
    if !question.held.is_empty() {
        out += &format!(", at {}", question.held);
    }
    let missing = sample.missing();
    if !missing.is_empty() {
        let first: Vec<String> = missing.iter().take(5).map(|row| (row + 1).to_string()).collect();
        let more = if missing.len() > 5 { ", …" } else { "" };
        out += &format!("; empty in {} of them (rows {}{more})", missing.len(), first.join(", "));
    }
    out
}

fn as_text(question: &Question, choices: &Choices, found: &Found) -> String {
    let sample = &question.sample;
    let width = sample.inputs.iter().map(|input| input.chars().count()).max().unwrap_or(0).max(5);
    let mut out = head(question) + "\n\n";
    let mut line = |name: &str, text: String| out += &format!("{name:width$}  {text}\n");
    match found {
        Found::Sobol(found) => {
            line("input", format!("{:^24}  {:^24}", "first order", "total"));
            let told = |index: engine::Index| {
                format!("{:6.3} [{:6.3}, {:6.3}]", index.value, index.low, index.high)
            };
            for (at, input) in sample.inputs.iter().enumerate() {
                line(input, format!("{}  {}", told(found.first[at]), told(found.total[at])));
            }
            for (i, j, index) in &found.second {
                let pair = format!("{} × {}", sample.inputs[*i], sample.inputs[*j]);
                line(&pair, told(*index));
            }
            out += &format!(
                "\nMean {:.4}, variance {:.4} over {} base rows{}. Intervals: 95 %, bootstrap.\n",
                found.mean,
                found.variance,
                found.base,
                match found.left_out.len() {
                    0 => String::new(),
                    left => format!(" ({left} left out: an output of theirs is empty)"),
                }
            );
            if !found.converged() {
                out += &format!(
                    "Not converged: the widest interval is {:.2}, above 0.05. More base rows are needed to tell \
                     inputs apart that are nearer than that.\n",
                    found.widest()
                );
            }
        }
        Found::Morris(effects) => {
            line("input", format!("{:>8}  {:^18}  {:>8}", "mu*", "95 %", "sigma"));
            for (input, effect) in sample.inputs.iter().zip(effects) {
                line(
                    input,
                    match effect {
                        None => "no step with both outputs".to_owned(),
                        Some(own) => format!(
                            "{:8.4}  [{:7.4}, {:7.4}]  {:8.4}",
                            own.mu_star, own.low, own.high, own.sigma
                        ),
                    },
                );
            }
            out += "\nPer step across the whole range of an input. Sigma near or above mu*: the effect hangs \
                    on the other inputs, or bends.\n";
        }
        Found::Oat(middle, pairs) => {
            line("input", format!("{:>8}  {:>8}  {:>8}", "low", "high", "swing"));
            let told = |x: Option<f64>| x.map_or_else(|| "–".to_owned(), |x| format!("{x:.4}"));
            for (input, (low, high)) in sample.inputs.iter().zip(pairs) {
                let swing = low.zip(*high).map(|(low, high)| high - low);
                line(input, format!("{:>8}  {:>8}  {:>8}", told(*low), told(*high), told(swing)));
            }
            out += &format!(
                "\nAll others held at the middle, where {} is {middle:.4}.\n",
                sample.output
            );
        }
        Found::Pawn(all) => {
            line("input", format!("{:>8}  {:>8}  {:>9}", "median", "max", "threshold"));
            for (input, own) in sample.inputs.iter().zip(all) {
                line(
                    input,
                    match own {
                        None => "does not vary".to_owned(),
                        Some(own) => format!(
                            "{:8.3}  {:8.3}  {:9.3}{}",
                            own.median,
                            own.greatest,
                            own.threshold,
                            if own.greatest > own.threshold { "" } else { "  (could be luck)" }
                        ),
                    },
                );
            }
            out += "\nKolmogorov–Smirnov distances between the output's distribution and that within slices of \
                    the input.\n";
        }
        Found::Prim(boxes) => {
            let cases = percent(sample.share_from(choices.threshold));
            out += &format!("Of all rows {cases} have {} or more.\n", choices.threshold);
            out += &boxes_text(sample, boxes);
        }
    }
    out
}

/// Boxes in words.
fn boxes_text(sample: &Sample, boxes: &[engine::BoxFound]) -> String {
    if boxes.is_empty() {
        let few = if sample.rows.len() < 200 {
            " With so few rows little else can be found."
        } else {
            ""
        };
        return format!(
            "No box does better than all rows together, by coverage and density at once (their harmonic mean).{few}\n"
        );
    }
    let told = |found: &engine::BoxFound| {
        let ends: Vec<String> = limits(sample, found)
            .into_iter()
            .map(|(at, (low, high))| {
                let input = &sample.inputs[at];
                match found.limits[at] {
                    (from, _) if from.is_infinite() => format!("{input} below {high:.4}"),
                    (_, to) if to.is_infinite() => format!("{input} above {low:.4}"),
                    _ => format!("{input} from {low:.4} to {high:.4}"),
                }
            })
            .collect();
        format!(
            "{}: {:.0} % [{:.0}, {:.0}] of the rows there are cases of interest, {:.0} % of all such cases ({:.0} % of all rows)\n",
            ends.join(" and "),
            100.0 * found.density,
            100.0 * found.density_interval.0,
            100.0 * found.density_interval.1,
            100.0 * found.coverage,
            100.0 * found.mass
        )
    };
    boxes.iter().map(told).collect::<String>()
        + "\nFound by peeling; restrictions that could be luck (quasi-p above 0.05) were dropped.\n"
}
