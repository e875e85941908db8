//! Every parameter of `peace`: path, symbol, default, range, unit, meaning and provenance.

use crate::parameter::{Kind, Parameter};

/// The words for the two decision rules, in the order of their numbers.
pub(super) const DECISION_RULES: &[&str] = &["best-response", "quantal"];

const ASSUMED: &str = "assumed";
const FITTED: &str =
    "fitted by a prototype to base rates of inter-state war (Correlates of War v4.0)";

/// A row without default: its mechanism is absent unless it is set.
const fn absent(
    path: &'static str,
    symbol: &'static str,
    kind: Kind,
    unit: &'static str,
    meaning: &'static str,
) -> Parameter {
    Parameter { path, symbol, default: None, kind, unit, meaning, provenance: "absent by default" }
}

/// All parameters, in the order in which they are documented.
#[rustfmt::skip]
pub const PARAMETERS: &[Parameter] = &[
    Parameter::new("unity", "υ", 0.6, Kind::SHARE, "level", "Western unity: the level to which the coalition's cohesion reverts; 0 everyone alone, 1 as one", ASSUMED),
    Parameter::new("signalling", "ρ", 0.3, Kind::between(-3.0, 3.0), "level", "Mean of Russian public rhetoric: -1 de-escalation, 0 neutral, +1 ultimatums", ASSUMED),
    Parameter::new("durable_after_years", "N", 5.0, Kind::Whole { low: 1, high: 100 }, "years", "An agreement is durable if it is still in force after so many years", "convention: five years, as in studies of recurrence (Fortna 2004)"),
    Parameter::new("horizon_months", "T", 60.0, Kind::Whole { low: 1, high: 1200 }, "months", "How long war and talks are followed", ASSUMED),
    Parameter::new("decision_rule", "", 1.0, Kind::Word(DECISION_RULES), "rule", "How belligerents answer an offer: accept whatever gains, or more often the more it gains", "literature: McKelvey and Palfrey (1995) for quantal"),
    Parameter::new("quantal_noise", "τ", 0.02, Kind::ABOVE_ZERO, "utility", "Noise of the belligerents' quantal answers", ASSUMED),
    Parameter::new("endorsement_noise", "τ_e", 0.05, Kind::ABOVE_ZERO, "utility", "Noise of the members' endorsement of a draft", ASSUMED),
    Parameter::new("offers", "", 64.0, Kind::Whole { low: 1, high: 1024 }, "grid", "Steps along the contract curve; offers are its points", "numerical"),
    Parameter::new("guarantee_offers", "", 3.0, Kind::Whole { low: 1, high: 33 }, "grid", "Levels to which the guarantee can be raised from each point of the curve; 1: the curve alone", "numerical; 5 is nearer convergence"),
    Parameter::new("full_scan", "", 0.0, Kind::Flag, "flag", "Whether each offer is weighed whenever one is made, instead of those that bounds leave; changes no result, takes longer", "numerical"),
    Parameter::new("recognition.challenger", "", 0.4, Kind::SHARE, "probability", "Chance a month that the challenger proposes", ASSUMED),
    Parameter::new("recognition.defender", "", 0.3, Kind::SHARE, "probability", "Chance a month that the defender proposes", ASSUMED),
    Parameter::new("recognition.mediator", "", 0.3, Kind::SHARE, "probability", "Chance a month that the mediator proposes; the three add up to 1", ASSUMED),
    Parameter::new("mediator_weight", "", 0.5, Kind::SHARE, "weight", "The challenger's weight in the mediator's Nash product", "literature: Nash (1950), equal weights"),
    Parameter::new("talks.break_off", "q_0", 0.15, Kind::SHARE, "per month", "Chance that a month of talks without signature ends them", ASSUMED),
    Parameter::new("talks.break_off_rhetoric", "q_1", 0.25, Kind::POSITIVE, "per month", "What each unit of hard rhetoric adds to that chance (off: 0)", ASSUMED),
    Parameter::new("talks.reopen", "q_2", 0.2, Kind::SHARE, "per month", "Chance that closed talks reopen", ASSUMED),
    Parameter::new("talks.open_at_start", "", 0.0, Kind::Flag, "flag", "Whether talks are open when the first month begins", ASSUMED),
    Parameter::new("front.held", "m_0", 0.84, Kind::INNER, "share", "Share of the disputed land the challenger holds at first", "measured: DeepState map polygons, 2026-08-01 (0.83 to 0.86)"),
    Parameter::new("front.challenger_force", "F_R", 1.3, Kind::ABOVE_ZERO, "force", "The challenger's force", FITTED),
    Parameter::new("front.defender_force", "F_U", 0.6, Kind::ABOVE_ZERO, "force", "The defender's own force", FITTED),
    Parameter::new("front.aid", "aid", 0.6, Kind::POSITIVE, "force", "What full support by the whole coalition adds to it", FITTED),
    Parameter::new("front.responsiveness", "k", 0.055, Kind::POSITIVE, "log-odds per month", "How far the balance of force moves the front (off: 0)", "assumed: near the 305 km² a month of 2024-07 to 2026-08 (DeepState)"),
    Parameter::new("front.volatility", "s", 0.02, Kind::POSITIVE, "log-odds per month", "Chance in the movement of the front (off: 0)", ASSUMED),
    Parameter::new("front.talk_leverage", "d", 0.01, Kind::POSITIVE, "log-odds per month", "What a revisionist gains a month by fighting on while talks are open (off: 0)", ASSUMED),
    Parameter::new("front.withheld_aid", "withheld", 0.0, Kind::SHARE, "share", "Share of aid held back while talks are open (off: 0)", ASSUMED),
    Parameter::new("planning_months", "h", 12.0, Kind::POSITIVE, "months", "How far ahead belligerents forecast the front", ASSUMED),
    Parameter::new("weariness", "ω", 0.35, Kind::POSITIVE, "per year", "How the cost of fighting on grows with the war (off: 0)", FITTED),
    Parameter::new("optimism_fading_months", "τ_b", 24.0, Kind::ABOVE_ZERO, "months", "How slowly fighting wears optimism down", "assumed, after Blainey (1973) and Slantchev (2003)"),
    Parameter::new("rhetoric.separation", "δ", 0.6, Kind::POSITIVE, "level", "How much harder a revisionist talks than a settler", ASSUMED),
    Parameter::new("rhetoric.noise", "η", 0.4, Kind::ABOVE_ZERO, "level", "Chance in a month's rhetoric", ASSUMED),
    Parameter::new("rhetoric.credence", "κ", 0.15, Kind::SHARE, "weight", "How far words are believed; 1 is Bayes' rule (off: 0)", ASSUMED),
    Parameter::new("rhetoric.forgetting", "f", 0.15, Kind::SHARE, "per month", "Share of what was learned from words that fades in a month (off: 0)", ASSUMED),
    Parameter::new("rhetoric.norm", "ρ̄_0", 0.2, Kind::ANY, "level", "The rhetoric that receivers take for normal at first", ASSUMED),
    Parameter::new("rhetoric.norm_adaptation", "ν", 0.03, Kind::SHARE, "per month", "How fast that norm wears in (off: 0)", ASSUMED),
    Parameter::new("revisionist_prior", "π_0", 0.5, Kind::INNER, "probability", "Chance that the challenger is a revisionist", "assumed: even odds"),
    Parameter::new("channels", "n", 2.0, Kind::POSITIVE, "channels", "Open working-level channels through which costs are learned (off: 0)", ASSUMED),
    Parameter::new("channel_noise", "s_y", 2.0, Kind::ABOVE_ZERO, "log cost", "Noise of what one channel tells in a month", ASSUMED),
    Parameter::new("audience.persistence", "φ", 0.9, Kind::PART, "per month", "How much of the audience stock is left after a month", "assumed, after Fearon (1994)"),
    Parameter::new("audience.cost", "χ", 0.8, Kind::POSITIVE, "utility", "What the stock costs the challenger for each unit it concedes (off: 0)", "assumed, after Fearon (1997)"),
    Parameter::new("coalition.reversion", "g", 0.1, Kind::SHARE, "per month", "How fast unity returns to its level", ASSUMED),
    Parameter::new("coalition.volatility", "s_υ", 0.04, Kind::POSITIVE, "level per month", "Chance in the movement of unity (off: 0)", ASSUMED),
    Parameter::new("coalition.interaction", "J", 3.0, Kind::POSITIVE, "log-odds", "How far members support because others do (off: 0)", "assumed, after Brock and Durlauf (2001)"),
    Parameter::new("coalition.inertia", "", 0.7, Kind::PART, "per month", "How much of support is carried over from month to month", ASSUMED),
    Parameter::new("coalition.initial_support", "S_0", 0.9, Kind::SHARE, "share", "Share of capability that supports at first", ASSUMED),
    Parameter::new("coalition.quota", "", 0.5, Kind::SHARE, "share", "Share of capability that must endorse a draft (off: 0)", ASSUMED),
    Parameter::new("coalition.backing", "", 0.05, Kind::ANY, "utility", "What members gain from having a draft at all (off: 0)", ASSUMED),
    Parameter::new("coalition.premium_weight", "½", 0.5, Kind::POSITIVE, "weight", "How far members share the defender's fear that a deal breaks (off: 0)", ASSUMED),
    Parameter::new("coalition.election_shock", "s_e", 0.5, Kind::POSITIVE, "log-odds", "How far an election shifts a member's support for good (off: 0)", ASSUMED),
    Parameter::new("compliance.base", "a_0", -3.1, Kind::ANY, "log-odds per year", "Hazard that the challenger breaks an agreement that costs it nothing", FITTED),
    Parameter::new("compliance.slope", "a_1", 14.0, Kind::POSITIVE, "log-odds per utility", "How the hazard answers to grievance, cost, guarantee and power (off: 0)", FITTED),
    Parameter::new("compliance.fragility", "a_f", 2.4, Kind::POSITIVE, "log-odds", "Extra hazard of the first year (off: 0)", FITTED),
    Parameter::new("compliance.fragility_years", "τ_f", 1.0, Kind::ABOVE_ZERO, "years", "How slowly that fades", FITTED),
    Parameter::new("compliance.settler_grievance", "ψ_s", 0.35, Kind::SHARE, "weight", "How far a settler minds what it did not get; a revisionist minds it fully", ASSUMED),
    Parameter::new("compliance.deterrence", "γ", 0.32, Kind::POSITIVE, "utility", "What a full and credible guarantee deters (off: 0)", FITTED),
    Parameter::new("compliance.power_volatility", "s_z", 0.03, Kind::POSITIVE, "utility per year", "Chance in the movement of relative power after signature (off: 0)", ASSUMED),
    Parameter::new("compliance.power_shift", "z̄", 0.0, Kind::ANY, "utility per year", "Expected, foreseen shift of power towards the challenger (off: 0)", "assumed: none; Powell (2006) for what it does"),
    Parameter::new("compliance.accidents", "h_0", 0.01, Kind::PART, "per year", "Hazard of accidents and spoilers (off: 0)", ASSUMED),
    Parameter::new("compliance.monitoring", "", 0.5, Kind::SHARE, "share", "Share of that hazard which full humanitarian access removes, where that issue exists (off: 0)", ASSUMED),
    Parameter::new("compliance.credibility_reversion", "g_c", 0.3, Kind::SHARE, "per year", "How fast the credibility of guarantees goes over from support at signature to unity", ASSUMED),
    Parameter::new("compliance.credibility_volatility", "s_c", 0.05, Kind::POSITIVE, "level per year", "Chance in the movement of credibility (off: 0)", ASSUMED),
    Parameter::new("compliance.naivety", "ζ", 0.3, Kind::SHARE, "weight", "How far the parties judge a guarantee by today's support instead of unity (off: 0)", ASSUMED),
    absent("compliance.threshold.half_point", "G_½", Kind::ABOVE_ZERO, "level", "Guarantee at which a Hill-shaped deterrence is half-way up; absent: linear"),
    absent("compliance.threshold.power", "p", Kind::between(1.0, 1000.0), "exponent", "Steepness of a Hill-shaped deterrence"),
    absent("compliance.defender.base", "a_0^U", Kind::ANY, "log-odds per year", "Hazard that the defender breaks an agreement that costs it nothing; absent: it never does"),
    absent("compliance.defender.slope", "a_1^U", Kind::POSITIVE, "log-odds per utility", "How the defender's hazard answers to grievance, cost and power"),
    absent("compliance.defender.grievance", "ψ_U", Kind::POSITIVE, "weight", "How far the defender minds what it did not get"),
    Parameter::new("discount", "δ_a", 0.9, Kind::INNER, "per year", "Discount factor of all actors", "assumed: a tenth of the weight is lost with each year"),
];
