//! Games in normal form: against Gambit's own numbers, from files well-formed and not.

use std::fs;

use assert_cmd::Command;
use engine::{NormalForm, quantal_branch};
use serde_json::Value;

fn matrix(value: &Value) -> Vec<Vec<f64>> {
    let row = |row: &Value| {
        let row = row.as_array().expect("a row");
        row.iter().map(|x| x.as_f64().expect("a number")).collect()
    };
    value.as_array().expect("rows").iter().map(row).collect()
}

fn game(own: &Value) -> NormalForm {
    let (a, b) = (matrix(&own["A"]), matrix(&own["B"]));
    let names = |count: usize| (0..count).map(|k| k.to_string()).collect();
    let mut payoffs = Vec::new();
    for column in 0..a[0].len() {
        for row in 0..a.len() {
            payoffs.extend([a[row][column], b[row][column]]);
        }
    }
    let strategies = vec![names(a.len()), names(a[0].len())];
    NormalForm::new(vec!["x".to_owned(), "y".to_owned()], strategies, payoffs).expect("valid")
}

/// How far strategies are from logit responses to each other.
fn residual(game: &NormalForm, mixed: &engine::Mixed, lambda: f64) -> f64 {
    let mut most: f64 = 0.0;
    for (player, own) in mixed.iter().enumerate() {
        let replies = game.replies(player, mixed);
        let response = engine::logit_choice(&replies, 1.0 / lambda);
        for (chance, response) in own.iter().zip(response) {
            most = most.max((chance - response).abs());
        }
    }
    most
}

/// tests/data/qre_normal_form.json: made with pygambit 16.7.0 and nashpy 0.0.43.
#[test]
fn equilibria_and_quantal_responses_are_those_of_gambit() {
    let text = include_str!("data/qre_normal_form.json");
    let known: Value = serde_json::from_str(text).expect("it is JSON");
    let games = known["games"].as_object().expect("games by name");
    assert!(games.len() >= 4);
    for (name, own) in games {
        let game = game(own);
        let points = own["points"].as_array().expect("points");
        let lambdas: Vec<f64> = points.iter().map(|p| p["lam"].as_f64().expect("λ")).collect();
        let branch = quantal_branch(&game, &lambdas);
        assert_eq!((branch.points.len(), branch.stopped_at), (points.len(), None), "{name}");
        for (found, point) in branch.points.iter().zip(points) {
            let one = |name: &str| matrix(&Value::Array(vec![point[name].clone()])).remove(0);
            let expected = vec![one("x"), one("y")];
            assert!(found.residual < 1e-10, "{name}");
            if branch.crossings.iter().any(|crossing| *crossing < found.lambda) {
                // Beyond a crossing Gambit has left the symmetric branch: its point is another
                // equilibrium at the same λ.
                assert_eq!(name, "battle_of_sexes");
                assert!(residual(&game, &expected, found.lambda) < 1e-10, "{name}");
                continue;
            }
            for (found, expected) in found.strategies.concat().iter().zip(expected.concat()) {
                // Both sides leave residuals of 1e-12 and less at λ ≤ 10.
                assert!((found - expected).abs() < 1e-9, "{name} at {}", point["lam"]);
            }
        }
        let equilibria = game.equilibria().expect("two players").all;
        let exact = own["nash_extreme_exact"].as_array().expect("equilibria");
        assert_eq!(equilibria.len(), exact.len(), "{name}");
        for profile in exact {
            let number = |text: &Value| -> f64 {
                let text = text.as_str().expect("a fraction");
                match text.split_once('/') {
                    None => text.parse().expect("a number"),
                    Some((a, b)) => {
                        a.parse::<f64>().expect("over") / b.parse::<f64>().expect("under")
                    }
                }
            };
            let flat: Vec<f64> = profile
                .as_array()
                .expect("players")
                .iter()
                .flat_map(|own| {
                    own.as_array().expect("chances").iter().map(number).collect::<Vec<_>>()
                })
                .collect();
            let same = |found: &engine::Equilibrium| {
                let found = found.strategies.concat();
                found.iter().zip(&flat).all(|(a, b)| (a - b).abs() < 1e-12)
            };
            assert!(equilibria.iter().any(same), "{name}: {flat:?} is missing");
        }
    }
}

fn solve(
    folder: &tempfile::TempDir,
    name: &str,
    text: &str,
    more: &[&str],
) -> std::process::Output {
    fs::write(folder.path().join(name), text).expect("it can be written");
    let mut command = Command::new(assert_cmd::cargo::cargo_bin!("armistice"));
    command.current_dir(folder.path()).arg("solve").arg(name).args(more);
    command.output().expect("the program starts")
}

