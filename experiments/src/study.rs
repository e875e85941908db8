//! A checked study: everything that a run needs, and nothing that can still be wrong.

use std::path::{Path, PathBuf};

use engine::{AnyModel, Looks, Luck, Seed, Z95};
use models::theory::Known;
use models::{Invalid, Scenario, Settings, Value};

use crate::catalogue::{WORLDS, World, world};
use crate::config::{Entry, Place, SOURCES, Written, walk, walk_fixed};
use crate::design::{Axis, Design, Point, Target, apply};
use crate::draws::{Draws, coordinates};
use crate::ensemble::{ENSEMBLE, Member, read_ensemble};
use crate::format::Format;
use crate::plan::follow;
use crate::points::read_points;
use crate::read_run::{paths_of, read_run};
use crate::read_scenario::read_scenario;
use crate::read_uncertain::{draw, read_draws, read_uncertain};
use crate::source::{ConfigError, Cursor, Source, dotted, hint, keys_of};
use crate::uncertain::Uncertain;

/// The most design points that a study can have.
pub(crate) const MOST_POINTS: u64 = 10_000_000;

/// Up to this many design points are checked one by one before anything is played.
const FULLY_CHECKED: u64 = 200_000;

/// A study that can be run.
#[derive(Clone)]
pub struct Study {
    /// Its name, and that of its run folder.
    pub name: String,
    /// The question, in words.
    pub question: String,
    /// The world it is played in.
    pub world: &'static World,
    /// Replications at each design point; where a precision is asked for, at most.
    pub replications: u64,
    /// The half-width of 95 % intervals at which a design point is left.
    pub precision: Option<f64>,
    /// Where all luck comes from.
    pub seed: u64,
    /// Whether replications come in antithetic pairs.
    pub antithetic: bool,
    /// What is kept of each replication.
    pub keep: Keep,
    /// As what rows are written, where they are kept.
    pub format: Format,
    /// The greatest share of replications that may break off.
    pub most_faults: f64,
    /// At each design point the paths of so many replications, the first, are counted month by
    /// month.
    pub paths: u64,
    /// Values of all parameters where they are not swept: the reference values.
    pub settings: Settings,
    /// Where values of parameters come from that are not the defaults: path and words.
    pub sources: Vec<(String, String)>,
    /// The scenario where it is not swept.
    pub scenario: Scenario,
    /// What is swept.
    pub design: Design,
    /// What is not known.
    pub uncertain: Vec<Uncertain>,
    /// How it is drawn.
    pub draws: Draws,
    /// One value for each uncertain parameter in each draw; a single empty draw where all is known.
    pub drawn: Vec<Vec<Value>>,
}

/// What is kept of each replication.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keep {
    /// Only what is summed up.
    Summaries,
    /// One row for each replication.
    Replications,
}

/// What the command line changes.
#[derive(Clone, Debug, Default)]
pub struct Overrides {
    /// Replications at each design point.
    pub replications: Option<u64>,
    /// The seed.
    pub seed: Option<u64>,
    /// `PATH=VALUE`, in order.
    pub set: Vec<String>,
    /// A plan to follow in place of what is swept.
    pub plan: Option<PathBuf>,
}

/// An option of the command line.
struct OnCommandLine<'a>(&'a str);

impl Place for OnCommandLine<'_> {
    fn broken(&self, rule: &str) -> ConfigError {
        ConfigError::outside(format!("--set {}", self.0), rule)
    }

    fn nothing(&self, path: &[String], known: &[String]) -> ConfigError {
        let hint = hint(&dotted(path), known);
        let message = format!("`{}` names nothing in this study", dotted(path));
        ConfigError { hint, ..ConfigError::outside(format!("--set {}", self.0), message) }
    }
}

impl Study {
    /// Reads and checks a study with its scenario, and builds every model once.
    ///
    /// # Errors
    ///
    /// [`ConfigError`] for the first thing that is wrong.
    pub fn read(path: &Path, overrides: &Overrides) -> Result<Self, ConfigError> {
        Self::from_source(&Source::read(path)?, overrides)
    }

