//! The classics against their known answers: published examples, closed forms over random
//! parameters, and the simulation of each against what theory says of it.

mod common;

use common::set as settings;
use engine::{AnyModel, Draw as _, Purpose, Records, Seed, Stream, Streams};
use models::theory::{
    Known, alternating, alternating::Alternating, attrition, attrition::Attrition, audience,
    audience::Audience, battles, battles::Battles, commitment, commitment::Commitment, crisis,
    crisis::Crisis, reassurance, reassurance::Reassurance, signals, signals::Signals, ultimatum,
    ultimatum::Ultimatum,
};
use models::{Parameter, Settings};

fn of(known: &[Known], name: &str) -> f64 {
    known.iter().find(|(own, _)| *own == name).expect("theory speaks of it").1
}

/// Luck for the choice of parameters.
fn luck(name: &'static str) -> Stream {
    Streams::new(Seed(1), 0).open(Purpose::named(name))
}

/// A number from 0.05 to 1.05 for each name.
fn numbers<const N: usize>(
    luck: &mut Stream,
    names: [&'static str; N],
) -> [(&'static str, f64); N] {
    names.map(|name| (name, 0.05 + luck.uniform()))
}

/// Replications of each random world.
const REPLICATIONS: u64 = 10_000;

/// Plays a world and holds every estimate to what theory says of it.
///
/// A share by Bernstein's inequality (1946), which is exact for any n: its deviation exceeds e with
/// a chance of at most `2 exp(−n e² / (2 p (1 − p) + 2 e / 3))`, here 2e-9. The mean of a number that
/// lies within a width b by its empirical form (Maurer and Pontil 2009, theorem 4), which holds as
/// exactly; any other mean by six of its own standard errors, which normal sampling exceeds with a
/// chance of 2e-9. All comparisons of this file together raise a false alarm with a chance of about
/// one in a million.
fn hold(model: &dyn AnyModel, known: &[Known], width: Option<f64>, what: &str) {
    let summary = model.play_range(Seed(20_251_122).into(), 0..REPLICATIONS, Records::default());
    let infos = model.measure_infos();
    let estimates = infos.iter().filter_map(|info| info.estimate.as_ref());
    let n = REPLICATIONS as f64;
    let mut compared = 0;
    for (estimate, (tally, _)) in estimates.zip(summary.estimates()) {
        let Some((_, expected)) = known.iter().find(|(name, _)| *name == estimate.name) else {
            continue;
        };
        let mean = tally.mean().expect("it is always measured");
        let allowed = match estimate.scale {
            engine::Scale::Chance => {
                let l = 1e9_f64.ln() / n;
                l / 3.0 + (l * l / 9.0 + 2.0 * l * expected * (1.0 - expected)).sqrt()
            }
            engine::Scale::Mean { .. } => {
                let error = tally.standard_error().expect("there are many");
                width.map_or(6.0 * error, |width| {
                    let l = 1e9_f64.ln();
                    error * (2.0 * l).sqrt() + 7.0 * width * l / (3.0 * (n - 1.0))
                })
            }
        };
        // What never varies must be there to rounding.
        let allowed = allowed + 1e-12 * expected.abs().max(1.0);
        assert!(
            (mean - expected).abs() <= allowed,
            "{what}: {} is {mean}, theory says {expected} (within {allowed})",
            estimate.name
        );
        compared += 1;
    }
    assert_eq!(compared, known.len(), "{what}");
}

#[test]
fn fearon_s_ultimatum_has_its_published_answers() {
    // closed_forms: Fearon1995_ultimatum_uniform and Fearon1995_ultimatum_no_risk.
    let of_costs = |least: f64, greatest: f64| {
        let changes = [("least_cost", least), ("greatest_cost", greatest)];
        Ultimatum::new(&settings(ultimatum::PARAMETERS, &changes)).expect("valid").known()
    };
    let risky = of_costs(0.0, 0.4);
    assert!((of(&risky, "p_war") - 0.375).abs() < 1e-15);
    assert!((of(&risky, "demand") - 0.65).abs() < 1e-15);
    assert!((of(&risky, "payoff_proposer") - 0.55625).abs() < 1e-15);
    let safe = of_costs(0.2, 0.4);
    assert_eq!((of(&safe, "p_war"), of(&safe, "demand")), (0.0, 0.7));
}

#[test]
fn no_other_demand_is_worth_more() {
    let mut luck = luck("demands");
    for round in 0..200 {
        let (a, b) = (luck.uniform(), luck.uniform());
        let changes = [
            ("strength", luck.uniform()),
            ("own_cost", luck.uniform() * 0.5),
            ("distribution", f64::from(round % 2)),
            ("least_cost", a.min(b)),
            ("greatest_cost", a.max(b)),
            ("median_cost", 0.01 + luck.uniform()),
            ("cost_log_sd", 0.05 + 2.0 * luck.uniform()),
        ];
        let world = Ultimatum::new(&settings(ultimatum::PARAMETERS, &changes)).expect("valid");
        let best = of(&world.known(), "payoff_proposer");
        for step in 0..=10_000 {
            let other = world.expected(f64::from(step) / 10_000.0);
            // The table of the normal distribution promises 1e-10.
            assert!(other <= best + 1e-9, "{changes:?}: {other} above {best}");
        }
    }
}

#[test]
fn ultimatums_end_as_theory_says() {
    let mut luck = luck("ultimatums");
    for round in 0..40 {
        let (a, b) = (luck.uniform(), luck.uniform());
        let changes = [
            ("strength", luck.uniform()),
            ("own_cost", luck.uniform() * 0.5),
            ("distribution", f64::from(round % 2)),
            ("least_cost", a.min(b)),
            ("greatest_cost", a.max(b)),
            ("median_cost", 0.01 + luck.uniform()),
            ("cost_log_sd", 0.05 + luck.uniform()),
        ];
        let world = Ultimatum::new(&settings(ultimatum::PARAMETERS, &changes)).expect("valid");
        // Nobody's payoff lies outside of [-½, 1]: there is war only where it is cheap to the responder.
        hold(&world, &world.known(), Some(1.5), &format!("{changes:?}"));
    }
}

#[test]
fn an_ultimatum_under_complete_information_never_fails() {
    let changes = [("least_cost", 0.3), ("greatest_cost", 0.3)];
    let world = Ultimatum::new(&settings(ultimatum::PARAMETERS, &changes)).expect("valid");
    assert_eq!((of(&world.known(), "p_war"), of(&world.known(), "demand")), (0.0, 0.8));
    let reversed = [("least_cost", 0.5), ("greatest_cost", 0.4)];
    let error = Ultimatum::new(&settings(ultimatum::PARAMETERS, &reversed)).expect_err("reversed");
    assert_eq!(error.path, "least_cost");
}

#[test]
fn backward_induction_is_the_closed_form_and_goes_over_to_rubinstein() {
    let share = |changes: &[(&str, f64)]| {
        let world = Alternating::new(&settings(alternating::PARAMETERS, changes));
        let summary = world.play_range(Seed(1).into(), 0..1, Records::default());
        let played = summary.estimates()[0].0.mean().expect("it is always measured");
        (played, of(&world.known(), "share_first"))
    };
    // closed_forms: Rubinstein1982.
    let (played, known) = share(&[("first_discount", 0.9), ("second_discount", 0.8)]);
    assert!((played - 0.714_285_714_285_714_3).abs() < 1e-15 && (known - played).abs() < 1e-15);
    let mut luck = luck("patience");
    for rounds in 1..200 {
        let (one, two) = (0.01 + 0.98 * luck.uniform(), 0.01 + 0.98 * luck.uniform());
        let discounts = [("first_discount", one), ("second_discount", two)];
        let endless = share(&discounts).0;
        let all = [discounts[0], discounts[1], ("rounds", f64::from(rounds))];
        let (played, known) = share(&all);
        // Two hundred multiplications and subtractions of numbers up to 1, over 1 − d ≥ 0.02.
        assert!((played - known).abs() < 1e-12, "{all:?}: {played} and {known}");
        // The gap shrinks by the product of the discount factors with every two rounds.
        let left = (one * two).powi(rounds / 2);
        assert!((played - endless).abs() <= left + 1e-12, "{all:?}");
    }
}

#[test]
fn power_shifts_lead_to_war_above_powell_s_threshold_and_never_below() {
    // closed_forms: Powell2006_commitment.
    let base = [("strength", 0.6), ("destruction", 0.2), ("discount", 0.9)];
    let threshold = Commitment::new(&settings(commitment::PARAMETERS, &base)).threshold();
    assert!((threshold - 0.322_222_222_222_222_2).abs() < 1e-15);
    let mut luck = luck("shifts");
    let mut wars = 0;
    for _ in 0..2000 {
        let strength = 0.01 + 0.98 * luck.uniform();
        let mut changes = vec![
            ("strength", strength),
            ("destruction", 0.01 + 0.5 * luck.uniform()),
            ("discount", 0.5 + 0.49 * luck.uniform()),
            ("shift", luck.uniform()),
        ];
        let world = Commitment::new(&settings(commitment::PARAMETERS, &changes));
        let threshold = world.threshold();
        let played = |world: &Commitment| {
            let summary = world.play_range(Seed(1).into(), 0..1, Records::default());
            summary.estimates()[0].0.mean().expect("it is always measured")
        };
        if (changes[3].1.min(strength) - threshold).abs() > 1e-9 {
            assert_eq!(played(&world), of(&world.known(), "p_war"), "{changes:?}");
            wars += u32::from(played(&world) == 1.0);
        }
        // Just below and just above, where that can be.
        if (0.0..strength - 1e-6).contains(&threshold) {
            changes[3].1 = (threshold - 1e-9).max(0.0);
            let below = Commitment::new(&settings(commitment::PARAMETERS, &changes));
            changes[3].1 = threshold + 1e-9;
            let above = Commitment::new(&settings(commitment::PARAMETERS, &changes));
            assert_eq!((played(&below), played(&above)), (0.0, 1.0), "{changes:?}");
        }
    }
    assert!(wars > 100);
}

#[test]
fn uncertain_shifts_lead_to_war_as_often_as_theory_says() {
    let mut luck = luck("uncertain shifts");
    for _ in 0..30 {
        let changes = [
            ("strength", 0.3 + 0.6 * luck.uniform()),
            ("destruction", 0.01 + 0.3 * luck.uniform()),
            ("discount", 0.7 + 0.29 * luck.uniform()),
            ("shift", luck.uniform()),
            ("shift_sd", 0.2 * luck.uniform()),
        ];
        let world = Commitment::new(&settings(commitment::PARAMETERS, &changes));
        hold(&world, &world.known(), None, &format!("{changes:?}"));
    }
}

#[test]
fn wars_of_attrition_end_as_theory_says() {
    // closed_forms: war_of_attrition_mixed.
    let example = Attrition::new(&settings(attrition::PARAMETERS, &[])).known();
    assert!((of(&example, "p_first_concedes") - 0.2).abs() < 1e-15);
    assert!((of(&example, "duration") - 4.0).abs() < 1e-14);
    let mut luck = luck("attrition");
    for _ in 0..40 {
        let changes = numbers(&mut luck, ["cost_1", "cost_2", "prize_1", "prize_2"]);
        let world = Attrition::new(&settings(attrition::PARAMETERS, &changes));
        hold(&world, &world.known(), None, &format!("{changes:?}"));
    }
}

#[test]
fn public_crises_end_as_theory_says() {
    // closed_forms: Fearon1994_audience_costs.
    let example = Audience::new(&settings(audience::PARAMETERS, &[])).known();
    assert!((of(&example, "p_war") - 0.267_949_192_431_122_8).abs() < 1e-14);
    assert!((of(&example, "p_first_backs_down") - 0.131_139_154_005_652_43).abs() < 1e-13);
    assert!((of(&example, "p_second_backs_down") - 0.600_911_653_563_224_8).abs() < 1e-13);
    let mut luck = luck("audiences");
    for _ in 0..40 {
        let changes = numbers(&mut luck, ["prize", "worst_war", "audience_1", "audience_2"]);
        let world = Audience::new(&settings(audience::PARAMETERS, &changes));
        let known = world.known();
        let sum: f64 = known.iter().map(|(_, chance)| chance).sum();
        assert!((sum - 1.0).abs() < 1e-10, "{changes:?}: the chances add up to {sum}");
        hold(&world, &known, None, &format!("{changes:?}"));
    }
}

#[test]
fn walks_over_forts_end_as_theory_says() {
    // closed_forms: battle_random_walk; belief_convergence: 40 battles at p = p_H = .6 against .4.
    let example = Battles::new(&settings(battles::PARAMETERS, &[])).expect("valid").known();
    assert!((of(&example, "p_win") - 0.637_585_955_343_937_4).abs() < 1e-12);
    let battles = of(&example, "battles");
    assert!((battles - 23.758_595_534_393_72).abs() < 1e-10, "{battles}");
    let at = [("chance", 0.6), ("high", 0.6), ("low", 0.4)];
    let convinced = Battles::new(&settings(battles::PARAMETERS, &at)).expect("valid").known();
    let drift = of(&convinced, "learned") / of(&convinced, "battles");
    assert!((drift - 0.081_093_021_621_632_82).abs() < 1e-14);
    let even = Battles::new(&settings(battles::PARAMETERS, &[("chance", 0.5)])).expect("valid");
    assert_eq!((of(&even.known(), "p_win"), of(&even.known(), "battles")), (0.4, 24.0));
    let mut luck = luck("forts");
    for _ in 0..30 {
        let forts = (2.0 + 20.0 * luck.uniform()).floor();
        let changes = [
            ("forts", forts),
            ("held", (1.0 + (forts - 1.0) * luck.uniform()).floor()),
            ("chance", 0.2 + 0.6 * luck.uniform()),
            ("high", 0.5 + 0.4 * luck.uniform()),
            ("low", 0.1 + 0.4 * luck.uniform()),
        ];
        let world = Battles::new(&settings(battles::PARAMETERS, &changes)).expect("valid");
        hold(&world, &world.known(), None, &format!("{changes:?}"));
    }
    let all = [("forts", 4.0), ("held", 4.0)];
    let error = Battles::new(&settings(battles::PARAMETERS, &all)).expect_err("won already");
    assert_eq!(error.path, "held");
}

#[test]
fn nobody_bluffs_from_fearon_s_thresholds_on() {
    // closed_forms: Fearon1997_tying_vs_sinking_stylised, V = 1, q = ¼.
    let threshold = |kind: f64| {
        let changes = [("kind", kind), ("undeterred", 0.25), ("prize", 1.0)];
        Signals::new(&settings(signals::PARAMETERS, &changes)).threshold()
    };
    assert_eq!((threshold(0.0), threshold(1.0)), (0.75, 3.0));
    let mut luck = luck("signals");
    for round in 0..60 {
        let mut changes = vec![
            ("kind", f64::from(round % 2)),
            ("prize", 0.1 + luck.uniform()),
            ("undeterred", 0.05 + 0.9 * luck.uniform()),
            ("resolute", luck.uniform()),
            ("size", 0.0),
        ];
        let limit = Signals::new(&settings(signals::PARAMETERS, &changes)).threshold();
        for share in [luck.uniform(), 1.0 - 1e-9, 1.0, 1.0 + luck.uniform()] {
            changes[4].1 = limit * share;
            let world = Signals::new(&settings(signals::PARAMETERS, &changes));
            // Nobody pays more than the size.
            hold(&world, &world.known(), Some(changes[4].1), &format!("{changes:?}"));
        }
    }
}

#[test]
fn trust_begins_at_kydd_s_threshold_and_gestures_separate_between_theirs() {
    // closed_forms: Kydd_trust_threshold: t* = .714285…, separation from s = ½ to 1.
    let example = |changes: &[(&str, f64)]| {
        Reassurance::new(&settings(reassurance::PARAMETERS, changes)).expect("valid")
    };
    assert!((example(&[]).threshold() - 0.714_285_714_285_714_3).abs() < 1e-15);
    for (signal, cooperation) in [(0.0, 0.0), (0.499, 0.0), (0.5, 0.5), (1.0, 0.5), (1.001, 0.0)] {
        let world = example(&[("trust", 0.5), ("signal", signal)]);
        assert_eq!(of(&world.known(), "p_cooperation"), cooperation, "{signal}");
        hold(&world, &world.known(), None, &format!("signal {signal}"));
    }
    for trust in [0.0, 0.714_285_7, 0.714_285_8, 1.0] {
        let world = example(&[("trust", trust)]);
        let trusted = if trust > 0.714_285_75 { 1.0 } else { 0.0 };
        assert_eq!(of(&world.known(), "p_trusted"), trusted, "{trust}");
        hold(&world, &world.known(), None, &format!("trust {trust}"));
    }
    let mut luck = luck("reassurance");
    for _ in 0..60 {
        let [a, b, c, d, signal] = numbers(
            &mut luck,
            [
                "benefit_seeker",
                "benefit_expansionist",
                "cost_seeker",
                "cost_expansionist",
                "signal",
            ],
        );
        let changes = [a, b, c, d, signal, ("trust", luck.uniform())];
        let world = example(&changes);
        hold(&world, &world.known(), None, &format!("{changes:?}"));
    }
    let greedy = [("temptation", 1.0)];
    let error = Reassurance::new(&settings(reassurance::PARAMETERS, &greedy)).expect_err("greedy");
    assert_eq!(error.path, "temptation");
}

#[test]
fn crises_have_all_their_equilibria() {
    // lewis_schultz_signaling_eq: solved with scipy from the equations in sigInt 0.2.1 (Crisman-Cox and
    // Gibilisco), printed with six digits; three equilibria at war_target -2.9 and -2.8, one elsewhere.
    // At -3 it has 0.21862; integrating anew by Simpson's rule gives 0.2186228.
    let resistance: [(f64, &[f64]); 6] = [
        (-3.0, &[0.218_623]),
        (-2.9, &[0.251_105, 0.594_723, 0.813_322]),
        (-2.8, &[0.296_452, 0.472_423, 0.874_031]),
        (-2.7, &[0.907_856]),
        (-2.5, &[0.947_314]),
        (-2.2, &[0.976_387]),
    ];
    for (war_target, known) in resistance {
        let world = Crisis::new(&settings(crisis::PARAMETERS, &[("war_target", war_target)]));
        let world = world.expect("valid");
        let found: Vec<f64> = world.equilibria().iter().map(|own| own.resists).collect();
        assert_eq!(found.len(), known.len(), "{war_target}: {found:?}");
        for (found, known) in found.iter().zip(known) {
            assert!((found - known).abs() <= 5.1e-7, "{war_target}: {found} and {known}");
        }
    }
    let outcomes = [
        [0.005_211, 0.744_993, 0.077_361, 0.172_436],
        [0.620_132, 0.153_952, 0.054_573, 0.171_343],
        [0.794_548, 0.038_353, 0.034_883, 0.132_215],
    ];
    for (selection, outcome) in outcomes.iter().enumerate() {
        let changes = [("war_target", -2.9), ("selection", selection as f64)];
        let world = Crisis::new(&settings(crisis::PARAMETERS, &changes)).expect("valid");
        let known = world.known();
        for (name, expected) in
            ["p_status_quo", "p_concession", "p_war", "p_backed_down"].iter().zip(outcome)
        {
            assert!((of(&known, name) - expected).abs() <= 5.1e-7, "{changes:?} {name}");
        }
        assert_eq!(of(&known, "equilibria"), 3.0);
    }
    let worthless = [("prize", -0.1)];
    let error = Crisis::new(&settings(crisis::PARAMETERS, &worthless)).expect_err("worthless");
    assert_eq!(error.path, "prize");
}

/// Halving rests on the monotone answer; a scan does not.
#[test]
fn a_scan_of_resistance_finds_no_other_equilibrium() {
    const STEPS: u32 = 400;
    let mut luck = luck("scan");
    let mut several = 0;
    for _ in 0..80 {
        let changes = [
            ("war_challenger", -3.0 + 3.0 * luck.uniform()),
            ("audience", -3.0 + 3.0 * luck.uniform()),
            ("war_target", -4.0 + 3.0 * luck.uniform()),
            ("prize", 2.0 * luck.uniform()),
            ("reprieve", 2.0 * luck.uniform()),
        ];
        let world = Crisis::new(&settings(crisis::PARAMETERS, &changes)).expect("valid");
        let places = (1..=STEPS).map(|step| f64::from(step) / f64::from(STEPS));
        let rises: Vec<(f64, bool)> = places.map(|at| (at, world.answer(at) > at)).collect();
        let crossings = rises.windows(2).filter(|pair| pair[0].1 != pair[1].1);
        let crossings: Vec<f64> = crossings.map(|pair| pair[0].0).collect();
        let found: Vec<f64> = world.equilibria().iter().map(|own| own.resists).collect();
        for crossing in &crossings {
            assert!(
                found.iter().any(|own| (-1e-12..=1.0 / 400.0 + 1e-12).contains(&(own - crossing))),
                "{changes:?}: nothing near {crossing} in {found:?}"
            );
        }
        // From at least 0 to at most 1: as many crossings downwards as upwards, and one more.
        assert_eq!(found.len() % 2, 1, "{changes:?}: {found:?}");
        several += usize::from(found.len() > 1);
    }
    assert!(several > 1, "{several}");
}

#[test]
fn crises_end_as_theory_says() {
    let mut luck = luck("crises");
    for round in 0..40 {
        let changes = [
            ("war_challenger", -3.0 + 4.0 * luck.uniform()),
            ("audience", -3.0 + 4.0 * luck.uniform()),
            ("war_target", -4.0 + 4.0 * luck.uniform()),
            ("prize", 2.0 * luck.uniform()),
            ("reprieve", 2.0 * luck.uniform()),
            ("selection", f64::from(round % 4)),
        ];
        let world = Crisis::new(&settings(crisis::PARAMETERS, &changes)).expect("valid");
        hold(&world, &world.known(), None, &format!("{changes:?}"));
    }
    // The corners, where war or resistance is as unlikely as can be.
    for corner in 0..128_u32 {
        let end = |bit: u32| -> f64 { if corner >> bit & 1 == 1 { 10.0 } else { -10.0 } };
        let changes = [
            ("war_challenger", end(0)),
            ("audience", end(1)),
            ("war_target", end(2)),
            ("status_quo", end(3).min(1.0)),
            ("prize", end(4).max(1.0)),
            ("concession", end(5).min(1.0)),
            ("reprieve", end(6).max(1.0)),
        ];
        let world = Crisis::new(&settings(crisis::PARAMETERS, &changes)).expect("valid");
        hold(&world, &world.known(), None, &format!("{changes:?}"));
    }
}

#[test]
fn the_ends_of_all_ranges_have_finite_answers() {
    type World = (&'static [Parameter], fn(&Settings) -> Option<Vec<Known>>);
    let worlds: [World; 9] = [
        (ultimatum::PARAMETERS, |s| Some(Ultimatum::new(s).ok()?.known())),
        (alternating::PARAMETERS, |s| Some(Alternating::new(s).known())),
        (commitment::PARAMETERS, |s| Some(Commitment::new(s).known())),
        (attrition::PARAMETERS, |s| Some(Attrition::new(s).known())),
        (audience::PARAMETERS, |s| Some(Audience::new(s).known())),
        (signals::PARAMETERS, |s| Some(Signals::new(s).known())),
        (reassurance::PARAMETERS, |s| Some(Reassurance::new(s).ok()?.known())),
        (battles::PARAMETERS, |s| Some(Battles::new(s).ok()?.known())),
        (crisis::PARAMETERS, |s| Some(Crisis::new(s).ok()?.known())),
    ];
    let mut luck = luck("ends");
    for (parameters, known) in worlds {
        for _ in 0..300 {
            let mut changes = Vec::new();
            for parameter in parameters {
                let (low, high) = match parameter.kind {
                    models::Kind::Number { low, high, above, below } => (
                        if above { low + 1e-9 } else { low },
                        if below { high - 1e-9 } else { high },
                    ),
                    models::Kind::Whole { low, high } => (f64::from(low), f64::from(high)),
                    models::Kind::Word(words) => (0.0, (words.len() - 1) as f64),
                    models::Kind::Flag => (0.0, 1.0),
                };
                let default = parameter.default.expect("every classic has all its numbers");
                let pick = (luck.uniform() * 3.0) as usize;
                changes.push((parameter.path, [low, high, default][pick]));
            }
            for (name, value) in known(&settings(parameters, &changes)).unwrap_or_default() {
                assert!(value.is_finite(), "{name} is {value} at {changes:?}");
                assert!(
                    !name.starts_with("p_") || (-1e-9..=1.0 + 1e-9).contains(&value),
                    "{name} {value} {changes:?}"
                );
            }
        }
    }
}
