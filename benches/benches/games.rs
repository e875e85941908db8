//! How fast small games are solved.

use criterion::{Criterion, criterion_group, criterion_main};
use engine::{Draw as _, NormalForm, Purpose, Seed, Streams, quantal_branch};

/// A game of two players with normal payoffs.
fn random(number: u64, strategies: usize) -> NormalForm {
    let mut luck = Streams::new(Seed(number), 0).open(Purpose::named("payoffs"));
    let payoffs = (0..2 * strategies * strategies).map(|_| luck.normal()).collect();
    let names = || (0..strategies).map(|k| k.to_string()).collect::<Vec<String>>();
    let players = vec!["a".to_owned(), "b".to_owned()];
    NormalForm::new(players, vec![names(), names()], payoffs).expect("it is a game")
}

fn games(criterion: &mut Criterion) {
    for strategies in [3, 5] {
        criterion.bench_function(&format!("equilibria of {strategies} × {strategies}"), |bench| {
            let mut number = 0;
            bench.iter(|| {
                number += 1;
                random(number, strategies).equilibria()
            });
        });
    }
    criterion.bench_function("logit branch of 3 × 3 up to 10", |bench| {
        let mut number = 0;
        bench.iter(|| {
            number += 1;
            quantal_branch(&random(number, 3), &[1.0, 10.0])
        });
    });
}

criterion_group!(all, games);
criterion_main!(all);