    /// The same from a file that has been read.
    ///
    /// # Errors
    ///
    /// [`ConfigError`] for the first thing that is wrong.
    pub fn from_source(source: &Source, overrides: &Overrides) -> Result<Self, ConfigError> {
        let root = Cursor::root(source);
        root.only(&[
            "name",
            "question",
            "model",
            "scenario",
            "run",
            "parameters",
            "sweep",
            "uncertain",
            "draws",
            ENSEMBLE,
        ])?;
        let world = read_world(&root)?;
        let scenario_source = read_scenario_source(&root, source, world)?;
        let run = read_run(&root, world)?;
        let mut study = Self {
            name: read_study_name(&root)?,
            question: root.get("question")?.map_or(Ok(""), |text| text.text())?.to_owned(),
            world,
            replications: run.replications,
            precision: run.precision,
            seed: run.seed,
            antithetic: run.antithetic,
            keep: run.keep,
            format: run.format,
            most_faults: run.most_faults,
            paths: 0,
            settings: Settings::new(world.parameters),
            sources: Vec::new(),
            scenario: Scenario::default(),
            design: Design { axes: Vec::new() },
            uncertain: Vec::new(),
            draws: read_draws(&root)?,
            drawn: vec![Vec::new()],
        };
        if let Some(scenario) = &scenario_source {
            let root = Cursor::root(scenario);
            study.scenario = read_scenario(&root)?;
            study.read_parameters_of_scenario(&root)?;
        }
        study.read_table(&root, "parameters", false)?;
        if let Some(sweep) = root.get("sweep")? {
            study.read_table(&root, "sweep", true)?;
            read_points(&mut study, &sweep, source)?;
        }
        read_uncertain(&mut study, &root, source)?;
        read_ensemble(&mut study, &root)?;
        study.override_with(overrides)?;
        study.design.merge_points();
        if study.antithetic && study.replications % 2 == 1 {
            let rule = "must be even where replications come in antithetic pairs";
            return Err(match overrides.replications {
                Some(own) => ConfigError::outside(format!("--replications {own}"), rule),
                None => root.need("run")?.need("replications")?.error(rule),
            });
        }
        draw(&mut study, &root, run.paths)?;
        if let Some(path) = &overrides.plan {
            follow(&mut study, path)?;
            study.check_set_beside_plan(overrides)?;
        }
        study.paths = paths_of(&study, run.paths);
        study.check(source, scenario_source.as_ref(), overrides)?;
        Ok(study)
    }

    /// Reads `[parameters]` or `[sweep]`.
    fn read_table(&mut self, root: &Cursor, name: &str, sweeps: bool) -> Result<(), ConfigError> {
        let Some(table) = root.get(name)? else { return Ok(()) };
        walk(&table, 1, sweeps, &mut |entry| self.take(&entry))?;
        if sweeps { Ok(()) } else { self.read_sources(&table, &|_| false) }
    }

    /// Reads where values under `[parameters]` come from; sources of what is foreign are left out.
    fn read_sources(
        &mut self,
        table: &Cursor,
        is_foreign: &dyn Fn(&str) -> bool,
    ) -> Result<(), ConfigError> {
        let Some(sources) = table.get(SOURCES)? else { return Ok(()) };
        walk_fixed(&sources, 2, &mut |path, value, place| {
            let dotted = path.join(".");
            let Value::Word(text) = value else {
                return Err(place.error("must be text: where the value comes from"));
            };
            if self.settings.place(&dotted).is_some() {
                self.sources.push((dotted, text));
            } else if !is_foreign(&dotted) {
                return Err(place.nothing(&path, &self.known_paths()));
            }
            Ok(())
        })
    }

    /// Reads the `[parameters]` of a scenario. Those of another world that can be played on it are
    /// left out.
    fn read_parameters_of_scenario(&mut self, root: &Cursor) -> Result<(), ConfigError> {
        let Some(table) = root.get("parameters")? else { return Ok(()) };
        let (own, others): (Vec<&World>, Vec<&World>) = WORLDS
            .iter()
            .filter(|world| world.scenario.is_some())
            .partition(|world| world.name == self.world.name);
        let knows = |worlds: &[&World], path: &str| {
            worlds.iter().flat_map(|world| world.parameters).any(|known| known.path == path)
        };
        let is_foreign = |path: &str| !knows(&own, path) && knows(&others, path);
        walk(&table, 1, false, &mut |entry| {
            if is_foreign(&entry.path.join(".")) { Ok(()) } else { self.take(&entry) }
        })?;
        self.read_sources(&table, &is_foreign)
    }

