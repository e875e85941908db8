//! The program as its users meet it: run folders, determinism, stories, messages.

mod desk;

use std::fs;
use std::path::Path;

use desk::{Desk, SCENARIO, STUDY};

const TABLES: [&str; 7] = [
    "points.csv",
    "distributions.csv",
    "survival.csv",
    "solutions.csv",
    "paths.csv",
    "states.csv",
    "replications.csv",
];
const CHARTS: [&str; 14] = [
    "p_durable",
    "p_agreement",
    "p_durable_given_agreement",
    "terms",
    "survival",
    "survival_by_decision_rule",
    "hazard",
    "payoffs",
    "month",
    "refusals",
    "course",
    "curve",
    "paths",
    "votes",
];

fn assert_same(desk: &Desk, one: &str, other: &str) {
    let charts =
        ["png", "svg"].map(|ending| CHARTS.map(|chart| format!("charts/{chart}.{ending}")));
    let tables = TABLES.iter().copied().chain(["report.html"]).map(str::to_owned);
    for file in tables.chain(charts.into_iter().flatten()) {
        let (a, b) = (desk.read(&format!("{one}/{file}")), desk.read(&format!("{other}/{file}")));
        assert!(a == b, "{file} differs between {one} and {other}");
    }
}

#[test]
fn a_run_is_the_same_on_any_number_of_threads_and_from_its_own_study() {
    let desk = Desk::new();
    desk.done("run study.toml --out one --threads 1 --quiet");
    for threads in [2, 7] {
        desk.done(&format!("run study.toml --out many{threads} --threads {threads} --quiet"));
        assert_same(&desk, "one", &format!("many{threads}"));
    }
    desk.done("run one/study.toml --out again --quiet");
    assert_same(&desk, "one", "again");
    let before = CHARTS.map(|chart| desk.read(&format!("one/charts/{chart}.png")));
    fs::remove_dir_all(desk.path("one/charts")).expect("they are there");
    desk.done("plot one");
    assert!(before == CHARTS.map(|chart| desk.read(&format!("one/charts/{chart}.png"))));
}

/// The header and the rows of a table.
fn rows(path: &Path) -> (Vec<String>, Vec<Vec<String>>) {
    let mut reader = csv::Reader::from_path(path).expect("it is there");
    let header = reader.headers().expect("it has one").iter().map(str::to_owned).collect();
    let row = |record: csv::StringRecord| record.iter().map(str::to_owned).collect();
    (header, reader.records().map(|record| row(record.expect("it is whole"))).collect())
}

#[test]
fn the_order_of_design_points_changes_no_row() {
    let desk = Desk::new();
    let other = STUDY
        .replace("{ from = 0.2, to = 0.8, steps = 3 }", "[0.8, 0.2, 0.5]")
        .replace("[\"best-response\", \"quantal\"]", "[\"quantal\", \"best-response\"]");
    fs::write(desk.path("other.toml"), other).expect("it can be written");
    desk.done("run study.toml --out one --quiet");
    desk.done("run other.toml --out other --quiet");
    let sorted = |run: &str| {
        let (_, mut rows) = rows(&desk.path(run).join("points.csv"));
        rows.iter_mut().for_each(|row| row[0].clear());
        rows.sort();
        rows
    };
    assert_eq!(sorted("one"), sorted("other"));
}

#[test]
fn one_more_replication_changes_no_earlier_one() {
    let desk = Desk::new();
    desk.done("run study.toml --out some --set unity=0.5 --replications 300 --quiet");
    desk.done("run study.toml --out more --set unity=0.5 --replications 301 --quiet");
    let kept = |run: &str| {
        let (_, rows) = rows(&desk.path(run).join("replications.csv"));
        rows.into_iter().filter(|row| row[1] != "300").collect::<Vec<_>>()
    };
    assert_eq!(kept("some").len(), 2 * 300);
    assert_eq!(kept("some"), kept("more"));
}

