//! The list of worlds: a new world is one file in `models` and one entry here.

use engine::AnyModel;
use models::theory::{
    Known, alternating::Alternating, attrition::Attrition, audience::Audience, battles::Battles,
    commitment::Commitment, crisis::Crisis, reassurance::Reassurance, signals::Signals,
    ultimatum::Ultimatum,
};
use models::{Invalid, Parameter, Scenario, Settings, peace, theory};

/// Makes a world at one design point.
pub type Build = fn(&Settings, &Scenario) -> Result<Box<dyn AnyModel>, Invalid>;

/// What theory says of a world's estimates.
pub type Theory = fn(&Settings) -> Result<Vec<Known>, Invalid>;

/// A world that a study can name.
pub struct World {
    /// Its name.
    pub name: &'static str,
    /// What it is, in a sentence.
    pub summary: &'static str,
    /// Whether it needs a scenario.
    pub needs_scenario: bool,
    /// Its parameters.
    pub parameters: &'static [Parameter],
    /// The estimates that head its runs: column, and what they are called.
    pub headline: &'static [(&'static str, &'static str)],
    /// Checks settings and scenario without solving anything.
    pub check: fn(&Settings, &Scenario) -> Result<(), Invalid>,
    /// Makes the world at one design point.
    pub build: Build,
    /// What theory says of its estimates, where there is a closed form.
    pub theory: Option<Theory>,
}

/// All worlds.
pub const WORLDS: &[World] = &[
    World {
        name: "peace",
        summary: "A war-bargaining game with a coalition behind one side, words that inform and \
                  bind, and agreements that must then survive",
        needs_scenario: true,
        parameters: peace::PARAMETERS,
        headline: &[
            ("p_agreement", "P(signed)"),
            ("p_durable_given_agreement", "P(holds | signed)"),
            ("p_durable", "P(signed and holds)"),
        ],
        check: peace::Peace::check,
        build: |settings, scenario| Ok(Box::new(peace::Peace::new(settings, scenario)?)),
        theory: None,
    },
    World {
        name: "ultimatum",
        summary: "Take it or leave it under a private cost of war (Fearon 1995)",
        needs_scenario: false,
        parameters: theory::ultimatum::PARAMETERS,
        headline: &[
            ("p_war", "P(war)"),
            ("demand", "demand"),
            ("payoff_proposer", "proposer's payoff"),
            ("payoff_responder", "responder's payoff"),
        ],
        check: |settings, _| Ultimatum::new(settings).map(drop),
        build: |settings, _| Ok(Box::new(Ultimatum::new(settings)?)),
        theory: Some(|settings| Ok(Ultimatum::new(settings)?.known())),
    },
    World {
        name: "alternating",
        summary: "Alternating offers with discounting (Ståhl 1972, Rubinstein 1982)",
        needs_scenario: false,
        parameters: theory::alternating::PARAMETERS,
        headline: &[("share_first", "first side's share"), ("share_second", "second side's share")],
        check: |_, _| Ok(()),
        build: |settings, _| Ok(Box::new(Alternating::new(settings))),
        theory: Some(|settings| Ok(Alternating::new(settings).known())),
    },
    World {
        name: "commitment",
        summary: "Bargaining while power shifts: war with complete information (Powell 2006)",
        needs_scenario: false,
        parameters: theory::commitment::PARAMETERS,
        headline: &[("p_war", "P(war)")],
        check: |_, _| Ok(()),
        build: |settings, _| Ok(Box::new(Commitment::new(settings))),
        theory: Some(|settings| Ok(Commitment::new(settings).known())),
    },
    World {
        name: "attrition",
        summary: "A war of attrition with unequal costs and prizes (Maynard Smith 1974)",
        needs_scenario: false,
        parameters: theory::attrition::PARAMETERS,
        headline: &[("p_first_concedes", "P(first concedes)"), ("duration", "duration")],
        check: |_, _| Ok(()),
        build: |settings, _| Ok(Box::new(Attrition::new(settings))),
        theory: Some(|settings| Ok(Attrition::new(settings).known())),
    },
    World {
        name: "audience",
        summary: "A public crisis in which backing down costs ever more (Fearon 1994)",
        needs_scenario: false,
        parameters: theory::audience::PARAMETERS,
        headline: &[
            ("p_war", "P(war)"),
            ("p_first_backs_down", "P(first backs down)"),
            ("p_second_backs_down", "P(second backs down)"),
        ],
        check: |_, _| Ok(()),
        build: |settings, _| Ok(Box::new(Audience::new(settings))),
        theory: Some(|settings| Ok(Audience::new(settings).known())),
    },
    World {
        name: "signals",
        summary: "Tying hands or sinking costs to make a threat credible (Fearon 1997)",
        needs_scenario: false,
        parameters: theory::signals::PARAMETERS,
        headline: &[("p_bluff", "P(bluff)"), ("p_deterred", "P(deterred)"), ("paid", "paid")],
        check: |_, _| Ok(()),
        build: |settings, _| Ok(Box::new(Signals::new(settings))),
        theory: Some(|settings| Ok(Signals::new(settings).known())),
    },
    World {
        name: "reassurance",
        summary: "Trust under a costly gesture of reassurance (Kydd 2000, 2005)",
        needs_scenario: false,
        parameters: theory::reassurance::PARAMETERS,
        headline: &[
            ("p_trusted", "P(trusted)"),
            ("p_cooperation", "P(both cooperate)"),
            ("p_betrayed", "P(betrayed)"),
        ],
        check: |settings, _| Reassurance::new(settings).map(drop),
        build: |settings, _| Ok(Box::new(Reassurance::new(settings)?)),
        theory: Some(|settings| Ok(Reassurance::new(settings)?.known())),
    },
    World {
        name: "battles",
        summary: "War as a walk over forts, with learning from battles (Smith and Stam 2004)",
        needs_scenario: false,
        parameters: theory::battles::PARAMETERS,
        headline: &[("p_win", "P(first wins)"), ("battles", "battles"), ("learned", "learned")],
        check: |settings, _| Battles::new(settings).map(drop),
        build: |settings, _| Ok(Box::new(Battles::new(settings)?)),
        theory: Some(|settings| Ok(Battles::new(settings)?.known())),
    },
    World {
        name: "crisis",
        summary: "Crisis signalling with audience costs and all its equilibria (Lewis and Schultz \
                  2003)",
        needs_scenario: false,
        parameters: theory::crisis::PARAMETERS,
        headline: &[
            ("p_status_quo", "P(status quo)"),
            ("p_concession", "P(concession)"),
            ("p_backed_down", "P(backed down)"),
            ("p_war", "P(war)"),
        ],
        check: |settings, _| Crisis::new(settings).map(drop),
        build: |settings, _| Ok(Box::new(Crisis::new(settings)?)),
        theory: Some(|settings| Ok(Crisis::new(settings)?.known())),
    },
];

/// The world of that name.
pub fn world(name: &str) -> Option<&'static World> {
    WORLDS.iter().find(|world| world.name == name)
}
