//! One file per command; a command reads as read → open → play → write → say.

mod bargain;
mod calibrate;
mod check;
mod compare;
mod explain;
mod finish;
mod mediator;
mod merge;
mod models;
mod new;
mod place;
mod plan;
mod plot;
mod progress;
mod report;
mod run;
mod run_folder;
mod say;
mod schema;
mod sensitivity;
mod slurm;
mod solve;

use std::fs::{File, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context as _, Result, bail};
use clap::{Args, Parser, Subcommand};
use engine::{AnyModel, Batch, Seed};
use experiments::{Overrides, Study, double_column};
use outputs::chart::{ChartSpec, Medium, draw};

/// How likely is a durable agreement, and why? Monte Carlo studies of war, talks and compliance.
///
/// All probabilities are conditional on the model, the scenario and the values given.
#[derive(Debug, Parser)]
#[command(name = "armistice", version)]
pub(crate) struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Runs a study and leaves tables, charts and a report in a run folder
    Run(run::Run),
    /// Checks a study and prints its plan, running nothing
    Check(check::Check),
    /// Writes what a study plays as a table, row by row
    Plan(plan::Plan),
    /// Joins shards into a run folder
    Merge(merge::Merge),
    /// Plays a study as a job array on a Slurm cluster
    Slurm(slurm::Slurm),
    /// Draws the charts of a run again from its tables
    Plot(plot::Plot),
    /// Compares two runs of one design: the difference of every headline estimate
    Compare(compare::Compare),
    /// Writes the report of a run again from its tables, or prints it as Markdown
    Report(report::Report),
    /// Tells what an output owes to its inputs
    Sensitivity(sensitivity::Sensitivity),
    /// Finds values of what is uncertain that bring a model near to targets
    Calibrate(calibrate::Calibrate),
    /// Tells one replication, step by step
    Explain(explain::Explain),
    /// Lists the models, or the parameters of one
    Models(models::Models),
    /// Prints the bargaining solutions of a scenario
    Bargain(bargain::Bargain),
    /// Finds the equilibria of a small game
    Solve(solve::Solve),
    /// Writes a commented study to start from
    New(new::New),
    /// Prints the JSON Schema of a study, for editors
    Schema,
}

/// What a run plays beside its study, and where its folder lands.
#[derive(Clone, Debug, Default, Args)]
struct Played {
    /// The run folder [default: outputs/runs/<name of the study>]
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Plays the rows of a plan (`armistice plan`) in place of what the study sweeps
    #[arg(long, value_name = "PLAN.csv")]
    plan: Option<PathBuf>,
    #[command(flatten)]
    changes: Changes,
}

/// What changes a study from the command line.
#[derive(Clone, Debug, Default, Args)]
struct Changes {
    /// Replications at each design point, instead of the study's
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..=1_000_000_000_000))]
    replications: Option<u64>,
    /// Seed, instead of the study's
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
    /// Sets a parameter or a number of the scenario; fixes it where it is swept
    #[arg(long = "set", value_name = "PATH=VALUE")]
    set: Vec<String>,
}

/// How many threads play.
#[derive(Clone, Copy, Debug, Args)]
struct Threads {
    /// Threads to play on [default: one per core]
    #[arg(long = "threads", value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    count: Option<u16>,
}

impl Threads {
    /// A batch of a study's replications on them.
    fn batch(self, study: &Study) -> Result<Batch> {
        let count = usize::from(self.count.unwrap_or(0));
        let batch = Batch::new(Seed(study.seed), study.replications, count);
        Ok(batch.context("cannot start the threads")?.antithetic(study.antithetic))
    }
}

impl Changes {
    fn overrides(&self) -> Overrides {
        let set = self.set.clone();
        Overrides { replications: self.replications, seed: self.seed, set, plan: None }
    }
}

impl Played {
    /// The study with what changes it.
    fn study(&self, path: &Path) -> Result<Study> {
        let overrides = Overrides { plan: self.plan.clone(), ..self.changes.overrides() };
        Ok(Study::read(path, &overrides)?)
    }

    /// Where the run folder of a study lands.
    fn target(&self, study: &Study) -> PathBuf {
        self.out.clone().unwrap_or_else(|| default_folder(&study.name))
    }

