//! The contract curve between the belligerents as charts show it: what its points, everybody's ideal
//! terms and the war are worth to the two.

use engine::{ContractCurve, Preferences};

use super::textbook::{everybody, war};
use crate::parameter::{Invalid, Settings};
use crate::scenario::{Actor, Scenario};

/// What things are worth to the two belligerents: always first the challenger, then the defender.
#[derive(Clone, Debug, PartialEq)]
pub struct Worth {
    /// The contract curve, from the defender's best to the challenger's, in the steps of offers.
    pub curve: Vec<(f64, f64)>,
    /// The war as it stands at the outset, less the median cost of fighting on.
    pub war: (f64, f64),
    /// The terms that each actor likes best: challenger, defender, members.
    pub ideals: Vec<(String, (f64, f64))>,
}

impl Worth {
    /// # Errors
    ///
    /// [`Invalid`] where the scenario is not sound.
    pub fn new(settings: &Settings, scenario: &Scenario) -> Result<Self, Invalid> {
        scenario.check_war()?;
        let (actors, preferences): (Vec<_>, Vec<Preferences>) =
            everybody(scenario)?.into_iter().unzip();
        let (challenger, defender) = (&preferences[0], &preferences[1]);
        let steps = settings.get("offers") as usize;
        let curve = ContractCurve::new(challenger, defender).spaced(steps);
        let war = war(settings, scenario, &actors, &preferences);
        let ideal = |actor: &&Actor| {
            let terms = &actor.ideal;
            (actor.name.clone(), (challenger.utility(terms), defender.utility(terms)))
        };
        Ok(Self {
            curve: curve.into_iter().map(|point| point.utilities).collect(),
            war: (war.utilities[0], war.utilities[1]),
            ideals: actors.iter().map(ideal).collect(),
        })
    }
}