    /// Where the luck of its replications comes from.
    pub const fn luck(&self) -> Luck {
        Luck { seed: Seed(self.seed), antithetic: self.antithetic }
    }

    /// Whether every replication is independent of all others at its design point.
    pub const fn counts_replications(&self) -> bool {
        self.uncertain.is_empty() && !self.antithetic
    }

    /// Whether every replication leaves a row.
    pub fn keeps_replications(&self) -> bool {
        self.keep == Keep::Replications
    }

    /// When points are looked at, and how wide their intervals must be for it; a single look where no
    /// precision is asked for.
    pub fn looks(&self) -> Option<Looks> {
        self.precision.map(|_| Looks::up_to(self.replications))
    }

    /// The normal quantile of intervals.
    pub fn quantile(&self) -> f64 {
        self.looks().map_or(Z95, |looks| looks.z)
    }

    /// Whether a draw belongs to a sample of what is uncertain, and not to a design alone.
    pub fn is_of_sample(&self, draw: u64) -> bool {
        self.draws.is_of_sample(draw, coordinates(&self.uncertain).1)
    }

    /// Takes one path with its value or levels.
    fn take(&mut self, entry: &Entry) -> Result<(), ConfigError> {
        let target = self.target(&entry.path, entry.cursor)?;
        let path = dotted(&entry.path);
        self.design.axes.retain(|axis| axis.target != target);
        self.design.axes.iter_mut().for_each(|axis| axis.forget(&target));
        self.sources.retain(|(own, _)| *own != path);
        self.uncertain.retain(|own| own.target != target);
        let broken = |rule: String| entry.cursor.broken(&rule);
        match &entry.written {
            Written::Fixed(value) => {
                apply(&target, value, &mut self.settings, &mut self.scenario).map_err(broken)
            }
            Written::Swept(levels) => {
                // Each level is tried on a copy; the reference value stays as it is.
                let (mut settings, mut scenario) = (self.settings.clone(), self.scenario.clone());
                for level in levels {
                    let tried = apply(&target, level, &mut settings, &mut scenario);
                    let shown = match level {
                        Value::Word(word) => format!("{word:?}"),
                        other => other.to_string(),
                    };
                    tried.map_err(|rule| broken(format!("its level {shown} {rule}")))?;
                }
                self.design.axes.push(Axis { path, target, levels: levels.clone() });
                Ok(())
            }
        }
    }

    /// Where a path leads.
    pub(crate) fn target(&self, path: &[String], place: &dyn Place) -> Result<Target, ConfigError> {
        if let Some(place) = self.settings.place(&path.join(".")) {
            return Ok(Target::Parameter(place));
        }
        let mut scratch = self.scenario.clone();
        match scratch.number_mut(path) {
            Ok(_) => Ok(Target::Scenario(path.to_vec())),
            Err(_) => Err(place.nothing(path, &self.known_paths())),
        }
    }

    /// Every path that a study can set.
    pub(crate) fn known_paths(&self) -> Vec<String> {
        let parameters = self.world.parameters.iter().map(|parameter| parameter.path.to_owned());
        let scenario = self.scenario.number_paths();
        parameters.chain(scenario.iter().map(|path| dotted(path))).collect()
    }

    fn override_with(&mut self, overrides: &Overrides) -> Result<(), ConfigError> {
        if let Some(replications) = overrides.replications {
            self.replications = replications;
        }
        if let Some(seed) = overrides.seed {
            self.seed = seed;
        }
        for text in &overrides.set {
            let place = OnCommandLine(text);
            let (path, value) =
                text.split_once('=').ok_or_else(|| place.broken("must be PATH=VALUE"))?;
            let keys = keys_of(path.trim());
            let keys = keys.ok_or_else(|| {
                let rule = "must begin with a path, such as unity or actors.\"United States\".support \
                            (names with spaces in quotes)";
                place.broken(rule)
            })?;
            let written = Written::Fixed(read_word(value.trim()));
            self.take(&Entry { path: keys, written, cursor: &place })?;
        }
        Ok(())
    }

