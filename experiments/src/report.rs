//! The report of a run, as data: what was asked, what came out, and all that it rests on.

use engine::{AnyModel, MeasureInfo};
use models::{Actor, Parameter, Scenario};
use outputs::chart::{ChartError, ChartSpec, Medium, describe, draw};
use outputs::report::{Block, Column, Document, Figure, Sheet};
use outputs::{Provenance, Table};

use crate::beside::{Beside, terms_beside_theory};
use crate::catalogue::Pictures;
use crate::design::{Point, Target};
use crate::results::Results;
use crate::rules::rules;
use crate::spread::spreads;
use crate::study::Study;

/// Larger designs are shown by their extremes; all points are in `points.csv`.
const MOST_ROWS: usize = 200;

/// Everything that a report is made from.
pub struct Sources<'a> {
    /// The study as run.
    pub study: &'a Study,
    /// Its tables.
    pub results: &'a Results,
    /// Its charts, by file.
    pub charts: &'a [(String, ChartSpec)],
    /// Where it comes from.
    pub provenance: &'a Provenance,
}

/// The report of a run.
///
/// # Errors
///
/// [`ChartError`] where a chart cannot be drawn.
pub fn report(sources: &Sources) -> Result<Document, ChartError> {
    let Sources { study, results, charts, provenance } = *sources;
    let title = if study.question.is_empty() { &study.name } else { &study.question };
    let mut blocks = vec![
        Block::Text(format!(
            "Study {}, world {}: {} design points{}, {} replications {}each, seed {}.",
            study.name,
            study.world.name,
            study.design.size().unwrap_or(0),
            match study.drawn.len() {
                1 => String::new(),
                draws => format!(", {draws} draws at each"),
            },
            provenance.replications,
            if study.antithetic { "in antithetic pairs " } else { "" },
            provenance.seed
        )),
        heading("The answer"),
    ];
    blocks.extend(answer(study, results));
    blocks.extend(unknown(study, results));
    blocks.extend(other_rules(study, results));
    blocks.push(Block::Text(conditional(study)));
    blocks.extend(results.faults.as_ref().map(|faults| Block::Text(broken_off(faults))));
    if let Some(beside) = terms_beside_theory(study, results) {
        blocks.extend(theory_of(&beside));
    }
    blocks.push(heading("Charts"));
    for (file, spec) in charts {
        let svg = String::from_utf8_lossy(&draw(spec, Medium::Svg)?).into_owned();
        blocks.push(Block::Figure(Figure { file: file.clone(), svg, alt: describe(spec) }));
    }
    blocks.push(heading("Estimates"));
    blocks.extend(estimates(study, results));
    blocks.push(heading("Assumptions"));
    blocks.extend(assumptions(study));
    if study.world.scenario.is_some() {
        blocks.extend(scenario(&study.scenario));
    }
    blocks.push(heading("The model"));
    blocks.extend(description(study));
    blocks.push(heading("Limits"));
    blocks.push(Block::List(limits(study)));
    blocks.push(heading("Where it comes from"));
    blocks.extend(origin(provenance));
    Ok(Document { title: title.clone(), blocks })
}

fn conditional(study: &Study) -> String {
    let intervals = match study.uncertain.is_empty() {
        true => "show simulation error only",
        false => "are those of means over draws; the spread over draws is wider",
    };
    format!(
        "Every probability is conditional on the model, the scenario and the values given. Intervals are 95 % and {intervals}."
    )
}

/// How many replications broke off, in words.
pub fn broken_off(faults: &Table) -> String {
    let (count, were) = match faults.rows().len() {
        1 => ("1 replication".to_owned(), "was"),
        count => (format!("{count} replications"), "were"),
    };
    format!(
        "{count} broke off and {were} left out: every estimate is of those that did not. faults.csv has their places \
         and what went wrong, a mistake in the program or in the values given."
    )
}

fn heading(text: &str) -> Block {
    Block::Heading(2, text.to_owned())
}

fn under(text: &str) -> Block {
    Block::Heading(3, text.to_owned())
}

/// A headline estimate at a point, with its interval.
struct Estimate {
    value: f64,
    ends: Option<(f64, f64)>,
}

impl Estimate {
    fn read(results: &Results, point: usize, column: &str) -> Option<Self> {
        let cell = |end: &str| results.points.cell(point, &format!("{column}{end}")).number();
        Some(Self { value: cell("")?, ends: cell("_low").zip(cell("_high")) })
    }

    fn text(&self) -> String {
        let ends = self.ends.map(|(low, high)| format!(" [{low:.3}, {high:.3}]"));
        format!("{:.3}{}", self.value, ends.unwrap_or_default())
    }
}

