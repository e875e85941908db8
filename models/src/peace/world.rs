//! The model at one design point: checked, and with all that its replications share solved once.

use engine::{NormalBelief, Preferences, exp, ln};
use pulp::Arch;

use super::coalition::Coalition;
use super::compliance::Compliance;
use super::front::{Front, StatusQuo};
use super::in_force::InForce;
use super::offers::Offers;
use super::payoff::Ledger;
use super::registers::up_to_256_bits;
use super::rhetoric::Rhetoric;
use super::table::Table;
use crate::parameter::{Invalid, Settings};
use crate::scenario::{Actor, IssueRole, Role, Scenario};

/// The model `peace` at one checked design point.
#[derive(Clone, Debug)]
pub struct Peace {
    pub(super) horizon: u32,
    pub(super) durable_after: u32,
    pub(super) planning_months: f64,
    /// One for each month.
    pub(super) seasons: Vec<Season>,
    /// Nothing without channels.
    pub(super) news: Option<News>,
    pub(super) challenger: Belligerent,
    pub(super) defender: Belligerent,
    pub(super) front: Front,
    /// What the terms in force are worth to belligerents, then members.
    pub(super) in_force: InForce,
    pub(super) rhetoric: Rhetoric,
    pub(super) coalition: Coalition,
    pub(super) table: Table,
    pub(super) offers: Offers,
    pub(super) compliance: Compliance,
    pub(super) ledger: Ledger,
    /// For replications side by side.
    pub(super) registers: Arch,
    /// Worth of every offer to every actor, by offer: belligerents, then members.
    pub(super) worth: Vec<f64>,
    /// Worth of every offer to every member after consultation, by offer.
    pub(super) consulted_worth: Vec<f64>,
    pub(super) issues: Vec<String>,
    /// Belligerents first, then members.
    pub(super) actors: Vec<String>,
    /// Places of `actors` in the order of the scenario.
    pub(super) columns: Vec<usize>,
}

/// How far off a month's news about the logarithm of a cost is.
#[derive(Clone, Copy, Debug)]
pub(super) struct News {
    pub(super) variance: f64,
    pub(super) sd: f64,
}

/// What a month is by the calendar alone.
#[derive(Clone, Copy, Debug)]
pub(super) struct Season {
    /// What multiplies costs, `1 + ω t/12`, and its logarithm.
    pub(super) weariness: f64,
    pub(super) log_weariness: f64,
    /// How much of the sides' optimism is left.
    pub(super) optimism: f64,
}

impl Season {
    fn new(settings: &Settings, month: u32) -> Self {
        let month = f64::from(month);
        let weariness = 1.0 + settings.get("weariness") / 12.0 * month;
        Self {
            weariness,
            log_weariness: ln(weariness),
            optimism: exp(-month / settings.get("optimism_fading_months")),
        }
    }
}

/// One of the two sides at war.
#[derive(Clone, Debug)]
pub(super) struct Belligerent {
    pub(super) preferences: Preferences,
    pub(super) cost_log_median: f64,
    pub(super) cost_log_sd: f64,
    /// b, positive for the challenger, negative for the defender.
    pub(super) lean: f64,
    pub(super) break_loss: f64,
}

impl Belligerent {
    pub(super) fn prior(&self) -> NormalBelief {
        NormalBelief { mean: self.cost_log_median, sd: self.cost_log_sd }
    }
}

impl Peace {
    /// The model at one design point.
    ///
    /// # Errors
    ///
    /// [`Invalid`] where the scenario is not sound, or settings contradict each other.
    pub fn new(settings: &Settings, scenario: &Scenario) -> Result<Self, Invalid> {
        Self::check(settings, scenario)?;
        let table = Table::new(settings)?;
        let front = Front::new(settings);
        let status_quo = StatusQuo::new(scenario, &front);
        let challenger = belligerent(scenario, Role::Challenger)?;
        let defender = belligerent(scenario, Role::Defender)?;
        let own = |actor: &Actor| preferences(actor, scenario);
        let members: Vec<Preferences> = scenario.members().map(own).collect::<Result<_, _>>()?;
        let coalition = Coalition::new(settings, scenario, &members, &status_quo, front.start);
        let coalition =
            coalition.map_err(|error| Invalid::new("influence", "unusable", error.to_string()))?;

        let access = scenario.issue_with(IssueRole::HumanitarianAccess).is_some();
        let compliance = Compliance::new(settings, access);
        let (ours, theirs) = (&challenger.preferences, &defender.preferences);
        let bounded = challenger.break_loss >= 0.0 && defender.break_loss >= 0.0;
        let offers = Offers::new(settings, scenario, ours, theirs, &compliance, bounded);

        let mut everybody = vec![ours.clone(), theirs.clone()];
        everybody.extend(members);
        let consulted: Vec<_> = (0..coalition.size()).map(|k| coalition.consulted(k)).collect();
        let issues = scenario.issues.len();
        let worth = worth_of(&offers, issues, &everybody.iter().collect::<Vec<_>>());
        let consulted_worth = worth_of(&offers, issues, &consulted);
        let horizon = settings.get("horizon_months") as u32;
        Ok(Self {
            horizon,
            durable_after: settings.get("durable_after_years") as u32,
            planning_months: settings.get("planning_months"),
            seasons: (0..horizon).map(|month| Season::new(settings, month)).collect(),
            news: news(settings),
            in_force: InForce::new(&status_quo, front.start, &everybody),
            front,
            rhetoric: Rhetoric::new(settings),
            coalition,
            table,
            offers,
            compliance,
            ledger: Ledger::new(settings.get("discount"), horizon),
            worth,
            consulted_worth,
            issues: scenario.issues.iter().map(|issue| issue.name.clone()).collect(),
            registers: up_to_256_bits(),
            columns: columns(scenario),
            actors: names(scenario),
            challenger,
            defender,
        })
    }

