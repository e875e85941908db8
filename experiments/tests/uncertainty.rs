//! What is not known, from a study to its tables, and what outputs owe to inputs.

mod desk;

use std::f64::consts::PI;
use std::fmt::Write as _;
use std::fs;

use desk::Desk;

const UNCERTAIN: &str = r#"
[uncertain]
signalling = { normal = [0.3, 0.4] }
front.aid = { uniform = [0.0, 0.4] }
actors."Member A".support = { triangular = [-1.0, -0.2, 0.5] }
"#;

/// A desk whose study sweeps unity and draws three inputs.
fn desk(draws: &str) -> Desk {
    let desk = Desk::new();
    let study = String::from_utf8(desk.read("study.toml")).expect("it is text");
    let study = study
        .replace("keep = \"replications\"\n", "")
        .replace("replications = 700", "replications = 150")
        .replace("decision_rule = [\"best-response\", \"quantal\"]\n", "");
    fs::write(desk.path("study.toml"), format!("{study}{UNCERTAIN}[draws]\n{draws}\n"))
        .expect("it can be written");
    desk
}

fn table(desk: &Desk, name: &str) -> (Vec<String>, Vec<Vec<String>>) {
    let mut reader = csv::Reader::from_path(desk.path(name)).expect("it is there");
    let header = reader.headers().expect("it has one").iter().map(str::to_owned).collect();
    let row = |row: csv::StringRecord| row.iter().map(str::to_owned).collect();
    (header, reader.records().map(|record| row(record.expect("it is whole"))).collect())
}

fn column(header: &[String], name: &str) -> usize {
    header.iter().position(|own| own == name).unwrap_or_else(|| panic!("{name}: {header:?}"))
}

#[test]
fn draws_are_the_same_on_any_number_of_threads_and_from_their_own_study() {
    for draws in ["count = 12", "method = \"saltelli\"\ncount = 4\nsecond_order = true"] {
        let desk = desk(draws);
        desk.done("run study.toml --out one --threads 1 --quiet");
        desk.done("run study.toml --out many --threads 5 --quiet");
        desk.done("run one/study.toml --out again --quiet");
        for file in [
            "draws.csv",
            "uncertainty.csv",
            "points.csv",
            "survival.csv",
            "report.html",
            "charts/ignorance.png",
            "charts/sensitivity.png",
            "charts/p_durable.svg",
        ] {
            let one = desk.read(&format!("one/{file}"));
            assert!(one == desk.read(&format!("many/{file}")), "{file}");
            assert!(one == desk.read(&format!("again/{file}")), "{file}");
        }
        desk.done("plot one");
        desk.done("report one");
    }
}

#[test]
fn points_are_means_over_draws_and_the_spread_is_told() {
    let desk = desk("count = 20");
    let said = desk.done("run study.toml --out run --quiet");
    assert!(
        said.contains("Over 20 draws of 3 uncertain inputs") && said.contains("not chance"),
        "{said}"
    );
    let (header, draws) = table(&desk, "run/draws.csv");
    let (points_header, points) = table(&desk, "run/points.csv");
    assert_eq!((draws.len(), points.len()), (3 * 20, 3));
    let (at, own) = (column(&header, "p_agreement"), column(&points_header, "p_agreement"));
    for (number, point) in points.iter().enumerate() {
        let all: Vec<f64> = draws
            .iter()
            .filter(|row| row[0] == number.to_string())
            .map(|row| row[at].parse().expect("a number"))
            .collect();
        let mean = all.iter().sum::<f64>() / 20.0;
        let told: f64 = point[own].parse().expect("a number");
        // Shares of 150 replications added in another order.
        assert!((mean - told).abs() < 1e-12, "{mean} {told}");
        assert_eq!(point[column(&points_header, "n")], "3000");
    }
    // Replications of one draw belong together: bands that count them are left out.
    let (survival_header, survival) = table(&desk, "run/survival.csv");
    for name in ["low", "high", "km_low", "km_high"] {
        let at = column(&survival_header, name);
        assert!(survival.iter().all(|row| row[at].is_empty()), "{name}");
    }
    let month = String::from_utf8(desk.read("run/charts/month.svg")).expect("it is text");
    assert!(month.contains("without bands") && !month.contains("Wilson"));
    // All points see a draw before the next.
    let order: Vec<&str> = draws.iter().map(|row| row[0].as_str()).collect();
    assert_eq!(order[..6], ["0", "1", "2", "0", "1", "2"]);
}

