//! The list of worlds: a new world is one file in `models` and one entry here.

use engine::AnyModel;
use models::forecast::{
    challenge, challenge::Challenge, compromise, compromise::Compromise, spatial, spatial::Spatial,
};
use models::theory::{
    Known, alternating::Alternating, attrition::Attrition, audience::Audience, battles::Battles,
    commitment::Commitment, crisis::Crisis, reassurance::Reassurance, signals::Signals,
    ultimatum::Ultimatum,
};
use models::{Invalid, Parameter, Scenario, Settings, peace, theory};

/// Makes a world at one design point.
pub type Build = fn(&Settings, &Scenario) -> Result<Box<dyn AnyModel>, Invalid>;

/// What theory says of a world's estimates.
pub type Theory = fn(&Settings, &Scenario) -> Result<Vec<Known>, Invalid>;

/// The estimates that head the runs of a world: column, and what they are called.
pub(crate) type Headline = fn(&Scenario) -> Vec<(String, String)>;

/// Which charts the runs of a world have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pictures {
    /// Those of agreements and their durability.
    Peace,
    /// The headline over what theory says of it.
    Theory,
    /// The headline of a forecast.
    Forecast,
}

/// A world that a study can name.
pub struct World {
    /// Its name.
    pub name: &'static str,
    /// What it is, in a sentence.
    pub summary: &'static str,
    /// What it is at length: headings of the ODD+D protocol with their texts.
    pub description: &'static [(&'static str, &'static str)],
    /// The scenario that comes with the project for it, if it needs one.
    pub scenario: Option<&'static str>,
    /// Its parameters.
    pub parameters: &'static [Parameter],
    /// The charts of its runs.
    pub pictures: Pictures,
    /// The estimates that head its runs.
    pub headline: Headline,
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
        description: peace::DESCRIPTION,
        scenario: Some("ukraine.toml"),
        parameters: peace::PARAMETERS,
        pictures: Pictures::Peace,
        headline: |_| {
            titles(&[
                ("p_agreement", "P(signed)"),
                ("p_durable_given_agreement", "P(holds | signed)"),
                ("p_durable", "P(signed and holds)"),
            ])
        },
        check: peace::Peace::check,
        build: |settings, scenario| Ok(Box::new(peace::Peace::new(settings, scenario)?)),
        theory: None,
    },
    World {
        name: "ultimatum",
        summary: "Take it or leave it under a private cost of war (Fearon 1995)",
        description: &[],
        scenario: None,
        parameters: theory::ultimatum::PARAMETERS,
        pictures: Pictures::Theory,
        headline: |_| {
            titles(&[
                ("p_war", "P(war)"),
                ("demand", "demand"),
                ("payoff_proposer", "proposer's payoff"),
                ("payoff_responder", "responder's payoff"),
            ])
        },
        check: |settings, _| Ultimatum::new(settings).map(drop),
        build: |settings, _| Ok(Box::new(Ultimatum::new(settings)?)),
        theory: Some(|settings, _| Ok(Ultimatum::new(settings)?.known())),
    },
    World {
        name: "alternating",
        summary: "Alternating offers with discounting (Ståhl 1972, Rubinstein 1982)",
        description: &[],
        scenario: None,
        parameters: theory::alternating::PARAMETERS,
        pictures: Pictures::Theory,
        headline: |_| {
            titles(&[
                ("share_first", "first side's share"),
                ("share_second", "second side's share"),
            ])
        },
        check: |_, _| Ok(()),
        build: |settings, _| Ok(Box::new(Alternating::new(settings))),
        theory: Some(|settings, _| Ok(Alternating::new(settings).known())),
    },
    World {
        name: "commitment",
        summary: "Bargaining while power shifts: war with complete information (Powell 2006)",
        description: &[],
        scenario: None,
        parameters: theory::commitment::PARAMETERS,
        pictures: Pictures::Theory,
        headline: |_| titles(&[("p_war", "P(war)")]),
        check: |_, _| Ok(()),
        build: |settings, _| Ok(Box::new(Commitment::new(settings))),
        theory: Some(|settings, _| Ok(Commitment::new(settings).known())),
    },
    World {
        name: "attrition",
        summary: "A war of attrition with unequal costs and prizes (Maynard Smith 1974)",
        description: &[],
        scenario: None,
        parameters: theory::attrition::PARAMETERS,
        pictures: Pictures::Theory,
        headline: |_| {
            titles(&[("p_first_concedes", "P(first concedes)"), ("duration", "duration")])
        },
        check: |_, _| Ok(()),
        build: |settings, _| Ok(Box::new(Attrition::new(settings))),
        theory: Some(|settings, _| Ok(Attrition::new(settings).known())),
    },
    World {
        name: "audience",
        summary: "A public crisis in which backing down costs ever more (Fearon 1994)",
        description: &[],
        scenario: None,
        parameters: theory::audience::PARAMETERS,
        pictures: Pictures::Theory,
        headline: |_| {
            titles(&[
                ("p_war", "P(war)"),
                ("p_first_backs_down", "P(first backs down)"),
                ("p_second_backs_down", "P(second backs down)"),
            ])
        },
        check: |_, _| Ok(()),
        build: |settings, _| Ok(Box::new(Audience::new(settings))),
        theory: Some(|settings, _| Ok(Audience::new(settings).known())),
    },
    World {
        name: "signals",
        summary: "Tying hands or sinking costs to make a threat credible (Fearon 1997)",
        description: &[],
        scenario: None,
        parameters: theory::signals::PARAMETERS,
        pictures: Pictures::Theory,
        headline: |_| {
            titles(&[("p_bluff", "P(bluff)"), ("p_deterred", "P(deterred)"), ("paid", "paid")])
        },
        check: |_, _| Ok(()),
        build: |settings, _| Ok(Box::new(Signals::new(settings))),
        theory: Some(|settings, _| Ok(Signals::new(settings).known())),
    },
    World {
        name: "reassurance",
        summary: "Trust under a costly gesture of reassurance (Kydd 2000, 2005)",
        description: &[],
        scenario: None,
        parameters: theory::reassurance::PARAMETERS,
        pictures: Pictures::Theory,
        headline: |_| {
            titles(&[
                ("p_trusted", "P(trusted)"),
                ("p_cooperation", "P(both cooperate)"),
                ("p_betrayed", "P(betrayed)"),
            ])
        },
        check: |settings, _| Reassurance::new(settings).map(drop),
        build: |settings, _| Ok(Box::new(Reassurance::new(settings)?)),
        theory: Some(|settings, _| Ok(Reassurance::new(settings)?.known())),
    },
    World {
        name: "battles",
        summary: "War as a walk over forts, with learning from battles (Smith and Stam 2004)",
        description: &[],
        scenario: None,
        parameters: theory::battles::PARAMETERS,
        pictures: Pictures::Theory,
        headline: |_| {
            titles(&[("p_win", "P(first wins)"), ("battles", "battles"), ("learned", "learned")])
        },
        check: |settings, _| Battles::new(settings).map(drop),
        build: |settings, _| Ok(Box::new(Battles::new(settings)?)),
        theory: Some(|settings, _| Ok(Battles::new(settings)?.known())),
    },
    World {
        name: "crisis",
        summary: "Crisis signalling with audience costs and all its equilibria (Lewis and Schultz \
                  2003)",
        description: &[],
        scenario: None,
        parameters: theory::crisis::PARAMETERS,
        pictures: Pictures::Theory,
        headline: |_| {
            titles(&[
                ("p_status_quo", "P(status quo)"),
                ("p_concession", "P(concession)"),
                ("p_backed_down", "P(backed down)"),
                ("p_war", "P(war)"),
            ])
        },
        check: |settings, _| Crisis::new(settings).map(drop),
        build: |settings, _| Ok(Box::new(Crisis::new(settings)?)),
        theory: Some(|settings, _| Ok(Crisis::new(settings)?.known())),
    },
    World {
        name: "compromise",
        summary: "Mean and median of positions by weight, the baseline of any forecast (Van den Bos \
                  1991)",
        description: &[],
        scenario: Some("emission-standards.toml"),
        parameters: compromise::PARAMETERS,
        pictures: Pictures::Theory,
        headline: compromise::headline,
        check: |settings, scenario| Compromise::new(settings, scenario).map(drop),
        build: |settings, scenario| Ok(Box::new(Compromise::new(settings, scenario)?)),
        theory: Some(|settings, scenario| Ok(Compromise::new(settings, scenario)?.known())),
    },
    World {
        name: "challenge",
        summary: "The expected-utility model of challenges (Bueno de Mesquita 1994, Scholz, Calbert \
                  and Smith 2011)",
        description: &[],
        scenario: Some("emission-standards.toml"),
        parameters: challenge::PARAMETERS,
        pictures: Pictures::Forecast,
        headline: compromise::headline,
        check: |settings, scenario| Challenge::new(settings, scenario).map(drop),
        build: |settings, scenario| Ok(Box::new(Challenge::new(settings, scenario)?)),
        theory: None,
    },
    World {
        name: "spatial",
        summary: "The spatial model of politics: challenges, bargains and probabilistic elections \
                  (KTAB 2015)",
        description: &[],
        scenario: Some("state-enterprises.toml"),
        parameters: spatial::PARAMETERS,
        pictures: Pictures::Forecast,
        headline: spatial::headline,
        check: |settings, scenario| Spatial::new(settings, scenario).map(drop),
        build: |settings, scenario| Ok(Box::new(Spatial::new(settings, scenario)?)),
        theory: None,
    },
];

fn titles(fixed: &[(&str, &str)]) -> Vec<(String, String)> {
    fixed.iter().map(|(column, title)| ((*column).to_owned(), (*title).to_owned())).collect()
}

/// The world of that name.
pub fn world(name: &str) -> Option<&'static World> {
    WORLDS.iter().find(|world| world.name == name)
}