    /// Checks all that [`Peace::new`] would, without solving anything.
    ///
    /// # Errors
    ///
    /// [`Invalid`] where the scenario is not sound, or settings contradict each other.
    pub fn check(settings: &Settings, scenario: &Scenario) -> Result<(), Invalid> {
        scenario.check_war()?;
        together(settings, "compliance.threshold", &["half_point", "power"])?;
        together(settings, "compliance.defender", &["base", "slope", "grievance"])?;
        Table::new(settings).map(drop)
    }
}

/// Parameters of one table that are given together or not at all.
fn together(settings: &Settings, table: &str, keys: &[&str]) -> Result<(), Invalid> {
    let path = |key: &&str| format!("{table}.{key}");
    let missing: Vec<String> =
        keys.iter().map(path).filter(|path| settings.find(path).is_none()).collect();
    if missing.is_empty() || missing.len() == keys.len() {
        return Ok(());
    }
    let rule = format!("{} must be given together or not at all", keys.join(", "));
    Err(Invalid::new(missing[0].clone(), "missing", rule))
}

/// s_y² / n; nothing without channels.
fn news(settings: &Settings) -> Option<News> {
    let (noise, channels) = (settings.get("channel_noise"), settings.get("channels"));
    let variance = noise * noise / channels;
    (channels > 0.0).then(|| News { variance, sd: variance.sqrt() })
}

pub(super) fn preferences(actor: &Actor, scenario: &Scenario) -> Result<Preferences, Invalid> {
    debug_assert_eq!(actor.ideal.len(), scenario.issues.len());
    let made = Preferences::new(actor.ideal.clone(), &actor.salience, actor.curvature);
    made.map_err(|error| {
        Invalid::new(format!("actors.{}", actor.name), "unusable", error.to_string())
    })
}

/// The side with a role, leaning towards its own success.
fn belligerent(scenario: &Scenario, role: Role) -> Result<Belligerent, Invalid> {
    let missing =
        || Invalid::new("actors", "without it", "one challenger and one defender are needed");
    let actor = scenario.actors.iter().find(|actor| actor.role == role).ok_or_else(missing)?;
    let preferences = preferences(actor, scenario)?;
    Ok(Belligerent {
        preferences,
        cost_log_median: ln(actor.cost_median),
        cost_log_sd: actor.cost_log_sd,
        lean: if role == Role::Challenger { actor.optimism } else { -actor.optimism },
        break_loss: actor.break_loss,
    })
}

/// Challenger, defender, members.
pub(super) fn names(scenario: &Scenario) -> Vec<String> {
    let of = |role: Role| scenario.actors.iter().filter(move |actor| actor.role == role);
    let all = of(Role::Challenger).chain(of(Role::Defender)).chain(of(Role::Member));
    all.map(|actor| actor.name.clone()).collect()
}

/// For each actor in the order of the scenario, its place among challenger, defender, members.
fn columns(scenario: &Scenario) -> Vec<usize> {
    let names = names(scenario);
    let place = |actor: &Actor| names.iter().position(|name| *name == actor.name);
    scenario.actors.iter().filter_map(place).collect()
}

/// Utility of every offer to everybody, by offer.
fn worth_of(offers: &Offers, issues: usize, everybody: &[&Preferences]) -> Vec<f64> {
    let worth = |offer: usize| {
        let terms = &offers.terms(offer)[..issues];
        everybody.iter().map(move |preferences| preferences.utility(terms))
    };
    (0..offers.count()).flat_map(worth).collect()
}
