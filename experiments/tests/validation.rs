//! The model against history: base rates of war and peace, and the directions in which it must answer, never imposed.
//! The tables of `docs/validation.md` are those that come out here, to the letter.
//!
//! Every comparison is of two estimates that share their luck; their difference is taken to be as noisy as if they did
//! not, which errs on the side of caution. A direction counts as shown (hit) where it stands by 4.9 such standard errors (a
//! false alarm in a million), as refuted (miss) where the opposite does, and as open in between; that something does not
//! happen can only be refuted or not.

use std::fmt::Write as _;
use std::path::Path;

use engine::{Batch, Luck, MeasureInfo, Records, Seed, Summary};
use experiments::{Overrides, Plan, Source, Study};
use models::{Actor, Role};
use nalgebra::{DMatrix, DVector};

const SIGMAS: f64 = 4.9;
const REPLICATIONS: u64 = 30_000;

/// Scenarios that ship: the reference point of the model, and what is calibrated.
const SCENARIOS: [&str; 2] = ["ukraine-core", "ukraine"];

const UNITY: [&str; 3] = ["unity=0", "unity=0.5", "unity=1"];
const SIGNALLING: [&str; 3] = ["signalling=-0.5", "signalling=0.3", "signalling=1"];

/// A scenario played with some values set.
struct Run {
    summary: Summary,
    measures: Vec<MeasureInfo>,
}

fn study(scenario: &str, set: &[&str]) -> Study {
    let text = format!(
        "name = \"validation\"\nmodel = \"peace\"\nscenario = \"../scenarios/{scenario}.toml\"\n\
         [run]\nreplications = {REPLICATIONS}\n"
    );
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/studies/validation.toml");
    let source = Source::parse(Path::new(root), &text).expect("it is TOML");
    let set = set.iter().map(|own| (*own).to_owned()).collect();
    Study::from_source(&source, &Overrides { set, ..Overrides::default() }).expect("it is valid")
}

impl Run {
    fn of(scenario: &str, set: &[&str]) -> Self {
        Self::long(scenario, set, REPLICATIONS)
    }

    /// Plays in antithetic pairs, which are surer.
    fn long(scenario: &str, set: &[&str], replications: u64) -> Self {
        let study = study(scenario, set);
        let model = study.build(&study.design.point(0)).expect("it is valid");
        let measures = model.measure_infos();
        let batch = Batch::new(Seed(20_251_122), replications, 0).expect("threads can be started");
        let played = batch.antithetic(true).run(&[model], &()).expect("nobody stops it");
        Self { summary: played.into_iter().next().expect("one model"), measures }
    }

    fn place(&self, name: &str) -> usize {
        let estimates = self.measures.iter().filter_map(|own| own.estimate.as_ref());
        let place = estimates.map(|own| &own.name).position(|own| own == name);
        place.unwrap_or_else(|| panic!("no estimate {name}"))
    }

    fn mean(&self, name: &str) -> f64 {
        let tally = &self.summary.estimates()[self.place(name)].0;
        tally.mean().unwrap_or_else(|| panic!("no replication has {name}"))
    }

    fn error(&self, name: &str) -> f64 {
        let pairs = &self.summary.pairs()[self.place(name)];
        pairs.standard_error().unwrap_or_else(|| panic!("no two pairs have {name}"))
    }
}

/// A difference that must be above 0, or at least not below it, and its standard error.
struct Claim {
    difference: f64,
    error: f64,
    strict: bool,
}

impl Claim {
    fn standing(&self) -> f64 {
        self.difference / self.error
    }
}

/// The first is greater.
fn above(first: &Run, second: &Run, name: &str) -> Claim {
    let error = first.error(name).hypot(second.error(name));
    Claim { difference: first.mean(name) - second.mean(name), error, strict: true }
}

/// The first is not smaller.
fn not_below(first: &Run, second: &Run, name: &str) -> Claim {
    Claim { strict: false, ..above(first, second, name) }
}

/// A direction in words, with all that it claims.
struct Sign {
    words: &'static str,
    claims: Vec<Claim>,
}

impl Sign {
    fn verdict(&self) -> &'static str {
        let refuted = |claim: &Claim| claim.standing() < -SIGMAS;
        let shown = |claim: &Claim| !claim.strict || claim.standing() > SIGMAS;
        if self.claims.iter().any(refuted) {
            "miss"
        } else if !self.claims.iter().any(|claim| claim.strict) {
            "not refuted"
        } else if self.claims.iter().all(shown) {
            "hit"
        } else {
            "open"
        }
    }

    /// The weakest of its claims.
    fn told(&self) -> String {
        let own = self.claims.iter();
        let weakest = own.min_by(|a, b| a.standing().total_cmp(&b.standing()));
        let weakest = weakest.expect("a sign claims something");
        let digits = if weakest.difference.abs() < 0.1 { 4 } else { 3 };
        format!("{:+.digits$} ± {:.digits$}", weakest.difference, weakest.error)
    }
}

