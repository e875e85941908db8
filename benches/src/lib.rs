//! What the benches play: the reference point of the scenario `ukraine-core`.

use std::path::PathBuf;

use engine::AnyModel;
use experiments::{Design, Overrides, Source, Study};

/// A study of one design point: the scenario `ukraine-core` at its own values.
///
/// # Panics
///
/// Where the scenario is not shipped beside this crate.
pub fn reference_study() -> Study {
    let text = "name = \"bench\"\nmodel = \"peace\"\nscenario = \"../scenarios/ukraine-core.toml\"\n\
                [run]\nreplications = 1\n";
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../experiments/studies/bench.toml");
    let source = Source::parse(&root, text).expect("it is TOML");
    let mut study = Study::from_source(&source, &Overrides::default()).expect("it is valid");
    study.design = Design { axes: Vec::new() };
    study
}

/// The model at that point.
///
/// # Panics
///
/// Where the scenario is not shipped beside this crate.
pub fn reference_model() -> Box<dyn AnyModel> {
    let study = reference_study();
    study.build(&study.design.point(0)).expect("it is valid")
}
