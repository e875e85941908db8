//! What the entries of a journal are, by their numbers: pieces of a study, looks at pieces that are under way, sessions.
//!
//! ```text
//! 0 ..          pieces
//! 2⁶³ ..        looks: 64 numbers for each piece
//! 2⁶⁴ − 2²⁰ ..  sessions
//! ```

use std::collections::BTreeSet;

use outputs::Pieces;

/// Numbers from here on are no pieces, and from there on no looks.
const LOOKS: u64 = 1 << 63;
pub(super) const SESSIONS: u64 = u64::MAX - (1 << 20);

/// More looks than there can be at a piece, each of which has twice the replications of the one before.
const LOOKS_PER_PIECE: u64 = 64;

/// The number of what was played of a piece until a look, counted from 0.
pub(super) const fn of_look(piece: u64, look: usize) -> u64 {
    LOOKS + piece * LOOKS_PER_PIECE + look as u64
}

/// Whether a number is that of a session.
pub(super) const fn is_session(number: u64) -> bool {
    number >= SESSIONS
}

/// The numbers of the whole pieces that a journal holds of a study.
pub fn played_in(pieces: &Pieces) -> impl Iterator<Item = u64> + '_ {
    pieces.numbers().filter(|number| *number < LOOKS)
}

/// How many pieces a journal holds in part only.
pub fn under_way_in(pieces: &Pieces) -> usize {
    let looks = pieces.numbers().filter(|number| (LOOKS..SESSIONS).contains(number));
    let own: BTreeSet<u64> = looks.map(|number| (number - LOOKS) / LOOKS_PER_PIECE).collect();
    own.into_iter().filter(|piece| !pieces.has(*piece)).count()
}