#[test]
fn a_story_ends_as_its_row_says() {
    let desk = Desk::new();
    desk.done("run study.toml --out run --quiet");
    let (header, rows) = rows(&desk.path("run/replications.csv"));
    for row in rows.iter().step_by(331) {
        let story = desk.done(&format!(
            "explain study.toml --point {} --replication {} --json",
            row[0], row[1]
        ));
        let story: serde_json::Value = serde_json::from_str(&story).expect("it is JSON");
        for (name, written) in header.iter().zip(row).skip(3) {
            let told = story["outcome"][name].as_f64();
            assert_eq!(told, written.parse().ok(), "{name} of {row:?}");
        }
        let told = story["story"].as_array().expect("it is a list");
        let months = told.iter().filter(|line| line["event"] == "month").count();
        let played = story["outcome"]["month"].as_f64().unwrap_or(60.0);
        assert_eq!(months as f64, played);
    }
}

#[test]
fn rows_and_points_tell_the_same() {
    let desk = Desk::new();
    desk.done("run study.toml --out run --quiet");
    let (header, all) = rows(&desk.path("run/replications.csv"));
    let (names, points) = rows(&desk.path("run/points.csv"));
    let column = |name: &str| header.iter().position(|known| known == name).expect("it is there");
    let number = |text: &String| text.parse::<f64>().ok();
    let mean_of = [
        ("p_agreement", "agreed"),
        ("p_durable", "signed_and_holds"),
        ("p_durable_given_agreement", "holds"),
        ("month", "month"),
        ("terms_guarantees", "terms_guarantees"),
        ("months_no_talks", "months_no_talks"),
        ("payoff_Member_A", "payoff_Member_A"),
    ];
    for point in &points {
        let own = all.iter().filter(|row| row[0] == point[0]);
        for (estimate, measure) in mean_of {
            let values: Vec<f64> =
                own.clone().filter_map(|row| number(&row[column(measure)])).collect();
            let mean = values.iter().sum::<f64>() / values.len() as f64;
            let place = names.iter().position(|known| known == estimate).expect("it is there");
            let written = number(&point[place]).expect("there are agreements");
            // A running mean of 700 numbers below 60 against their sum: rounding alone.
            assert!((written - mean).abs() < 1e-11, "{estimate}: {written} {mean}");
        }
    }
}

#[test]
fn a_run_folder_appears_whole_and_is_not_overwritten() {
    let desk = Desk::new();
    let out = desk.done("run study.toml --out run --quiet --json");
    let headline: serde_json::Value =
        serde_json::from_str(out.lines().last().expect("it says something")).expect("it is JSON");
    assert_eq!(headline["points"], 6);
    let provenance: serde_json::Value =
        serde_json::from_slice(&desk.read("run/provenance.json")).expect("it is JSON");
    for key in ["version", "commit", "seed", "replications", "threads", "wall_seconds"] {
        assert!(!provenance[key].is_null(), "{key}");
    }
    for file in provenance["files"].as_array().expect("it is a list") {
        let path = file["path"].as_str().expect("it is a text");
        assert_eq!(outputs::hash(&desk.read(&format!("run/{path}"))), file["blake3"], "{path}");
    }
    let again = desk.run("run study.toml --out run --quiet");
    assert_eq!(again.status.code(), Some(1));
    desk.done("run study.toml --out run --quiet --force");
    let left: Vec<_> = fs::read_dir(desk.path("")).expect("it is there").collect();
    assert_eq!(left.len(), 3, "study, scenario, run and nothing else: {left:?}");
}

#[test]
fn where_nobody_agrees_everything_says_so_and_nothing_breaks() {
    let desk = Desk::new();
    desk.done("run study.toml --out run --quiet --replications 50 --set talks.reopen=0");
    let (names, points) = rows(&desk.path("run/points.csv"));
    let place = |name: &str| names.iter().position(|known| known == name).expect("it is there");
    for point in points {
        assert_eq!(point[place("p_agreement")], "0");
        assert_eq!(point[place("p_durable_given_agreement")], "");
        assert_eq!(point[place("month_low")], "");
    }
    let (_, years) = rows(&desk.path("run/survival.csv"));
    assert_eq!(years.len(), 6 * 21);
}

