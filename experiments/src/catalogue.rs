//! The list of worlds: a new world is one file in `models` and one entry here.

use engine::AnyModel;
use models::{Invalid, Parameter, Scenario, Settings, peace};

/// Makes a world at one design point.
pub type Build = fn(&Settings, &Scenario) -> Result<Box<dyn AnyModel>, Invalid>;

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
    /// Checks settings and scenario without solving anything.
    pub check: fn(&Settings, &Scenario) -> Result<(), Invalid>,
    /// Makes the world at one design point.
    pub build: Build,
}

/// All worlds.
pub const WORLDS: &[World] = &[World {
    name: "peace",
    summary: "A war-bargaining game with a coalition behind one side, words that inform and bind, \
              and agreements that must then survive",
    needs_scenario: true,
    parameters: peace::PARAMETERS,
    check: peace::Peace::check,
    build: |settings, scenario| Ok(Box::new(peace::Peace::new(settings, scenario)?)),
}];

/// The world of that name.
pub fn world(name: &str) -> Option<&'static World> {
    WORLDS.iter().find(|world| world.name == name)
}
