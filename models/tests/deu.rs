//! The world `compromise` on 351 decisions of the European Union.
//!
//! tests/data/deu3_issues.tsv: DEU III (Arregui and Perarnaud 2021), doi:10.34810/data53, CC BY 4.0,
//! with a row of GDP added under the header; `p…` positions, `s…` saliences, `out` the outcome.

mod common;

use common::{actor, issue};
use engine::{AnyModel as _, Seed, Streams};
use models::forecast::compromise::{Compromise, PARAMETERS};
use models::{Actor, Role, Scenario, Settings, Value};

/// Position, salience and capability of everybody who has them, and the outcome, of each issue.
fn issues() -> Vec<(Vec<[f64; 3]>, f64)> {
    let text = include_str!("data/deu3_issues.tsv");
    let split = |line: &'static str| -> Vec<&'static str> {
        line.split('\t').map(|cell| cell.trim_matches('"')).collect()
    };
    let mut lines = text.lines().filter(|line| !line.starts_with('#')).map(split);
    let (header, gdp) = (lines.next().expect("a header"), lines.next().expect("a row of GDP"));
    let place = |name: &str| header.iter().position(|own| *own == name);
    let number = |cell: &str| cell.parse::<f64>().ok().filter(|x| (0.0..=100.0).contains(x));
    let actors: Vec<(usize, usize)> = header
        .iter()
        .enumerate()
        .filter_map(|(at, name)| Some((at, place(&format!("s{}", name.strip_prefix('p')?))?)))
        .collect();
    let out = place("out").expect("outcomes");
    lines
        .filter_map(|row| {
            let outcome = number(row[out])?;
            let of = |(position, salience): &(usize, usize)| {
                let capability = gdp[*position].parse().unwrap_or(0.0);
                Some([number(row[*position])?, number(row[*salience])?, capability])
            };
            let known: Vec<[f64; 3]> = actors.iter().filter_map(of).collect();
            (known.len() >= 3).then_some((known, outcome))
        })
        .collect()
}

/// Mean and median in points of 100, weighted by salience, or by salience and capability.
fn forecast(actors: &[[f64; 3]], weights: &str) -> [f64; 2] {
    let party = |(at, [position, salience, capability]): (usize, &[f64; 3])| Actor {
        capability: *capability,
        ..actor(&format!("actor {at}"), Role::Party, &[position / 100.0], &[salience / 100.0])
    };
    let scenario = Scenario {
        name: "decision".into(),
        issues: vec![issue("issue", None, None, 0.0)],
        actors: actors.iter().enumerate().map(party).collect(),
        ..Scenario::default()
    };
    let mut settings = Settings::new(PARAMETERS);
    let place = settings.place("weights").expect("a parameter");
    settings.set(place, &Value::Word(weights.into())).expect("a word it knows");
    let world = Compromise::new(&settings, &scenario).expect("valid");
    let names = world.measure_infos().into_iter().map(|info| info.name);
    let found = world.tell(&Streams::new(Seed(1), 0)).measures;
    assert_eq!(names.collect::<Vec<String>>(), ["mean_issue", "median_issue"]);
    [0, 1].map(|at: usize| 100.0 * found[at].expect("measured"))
}

#[test]
fn forecasts_of_european_decisions_err_as_much_as_is_known() {
    let issues = issues();
    assert_eq!(issues.len(), 351);
    let cases = [("salience", [23.641, 28.308]), ("salience_capability", [23.208, 27.661])];
    for (weights, known) in cases {
        let mut sums = [0.0; 2];
        for (actors, outcome) in &issues {
            for (sum, forecast) in sums.iter_mut().zip(forecast(actors, weights)) {
                *sum += (forecast - outcome).abs();
            }
        }
        for (sum, known) in sums.into_iter().zip(known) {
            let error = sum / issues.len() as f64;
            // Known to three decimals.
            assert!((error - known).abs() <= 0.000_5, "{error} instead of {known}");
        }
    }
}
