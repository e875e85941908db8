//! What practitioners forecast negotiations with, as worlds: the compromise model, the expected-utility
//! challenge model and the spatial model of politics.
//!
//! All three read ideal points, saliences and capabilities off a scenario, of a negotiation between
//! parties or of a war; nothing else of it enters.

pub mod challenge;
pub mod compromise;
mod contest;
mod election;
mod negotiation;
pub mod spatial;
mod turn;
