//! Limits in which `peace` must equal theory. Numbers of the literature: see each test.

mod common;

use common::{BEST_RESPONSE, Run, Setting, actor, core, issue};
use engine::{exp, ln, logistic, logit};
use models::{Actor, IssueRole, Role, Scenario};

/// How many standard errors a mean may be off: but for one chance in a million, two-sided.
const SIGMAS: f64 = 4.9;

/// Everything switched off but war, one offer and its answer.
const ONE_ROUND: &[Setting] = &[
    BEST_RESPONSE,
    ("horizon_months", 1.0),
    ("talks.open_at_start", 1.0),
    ("audience.cost", 0.0),
    ("rhetoric.credence", 0.0),
    ("front.responsiveness", 0.0),
    ("front.volatility", 0.0),
    ("front.talk_leverage", 0.0),
    ("weariness", 0.0),
    ("channels", 0.0),
];

fn with(base: &[Setting<'static>], more: &[Setting<'static>]) -> Vec<Setting<'static>> {
    [base, more].concat()
}

/// Two sides with opposed linear preferences over one pie, and no coalition.
fn pie(challenger: Actor, defender: Actor) -> Scenario {
    Scenario {
        name: "pie".into(),
        issues: vec![issue("territory", Some(IssueRole::Territory), None, 0.0)],
        actors: vec![challenger, defender],
        ..Scenario::default()
    }
}

fn side(name: &str, role: Role, ideal: f64, median: f64, log_sd: f64) -> Actor {
    let curvature = 1.0;
    Actor {
        cost_median: median,
        cost_log_sd: log_sd,
        curvature,
        ..actor(name, role, &[ideal], &[1.0])
    }
}

#[test]
fn a_proposer_runs_the_risk_of_fearons_optimum() {
    // Fearon (1995): the proposer demands y to maximise (1 − F(y)) · (its own gain + y), F the
    // distribution of the other's cost; here log-normal, so found on the grid of offers by hand.
    let (held, own_cost, median, log_sd) = (0.5, 0.05, 0.1_f64, 0.5);
    let scenario = pie(
        side("R", Role::Challenger, 1.0, median, log_sd),
        side("U", Role::Defender, 0.0, own_cost, 0.0),
    );
    let defender_only = [
        ("front.held", held),
        ("recognition.challenger", 0.0),
        ("recognition.defender", 1.0),
        ("recognition.mediator", 0.0),
        ("offers", 1000.0),
    ];
    let accepts = |demand: f64| {
        if demand <= 0.0 { 1.0 } else { normal_tail((ln(demand) - ln(median)) / log_sd) }
    };
    // An offer leaves R the share x; U demands held − x beyond what war would give it.
    let value = |x: f64| accepts(held - x) * (held - x + own_cost);
    let grid = (0..=1000).map(|k| f64::from(k) / 1000.0);
    let best = grid.max_by(|a, b| value(*a).total_cmp(&value(*b))).expect("there are offers");
    let run = Run::of(&scenario, &with(ONE_ROUND, &defender_only), 200_000);
    let gap = (run.mean("p_agreement") - accepts(held - best)).abs();
    assert!(gap < SIGMAS * run.error("p_agreement"), "{gap}");
    // Everybody is made the same offer: U knows nothing of C_R, and the grid is exact to rounding.
    assert!((run.mean("terms_territory") - best).abs() < 1e-9);
}

/// 1 − Φ(z) by the continued fraction and series of the library the engine does not use here.
fn normal_tail(z: f64) -> f64 {
    // Simpson's rule on the density from z to 40: steps of 1/64, error below 1e-9.
    let density = |x: f64| (-x * x / 2.0).exp() / (2.0 * std::f64::consts::PI).sqrt();
    let steps = (((40.0 - z) * 64.0).ceil() as usize).next_multiple_of(2);
    let width = (40.0 - z) / steps as f64;
    let weight = |k: usize| match (k, k % 2) {
        (0, _) => 1.0,
        (k, _) if k == steps => 1.0,
        (_, 1) => 4.0,
        _ => 2.0,
    };
    (0..=steps).map(|k| weight(k) * density(z + k as f64 * width)).sum::<f64>() * width / 3.0
}

