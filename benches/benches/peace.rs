//! How fast `peace` plays at its reference point, on one core, and what its parts take.

use std::hint::black_box;

use benches::OneByOne;
use criterion::measurement::WallTime;
use criterion::{BenchmarkGroup, Criterion, Throughput, criterion_group, criterion_main};
use engine::{
    AnyModel, Batch, DecisionRule, Draw as _, NormalBelief, Purpose, Records, Seed, Streams, occurs,
};
use models::peace::Peace;

/// Replications a round: enough for the clock, few enough for many rounds.
const ROUND: u64 = 2000;

/// The reference point with some values changed.
fn changed(changes: &[(&str, f64)]) -> Peace {
    let mut study = benches::reference_study();
    for (path, value) in changes {
        let place = study.settings.place(path).expect("it is a parameter");
        let value = study.settings.table()[place].kind.write(*value);
        study.settings.set(place, &value).expect("it is valid");
    }
    Peace::new(&study.settings, &study.scenario).expect("it is valid")
}

/// Replications of a model, one round after another.
fn replications(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("peace");
    group.throughput(Throughput::Elements(ROUND)).sample_size(20);
    let whole: [(&str, &[(&str, f64)]); 5] = [
        ("replications", &[]),
        // Eighty hazards more for each agreement: their number is `p_agreement` times that.
        ("replications with a hundred hazards", &[("durable_after_years", 100.0)]),
        ("replications by full scan", &[("full_scan", 1.0)]),
        ("a month with talks", &[("horizon_months", 1.0), ("talks.open_at_start", 1.0)]),
        ("a month without", &[("horizon_months", 1.0), ("talks.reopen", 0.0)]),
    ];
    for (name, changes) in whole {
        let model = changed(changes);
        play(&mut group, name, &model);
    }
    play(&mut group, "replications one by one", &OneByOne(changed(&[])));
    group.finish();
}

/// A round of replications after the other.
fn play(group: &mut BenchmarkGroup<WallTime>, name: &str, model: &dyn AnyModel) {
    group.bench_function(name, |bench| {
        let mut first = 0;
        bench.iter(|| {
            first += ROUND;
            model.play_range(Seed(1).into(), first..first + ROUND, Records::default())
        });
    });
}

/// A batch of one block, and of a small study.
fn batches(criterion: &mut Criterion) {
    let study = benches::reference_study();
    let model = study.build(&study.design.point(0)).expect("it is valid");
    let models: Vec<&dyn AnyModel> = vec![model.as_ref(); 9];
    let mut group = criterion.benchmark_group("batch");
    group.sample_size(20);
    for (name, points, replications, threads) in [
        ("a block", 1, 256, 1),
        ("a study of 9 points by 1024, one thread", 9, 1024, 1),
        ("a study of 9 points by 1024, two threads", 9, 1024, 2),
    ] {
        group.throughput(Throughput::Elements(points as u64 * replications));
        let batch = Batch::new(Seed(1), replications, threads).expect("there are threads");
        group.bench_function(name, |bench| {
            bench
                .iter(|| batch.run_on(&models[..points], vec![None; points], 0..replications, &()));
        });
    }
    group.finish();
}

fn parts(criterion: &mut Criterion) {
    let study = benches::reference_study();
    criterion.bench_function("build a design point", |bench| {
        bench.iter(|| study.build(&study.design.point(0)).expect("it is valid"));
    });
    criterion.bench_function("open a stream", |bench| {
        let mut replication = 0;
        bench.iter(|| {
            replication += 1;
            Streams::new(Seed(1), replication).open(Purpose::named("front"))
        });
    });
    let mut stream = Streams::new(Seed(1), 0).open(Purpose::named("front"));
    criterion.bench_function("a uniform number", |bench| bench.iter(|| stream.uniform()));
    criterion.bench_function("a normal number", |bench| bench.iter(|| stream.normal()));
    criterion.bench_function("a choice of log-odds", |bench| {
        bench.iter(|| occurs(stream.uniform(), black_box(0.4)));
    });
    let rule = DecisionRule::Quantal { noise: 0.02 };
    criterion.bench_function("a chance of acceptance", |bench| {
        bench.iter(|| rule.acceptance(black_box(0.013)));
    });
    criterion.bench_function("a lesson about a cost, and what it makes of a threat", |bench| {
        bench.iter(|| {
            let mut belief = NormalBelief { mean: black_box(-2.1), sd: 0.85 };
            belief.observe(-1.9, 2.0);
            belief.exp_of_sum(0.3).reaches(black_box(0.11))
        });
    });
}

criterion_group!(all, replications, batches, parts);
criterion_main!(all);
