//! How fast `peace` plays at its reference point, on one core.

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use engine::{Purpose, Records, Seed, Streams};

/// Replications a round: enough for the clock, few enough for many rounds.
const ROUND: u64 = 2000;

fn peace(criterion: &mut Criterion) {
    let model = benches::reference_model();
    let mut group = criterion.benchmark_group("peace");
    group.throughput(Throughput::Elements(ROUND)).sample_size(20);
    group.bench_function("replications", |bench| {
        let mut first = 0;
        bench.iter(|| {
            first += ROUND;
            model.play_range(Seed(1).into(), first..first + ROUND, Records::default())
        });
    });
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
}

criterion_group!(all, peace, parts);
criterion_main!(all);
