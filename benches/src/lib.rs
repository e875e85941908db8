//! What the benches play: the reference point of the scenario `ukraine-core`.

pub mod plain;

use std::path::PathBuf;

use engine::{AnyModel, Lifetime, Measure, Model, Streams, Tally};
use experiments::{Design, Overrides, Source, Study};
use models::peace::Peace;

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

/// The same model, played one replication after the other.
///
/// # Panics
///
/// Where the scenario is not shipped beside this crate.
pub fn reference_model_one_by_one() -> Box<dyn AnyModel> {
    let study = reference_study();
    Box::new(OneByOne(Peace::new(&study.settings, &study.scenario).expect("it is valid")))
}

/// A model that plays blocks one replication after the other, whatever else it could do.
pub struct OneByOne<M>(pub M);

impl<M: Model> Model for OneByOne<M> {
    type Outcome = M::Outcome;

    fn measures(&self) -> Vec<Measure<M::Outcome>> {
        self.0.measures()
    }

    fn play(&self, streams: &Streams) -> M::Outcome {
        self.0.play(streams)
    }

    fn lifetime<'a>(&self, outcome: &'a M::Outcome) -> Option<Lifetime<'a>> {
        self.0.lifetime(outcome)
    }

    fn lifetime_years(&self) -> usize {
        self.0.lifetime_years()
    }
}

/// What programs that play replications are asked for.
pub struct Asked {
    /// How many.
    pub replications: u64,
    /// 1 unless another is given.
    pub seed: u64,
    /// Whether they are to be played one after the other.
    pub one_by_one: bool,
}

impl Asked {
    /// The arguments of this program; nothing where they are not a count, perhaps a seed, and perhaps
    /// `--one-by-one`.
    pub fn read() -> Option<Self> {
        let flag = "--one-by-one";
        let one_by_one = std::env::args().any(|word| word == flag);
        let mut words = std::env::args().skip(1).filter(|word| word != flag);
        let replications = words.next()?.parse().ok()?;
        let seed = words.next().map_or(Some(1), |word| word.parse().ok())?;
        words.next().is_none().then_some(Self { replications, seed, one_by_one })
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
