//! Where a run is written meanwhile: a folder beside the run folder, with the journal of what has been played.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use experiments::{Head, Shard, played_in, size, under_way_in};
use outputs::{Journal, Parents};

/// The folder beside a run folder, or beside shards.
pub(super) struct Place {
    folder: PathBuf,
    journal: PathBuf,
    parents: Parents,
}

/// What is to become of a journal that is there already.
#[derive(Clone, Copy)]
pub(super) struct Before {
    /// It is gone on with.
    pub(super) resume: bool,
    /// It is thrown away.
    pub(super) force: bool,
}

impl Place {
    /// The place of a run, or of a shard of it.
    pub(super) fn of(target: &Path, shard: Option<Shard>) -> Self {
        let (folder, journal) = match shard {
            None => (beside(target, "journal"), "pieces".to_owned()),
            Some(shard) => {
                (beside(target, "shards"), format!("{}-of-{}.shard", shard.number, shard.of))
            }
        };
        Self { journal: folder.join(journal), folder, parents: Parents::none() }
    }

    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }

    pub(super) fn file(&self) -> &Path {
        &self.journal
    }

    /// Opens the journal under a head: empty, or with what is to be gone on with.
    pub(super) fn open(&mut self, head: &Head, before: Before, quiet: bool) -> Result<Journal> {
        if self.folder.is_symlink() {
            bail!(
                "{} is a symbolic link: remove it, or choose another --out",
                self.folder.display()
            );
        }
        let failed = || format!("cannot write {}", self.folder.display());
        self.parents = Parents::make(&self.folder).with_context(failed)?;
        let is_there = self.journal.exists();
        let mut journal = Journal::open(&self.journal)?;
        // What is there stays, whatever becomes of this run.
        if is_there {
            self.parents.keep();
        }
        let shown = self.journal.display();
        let anew = before.force && !before.resume;
        if journal.head().is_none() && !journal.is_new() && !anew {
            bail!(
                "{shown} has a damaged head: nobody can say what it holds. Begin anew with --force"
            );
        }
        let Some(bytes) = journal.head().filter(|_| !anew) else {
            journal.begin(&head.to_bytes())?;
            return Ok(journal);
        };
        let Some(known) = Head::from_bytes(bytes) else {
            bail!("{shown} is a journal of something else: remove it, or choose another --out");
        };
        if !before.resume {
            bail!(
                "{shown} is there already: go on with what it holds with --resume, or begin anew with --force"
            );
        }
        if known.shard != head.shard {
            bail!("{shown} is that of shard {}", known.shard.unwrap_or_default());
        }
        if let Some(difference) = head.difference(&known) {
            bail!(
                "{shown} is of another run: {difference}. Begin anew with --force (without --resume), or go on with what it was begun with"
            );
        }
        let pieces = journal.pieces();
        let (damaged, count) = (pieces.damaged(), played_in(pieces).count());
        if damaged > 0 {
            eprintln!("{shown}: {} torn or damaged; what they held is played again", size(damaged));
        }
        let under_way = under_way_in(pieces);
        if !quiet && count + under_way > 0 {
            let more =
                if under_way > 0 { format!(" and {under_way} under way") } else { String::new() };
            eprintln!("goes on with {count} pieces{more} that are in {shown}");
        }
        Ok(journal)
    }

    /// Removes the journal and its folder, while it is still locked.
    pub(super) fn remove(self, journal: Journal) -> Result<()> {
        fs::remove_file(&self.journal)
            .with_context(|| format!("cannot remove {}", self.journal.display()))?;
        drop(journal);
        self.remove_folder();
        Ok(())
    }

    /// Removes the folder where nothing is in it any more.
    pub(super) fn remove_folder(&self) {
        // Only an empty folder can be removed.
        let _ = fs::remove_dir(&self.folder);
    }

    /// Removes what runs that were killed have left half-written.
    pub(super) fn sweep(&self) -> Result<()> {
        let failed = || format!("cannot use {}", self.folder.display());
        for entry in fs::read_dir(&self.folder).with_context(failed)? {
            let entry = entry.with_context(failed)?;
            let is_staged = entry.file_name().to_string_lossy().starts_with(".armistice-");
            if is_staged && entry.file_type().is_ok_and(|kind| kind.is_dir()) {
                fs::remove_dir_all(entry.path()).with_context(failed)?;
            }
        }
        Ok(())
    }

    /// Leaves the journal where it is, whatever it holds.
    pub(super) fn keep(mut self) {
        self.parents.keep();
    }

    /// Says how to go on with what has been played, if anything has; else leaves nothing behind.
    pub(super) fn leave(self, journal: Journal) -> bool {
        let is_empty = journal.pieces().numbers().next().is_none();
        if is_empty {
            let _ = fs::remove_file(&self.journal);
        }
        drop(journal);
        let Self { mut parents, .. } = self;
        if !is_empty {
            parents.keep();
        }
        !is_empty
    }
}

/// A folder beside another.
pub(super) fn beside(target: &Path, ending: &str) -> PathBuf {
    let mut name = target.file_name().unwrap_or_default().to_owned();
    name.push(".");
    name.push(ending);
    target.with_file_name(name)
}
