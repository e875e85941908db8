//! What the benches play: the reference point of the scenario `ukraine-core`.

pub mod plain;

use std::path::PathBuf;

use engine::{AnyModel, Tally};
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

/// What programs that play replications are asked for.
pub struct Asked {
    /// How many.
    pub replications: u64,
    /// 1 unless another is given.
    pub seed: u64,
}

impl Asked {
    /// The arguments of this program; nothing where they are not a count and perhaps a seed.
    pub fn read() -> Option<Self> {
        let mut words = std::env::args().skip(1);
        let replications = words.next()?.parse().ok()?;
        let seed = words.next().map_or(Some(1), |word| word.parse().ok())?;
        words.next().is_none().then_some(Self { replications, seed })
    }
}

/// The means that such programs tell, in order.
pub const TOLD: [&str; 6] =
    ["p_agreement", "p_durable", "month", "months_open", "payoff_Russia", "payoff_Ukraine"];

/// Prints each mean with its standard error, and how long play took.
pub fn tell(tallies: [&Tally; TOLD.len()], seconds: f64) {
    for (name, tally) in TOLD.iter().zip(tallies) {
        let mean = tally.mean().unwrap_or(f64::NAN);
        println!("{name}\t{mean}\t{}", tally.standard_error().unwrap_or(f64::NAN));
    }
    println!("seconds\t{seconds}");
}
