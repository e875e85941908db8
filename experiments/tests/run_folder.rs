//! A run folder read again: its tables hang together, and what was not written by the run is refused.

mod desk;

use std::collections::BTreeMap;
use std::fs;

use desk::Desk;

/// A table by column; cells as text.
fn table(desk: &Desk, name: &str) -> Vec<BTreeMap<String, String>> {
    let mut reader = csv::Reader::from_path(desk.path(name)).expect("it is there");
    reader.deserialize().map(|row| row.expect("it is whole")).collect()
}

fn number(row: &BTreeMap<String, String>, column: &str) -> f64 {
    row[column].parse().unwrap_or_else(|_| panic!("{column}: {:?}", row[column]))
}

const CAUSES: [&str; 6] = [
    "no_talks",
    "nothing_offered",
    "refused_by_challenger",
    "refused_by_defender",
    "refused_by_both",
    "refused_by_coalition",
];

#[test]
fn months_add_up_to_what_the_rows_tell() {
    const PATHS: f64 = 300.0;
    let desk = Desk::new();
    let study = String::from_utf8(desk.read("study.toml")).expect("it is text");
    // Not a multiple of a block, and fewer than there are replications.
    let study = study.replace("[run]\n", "[run]\npaths = 300\n");
    fs::write(desk.path("study.toml"), study).expect("it can be written");
    desk.done("run study.toml --out run --quiet");
    let (states, rows) = (table(&desk, "run/states.csv"), table(&desk, "run/replications.csv"));
    let points = table(&desk, "run/points.csv").len();
    assert_eq!(states.len(), points * 60);
    for point in 0..points {
        let here = |row: &&BTreeMap<String, String>| number(row, "point") == point as f64;
        let first = |row: &&BTreeMap<String, String>| number(row, "replication") < PATHS;
        let own: Vec<_> = states.iter().filter(here).collect();
        let played: Vec<_> = rows.iter().filter(here).filter(first).collect();
        assert_eq!(played.len() as f64, PATHS);
        for cause in CAUSES {
            let counted: f64 = own.iter().map(|row| number(row, cause)).sum();
            let told: f64 = played.iter().map(|row| number(row, &format!("months_{cause}"))).sum();
            assert_eq!(counted, told, "{cause} at point {point}");
        }
        let mut signed = 0.0;
        for row in own {
            let month = number(row, "month");
            let at_war: f64 = CAUSES.iter().map(|cause| number(row, cause)).sum();
            signed += number(row, "signed");
            assert_eq!(at_war + signed, PATHS, "month {month}");
            let told = played.iter().filter(|row| row["month"] == format!("{month}")).count();
            assert_eq!(number(row, "signed"), told as f64, "month {month}");
        }
    }
}

#[test]
fn quantiles_of_paths_are_those_of_the_rows() {
    let desk = Desk::new();
    desk.done("run study.toml --out run --quiet");
    let (paths, rows) = (table(&desk, "run/paths.csv"), table(&desk, "run/replications.csv"));
    for point in [0.0, 5.0] {
        let mut ends: Vec<f64> = rows
            .iter()
            .filter(|row| number(row, "point") == point && row["agreed"] == "0")
            .map(|row| number(row, "audience"))
            .collect();
        ends.sort_by(f64::total_cmp);
        let row = paths
            .iter()
            .find(|row| {
                number(row, "point") == point
                    && row["ended"] == "unsigned"
                    && row["quantity"] == "audience"
                    && row["month"] == "60"
            })
            .expect("some end without an agreement");
        assert_eq!(number(row, "n"), ends.len() as f64);
        for (column, share) in [("q05", 0.05), ("q25", 0.25), ("median", 0.5), ("q95", 0.95)] {
            let rank = share * ends.len() as f64;
            // A quantile lies in the bin of the number of its rank: 120 bins to the hardest word,
            // 0.3 + 0.3 + 4 x 0.4 = 2.2; five decimals are written.
            let width = 2.2 / 120.0 + 1e-5;
            let (low, high) =
                (ends[(rank.floor() as usize).saturating_sub(1)], ends[rank.ceil() as usize]);
            let found = number(row, column);
            assert!(
                low - width <= found && found <= high + width,
                "{column}: {found}, {low} to {high}"
            );
        }
    }
}