#[test]
fn ranges_follow_what_is_swept() {
    let desk = Desk::new();
    let sweep = "unity = { from = 0.2, to = 0.8, steps = 3 }";
    let longer = STUDY.replace(sweep, "horizon_months = [3, 60]\ndurable_after_years = [2, 30]");
    fs::write(desk.path("longer.toml"), longer).expect("it can be written");
    desk.done("run longer.toml --out run --quiet --replications 200");
    let (names, points) = rows(&desk.path("run/points.csv"));
    let number = |row: &[String], name: &str| {
        let place = names.iter().position(|known| known == name).expect("it is there");
        row[place].parse::<f64>().expect("there are agreements")
    };
    for row in &points {
        for name in ["month", "months_no_talks", "p_durable_given_agreement"] {
            let (low, high) =
                (number(row, &format!("{name}_low")), number(row, &format!("{name}_high")));
            assert!((low..=high).contains(&number(row, name)), "{name}: {row:?}");
        }
        assert!(number(row, "month") <= number(row, "horizon_months"));
    }
    let few = number(&points[6], "p_durable_given_agreement");
    assert!(few < number(&points[4], "p_durable_given_agreement"), "30 years are longer than 2");
}

#[test]
fn the_other_commands_answer() {
    let desk = Desk::new();
    assert!(desk.done("check study.toml").contains("6 points × 700 replications"));
    assert!(desk.done("models").contains("peace"));
    assert!(desk.done("models peace").contains("compliance.deterrence"));
    let schema: serde_json::Value = serde_json::from_str(&desk.done("schema")).expect("it is JSON");
    let of_peace = &schema["allOf"][0]["then"]["properties"];
    assert_eq!(of_peace["parameters"]["properties"]["unity"]["maximum"], 1.0);
    desk.done("new mine.toml");
    let text = String::from_utf8(desk.read("mine.toml")).expect("it is UTF-8");
    let scenario = text.lines().find(|line| line.starts_with("scenario")).expect("it names one");
    let mine = text.replace(scenario, "scenario = \"scenario.toml\"");
    fs::write(desk.path("mine.toml"), mine).expect("it can be written");
    desk.done("check mine.toml");
    assert_eq!(desk.run("new mine.toml").status.code(), Some(1));
    assert_eq!(desk.run("run study.toml --threads 0").status.code(), Some(2));
}

#[test]
fn bargaining_solutions_of_a_scenario_are_what_their_names_say() {
    let desk = Desk::new();
    let answer = desk.done("bargain scenario.toml --weight 0.7 --json");
    let answer: serde_json::Value = serde_json::from_str(&answer).expect("it is JSON");
    let of =
        |own: &serde_json::Value, actor: &str| own["utilities"][actor].as_f64().expect("a number");
    let gains = |own: &serde_json::Value| {
        let gain = |actor: &str| of(own, actor) - of(&answer["war"], actor);
        (gain("Russia"), gain("Ukraine"))
    };
    let solutions = answer["solutions"].as_array().expect("a list");
    let named = |name: &str| {
        solutions.iter().find(|own| own["name"] == name).unwrap_or_else(|| panic!("{name}"))
    };
    assert_eq!(solutions.len(), 12);
    let (egalitarian, nash) = (gains(named("egalitarian")), gains(named("nash")));
    assert!((egalitarian.0 - egalitarian.1).abs() < 1e-9);
    let sum = |own: &serde_json::Value| of(own, "Russia") + of(own, "Ukraine");
    // Ideals .0, .1, .2, .4 and 1: half of all salience for territory is reached at .2.
    assert_eq!(named("compromise-median")["terms"]["territory"], 0.2);
    for own in &solutions[..5] {
        let (first, second) = gains(own);
        assert!(first > 0.0 && second > 0.0, "{own}");
        assert!(first * second <= nash.0 * nash.1 * (1.0 + 1e-9), "{own}");
        assert!(sum(own) <= sum(named("utilitarian")) + 1e-9, "{own}");
        assert_eq!(own["terms"].as_object().expect("terms").len(), 3);
        assert_eq!(own["utilities"].as_object().expect("utilities").len(), 5);
    }
    assert!(gains(named("nash-asymmetric")).0 > nash.0);
    // The coalition's gain is that of its members by capability, .6, .3 and .1.
    let three = |own: &serde_json::Value| {
        let member =
            |(actor, share): (&str, f64)| share * (of(own, actor) - of(&answer["war"], actor));
        let coalition = [("Member A", 0.6), ("B", 0.3), ("C", 0.1)].map(member).iter().sum();
        [gains(own).0, gains(own).1, coalition]
    };
    let product = |own: &serde_json::Value| three(own).iter().product::<f64>();
    let least = |own: &serde_json::Value| three(own).into_iter().fold(f64::INFINITY, f64::min);
    for own in solutions {
        if three(own).iter().all(|gain| *gain > 0.0) {
            assert!(product(own) <= product(named("nash-with-coalition")) * (1.0 + 1e-9), "{own}");
        }
        assert!(least(own) <= least(named("egalitarian-with-coalition")) + 1e-9, "{own}");
        let all = |own: &serde_json::Value| three(own).iter().sum::<f64>();
        assert!(all(own) <= all(named("utilitarian-with-coalition")) + 1e-9, "{own}");
    }
    let asymmetric = three(named("nash-asymmetric-with-coalition"));
    assert!(asymmetric[0] > three(named("nash-with-coalition"))[0]);
    assert!(desk.done("bargain scenario.toml").contains("kalai-smorodinsky"));
    for wrong in
        ["bargain study.toml", "bargain nowhere.toml", "bargain scenario.toml --set unity=3"]
    {
        assert_eq!(desk.run(wrong).status.code(), Some(1), "{wrong}");
    }
    assert_eq!(desk.run("bargain scenario.toml --weight 1").status.code(), Some(2));
}