const NFG: &str = "NFG 1 R \"Dilemma\"\n{ \"A\" \"B\" } { 2 2 }\n\n3 3 5 0 0 5 1 1\n";
const OUTCOMES: &str = "NFG 1 D \"Dilemma\" { \"A\" \"B\" } { { \"c\" \"d\" } { \"c\" \"d\" } } \"\"\n{\n{ \"both\" 3, 3 } { \"a\" 10/2, 0 } { \"b\" 0, 5 } { \"none\" 1, 1 }\n}\n1 2 3 4\n";
const TOML: &str = "players = [\"A\", \"B\"]\n[strategies]\nA = [\"c\", \"d\"]\nB = [\"c\", \"d\"]\n[payoffs]\nA = [[3, 0], [5, 1]]\nB = [[3, 5], [0, 1]]\n";

#[test]
fn the_same_game_in_three_forms_has_the_same_solution() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let mut answers = Vec::new();
    for (name, text) in [("a.nfg", NFG), ("b.nfg", OUTCOMES), ("c.toml", TOML)] {
        let output = solve(&folder, name, text, &["--json", "--lambda", "0.5,1,2"]);
        assert!(output.status.success(), "{name}: {}", String::from_utf8_lossy(&output.stderr));
        let answer: Value = serde_json::from_slice(&output.stdout).expect("it is JSON");
        assert_eq!(answer["branch"], "complete");
        assert_eq!(answer["equilibria"][0]["kind"], "pure");
        assert_eq!(answer["equilibria"][0]["payoffs"], serde_json::json!([1.0, 1.0]));
        answers.push((answer["equilibria"].clone(), answer["qre"].clone()));
    }
    assert!(answers[0] == answers[1] && answers[1] == answers[2]);
    let text = String::from_utf8(solve(&folder, "c.toml", TOML, &[]).stdout).expect("UTF-8");
    assert!(text.contains("Nash equilibria: 1") && text.contains("c 0.0000, d 1.0000"), "{text}");
}

#[test]
fn three_players_have_their_pure_equilibria_and_quantal_responses() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    // Matching: everybody has 1 where all choose alike.
    let text = "NFG 1 R \"\" { \"A\" \"B\" \"C\" } { 2 2 2 } 1 1 1 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 1 1 1";
    let output = solve(&folder, "three.nfg", text, &["--json"]);
    let answer: Value = serde_json::from_slice(&output.stdout).expect("it is JSON");
    assert_eq!(answer["equilibria"].as_array().expect("a list").len(), 2);
    assert_eq!(answer["mixed_sought"], false);
    assert_eq!(answer["qre"].as_array().expect("a list").len(), 6);
}

#[test]
fn malformed_games_are_refused_with_their_line() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let mistakes = [
        ("a.nfg", NFG.replace("5 1 1", "5 1"), "a.nfg:4: the file ends where a payoff must stand"),
        ("a.nfg", NFG.replace("1 1\n", "1 1 7\n"), "nothing more may stand after the payoffs"),
        (
            "a.nfg",
            NFG.replace("3 3 5", "3 x 5"),
            "a.nfg:4: a payoff is \"x\", but must be a number",
        ),
        ("a.nfg", NFG.replace("3 3 5", "3 inf 5"), "must be a number"),
        ("a.nfg", NFG.replace("3 3 5", "3 1/0 5"), "must be a number"),
        ("a.nfg", NFG.replace("NFG 1", "EFG 2"), "a.nfg:1: NFG must stand here"),
        ("a.nfg", NFG.replace("{ 2 2 }", "{ 2 2 2 }"), "there are 2 players, but strategies of 3"),
        ("a.nfg", NFG.replace("{ 2 2 }", "{ 2 999 }"), "a.nfg:4: the file ends"),
        ("a.nfg", NFG.replace("{ 2 2 }", "{ 999 999 }"), "too many profiles"),
        ("a.nfg", NFG.replace("\"B\" }", "\"B }"), "a.nfg:2: a text in quotes must end"),
        ("a.nfg", String::new(), "a.nfg:1: the file ends where NFG must stand"),
        ("b.nfg", OUTCOMES.replace("1 2 3 4", "1 2 3 5"), "must be a whole number from 0 to 4"),
        ("c.toml", TOML.replace("[5, 1]]", "[5]]"), "c.toml:6: `payoffs.A` is"),
        ("c.toml", TOML.replace("[0, 1]]", "[0, \"one\"]]"), "c.toml:7"),
        ("c.toml", TOML.replace("[payoffs]", "[payofs]"), "did you mean `payoffs`"),
        (
            "c.toml",
            TOML.replace("\"A\", \"B\"]\n[s", "\"A\", \"A\"]\n[s"),
            "must not stand there twice",
        ),
        ("c.toml", TOML.replace("A = [\"c\", \"d\"]", "A = []"), "c.toml"),
        ("d.txt", TOML.to_owned(), "must end in .nfg or .efg"),
    ];
    for (name, text, part) in mistakes {
        let output = solve(&folder, name, &text, &[]);
        let error = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{name} {part}: {error}");
        assert!(error.contains(part), "{part} is not in: {error}");
        assert!(output.stdout.is_empty(), "{part}");
    }
    assert_eq!(solve(&folder, "c.toml", TOML, &["--lambda", "-1"]).status.code(), Some(2));
}
