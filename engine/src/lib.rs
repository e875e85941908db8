//! The engine: it plays any world many times over, in parallel, and sums up what happened.
//!
//! ```text
//! Seed ─Streams─▶ Model::play ─Outcome─▶ Measure ─f64─▶ Tally, Histogram, LifeTable ─▶ Summary
//!                     ▲                                                                  │
//!                 Batch (fixed blocks, merged in order) ◀────────────────────────────────┘
//! ```
//!
//! It knows no war and no file. A world is a [`Model`]: a checked design point that plays one
//! replication from named random streams. A [`Batch`] plays blocks of replications on all cores and
//! merges them in a fixed order, so that the result is the same to the last bit on any number of
//! threads. The grammar of agents (spatial utility, the contract curve and its bargaining
//! solutions, choice rules, beliefs, consultation) stands beside it for models to use.

mod abreast;
mod antithetic;
mod bargaining;
mod batch;
mod belief;
mod choice;
mod compromise;
mod concave;
mod elementary;
mod explore;
mod extensive;
mod fault;
mod game;
mod histogram;
mod influence;
mod interval;
mod lanes;
mod looks;
mod model;
mod part;
mod paths;
mod plans;
mod quantal;
mod sampling;
mod several;
mod stream;
mod summary;
mod survival;
mod tally;
mod utility;

pub use abreast::{Abreast, Draws};
pub use antithetic::Pairs;
pub use bargaining::{ContractCurve, Disagreement, Solution, rubinstein_share};
pub use batch::{Batch, Chunk, Observer, Stopped, chunk_length};
pub use belief::{LogNormal, LogOdds, NODE_WEIGHTS, NormalBelief};
pub use choice::{Chance, DecisionRule, logit_choice, occurs};
pub use compromise::{weighted_mean, weighted_median};
pub use elementary::{
    Place, cosine, cubic, exp, hermite, ln, logarithms, logistic, logit, normal_survival,
    normal_survival_exact, power, powers,
};
pub use explore::{
    BoxFound, Effect, Index, Pawn, Peeling, VarianceIndices, morris_effects, pawn, prim,
    variance_indices,
};
pub use extensive::{ExtensiveForm, Induction, InformationSet, Node, Step, TreeError};
pub use fault::{tell_faults_later, words as panic_words};
pub use game::{Equilibria, Equilibrium, GameError, Mixed, NormalForm};
pub use histogram::{Bins, Histogram};
pub use influence::{InfluenceError, consult, consult_many};
pub use interval::{
    Interval, Z95, beta_cumulative, beta_quantile, clopper_pearson, mean_interval,
    mean_interval_at, median_interval, normal_interval, score_interval, wilson, wilson_at,
};
pub use lanes::{Lanes, Number};
pub use looks::Looks;
pub use model::{AnyModel, Estimate, Line, Measure, MeasureInfo, Model, Records, Scale, Story};
pub use part::{Fault, Part};
pub use paths::{PathPlan, Paths, Quantity, Trace};
pub use quantal::{QuantalBranch, QuantalPoint, agent_quantal_branch, quantal_branch};
pub use sampling::{
    MOST_DIMENSIONS, SaltelliOrder, Sobol, latin_hypercube, maximin_hypercube, morris,
    one_at_a_time, random, saltelli,
};
pub use several::{Side, Sides};
pub use stream::{Draw, Luck, Purpose, Seed, Stream, Streams};
pub use summary::Summary;
pub use survival::{KaplanMeierStep, LifeTable, Lifetime, LogRank};
pub use tally::Tally;
pub use utility::{PreferenceError, Preferences};
