//! Every mechanism can be switched off, and then leaves no trace: the outcome no longer depends on
//! any other parameter of that mechanism, in any replication.

mod common;

use common::{Setting, core, issue, settings};
use engine::{Model, Seed, Streams};
use models::peace::Peace;
use models::{Election, IssueRole, Scenario};

/// Every measure of the first replications, but for how members vote: that is told whether or not it
/// decides anything.
fn outcomes(scenario: &Scenario, changes: &[Setting]) -> Vec<Vec<Option<f64>>> {
    let model = Peace::new(&settings(changes), scenario).expect("the test builds a valid model");
    let measures = model.measures();
    let play = |replication| {
        let outcome = model.play(&Streams::new(Seed(1), replication));
        let told = |measure: &&engine::Measure<_>| !measure.name.starts_with("votes_");
        let value = |measure| told(&measure).then(|| (measure.of)(&outcome)).flatten();
        measures.iter().map(value).collect()
    };
    (0..400).map(play).collect()
}

/// With `off`, changing `others` changes nothing; without it, it does.
fn assert_removed(scenario: &Scenario, off: &[Setting], others: &[Setting]) {
    let with = |base: &[Setting]| outcomes(scenario, &[base, others].concat());
    assert_eq!(outcomes(scenario, off), with(off), "{off:?} leaves a trace of {others:?}");
    assert_ne!(outcomes(scenario, &[]), with(&[]), "{others:?} must matter while it is on");
}

/// The same for numbers of the scenario.
fn assert_removed_from(off: &[Setting], change: impl Fn(&mut Scenario)) {
    let (before, mut after) = (core(), core());
    change(&mut after);
    assert_eq!(outcomes(&before, off), outcomes(&after, off), "{off:?} leaves a trace");
    assert_ne!(outcomes(&before, &[]), outcomes(&after, &[]), "it must matter while it is on");
}

#[test]
fn without_responsiveness_forces_and_aid_do_not_matter() {
    let others =
        [("front.challenger_force", 2.0), ("front.defender_force", 1.0), ("front.aid", 0.1)];
    assert_removed(&core(), &[("front.responsiveness", 0.0)], &others);
}

#[test]
fn without_aid_withholding_it_does_not_matter() {
    assert_removed(&core(), &[("front.aid", 0.0)], &[("front.withheld_aid", 0.7)]);
}

#[test]
fn without_leverage_intent_does_not_move_the_front() {
    // With rhetoric silenced and grievances equal, intent matters through leverage alone.
    let alike = [("rhetoric.separation", 0.0), ("compliance.settler_grievance", 1.0)];
    let off = [&alike[..], &[("front.talk_leverage", 0.0)]].concat();
    let share = |changes: &[Setting]| {
        let rows = outcomes(&core(), changes);
        // Without the column that reports intent itself, and the beliefs about it.
        let model = Peace::new(&settings(changes), &core()).expect("valid");
        let hide: Vec<usize> = model
            .measures()
            .iter()
            .enumerate()
            .filter(|(_, measure)| measure.name.contains("revisionist"))
            .map(|(at, _)| at)
            .collect();
        let keep = |row: Vec<Option<f64>>| {
            row.into_iter()
                .enumerate()
                .filter(|(at, _)| !hide.contains(at))
                .map(|(_, v)| v)
                .collect()
        };
        rows.into_iter().map(keep).collect::<Vec<Vec<_>>>()
    };
    let prior = [("revisionist_prior", 0.9)];
    assert_eq!(share(&off), share(&[&off[..], &prior].concat()));
    assert_ne!(share(&alike), share(&[&alike[..], &prior].concat()));
}

#[test]
fn without_credence_nothing_is_learned_from_words() {
    let others = [("rhetoric.norm", 1.0), ("rhetoric.norm_adaptation", 0.5)];
    assert_removed(&core(), &[("rhetoric.credence", 0.0)], &others);
    assert_removed(&core(), &[("rhetoric.credence", 0.0)], &[("rhetoric.forgetting", 0.6)]);
}

