//! Progress on the terminal: a bar with rate and time left.

use std::sync::atomic::{AtomicBool, Ordering};

use engine::Observer;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// Whether the user has asked to stop.
static INTERRUPTED: AtomicBool = AtomicBool::new(false);

/// Listens for Ctrl-C (and a polite request to end) from here on.
pub(super) fn listen_for_interrupt() {
    // A handler that is there already does the same.
    let _ = ctrlc::set_handler(|| INTERRUPTED.store(true, Ordering::SeqCst));
}

/// Whether the user has asked to stop.
pub(super) fn is_interrupted() -> bool {
    INTERRUPTED.load(Ordering::SeqCst)
}

/// A bar for so many replications, of which some are known already; silent where stderr is no terminal.
pub(super) fn bar(replications: u64, known: u64, quiet: bool) -> ProgressBar {
    let target =
        if quiet { ProgressDrawTarget::hidden() } else { ProgressDrawTarget::stderr_with_hz(8) };
    let bar = ProgressBar::with_draw_target(Some(replications), target);
    let look =
        "{bar:32} {percent:>3} %  {human_pos} of {human_len} replications, {per_sec}, {eta} left";
    if let Ok(style) = ProgressStyle::with_template(look) {
        bar.set_style(style);
    }
    bar.set_position(known);
    bar.reset_eta();
    bar
}

/// Watches a batch that is played.
pub(super) struct Watcher<'a> {
    /// The bar.
    pub(super) bar: &'a ProgressBar,
}

impl Observer for Watcher<'_> {
    fn played(&self, replications: u64) {
        self.bar.inc(replications);
    }

    fn spared(&self, replications: u64) {
        self.bar.inc(replications);
    }

    fn wants_to_stop(&self) -> bool {
        is_interrupted()
    }
}

/// Stops when the user asks for it.
pub(super) struct Patient;

impl Observer for Patient {
    fn wants_to_stop(&self) -> bool {
        is_interrupted()
    }
}
