//! Lists of design points, and plans: what is played, written down, changed and played again.

mod desk;

use std::fs;

use desk::Desk;

/// A desk whose study plays three points and two levels of something else.
fn desk(points: &str) -> Desk {
    let desk = Desk::new();
    let study = String::from_utf8(desk.read("study.toml")).expect("it is text");
    let (head, _) = study.split_once("[sweep]").expect("it sweeps");
    let study = head.replace("keep = \"replications\"\n", "").replace("= 700", "= 120");
    fs::write(
        desk.path("study.toml"),
        format!("{study}[sweep]\n{points}\nweariness = [0.2, 0.5]\n"),
    )
    .expect("it can be written");
    desk
}

const LIST: &str = r#"points = [
  { unity = 0.2, actors."Member A".support = -0.5 },
  { unity = 0.9, actors."Member A".support = 0.5 },
  { unity = 0.5, actors."Member A".support = 0.0 },
]"#;

const TABLE: &str = "unity,actors.Member_A.support\n0.2,-0.5\n0.9,0.5\n0.5,0\n";

fn refusal(desk: &Desk, arguments: &str) -> String {
    let done = desk.run(arguments);
    assert_eq!(done.status.code(), Some(1), "{arguments}");
    String::from_utf8(done.stderr).expect("it is text")
}

#[test]
fn a_list_a_table_and_the_study_as_run_are_one_design() {
    let list = desk(LIST);
    list.done("run study.toml --out run --quiet");
    list.done("run run/study.toml --out again --quiet");
    list.done("plot run");
    let table = desk("points = \"points.csv\"");
    fs::write(table.path("points.csv"), TABLE).expect("it can be written");
    table.done("run study.toml --out run --quiet");
    for file in ["points.csv", "survival.csv", "report.html", "charts/p_durable.png"] {
        let one = list.read(&format!("run/{file}"));
        assert!(one == list.read(&format!("again/{file}")), "{file}");
        assert!(one == table.read(&format!("run/{file}")), "{file}");
    }
    let points = String::from_utf8(list.read("run/points.csv")).expect("it is text");
    assert!(points.starts_with("point,weariness,unity,actors.Member_A.support,n,"), "{points}");
    assert!(points.lines().nth(2).expect("six").starts_with("1,0.2,0.9,0.5,120,"), "{points}");
}

#[test]
fn points_of_a_list_are_those_of_a_sweep() {
    let list = desk(LIST);
    list.done("run study.toml --out run --quiet");
    let alone = desk("unity = [0.9]");
    let set = "actors.\"Member A\".support=0.5";
    alone.command("run study.toml --out run --quiet").args(["--set", set]).assert().success();
    let rows = |desk: &Desk| String::from_utf8(desk.read("run/points.csv")).expect("it is text");
    let after_n = |line: &str| line.split_once(",120,").expect("n").1.to_owned();
    let (list, alone) = (rows(&list), rows(&alone));
    assert_eq!(after_n(list.lines().nth(2).expect("1")), after_n(alone.lines().nth(1).expect("0")));
}

#[test]
fn what_is_set_for_good_leaves_the_list() {
    let desk = desk(LIST);
    // Three points are told apart by the other value that they set, and are one where both are fixed.
    desk.done("run study.toml --set unity=0.4 --out run --quiet");
    desk.done("report run");
    let support = "actors.\"Member A\".support=0.5";
    let both = ["--set", "unity=0.4", "--set", support];
    desk.command("run study.toml --out both --quiet").args(both).assert().success();
    desk.done("report both");
    let rows = |run: &str| {
        let text = String::from_utf8(desk.read(&format!("{run}/points.csv"))).expect("it is text");
        text.lines().count() - 1
    };
    assert_eq!((rows("run"), rows("both")), (6, 2));
}

#[test]
fn a_plan_changes_nothing_until_it_is_changed() {
    let desk = desk(LIST);
    desk.done("run study.toml --out run --quiet");
    assert!(desk.done("plan study.toml --out plan.csv").contains("6 rows of 120 replications"));
    assert_eq!(desk.done("plan study.toml").as_bytes(), desk.read("plan.csv"));
    desk.done("run study.toml --plan plan.csv --out followed --quiet");
    assert!(desk.read("run/points.csv") == desk.read("followed/points.csv"));
    assert!(desk.read("run/report.html") == desk.read("followed/report.html"));
    let plan = String::from_utf8(desk.read("plan.csv")).expect("it is text");
    let cut: Vec<&str> = plan.lines().filter(|line| !line.starts_with("1,")).collect();
    fs::write(desk.path("cut.csv"), cut.join("\n")).expect("it can be written");
    desk.done("run study.toml --plan cut.csv --out cut --quiet");
    desk.done("run cut/study.toml --out again --quiet");
    assert!(desk.read("cut/points.csv") == desk.read("again/points.csv"));
    // Each point is as it was, under its new number.
    let after_n = |run: &str| -> Vec<String> {
        let text = String::from_utf8(desk.read(&format!("{run}/points.csv"))).expect("it is text");
        text.lines().skip(1).map(|line| line.split_once(",120,").expect("n").1.to_owned()).collect()
    };
    let mut whole = after_n("run");
    whole.remove(1);
    assert_eq!(whole, after_n("cut"));
}