fn place(study: &Study, point: &Point) -> String {
    let words = study.design.words(point);
    if words.is_empty() { "the values given".to_owned() } else { words }
}

/// The lowest and the highest of each headline estimate, in a sentence each.
fn answer(study: &Study, results: &Results) -> Vec<Block> {
    let sentence = |(column, title): &(String, String)| {
        let all = study.design.points().filter_map(|point| {
            let found = Estimate::read(results, point.number as usize, column)?;
            Some((found, point))
        });
        let mut all: Vec<(Estimate, Point)> = all.collect();
        all.sort_by(|a, b| a.0.value.total_cmp(&b.0.value));
        let text = match (&all[..], all.first(), all.last()) {
            ([only], _, _) => format!("{title} is {} at {}.", only.0.text(), place(study, &only.1)),
            (_, Some(least), Some(most)) => format!(
                "{title} runs from {} at {} to {} at {}.",
                least.0.text(),
                place(study, &least.1),
                most.0.text(),
                place(study, &most.1)
            ),
            _ => format!("{title}: nothing to show at any point."),
        };
        Block::Lead(text)
    };
    study.headline().iter().map(sentence).collect()
}

/// What is uncertain, and how the headline spreads over it; nothing where all is known.
fn unknown(study: &Study, results: &Results) -> Vec<Block> {
    let Some(draws) = &results.draws else { return Vec::new() };
    let number = |value: f64| format!("{value:.3}");
    let row = |point: Point| {
        let (at, number_of) = (place(study, &point), point.number);
        spreads(study, &draws.uncertainty, number_of).into_iter().map(move |own| {
            let mut row = vec![at.clone(), own.title];
            row.extend(own.quantiles.map(number));
            row.push(
                own.ignorance.map_or("–".to_owned(), |share| format!("{:.0} %", 100.0 * share)),
            );
            row.push(own.missing.to_string());
            row
        })
    };
    let points = study.design.points().take(MOST_ROWS);
    let inputs = study.uncertain.iter().map(|own| vec![own.path.clone(), own.distribution.words()]);
    let numbers = ["5 %", "25 %", "median", "75 %", "95 %", "not chance", "draws without"];
    let columns = ["point", "estimate"].map(Column::text).into_iter();
    vec![
        under("What is not known"),
        Block::Text(format!(
            "{} draws of {} uncertain inputs ({}), {} replications in each. The estimates above are means over \
             draws. The quantiles are those of the estimates of single draws; \u{201c}not chance\u{201d} is the share \
             of their variance that is left when that of their replications is taken off.",
            study.drawn.len(),
            study.uncertain.len(),
            study.draws.way.name(),
            study.replications
        )),
        Block::Sheet(Sheet {
            caption: "The headline over draws".to_owned(),
            columns: columns.chain(numbers.map(Column::numbers)).collect(),
            rows: points.flat_map(row).collect(),
        }),
        Block::Sheet(Sheet {
            caption: "Uncertain inputs".to_owned(),
            columns: ["input", "distribution"].map(Column::text).to_vec(),
            rows: inputs.collect(),
        }),
    ]
}

/// The headline under every member of an ensemble; nothing where there is none.
fn other_rules(study: &Study, results: &Results) -> Vec<Block> {
    let Some(own) = rules(study, results) else { return Vec::new() };
    let number =
        |value: &Option<f64>| value.map_or("–".to_owned(), |value| format!("{value:.3}"));
    let row = |(name, values): &(String, Vec<Option<f64>>)| {
        std::iter::once(name.clone()).chain(values.iter().map(number)).collect()
    };
    let at = if own.held.is_empty() { String::new() } else { format!(" at {}", own.held) };
    vec![
        under("How far it depends on the rules"),
        Block::List(own.words()),
        Block::Sheet(Sheet {
            caption: format!("The headline under {} sets of rules{at}", own.members.len()),
            columns: std::iter::once(Column::text("rules"))
                .chain(own.titles.iter().map(Column::numbers))
                .collect(),
            rows: own.members.iter().map(row).collect(),
        }),
    ]
}

/// The terms beside what bargaining theory says of them.
fn theory_of(beside: &Beside) -> Vec<Block> {
    let number =
        |value: &Option<f64>| value.map_or("–".to_owned(), |value| format!("{value:.3}"));
    let row = |(name, values): (String, &Vec<Option<f64>>)| {
        std::iter::once(name).chain(values.iter().map(number)).collect()
    };
    let mut rows: Vec<Vec<String>> = vec![row(("signed, mean".to_owned(), &beside.signed))];
    for (table, solutions) in &beside.tables {
        rows.extend(
            solutions.iter().map(|(name, values)| row((format!("{name} ({table})"), values))),
        );
    }
    let issues = beside.issues.iter().map(Column::numbers);
    vec![
        under("Terms beside bargaining theory"),
        Block::Sheet(Sheet {
            caption: format!(
                "Mean agreed terms at {}, and bargaining solutions over the war at the outset",
                beside.at
            ),
            columns: std::iter::once(Column::text("terms")).chain(issues).collect(),
            rows,
        }),
    ]
}