#[test]
fn what_is_set_is_no_longer_uncertain() {
    let desk = desk("count = 5");
    desk.done("run study.toml --out run --quiet --set front.aid=0.2");
    let (header, _) = table(&desk, "run/draws.csv");
    assert!(!header.contains(&"front.aid".to_owned()) && header.contains(&"signalling".to_owned()));
}

#[test]
fn every_design_answers_its_own_question() {
    for (draws, words) in [
        ("method = \"saltelli\"\ncount = 8", "first order"),
        ("method = \"morris\"\ncount = 4", "mu*"),
        ("method = \"one-at-a-time\"", "swing"),
        ("method = \"sobol\"\ncount = 16", "threshold"),
        ("method = \"random\"\ncount = 16", "threshold"),
    ] {
        let desk = desk(draws);
        desk.done("run study.toml --out run --quiet");
        let said = desk.done("sensitivity run");
        assert!(
            said.contains(words) && said.contains("actors.Member_A.support"),
            "{draws}: {said}"
        );
        let json = desk.done("sensitivity run --point 2 --output p_agreement --method pawn --json");
        let json: serde_json::Value = serde_json::from_str(&json).expect("it is JSON");
        assert_eq!(json["indices"].as_array().map(Vec::len), Some(3), "{json}");
    }
}

#[test]
fn indices_of_a_table_are_those_of_theory() {
    let desk = Desk::new();
    let order = engine::SaltelliOrder { inputs: 3, second_order: true };
    let rows = engine::saltelli(engine::Seed(5), 2048, order).expect("there are dimensions");
    let mut text = "y,x3,x1,x2\n".to_owned();
    for row in &rows {
        let x: Vec<f64> = row.iter().map(|u| PI * (2.0 * u - 1.0)).collect();
        let y = x[0].sin() + 7.0 * x[1].sin().powi(2) + 0.1 * x[2].powi(4) * x[0].sin();
        let _ = writeln!(text, "{y},{},{},{}", x[2], x[0], x[1]);
    }
    fs::write(desk.path("t.csv"), &text).expect("it can be written");
    let json =
        desk.done("sensitivity --table t.csv --inputs x1,x2,x3 --output y --method sobol --json");
    let json: serde_json::Value = serde_json::from_str(&json).expect("it is JSON");
    // Ishigami and Homma (1990), a = 7, b = 0.1.
    let known = [(0.313_905, 0.557_589), (0.442_411, 0.442_411), (0.0, 0.243_684)];
    for (own, (first, total)) in json["indices"].as_array().expect("a list").iter().zip(known) {
        for (name, value) in [("first", first), ("total", total)] {
            let end = |end: &str| own[format!("{name}{end}")].as_f64().expect("a number");
            assert!(end("_low") <= value && value <= end("_high"), "{own} {value}");
        }
    }
    assert_eq!(json["n"], 2048);
    for (method, shown) in [("sobol", "first order"), ("prim", "Coverage"), ("pawn", "Kolmogorov")]
    {
        let table = "sensitivity --table t.csv --inputs x1,x2,x3 --output y --threshold 5";
        desk.done(&format!("{table} --method {method} --chart {method}.svg"));
        let picture = String::from_utf8(desk.read(&format!("{method}.svg"))).expect("it is text");
        assert!(picture.contains(shown), "{method}");
        let again = desk.run(&format!("{table} --method {method} --chart {method}.svg"));
        assert_eq!(again.status.code(), Some(1), "a picture is not overwritten");
    }
    assert_eq!(json["pairs"].as_array().map(Vec::len), Some(3));
    let cut = text.lines().take(12).collect::<Vec<_>>().join("\n");
    fs::write(desk.path("cut.csv"), cut).expect("it can be written");
    let mixed =
        text.replace("x3,x1,x2", "x1,x3,x2").lines().take(17).collect::<Vec<_>>().join("\n");
    fs::write(desk.path("other.csv"), mixed + "\n").expect("it can be written");
    for (arguments, part) in [
        ("--table cut.csv --inputs x1,x2,x3 --output y --method sobol", "no multiple"),
        ("--table t.csv --inputs x1,x2 --output y --method morris", "no multiple of k + 1"),
        ("--table t.csv --inputs x1,x9 --output y --method pawn", "no column `x9`"),
        ("--table t.csv --inputs x1,x2 --output y --method prim --threshold 99", "threshold"),
        ("--table t.csv --inputs x1,x2 --output y --method sobel", "must be one of"),
    ] {
        let output = desk.run(&format!("sensitivity {arguments}"));
        let message = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(
            output.status.code() == Some(1) && message.contains(part),
            "{arguments}: {message}"
        );
    }
}

