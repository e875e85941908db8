//! Calibration: known values are found again from what they bring about, and what targets cannot tell
//! is said.

mod desk;

use std::fs;
use std::process::Command;
use std::time::Duration;

use desk::Desk;

const STUDY: &str = r#"
name = "bargain"
model = "ultimatum"
[run]
replications = 2000
seed = 11
[parameters]
own_cost = 0.15
greatest_cost = 0.6
"#;

const PRIORS: &str = r#"
name = "priors"
model = "ultimatum"
[run]
replications = 500
seed = 12
[uncertain]
own_cost = { uniform = [0.0, 0.3] }
greatest_cost = { uniform = [0.3, 1.0] }
cost_log_sd = { uniform = [0.1, 2.0] }
"#;

fn column(desk: &Desk, file: &str, name: &str) -> Vec<f64> {
    let mut reader = csv::Reader::from_path(desk.path(file)).expect("it is there");
    let header = reader.headers().expect("it has one").clone();
    let at =
        header.iter().position(|own| own == name).unwrap_or_else(|| panic!("{name}: {header:?}"));
    reader.records().map(|row| row.expect("it is whole")[at].parse().expect("a number")).collect()
}

/// A desk with targets: the estimates that known values bring about.
fn desk() -> Desk {
    let desk = Desk::new();
    fs::write(desk.path("truth.toml"), STUDY).expect("it can be written");
    fs::write(desk.path("priors.toml"), PRIORS).expect("it can be written");
    desk.done("run truth.toml --out truth --quiet");
    let number = |name: &str| column(&desk, "truth/points.csv", name)[0];
    let mut text =
        "name = \"again\"\nstudy = \"priors.toml\"\n[calibrate]\nparticles = 400\n".to_owned();
    // The demand is certain; it is known here to a hundredth.
    let war = [number("p_war"), number("p_war_low"), number("p_war_high")];
    let demand = number("demand");
    for (name, [value, low, high]) in
        [("p_war", war), ("demand", [demand, demand - 0.01, demand + 0.01])]
    {
        text += &format!(
            "[[targets]]\nestimate = \"{name}\"\nvalue = {value}\nlow = {low}\nhigh = {high}\n"
        );
    }
    fs::write(desk.path("targets.toml"), text).expect("it can be written");
    desk
}

#[test]
fn known_values_are_found_again_and_idle_ones_are_named() {
    let desk = desk();
    let said = desk.done("calibrate targets.toml --out one --quiet --threads 1");
    for (name, truth, prior) in [("own_cost", 0.15, 0.3), ("greatest_cost", 0.6, 0.7)] {
        let mut own = column(&desk, "one/posterior.csv", name);
        own.sort_by(f64::total_cmp);
        // The central 99 %: one false alarm in a hundred for each, at a seed that stays.
        let (low, high) = (own[own.len() / 200], own[own.len() - 1 - own.len() / 200]);
        assert!(low <= truth && truth <= high, "{name}: {low} to {high}");
        assert!(high - low < 0.6 * prior, "{name}: {low} to {high}");
    }
    // Costs are uniform: their log-normal spread does nothing.
    let idle = said.lines().find(|line| line.contains("cost_log_sd")).expect("it is told");
    assert!(idle.contains("say next to nothing of it"), "{said}");
    assert_eq!(said.matches("  hit ").count(), 2, "{said}");
    desk.done("calibrate targets.toml --out many --quiet --threads 5");
    for file in
        ["posterior.csv", "particles.csv", "rounds.csv", "predictive.csv", "charts/predictive.png"]
    {
        let (one, many) = (desk.read(&format!("one/{file}")), desk.read(&format!("many/{file}")));
        assert!(one == many, "{file}");
    }
}

#[test]
fn a_posterior_is_what_a_study_can_take_as_uncertain() {
    let desk = desk();
    desk.done("calibrate targets.toml --out again --quiet");
    let study = PRIORS
        .replace("{ uniform = [0.0, 0.3] }", "{ sample = \"again/posterior.csv\" }")
        .replace("{ uniform = [0.3, 1.0] }", "{ sample = \"again/posterior.csv\" }")
        + "[draws]\ncount = 50\n";
    fs::write(desk.path("after.toml"), study).expect("it can be written");
    desk.done("run after.toml --out after --quiet");
    let found = column(&desk, "after/points.csv", "p_war")[0];
    let known = column(&desk, "truth/points.csv", "p_war")[0];
    assert!((found - known).abs() < 0.05, "{found} {known}");
}

