//! A run folder that appears at once: written beside its place, then renamed.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

/// A folder under way. Dropped before [`Folder::publish`], it leaves nothing behind.
#[derive(Debug)]
pub struct Folder {
    target: PathBuf,
    replace: bool,
    staging: TempDir,
    parents: Parents,
}

/// Folders that were made on the way, innermost first; removed again where they stay empty.
#[derive(Debug)]
pub struct Parents(Vec<PathBuf>);

impl Parents {
    /// None made yet.
    pub const fn none() -> Self {
        Self(Vec::new())
    }

    /// Makes a folder with all that it is in.
    ///
    /// # Errors
    ///
    /// Where that fails.
    pub fn make(folder: &Path) -> io::Result<Self> {
        let missing = folder.ancestors().take_while(|above| !above.exists());
        let made = missing.filter(|a| !a.as_os_str().is_empty()).map(Path::to_owned).collect();
        fs::create_dir_all(folder)?;
        Ok(Self(made))
    }

    /// Leaves them where they are.
    pub fn keep(&mut self) {
        self.0.clear();
    }
}

impl Drop for Parents {
    fn drop(&mut self) {
        for folder in &self.0 {
            // Only an empty folder can be removed: whatever is in use stays.
            let _ = fs::remove_dir(folder);
        }
    }
}

/// Why a run folder cannot be made.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FolderError {
    /// There is something already, and it may be worth keeping.
    #[error("{} exists already; choose another with --out, or replace it with --force", .0.display())]
    Exists(PathBuf),
    /// Only run folders are replaced.
    #[error(
        "{} is not a run folder (it holds no provenance.json), so --force does not replace it",
        .0.display()
    )]
    Foreign(PathBuf),
    /// A link could lead anywhere.
    #[error("{} is a symbolic link: remove it, or choose another folder with --out", .0.display())]
    Link(PathBuf),
    /// The place cannot be written.
    #[error("cannot write {}", path.display())]
    Write {
        /// Which place.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
}

impl Folder {
    /// Opens a folder that is to appear at `target`.
    ///
    /// # Errors
    ///
    /// [`FolderError`] where `target` exists and is not to be replaced, or cannot be written.
    pub fn open(target: &Path, replace: bool) -> Result<Self, FolderError> {
        Self::check(target, replace)?;
        let failed = |source| FolderError::Write { path: target.to_owned(), source };
        let parent = match target.parent() {
            Some(parent) if parent.as_os_str().is_empty() => Path::new("."),
            Some(parent) => parent,
            None => Path::new("."),
        };
        let parents = Parents::make(parent).map_err(failed)?;
        Ok(Self { parents, ..Self::open_in(target, replace, parent)? })
    }

    /// The same, written meanwhile in a folder that is there, on the same file system.
    ///
    /// # Errors
    ///
    /// As [`Folder::open`].
    pub fn open_in(target: &Path, replace: bool, place: &Path) -> Result<Self, FolderError> {
        Self::check(target, replace)?;
        let staging = tempfile::Builder::new().prefix(".armistice-").tempdir_in(place);
        let failed = |source| FolderError::Write { path: place.to_owned(), source };
        let (target, staging) = (target.to_owned(), staging.map_err(failed)?);
        Ok(Self { target, replace, staging, parents: Parents(Vec::new()) })
    }

    /// Whether a folder may appear there.
    ///
    /// # Errors
    ///
    /// [`FolderError`] where something stands there that is not to be replaced.
    pub fn check(target: &Path, replace: bool) -> Result<(), FolderError> {
        let Ok(about) = target.symlink_metadata() else { return Ok(()) };
        if about.is_symlink() {
            return Err(FolderError::Link(target.to_owned()));
        }
        if !replace {
            return Err(FolderError::Exists(target.to_owned()));
        }
        let empty = fs::read_dir(target).is_ok_and(|mut entries| entries.next().is_none());
        if empty || target.join("provenance.json").is_file() {
            Ok(())
        } else {
            Err(FolderError::Foreign(target.to_owned()))
        }
    }

    /// Where to write its files meanwhile.
    pub fn path(&self) -> &Path {
        self.staging.path()
    }

    /// Writes one file, making the folders that it is in.
    ///
    /// # Errors
    ///
    /// [`FolderError::Write`] where that fails.
    pub fn write(&self, name: &str, bytes: &[u8]) -> Result<(), FolderError> {
        write_into(self.path(), name, bytes).map_err(|error| match error {
            FolderError::Write { source, .. } => {
                FolderError::Write { path: self.target.join(name), source }
            }
            other => other,
        })
    }