#[test]
fn mistakes_about_what_is_uncertain_are_told_with_their_place() {
    let cases = [
        (
            "signalling = { normal = [0.3, 0.4] }",
            "signalling = { normal = [0.3, -0.4] }",
            "above 0",
        ),
        ("{ normal = [0.3, 0.4] }", "{ gaussian = [0.3, 0.4] }", "no distribution"),
        ("{ normal = [0.3, 0.4] }", "{ normal = [0.3] }", "mean, standard deviation"),
        ("{ normal = [0.3, 0.4] }", "{ normal = [99.0, 0.1] }", "almost all outside"),
        ("{ normal = [0.3, 0.4] }", "0.3", "must be a distribution"),
        ("{ normal = [0.3, 0.4] }", "{ sample = \"none.csv\" }", "none.csv"),
        ("{ normal = [0.3, 0.4] }", "{ discrete = [0.1, 0.2], weights = [1.0] }", "one weight"),
        ("{ normal = [0.3, 0.4] }", "{ discrete = [99.0, 0.5] }", "can be 99"),
        ("{ normal = [0.3, 0.4] }", "{ discrete = [0.5, 99.0], weights = [9, 1] }", "can be 99"),
        ("{ normal = [0.3, 0.4] }", "{ beta = [0.001, 0.001] }", "0.05"),
        (
            "signalling = { normal = [0.3, 0.4] }",
            "horizon_months = { uniform = [12, 80] }",
            "sweep it",
        ),
        ("[run]\n", "[run]\nprecision = 0.01\n", "run.precision"),
        ("signalling =", "signaling =", "did you mean"),
        ("signalling =", "unity =", "swept too"),
        ("count = 12", "count = 0", "from 1"),
        ("count = 12", "method = \"lhs\"", "must be one of"),
        ("count = 12", "levels = 4", "no meaning"),
        ("count = 12", "luck = \"mine\"", "shared"),
        ("[run]\n", "[run]\nkeep = \"replications\"\n", "draws.csv"),
        ("[run]\n", "[run]\npaths = 10\n", "run.paths"),
    ];
    for (right, wrong, part) in cases {
        let desk = desk("count = 12");
        let study = String::from_utf8(desk.read("study.toml")).expect("it is text");
        assert!(study.contains(right), "{right}");
        fs::write(desk.path("study.toml"), study.replacen(right, wrong, 1))
            .expect("it can be written");
        let output = desk.run("check study.toml");
        let message = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(1), "{wrong}: {message}");
        assert!(message.contains(part) && message.contains("study.toml:"), "{wrong}: {message}");
        assert!(!message.contains("panicked"), "{message}");
    }
}