#[test]
fn a_plan_with_draws_can_lose_points_but_no_draws() {
    let desk = desk(LIST);
    let study = String::from_utf8(desk.read("study.toml")).expect("it is text");
    let unknown = "[uncertain]\nsignalling = { normal = [0.3, 0.4] }\n[draws]\ncount = 4\n";
    fs::write(desk.path("study.toml"), study + unknown).expect("it can be written");
    desk.done("plan study.toml --out plan.csv");
    let plan = String::from_utf8(desk.read("plan.csv")).expect("it is text");
    let without = |start: &str| -> String {
        let kept = plan.lines().filter(|line| !line.starts_with(start));
        kept.collect::<Vec<&str>>().join("\n")
    };
    fs::write(desk.path("points.csv"), without("1,")).expect("it can be written");
    desk.done("run study.toml --plan points.csv --out run --quiet");
    let draws = String::from_utf8(desk.read("run/draws.csv")).expect("it is text");
    assert_eq!(draws.lines().count(), 1 + 5 * 4);
    fs::write(desk.path("draws.csv"), without("1,2,")).expect("it can be written");
    let said = refusal(&desk, "run study.toml --plan draws.csv --out no --quiet");
    assert!(said.contains("23 rows") && said.contains("whole points"), "{said}");
    let mut cells: Vec<&str> = plan.lines().nth(1).expect("a row").split(',').collect();
    let row = cells.join(",");
    let drawn =
        plan.lines().next().expect("a header").split(',').position(|own| own == "signalling");
    cells[drawn.expect("it is uncertain")] = "0.125";
    fs::write(desk.path("other.csv"), plan.replace(&row, &cells.join(",")))
        .expect("it can be written");
    let said = refusal(&desk, "run study.toml --plan other.csv --out no --quiet");
    assert!(said.contains("row 1 is not draw 0"), "{said}");
}

#[test]
fn mistakes_are_told_with_their_place() {
    for (from, to, part) in [
        ("unity = 0.9", "unity = 1.9", "must be a number in [0, 1]"),
        ("unity = 0.9", "unty = 0.9", "did you mean `unity`"),
        ("unity = 0.9,", "", "point 1: all points must set the same"),
        (
            "unity = 0.9, actors.\"Member A\".support = 0.5",
            "unity = 0.2, actors.\"Member A\".support = -0.5",
            "point 1: is point 0 again",
        ),
        ("{ unity = 0.9,", "{ name = \"7\", unity = 0.9,", "must not be a number (7)"),
        ("points = [", "unity = [0.1, 0.2]\npoints = [", "is swept beside `points` too"),
        ("{ unity = 0.9, actors.\"Member A\".support = 0.5 }", "3", "must hold tables of values"),
    ] {
        let said = refusal(&desk(&LIST.replace(from, to)), "check study.toml");
        assert!(said.contains(part) && said.contains("study.toml:"), "{to}: {said}");
    }
    for (from, to, part) in [
        ("unity", "unty", "did you mean `unity`"),
        ("0.9", "1.9", "row 2: `unity` must be a number in [0, 1]"),
        ("0.9", "", "nothing in row 2 under `unity`"),
        ("0.9,0.5", "0.2,-0.5", "row 2: is point 0 again"),
    ] {
        let desk = desk("points = \"points.csv\"");
        fs::write(desk.path("points.csv"), TABLE.replace(from, to)).expect("it can be written");
        let said = refusal(&desk, "check study.toml");
        assert!(said.contains(part) && said.contains("study.toml:"), "{to}: {said}");
    }
    let desk = desk(LIST);
    desk.done("plan study.toml --out plan.csv");
    let said = refusal(&desk, "plan study.toml --out plan.csv");
    assert!(said.contains("plan.csv exists already"), "{said}");
    let said = refusal(&desk, "run study.toml --seed 9 --plan plan.csv --out no");
    assert!(said.contains("`seed` is 7 in row 1, but 9") && said.contains("--seed 7"), "{said}");
    let plan = String::from_utf8(desk.read("plan.csv")).expect("it is text");
    for (from, to, part) in [
        (",0,120,7", ",50,120,7", "`first_replication` is 50 in row 1, but 0"),
        (",0,120,7", ",0,60,7", "`replications` is 60 in row 1, but 120"),
        (",", ";", "separated by semicolons"),
    ] {
        fs::write(desk.path("changed.csv"), plan.replace(from, to)).expect("it can be written");
        let said = refusal(&desk, "run study.toml --plan changed.csv --out no");
        assert!(said.contains(part), "{said}");
    }
    // Rows that are added need only say what they set.
    fs::write(desk.path("more.csv"), plan + ",0.3,0.4,0.1,,,\n").expect("it can be written");
    let said = refusal(&desk, "run study.toml --plan more.csv --set unity=0.3 --out no");
    assert!(said.contains("--set unity=0.3") && said.contains("set by the plan too"), "{said}");
    desk.done("run study.toml --plan more.csv --out more --quiet");
    let said = refusal(&desk, "run study.toml --plan scenario.toml --out no");
    assert!(said.contains("scenario.toml"), "{said}");
}
