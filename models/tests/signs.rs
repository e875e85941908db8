//! What must come out by itself: the directions in which `peace` answers, never imposed.
//!
//! Every comparison is of two estimates that share their luck; their difference is taken to be as
//! noisy as if they did not, which errs on the side of caution. A sign counts as shown where it
//! stands by 4.9 such standard errors (a false alarm in a million), and as not refuted where the
//! opposite does not stand by as many.

mod common;

use common::{Run, Setting, core, settings};
use engine::{AnyModel, Model, Records, Seed};
use models::peace::Peace;
use nalgebra::{DMatrix, DVector};

const SIGMAS: f64 = 4.9;
const REPLICATIONS: u64 = 20_000;

const UNITY: [f64; 3] = [0.0, 0.5, 1.0];
const SIGNALLING: [f64; 3] = [-0.5, 0.3, 1.0];

fn at(unity: f64, signalling: f64, more: &[Setting]) -> Run {
    at_length(unity, signalling, more, REPLICATIONS)
}

fn at_length(unity: f64, signalling: f64, more: &[Setting], replications: u64) -> Run {
    let point = [("unity", unity), ("signalling", signalling)];
    Run::of(&core(), &[&point[..], more].concat(), replications)
}

/// (first − second) in standard errors of the difference.
fn standing(first: &Run, second: &Run, name: &str) -> f64 {
    (first.mean(name) - second.mean(name)) / first.error(name).hypot(second.error(name))
}

fn assert_above(first: &Run, second: &Run, name: &str) {
    let standing = standing(first, second, name);
    assert!(standing > SIGMAS, "{name}: {standing:.1} standard errors");
}

fn assert_not_below(first: &Run, second: &Run, name: &str) {
    let standing = standing(first, second, name);
    assert!(standing > -SIGMAS, "{name}: {standing:.1} standard errors");
}

#[test]
fn unity_and_rhetoric_act_in_the_directions_of_the_page() {
    let grid: Vec<Vec<Run>> =
        UNITY.iter().map(|u| SIGNALLING.map(|s| at(*u, s, &[])).into()).collect();
    for row in &grid {
        for pair in row.windows(2) {
            assert_above(&pair[0], &pair[1], "p_agreement");
            assert_above(&pair[1], &pair[0], "p_holds_5y");
        }
    }
    for pair in grid.windows(2) {
        for (low, high) in pair[0].iter().zip(&pair[1]) {
            assert_above(high, low, "p_durable");
            assert_above(high, low, "p_holds_20y");
        }
        // At five years: at soft rhetoric it rises; at hard rhetoric selection may flatten it.
        assert_above(&pair[1][0], &pair[0][0], "p_holds_5y");
        assert_not_below(&pair[1][2], &pair[0][2], "p_holds_5y");
    }
}

#[test]
fn the_hazard_of_peace_falls_with_its_age() {
    let run = at_length(0.6, 0.3, &[], 60_000);
    let survival = run.summary.survival();
    let alive = |year: usize| survival[year].mean().expect("some agree");
    let error = |year: usize| survival[year].standard_error().expect("some agree");
    // Hazard over stretches of years: first, second to fifth, sixth to twentieth.
    let yearly =
        |from: usize, to: usize| 1.0 - (alive(to) / alive(from)).powf(1.0 / (to - from) as f64);
    let noise = |from: usize, to: usize| {
        (error(to) / alive(to)).hypot(error(from) / alive(from)) / (to - from) as f64
    };
    for (early, late) in [((0, 1), (1, 5)), ((1, 2), (5, 20))] {
        let gap = yearly(early.0, early.1) - yearly(late.0, late.1);
        let noise = noise(early.0, early.1).hypot(noise(late.0, late.1));
        assert!(gap > SIGMAS * noise, "{early:?} {late:?}: {gap} ± {noise}");
    }
}

#[test]
fn from_the_second_year_the_chance_that_war_ends_falls_with_its_length() {
    let run = at(0.6, 0.3, &[]);
    let (_, months) = &run.summary.estimates()[3];
    let months = months.as_ref().expect("months are counted");
    let signed = |from: u32, to: u32| {
        let inside = |(low, _, _): &(f64, f64, u64)| *low > f64::from(from) && *low < f64::from(to);
        months.cells().filter(inside).map(|(_, _, count)| count).sum::<u64>() as f64
    };
    let total = REPLICATIONS as f64;
    // Ends per month at risk in months 13 to 24 and 37 to 60: binomial errors.
    let rate = |from: u32, to: u32| {
        let ends = signed(from, to);
        let at_risk = (total - signed(0, from) - ends / 2.0) * f64::from(to - from);
        (ends / at_risk, ends.sqrt() / at_risk)
    };
    let (early, late) = (rate(12, 24), rate(36, 60));
    assert!(early.0 - late.0 > SIGMAS * early.1.hypot(late.1), "{early:?} {late:?}");
}

#[test]
fn pressure_to_sign_brings_more_signatures_and_no_firmer_ones() {
    let (free, pressed) = (at(0.1, 0.3, &[]), at(0.1, 0.3, &[("coalition.quota", 0.1)]));
    assert_above(&pressed, &free, "p_agreement");
    assert_not_below(&free, &pressed, "p_holds_5y");
    let (free, pressed) = (at(0.6, 0.3, &[]), at(0.6, 0.3, &[("front.withheld_aid", 1.0)]));
    assert_above(&pressed, &free, "p_agreement");
    assert_not_below(&free, &pressed, "p_holds_5y");
}