#[test]
fn two_runs_are_compared_replication_by_replication_where_they_share_their_luck() {
    let desk = Desk::new();
    desk.done("run study.toml --out one --quiet");
    desk.done("run study.toml --set weariness=2 --out two --quiet");
    desk.done("run study.toml --seed 8 --out other --quiet");
    let said = desk.done("compare one two --out both");
    assert!(said.contains("two less one") && said.contains("paired by replication"), "{said}");
    let (columns, found) = rows(&desk.path("both/differences.csv"));
    let cell = |row: &Vec<String>, name: &str| -> f64 {
        let place = columns.iter().position(|own| own == name).expect("it is there");
        row[place].parse().expect("a number")
    };
    let table = |run: &str| rows(&desk.path(&format!("{run}/points.csv")));
    let ((heads, one), (_, two)) = (table("one"), table("two"));
    let place = heads.iter().position(|own| own == "p_durable").expect("it is there");
    let error = heads.iter().position(|own| own == "p_durable_se").expect("it is there");
    for ((found, one), two) in found.iter().zip(&one).zip(&two) {
        let number = |row: &Vec<String>, at: usize| row[at].parse::<f64>().expect("a number");
        let difference = number(two, place) - number(one, place);
        // Sums of 700 numbers below 1 in another order.
        assert!((cell(found, "p_durable") - difference).abs() < 1e-12);
        assert_eq!(cell(found, "p_durable_paired"), 1.0);
        // Shared luck makes the interval narrower than that of independent runs.
        let width = cell(found, "p_durable_high") - cell(found, "p_durable_low");
        let alone = 2.0 * 1.959_964 * number(one, error).hypot(number(two, error));
        assert!(width < alone, "{width} {alone}");
    }
    assert!(desk.path("both/provenance.json").exists());
    let said = desk.done("compare one other --out unpaired");
    assert!(said.contains("not paired"), "{said}");
    // Nothing differs from itself.
    desk.done("compare one one --out none");
    let (columns, found) = rows(&desk.path("none/differences.csv"));
    let at = columns.iter().position(|own| own == "p_agreement").expect("it is there");
    assert!(found.iter().all(|row| row[at] == "0"));
    // The points of one run: nothing is told of the point itself, all others are paired with it.
    let said = desk.done("compare one --point 3 --out points");
    assert!(
        said.contains("less point 3") && said.contains("variance") && said.contains("of 5 points"),
        "{said}"
    );
    let (columns, found) = rows(&desk.path("points/differences.csv"));
    let column = |name: &str| columns.iter().position(|own| own == name).expect("it is there");
    for (number, row) in found.iter().enumerate() {
        let of = |name: &str| row[column(name)].parse::<f64>().ok();
        let told = ["p_durable", "log_rank"].map(|name| of(name).is_some());
        assert_eq!(told, [number != 3; 2], "{row:?}");
        let reduction = of("p_durable_given_agreement_reduction");
        assert!(reduction.is_none_or(|times| times > 1.0), "{row:?}");
    }
    assert_eq!(desk.run("compare one --point 6 --out beyond").status.code(), Some(1));
    assert_eq!(desk.run("compare one two --point 3 --out both").status.code(), Some(2));
    desk.done("run study.toml --set unity=0.5 --out less --quiet");
    for (pair, part) in [("one less", "differ in sweep"), ("one nowhere", "not a run folder")] {
        let refused = desk.run(&format!("compare {pair} --out refused"));
        let error = String::from_utf8_lossy(&refused.stderr);
        assert!(refused.status.code() == Some(1) && error.contains(part), "{error}");
    }
}

