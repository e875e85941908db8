//! Replications that break off: left out, named, counted, and after too many the run stops.

mod desk;

use std::path::Path;
use std::sync::Once;

use desk::Desk;
use engine::{
    AnyModel, Batch, Luck, MeasureInfo, PathPlan, Records, Seed, Story, Streams, Summary,
    tell_faults_later,
};
use experiments::{
    Head, Layout, Overrides, RunError, Shapes, Study, World, broken_off, faults_table, gather,
    play_missing, results, world,
};
use models::{Invalid, Scenario, Settings};
use outputs::{Cell, Journal};

/// A world that breaks off in every 97th replication.
struct Frail(Box<dyn AnyModel>);

impl AnyModel for Frail {
    fn measure_infos(&self) -> Vec<MeasureInfo> {
        self.0.measure_infos()
    }
    fn survival_years(&self) -> usize {
        self.0.survival_years()
    }
    fn tell(&self, streams: &Streams) -> Story {
        self.0.tell(streams)
    }
    fn path_plan(&self) -> PathPlan {
        self.0.path_plan()
    }
    fn play_range(
        &self,
        luck: Luck,
        replications: std::ops::Range<u64>,
        records: Records,
    ) -> Summary {
        for replication in replications.clone() {
            assert!(replication % 97 != 13, "the front line is at NaN");
        }
        self.0.play_range(luck, replications, records)
    }
}

fn frail(settings: &Settings, scenario: &Scenario) -> Result<Box<dyn AnyModel>, Invalid> {
    let whole = world("peace").expect("it is there").build;
    Ok(Box::new(Frail(whole(settings, scenario)?)))
}

fn unbuilt(_: &Settings, _: &Scenario) -> Result<Box<dyn AnyModel>, Invalid> {
    panic!("no table for such terms")
}

/// The study of a desk in another world.
fn study(desk: &Desk, build: experiments::Build) -> Study {
    let known = world("peace").expect("it is there");
    let other: &'static World = Box::leak(Box::new(World { build, ..*known }));
    let mut study =
        Study::read(&desk.path("study.toml"), &Overrides::default()).expect("it is valid");
    study.world = other;
    study
}

fn batch(study: &Study) -> Batch {
    let batch = Batch::new(Seed(study.seed), study.replications, 2);
    batch.expect("threads can be started").keeping_rows(true).noting_paths(study.paths)
}

static QUIET: Once = Once::new();

fn play(study: &Study, path: &Path) -> (Result<(), RunError>, Journal, Shapes) {
    QUIET.call_once(tell_faults_later);
    let batch = batch(study);
    let mut journal = Journal::open(path).expect("it can be opened");
    if journal.head().is_none() {
        journal.begin(b"faults").expect("it can be written");
    }
    let mut shapes = Shapes::default();
    let layout = Layout::new(study, &batch);
    let played = play_missing((study, &batch), (&layout, None), &mut journal, &mut shapes, &());
    (played, journal, shapes)
}

#[test]
fn what_breaks_off_is_left_out_and_has_a_row_of_its_own() {
    let desk = Desk::new();
    let mut study = study(&desk, frail);
    study.most_faults = 0.02;
    let (played, journal, mut shapes) = play(&study, &desk.path("pieces"));
    played.expect("so many are allowed");
    let batch = batch(&study);
    let layout = Layout::new(&study, &batch);
    let all = gather((&study, &batch), &layout, &[journal.pieces()], &mut shapes, None, &())
        .expect("it is whole");
    // 13, 110, … 692: eight of 700 at each of six points.
    assert_eq!(all.faults.len(), 48);
    let table = faults_table(&study, &all.faults).expect("there are faults");
    assert_eq!(table.columns(), ["point", "replication", "seed", "message"]);
    assert_eq!(table.rows().len(), 48);
    assert_eq!(table.cell(9, "point"), &Cell::Number(1.0));
    assert_eq!(table.cell(9, "replication"), &Cell::Text("110".into()));
    assert_eq!(table.cell(9, "message"), &Cell::Text("the front line is at NaN".into()));
    assert!(broken_off(&table).starts_with("48 replications broke off and were left out"));
    let tables = results(&study.design, study.quantile(), 0, &all.played);
    assert_eq!(tables.points.cell(0, "n"), &Cell::Number(692.0));

    // Those that did not break off are as they would have been.
    desk.done("run study.toml --out whole --quiet");
    let mut reader =
        csv::Reader::from_path(desk.path("whole/replications.csv")).expect("it is there");
    let signed = |row: &csv::StringRecord| {
        row[0] == *"0" && row[1].parse::<u64>().expect("a number") % 97 != 13
    };
    let rows: Vec<csv::StringRecord> =
        reader.records().map(|row| row.expect("it is whole")).collect();
    let header = reader.headers().expect("there is one").clone();
    let at = header.iter().position(|name| name == "month").expect("there is one");
    let count = rows.iter().filter(|row| signed(row)).filter(|row| !row[at].is_empty()).count();
    let share = tables.points.cell(0, "p_agreement").number().expect("a number");
    assert_eq!((share * 692.0).round() as usize, count);
}

#[test]
fn after_too_many_the_run_stops_and_keeps_what_it_has() {
    let desk = Desk::new();
    let mut study = study(&desk, frail);
    // Twelve of 4200: those of the first point and a half.
    study.most_faults = 0.003;
    let (played, journal, _) = play(&study, &desk.path("pieces"));
    drop(journal);
    let error = played.expect_err("there are too many").to_string();
    assert!(error.contains("`run.most_faults` = 0.003"), "{error}");
    assert!(error.contains("the front line is at NaN (design point 1, draw 0)"), "{error}");
    // It does not begin to count anew.
    let (again, journal, _) = play(&study, &desk.path("pieces"));
    assert!(again.is_err());
    assert!(journal.pieces().has(0) && journal.pieces().has(1) && !journal.pieces().has(5));
    // Whoever allows more goes on: it is no other study.
    drop(journal);
    let before = Head::new(&study, None, Vec::new());
    study.most_faults = 0.02;
    assert_eq!(before.difference(&Head::new(&study, None, Vec::new())), None);
    let (played, journal, mut shapes) = play(&study, &desk.path("pieces"));
    played.expect("all are allowed");
    // Whoever puts it together does not allow more than the study does.
    study.most_faults = 0.003;
    let batch = batch(&study);
    let layout = Layout::new(&study, &batch);
    let put = gather((&study, &batch), &layout, &[journal.pieces()], &mut shapes, None, &());
    assert!(matches!(put, Err(RunError::Faults { .. })));
    drop(journal);
    assert!(play(&study, &desk.path("pieces")).0.is_err());
}

#[test]
fn a_world_that_cannot_be_built_is_named_by_its_design_point() {
    let desk = Desk::new();
    let (played, ..) = play(&study(&desk, unbuilt), &desk.path("pieces"));
    let error = played.expect_err("it cannot be built").to_string();
    assert!(
        error.starts_with(
            "design point 0, draw 0: the model broke off while it was built: no table"
        ),
        "{error}"
    );
}
