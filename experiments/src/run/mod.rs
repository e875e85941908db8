//! A study played piece by piece into a journal, and put together from one journal or many.
//!
//! ```text
//! Study ─Layout─▶ pieces ─play─▶ journal (of a run, or of a shard) ─gather─▶ All ─▶ tables
//! ```
//! Whoever plays a piece, and when: it is put together with the others in one order. A run that was interrupted, or
//! cut into shards, ends in the same bytes as one that was not.

mod entries;
mod error;
mod gather;
mod head;
mod layout;
mod play;
mod precise;
mod sessions;
mod shapes;

pub use entries::{played_in, under_way_in};
pub use error::RunError;
pub use gather::{All, RowSink, gather};
pub use head::Head;
pub use layout::{Layout, Shard};
pub use play::play_missing;
pub use sessions::{Watch, sessions_in, total};
pub use shapes::Shapes;
