//! Studies and scenarios as TOML: as run, with every default filled in, and to start from.

use std::fmt::Write as _;

use models::{Actor, IssueRole, Kind, Parameter, Role, Scenario, Settings, Value};

use crate::catalogue::{Pictures, World};
use crate::design::{Axis, Target};
use crate::draws::{Draws, Way};
use crate::ensemble::Member;
use crate::source::dotted;
use crate::study::{Keep, Study};
use crate::uncertain::Distribution;

/// Lines of a file under way. Writing to a string cannot fail.
#[derive(Default)]
struct Page(String);

impl Page {
    fn line(&mut self, text: &str) {
        self.0.push_str(text);
        self.0.push('\n');
    }

    fn pair(&mut self, key: &str, value: &str) {
        let _ = writeln!(self.0, "{key} = {value}");
    }

    /// A heading after an empty line.
    fn heading(&mut self, text: &str) {
        self.line("");
        self.line(text);
    }
}

fn text(text: &str) -> String {
    toml::Value::String(text.to_owned()).to_string()
}

fn key(name: &str) -> String {
    dotted(&[name.to_owned()])
}

/// A number in its shortest form that reads back the same.
fn number(value: f64) -> String {
    format!("{value:?}")
}

fn value(parameter: Option<&Parameter>, value: &Value) -> String {
    match value {
        Value::Number(x) if parameter.is_some_and(|p| matches!(p.kind, Kind::Whole { .. })) => {
            format!("{x:.0}")
        }
        Value::Number(x) => number(*x),
        Value::Flag(flag) => flag.to_string(),
        Value::Word(word) => text(word),
    }
}

/// The study as run: everything filled in, its scenario beside it as `scenario.toml`.
pub fn study_as_run(study: &Study) -> String {
    let mut page = Page::default();
    page.line("# The study as run, with every default filled in. Running it again into another");
    page.line("# folder gives the same tables.");
    page.pair("name", &text(&study.name));
    page.pair("question", &text(&study.question));
    page.pair("model", &text(study.world.name));
    if study.world.scenario.is_some() {
        page.pair("scenario", &text("scenario.toml"));
    }
    page.heading("[run]");
    page.pair("replications", &study.replications.to_string());
    if let Some(precision) = study.precision {
        page.pair("precision", &number(precision));
    }
    page.pair("seed", &study.seed.to_string());
    if study.antithetic {
        page.pair("antithetic", "true");
    }
    let keep = if study.keep == Keep::Replications { "replications" } else { "summaries" };
    page.pair("keep", &text(keep));
    if study.keeps_replications() {
        page.pair("format", &text(study.format.name()));
    }
    page.pair("most_faults", &number(study.most_faults));
    if study.world.pictures == Pictures::Peace {
        page.pair("paths", &study.paths.to_string());
    }
    page.heading("[parameters]");
    for (parameter, set) in study.settings.iter() {
        page.pair(parameter.path, &value(Some(parameter), &set));
    }
    if !study.sources.is_empty() {
        page.heading("[parameters.sources]");
        for (path, source) in &study.sources {
            page.pair(path, &text(source));
        }
    }
    let is_swept = |axis: &&Axis| !matches!(axis.target, Target::Ensemble(_));
    if study.design.axes.iter().any(|axis| is_swept(&axis)) {
        page.heading("[sweep]");
        for axis in study.design.axes.iter().filter(is_swept) {
            if let Target::Points(members) = &axis.target {
                points(&mut page, members);
                continue;
            }
            let levels: Vec<String> = axis.levels.iter().map(|level| value(None, level)).collect();
            page.pair(&axis.path, &format!("[{}]", levels.join(", ")));
        }
    }
    for axis in &study.design.axes {
        let Target::Ensemble(members) = &axis.target else { continue };
        page.heading("[ensemble]");
        for member in members {
            let pair =
                |(path, _, own): &(String, Target, Value)| format!("{path} = {}", value(None, own));
            let values: Vec<String> = member.values.iter().map(pair).collect();
            page.pair(&key(&member.name), &format!("{{ {} }}", values.join(", ")));
        }
    }
    if !study.uncertain.is_empty() {
        page.heading("[uncertain]");
        for own in &study.uncertain {
            page.pair(&own.path, &distribution(&own.distribution));
        }
        draws(&mut page, &study.draws);
    }
    page.0
}

