//! Progress on the terminal: a bar with rate and time left, and rows streamed to disk meanwhile.

use std::fs::File;
use std::io::BufWriter;
use std::ops::ControlFlow;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};

use engine::{Observer, Rows};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use outputs::{Cell, write_row};

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

/// A bar for so many replications; silent where stderr is no terminal.
pub(super) fn bar(replications: u64, quiet: bool) -> ProgressBar {
    let target =
        if quiet { ProgressDrawTarget::hidden() } else { ProgressDrawTarget::stderr_with_hz(8) };
    let bar = ProgressBar::with_draw_target(Some(replications), target);
    let look =
        "{bar:32} {percent:>3} %  {human_pos} of {human_len} replications, {per_sec}, {eta} left";
    if let Ok(style) = ProgressStyle::with_template(look) {
        bar.set_style(style);
    }
    bar
}

/// The file that keeps one row for each replication.
pub(super) struct RowFile {
    writer: csv::Writer<BufWriter<File>>,
    seed: u64,
    columns: usize,
    error: Option<std::io::Error>,
}

impl RowFile {
    /// Writes the header of a table with these columns, the first three of which are the point,
    /// the replication and the seed.
    pub(super) fn new(file: File, seed: u64, columns: &[String]) -> std::io::Result<Self> {
        let mut writer = csv::Writer::from_writer(BufWriter::new(file));
        writer.write_record(columns)?;
        Ok(Self { writer, seed, columns: columns.len() - 3, error: None })
    }

    fn write(&mut self, point: u64, rows: Rows) -> std::io::Result<()> {
        for (row, replication) in rows.values.chunks_exact(self.columns).zip(rows.first..) {
            let keys = [point, replication, self.seed].map(|key| Cell::Text(key.to_string()));
            let values = row.iter().map(|value| Cell::from(*value));
            write_row(&mut self.writer, keys.into_iter().chain(values))?;
        }
        Ok(())
    }

    /// Writes what is left, and says what went wrong on the way.
    pub(super) fn finish(mut self) -> std::io::Result<()> {
        match self.error {
            Some(error) => Err(error),
            None => self.writer.flush(),
        }
    }
}

/// Watches a batch that plays a stretch of design points.
pub(super) struct Watcher<'a> {
    /// The bar.
    pub(super) bar: &'a ProgressBar,
    /// The first of the points.
    pub(super) first_point: u64,
    /// Where rows go, if they are kept.
    pub(super) rows: Option<&'a Mutex<RowFile>>,
}

impl Observer for Watcher<'_> {
    fn played(&self, replications: u64) {
        self.bar.inc(replications);
    }

    fn wants_to_stop(&self) -> bool {
        is_interrupted()
    }

    fn wants_rows(&self) -> bool {
        self.rows.is_some()
    }

    fn rows(&self, rows: Rows) -> ControlFlow<()> {
        let Some(file) = self.rows else { return ControlFlow::Continue(()) };
        let Ok(mut file) = file.lock() else { return ControlFlow::Break(()) };
        match file.write(self.first_point + rows.model as u64, rows) {
            Ok(()) => ControlFlow::Continue(()),
            Err(error) => {
                file.error = Some(error);
                ControlFlow::Break(())
            }
        }
    }
}
