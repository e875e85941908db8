//! The worlds that practitioners forecast with, as their users meet them.

mod desk;

use std::fs;

use desk::{Desk, SCENARIO};
use serde_json::Value;

const NEGOTIATION: &str = r#"
name = "negotiation"
[issues.duty]
[issues."start date"]
[actors.A]
role = "party"
capability = 2.0
ideal = { duty = 0.1, "start date" = 0.5 }
salience = { duty = 0.6, "start date" = 0.3 }
[actors."Member B"]
role = "party"
capability = 1.0
ideal = { duty = 0.6, "start date" = 1.0 }
salience = { duty = 0.2, "start date" = 0.7 }
[actors.C]
role = "party"
capability = 1.5
ideal = { duty = 0.9, "start date" = 0.2 }
salience = { duty = 0.5, "start date" = 0.5 }
"#;

fn study(world: &str, more: &str) -> String {
    format!(
        "name = \"forecast\"\nmodel = \"{world}\"\nscenario = \"scenario.toml\"\n\
         [run]\nreplications = 50\nkeep = \"replications\"\n{more}"
    )
}

/// World, and a parameter to sweep.
const WORLDS: [(&str, &str); 3] = [
    ("compromise", "position_sd = [0.0, 0.1]"),
    ("challenge", "rounds = [0, 2]"),
    ("spatial", "turns = [0, 2]"),
];

#[test]
fn forecasts_run_on_a_negotiation() {
    let desk = Desk::new();
    fs::write(desk.path("scenario.toml"), NEGOTIATION).expect("it can be written");
    for (at, (world, sweep)) in WORLDS.into_iter().enumerate() {
        let text = study(world, &format!("[parameters]\nposition_sd = 0.1\n[sweep]\n{sweep}\n"));
        fs::write(desk.path("forecast.toml"), text).expect("it can be written");
        let said = desk.done(&format!("run forecast.toml --out {world} --json --threads 2"));
        let last: Value = serde_json::from_str(said.lines().last().expect("a line")).expect("JSON");
        let estimates = last["estimates"][1].as_object().expect("an object");
        let per_issue = estimates.keys().filter(|name| name.ends_with("start_date")).count();
        assert!(per_issue > 0 && estimates.len() == 1 + 2 * per_issue, "{world}: {said}");
        desk.done(&format!("run {world}/study.toml --out again-{world} --threads 1 --quiet"));
        for file in ["points.csv", "replications.csv", "scenario.toml"] {
            let again = desk.read(&format!("again-{world}/{file}"));
            assert!(desk.read(&format!("{world}/{file}")) == again, "{world}: {file}");
        }
        let chart = if world == "compromise" { "theory" } else { "forecast" };
        let drawn = desk.read(&format!("{world}/charts/{chart}.png"));
        desk.done(&format!("plot {world}"));
        assert!(desk.read(&format!("{world}/charts/{chart}.png")) == drawn, "{world}");
        let told = desk.done("explain forecast.toml --point 1 --replication 7");
        let event = ["", "round 1", "turn 1"][at];
        assert!(told.contains(event), "{told}");
        desk.done(&format!("new new-{world}.toml --model {world}"));
    }
    assert!(desk.path("spatial/charts/positions_start_date.png").exists());
}

#[test]
fn forecasts_run_on_a_war_if_everybody_has_capability() {
    let desk = Desk::new();
    let capable = SCENARIO
        .replace("optimism = 0.2", "optimism = 0.2\ncapability = 0.9")
        .replace("optimism = 0.4", "optimism = 0.4\ncapability = 0.5");
    for (world, _) in WORLDS {
        fs::write(desk.path("scenario.toml"), SCENARIO).expect("it can be written");
        fs::write(desk.path("forecast.toml"), study(world, "")).expect("it can be written");
        let refused = desk.run("run forecast.toml --out refused");
        let error = String::from_utf8_lossy(&refused.stderr);
        assert_eq!(refused.status.code(), Some(1), "{error}");
        assert!(error.contains("`actors.Russia.capability` is 0"), "{error}");
        fs::write(desk.path("scenario.toml"), &capable).expect("it can be written");
        desk.done(&format!("run forecast.toml --out {world} --quiet"));
        desk.done(&format!("run {world}/study.toml --out again-{world} --quiet"));
    }
}

#[test]
fn names_that_make_one_column_twice_are_refused() {
    let desk = Desk::new();
    let actor = "role = \"party\"\ncapability = 1\nideal = { C = 0.1, B_C = 0.2 }\nsalience = { C = 0.1, B_C = 0.2 }\n";
    let text = format!(
        "name = \"twice\"\n[issues.C]\n[issues.B_C]\n[actors.A_B]\n{actor}[actors.A]\n{actor}"
    );
    fs::write(desk.path("scenario.toml"), text).expect("it can be written");
    fs::write(desk.path("forecast.toml"), study("spatial", "")).expect("it can be written");
    let refused = desk.run("run forecast.toml --out run");
    let error = String::from_utf8_lossy(&refused.stderr);
    assert!(refused.status.code() == Some(1) && error.contains("`position_A_B_C`"), "{error}");
}

#[test]
fn a_negotiation_is_no_war_and_says_so() {
    let mistakes = [
        (
            "role = \"party\"",
            "role = \"member\"\nsupport = 0\nfatigue = 0\nrally = 0",
            "must hold parties alone",
        ),
        ("capability = 2.0", "capability = 2.0\nsupport = 1.0", "`actors.A.support`"),
        ("capability = 2.0", "", "`actors.A.capability` is missing"),
        ("capability = 2.0", "capability = 0", "weighs every actor"),
        ("{ duty = 0.6, \"start", "{ duty = 0.9, \"start", "to 1 at most"),
        ("[issues.duty]", "[issues.duty]\nwhile_fighting = 2", "while_fighting` is 2"),
    ];
    for (right, wrong, part) in mistakes {
        let desk = Desk::new();
        assert!(NEGOTIATION.contains(right), "{right}");
        let text = NEGOTIATION.replacen(right, wrong, 1);
        fs::write(desk.path("scenario.toml"), text).expect("it can be written");
        fs::write(desk.path("forecast.toml"), study("spatial", "")).expect("it can be written");
        let refused = desk.run("run forecast.toml --out run");
        let error = String::from_utf8_lossy(&refused.stderr);
        assert!(refused.status.code() == Some(1) && error.contains(part), "{part}: {error}");
    }
    let desk = Desk::new();
    fs::write(desk.path("scenario.toml"), NEGOTIATION).expect("it can be written");
    for command in ["run study.toml --out run", "bargain scenario.toml"] {
        let refused = desk.run(command);
        let error = String::from_utf8_lossy(&refused.stderr);
        assert!(error.contains("one challenger and one defender"), "{command}: {error}");
    }
}
