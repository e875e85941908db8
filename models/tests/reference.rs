//! The reference point of the scenario `ukraine-core` against an independent implementation.

mod common;

use common::{Run, core};

/// Means and standard errors of a second program, written from the model's page alone (Numba, full
/// scan of all offers, one million replications, its own random numbers).
const INDEPENDENT: [(&str, f64, f64); 24] = [
    ("p_agreement", 0.567_984, 0.000_495_357),
    ("p_durable", 0.464_746, 0.000_425_722),
    ("p_durable_given_agreement", 0.818_237, 0.000_229_257),
    ("month", 20.660_466, 0.021_330_8),
    ("p_holds_1y", 0.902_992, 0.000_163_614),
    ("p_holds_2y", 0.874_880, 0.000_191_990),
    ("p_holds_5y", 0.818_237, 0.000_229_257),
    ("p_holds_10y", 0.731_982, 0.000_276_308),
    ("p_holds_20y", 0.586_646, 0.000_326_299),
    ("terms_territory", 0.750_343, 0.000_116_561),
    ("terms_sovereignty", 0.337_300, 0.000_138_151),
    ("terms_guarantees", 0.760_028, 0.000_141_730),
    ("lambda", 0.553_288, 0.000_050_002),
    ("months_no_talks", 20.042_936, 0.013_495_4),
    ("months_nothing_offered", 6.956_641, 0.007_376_52),
    ("months_refused_by_challenger", 1.058_313, 0.001_844_48),
    ("months_refused_by_defender", 5.950_320, 0.005_599_76),
    ("months_refused_by_both", 0.103_968, 0.000_399_703),
    ("months_refused_by_coalition", 2.975_612, 0.004_978_74),
    ("unity_mean", 0.599_963, 0.000_050_218),
    ("support_mean", 0.727_356, 0.000_125_449),
    ("held", 0.899_684, 0.000_040_605),
    ("payoff_Ukraine", 0.319_787, 0.000_182_763),
    ("payoff_United_States", 0.767_780, 0.000_026_557),
];

#[test]
fn the_reference_point_is_that_of_an_independent_program() {
    // Two-sided one in a million, shared by all comparisons (Bonferroni): 5.5 standard errors.
    const SIGMAS: f64 = 5.5;
    let run = Run::of(&core(), &[], 60_000);
    for (name, expected, error) in INDEPENDENT {
        let gap = (run.mean(name) - expected) / run.error(name).hypot(error);
        assert!(
            gap.abs() < SIGMAS,
            "{name}: {} against {expected}, {gap:.1} errors",
            run.mean(name)
        );
    }
}

#[test]
fn the_reference_point_is_that_of_the_prototype() {
    // Shares signed within 12, 24 and 60 months, and survival at 1, 2, 5, 10, 20 years, as a
    // prototype gave them on 100 000 replications, printed with three digits.
    const SIGMAS: f64 = 5.5;
    let run = Run::of(&core(), &[], 60_000);
    let months = run.summary.estimates()[3].1.as_ref().expect("months are counted");
    for (within, expected) in [(12.0, 0.238), (24.0, 0.380), (60.0, 0.566_f64)] {
        let signed =
            months.cells().filter(|cell| cell.1 < within + 1.0).map(|cell| cell.2).sum::<u64>();
        let share = signed as f64 / 60_000.0;
        let noise = (expected * (1.0 - expected) * (1.0 / 6e4 + 1e-5)).sqrt();
        assert!((share - expected).abs() < SIGMAS * noise + 0.0005, "{within}: {share}");
    }
    for (year, expected) in [(1, 0.904), (2, 0.875), (5, 0.819), (10, 0.733), (20, 0.588)] {
        let name = format!("p_holds_{year}y");
        // The prototype had some 56 600 agreements, this run some 34 000.
        let noise = run.error(&name) * (1.0 + 34.0 / 56.6_f64).sqrt();
        assert!((run.mean(&name) - expected).abs() < SIGMAS * noise + 0.0005, "{name}");
    }
}
