//! Games in extensive form: against Gambit's own numbers, from files well-formed and not.

use std::fs;
use std::path::PathBuf;

use assert_cmd::Command;
use serde_json::Value;

fn data(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/data").join(name)
}

fn solve(file: &std::path::Path, more: &[&str]) -> std::process::Output {
    let mut command = Command::new(assert_cmd::cargo::cargo_bin!("armistice"));
    command.arg("solve").arg(file).args(more).output().expect("the program starts")
}

fn solved(file: &std::path::Path, more: &[&str]) -> Value {
    let output = solve(file, &[&["--json"], more].concat());
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{}: {error}", file.display());
    serde_json::from_slice(&output.stdout).expect("it is JSON")
}

fn numbers(value: &Value) -> Vec<f64> {
    value.as_array().expect("a list").iter().map(|x| x.as_f64().expect("a number")).collect()
}

fn list(value: &Value) -> &Vec<Value> {
    value.as_array().expect("a list")
}

fn near(one: &[f64], other: &[f64], gap: f64) -> bool {
    one.len() == other.len() && one.iter().zip(other).all(|(a, b)| (a - b).abs() <= gap)
}

/// tests/data/efg_reference.json: pygambit 16.7.0, on the games beside it.
#[test]
fn trees_have_the_solutions_that_gambit_finds() {
    let known: Value =
        serde_json::from_str(include_str!("data/efg_reference.json")).expect("it is JSON");
    let games = list(&known["games"]);
    assert_eq!(games.len(), 12);
    for game in games {
        let name = game["file"].as_str().expect("a name");
        let found = solved(&data("efg").join(name), &["--lambda", "0.5,1,2,5"]);
        assert_eq!(found["branch"], "complete", "{name}");
        // Sets are compared by player and then in order.
        let players = list(&found["players"]);
        let own = |set: &Value| players.iter().position(|player| *player == set["player"]);
        let mut order: Vec<usize> = (0..list(&found["information_sets"]).len()).collect();
        order.sort_by_key(|set| own(&found["information_sets"][set]));
        for (point, known) in list(&found["qre"]).iter().zip(list(&game["qre"])) {
            for (set, known) in order.iter().zip(list(&known["p"])) {
                // Our equations hold to 1e-12 (1 + λ); their inverse is of the order of 10 at most.
                let own = numbers(&point["strategies"][set]);
                assert!(near(&own, &numbers(known), 1e-10), "{name} at {}", point["lambda"]);
            }
            let payoffs = near(&numbers(&point["payoffs"]), &numbers(&known["payoffs"]), 1e-8);
            assert!(payoffs, "{name} at {}", point["lambda"]);
            assert!(point["residual"].as_f64().expect("a number") < 1e-10, "{name}");
        }
        assert_eq!(list(&found["qre"]).len(), 4, "{name}");
        assert_eq!(found["crossings"] == Value::Array(Vec::new()), !name.contains("pitchfork"));
        match &game["induction"] {
            Value::Null => assert!(found["backward_induction"].is_null(), "{name}"),
            payoffs => {
                let own = numbers(&found["backward_induction"]["payoffs"]);
                assert!(near(&own, &numbers(payoffs), 1e-14), "{name}");
                assert_eq!(found["backward_induction"]["ties"], false, "{name}");
            }
        }
        let equilibria = list(&found["equilibria"]);
        if let Some(extreme) = game["extreme"].as_array() {
            assert_eq!(equilibria.len(), extreme.len(), "{name}");
            for known in extreme {
                let known = numbers(known);
                let same = |own: &&Value| near(&numbers(&own["payoffs"]), &known, 1e-12);
                assert!(equilibria.iter().find(same).is_some(), "{name}: {known:?} is missing");
            }
        } else {
            assert_eq!(equilibria.len(), game["pure"].as_u64().unwrap_or(0) as usize, "{name}");
        }
    }
}

const CARD: &str = include_str!("data/efg/03a_card_game.efg");

const TREE: &str = r#"
players = ["Fred", "Alice"]
[tree.chance.red]
probability = 0.5
player = "Fred"
[tree.chance.red.actions.raise]
player = "Alice"
set = "facing a raise"
actions.meet = { payoffs = [2, -2] }
actions.pass = { payoffs = [1, -1] }
[tree.chance.red.actions.fold]
payoffs = [1, -1]
[tree.chance.black]
probability = 0.5
player = "Fred"
[tree.chance.black.actions.raise]
player = "Alice"
set = "facing a raise"
actions.meet = { payoffs = [-2, 2] }
actions.pass = { payoffs = [1, -1] }
[tree.chance.black.actions.fold]
payoffs = [-1, 1]
"#;