#[test]
fn with_complete_information_the_mediator_finds_the_asymmetric_nash_solution() {
    // closed_forms: NBS_asym_linear, u1 = d1 + a (S − d1 − d2): with disagreement at the war
    // values held − C_R and 1 − held − C_U the surplus is C_R + C_U.
    let (held, costs, weight) = (0.5, (0.1, 0.2), 0.6);
    let scenario = pie(
        side("R", Role::Challenger, 1.0, costs.0, 0.0),
        side("U", Role::Defender, 0.0, costs.1, 0.0),
    );
    let mediator_only = [
        ("front.held", held),
        ("recognition.challenger", 0.0),
        ("recognition.defender", 0.0),
        ("recognition.mediator", 1.0),
        ("mediator_weight", weight),
        ("offers", 1000.0),
    ];
    let run = Run::of(&scenario, &with(ONE_ROUND, &mediator_only), 100);
    let share = held - costs.0 + weight * (costs.0 + costs.1);
    assert_eq!(run.mean("p_agreement"), 1.0);
    // The grid of offers has steps of 1/1000.
    assert!((run.mean("terms_territory") - share).abs() <= 0.5e-3 + 1e-9);
}

#[test]
fn endless_noise_makes_answers_coins_and_no_noise_best_responses() {
    let scenario =
        pie(side("R", Role::Challenger, 1.0, 0.1, 0.5), side("U", Role::Defender, 0.0, 0.1, 0.5));
    let one = |rule: f64, noise: f64| {
        let more = [
            ("decision_rule", rule),
            ("quantal_noise", noise),
            ("recognition.challenger", 0.5),
            ("recognition.defender", 0.5),
            ("recognition.mediator", 0.0),
            ("front.held", 0.5),
        ];
        Run::of(&scenario, &with(ONE_ROUND, &more), 40_000)
    };
    let coin = one(1.0, 1e6);
    // Gains below 2 over a noise of a million move a coin by less than 1e-6.
    let gap = (coin.mean("p_agreement") - 0.5).abs();
    assert!(gap < 1e-6 + SIGMAS * coin.error("p_agreement"), "{gap}");
    let (sharp, best) = (one(1.0, 1e-9), one(0.0, 1.0));
    // Common random numbers: the same answers, replication by replication, but for gains within a
    // few 1e-8 of 0, of which 40 000 replications are expected to hold none.
    assert_eq!(sharp.mean("p_agreement"), best.mean("p_agreement"));
    assert_eq!(sharp.mean("month"), best.mean("month"));
}

#[test]
fn a_constant_hazard_makes_survival_geometric() {
    let constant = [
        ("compliance.slope", 0.0),
        ("compliance.fragility", 0.0),
        ("compliance.base", logit(0.04)),
        ("compliance.accidents", 0.01),
    ];
    let run = Run::of(&core(), &constant, 4000);
    let hold = (1.0 - 0.04) * (1.0 - 0.01_f64);
    for year in [1, 2, 5, 10, 20] {
        let gap = run.mean(&format!("p_holds_{year}y")) - hold.powi(year);
        // No chance is left in it: rounding alone.
        assert!(gap.abs() < 1e-12, "year {year}: {gap}");
    }
}

#[test]
fn without_drift_the_front_is_a_random_walk() {
    // k = d = 0: Var ℓ_t = t s². Read off the share held at the horizon of runs that cannot sign.
    let (months, volatility) = (24.0, 0.05);
    let still = [
        ("front.responsiveness", 0.0),
        ("front.talk_leverage", 0.0),
        ("front.volatility", volatility),
        ("talks.reopen", 0.0),
        ("horizon_months", months),
        ("front.held", 0.5),
    ];
    let run = Run::of(&core(), &still, 40_000);
    // m = σ(ℓ) with ℓ ~ N(0, t s²): E[(m − ½)²] by quadrature against the tally's variance.
    let sd = volatility * f64::sqrt(months);
    let density = |z: f64| exp(-z * z / 2.0) / (2.0 * std::f64::consts::PI).sqrt();
    let moment = |power: i32| {
        let at = |k: i32| {
            let z = f64::from(k) / 200.0;
            (logistic(sd * z) - 0.5).powi(power) * density(z) / 200.0
        };
        (-1600..=1600).map(at).sum::<f64>()
    };
    let variance = run.tally("held").standard_deviation().expect("there are many").powi(2);
    let spread = ((moment(4) - moment(2).powi(2)) / 40_000.0).sqrt();
    assert!((variance - moment(2)).abs() < SIGMAS * spread, "{variance} {}", moment(2));
    assert!((run.mean("held") - 0.5).abs() < SIGMAS * run.error("held"));
}