#[test]
fn targets_that_cannot_be_met_are_said_not_to_be() {
    let desk = desk();
    let text = String::from_utf8(desk.read("targets.toml")).expect("it is text");
    // No demand is above all that there is.
    let demand = text.find("estimate = \"demand\"").expect("it is a target");
    let far =
        format!("{}estimate = \"demand\"\nvalue = 5.0\nlow = 4.99\nhigh = 5.01\n", &text[..demand]);
    fs::write(desk.path("far.toml"), far).expect("it can be written");
    let said = desk.done("calibrate far.toml --out far --quiet");
    assert!(
        said.contains("The targets are not met") && said.contains("  miss  fitted   demand"),
        "{said}"
    );
    // What is only checked holds nothing: the same posterior as without it.
    let check = "[[targets]]\nestimate = \"p_war\"\ngiven = \"demand\"\nvalue = 5.0\nlow = 4.9\nhigh = 5.1\ncheck = true\n";
    fs::write(desk.path("checked.toml"), text.clone() + check).expect("it can be written");
    let checked = desk.done("calibrate checked.toml --out checked --quiet");
    assert!(checked.contains("  miss  checked  p_war given demand"), "{checked}");
    let met = desk.done("calibrate targets.toml --out met --quiet");
    assert!(desk.read("checked/posterior.csv") == desk.read("met/posterior.csv"));
    for (from, part) in [
        ("given = \"demand\"", "must be another estimate"),
        ("check = true", "must be true or false"),
        ("estimate = \"p_war\"", "has no meaning without `estimate`"),
    ] {
        let to = match from {
            "check = true" => "check = 1",
            "given = \"demand\"" => "given = \"p_war\"",
            _ => "weibull_shape = true",
        };
        fs::write(desk.path("bad.toml"), text.clone() + &check.replace(from, to))
            .expect("it can be written");
        let done = desk.run("calibrate bad.toml --out bad");
        let said = String::from_utf8_lossy(&done.stderr).into_owned();
        assert!(done.status.code() == Some(1) && said.contains(part), "{said}");
    }
    assert!(!met.contains("not met"), "{met}");
    // The last row is that of the weights with which the posterior was drawn.
    let effective = *column(&desk, "met/rounds.csv", "effective").last().expect("there are rounds");
    let weights = column(&desk, "met/particles.csv", "weight");
    let known = 1.0 / weights.iter().map(|weight| weight * weight).sum::<f64>();
    assert!((effective - known).abs() < 1e-9 * known, "{effective} {known}");
}

#[test]
fn mistakes_in_targets_are_told_with_their_place() {
    let desk = desk();
    let text = String::from_utf8(desk.read("targets.toml")).expect("it is text");
    for (right, wrong, part) in [
        ("estimate = \"p_war\"", "estimate = \"p_peace\"", "must be an estimate"),
        ("estimate = \"p_war\"", "measure = \"war\"", "counted in bins"),
        ("estimate = \"p_war\"", "", "needs one of"),
        ("particles = 400", "particles = 4", "from 20"),
        ("study = \"priors.toml\"", "study = \"truth.toml\"", "must have priors"),
        ("value = ", "value = 9", "must lie between"),
    ] {
        fs::write(desk.path("wrong.toml"), text.replacen(right, wrong, 1))
            .expect("it can be written");
        let output = desk.run("calibrate wrong.toml --out wrong");
        let message = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(1), "{wrong}: {message}");
        assert!(message.contains(part) && message.contains("wrong.toml"), "{wrong}: {message}");
        assert!(!desk.path("wrong").exists());
    }
}

#[test]
fn what_is_killed_goes_on_and_ends_as_if_it_had_not_been() {
    let desk = desk();
    desk.done("calibrate targets.toml --out whole --quiet");
    // Long enough to be caught: a population takes a good part of a second.
    for number in 0..3 {
        let program = assert_cmd::cargo::cargo_bin("armistice");
        let mut child = Command::new(program)
            .args(["calibrate", "targets.toml", "--out", "cut", "--quiet", "--threads", "1"])
            .args((number > 0).then_some("--resume"))
            .current_dir(desk.path("."))
            .spawn()
            .expect("it starts");
        let kept = desk.path(&format!("cut.journal/population-{number}.txt"));
        while !kept.exists() && child.try_wait().expect("it is ours").is_none() {
            std::thread::sleep(Duration::from_millis(1));
        }
        child.kill().expect("it can be killed");
        child.wait().expect("it is ours");
        assert!(kept.exists() && !desk.path("cut").exists(), "population {number} was not caught");
    }
    let refused = |arguments: &str, part: &str| {
        let done = desk.run(arguments);
        let said = String::from_utf8(done.stderr).expect("it is text");
        assert!(done.status.code() == Some(1) && said.contains(part), "{said}");
    };
    refused("calibrate targets.toml --out cut --quiet", "go on with --resume");
    refused("calibrate targets.toml --out cut --seed 4 --resume", "another calibration");
    // A file that a bit has flipped in is played again.
    let last = desk.path("cut.journal/population-2.txt");
    let mut bytes = fs::read(&last).expect("it is there");
    bytes[500] ^= 4;
    fs::write(&last, bytes).expect("it can be written");
    desk.done("calibrate targets.toml --out cut --quiet --resume --threads 2");
    for file in
        ["posterior.csv", "particles.csv", "rounds.csv", "predictive.csv", "provenance.json"]
    {
        assert!(desk.read(&format!("whole/{file}")) == desk.read(&format!("cut/{file}")), "{file}");
    }
    assert!(!desk.path("cut.journal").exists());
}