#[test]
fn a_tree_in_toml_is_the_same_game() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let file = folder.path().join("card.toml");
    fs::write(&file, TREE).expect("it can be written");
    let (ours, gambit) = (solved(&file, &[]), solved(&data("efg/03a_card_game.efg"), &[]));
    for key in ["players", "equilibria", "qre", "branch"] {
        assert_eq!(ours[key], gambit[key], "{key}");
    }
    // Myerson (1991), figure 2.2: Fred always raises on red and with 1/3 on black.
    let text = String::from_utf8(solve(&file, &[]).stdout).expect("UTF-8");
    assert!(text.contains("raise / raise 0.3333") && text.contains("meet 0.6667"), "{text}");
}

#[test]
fn malformed_trees_are_refused_with_their_line() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let mut deep = "EFG 2 R \"\" { \"A\" }\n".to_owned();
    for at in 0..5000 {
        deep += &format!("p \"\" 1 {at} \"\" {{ \"on\" }} 0\n");
    }
    deep += "t \"\" 0\n";
    let mistakes = [
        ("a.efg", CARD.replace("EFG 2", "EFG 3"), "a.efg:1: the version, 2 must stand here"),
        (
            "a.efg",
            CARD.replace("\"black\" 1/2", "\"black\" 1/3"),
            "a.efg:4: chance move 1 must have chances from 0 on that add up to 1, not to 0.83",
        ),
        (
            "a.efg",
            CARD.replace("p \"\" 2 1 0", "p \"\" 2 7 0"),
            "a.efg:11: information set 7 must be",
        ),
        ("a.efg", CARD.replace("p \"\" 2 1 0", "p \"\" 3 1 0"), "whole number from 0 to 2"),
        ("a.efg", CARD.replace("p \"\" 2 1 0", "p \"\" 0 1 0"), "must count from 1"),
        (
            "a.efg",
            CARD.replace("p \"\" 2 1 0", "x \"\" 2 1 0"),
            "a.efg:11: c, p or t must stand here",
        ),
        (
            "a.efg",
            CARD.replace("p \"\" 2 1 0", "p \"\" 2 1 \"facing a raise\" { \"meet\" } 0"),
            "information set 1 differs",
        ),
        (
            "a.efg",
            CARD.replace("{ 2, -2 }", "{ 2 }"),
            "a.efg:7: a payoff must stand here, a number",
        ),
        ("a.efg", CARD.replace("t \"\" 2\np", "t \"\" 9\np"), "outcome 9 must be described"),
        (
            "a.efg",
            CARD.replace("t \"\" 4 \"Alice wins\" { -1, 1 }\n", ""),
            "the file ends where a node",
        ),
        ("a.efg", format!("{CARD}t \"\" 0\n"), "nothing more may stand after the tree"),
        ("a.efg", CARD.replace("\"Alice\" }", "\"Alice }"), "a.efg:1: a text in quotes must end"),
        ("a.efg", CARD.replace("deal\"", "deal"), "a.efg"),
        ("a.efg", deep, "deeper than 200 moves"),
        ("b.toml", TREE.replace("\"Fred\"\n", "\"Frde\"\n"), "did you mean `Fred`"),
        ("b.toml", TREE.replace("probability = 0.5", "probability = 0.6"), "add up to 1"),
        (
            "b.toml",
            TREE.replace("probability = 0.5\n", ""),
            "`tree.chance.red.probability` is missing",
        ),
        ("b.toml", TREE.replace("payoffs = [2, -2]", "payoffs = [2]"), "one for each player"),
        (
            "b.toml",
            TREE.replace("actions.meet = { payoffs = [-2", "actions.met = { payoffs = [-2"),
            "with other actions",
        ),
        ("b.toml", TREE.replace("payoffs = [-1, 1]", ""), "a node must have a `player`"),
    ];
    for (name, text, part) in mistakes {
        let file = folder.path().join(name);
        fs::write(&file, text).expect("it can be written");
        let output = solve(&file, &[]);
        let error = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{part}: {error}");
        assert!(error.contains(part), "{part} is not in: {error}");
        assert!(output.stdout.is_empty(), "{part}");
    }
}