#[test]
fn rows_of_a_sample_are_drawn_together() {
    let desk = desk("count = 30\nmethod = \"random\"");
    fs::write(desk.path("posterior.csv"), "signalling,aid\n0.1,0.01\n0.2,0.02\n0.3,0.03\n")
        .expect("it can be written");
    let study = String::from_utf8(desk.read("study.toml")).expect("it is text");
    let study = study
        .replace("{ normal = [0.3, 0.4] }", "{ sample = \"posterior.csv\" }")
        .replace("{ uniform = [0.0, 0.4] }", "{ sample = \"posterior.csv\", column = \"aid\" }");
    fs::write(desk.path("study.toml"), study).expect("it can be written");
    desk.done("run study.toml --out run --quiet");
    let (header, rows) = table(&desk, "run/draws.csv");
    let (a, b) = (column(&header, "signalling"), column(&header, "front.aid"));
    for row in &rows {
        let (a, b): (f64, f64) =
            (row[a].parse().expect("a number"), row[b].parse().expect("a number"));
        assert!((a - 10.0 * b).abs() < 1e-12, "{a} {b}");
    }
    desk.done("run run/study.toml --out again --quiet");
    assert!(desk.read("run/draws.csv") == desk.read("again/draws.csv"));
}

#[test]
fn points_are_left_when_they_are_precise_enough() {
    let desk = Desk::new();
    let study = String::from_utf8(desk.read("study.toml")).expect("it is text");
    let study = study
        .replace("keep = \"replications\"\n", "precision = 0.03\n")
        .replace("replications = 700", "replications = 9000");
    fs::write(desk.path("study.toml"), study).expect("it can be written");
    let said = desk.done("run study.toml --out run --quiet --threads 1");
    assert!(said.contains("left when precise to ± 0.03: after"), "{said}");
    desk.done("run run/study.toml --out again --quiet --threads 4");
    assert!(desk.read("run/points.csv") == desk.read("again/points.csv"));
    let (header, points) = table(&desk, "run/points.csv");
    let number = |row: &[String], name: &str| row[column(&header, name)].parse().expect("a number");
    for row in &points {
        let n: f64 = number(row, "n");
        assert!([1024.0, 2048.0, 4096.0, 8192.0, 9000.0].contains(&n), "{n}");
        for name in ["p_agreement", "p_durable"] {
            let width: f64 =
                number(row, &format!("{name}_high")) - number(row, &format!("{name}_low"));
            assert!(width <= 0.06 || n == 9000.0, "{name}: {width} at {n}");
        }
    }
    // A fixed run of as many replications plays the same ones; its intervals are narrower, for it is looked at
    // once.
    let n: f64 = number(&points[0], "n");
    let fixed = String::from_utf8(desk.read("study.toml")).expect("it is text");
    fs::write(desk.path("fixed.toml"), fixed.replace("precision = 0.03\n", ""))
        .expect("it can be written");
    desk.done(&format!("run fixed.toml --out fixed --quiet --replications {n}"));
    let (_, same) = table(&desk, "fixed/points.csv");
    let at = column(&header, "p_durable");
    assert_eq!(same[0][at], points[0][at]);
    assert!(number(&same[0], "p_durable_low") > number(&points[0], "p_durable_low"));
}

