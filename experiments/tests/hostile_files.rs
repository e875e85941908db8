//! Random scenarios, plans, journals and shards: readers may refuse them, but never panic.

mod desk;

use std::fs;
use std::path::Path;
use std::sync::LazyLock;

use desk::Desk;
use engine::{Batch, Part, Seed};
use experiments::{
    Head, Layout, Overrides, Shapes, Source, Study, faults_table, gather, plan, play_missing,
    results,
};
use outputs::{Journal, Pieces, write_csv};
use proptest::prelude::*;

/// How many cases are tried; ARMISTICE_CASES asks for more.
fn cases(usual: u32) -> u32 {
    std::env::var("ARMISTICE_CASES").ok().and_then(|text| text.parse().ok()).unwrap_or(usual)
}

/// Where, how much and with what a text is changed.
type Edits = Vec<(f64, usize, String)>;

fn edits() -> impl Strategy<Value = Edits> {
    const WORDS: &[&str] = &[
        "nan",
        "-inf",
        "1e308",
        "-1",
        "0",
        "99999999999999999999999",
        "{}",
        "[]",
        "\"",
        "'''",
        "\u{0}",
        "é.\u{301}",
        "= {",
        "1979-05-27",
        ",",
        "\n",
        "=1+1",
        "\r\n\"\"",
        "true",
        ".5.",
        "null",
        "/../",
    ];
    let fragment = prop_oneof![
        prop::sample::select(WORDS).prop_map(str::to_owned),
        "[a-z._\"= ,:\\[\\]{}0-9\n]{0,12}",
    ];
    prop::collection::vec((0.0..1.0_f64, 0_usize..20, fragment), 1..4)
}

fn edited(text: &str, edits: &Edits) -> String {
    let mut letters: Vec<char> = text.chars().collect();
    for (place, length, fragment) in edits {
        let from = (place * letters.len() as f64) as usize;
        let to = (from + length).min(letters.len());
        letters.splice(from..to, fragment.chars());
    }
    letters.into_iter().collect()
}

/// A study whose world is quickly made, with what its pieces are: their bodies.
struct Played {
    study: Study,
    head: Head,
    bodies: Vec<Vec<u8>>,
}

fn batch(study: &Study) -> Batch {
    let batch = Batch::new(Seed(study.seed), study.replications, 1);
    batch.expect("threads can be started").noting_paths(study.paths).keeping_rows(true)
}

fn played(path: &Path, text: &str) -> Played {
    let source = Source::parse(path, text).expect("it is TOML");
    let study = Study::from_source(&source, &Overrides::default()).expect("it is valid");
    let folder = tempfile::tempdir().expect("a temporary folder");
    let mut journal = Journal::open(&folder.path().join("pieces")).expect("it can be opened");
    let head = Head::new(&study, None, vec!["run".to_owned()]);
    journal.begin(&head.to_bytes()).expect("it can be written");
    let batch = batch(&study);
    let (layout, mut shapes) = (Layout::new(&study, &batch), Shapes::default());
    play_missing((&study, &batch), (&layout, None), &mut journal, &mut shapes, &())
        .expect("nobody stops it");
    let numbers = 0..layout.pieces();
    let bodies = numbers.map(|piece| journal.pieces().body(piece).expect("it is whole")).collect();
    Played { study, head, bodies }
}

static THEORY: LazyLock<Played> = LazyLock::new(|| {
    let text = "name = \"x\"\nmodel = \"ultimatum\"\n[run]\nreplications = 1200\nkeep = \"replications\"\n";
    played(Path::new("x.toml"), text)
});

static PEACE: LazyLock<(Desk, Played)> = LazyLock::new(|| {
    let desk = Desk::new();
    let text = desk::STUDY.replace("steps = 3", "steps = 2").replace(", \"quantal\"", "");
    let played =
        played(&desk.path("study.toml"), &text.replace("replications = 700", "replications = 40"));
    (desk, played)
});

/// Puts pieces together, if they can be.
fn put_together(known: &Played, bodies: &[Vec<u8>]) -> bool {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("pieces");
    let mut journal = Journal::open(&path).expect("it can be opened");
    journal.begin(&known.head.to_bytes()).expect("it can be written");
    for (number, body) in (0..).zip(bodies) {
        journal.add(number, body).expect("it can be written");
    }
    drop(journal);
    let (_, pieces) = Pieces::open(&path).expect("it is whole");
    let study = &known.study;
    let batch = batch(study);
    let layout = Layout::new(study, &batch);
    let all = gather((study, &batch), &layout, &[&pieces], &mut Shapes::default(), None, &());
    let Ok(all) = all else { return false };
    results(&study.design, study.quantile(), 21, &all.played);
    faults_table(study, &all.faults);
    true
}

