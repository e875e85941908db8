//! Replications that break off: a panic in a world is caught, its replication left out and named.

use std::any::Any;
use std::cell::Cell;
use std::ops::Range;
use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::model::{AnyModel, Records};
use crate::part::{Fault, Part};
use crate::paths::{PathPlan, Paths};
use crate::stream::Luck;

/// What is kept of a block beside its summary.
#[derive(Clone, Copy)]
pub(crate) struct Kept<'a> {
    /// Every measure of every replication.
    pub(crate) rows: bool,
    /// Paths, of replications below a number.
    pub(crate) paths: Option<(&'a PathPlan, u64)>,
}

/// Plays a block. Where it breaks off, its replications are played again one by one, or pair by pair, so that only
/// those at fault are left out.
pub(crate) fn play_caught(model: &dyn AnyModel, luck: Luck, block: Range<u64>, kept: Kept) -> Part {
    if let Ok(part) = caught(model, luck, block.clone(), kept) {
        return part;
    }
    // A world that cannot even play nothing is beyond repair.
    let mut whole = play(model, luck, block.start..block.start, kept);
    let step = if luck.antithetic { 2 } else { 1 };
    for first in block.clone().step_by(step as usize) {
        let own = first..(first + step).min(block.end);
        match caught(model, luck, own.clone(), kept) {
            Ok(part) => whole.append(part),
            Err(message) => {
                whole.faults.push(Fault { replication: culprit(model, luck, own), message });
            }
        }
    }
    whole
}

/// Which of a few replications breaks off.
fn culprit(model: &dyn AnyModel, luck: Luck, few: Range<u64>) -> u64 {
    let last = few.end - 1;
    if few.start == last {
        return last;
    }
    let nothing = Kept { rows: false, paths: None };
    let breaks = |one: &u64| caught(model, luck, *one..one + 1, nothing).is_err();
    few.clone().find(breaks).unwrap_or(last)
}

thread_local! {
    /// Whether a panic on this thread will be caught and told.
    static CATCHING: Cell<bool> = const { Cell::new(false) };
}

/// Says nothing of panics that are caught in a world: they are told with the results. For programs, once.
pub fn tell_faults_later() {
    let before = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        if !CATCHING.get() {
            before(panic);
        }
    }));
}

fn caught(model: &dyn AnyModel, luck: Luck, block: Range<u64>, kept: Kept) -> Result<Part, String> {
    CATCHING.set(true);
    // All that a broken replication has touched is thrown away.
    let played = catch_unwind(AssertUnwindSafe(|| play(model, luck, block, kept)));
    CATCHING.set(false);
    played.map_err(|panic| words(&*panic))
}

fn play(model: &dyn AnyModel, luck: Luck, block: Range<u64>, kept: Kept) -> Part {
    let mut rows = Vec::new();
    let mut paths = kept.paths.map(|(plan, below)| (Paths::new(plan), below));
    let records = Records {
        rows: kept.rows.then_some(&mut rows),
        paths: paths.as_mut().map(|(paths, below)| (paths, *below)),
    };
    let summary = model.play_range(luck, block, records).with_paths(paths.map(|(own, _)| own));
    Part { summary, rows, faults: Vec::new() }
}

/// What a panic says.
pub fn words(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    let text = text.or_else(|| panic.downcast_ref::<String>().cloned());
    text.unwrap_or_else(|| "a panic without words".to_owned())
}
