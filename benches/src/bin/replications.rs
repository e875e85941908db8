//! Plays so many replications of `peace` at its reference point on one core and tells their means; for tools that count or
//! time a whole process.

use std::process::ExitCode;
use std::time::Instant;

use benches::{Asked, TOLD, tell};
use engine::{Records, Seed};

fn main() -> ExitCode {
    let Some(Asked { replications, seed, one_by_one }) = Asked::read() else {
        eprintln!("usage: replications COUNT [SEED] [--one-by-one]");
        return ExitCode::from(2);
    };
    let model =
        if one_by_one { benches::reference_model_one_by_one() } else { benches::reference_model() };
    let begin = Instant::now();
    let summary = model.play_range(Seed(seed).into(), 0..replications, Records::default());
    let seconds = begin.elapsed().as_secs_f64();
    let infos = model.measure_infos();
    let names: Vec<&str> =
        infos.iter().filter_map(|own| Some(own.estimate.as_ref()?.name.as_str())).collect();
    let of = |name: &str| {
        let at = names.iter().position(|own| *own == name).expect("it is estimated");
        &summary.estimates()[at].0
    };
    tell(TOLD.map(of), seconds);
    ExitCode::SUCCESS
}
