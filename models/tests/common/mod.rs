//! The ten actors of `experiments/scenarios/ukraine-core.toml`, built by hand.

#![allow(dead_code, unreachable_pub, missing_docs, reason = "each test uses a part of it")]

use engine::{AnyModel, Batch, Estimate, Scale, Seed, Summary, Tally};
use models::peace::{PARAMETERS, Peace};
use models::{Actor, Issue, IssueRole, Parameter, Role, Scenario, Settings};

/// Path and value of a parameter.
pub type Setting<'a> = (&'a str, f64);

/// A table of parameters with some values changed; words by their place in their list.
pub fn set(table: &'static [Parameter], changes: &[Setting]) -> Settings {
    let mut settings = Settings::new(table);
    for (path, value) in changes {
        let place = settings.place(path).unwrap_or_else(|| panic!("no parameter {path}"));
        let value = settings.table()[place].kind.write(*value);
        settings.set(place, &value).expect("the test sets valid values");
    }
    settings
}

/// Settings of `peace`.
pub fn settings(changes: &[Setting]) -> Settings {
    set(PARAMETERS, changes)
}

pub const BEST_RESPONSE: Setting = ("decision_rule", 0.0);

pub fn issue(
    name: &str,
    role: Option<IssueRole>,
    while_fighting: Option<f64>,
    spillover: f64,
) -> Issue {
    Issue { name: name.into(), role, while_fighting, spillover, sources: Vec::new() }
}

pub fn actor(name: &str, role: Role, ideal: &[f64], salience: &[f64]) -> Actor {
    Actor {
        name: name.into(),
        role,
        bloc: None,
        ideal: ideal.to_vec(),
        salience: salience.to_vec(),
        curvature: 1.3,
        cost_median: 0.1,
        cost_log_sd: 0.0,
        optimism: 0.0,
        break_loss: 0.0,
        capability: 0.0,
        support: 0.0,
        fatigue: 0.0,
        rally: 0.0,
        sources: Vec::new(),
    }
}

type Row = (&'static str, [f64; 3], [f64; 3], [f64; 4]);

/// Name; ideal; salience; capability, support, fatigue, rally.
const MEMBERS: [Row; 8] = [
    ("United States", [0.4, 0.8, 0.5], [0.3, 0.3, 0.4], [0.40, -0.2, 0.3, 0.2]),
    ("Germany", [0.25, 0.9, 0.6], [0.3, 0.35, 0.35], [0.15, 0.8, 0.15, 0.3]),
    ("France", [0.25, 0.9, 0.8], [0.3, 0.3, 0.4], [0.12, 0.8, 0.15, 0.3]),
    ("United Kingdom", [0.15, 1.0, 0.9], [0.3, 0.35, 0.35], [0.12, 1.3, 0.1, 0.3]),
    ("Poland", [0.05, 1.0, 1.0], [0.35, 0.3, 0.35], [0.06, 1.8, 0.05, 0.4]),
    ("Canada", [0.1, 1.0, 0.8], [0.3, 0.4, 0.3], [0.05, 1.3, 0.1, 0.3]),
    ("Italy", [0.35, 0.8, 0.5], [0.3, 0.3, 0.4], [0.06, 0.3, 0.2, 0.2]),
    ("Hungary", [0.7, 0.5, 0.2], [0.3, 0.3, 0.4], [0.01, -1.7, 0.2, 0.0]),
];

pub fn core() -> Scenario {
    let russia = Actor {
        cost_median: 0.12,
        cost_log_sd: 0.85,
        optimism: 0.2,
        ..actor("Russia", Role::Challenger, &[1.0, 0.0, 0.0], &[0.40, 0.35, 0.25])
    };
    let ukraine = Actor {
        cost_median: 0.065,
        cost_log_sd: 0.7,
        optimism: 0.4,
        break_loss: 0.35,
        ..actor("Ukraine", Role::Defender, &[0.0, 1.0, 1.0], &[0.35, 0.35, 0.30])
    };
    let member = |(name, ideal, salience, [capability, support, fatigue, rally]): &Row| Actor {
        capability: *capability,
        support: *support,
        fatigue: *fatigue,
        rally: *rally,
        ..actor(name, Role::Member, ideal, salience)
    };
    let mut actors = vec![russia, ukraine];
    actors.extend(MEMBERS.iter().map(member));
    Scenario {
        name: "ukraine-core".into(),
        issues: vec![
            issue("territory", Some(IssueRole::Territory), None, 0.0),
            issue("sovereignty", None, Some(0.78), 0.5),
            issue("guarantees", Some(IssueRole::Guarantee), Some(0.2), 0.0),
        ],
        actors,
        ..Scenario::default()
    }
}

/// A run with its estimates by name.
pub struct Run {
    pub summary: Summary,
    names: Vec<Estimate>,
}

impl Run {
    pub fn of(scenario: &Scenario, changes: &[Setting], replications: u64) -> Self {
        let model =
            Peace::new(&settings(changes), scenario).expect("the test builds a valid model");
        let models: Vec<Box<dyn AnyModel>> = vec![Box::new(model)];
        let names =
            models[0].measure_infos().into_iter().filter_map(|info| info.estimate).collect();
        let batch = Batch::new(Seed(20_251_122), replications, 0).expect("threads can be started");
        let summary = batch.run(&models, &()).expect("nobody stops it").remove(0);
        Self { summary, names }
    }

    pub fn tally(&self, name: &str) -> &Tally {
        let place = self.names.iter().position(|estimate| estimate.name == name);
        &self.summary.estimates()[place.unwrap_or_else(|| panic!("no estimate {name}"))].0
    }

    pub fn mean(&self, name: &str) -> f64 {
        self.tally(name).mean().unwrap_or_else(|| panic!("no replication has {name}"))
    }

    pub fn error(&self, name: &str) -> f64 {
        let tally = self.tally(name);
        let place = self.names.iter().position(|estimate| estimate.name == name).expect("found");
        match self.names[place].scale {
            Scale::Chance => {
                let (p, n) = (tally.mean().expect("found"), tally.count() as f64);
                (p * (1.0 - p) / n).sqrt()
            }
            Scale::Mean { .. } => tally.standard_error().expect("there are several"),
        }
    }
}
