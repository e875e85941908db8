//! Plays so many replications of `peace` at its reference point, for tools that count or time a whole process.

use std::process::ExitCode;

use engine::{Records, Seed};

fn main() -> ExitCode {
    let asked = std::env::args().nth(1).and_then(|text| text.parse::<u64>().ok());
    let Some(replications) = asked else {
        eprintln!("usage: replications COUNT");
        return ExitCode::from(2);
    };
    let model = benches::reference_model();
    let summary = model.play_range(Seed(1).into(), 0..replications, Records::default());
    println!("{}", summary.replications());
    ExitCode::SUCCESS
}