#[test]
fn a_story_is_drawn_into_a_new_file() {
    let desk = Desk::new();
    for name in ["story.png", "story.svg"] {
        desk.done(&format!("explain study.toml --chart {name}"));
        assert!(desk.read(name).len() > 5000);
    }
    let page = String::from_utf8(desk.read("story.svg")).expect("it is UTF-8");
    assert!(page.contains("Public rhetoric") && page.contains("Talks open"), "{page}");
    for (name, part) in [("story.png", "story.png exists already"), ("story.pdf", ".png or .svg")] {
        let refused = desk.run(&format!("explain study.toml --chart {name}"));
        let error = String::from_utf8_lossy(&refused.stderr);
        assert!(refused.status.code() == Some(1) && error.contains(part), "{error}");
    }
}

#[test]
fn a_report_is_written_again_from_the_tables_and_leads_nowhere_else() {
    let desk = Desk::new();
    let named = SCENARIO.replace("\"Member A\"", "\"Member <b>A\"");
    fs::write(desk.path("scenario.toml"), named).expect("it can be written");
    desk.done("run study.toml --out run --quiet");
    let page = String::from_utf8(desk.read("run/report.html")).expect("it is UTF-8");
    assert!(page.contains("Member &lt;b&gt;A") && !page.contains("<b>"));
    // The namespace of SVG is a name, not a place.
    let elsewhere = page.replace("http://www.w3.org/2000/svg", "");
    assert!(
        !elsewhere.contains("http:")
            && !elsewhere.contains("https:")
            && !elsewhere.contains("@import"),
        "it leads elsewhere"
    );
    let figures = page.matches("<figure>").count();
    assert_eq!(figures, CHARTS.len());
    assert_eq!(page.matches("<svg role=\"img\" aria-label=\"").count(), figures);
    // Headings one level at a time, tables with heads and captions.
    let levels: Vec<u32> = page
        .match_indices("<h")
        .filter_map(|(at, _)| page[at + 2..].chars().next()?.to_digit(10))
        .collect();
    assert!(levels[0] == 1 && levels.windows(2).all(|two| two[1] <= two[0] + 1), "{levels:?}");
    let tables = page.matches("<table>").count();
    assert!(tables > 5 && page.matches("<caption>").count() == tables);
    for parameter in models::peace::PARAMETERS {
        assert!(page.contains(&format!("<td>{}</td>", parameter.path)), "{}", parameter.path);
    }
    fs::remove_file(desk.path("run/report.html")).expect("it is there");
    desk.done("report run");
    assert!(desk.read("run/report.html") == page.as_bytes());
    let text = desk.done("report run --markdown");
    assert!(text.starts_with("# Does the program keep its promises?"), "{text}");
    assert!(text.contains("(charts/terms.png)") && text.contains("Member \\<b\\>A"));
    fs::remove_file(desk.path("run/points.csv")).expect("it is there");
    let refused = desk.run("report run");
    assert_eq!(refused.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&refused.stderr).contains("points.csv"));
}