#[test]
fn an_ensemble_is_the_same_study_under_other_rules() {
    let desk = Desk::new();
    let study = String::from_utf8(desk.read("study.toml")).expect("it is text");
    let study = study.replace("decision_rule = [\"best-response\", \"quantal\"]\n", "");
    let ensemble = r#"
[ensemble]
"as it is" = {}
"best response" = { decision_rule = "best-response" }
quiet = { audience.cost = 0.0, actors."Member A".fatigue = 0.0 }
"#;
    fs::write(desk.path("study.toml"), study.clone() + ensemble).expect("it can be written");
    let said = desk.done("run study.toml --out run --quiet");
    assert!(said.contains("Under 3 sets of rules at unity 0.5"), "{said}");
    desk.done("run run/study.toml --out again --quiet");
    assert!(desk.read("run/points.csv") == desk.read("again/points.csv"));
    let (header, points) = table(&desk, "run/points.csv");
    assert_eq!(points.len(), 9);
    let (rules, at) = (column(&header, "ensemble"), column(&header, "p_durable"));
    fs::write(desk.path("alone.toml"), study).expect("it can be written");
    for (set, name) in [("", "as it is"), ("--set decision_rule=best-response", "best response")] {
        desk.done(&format!("run alone.toml --out alone --quiet --force {set}"));
        let (alone_header, alone) = table(&desk, "alone/points.csv");
        let own = points.iter().filter(|row| row[rules] == name);
        for (row, known) in own.zip(&alone) {
            assert_eq!(row[at], known[column(&alone_header, "p_durable")], "{name}");
        }
    }
    for (right, wrong, part) in [
        ("audience.cost = 0.0", "audience.cots = 0.0", "did you mean"),
        ("audience.cost = 0.0", "unity = 0.3", "swept too"),
        ("decision_rule = \"best-response\"", "decision_rule = \"best\"", "one of"),
        ("\"as it is\" = {}", "\"as it is\" = 3", "table of values"),
    ] {
        let text = String::from_utf8(desk.read("study.toml")).expect("it is text");
        fs::write(desk.path("wrong.toml"), text.replacen(right, wrong, 1))
            .expect("it can be written");
        let output = desk.run("check wrong.toml");
        let message = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.code() == Some(1) && message.contains(part), "{wrong}: {message}");
    }
}

#[test]
fn antithetic_pairs_are_told_with_the_errors_of_pairs() {
    let desk = Desk::new();
    let study = String::from_utf8(desk.read("study.toml")).expect("it is text");
    let study = study.replace("[run]\n", "[run]\nantithetic = true\n");
    fs::write(desk.path("study.toml"), &study).expect("it can be written");
    desk.done("run study.toml --out one --threads 1 --quiet");
    desk.done("run study.toml --out many --threads 3 --quiet");
    desk.done("run one/study.toml --out again --quiet");
    for file in ["points.csv", "replications.csv", "survival.csv", "charts/p_agreement.png"] {
        let one = desk.read(&format!("one/{file}"));
        assert!(one == desk.read(&format!("many/{file}")), "{file}");
        assert!(one == desk.read(&format!("again/{file}")), "{file}");
    }
    let (header, rows) = table(&desk, "one/replications.csv");
    let (points_header, points) = table(&desk, "one/points.csv");
    // Of the first replication of a pair the defender's private cost is drawn above its median where that of the
    // second lies below.
    let cost = column(&header, "cost_defender");
    let number = |text: &String| text.parse::<f64>().ok();
    let costs: Vec<f64> = rows[..700].iter().filter_map(|row| number(&row[cost])).collect();
    let products: Vec<f64> = costs.chunks(2).map(|two| two[0] * two[1]).collect();
    let first = products[0];
    assert!(
        products.iter().all(|own| (own / first - 1.0).abs() < 1e-9),
        "log-normal about a median"
    );
    let name = "p_agreement";
    let (at, se) = (column(&points_header, name), column(&points_header, &format!("{name}_se")));
    let signed = column(&header, "agreed");
    for (point, own) in points.iter().zip(rows.chunks(700)) {
        let pairs: Vec<f64> = own
            .chunks(2)
            .map(|two| two.iter().filter_map(|row| number(&row[signed])).sum::<f64>() / 2.0)
            .collect();
        let n = pairs.len() as f64;
        let mean = pairs.iter().sum::<f64>() / n;
        let squares: f64 = pairs.iter().map(|x| (x - mean) * (x - mean)).sum();
        let error = (squares / (n * (n - 1.0))).sqrt();
        assert!((number(&point[at]).expect("a share") - mean).abs() < 1e-12);
        assert!((number(&point[se]).expect("an error") - error).abs() < 1e-12);
    }
    let (survival_header, survival) = table(&desk, "one/survival.csv");
    let low = column(&survival_header, "km_low");
    assert!(survival.iter().all(|row| row[low].is_empty()), "bands count replications");
    let odd = desk.run("run study.toml --replications 701 --out odd --quiet");
    let said = String::from_utf8(odd.stderr).expect("it is text");
    assert!(said.contains("even") && said.contains("replications"), "{said}");
}