/// Headline estimates of every point, where they are not too many.
fn estimates(study: &Study, results: &Results) -> Vec<Block> {
    let headline = study.headline();
    let row = |point: Point| {
        let levels = study.design.told(&point).into_iter().map(|(_, value)| value.to_string());
        let found = headline.iter().map(|(column, _)| {
            let found = Estimate::read(results, point.number as usize, column);
            found.map_or("–".to_owned(), |found| found.text())
        });
        levels.chain(found).collect()
    };
    let first = study.design.told(&study.design.point(0)).into_iter();
    let levels = first.map(|(name, _)| Column::numbers(name));
    let titles = headline.iter().map(|(_, title)| Column::numbers(title.clone()));
    let all = results.points.rows().len();
    let sheet = Sheet {
        caption: "Headline estimates with 95 % intervals".to_owned(),
        columns: levels.chain(titles).collect(),
        rows: study.design.points().take(MOST_ROWS).map(row).collect(),
    };
    let mut blocks = vec![Block::Sheet(sheet)];
    if all > MOST_ROWS {
        let text = format!(
            "The first {MOST_ROWS} of {all} points; all of them, with all estimates, are in points.csv."
        );
        blocks.push(Block::Text(text));
    }
    blocks
}

/// Every parameter with its value, and where that comes from.
fn assumptions(study: &Study) -> Vec<Block> {
    let swept = |parameter: &Parameter| {
        let target = Target::Parameter(study.settings.place(parameter.path)?);
        let axis = study.design.axes.iter().find(|axis| axis.sets(&target))?;
        if matches!(axis.target, Target::Points(_) | Target::Ensemble(_)) {
            return Some(format!("by {}", axis.path));
        }
        let levels: Vec<String> = axis.levels.iter().map(ToString::to_string).collect();
        Some(format!("swept: {}", levels.join(", ")))
    };
    let uncertain = |parameter: &Parameter| {
        let own = study.uncertain.iter().find(|own| own.path == parameter.path)?;
        Some(format!("uncertain: {}", own.distribution.words()))
    };
    let row = |parameter: &Parameter| {
        let set = study.settings.find(parameter.path);
        let show = |number: f64| parameter.kind.write(number).to_string();
        let value = swept(parameter)
            .or_else(|| uncertain(parameter))
            .or_else(|| set.map(show))
            .unwrap_or_else(|| "absent".to_owned());
        let default = parameter.default.map_or("absent".to_owned(), show);
        let differs = if value == default { "" } else { "differs" };
        let own = study.sources.iter().find(|(path, _)| path == parameter.path);
        let source = match (own, value == default) {
            (Some((_, source)), _) => source,
            (None, true) => parameter.provenance,
            (None, false) => "this study",
        };
        [
            parameter.path,
            parameter.symbol,
            &value,
            &default,
            differs,
            parameter.unit,
            parameter.meaning,
            source,
        ]
        .map(str::to_owned)
        .to_vec()
    };
    let names = [
        "parameter",
        "symbol",
        "value",
        "default",
        "changed",
        "unit",
        "meaning",
        "source of the value",
    ];
    vec![Block::Sheet(Sheet {
        caption: format!("All parameters of {}", study.world.name),
        columns: names.map(Column::text).to_vec(),
        rows: study.world.parameters.iter().map(row).collect(),
    })]
}