#[test]
fn a_run_tells_the_bargaining_solutions_of_its_points() {
    let desk = Desk::new();
    let said = desk.done("run study.toml --out run");
    assert!(said.contains("With the coalition") && said.contains("signed, mean"), "{said}");
    let (columns, rows) = rows(&desk.path("run/solutions.csv"));
    let answer = desk.done("bargain scenario.toml --json");
    let answer: serde_json::Value = serde_json::from_str(&answer).expect("it is JSON");
    let solutions = answer["solutions"].as_array().expect("a list");
    // Unity and the decision rule change nothing of them: six points, all alike.
    assert_eq!(rows.len(), 6 * solutions.len());
    let column = |name: &str| columns.iter().position(|own| own == name).expect("it is there");
    for (row, own) in rows.iter().zip(solutions.iter().cycle()) {
        assert_eq!(row[column("solution")], own["name"].as_str().expect("a name"));
        for (name, known) in [
            ("terms_territory", &own["terms"]["territory"]),
            ("utility_Member_A", &own["utilities"]["Member A"]),
        ] {
            let found: f64 = row[column(name)].parse().expect("a number");
            assert_eq!(Some(found), known.as_f64(), "{name}");
        }
    }
}

/// A study of every world that needs no scenario.
const THEORY: &str = r#"
name = "theory"
model = "WORLD"
[run]
replications = 300
seed = 7
keep = "replications"
[sweep]
FIRST
"#;

#[test]
fn worlds_of_theory_run_without_a_scenario_and_say_what_theory_says() {
    let desk = Desk::new();
    let sweeps = [
        ("ultimatum", "greatest_cost = [0.2, 0.4]\ndistribution = [\"uniform\", \"log-normal\"]"),
        ("alternating", "rounds = { from = 1, to = 4, steps = 4 }"),
        ("commitment", "shift = [0.1, 0.5]"),
        ("attrition", "cost_1 = [0.1, 0.5]"),
        ("audience", ""),
        ("signals", "kind = [\"sinking\", \"tying\"]\nsize = [0.5, 1.0, 4.0]"),
        ("reassurance", "signal = [0.0, 0.7]"),
        ("battles", "chance = [0.4, 0.5, 0.6]"),
        ("crisis", "selection = [\"least_resistance\", \"any\"]\nwar_target = [-3.0, -2.9]"),
    ];
    for (world, sweep) in sweeps {
        let study = THEORY.replace("WORLD", world).replace("FIRST", sweep);
        fs::write(desk.path("theory.toml"), study).expect("it can be written");
        let said = desk.done(&format!("run theory.toml --out {world} --json --threads 2"));
        assert!(said.contains("After =: what theory says."), "{world}: {said}");
        let last: serde_json::Value =
            serde_json::from_str(said.lines().last().expect("it says something")).expect("JSON");
        let estimates = last["estimates"][0].as_object().expect("an object");
        let known = estimates.values().filter(|value| value["theory"].is_number()).count();
        assert!(known > 0 && known == estimates.len() - 1, "{world}: {said}");
        assert!(!desk.path(&format!("{world}/scenario.toml")).exists());
        let drawn = desk.read(&format!("{world}/charts/theory.png"));
        desk.done(&format!("plot {world}"));
        assert!(desk.read(&format!("{world}/charts/theory.png")) == drawn, "{world}");
        desk.done(&format!("run {world}/study.toml --out again-{world} --quiet"));
        let table = |run: &str| desk.read(&format!("{run}/replications.csv"));
        assert!(table(world) == table(&format!("again-{world}")), "{world}");
        let told = desk.done("explain theory.toml --point 0 --replication 3 --json");
        let told: serde_json::Value = serde_json::from_str(&told).expect("it is JSON");
        assert!(told["outcome"].is_object(), "{world}");
        desk.done(&format!("new new-{world}.toml --model {world}"));
        desk.done(&format!("check new-{world}.toml"));
    }
}

/// A replacement in the study or the scenario, and what the message must hold.
type Mistake = (&'static str, &'static str, &'static [&'static str]);

