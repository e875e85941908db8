//! Studies: from a TOML file to design points, through the engine, to tables and charts.
//!
//! ```text
//! study.toml ─Source─▶ Study ─Design─▶ points ─catalogue─▶ models ─engine::Batch─▶ summaries
//!                                                                                     │
//!              run folder ◀─ charts ◀─ tables ◀──────────────── results ◀─────────────┘
//! ```
//!
//! Only this crate joins the others: models know no TOML, charts know no model.

mod base_rates;
mod beside;
mod calibrate;
mod catalogue;
mod charts;
mod compare;
mod config;
mod design;
mod draw_tables;
mod draws;
mod ensemble;
mod format;
mod later;
mod limits;
mod paths;
mod plan;
mod points;
mod read_game;
mod read_run;
mod read_scenario;
mod read_uncertain;
mod replications;
mod report;
mod results;
mod rules;
mod run;
mod schema;
mod sensitivity;
mod solutions;
mod source;
mod spread;
mod study;
mod uncertain;
mod write_toml;

pub use beside::{Beside, terms_beside_theory};
pub use calibrate::tables as calibration;
pub use calibrate::{
    CalibrateError, Calibration, Journal, JournalError, Moment, Particle, Plan, Population, Round,
    Target as CalibrationTarget, calibrate,
};
pub use catalogue::{Build, Theory, WORLDS, World, world};
pub use charts::{
    charts, definition_words, main_estimate, marks_words, sensitivity_chart, story_chart,
};
pub use compare::{CompareError, Comparison, Difference, Side, compare, compare_points};
pub use design::{Axis, Design, Point, Target};
pub use draw_tables::{DrawTables, DrawTally};
pub use draws::{Draws, WAYS, Way, coordinates};
pub use ensemble::Member;
pub use format::Format;
pub use limits::{Need, TooLarge, check_limits, need, size};
pub use paths::PathTables;
pub use plan::plan;
pub use read_game::{Game, read_game};
pub use replications::Replications;
pub use report::{Sources, broken_off, report};
pub use results::{Played, Results, double_column, faults_table, results};
pub use rules::{Rules, rules};
pub use run::{
    All, Head, Layout, RowSink, RunError, Shapes, Shard, Watch, gather, play_missing, played_in,
    sessions_in, total, under_way_in,
};
pub use schema::schema;
pub use sensitivity::{Choices, Found, METHODS, Method, Sample, SensitivityError};
pub use solutions::solutions;
pub use source::{ConfigError, Source};
pub use spread::{Spread, spreads};
pub use study::{Keep, Overrides, Study, is_folder_name};
pub use uncertain::{Bounds, Distribution, Uncertain};
pub use write_toml::{scenario_as_run, starter, study_as_run};