#[test]
fn many_equal_members_settle_at_the_fixed_points_of_brock_and_durlauf() {
    // S = σ(β + J υ (2 S − 1)) with J υ = 2.4 and β = 0 has stable solutions on either side of ½.
    let pull = 3.0 * 0.8;
    let mut upper = 0.99;
    for _ in 0..200 {
        upper = logistic(pull * (2.0 * upper - 1.0));
    }
    let mut scenario = core();
    scenario.actors.truncate(2);
    for member in 0..32 {
        let name = format!("member {member}");
        let capability = 1.0;
        scenario.actors.push(Actor {
            capability,
            ..actor(&name, Role::Member, &[0.2, 0.9, 0.7], &[1.0, 1.0, 1.0])
        });
    }
    for (start, expected) in [(0.99, upper), (0.01, 1.0 - upper)] {
        let slow = [
            ("unity", 0.8),
            ("coalition.volatility", 0.0),
            ("coalition.inertia", 0.99),
            ("coalition.initial_support", expected),
            ("talks.reopen", 0.0),
            ("horizon_months", 24.0),
        ];
        let run = Run::of(&scenario, &slow, 2000);
        // Around a stable point S is an autoregression with slope a = i + (1 − i) F'. Its variance
        // is (1 − i)² p (1 − p) / 32 / (1 − a²), and curvature of F moves its mean by at most
        // ½ max|F''| Var / (1 − F'), max|F''| = (2 J υ)² · 0.0963.
        let spread = expected * (1.0 - expected);
        let slope = 2.0 * pull * spread;
        let a = 0.99 + 0.01 * slope;
        let variance = 0.01_f64.powi(2) * spread / 32.0 / (1.0 - a * a);
        let bias = 0.5 * (2.0 * pull).powi(2) * 0.0963 * variance / (1.0 - slope);
        let gap = (run.mean("support_mean") - expected).abs();
        assert!(gap < bias + SIGMAS * run.error("support_mean"), "from {start}: {gap} {bias}");
    }
}

#[test]
fn no_offer_is_signed_where_power_shifts_beyond_the_surplus() {
    // Powell (2006): complete information and small costs, so that a deal would suit both; but
    // power shifts towards the challenger so fast that it breaks any deal after its first year, and
    // no share of the pie makes up for that. From the hazard's formula: in year 0 it is σ(−20 + …),
    // about 0, in year 1 about 1, so D = (1 − δ)(1 + δ) and the premium v (1 − D) / D is 1.49,
    // against a surplus of C_R + C_U = 0.02. Without a shift the premium is 0 but for 1e-5.
    let mut scenario =
        pie(side("R", Role::Challenger, 1.0, 0.01, 0.0), side("U", Role::Defender, 0.0, 0.01, 0.0));
    scenario.actors[1].break_loss = 0.35;
    let signed = |shift: f64| {
        let more = [
            ("front.held", 0.5),
            ("offers", 1000.0),
            ("horizon_months", 24.0),
            ("compliance.base", -20.0),
            ("compliance.accidents", 0.0),
            ("compliance.power_shift", shift),
        ];
        Run::of(&scenario, &with(ONE_ROUND, &more), 1000).mean("p_agreement")
    };
    assert_eq!(signed(0.0), 1.0);
    assert_eq!(signed(2.5), 0.0);
    assert_eq!(signed(-2.5), 1.0, "a shift the other way puts nobody off");
}

#[test]
fn payoffs_without_talks_are_the_discounted_war() {
    // Frozen front, known costs: each side has U(xʷ) − C in every month, whatever is discounted.
    let mut scenario = core();
    for actor in &mut scenario.actors[..2] {
        actor.cost_log_sd = 0.0;
    }
    let frozen = [
        ("front.responsiveness", 0.0),
        ("front.volatility", 0.0),
        ("talks.reopen", 0.0),
        ("weariness", 0.0),
    ];
    let run = Run::of(&scenario, &frozen, 10);
    let loss = |weight: f64, distance: f64| weight * f64::powf(distance, 1.3);
    let russia = 1.0 - loss(0.40, 0.16) - loss(0.35, 0.78) - loss(0.25, 0.2) - 0.12;
    let ukraine = 1.0 - loss(0.35, 0.84) - loss(0.35, 0.22) - loss(0.30, 0.8) - 0.065;
    let us = 1.0 - loss(0.3, 0.44) - loss(0.3, 0.02) - loss(0.4, 0.3);
    // The front starts on a node of the table of flows: no interpolation, rounding alone.
    for (name, expected) in [("Russia", russia), ("Ukraine", ukraine), ("United_States", us)] {
        assert!((run.mean(&format!("payoff_{name}")) - expected).abs() < 1e-12, "{name}");
    }
}