const IN_STUDY: &[Mistake] = &[
    ("question =", "qestion =", &["study.toml:3", "`qestion`", "did you mean `question`"]),
    ("replications = 700", "replications = 0", &["`run.replications` is 0"]),
    (
        "replications = 700",
        "replications = \"many\"",
        &["study.toml:7", "\"many\"", "whole number"],
    ),
    ("seed = 7", "sed = 7", &["`run.sed`", "did you mean `seed`"]),
    ("name = \"small\"", "name = \"../small\"", &["path separators"]),
    ("model = \"peace\"", "model = \"piece\"", &["did you mean `peace`"]),
    ("scenario = \"scenario.toml\"", "scenario = \"none.toml\"", &["no such file"]),
    ("to = 0.8", "to = 0.1", &["must be above `from`"]),
    ("steps = 3", "steps = 0", &["`sweep.unity.steps` is 0"]),
    ("to = 0.8", "to = 1.8", &["study.toml:11", "its level", "[0, 1]"]),
    ("unity = {", "untiy = {", &["`untiy` names nothing", "did you mean `unity`"]),
    ("[\"best-response\", \"quantal\"]", "[]", &["at least one level"]),
    ("[\"best-response\", \"quantal\"]", "[\"guess\"]", &["\"best-response\", \"quantal\""]),
    (
        "decision_rule = [",
        "coalition.quota = 1.2\nx = [",
        &["`sweep.coalition.quota` is 1.2", "[0, 1]"],
    ),
    ("unity = {", "discount = nan\nunity = {", &["`sweep.discount` is NaN", "finite"]),
    ("unity = {", "weariness = inf\nunity = {", &["finite"]),
    ("unity = {", "recognition.mediator = 0.9\nunity = {", &["add up to 1"]),
    ("[sweep]", "[sweep]\nactors.Russia.salience.land = 1", &["names nothing"]),
    ("keep = \"replications\"", "keep = \"all\"", &["\"summaries\""]),
    ("seed = 7", "seed = 7\n[[[", &["is not TOML"]),
    ("seed = 7", "seed = 7\nseed = 8", &["is not TOML", "duplicate"]),
];

const IN_SCENARIO: &[Mistake] = &[
    (
        "territory = 0.40,",
        "territory = -0.4,",
        &["scenario.toml:14", "salience.territory` is -0.4"],
    ),
    (
        "{ territory = 0.40, sovereignty = 0.35, guarantees = 0.25 }",
        "{ territory = 0, sovereignty = 0, guarantees = 0 }",
        &["actors.Russia.salience", "above 0"],
    ),
    ("ideal = { territory = 1.0,", "ideal = { territory = 1.5,", &["scenario.toml:13", "[0, 1]"]),
    ("log_sd = 0.85", "log_sd = -0.85", &["war_cost.log_sd", "-0.85"]),
    ("median = 0.12", "median = 0", &["war_cost.median"]),
    ("role = \"challenger\"", "role = \"chalenger\"", &["\"challenger\""]),
    ("role = \"challenger\"", "role = \"defender\"", &["exactly one"]),
    ("break_loss = 0.35", "brake_loss = 0.35", &["did you mean `break_loss`"]),
    ("bloc = \"west\"", "bloc = \"wst\"", &["did you mean `west`"]),
    ("B = { \"Member A\" = 1.0", "B = { \"Membr A\" = 1.0", &["did you mean `Member A`"]),
    ("B = 3.0", "B = -3.0", &["influence.B.B` is -3"]),
    ("actor = \"Member A\"", "actor = \"Member Z\"", &["`elections.actor`", "member"]),
    ("month = 7", "month = 0", &["elections.month"]),
    ("capability = 0.6", "capability = \"big\"", &["capability` is \"big\""]),
    ("while_fighting = 0.78", "while_fighting = 7.8", &["while_fighting` is 7.8"]),
    ("[blocs.east]", "[blocs.east]\nunity = 2", &["blocs.east.unity` is 2"]),
    ("[actors.C]", "[actors.B]", &["is not TOML", "duplicate"]),
    ("weariness = 0.3", "weariness = -0.3", &["`parameters.weariness` is -0.3"]),
    ("weariness = 0.3", "compliance.threshold.half_point = 0.5", &["given together"]),
];

