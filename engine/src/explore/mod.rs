//! What outputs owe to inputs: variance-based indices, elementary effects, distances of distributions,
//! and boxes in which an outcome is likely.

mod effects;
mod pawn;
mod prim;
mod variance;

pub use effects::{Effect, morris_effects};
pub use pawn::{Pawn, pawn};
pub use prim::{BoxFound, Peeling, prim};
pub use variance::{Index, VarianceIndices, variance_indices};
