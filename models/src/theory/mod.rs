//! Classics of crisis bargaining as worlds: small enough that what they must give is known.
//!
//! Each world plays its game move by move, and says apart from that what theory makes of it: what
//! is estimated from many replications can be laid over the closed form.

use std::borrow::Cow;

use engine::Measure;

pub mod alternating;
pub mod attrition;
pub mod audience;
pub mod battles;
pub mod commitment;
pub mod crisis;
pub mod reassurance;
pub mod signals;
pub mod ultimatum;

/// What theory says about an estimate: its name, and its value.
pub type Known = (Cow<'static, str>, f64);

/// Estimates that have the same names in every scenario.
fn known<const N: usize>(pairs: [(&'static str, f64); N]) -> Vec<Known> {
    pairs.map(|(name, value)| (Cow::Borrowed(name), value)).to_vec()
}

/// Any number at all: the range of means without bounds.
const UNBOUNDED: (f64, f64) = (f64::NEG_INFINITY, f64::INFINITY);

/// A share of something.
pub(crate) const SHARE: (f64, f64) = (0.0, 1.0);

/// Chosen for the example, not measured.
const EXAMPLE: &str = "assumed: an example";

/// Whether something happened, with its chance as an estimate: `p_` and the name.
fn chance<O>(
    name: &str,
    meaning: &str,
    of: impl Fn(&O) -> bool + Send + Sync + 'static,
) -> Measure<O> {
    Measure::new(name, "1", meaning, move |end: &O| Some(flag(of(end)))).chance(format!("p_{name}"))
}

/// A number of every replication, with its mean under the same name as an estimate.
pub(crate) fn mean<O>(
    name: &str,
    unit: &'static str,
    meaning: &str,
    range: (f64, f64),
    of: impl Fn(&O) -> f64 + Send + Sync + 'static,
) -> Measure<O> {
    Measure::new(name, unit, meaning, move |end: &O| Some(of(end))).mean(name, range)
}

fn flag(is: bool) -> f64 {
    f64::from(u8::from(is))
}