    /// Puts the finished folder in its place.
    ///
    /// # Errors
    ///
    /// [`FolderError`] where something stands there by now, or it cannot be moved.
    pub fn publish(mut self) -> Result<PathBuf, FolderError> {
        Self::check(&self.target, self.replace)?;
        let failed = |source| FolderError::Write { path: self.target.clone(), source };
        make_readable(self.staging.path()).map_err(failed)?;
        sync_all(self.staging.path()).map_err(failed)?;
        if self.target.exists() {
            let old = self.staging.path().with_extension("old");
            fs::rename(&self.target, &old).map_err(failed)?;
            fs::rename(self.staging.path(), &self.target).map_err(failed)?;
            fs::remove_dir_all(&old).map_err(failed)?;
        } else {
            fs::rename(self.staging.path(), &self.target).map_err(failed)?;
        }
        if let Some(parent) = self.target.parent() {
            let _ = fs::File::open(parent).and_then(|folder| folder.sync_all());
        }
        // The folder has moved: there is nothing left to clean up.
        self.parents.keep();
        drop(self.staging.keep());
        Ok(self.target)
    }
}

/// Writes a file into a folder that is there, making the folders that it is in. Links are not followed out of it.
///
/// # Errors
///
/// [`FolderError`] where a link stands in the way, or it cannot be written.
pub fn write_into(folder: &Path, name: &str, bytes: &[u8]) -> Result<(), FolderError> {
    let path = folder.join(name);
    let failed = |source| FolderError::Write { path: path.clone(), source };
    let inside = path.ancestors().take_while(|above| *above != folder);
    for place in inside {
        if place.symlink_metadata().is_ok_and(|about| about.is_symlink()) {
            return Err(FolderError::Link(place.to_owned()));
        }
    }
    if let Some(parent) = path.parent() {
        fs::create_dir_all(parent).map_err(failed)?;
    }
    fs::write(&path, bytes).map_err(failed)
}

/// Brings a folder with all that is in it to the disk: what follows may remove what it was made from.
fn sync_all(folder: &Path) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            sync_all(&entry.path())?;
        } else {
            fs::File::open(entry.path())?.sync_all()?;
        }
    }
    // Not every system can bring a folder itself to the disk.
    let _ = fs::File::open(folder).and_then(|folder| folder.sync_all());
    Ok(())
}

/// Temporary folders are private; a run folder is as readable as any other.
#[cfg(unix)]
fn make_readable(path: &Path) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    fs::set_permissions(path, fs::Permissions::from_mode(0o755))
}

#[cfg(not(unix))]
fn make_readable(_path: &Path) -> io::Result<()> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_left_of_a_folder_that_is_not_published() {
        let place = tempfile::tempdir().expect("a temporary folder");
        let folder =
            Folder::open(&place.path().join("deep/er/run"), false).expect("it can be opened");
        folder.write("charts/a.png", b"x").expect("it can be written");
        drop(folder);
        assert_eq!(fs::read_dir(place.path()).expect("it is there").count(), 0);
    }

    #[cfg(unix)]
    #[test]
    fn links_are_not_followed_out_of_a_folder() {
        use std::os::unix::fs::symlink;
        let place = tempfile::tempdir().expect("a temporary folder");
        let (run, elsewhere) = (place.path().join("run"), place.path().join("elsewhere"));
        fs::create_dir(&run).expect("it can be made");
        fs::create_dir(&elsewhere).expect("it can be made");
        symlink(&elsewhere, run.join("charts")).expect("it can be made");
        symlink(elsewhere.join("page"), run.join("report.html")).expect("it can be made");
        for name in ["charts/a.png", "report.html"] {
            assert!(matches!(write_into(&run, name, b"x"), Err(FolderError::Link(_))), "{name}");
        }
        assert_eq!(fs::read_dir(&elsewhere).expect("it is there").count(), 0);
        write_into(&run, "deep/er.txt", b"x").expect("it is inside");
        // A run folder that is a link is not replaced.
        symlink(&run, place.path().join("link")).expect("it can be made");
        let link = Folder::open(&place.path().join("link"), true);
        assert!(matches!(link, Err(FolderError::Link(_))));
    }

    #[test]
    fn only_run_folders_are_replaced_and_only_by_force() {
        let place = tempfile::tempdir().expect("a temporary folder");
        let target = place.path().join("run");
        let publish = |replace| {
            let folder = Folder::open(&target, replace)?;
            folder.write("provenance.json", b"{}")?;
            folder.publish()
        };
        publish(false).expect("the place is free");
        assert!(matches!(publish(false), Err(FolderError::Exists(_))));
        publish(true).expect("it is a run folder");
        fs::remove_file(target.join("provenance.json")).expect("it is there");
        fs::write(target.join("thesis.tex"), "x").expect("it can be written");
        assert!(matches!(publish(true), Err(FolderError::Foreign(_))));
        assert_eq!(fs::read_dir(place.path()).expect("it is there").count(), 1);
    }
}