#[test]
fn without_channels_their_noise_does_not_matter() {
    assert_removed(&core(), &[("channels", 0.0)], &[("channel_noise", 0.3)]);
}

#[test]
fn where_costs_are_known_channels_have_nothing_to_tell() {
    let mut known = core();
    known.actors[..2].iter_mut().for_each(|actor| actor.cost_log_sd = 0.0);
    let others = [("channels", 9.0), ("channel_noise", 0.3)];
    assert_eq!(outcomes(&known, &[]), outcomes(&known, &others));
    assert_ne!(outcomes(&core(), &[]), outcomes(&core(), &others));
}

#[test]
fn without_audience_costs_the_stock_decides_nothing() {
    let off = [("audience.cost", 0.0)];
    let kept = |changes: &[Setting]| {
        let model = Peace::new(&settings(changes), &core()).expect("valid");
        let place = model.measures().iter().position(|measure| measure.name == "audience");
        let place = place.expect("it is reported");
        let mut rows = outcomes(&core(), changes);
        rows.iter_mut().for_each(|row| row[place] = None);
        rows
    };
    let other = [("audience.persistence", 0.2)];
    assert_eq!(kept(&off), kept(&[&off[..], &other].concat()));
    assert_ne!(kept(&[]), kept(&other));
}

#[test]
fn without_weight_on_rhetoric_talks_end_whatever_is_said() {
    // All other roads of rhetoric closed: rally, credence, audience.
    let mut scenario = core();
    scenario.actors.iter_mut().for_each(|actor| actor.rally = 0.0);
    let closed = [("rhetoric.credence", 0.0), ("audience.cost", 0.0)];
    let off = [&closed[..], &[("talks.break_off_rhetoric", 0.0)]].concat();
    let quiet = |changes: &[Setting]| {
        let model = Peace::new(&settings(changes), &scenario).expect("valid");
        let place = model.measures().iter().position(|measure| measure.name == "audience");
        let place = place.expect("it is reported");
        let mut rows = outcomes(&scenario, changes);
        rows.iter_mut().for_each(|row| row[place] = None);
        rows
    };
    let louder = [("signalling", 1.0)];
    assert_eq!(quiet(&off), quiet(&[&off[..], &louder].concat()));
    assert_ne!(quiet(&closed), quiet(&[&closed[..], &louder].concat()));
}

#[test]
fn without_interaction_nobody_follows_the_others() {
    // Unity still speaks in consultation, votes and guarantees: only initial support is compared.
    let off = [("coalition.interaction", 0.0), ("coalition.inertia", 0.0)];
    let on = [("coalition.inertia", 0.0)];
    let other = ("coalition.initial_support", 0.1);
    let with = |base: &[Setting]| outcomes(&core(), &[base, &[other]].concat());
    assert_eq!(outcomes(&core(), &off), with(&off));
    assert_ne!(outcomes(&core(), &on), with(&on));
}

#[test]
fn without_a_quota_the_coalition_has_no_say() {
    let others = [("endorsement_noise", 0.5), ("coalition.backing", -0.3)];
    assert_removed(&core(), &[("coalition.quota", 0.0)], &others);
    assert_removed(&core(), &[("coalition.quota", 0.0)], &[("coalition.premium_weight", 2.0)]);
}

#[test]
fn without_election_shocks_elections_change_nothing() {
    let vote = |scenario: &mut Scenario| {
        scenario.elections = vec![Election { month: 5, actor: "United States".into() }];
    };
    assert_removed_from(&[("coalition.election_shock", 0.0)], vote);
}

#[test]
fn without_deterrence_guarantees_only_please() {
    let others = [
        ("compliance.credibility_reversion", 0.9),
        ("compliance.credibility_volatility", 0.3),
        ("compliance.naivety", 1.0),
    ];
    assert_removed(&core(), &[("compliance.deterrence", 0.0)], &others);
}