    /// Refuses a value that the command line sets and the plan too.
    fn check_set_beside_plan(&self, overrides: &Overrides) -> Result<(), ConfigError> {
        for text in &overrides.set {
            let place = OnCommandLine(text);
            let keys = text.split_once('=').and_then(|(path, _)| keys_of(path.trim()));
            let target = self.target(&keys.unwrap_or_default(), &place)?;
            if self.design.axes.iter().any(|axis| axis.sets(&target)) {
                return Err(place.broken("is set by the plan too: leave out one of the two"));
            }
        }
        Ok(())
    }

    /// Checks what only the whole can show: at the reference values and at every design point, or,
    /// of very large designs, at every level of every axis.
    fn check(
        &self,
        source: &Source,
        scenario: Option<&Source>,
        overrides: &Overrides,
    ) -> Result<(), ConfigError> {
        let locate = |invalid: Invalid| {
            let option = blamed(&invalid, overrides);
            option.unwrap_or_else(|| Self::locate(&invalid, source, scenario))
        };
        let size = self.design.size().filter(|size| *size <= MOST_POINTS);
        if size.is_none() {
            let axes = self.design.axes.iter().map(|axis| axis.levels.len().to_string());
            let product = axes.collect::<Vec<_>>().join(" × ");
            let rule = format!("must make {MOST_POINTS} design points at most");
            return Err(locate(Invalid::new("sweep", product, rule)));
        }
        if size.is_some_and(|size| size <= FULLY_CHECKED) {
            let checked = self.design.points().try_for_each(|point| self.validate(&point));
            return checked.and_then(|()| self.check_draws()).map_err(locate);
        }
        self.check_draws().map_err(locate)?;
        for (at, axis) in self.design.axes.iter().enumerate() {
            for level in 0..axis.levels.len() {
                let mut point = self.design.point(0);
                point.levels[at] = level;
                self.validate(&point).map_err(locate)?;
            }
        }
        Ok(())
    }

    /// Checks the draws, the first of very many, at the reference point.
    fn check_draws(&self) -> Result<(), Invalid> {
        let point = self.design.point(self.design.number_of(&self.reference_levels()));
        self.drawn.iter().take(FULLY_CHECKED as usize).try_for_each(|draw| {
            let (settings, scenario) = self.drawn_at(&point, draw);
            (self.world.check)(&settings, &scenario)
        })
    }

    /// Checks scenario and settings at a point without solving the model there.
    fn validate(&self, point: &Point) -> Result<(), Invalid> {
        let (settings, scenario) = self.at(point);
        (self.world.check)(&settings, &scenario)
    }

    /// An error of the model, with the place in the file that is to blame.
    fn locate(invalid: &Invalid, source: &Source, scenario: Option<&Source>) -> ConfigError {
        let keys = keys_of(&invalid.path).unwrap_or_default();
        let under = |table: &str| [&[table.to_owned()], &keys[..]].concat();
        let message = invalid.to_string();
        let mut best: Option<(usize, ConfigError)> = None;
        for file in [Some(source), scenario].into_iter().flatten() {
            for (path, extra) in [(under("sweep"), 1), (under("parameters"), 1), (keys.clone(), 0)]
            {
                let (depth, span) = file.locate(&path);
                let depth = depth.saturating_sub(extra);
                if depth > best.as_ref().map_or(0, |(deepest, _)| *deepest) {
                    best = Some((depth, file.error(span, message.clone())));
                }
            }
        }
        let nowhere = || ConfigError::outside(source.path.display().to_string(), message.clone());
        best.map_or_else(nowhere, |(_, error)| error)
    }

    /// The model at a design point.
    ///
    /// # Errors
    ///
    /// [`Invalid`] where several swept values contradict each other.
    pub fn build(&self, point: &Point) -> Result<Box<dyn AnyModel>, Invalid> {
        let (settings, scenario) = self.at(point);
        (self.world.build)(&settings, &scenario)
    }