/// Bytes changed here and there, cut off, or grown.
fn changed(body: &[u8], changes: &[(f64, u8)], length: f64) -> Vec<u8> {
    let mut own = body.to_vec();
    for (place, byte) in changes {
        let at = (place * own.len() as f64) as usize;
        own[at] = *byte;
    }
    own.resize((length * body.len() as f64) as usize, 0xff);
    own
}

fn lengths() -> impl Strategy<Value = f64> {
    prop_oneof![3 => Just(1.0), 1 => 0.0..1.2_f64]
}

#[test]
fn untouched_pieces_are_put_together() {
    assert!(put_together(&THEORY, &THEORY.bodies));
    assert!(put_together(&PEACE.1, &PEACE.1.bodies));
    let strange: Part = postcard::from_bytes(&THEORY.bodies[0]).expect("it is a part");
    let strange = postcard::to_stdvec(&strange).expect("it can be written");
    assert!(!put_together(&PEACE.1, &vec![strange; PEACE.1.bodies.len()]));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(cases(400)))]

    #[test]
    fn mutated_scenarios_are_read_or_refused(edits in edits()) {
        let desk = &PEACE.0;
        let folder = tempfile::tempdir().expect("a temporary folder");
        fs::write(folder.path().join("scenario.toml"), edited(desk::SCENARIO, &edits))
            .expect("it can be written");
        let text = fs::read_to_string(desk.path("study.toml")).expect("it is there");
        let source = Source::parse(&folder.path().join("study.toml"), &text).expect("it is TOML");
        let _ = Study::from_source(&source, &Overrides::default());
    }

    #[test]
    fn mutated_plans_are_followed_or_refused(edits in edits()) {
        let (desk, known) = &*PEACE;
        let mut text = Vec::new();
        write_csv(&plan(&known.study), &mut text).expect("it can be written");
        let text = String::from_utf8(text).expect("it is text");
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = folder.path().join("plan.csv");
        fs::write(&path, edited(&text, &edits)).expect("it can be written");
        let overrides = Overrides { plan: Some(path), ..Overrides::default() };
        let _ = Study::read(&desk.path("study.toml"), &overrides);
    }

    #[test]
    fn mutated_heads_are_read_or_refused(edits in edits()) {
        let head = String::from_utf8(PEACE.1.head.to_bytes()).expect("it is text");
        let Some(head) = Head::from_bytes(edited(&head, &edits).as_bytes()) else { return Ok(()) };
        let _ = PEACE.1.head.difference(&head);
        let folder = tempfile::tempdir().expect("a temporary folder");
        fs::write(folder.path().join("study.toml"), &head.study).expect("it can be written");
        fs::write(folder.path().join("scenario.toml"), &head.scenario).expect("it can be written");
        let _ = Study::read(&folder.path().join("study.toml"), &Overrides::default());
    }

    /// With checksums put right: what a damaged disk cannot do, but a stranger can.
    #[test]
    fn mutated_pieces_are_put_together_or_refused(
        which in 0.0..1.0_f64,
        changes in prop::collection::vec((0.0..1.0_f64, any::<u8>()), 0..6),
        length in lengths(),
    ) {
        let mut bodies = THEORY.bodies.clone();
        let at = (which * bodies.len() as f64) as usize;
        // The first bytes say how many there are of everything.
        let early = changes.iter().map(|(place, byte)| (place * place * place, *byte));
        bodies[at] = changed(&bodies[at], &early.collect::<Vec<_>>(), length);
        put_together(&THEORY, &bodies);
    }
}

proptest! {
    // Its worlds take their time to be made.
    #![proptest_config(ProptestConfig::with_cases(cases(400) / 40))]

    #[test]
    fn mutated_pieces_of_the_main_model_are_put_together_or_refused(
        changes in prop::collection::vec((0.0..1.0_f64, any::<u8>()), 1..6),
        length in lengths(),
    ) {
        let mut bodies = PEACE.1.bodies.clone();
        bodies[0] = changed(&bodies[0], &changes, length);
        put_together(&PEACE.1, &bodies);
    }
}