fn distribution(own: &Distribution) -> String {
    let list = |numbers: &[f64]| {
        let texts: Vec<String> = numbers.iter().map(|x| number(*x)).collect();
        format!("[{}]", texts.join(", "))
    };
    match own {
        Distribution::Uniform(low, high) => format!("{{ uniform = {} }}", list(&[*low, *high])),
        Distribution::Normal(mean, sd) => format!("{{ normal = {} }}", list(&[*mean, *sd])),
        Distribution::LogNormal(median, sd) => {
            format!("{{ log_normal = {} }}", list(&[*median, *sd]))
        }
        Distribution::Triangular(low, mode, high) => {
            format!("{{ triangular = {} }}", list(&[*low, *mode, *high]))
        }
        Distribution::Beta(a, b, low, high) => {
            format!("{{ beta = {} }}", list(&[*a, *b, *low, *high]))
        }
        Distribution::Discrete(values) => {
            let texts: Vec<String> = values.iter().map(|(own, _)| value(None, own)).collect();
            let weights: Vec<f64> = values.iter().map(|(_, weight)| *weight).collect();
            format!("{{ discrete = [{}], weights = {} }}", texts.join(", "), list(&weights))
        }
        Distribution::Sample { group, values } => {
            format!("{{ sample = {}, group = {} }}", list(values), text(group))
        }
    }
}

/// A list of points, one line each.
fn points(page: &mut Page, members: &[Member]) {
    page.line("points = [");
    for member in members {
        let values = member.values.iter();
        let values: Vec<String> =
            values.map(|(path, _, own)| format!("{path} = {}", value(None, own))).collect();
        page.line(&format!("  {{ name = {}, {} }},", text(&member.name), values.join(", ")));
    }
    page.line("]");
}

fn draws(page: &mut Page, draws: &Draws) {
    page.heading("[draws]");
    page.pair("method", &text(draws.way.name()));
    match draws.way {
        Way::OneAtATime { share } => page.pair("share", &number(share)),
        way => {
            page.pair("count", &draws.count.to_string());
            match way {
                Way::Saltelli { second_order } => {
                    page.pair("second_order", &second_order.to_string());
                }
                Way::LatinHypercube { maximin: false } => page.pair("maximin", "false"),
                Way::Morris { levels } => page.pair("levels", &levels.to_string()),
                _ => {}
            }
        }
    }
    page.pair("luck", &text(if draws.shared_luck { "shared" } else { "own" }));
}

/// The scenario as run.
pub fn scenario_as_run(scenario: &Scenario) -> String {
    let mut page = Page::default();
    page.line("# The scenario as run. Its parameters stand in study.toml.");
    page.pair("name", &text(&scenario.name));
    for issue in &scenario.issues {
        let heading = format!("issues.{}", key(&issue.name));
        page.heading(&format!("[{heading}]"));
        if let Some(role) = issue.role {
            let name = IssueRole::NAMES.iter().find(|(_, known)| *known == role);
            page.pair("role", &text(name.map_or("", |(name, _)| name)));
        }
        if let Some(level) = issue.while_fighting {
            page.pair("while_fighting", &number(level));
        }
        page.pair("spillover", &number(issue.spillover));
        sources(&mut page, &heading, &issue.sources);
    }
    for actor in &scenario.actors {
        write_actor(&mut page, actor, scenario);
    }
    for bloc in &scenario.blocs {
        page.heading(&format!("[blocs.{}]", key(&bloc.name)));
        if let Some(unity) = bloc.unity {
            page.pair("unity", &number(unity));
        }
    }
    if !scenario.influence.is_empty() {
        page.heading("[influence]");
        for row in &scenario.influence {
            let weights = row.weights.iter().map(|(name, weight)| (name, *weight));
            page.pair(&key(&row.member), &inline(weights));
        }
    }
    for election in &scenario.elections {
        page.heading("[[elections]]");
        page.pair("month", &election.month.to_string());
        page.pair("actor", &text(&election.actor));
    }
    page.0
}