    /// The arguments that play a study like this again, into a folder if one is given.
    fn again(&self, study: &Path, out: Option<&Path>) -> Vec<String> {
        let mut all = vec![study.display().to_string()];
        let changes = &self.changes;
        add_option(&mut all, "--out", out.map(Path::display));
        add_option(&mut all, "--plan", self.plan.as_deref().map(Path::display));
        add_option(&mut all, "--replications", changes.replications);
        add_option(&mut all, "--seed", changes.seed);
        changes.set.iter().for_each(|set| add_option(&mut all, "--set", Some(set)));
        all
    }
}

/// Adds an option with its value, if it has one.
fn add_option(all: &mut Vec<String>, option: &str, value: Option<impl ToString>) {
    all.extend(value.into_iter().flat_map(|value| [option.to_owned(), value.to_string()]));
}

/// The model at the first design point, whose measures and years of survival all points share.
fn first_model(study: &Study) -> Result<Box<dyn AnyModel>> {
    let model = study.build_drawn(&study.design.point(0), &study.drawn[0])?;
    if let Some(name) = double_column(study, &model.measure_infos()) {
        bail!(
            "{}: two columns would be called `{name}`: rename the actor or issue, or, where it is a parameter that is \
             also the name of an estimate, leave it fixed",
            study.name
        );
    }
    Ok(model)
}

/// Carries out a command.
pub(crate) fn run(cli: &Cli) -> Result<ExitCode> {
    match &cli.command {
        Command::Run(command) => return run::run(command),
        Command::Merge(command) => return merge::run(command),
        Command::Calibrate(command) => return calibrate::run(command),
        Command::Slurm(command) => slurm::run(command)?,
        Command::Check(command) => check::run(command)?,
        Command::Plan(command) => plan::run(command)?,
        Command::Plot(command) => plot::run(command)?,
        Command::Compare(command) => compare::run(command)?,
        Command::Report(command) => report::run(command)?,
        Command::Sensitivity(command) => sensitivity::run(command)?,
        Command::Explain(command) => explain::run(command)?,
        Command::Models(command) => models::run(command)?,
        Command::Bargain(command) => bargain::run(command)?,
        Command::Solve(command) => solve::run(command)?,
        Command::New(command) => new::run(command)?,
        Command::Schema => schema::run()?,
    }
    Ok(ExitCode::SUCCESS)
}

/// Whether a reader such as `head` has closed the pipe, which is its right.
pub(crate) fn is_broken_pipe(error: &anyhow::Error) -> bool {
    let broken = |cause: &(dyn std::error::Error + 'static)| {
        cause.downcast_ref::<io::Error>().is_some_and(|e| e.kind() == io::ErrorKind::BrokenPipe)
    };
    error.chain().any(broken)
}

/// Draws a picture into a file that does not exist yet; its ending says what it is drawn as.
fn new_picture(path: &Path, spec: &ChartSpec) -> Result<()> {
    let medium = match path.extension().and_then(|ending| ending.to_str()) {
        Some("png") => Medium::Png,
        Some("svg") => Medium::Svg,
        _ => bail!("--chart {}: must end in .png or .svg", path.display()),
    };
    let picture = draw(spec, medium)?;
    let written = new_file(path)?.write_all(&picture);
    written.with_context(|| format!("cannot write {}", path.display()))
}

/// Opens a file that must not exist.
fn new_file(path: &Path) -> Result<File> {
    match OpenOptions::new().write(true).create_new(true).open(path) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            bail!("{} exists already; choose another name", path.display())
        }
        opened => opened.with_context(|| format!("cannot write {}", path.display())),
    }
}

/// Where runs land.
fn default_folder(name: &str) -> PathBuf {
    PathBuf::from("outputs/runs").join(name)
}

/// Words as they can be given to a shell.
fn in_shell(words: &[&str]) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./=,:@%+".contains(c);
    let quoted = |word: &&str| match !word.is_empty() && word.chars().all(plain) {
        true => (*word).to_owned(),
        // What a terminal would take for more than text is not sent to it.
        false if word.chars().any(char::is_control) => {
            format!("$'{}'", word.escape_default())
        }
        false => format!("'{}'", word.replace('\'', "'\\''")),
    };
    words.iter().map(quoted).collect::<Vec<String>>().join(" ")
}

/// A count with spaces between thousands.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let first = digits.len() % 3;
    let mut parts: Vec<&str> = Vec::new();
    if first > 0 {
        parts.push(&digits[..first]);
    }
    parts.extend((first..digits.len()).step_by(3).map(|at| &digits[at..at + 3]));
    parts.join(" ")
}
