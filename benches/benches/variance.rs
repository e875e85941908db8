//! What variance reduction pays: by how much fewer replications or draws do, time counted in.

use std::time::Instant;

use engine::{Luck, Records, Seed, Summary};
use experiments::{Draws, Overrides, Source, Study, WAYS};
use models::Value;

/// Replications for each variance, taken in turn so that a slow spell of the machine meets both.
const ROUND: u64 = 4000;
const ROUNDS: u64 = 20;

/// Samples of draws for each variance, draws of a sample, and replications of a draw.
const SAMPLES: u64 = 60;
const DRAWS: u64 = 64;
const REPLICATIONS: u64 = 200;

/// Estimates of which variances are told.
const SHOWN: [&str; 4] = ["p_agreement", "p_durable", "p_durable_given_agreement", "month"];

fn main() {
    antithetic_pairs();
    stratified_draws();
}

/// Variance of an independent replication over that of one in a pair, and the same per second.
fn antithetic_pairs() {
    let model = benches::reference_model();
    let names: Vec<String> =
        model.measure_infos().into_iter().filter_map(|own| Some(own.estimate?.name)).collect();
    let mut sums: [Option<Summary>; 2] = [None, None];
    let mut seconds = [0.0; 2];
    for round in 0..ROUNDS {
        for (way, antithetic) in [false, true].into_iter().enumerate() {
            let (luck, first) = (Luck { seed: Seed(1), antithetic }, round * ROUND);
            let start = Instant::now();
            let more = model.play_range(luck, first..first + ROUND, Records::default());
            seconds[way] += start.elapsed().as_secs_f64();
            match &mut sums[way] {
                Some(sum) => sum.merge(&more),
                empty => *empty = Some(more),
            }
        }
    }
    let [Some(alone), Some(pairs)] = sums else { return };
    println!("antithetic pairs, {} replications each way", ROUND * ROUNDS);
    println!("{:28} {:>9} {:>11}", "estimate", "variance", "per second");
    for (at, name) in names.iter().enumerate().filter(|(_, name)| SHOWN.contains(&name.as_str())) {
        let errors =
            alone.estimates()[at].0.standard_error().zip(pairs.pairs()[at].standard_error());
        let ratio = errors.map_or(f64::NAN, |(alone, pair)| (alone / pair).powi(2));
        println!("{name:28} {ratio:9.2} {:11.2}", ratio * seconds[0] / seconds[1]);
    }
}

/// Variance of the mean of P(signed and holds) over random draws, over that of other designs.
fn stratified_draws() {
    let study = uncertain_study();
    let mut variances = Vec::new();
    for name in ["random", "latin-hypercube", "sobol"] {
        let way = WAYS.iter().find(|(own, _)| *own == name).map(|(_, way)| *way);
        let draws = Draws { way: way.expect("it is listed"), count: DRAWS, shared_luck: false };
        let mut means = engine::Tally::default();
        for sample in 0..SAMPLES {
            let drawn = draws.draw(&study.uncertain, Seed(sample)).unwrap_or_default();
            means.add(mean_over(&study, &drawn, sample));
        }
        variances.push((name, means.standard_deviation().unwrap_or(f64::NAN).powi(2)));
    }
    println!(
        "\n{DRAWS} draws of {} inputs, {REPLICATIONS} replications each",
        study.uncertain.len()
    );
    println!("{:28} {:>9}", "design", "variance");
    for (name, variance) in &variances {
        println!("{name:28} {:9.2}", variances[0].1 / variance);
    }
}

fn mean_over(study: &Study, drawn: &[Vec<Value>], sample: u64) -> f64 {
    let point = study.design.point(0);
    let total: f64 = drawn
        .iter()
        .enumerate()
        .map(|(at, values)| {
            let model = study.build_drawn(&point, values).expect("draws are valid");
            let infos = model.measure_infos();
            let mut names = infos.iter().filter_map(|own| own.estimate.as_ref());
            let place = names.position(|own| own.name == "p_durable").expect("peace has it");
            let first = at as u64 * REPLICATIONS;
            let played = model.play_range(
                Seed(1000 + sample).into(),
                first..first + REPLICATIONS,
                Records::default(),
            );
            played.estimates()[place].0.mean().unwrap_or(0.0)
        })
        .sum();
    total / drawn.len() as f64
}

/// The study `uncertain` as it ships, with fewer draws.
fn uncertain_study() -> Study {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/../experiments/studies/uncertain.toml");
    let source = Source::read(root.as_ref()).expect("it ships");
    let mut study = Study::from_source(&source, &Overrides::default()).expect("it is valid");
    study.design = experiments::Design { axes: Vec::new() };
    study
}
