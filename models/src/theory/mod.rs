//! Classics of crisis bargaining as worlds: small enough that what they must give is known.
//!
//! Each world plays its game move by move, and says apart from that what theory makes of it: what
//! is estimated from many replications can be laid over the closed form.

pub mod alternating;
pub mod attrition;
pub mod audience;
pub mod battles;
pub mod commitment;
pub mod reassurance;
pub mod signals;
pub mod ultimatum;

/// What theory says about an estimate: its name, and its value.
pub type Known = (&'static str, f64);

/// Any number at all: the range of means without bounds.
const UNBOUNDED: (f64, f64) = (f64::NEG_INFINITY, f64::INFINITY);

/// Chosen for the example, not measured.
const EXAMPLE: &str = "assumed: an example";

fn flag(is: bool) -> f64 {
    f64::from(u8::from(is))
}
