//! What play costs as replications, points, months, members and threads grow, and what the engine adds to it.

use std::time::Instant;

use benches::reference_study;
use engine::{AnyModel, Batch, Luck, Model as _, Records, Seed};
use models::peace::Peace;
use models::{Role, Scenario, Settings};

/// Each is measured so often, in turn with the others of its group; the median counts.
const ROUNDS: usize = 5;

/// Replications of each measurement, where it is not them that grow.
const REPLICATIONS: u64 = 4096;

/// Something to measure: what it is, and how many replications it plays.
struct Task<'a> {
    name: String,
    replications: u64,
    run: Box<dyn Fn() + 'a>,
}

fn main() {
    let study = reference_study();
    let (settings, scenario) = (&study.settings, &study.scenario);
    let model = peace(settings, scenario);
    println!("what\tmicroseconds a replication\tleast\tgreatest");
    tell(&[0, 1, 2, 3].map(|step| batch(&model, 1, REPLICATIONS << step, 1)));
    tell(&[1, 4, 16].map(|points| batch(&model, points, REPLICATIONS / 2, 1)));
    tell(&[1, 2].map(|threads| batch(&model, 8, REPLICATIONS, threads)));
    let horizons = [15.0, 30.0, 60.0, 120.0].map(|months| {
        let mut settings = settings.clone();
        let place = settings.place("horizon_months").expect("it is a parameter");
        settings.set(place, &models::Value::Number(months)).expect("it is valid");
        (months, peace(&settings, scenario))
    });
    tell(
        &horizons
            .each_ref()
            .map(|(months, model)| alone(format!("{months} months at most"), model)),
    );
    let sizes =
        [2, 4, 8, 16, 32].map(|size| (size, peace(settings, &with_members(scenario, size))));
    tell(&sizes.each_ref().map(|(size, model)| alone(format!("{size} members"), model)));
    tell(&[bare(&model), alone("with all that is kept of it".to_owned(), &model)]);
}

fn peace(settings: &Settings, scenario: &Scenario) -> Peace {
    Peace::new(settings, scenario).expect("it is valid")
}

/// The scenario with so many members: the first ones, over and over.
fn with_members(scenario: &Scenario, size: usize) -> Scenario {
    let (members, others): (Vec<_>, Vec<_>) =
        scenario.actors.iter().cloned().partition(|actor| actor.role == Role::Member);
    let more = members.iter().cycle().take(size).enumerate().map(|(at, member)| {
        let mut member = member.clone();
        member.name = format!("{} {at}", member.name);
        member
    });
    Scenario { actors: others.into_iter().chain(more).collect(), ..scenario.clone() }
}

fn batch(model: &Peace, points: usize, replications: u64, threads: usize) -> Task<'_> {
    let batch = Batch::new(Seed(1), replications, threads).expect("there are threads");
    let run = move || {
        let models: Vec<&dyn AnyModel> = vec![model; points];
        batch.run_on(&models, vec![None; points], 0..replications, &()).expect("nobody stops it");
    };
    Task {
        name: format!("{points} points by {replications}, {threads} threads"),
        replications: replications * points as u64,
        run: Box::new(run),
    }
}

fn alone(name: String, model: &Peace) -> Task<'_> {
    let run = || drop(model.play_range(Seed(1).into(), 0..REPLICATIONS, Records::default()));
    Task { name, replications: REPLICATIONS, run: Box::new(run) }
}

/// Play without anything that is kept.
fn bare(model: &Peace) -> Task<'_> {
    let luck = Luck::from(Seed(1));
    let run = move || {
        model.play_block(luck, 0..REPLICATIONS, |_, outcome| {
            std::hint::black_box(outcome);
        });
    };
    Task { name: "bare play".to_owned(), replications: REPLICATIONS, run: Box::new(run) }
}

/// Measures the tasks of a group in turn.
fn tell(tasks: &[Task]) {
    let mut times = vec![Vec::new(); tasks.len()];
    for _ in 0..ROUNDS {
        for (task, times) in tasks.iter().zip(&mut times) {
            let begin = Instant::now();
            (task.run)();
            times.push(begin.elapsed().as_secs_f64() * 1e6 / task.replications as f64);
        }
    }
    for (task, times) in tasks.iter().zip(&mut times) {
        times.sort_by(f64::total_cmp);
        let (least, median, most) = (times[0], times[ROUNDS / 2], times[ROUNDS - 1]);
        println!("{}\t{median:.2}\t{least:.2}\t{most:.2}", task.name);
    }
}