fn signs(scenario: &str) -> Vec<Sign> {
    let mut all = of_unity_and_rhetoric(scenario);
    all.extend(of_time(scenario));
    all.extend(of_pressure(scenario));
    all.extend(of_guarantees(scenario));
    all
}

fn of_unity_and_rhetoric(scenario: &str) -> Vec<Sign> {
    let grid: Vec<Vec<Run>> = UNITY
        .iter()
        .map(|unity| SIGNALLING.iter().map(|hard| Run::of(scenario, &[unity, hard])).collect())
        .collect();
    let harder = |name: &'static str, turned: bool| -> Vec<Claim> {
        let steps = grid.iter().flat_map(|row| row.windows(2));
        let claim = |pair: &[Run]| match turned {
            true => above(&pair[0], &pair[1], name),
            false => above(&pair[1], &pair[0], name),
        };
        steps.map(claim).collect()
    };
    let united = |name: &'static str| -> Vec<Claim> {
        let steps = grid.windows(2).flat_map(|pair| pair[0].iter().zip(&pair[1]));
        steps.map(|(low, high)| above(high, low, name)).collect()
    };
    let soft = grid.windows(2).map(|pair| above(&pair[1][0], &pair[0][0], "p_holds_5y"));
    let hard = grid.windows(2).map(|pair| not_below(&pair[1][2], &pair[0][2], "p_holds_5y"));
    vec![
        Sign {
            words: "P(signed) falls as rhetoric hardens, at every unity",
            claims: harder("p_agreement", true),
        },
        Sign {
            words: "P(holds \\| signed) rises as rhetoric hardens: only robust deals are signed",
            claims: harder("p_holds_5y", false),
        },
        Sign {
            words: "P(signed and holds) rises with unity, at every signalling",
            claims: united("p_durable"),
        },
        Sign {
            words: "P(holds 20 years \\| signed) rises with unity",
            claims: united("p_holds_20y"),
        },
        Sign {
            words: "P(holds 5 years \\| signed) rises with unity at soft rhetoric",
            claims: soft.collect(),
        },
        Sign { words: "… and does not fall with it at hard rhetoric", claims: hard.collect() },
    ]
}

fn of_time(scenario: &str) -> Vec<Sign> {
    let long = Run::long(scenario, &[], 3 * REPLICATIONS);
    // The first hazard is that of a year; those of longer stretches are yearly rates.
    let survival = long.summary.survival();
    let alive = |year: usize| survival[year].mean().expect("some agree");
    // As if all were independent: errors of pairs differ from that by a few hundredths of themselves.
    let error = |year: usize| survival[year].standard_error().expect("some agree");
    let hazard = |from: usize, to: usize| {
        let years = (to - from) as f64;
        let noise = (error(to) / alive(to)).hypot(error(from) / alive(from)) / years;
        (1.0 - (alive(to) / alive(from)).powf(1.0 / years), noise)
    };
    let falls = |(early, late): ((f64, f64), (f64, f64))| Claim {
        difference: early.0 - late.0,
        error: early.1.hypot(late.1),
        strict: true,
    };
    let ageing = [(hazard(0, 1), hazard(1, 5)), (hazard(1, 2), hazard(5, 20))].map(falls);
    let alike = ["actors.Russia.war_cost.log_sd=0", "actors.Ukraine.war_cost.log_sd=0"];
    let mut without = falls(ends(&Run::long(scenario, &alike, 3 * REPLICATIONS)));
    without.difference = -without.difference;
    without.strict = false;
    vec![
        Sign { words: "The hazard of peace falls with its age", claims: ageing.into() },
        Sign {
            words: "From the second year the chance that the war ends next month falls with its length",
            claims: vec![falls(ends(&long))],
        },
        Sign { words: "… but not where private costs are all alike", claims: vec![without] },
    ]
}

/// How likely a month at risk ends the war, in months 13 to 24 and 37 to 60, with binomial errors.
fn ends(run: &Run) -> ((f64, f64), (f64, f64)) {
    let months = run.summary.estimates()[run.place("month")].1.as_ref().expect("they are counted");
    let signed = |from: u32, to: u32| {
        let inside = |(low, _, _): &(f64, f64, u64)| *low > f64::from(from) && *low < f64::from(to);
        months.cells().filter(inside).map(|(_, _, count)| count).sum::<u64>() as f64
    };
    let total = run.summary.replications() as f64;
    let rate = |from: u32, to: u32| {
        let ends = signed(from, to);
        let at_risk = (total - signed(0, from) - ends / 2.0) * f64::from(to - from);
        (ends / at_risk, ends.sqrt() / at_risk)
    };
    (rate(12, 24), rate(36, 60))
}

