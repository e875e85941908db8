//! Who negotiates about what: positions, saliences and capabilities, and doubt about positions.

use engine::{Draw as _, Purpose, Streams};

use crate::parameter::{Invalid, Kind, Parameter, Settings};
use crate::scenario::Scenario;

const POSITION: Purpose = Purpose::named("position");

/// How far off stated positions may be.
pub(super) const DOUBT: Parameter = Parameter::new(
    "position_sd",
    "σ",
    0.0,
    Kind::between(0.0, 10.0),
    "share of the scale",
    "Normal error of every position as coded, drawn anew in each replication; results are cut to the scale (off: 0)",
    "assumed: positions are taken as coded",
);

/// One position for each actor on each issue.
pub(super) type Positions = Vec<Vec<f64>>;

/// A negotiation at one design point.
#[derive(Clone, Debug)]
pub(super) struct Negotiation {
    pub(super) actors: Vec<String>,
    pub(super) issues: Vec<String>,
    pub(super) capability: Vec<f64>,
    /// By actor, then by issue.
    pub(super) salience: Vec<Vec<f64>>,
    stated: Positions,
    doubt: f64,
}

impl Negotiation {
    /// A negotiation between all actors of a scenario.
    ///
    /// # Errors
    ///
    /// [`Invalid`] where the scenario is not sound, or somebody has no capability.
    pub(super) fn new(settings: &Settings, scenario: &Scenario) -> Result<Self, Invalid> {
        scenario.check()?;
        let of_all = |of: fn(&crate::Actor) -> &Vec<f64>| {
            scenario.actors.iter().map(|actor| of(actor).clone()).collect()
        };
        for actor in &scenario.actors {
            if actor.capability <= 0.0 {
                let path = crate::scenario::path(&["actors", &actor.name, "capability"]);
                let rule = "must be given and above 0: this world weighs every actor by it";
                return Err(Invalid::new(path, actor.capability, rule));
            }
        }
        Ok(Self {
            actors: scenario.actors.iter().map(|actor| actor.name.clone()).collect(),
            issues: scenario.issues.iter().map(|issue| issue.name.clone()).collect(),
            capability: scenario.actors.iter().map(|actor| actor.capability).collect(),
            salience: of_all(|actor| &actor.salience),
            stated: of_all(|actor| &actor.ideal),
            doubt: settings.get(DOUBT.path),
        })
    }

    /// Refuses saliences above 1, where they are a share of what an actor could bring to bear.
    ///
    /// # Errors
    ///
    /// [`Invalid`] for the first.
    pub(super) fn check_each(&self) -> Result<(), Invalid> {
        for (actor, own) in self.actors.iter().zip(&self.salience) {
            for (issue, salience) in self.issues.iter().zip(own) {
                if *salience > 1.0 {
                    let path = crate::scenario::path(&["actors", actor, "salience", issue]);
                    let rule = "must be a number in [0, 1]: in this world saliences are shares";
                    return Err(Invalid::new(path, salience, rule));
                }
            }
        }
        Ok(())
    }

    /// Refuses saliences that add up to nothing or to more than 1, where all issues share what an actor
    /// could bring to bear.
    ///
    /// # Errors
    ///
    /// [`Invalid`] for the first such actor.
    pub(super) fn check_sums(&self) -> Result<(), Invalid> {
        /// What a sum of rounded shares may exceed 1 by.
        const ROUNDING: f64 = 1e-9;
        /// Squares of what is less would leave what numbers can hold.
        const LEAST: f64 = 1e-9;
        for (actor, own) in self.actors.iter().zip(&self.salience) {
            let sum: f64 = own.iter().sum();
            if !(LEAST..=1.0 + ROUNDING).contains(&sum) {
                let path = crate::scenario::path(&["actors", actor, "salience"]);
                let rule = "must add up to at least 1e-9 and to 1 at most: in this world saliences are \
                            shares";
                return Err(Invalid::new(path, sum, rule));
            }
        }
        Ok(())
    }

    /// How many actors there are.
    pub(super) fn size(&self) -> usize {
        self.actors.len()
    }

    /// How far off positions may be.
    pub(super) fn doubt(&self) -> f64 {
        self.doubt
    }

    /// Positions as stated.
    pub(super) fn stated(&self) -> &Positions {
        &self.stated
    }

    /// Positions as they may be in one replication.
    pub(super) fn positions(&self, streams: &Streams) -> Positions {
        if self.doubt == 0.0 {
            return self.stated.clone();
        }
        let mut luck = streams.open(POSITION);
        let mut drawn = |stated: &f64| (stated + self.doubt * luck.normal()).clamp(0.0, 1.0);
        self.stated.iter().map(|own| own.iter().map(&mut drawn).collect()).collect()
    }

    /// Everybody's position on one issue.
    pub(super) fn on(positions: &Positions, issue: usize) -> Vec<f64> {
        positions.iter().map(|own| own[issue]).collect()
    }
}

/// A name as part of a column.
pub(super) fn column(name: &str) -> String {
    name.replace(' ', "_")
}