#[test]
fn more_aid_makes_fewer_and_firmer_deals() {
    let (less, more) = (at(0.6, 0.3, &[("front.aid", 0.2)]), at(0.6, 0.3, &[("front.aid", 1.2)]));
    assert_above(&less, &more, "p_agreement");
    assert_above(&more, &less, "p_holds_5y");
}

#[test]
fn the_product_is_convex_in_deterrence() {
    let [low, middle, high] =
        [0.0, 0.25, 0.5].map(|g| at(0.6, 0.3, &[("compliance.deterrence", g)]));
    let name = "p_durable";
    let bend = low.mean(name) + high.mean(name) - 2.0 * middle.mean(name);
    let noise = low.error(name).hypot(high.error(name)).hypot(2.0 * middle.error(name));
    assert!(bend > SIGMAS * noise, "{bend} ± {noise}");
}

#[test]
fn more_channels_bring_agreement_sooner() {
    let (none, many) = (at(0.6, 0.3, &[("channels", 0.0)]), at(0.6, 0.3, &[("channels", 8.0)]));
    assert_above(&none, &many, "month");
}

#[test]
fn unity_works_mostly_through_the_credibility_of_guarantees() {
    let off = [("compliance.deterrence", 0.0)];
    let effect = |more: &[Setting]| {
        let (low, high) = (at(0.1, 0.3, more), at(0.9, 0.3, more));
        let noise = low.error("p_durable").hypot(high.error("p_durable"));
        (high.mean("p_durable") - low.mean("p_durable"), noise)
    };
    let (with, without) = (effect(&[]), effect(&off));
    let gap = 0.5 * with.0 - without.0.abs();
    assert!(gap > SIGMAS * (0.5 * with.1).hypot(without.1), "{with:?} {without:?}");
}

/// Least squares of the first column on a constant and the others: the coefficient of the second
/// column and its standard error.
fn slope(rows: &[Vec<f64>]) -> (f64, f64) {
    let width = rows[0].len();
    let x =
        DMatrix::from_fn(rows.len(), width, |row, at| if at == 0 { 1.0 } else { rows[row][at] });
    let y = DVector::from_fn(rows.len(), |row, _| rows[row][0]);
    let inverse = (x.transpose() * &x).try_inverse().expect("the columns are independent");
    let fitted = &inverse * x.transpose() * &y;
    let variance = (&y - &x * &fitted).norm_squared() / (rows.len() - width) as f64;
    (fitted[1], (variance * inverse[(1, 1)]).sqrt())
}

#[test]
fn raw_comparisons_mask_what_guarantees_do() {
    // Strong guarantees are signed in hard cases. Over cases of different difficulty (three levels of
    // signalling), the chance to break within five years on the guarantee signed: alone, and with
    // what makes a case hard held: the challenger's cost, and its grievance as its type minds it.
    // At one level of signalling alone the mask is not there: see docs/model.md.
    let adjusted: Vec<Vec<f64>> = SIGNALLING.iter().flat_map(|level| cases(*level)).collect();
    let raw: Vec<Vec<f64>> = adjusted.iter().map(|row| row[..2].to_vec()).collect();
    let (raw, adjusted) = (slope(&raw), slope(&adjusted));
    assert!(adjusted.0 < -SIGMAS * adjusted.1, "guarantees deter: {adjusted:?}");
    let gap = raw.0.abs() - adjusted.0.abs();
    assert!(gap < -SIGMAS * raw.1.hypot(adjusted.1), "raw {raw:?}, adjusted {adjusted:?}");
}

/// One row for each agreement at a level of signalling: chance to break within five years,
/// guarantee, grievance as the challenger's type minds it, the challenger's cost.
fn cases(signalling: f64) -> Vec<Vec<f64>> {
    let settings = settings(&[("signalling", signalling)]);
    let model = Peace::new(&settings, &core()).expect("it is valid");
    let columns: Vec<String> = model.measures().into_iter().map(|measure| measure.name).collect();
    let places = [
        "survival_5y",
        "terms_guarantees",
        "terms_territory",
        "terms_sovereignty",
        "revisionist",
        "cost_challenger",
    ]
    .map(|name| columns.iter().position(|known| known == name).expect("it is there"));
    let mut values = Vec::new();
    let records = Records { rows: Some(&mut values), ..Records::default() };
    model.play_range(Seed(20_251_122).into(), 0..REPLICATIONS, records);
    let row = |row: &[Option<f64>]| {
        let picked: Vec<f64> = places.iter().map(|at| row[*at]).collect::<Option<_>>()?;
        let [holds, guarantee, land, freedom, revisionist, cost] = picked[..] else { return None };
        let loss = |weight: f64, distance: f64| weight * distance.powf(1.3);
        let grievance = loss(0.40, 1.0 - land) + loss(0.35, freedom) + loss(0.25, guarantee);
        let minded = if revisionist == 1.0 { grievance } else { 0.35 * grievance };
        Some(vec![1.0 - holds, guarantee, minded, cost])
    };
    values.chunks_exact(columns.len()).filter_map(row).collect()
}