fn of_pressure(scenario: &str) -> Vec<Sign> {
    let run = |set: &[&str]| Run::of(scenario, set);
    let split = ["unity=0.1"];
    let (free, pressed) = (run(&split), run(&["unity=0.1", "coalition.quota=0.1"]));
    let (given, withheld) = (run(&[]), run(&["front.withheld_aid=1"]));
    let (less, more) = (run(&["front.aid=0.2"]), run(&["front.aid=1.2"]));
    let (none, many) = (run(&["channels=0"]), run(&["channels=8"]));
    vec![
        Sign {
            words: "A lower quota at low unity: more is signed",
            claims: vec![above(&pressed, &free, "p_agreement")],
        },
        Sign {
            words: "… and it does not hold better",
            claims: vec![not_below(&free, &pressed, "p_holds_5y")],
        },
        Sign {
            words: "Aid withheld during talks: more is signed",
            claims: vec![above(&withheld, &given, "p_agreement")],
        },
        Sign {
            words: "… and it does not hold better",
            claims: vec![not_below(&given, &withheld, "p_holds_5y")],
        },
        Sign {
            words: "More aid: P(signed) falls, P(holds \\| signed) rises",
            claims: vec![above(&less, &more, "p_agreement"), above(&more, &less, "p_holds_5y")],
        },
        Sign {
            words: "More channels bring agreement sooner (months)",
            claims: vec![above(&none, &many, "month")],
        },
    ]
}

fn of_guarantees(scenario: &str) -> Vec<Sign> {
    let name = "p_durable";
    let [low, middle, high] =
        [0.0, 0.25, 0.5].map(|g| Run::of(scenario, &[&format!("compliance.deterrence={g}")]));
    let bend = Claim {
        difference: low.mean(name) + high.mean(name) - 2.0 * middle.mean(name),
        error: low.error(name).hypot(high.error(name)).hypot(2.0 * middle.error(name)),
        strict: true,
    };
    let effect = |more: &[&str]| {
        let run = |unity: &'static str| Run::of(scenario, &[&[unity], more].concat());
        above(&run("unity=0.9"), &run("unity=0.1"), name)
    };
    let (with, without) = (effect(&[]), effect(&["compliance.deterrence=0"]));
    let credibility = Claim {
        difference: 0.5 * with.difference - without.difference.abs(),
        error: (0.5 * with.error).hypot(without.error),
        strict: true,
    };
    let (deter, masked) = regressions(scenario);
    vec![
        Sign { words: "P(signed and holds) is convex in deterrence", claims: vec![bend] },
        Sign {
            words: "Unity works mostly through the credibility of guarantees: without deterrence its effect is less than half",
            claims: vec![credibility],
        },
        Sign {
            words: "Over signed agreements stronger guarantees go with fewer breaks, hard cases held apart (slope)",
            claims: vec![deter],
        },
        Sign {
            words: "… and raw comparisons mask it: raw slope less that slope",
            claims: vec![masked],
        },
    ]
}

/// That guarantees deter, by the slope of the chance to break within five years on the guarantee signed, over cases of
/// different difficulty (three levels of signalling) with what makes a case hard held: the challenger's cost, and its
/// grievance as its type minds it. And that the raw slope, alone, is more favourable to breaking than that. At one level of
/// signalling alone the mask is not there. Errors are clustered by replication, which is in all levels.
fn regressions(scenario: &str) -> (Claim, Claim) {
    let cases: Vec<(u64, Vec<f64>)> =
        SIGNALLING.iter().flat_map(|level| cases(scenario, level)).collect();
    let rows = |width: usize| -> Vec<Vec<f64>> {
        cases.iter().map(|(_, row)| row[..width].to_vec()).collect()
    };
    let (raw, adjusted) = (slope(&rows(2)), slope(&rows(4)));
    let clustered = |influence: &dyn Fn(usize) -> f64| -> f64 {
        let mut sums = vec![0.0; REPLICATIONS as usize];
        cases.iter().enumerate().for_each(|(at, (own, _))| sums[*own as usize] += influence(at));
        sums.iter().map(|sum| sum * sum).sum::<f64>().sqrt()
    };
    let deter = clustered(&|at| adjusted.1[at]);
    let masked = clustered(&|at| raw.1[at] - adjusted.1[at]);
    (
        Claim { difference: -adjusted.0, error: deter, strict: true },
        Claim { difference: raw.0 - adjusted.0, error: masked, strict: true },
    )
}

