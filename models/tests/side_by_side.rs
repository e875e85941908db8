//! Replications that pass their months side by side end as each would alone, to the last bit.

mod common;

use common::{Setting, core, settings};
use engine::{Luck, Model, Seed};
use models::peace::{Outcome, Peace};
use models::{Bloc, Election, Role, Scenario};

/// Every measure of an outcome, bit by bit.
fn bits(model: &Peace, outcome: &Outcome) -> Vec<Option<u64>> {
    model.measures().iter().map(|measure| (measure.of)(outcome).map(f64::to_bits)).collect()
}

/// Plays some replications both ways and compares all that is told of them.
fn compare(scenario: &Scenario, changes: &[Setting], antithetic: bool) {
    let model = Peace::new(&settings(changes), scenario).expect("the test builds a valid model");
    let luck = Luck { seed: Seed(7), antithetic };
    // More than there are lanes, fewer, one, none; and not from the first.
    for range in [0..100, 5..11, 40..41, 3..3] {
        let mut told = range.clone();
        model.play_block(luck, range.clone(), |replication, outcome| {
            assert_eq!(told.next(), Some(replication), "in order");
            let alone = model.play(&luck.streams(replication));
            assert_eq!(bits(&model, outcome), bits(&model, &alone), "{changes:?}: {replication}");
            let curves = (model.lifetime(outcome), model.lifetime(&alone));
            let survival = |life: Option<engine::Lifetime>| {
                life.map(|life| (life.ended, life.survival.iter().map(|s| s.to_bits()).collect()))
            };
            let curves: (Option<(_, Vec<u64>)>, _) = (survival(curves.0), survival(curves.1));
            assert_eq!(curves.0, curves.1, "{changes:?}: {replication}");
        });
        assert_eq!(told.next(), None, "each was told");
    }
}

#[test]
fn side_by_side_is_the_same_as_one_by_one() {
    let cases: [&[Setting]; 8] = [
        &[],
        &[("unity", 1.0), ("coalition.interaction", 6.0), ("signalling", -1.0)],
        &[("unity", 0.0), ("signalling", 1.0)],
        &[("front.withheld_aid", 1.0), ("talks.open_at_start", 1.0)],
        &[("horizon_months", 1.0)],
        // A front that runs beyond the table of terms in force.
        &[("front.aid", 0.0), ("front.volatility", 0.5)],
        &[("full_scan", 1.0), ("horizon_months", 20.0)],
        &[("channels", 0.0), ("front.talk_leverage", 0.2)],
    ];
    for changes in cases {
        compare(&core(), changes, false);
    }
    compare(&core(), &[], true);
}

#[test]
fn the_same_with_elections_blocs_and_without_a_coalition() {
    let mut scenario = core();
    let election = |month, actor: &str| Election { month, actor: actor.into() };
    scenario.elections =
        vec![election(1, "France"), election(12, "United States"), election(12, "Italy")];
    compare(&scenario, &[("coalition.election_shock", 2.0)], false);
    compare(&scenario, &[("coalition.election_shock", 2.0)], true);
    scenario.blocs = vec![Bloc { name: "atlantic".into(), unity: Some(0.1) }];
    let members = scenario.actors.iter_mut().filter(|actor| actor.role == Role::Member);
    members.take(1).for_each(|actor| actor.bloc = Some("atlantic".into()));
    compare(&scenario, &[], false);
    let mut alone = core();
    alone.actors.truncate(2);
    compare(&alone, &[], false);
}