fn write_actor(page: &mut Page, actor: &Actor, scenario: &Scenario) {
    let heading = format!("actors.{}", key(&actor.name));
    page.heading(&format!("[{heading}]"));
    let role = Role::NAMES.iter().find(|(_, known)| *known == actor.role);
    page.pair("role", &text(role.map_or("", |(name, _)| name)));
    if let Some(bloc) = &actor.bloc {
        page.pair("bloc", &text(bloc));
    }
    let names = || scenario.issues.iter().map(|issue| &issue.name);
    page.pair("ideal", &inline(names().zip(actor.ideal.iter().copied())));
    page.pair("salience", &inline(names().zip(actor.salience.iter().copied())));
    if !actor.fights() || actor.capability > 0.0 {
        page.pair("capability", &number(actor.capability));
    }
    if actor.role != Role::Party {
        page.pair("curvature", &number(actor.curvature));
    }
    if actor.fights() {
        let cost = [("median", actor.cost_median), ("log_sd", actor.cost_log_sd)];
        page.pair("war_cost", &inline(cost.into_iter()));
        page.pair("optimism", &number(actor.optimism));
        page.pair("break_loss", &number(actor.break_loss));
    }
    if actor.role == Role::Member {
        page.pair("support", &number(actor.support));
        page.pair("fatigue", &number(actor.fatigue));
        page.pair("rally", &number(actor.rally));
    }
    sources(page, &heading, &actor.sources);
}

fn inline(pairs: impl Iterator<Item = (impl AsRef<str>, f64)>) -> String {
    let pair = |(name, value): (_, f64)| {
        format!("{} = {}", key(AsRef::<str>::as_ref(&name)), number(value))
    };
    format!("{{ {} }}", pairs.map(pair).collect::<Vec<String>>().join(", "))
}

fn sources(page: &mut Page, heading: &str, sources: &[(String, String)]) {
    if sources.is_empty() {
        return;
    }
    page.line(&format!("[{heading}.sources]"));
    for (name, source) in sources {
        page.pair(&key(name), &text(source));
    }
}

/// A commented study to start from, with the scenario at a path as seen from it: every parameter with its default, ready to be changed.
///
/// Values are those in force in a study of this scenario, where they are given; else the defaults.
pub fn starter(world: &World, name: &str, scenario: &str, force: Option<&Settings>) -> String {
    let mut page = Page::default();
    page.line("# What is your question? Write it down, then sweep what it depends on.");
    page.pair("name", &text(name));
    let question = match world.pictures {
        Pictures::Peace => "How likely is a durable agreement at each level of Western unity?",
        Pictures::Theory => "What does theory say, and does the simulation agree?",
        Pictures::Forecast => "What will be decided?",
    };
    page.pair("question", &text(question));
    page.pair("model", &text(world.name));
    if world.scenario.is_some() {
        page.line("# Relative to this file. The scenario says who the actors are.");
        page.pair("scenario", &text(scenario));
    }
    page.heading("[run]");
    page.line("# At each design point; 10000 give a standard error of half a percentage point.");
    page.pair("replications", "1000");
    page.pair("seed", "20251122");
    page.line("# One row for each replication, in replications.csv:");
    page.line("# keep = \"replications\"");
    page.heading("[sweep]");
    page.line("# A range, a list of levels, or several parameters: a full grid.");
    if world.pictures == Pictures::Peace {
        page.line("unity = { from = 0.0, to = 1.0, steps = 6 }");
        page.line("# signalling = [-0.5, 0.0, 0.5, 1.0]");
    } else if let Some(first) = world.parameters.first() {
        page.line(&format!("# {} = {{ from = 0.1, to = 0.9, steps = 9 }}", first.path));
    }
    page.heading("[parameters]");
    page.line(
        "# What is left out keeps the value that stands here: the scenario's, or else the default.",
    );
    for parameter in world.parameters {
        let Some(default) = parameter.default else { continue };
        let own = force.and_then(|settings| settings.find(parameter.path)).unwrap_or(default);
        let show = |number: f64| value(Some(parameter), &parameter.kind.write(number));
        let (own, default) = (show(own), show(default));
        let _ =
            writeln!(page.0, "\n# {}; {}, {}", parameter.meaning, parameter.kind, parameter.unit);
        let note = match own == default {
            true => String::new(),
            false => format!(" # set by the scenario; default {default}"),
        };
        let _ = writeln!(page.0, "# {} = {own}{note}", parameter.path);
    }
    page.0
}
