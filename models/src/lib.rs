//! Worlds for the engine: the flagship `peace`, the classics of `theory`, what practitioners
//! `forecast` with, and what they share: parameters and scenarios.
//!
//! ```text
//! Parameter table ─▶ Settings ─┐
//!                              ├─ Peace::new ─▶ Peace: engine::Model
//! Scenario ────────────────────┘
//! ```
//!
//! A world is one file or folder. It declares a table of [`Parameter`]s, from which defaults,
//! ranges, documentation and the schema of studies all come, and checks everything when it is
//! made. It knows no TOML file and no chart.

pub mod forecast;
mod parameter;
pub mod peace;
mod scenario;
pub mod theory;
mod weight;

pub use parameter::{Invalid, Kind, Parameter, Settings, Value};
pub use scenario::{
    Actor, Bloc, Election, Issue, IssueRole, MAX_ISSUES, MAX_MEMBERS, MAX_PARTIES, Role, Scenario,
    Weights,
};