/// Least squares of the first column on a constant and the others: the coefficient of the second
/// column, and what each row adds to its error.
fn slope(rows: &[Vec<f64>]) -> (f64, Vec<f64>) {
    let width = rows[0].len();
    let x =
        DMatrix::from_fn(rows.len(), width, |row, at| if at == 0 { 1.0 } else { rows[row][at] });
    let y = DVector::from_fn(rows.len(), |row, _| rows[row][0]);
    let inverse = (x.transpose() * &x).try_inverse().expect("the columns are independent");
    let fitted = &inverse * x.transpose() * &y;
    let left = &y - &x * &fitted;
    let weights = &x * inverse.column(1);
    (fitted[1], left.iter().zip(&weights).map(|(left, weight)| left * weight).collect())
}

/// Each agreement at a level of signalling, by replication: chance to break within five years, guarantee,
/// grievance as the challenger's type minds it, the challenger's cost.
fn cases(scenario: &str, signalling: &str) -> Vec<(u64, Vec<f64>)> {
    let study = study(scenario, &[signalling]);
    let model = study.build(&study.design.point(0)).expect("it is valid");
    let columns: Vec<String> = model.measure_infos().into_iter().map(|own| own.name).collect();
    let places = ["survival_5y", "terms_guarantees", "revisionist", "cost_challenger"]
        .map(|name| columns.iter().position(|known| known == name).expect("it is there"));
    let settler = study.settings.get("compliance.settler_grievance");
    let is_challenger = |actor: &&Actor| actor.role == Role::Challenger;
    let challenger = study.scenario.actors.iter().find(is_challenger).expect("there is one");
    let issues = study.scenario.issues.iter().map(|issue| format!("terms_{}", issue.name));
    let issues: Vec<usize> = issues
        .map(|name| columns.iter().position(|known| *known == name).expect("it is there"))
        .collect();
    let weights: f64 = challenger.salience.iter().sum();
    let mut values = Vec::new();
    let records = Records { rows: Some(&mut values), ..Records::default() };
    let luck = Luck::from(Seed(20_251_122));
    model.play_range(luck, 0..REPLICATIONS, records);
    let row = |(replication, row): (u64, &[Option<f64>])| {
        let picked: Vec<f64> = places.iter().map(|at| row[*at]).collect::<Option<_>>()?;
        let [holds, guarantee, revisionist, cost] = picked[..] else { return None };
        let terms: Vec<f64> = issues.iter().map(|at| row[*at]).collect::<Option<_>>()?;
        let loss = |((weight, ideal), level): ((&f64, &f64), &f64)| {
            weight / weights * (level - ideal).abs().powf(challenger.curvature)
        };
        let wanted = challenger.salience.iter().zip(&challenger.ideal);
        let grievance: f64 = wanted.zip(&terms).map(loss).sum();
        let minded = if revisionist == 1.0 { grievance } else { settler * grievance };
        Some((replication, vec![1.0 - holds, guarantee, minded, cost]))
    };
    (0..).zip(values.chunks_exact(columns.len())).filter_map(row).collect()
}

fn page() -> String {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/validation.md");
    std::fs::read_to_string(path).expect("it ships")
}

#[test]
fn the_directions_in_which_the_model_answers_are_those_of_the_page() {
    let [core, ukraine] = SCENARIOS.map(signs);
    let mut table = "| sign | `ukraine-core` | | `ukraine` | |\n|---|---|---|---|---|\n".to_owned();
    for (own, other) in core.iter().zip(&ukraine) {
        let cells = [own.told(), own.verdict().into(), other.told(), other.verdict().into()];
        let _ = writeln!(table, "| {} | {} |", own.words, cells.join(" | "));
    }
    // The starting values were chosen so that all of them come out.
    assert!(core.iter().all(|sign| ["hit", "not refuted"].contains(&sign.verdict())), "{table}");
    assert!(page().contains(&table), "docs/validation.md should say\n{table}");
}

#[test]
fn base_rates_are_those_of_the_page() {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/calibration/base-rates.toml");
    let plan = Plan::read(root.as_ref(), &Overrides::default()).expect("it ships");
    let runs = SCENARIOS.map(|scenario| Run::long(scenario, &[], 3 * REPLICATIONS));
    let mut table = "| base rate | history [95 %] | `ukraine-core` | | `ukraine` | |\n|---|---|---|---|---|---|\n"
        .to_owned();
    for target in &plan.targets {
        let cells = runs.each_ref().map(|run| {
            let found = target.moment.of(&run.measures, &run.summary).expect("all are told");
            format!("{found:.3} | {}", if target.holds(found) { "hit" } else { "miss" })
        });
        let (value, low, high) = (target.value, target.low, target.high);
        let history = format!("{value:.3} [{low:.3}, {high:.3}]");
        let _ = writeln!(table, "| {} | {history} | {} | {} |", target.name, cells[0], cells[1]);
    }
    assert!(page().contains(&table), "docs/validation.md should say\n{table}");
}
