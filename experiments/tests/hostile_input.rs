//! Random studies and scenarios: the reader may refuse them, but never panics.

use std::fs;
use std::path::PathBuf;

use experiments::{Game, Overrides, Source, Study};
use proptest::prelude::*;

/// How many cases are tried; ARMISTICE_CASES asks for more.
fn cases(usual: u32) -> u32 {
    std::env::var("ARMISTICE_CASES").ok().and_then(|text| text.parse().ok()).unwrap_or(usual)
}

fn shipped(folder: &str) -> Vec<PathBuf> {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(folder);
    let entries = fs::read_dir(root).expect("the folder is shipped");
    let paths = entries.map(|entry| entry.expect("it is there").path());
    let mut files: Vec<PathBuf> = paths.filter(|path| path.is_file()).collect();
    files.sort();
    files
}

#[test]
fn every_shipped_study_is_valid_and_opens_with_its_question() {
    let (studies, theory) = (shipped("studies"), shipped("studies/theory"));
    assert_eq!((studies.len(), theory.len()), (10, 13));
    for path in studies.into_iter().chain(theory) {
        let study = Study::read(&path, &Overrides::default());
        let study = study.unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(Some(study.name.as_str()), path.file_stem().and_then(|stem| stem.to_str()));
        assert!(study.question.ends_with('?'), "{}", study.question);
    }
}

#[test]
fn every_number_of_a_shipped_scenario_has_a_source() {
    for path in shipped("scenarios") {
        let text = fs::read_to_string(&path).expect("it is there");
        let table: toml::Table = text.parse().expect("it is TOML");
        for section in ["actors", "issues"] {
            for (name, entry) in table[section].as_table().expect("a table") {
                let entry = entry.as_table().expect("a table");
                let numbers = entry.iter().filter(|(_, value)| !value.is_str());
                for (key, _) in numbers.filter(|(key, _)| *key != "sources") {
                    let source = entry.get("sources").and_then(|sources| sources.get(key));
                    assert!(source.is_some(), "{}: {section}.{name}.{key}", path.display());
                }
            }
        }
    }
}

#[test]
fn ukraine_core_writes_out_every_default() {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("scenarios/ukraine-core.toml");
    let table: toml::Table =
        fs::read_to_string(path).expect("it is shipped").parse().expect("it is TOML");
    for parameter in models::peace::PARAMETERS.iter().filter(|known| known.default.is_some()) {
        let mut here = &table["parameters"];
        for key in parameter.path.split('.') {
            here = here.get(key).unwrap_or_else(|| panic!("{} is missing", parameter.path));
        }
    }
}

fn read(text: &str) -> bool {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("studies/mutant.toml");
    let study = Source::parse(&path, text).map(|s| Study::from_source(&s, &Overrides::default()));
    matches!(study, Ok(Ok(_)))
}

/// One of the shipped studies, or a scenario in its place.
fn texts() -> impl Strategy<Value = String> {
    let all: Vec<String> = ["studies", "studies/theory", "scenarios"]
        .iter()
        .flat_map(|folder| shipped(folder))
        .map(|path| fs::read_to_string(path).expect("it is there"))
        .collect();
    prop::sample::select(all)
}

/// Fragments that readers trip over.
fn fragments() -> impl Strategy<Value = String> {
    prop_oneof![
        Just("nan".to_owned()),
        Just("-inf".to_owned()),
        Just("1e308".to_owned()),
        Just("-1".to_owned()),
        Just("99999999999999999999999".to_owned()),
        Just("{}".to_owned()),
        Just("[]".to_owned()),
        Just("[[x]]\n".to_owned()),
        Just("\"".to_owned()),
        Just("'''".to_owned()),
        Just("\u{0}".to_owned()),
        Just("é.\u{301}".to_owned()),
        Just("= {".to_owned()),
        Just("1979-05-27".to_owned()),
        "[a-z._\"= \\[\\]{}0-9\n]{0,12}",
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(cases(400)))]

    #[test]
    fn mutated_files_are_read_or_refused(
        text in texts(),
        edits in prop::collection::vec((0.0..1.0_f64, 0_usize..20, fragments()), 1..4),
    ) {
        let mut letters: Vec<char> = text.chars().collect();
        for (place, length, fragment) in edits {
            let from = (place * letters.len() as f64) as usize;
            let to = (from + length).min(letters.len());
            letters.splice(from..to, fragment.chars());
        }
        read(&letters.into_iter().collect::<String>());
    }

    #[test]
    fn mutated_games_are_solved_or_refused(
        path in prop::sample::select(shipped("games")),
        edits in prop::collection::vec((0.0..1.0_f64, 0_usize..12, fragments()), 1..4),
    ) {
        let text = fs::read_to_string(&path).expect("it is there");
        let mut letters: Vec<char> = text.chars().collect();
        for (place, length, fragment) in edits {
            let from = (place * letters.len() as f64) as usize;
            let to = (from + length).min(letters.len());
            letters.splice(from..to, fragment.chars());
        }
        let folder = tempfile::tempdir().expect("a temporary folder");
        let mutant = folder.path().join(path.file_name().expect("it has a name"));
        fs::write(&mutant, letters.into_iter().collect::<String>()).expect("it can be written");
        match experiments::read_game(&mutant) {
            Ok(Game::Normal(game)) => {
                if let Some(found) = game.equilibria() {
                    prop_assert!(found.all.iter().all(|own| own.regret.is_finite()));
                }
                engine::quantal_branch(&game, &[0.5, 2.0]);
            }
            Ok(Game::Extensive(game)) => {
                game.reduced_normal_form();
                game.backward_induction();
                engine::agent_quantal_branch(&game, &[0.5, 2.0]);
            }
            Err(_) => {}
        }
    }

    #[test]
    fn noise_is_read_or_refused(text in "\\PC{0,200}") {
        read(&text);
    }

    #[test]
    fn random_levels_are_read_or_refused(
        path in prop::sample::select(
            models::peace::PARAMETERS.iter().map(|known| known.path).collect::<Vec<_>>()
        ),
        levels in prop::collection::vec(prop::num::f64::ANY, 1..4),
    ) {
        let text = format!(
            "name = \"x\"\nmodel = \"peace\"\nscenario = \"../scenarios/ukraine-core.toml\"\n\
             [run]\nreplications = 1\n[sweep]\n{path} = {levels:?}\n"
        ).replace("NaN", "nan");
        read(&text);
    }
}