#[test]
fn without_slope_grievance_power_and_guarantees_do_not_move_the_hazard() {
    let others = [
        ("compliance.settler_grievance", 1.0),
        ("compliance.deterrence", 0.0),
        ("compliance.power_volatility", 0.3),
        ("compliance.power_shift", 0.1),
    ];
    assert_removed(&core(), &[("compliance.slope", 0.0)], &others);
}

#[test]
fn without_fragility_the_first_years_are_as_any() {
    assert_removed(
        &core(),
        &[("compliance.fragility", 0.0)],
        &[("compliance.fragility_years", 9.0)],
    );
}

#[test]
fn without_accidents_monitoring_has_nothing_to_do() {
    let mut scenario = core();
    scenario.issues.push(issue("access", Some(IssueRole::HumanitarianAccess), Some(0.3), 0.0));
    for actor in &mut scenario.actors {
        actor.ideal.push(0.5);
        actor.salience.push(0.1);
    }
    assert_removed(&scenario, &[("compliance.accidents", 0.0)], &[("compliance.monitoring", 1.0)]);
    // Nor where no issue has that role.
    let (on, off) = ([("compliance.monitoring", 1.0)], [("compliance.monitoring", 0.0)]);
    assert_eq!(outcomes(&core(), &on), outcomes(&core(), &off));
}

#[test]
fn without_a_loss_from_broken_deals_nobody_fears_them() {
    let fearless = |scenario: &mut Scenario| scenario.actors[1].break_loss = 0.0;
    let mut scenario = core();
    fearless(&mut scenario);
    // Foresight and shared fear no longer matter; the deals that are signed still break.
    let others = [("compliance.naivety", 1.0), ("coalition.premium_weight", 3.0)];
    assert_eq!(outcomes(&scenario, &[]), outcomes(&scenario, &others));
    assert_ne!(outcomes(&core(), &[]), outcomes(&core(), &others));
}

#[test]
fn without_optimism_its_fading_does_not_matter() {
    let mut scenario = core();
    scenario.actors.iter_mut().for_each(|actor| actor.optimism = 0.0);
    let other = [("optimism_fading_months", 3.0)];
    assert_eq!(outcomes(&scenario, &[]), outcomes(&scenario, &other));
    assert_ne!(outcomes(&core(), &[]), outcomes(&core(), &other));
}

#[test]
fn without_volatility_unity_stays_at_its_level() {
    let off = [("coalition.volatility", 0.0)];
    assert_removed(&core(), &off, &[("coalition.reversion", 0.7)]);
}

#[test]
fn without_spillover_other_issues_ignore_the_front() {
    let mut scenario = core();
    scenario.issues[1].spillover = 0.0;
    scenario.issues[0] = issue("land", None, Some(0.84), 0.0);
    let moved = [("front.volatility", 0.2), ("front.talk_leverage", 0.2)];
    let still = |changes: &[Setting]| {
        let model = Peace::new(&settings(changes), &scenario).expect("valid");
        let place = model.measures().iter().position(|measure| measure.name == "held");
        let place = place.expect("it is reported");
        let mut rows = outcomes(&scenario, changes);
        rows.iter_mut().for_each(|row| row[place] = None);
        rows
    };
    assert_eq!(still(&[]), still(&moved));
    assert_ne!(outcomes(&core(), &[]), outcomes(&core(), &moved));
}

#[test]
fn without_weariness_costs_do_not_grow_with_the_war() {
    // The first month knows no weariness: one month with it is one month without.
    let one = [("horizon_months", 1.0), ("talks.open_at_start", 1.0)];
    let agreed = |changes: &[Setting]| {
        outcomes(&core(), changes).into_iter().map(|row| row[0]).collect::<Vec<_>>()
    };
    assert_eq!(agreed(&one), agreed(&[&one[..], &[("weariness", 0.0)]].concat()));
    assert_ne!(outcomes(&core(), &[]), outcomes(&core(), &[("weariness", 0.0)]));
}