#[test]
fn without_paths_there_are_no_tables_of_them() {
    let desk = Desk::new();
    let study = String::from_utf8(desk.read("study.toml")).expect("it is text");
    fs::write(desk.path("study.toml"), study.replace("[run]\n", "[run]\npaths = 0\n"))
        .expect("it can be written");
    desk.done("run study.toml --out run --quiet");
    for file in ["paths.csv", "states.csv", "charts/paths.png", "charts/course.png"] {
        assert!(!desk.path("run").join(file).exists(), "{file}");
    }
    desk.done("plot run");
    desk.done("report run");
}

/// What a command says when it refuses a run, drawing nothing.
fn refusal(desk: &Desk, command: &str) -> String {
    fs::remove_dir_all(desk.path("run/charts")).ok();
    let output = desk.run(command);
    let message = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(1), "{command}: {message}");
    assert!(!desk.path("run/charts").exists(), "{command} drew something");
    message
}

#[test]
fn a_folder_that_is_not_as_it_was_written_is_refused() {
    let desk = Desk::new();
    desk.done("run study.toml --out run --quiet");
    desk.done("run study.toml --out other --quiet --seed 8");
    let texts = ["study.toml", "scenario.toml"];
    let tables = ["points", "distributions", "survival", "solutions", "paths", "states"];
    let tables = tables.map(|name| format!("{name}.csv"));
    for file in texts.iter().copied().chain(tables.iter().map(String::as_str)) {
        let (path, whole) = (desk.path("run").join(file), desk.read(&format!("run/{file}")));
        let mut edited = whole.clone();
        let digit = edited.iter().rposition(u8::is_ascii_digit).expect("there are numbers");
        edited[digit] = if edited[digit] == b'1' { b'2' } else { b'1' };
        fs::write(&path, edited).expect("it can be written");
        for command in ["plot run", "report run", "compare other run"] {
            let message = refusal(&desk, command);
            assert!(
                message.contains(file) && message.contains("not as the run wrote it"),
                "{message}"
            );
        }
        fs::remove_file(&path).expect("it is there");
        let message = refusal(&desk, "plot run");
        let missing = if file == "study.toml" { "not a run folder" } else { "missing" };
        assert!(message.contains(file) && message.contains(missing), "{message}");
        fs::write(&path, whole).expect("it can be written");
    }
    let rows = desk.path("run/replications.csv");
    let longer = [desk.read("run/replications.csv"), b"\n".to_vec()].concat();
    fs::write(rows, longer).expect("it can be written");
    assert!(refusal(&desk, "compare other run").contains("replications.csv"));
    desk.done("plot run");
}

#[test]
fn a_folder_of_another_version_or_origin_is_refused() {
    let desk = Desk::new();
    desk.done("run study.toml --out run --quiet");
    let whole = String::from_utf8(desk.read("run/provenance.json")).expect("it is text");
    let version = format!("\"version\": \"{}\"", env!("CARGO_PKG_VERSION"));
    let older = whole.replace(&version, "\"version\": \"0.0.7\"");
    assert_ne!(older, whole);
    fs::write(desk.path("run/provenance.json"), older).expect("it can be written");
    let message = refusal(&desk, "plot run");
    assert!(message.contains("0.0.7") && message.contains("run the study again"), "{message}");
    fs::remove_file(desk.path("run/provenance.json")).expect("it is there");
    assert!(refusal(&desk, "plot run").contains("provenance.json"));
    fs::write(desk.path("run/provenance.json"), whole).expect("it can be written");
    desk.done("plot run");
}