/// Issues and actors with their numbers, and where these come from.
fn scenario(scenario: &Scenario) -> Vec<Block> {
    let issues = || scenario.issues.iter().map(|issue| issue.name.as_str());
    let mut columns =
        vec![Column::text("actor"), Column::text("role"), Column::numbers("capability")];
    columns.extend(issues().map(|issue| Column::numbers(format!("ideal: {issue}"))));
    columns.extend(issues().map(|issue| Column::numbers(format!("salience: {issue}"))));
    let row = |actor: &Actor| {
        let role = models::Role::NAMES.iter().find(|(_, role)| *role == actor.role);
        let names = [actor.name.clone(), role.map_or("", |(name, _)| name).to_owned()];
        let numbers = std::iter::once(&actor.capability).chain(&actor.ideal).chain(&actor.salience);
        names.into_iter().chain(numbers.map(ToString::to_string)).collect()
    };
    let sources = |(of, list): (String, &Vec<(String, String)>)| -> Vec<Vec<String>> {
        list.iter().map(|(key, source)| vec![of.clone(), key.clone(), source.clone()]).collect()
    };
    let of_issues = scenario.issues.iter().map(|issue| (issue.name.clone(), &issue.sources));
    let of_actors = scenario.actors.iter().map(|actor| (actor.name.clone(), &actor.sources));
    vec![
        under("The scenario"),
        Block::Sheet(Sheet {
            caption: format!("Actors of the scenario {}", scenario.name),
            columns,
            rows: scenario.actors.iter().map(row).collect(),
        }),
        Block::Sheet(Sheet {
            caption: "Where the numbers of the scenario come from".to_owned(),
            columns: ["of", "number", "source"].map(Column::text).to_vec(),
            rows: of_issues.chain(of_actors).flat_map(sources).collect(),
        }),
    ]
}

/// The world after the ODD+D protocol: what is written about it, and its measures.
fn description(study: &Study) -> Vec<Block> {
    let mut blocks = vec![Block::Text(format!("{}.", study.world.summary))];
    if !study.world.description.is_empty() {
        let text = "The description follows the ODD+D protocol (Müller et al. 2013, Environmental Modelling \
                    & Software 48). Its submodels, with all formulas, are in docs/model.md; their parameters are \
                    in the table above.";
        blocks.push(Block::Text(text.to_owned()));
    }
    for (title, text) in study.world.description {
        blocks.push(under(title));
        blocks.push(Block::Text((*text).to_owned()));
    }
    if let Ok(model) = study.build(&study.design.point(0)) {
        blocks.push(measures(&*model));
    }
    blocks
}

fn measures(model: &dyn AnyModel) -> Block {
    let row = |info: MeasureInfo| {
        let estimate = info.estimate.map_or("–".to_owned(), |estimate| estimate.name);
        vec![info.name, info.unit.to_owned(), info.meaning, estimate]
    };
    Block::Sheet(Sheet {
        caption: "What is read off every replication".to_owned(),
        columns: ["measure", "unit", "meaning", "estimate"].map(Column::text).to_vec(),
        rows: model.measure_infos().into_iter().map(row).collect(),
    })
}

fn limits(study: &Study) -> Vec<String> {
    let assumed = |parameter: &&Parameter| parameter.provenance.starts_with("assumed");
    let count = study.world.parameters.iter().filter(assumed).count();
    let unknown = match study.uncertain.is_empty() {
        true => {
            "Intervals show how far the numbers would move with other luck. What is not known about the values and \
             about the form of the model is not in them, and is likely to weigh more."
        }
        false => {
            "Intervals show how far means over draws would move with other draws and other luck. What is not known is \
             in the quantiles over draws, as far as the distributions given say it, and these are assumptions too; what \
             is not known about the form of the model is in neither."
        }
    };
    let mut limits = vec![
        "Probabilities follow from the assumptions above. They are not forecasts of what will happen.".to_owned(),
        unknown.to_owned(),
        format!(
            "Of {} parameters {count} have an assumed default; each says so. Numbers of a scenario carry their \
             own sources.",
            study.world.parameters.len()
        ),
        "All design points share their luck, replication by replication: neighbours err together, and differences \
         between points are surer than each by itself."
            .to_owned(),
    ];
    if study.world.pictures == Pictures::Peace {
        limits.push(
            "Where signing is hard, the few agreements that are signed are not like the rest: P(holds | signed) can \
             rise while durable agreements become rarer. Read the three probabilities together."
                .to_owned(),
        );
    }
    limits
}

fn origin(provenance: &Provenance) -> Vec<Block> {
    let rows = [
        ("version", provenance.version.clone()),
        ("commit", provenance.commit.clone()),
        ("seed", provenance.seed.to_string()),
        ("replications at each point", provenance.replications.to_string()),
        ("design points", provenance.points.to_string()),
        ("study.toml, BLAKE3", provenance.study_blake3.clone()),
        ("scenario.toml, BLAKE3", provenance.scenario_blake3.clone()),
    ];
    let rows = rows.into_iter().filter(|(_, value)| !value.is_empty());
    vec![
        Block::Sheet(Sheet {
            caption: "What made these numbers".to_owned(),
            columns: ["what", "value"].map(Column::text).to_vec(),
            rows: rows.map(|(name, value)| vec![name.to_owned(), value]).collect(),
        }),
        Block::Text(
            "study.toml and scenario.toml beside this page give the same tables when they are run again with the \
             same version into another folder."
                .to_owned(),
        ),
    ]
}
