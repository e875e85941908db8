//! The compromise model on 351 decisions of the European Union.
//!
//! tests/data/deu3_issues.tsv: DEU III (Arregui and Perarnaud 2021), doi:10.34810/data53, CC BY 4.0,
//! with a row of GDP added under the header; `p…` positions, `s…` saliences, `out` the outcome.

use engine::{weighted_mean, weighted_median};

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

type Rule = fn(&[f64], &[f64]) -> Option<f64>;
type Weight = fn(&[f64; 3]) -> f64;

#[test]
fn forecasts_of_european_decisions_err_as_much_as_is_known() {
    let issues = issues();
    assert_eq!(issues.len(), 351);
    let salience: Weight = |own| own[1];
    let capability: Weight = |own| own[1] * own[2];
    let cases: [(Rule, Weight, f64); 4] = [
        (weighted_mean, salience, 23.641),
        (weighted_median, salience, 28.308),
        (weighted_mean, capability, 23.208),
        (weighted_median, capability, 27.661),
    ];
    for (rule, weight, known) in cases {
        let mut sum = 0.0;
        for (actors, outcome) in &issues {
            let positions: Vec<f64> = actors.iter().map(|own| own[0]).collect();
            let mut weights: Vec<f64> = actors.iter().map(weight).collect();
            if weights.iter().sum::<f64>() == 0.0 {
                // Nobody with weight cares: everybody counts alike.
                weights.fill(1.0);
            }
            sum += (rule(&positions, &weights).expect("there are weights") - outcome).abs();
        }
        let error = sum / issues.len() as f64;
        // Known to three decimals.
        assert!((error - known).abs() <= 0.000_5, "{error} instead of {known}");
    }
}