#[test]
fn every_mistake_gets_one_message_with_its_place_and_leaves_nothing() {
    let cases = [("study.toml", STUDY, IN_STUDY), ("scenario.toml", SCENARIO, IN_SCENARIO)];
    for (file, text, mistakes) in cases {
        for (right, wrong, parts) in mistakes {
            let desk = Desk::new();
            assert!(text.contains(right), "{right}");
            fs::write(desk.path(file), text.replacen(right, wrong, 1)).expect("it can be written");
            assert_refused(&desk, "run study.toml --out deep/run", parts);
        }
    }
}

/// One message with these parts, exit code 1, and nothing new in the folder.
fn assert_refused(desk: &Desk, arguments: &str, parts: &[&str]) {
    let files = || fs::read_dir(desk.path("")).expect("it is there").count();
    let before = files();
    let output = desk.run(arguments);
    let message = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(1), "{arguments}: {message}");
    assert_eq!(message.matches("error:").count(), 1, "{message}");
    assert!(!message.contains("panicked"), "{message}");
    for part in parts {
        assert!(message.contains(part), "{arguments}: {part:?} is missing from: {message}");
    }
    assert_eq!(files(), before, "{arguments} left something behind");
}

#[test]
fn mistakes_beyond_the_files_are_refused_too() {
    let desk = Desk::new();
    assert_refused(&desk, "run nothing.toml", &["nothing.toml", "cannot be read"]);
    assert_refused(
        &desk,
        "run study.toml --set untiy=1",
        &["--set untiy=1", "did you mean `unity`"],
    );
    assert_refused(&desk, "run study.toml --set unity=2", &["--set unity=2", "[0, 1]"]);
    assert_refused(&desk, "run study.toml --set unity", &["PATH=VALUE"]);
    let huge = "run study.toml --replications 900000000000";
    assert_refused(&desk, huge, &["of disk"]);
    let wide = "unity = { from = 0.0, to = 1.0, steps = 100000 }\nsignalling = { from = 0.0, to = 1.0, steps = 100000 }";
    let wide = STUDY.replace("unity = { from = 0.2, to = 0.8, steps = 3 }", wide);
    fs::write(desk.path("wide.toml"), wide).expect("it can be written");
    assert_refused(&desk, "run wide.toml", &["design points at most"]);
    fs::write(desk.path("latin.toml"), b"name = \"\xe9\"").expect("it can be written");
    assert_refused(&desk, "run latin.toml", &["not UTF-8"]);
    fs::write(desk.path("file"), "x").expect("it can be written");
    assert_refused(&desk, "run study.toml --out file/run", &["cannot write"]);
    assert_refused(&desk, "run study.toml --out file", &["exists already"]);
}

#[cfg(unix)]
#[test]
fn an_interrupted_run_leaves_its_journal_and_says_so() {
    use std::process::{Command as Process, Stdio};
    use std::time::{Duration, Instant};

    let desk = Desk::new();
    let child = Process::new(assert_cmd::cargo::cargo_bin!("armistice"))
        .args(["run", "study.toml", "--out", "run", "--replications", "2000000"])
        .current_dir(desk.path(""))
        .stderr(Stdio::piped())
        .stdout(Stdio::null())
        .spawn()
        .expect("the program starts");
    // Until it has finished a piece, which holds more than a million bytes of rows.
    let pieces = desk.path("run.journal/pieces");
    let begun = || fs::metadata(&pieces).is_ok_and(|about| about.len() > 1_000_000);
    let start = Instant::now();
    while !begun() && start.elapsed() < Duration::from_secs(120) {
        std::thread::sleep(Duration::from_millis(20));
    }
    let kill = Process::new("kill").args(["-INT", &child.id().to_string()]).status();
    assert!(kill.expect("kill is there").success());
    let output = child.wait_with_output().expect("it ends");
    assert_eq!(output.status.code(), Some(130));
    assert!(String::from_utf8_lossy(&output.stderr).contains("interrupted: go on with --resume"));
    assert!(pieces.exists() && !desk.path("run").exists());
}