    /// The model at a design point, with what is uncertain as drawn.
    ///
    /// # Errors
    ///
    /// [`Invalid`] where values contradict each other.
    pub fn build_drawn(&self, point: &Point, draw: &[Value]) -> Result<Box<dyn AnyModel>, Invalid> {
        let (settings, scenario) = self.drawn_at(point, draw);
        (self.world.build)(&settings, &scenario)
    }

    fn drawn_at(&self, point: &Point, draw: &[Value]) -> (Settings, Scenario) {
        let (mut settings, mut scenario) = self.at(point);
        for (own, value) in self.uncertain.iter().zip(draw) {
            let applied = apply(&own.target, value, &mut settings, &mut scenario);
            debug_assert!(applied.is_ok(), "{} is cut to its bounds", own.path);
        }
        (settings, scenario)
    }

    /// Settings and scenario at a design point.
    pub(crate) fn at(&self, point: &Point) -> (Settings, Scenario) {
        let (mut settings, mut scenario) = (self.settings.clone(), self.scenario.clone());
        self.design.apply(point, &mut settings, &mut scenario);
        (settings, scenario)
    }

    /// What theory says of the estimates at a design point; nothing where there is no closed form.
    pub fn theory(&self, point: &Point) -> Vec<Known> {
        let (settings, scenario) = self.at(point);
        self.theory_of(&settings, &scenario)
    }

    /// The same with one parameter at a number that need not be a level; nothing where it cannot
    /// have that number.
    pub(crate) fn theory_at(&self, point: &Point, target: &Target, number: f64) -> Vec<Known> {
        let (mut settings, mut scenario) = self.at(point);
        match apply(target, &Value::Number(number), &mut settings, &mut scenario) {
            Ok(()) => self.theory_of(&settings, &scenario),
            Err(_) => Vec::new(),
        }
    }

    fn theory_of(&self, settings: &Settings, scenario: &Scenario) -> Vec<Known> {
        // Theory speaks of values, not of means over draws of them.
        if !self.uncertain.is_empty() {
            return Vec::new();
        }
        self.world.theory.and_then(|theory| theory(settings, scenario).ok()).unwrap_or_default()
    }

    /// The estimates that head this study's runs: column, and what they are called.
    pub fn headline(&self) -> Vec<(String, String)> {
        (self.world.headline)(&self.scenario)
    }

    /// For each axis the level nearest to the reference value.
    pub fn reference_levels(&self) -> Vec<usize> {
        let nearest = |axis: &Axis| {
            let reference = self.reference(&axis.target);
            let distance = |level: &Value| match (level, &reference) {
                (Value::Number(level), Some(Value::Number(reference))) => (level - reference).abs(),
                (level, Some(reference)) if level == reference => 0.0,
                _ => 1.0,
            };
            let order = |a: &usize, b: &usize| {
                distance(&axis.levels[*a]).total_cmp(&distance(&axis.levels[*b]))
            };
            (0..axis.levels.len()).min_by(order).unwrap_or(0)
        };
        self.design.axes.iter().map(nearest).collect()
    }

