//! Weighing the few offers that bounds leave is the same as weighing every one, in every replication.

mod common;

use common::{BEST_RESPONSE, Setting, core, settings};
use engine::{Model, Seed, Streams};
use models::Scenario;
use models::peace::Peace;

/// Every measure of the first replications.
fn outcomes(scenario: &Scenario, changes: &[Setting], full_scan: bool) -> Vec<Vec<Option<f64>>> {
    let scan = ("full_scan", if full_scan { 1.0 } else { 0.0 });
    let changed = settings(&[changes, &[scan]].concat());
    let model = Peace::new(&changed, scenario).expect("the test builds a valid model");
    let measures = model.measures();
    let play = |replication| {
        let outcome = model.play(&Streams::new(Seed(5), replication));
        measures.iter().map(|measure| (measure.of)(&outcome)).collect()
    };
    (0..300).map(play).collect()
}

#[test]
fn bounds_never_hide_the_best_offer() {
    let cases: [&[Setting]; 9] = [
        &[],
        &[BEST_RESPONSE],
        &[("mediator_weight", 0.3)],
        &[("offers", 200.0), ("guarantee_offers", 5.0)],
        &[("compliance.threshold.half_point", 0.5), ("compliance.threshold.power", 6.0)],
        // Beliefs that become sharp.
        &[("channel_noise", 0.1), ("channels", 8.0)],
        // Odds of a break that single precision does not hold.
        &[("compliance.slope", 60.0)],
        // Durability that hangs on more than the challenger's odds.
        &[("compliance.power_shift", 0.02)],
        &[("compliance.fragility_years", 12.0), ("discount", 0.97)],
    ];
    for changes in cases {
        let scenario = core();
        assert!(
            outcomes(&scenario, changes, false) == outcomes(&scenario, changes, true),
            "{changes:?}"
        );
    }
    // Costs that are known: an offer is accepted for sure, or never.
    let mut known = core();
    known.actors.iter_mut().for_each(|actor| actor.cost_log_sd = 0.0);
    for changes in [&[][..], &[BEST_RESPONSE]] {
        assert!(outcomes(&known, changes, false) == outcomes(&known, changes, true), "{changes:?}");
    }
    for break_losses in [(0.15, 0.35), (-0.1, 0.35), (0.0, 0.0), (0.1, -0.1)] {
        let mut scenario = core();
        for actor in &mut scenario.actors {
            match actor.role {
                models::Role::Challenger => actor.break_loss = break_losses.0,
                models::Role::Defender => actor.break_loss = break_losses.1,
                _ => {}
            }
        }
        assert!(
            outcomes(&scenario, &[], false) == outcomes(&scenario, &[], true),
            "{break_losses:?}"
        );
    }
}
