//! Plays so many replications of `peace` at its reference point with krABMaga: an agent for each member, the coalition,
//! the front, the challenger and the table, which step once a month in this order.
//!
//! Their steps are the formulas of the plain baseline (`benches/src/plain.rs`), so that what differs from it is what
//! krABMaga's schedule costs.

use std::any::Any;
use std::process::ExitCode;
use std::time::Instant;

use benches::Asked;
use benches::plain::{Means, Plain, War};
use krabmaga::engine::{agent::Agent, schedule::Schedule, state::State};
use rand::SeedableRng as _;
use rand_xoshiro::Xoshiro256PlusPlus;

/// One replication after the other.
struct World {
    plain: Plain,
    war: War,
    seeds: Xoshiro256PlusPlus,
}

/// Whoever or whatever changes the world once a month.
#[derive(Clone)]
enum Actor {
    Unity,
    Member(usize),
    Coalition,
    Front,
    Challenger,
    Table,
}

impl World {
    fn new(seed: u64) -> Self {
        let plain = Plain::new(&benches::reference_study());
        let mut seeds = Xoshiro256PlusPlus::seed_from_u64(seed);
        let war = plain.begin(Xoshiro256PlusPlus::from_rng(&mut seeds));
        Self { plain, war, seeds }
    }
}

impl State for World {
    fn init(&mut self, schedule: &mut Schedule) {
        let members = (0..self.plain.size()).map(Actor::Member);
        let rest = [Actor::Coalition, Actor::Front, Actor::Challenger, Actor::Table];
        let actors = std::iter::once(Actor::Unity).chain(members).chain(rest);
        for (order, actor) in (0..).zip(actors) {
            schedule.schedule_repeating(Box::new(actor), 0.0, order);
        }
    }

    fn reset(&mut self) {
        self.war = self.plain.begin(Xoshiro256PlusPlus::from_rng(&mut self.seeds));
    }

    fn update(&mut self, _month: u64) {}

    fn end_condition(&mut self, _schedule: &mut Schedule) -> bool {
        self.war.ending.is_some()
    }

    fn as_any(&self) -> &dyn Any {
        self
    }

    fn as_any_mut(&mut self) -> &mut dyn Any {
        self
    }

    fn as_state(&self) -> &dyn State {
        self
    }

    fn as_state_mut(&mut self) -> &mut dyn State {
        self
    }
}

impl Agent for Actor {
    fn step(&mut self, state: &mut dyn State) {
        let Some(World { plain, war, .. }) = state.as_any_mut().downcast_mut() else { return };
        match self {
            Self::Unity => plain.unite(war),
            Self::Member(member) => plain.ask(war, *member),
            Self::Coalition => plain.settle(war),
            Self::Front => plain.fight(war),
            Self::Challenger => plain.speak(war),
            Self::Table => plain.talk(war),
        }
    }
}

fn main() -> ExitCode {
    let Some(Asked { replications, seed, .. }) = Asked::read() else {
        eprintln!("usage: armistice-krabmaga COUNT [SEED]");
        return ExitCode::from(2);
    };
    let mut world = World::new(seed);
    let mut means = Means::default();
    let begin = Instant::now();
    for _ in 0..replications {
        let mut schedule = Schedule::new();
        world.init(&mut schedule);
        while !world.end_condition(&mut schedule) {
            schedule.step(&mut world);
        }
        if let Some(ending) = &world.war.ending {
            means.see(ending);
        }
        world.reset();
    }
    means.tell(begin.elapsed().as_secs_f64());
    ExitCode::SUCCESS
}