    /// The point of a list nearest to the reference values, each value in units of its range over the list.
    fn nearest<'a>(&self, members: &'a [Member]) -> Option<&'a Member> {
        let number = |member: &Member, at: usize| match member.values[at].2 {
            Value::Number(number) => Some(number),
            _ => None,
        };
        let range = |at: usize| {
            let all = || members.iter().filter_map(|member| number(member, at));
            all().fold(f64::NEG_INFINITY, f64::max) - all().fold(f64::INFINITY, f64::min)
        };
        let ranges: Vec<f64> = (0..members.first()?.values.len()).map(range).collect();
        let distance = |member: &&Member| -> f64 {
            let of = |(at, (_, target, value)): (usize, &(String, Target, Value))| match (
                value,
                self.reference(target),
            ) {
                (Value::Number(own), Some(Value::Number(reference))) => {
                    if ranges[at] > 0.0 {
                        (own - reference).abs() / ranges[at]
                    } else {
                        0.0
                    }
                }
                (own, reference) => f64::from(u8::from(Some(own) != reference.as_ref())),
            };
            member.values.iter().enumerate().map(of).sum()
        };
        members.iter().min_by(|a, b| distance(a).total_cmp(&distance(b)))
    }

    /// The number of the first replication of a draw: each plays replications of its own, unless draws share their luck.
    pub fn first_replication(&self, draw: usize) -> u64 {
        if self.draws.shared_luck { 0 } else { draw as u64 * self.replications }
    }

    /// The reference value of a swept path, or of any other.
    pub fn reference(&self, target: &Target) -> Option<Value> {
        match target {
            Target::Parameter(place) => {
                let parameter = &self.world.parameters[*place];
                Some(parameter.kind.write(self.settings.find(parameter.path)?))
            }
            Target::Ensemble(members) => {
                members.first().map(|member| Value::Word(member.name.clone()))
            }
            Target::Points(members) => {
                self.nearest(members).map(|member| Value::Word(member.name.clone()))
            }
            Target::Scenario(keys) => {
                let bloc = self
                    .scenario
                    .blocs
                    .iter()
                    .find(|bloc| keys[0] == "blocs" && bloc.name == keys[1]);
                if bloc.is_some_and(|bloc| bloc.unity.is_none()) {
                    return self.settings.find("unity").map(Value::Number);
                }
                self.scenario.clone().number_mut(keys).ok().map(|number| Value::Number(*number))
            }
        }
    }
}

/// The option that an error of the model is about, if it is about one: the last that sets the
/// number itself, or a part of what is wrong.
fn blamed(invalid: &Invalid, overrides: &Overrides) -> Option<ConfigError> {
    let wrong = keys_of(&invalid.path)?;
    let about = |option: &&String| {
        let keys = option.split_once('=').and_then(|(path, _)| keys_of(path.trim()));
        keys.is_some_and(|keys| keys.starts_with(&wrong) || wrong.starts_with(&keys))
    };
    let option = overrides.set.iter().rev().find(about)?;
    Some(ConfigError::outside(format!("--set {option}"), invalid.to_string()))
}

/// A value on the command line: a number, true, false, or a word (with or without quotes).
fn read_word(text: &str) -> Value {
    match (text, text.parse()) {
        ("true", _) => Value::Flag(true),
        ("false", _) => Value::Flag(false),
        (_, Ok(number)) => Value::Number(number),
        (word, Err(_)) => Value::Word(word.trim_matches('"').to_owned()),
    }
}

fn read_world(root: &Cursor) -> Result<&'static World, ConfigError> {
    let cursor = root.need("model")?;
    let name = cursor.text()?;
    world(name).ok_or_else(|| {
        let known: Vec<&str> = WORLDS.iter().map(|world| world.name).collect();
        let hint = hint(name, &known);
        ConfigError { hint, ..cursor.error("must be the name of a model (see `armistice models`)") }
    })
}

/// Whether a study can be called so.
pub fn is_folder_name(name: &str) -> bool {
    let fits = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.' | ' ');
    !name.is_empty() && name.chars().all(fits) && !name.starts_with('.') && name.trim() == name
}

/// The name of a study is the name of a folder.
fn read_study_name(root: &Cursor) -> Result<String, ConfigError> {
    let cursor = root.need("name")?;
    let name = cursor.name()?;
    if is_folder_name(name) {
        return Ok(name.to_owned());
    }
    let rule = "must fit as the name of a folder: letters, digits, `-`, `_`, `.` and spaces, no \
                path separators, no dot in front";
    Err(cursor.error(rule))
}

fn read_scenario_source(
    root: &Cursor,
    source: &Source,
    world: &World,
) -> Result<Option<Source>, ConfigError> {
    match (root.get("scenario")?, world.scenario.is_some()) {
        (None, true) => Err(root.error_here(format!(
            "`scenario` is missing: the model {} needs a scenario file",
            world.name
        ))),
        (None, false) => Ok(None),
        (Some(cursor), _) => {
            let folder = source.path.parent().map_or_else(PathBuf::new, Path::to_path_buf);
            let path = folder.join(cursor.text()?);
            if path.exists() {
                Source::read(&path).map(Some)
            } else {
                Err(cursor.error(format!("there is no such file ({})", path.display())))
            }
        }
    }
}
