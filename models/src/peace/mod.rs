//! The flagship: a war-bargaining game with a coalition behind one side.
//!
//! Two belligerents fight over disputed land while they talk. A coalition of states backs the
//! defender, consults, and guarantees what is signed. Words carry information and costs, and what
//! is signed must then survive. Unity and signalling act only through what actors know, want and
//! can commit to.

mod coalition;
mod compliance;
mod course;
mod curve;
mod description;
mod durability;
mod foreseen;
mod front;
mod heights;
mod in_force;
mod offers;
mod outcome;
mod parameters;
mod path;
mod payoff;
mod play;
mod ratio;
mod registers;
mod rhetoric;
mod screen;
mod search;
mod side_by_side;
mod single;
mod stakes;
mod story;
mod table;
mod textbook;
mod world;
mod worth;

pub use curve::Worth;
pub use description::DESCRIPTION;
pub use outcome::Outcome;
pub use parameters::PARAMETERS;
pub use textbook::{Answer, Consent, Prospect, Textbook};
pub use world::Peace;
