//! A file to which finished pieces of work are added one by one, each with its checksum: what survives when a
//! program is killed.
//!
//! ```text
//! "armistice journal 1\n"  length of head  head  BLAKE3 of head
//! and then for each piece:  mark  number  length of body  BLAKE3 of these and the body  body
//! ```
//! Lengths and numbers are little-endian. The checksums of pieces are keyed by that of the head: a piece of another
//! journal is none of this. What is torn or damaged is passed over, and what follows it is found again by its mark.

use std::collections::BTreeMap;
use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

const FORMAT: &[u8] = b"armistice journal 1\n";
const MARK: [u8; 8] = *b"\xf5\x0aPIECE\x0a";
/// Bytes before the body of a piece: mark, number, length, checksum.
const FRAME: usize = 8 + 8 + 8 + 32;
/// Longer heads and bodies are none.
const LONGEST_HEAD: u64 = 64 << 20;
const LONGEST_BODY: u64 = 128 << 20;
/// After so many damaged places, or where they have cost more reading than the file is long, the rest is given up: no
/// file can make its reader search without end.
const MOST_DAMAGES: u32 = 1000;
/// How long a power failure can throw back.
const SYNC: Duration = Duration::from_secs(10);

/// A journal under way, locked against others.
#[derive(Debug)]
pub struct Journal {
    file: File,
    pieces: Pieces,
    head: Option<Vec<u8>>,
    end: u64,
    synced: Instant,
}

/// The pieces of a journal, for reading.
#[derive(Debug)]
pub struct Pieces {
    path: PathBuf,
    key: [u8; 32],
    /// Where the body of each piece begins, and how long it is.
    places: BTreeMap<u64, (u64, u64)>,
    /// Bytes that belong to no whole piece.
    damaged: u64,
}

/// Why a journal cannot be written or read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum JournalError {
    /// Another process is at it.
    #[error("{} is being written by another process: wait for it, or end it", .0.display())]
    Busy(PathBuf),
    /// Something else stands there.
    #[error("{} is not a journal of this program; where it is not needed, remove it", .0.display())]
    Foreign(PathBuf),
    /// A link could lead anywhere.
    #[error("{} is a symbolic link: remove it, or choose another folder with --out", .0.display())]
    Link(PathBuf),
    /// Its head is torn or damaged, so that nobody can say what the rest belongs to.
    #[error("{} has a damaged head: what it holds cannot be used", .0.display())]
    Headless(PathBuf),
    /// No reader would take so long a piece or head.
    #[error("{}: a piece or a head is too long for a journal", .0.display())]
    TooLong(PathBuf),
    /// A piece changed after it had been found whole.
    #[error("{}: piece {number} is damaged", path.display())]
    Damaged {
        /// Which journal.
        path: PathBuf,
        /// Which piece.
        number: u64,
    },
    /// The place cannot be read or written.
    #[error("cannot use {}", path.display())]
    Io {
        /// Which file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
}

impl Journal {
    /// Opens a journal to write on, making it where there is none. Its lock is held until it is dropped.
    ///
    /// # Errors
    ///
    /// [`JournalError`] where another process holds it, or something else stands there.
    pub fn open(path: &Path) -> Result<Self, JournalError> {
        refuse_link(path)?;
        let failed = |source| JournalError::Io { path: path.to_owned(), source };
        let mut options = OpenOptions::new();
        options.read(true).write(true).create(true).truncate(false);
        let file = loop {
            let file = options.open(path).map_err(failed)?;
            match file.try_lock() {
                Err(TryLockError::WouldBlock) => return Err(JournalError::Busy(path.to_owned())),
                // Where a file system has no locks, there is none to hold.
                Err(TryLockError::Error(_)) | Ok(()) => {}
            }
            // Whoever held the lock before may have removed the file meanwhile.
            if is_at(&file, path) {
                break file;
            }
        };
        let Found { head, pieces, end } = read(path, &file)?;
        Ok(Self { file, pieces, head, end, synced: Instant::now() })
    }

    /// Whether nobody has written anything yet.
    pub fn is_new(&self) -> bool {
        self.head.is_none() && self.pieces.damaged == 0
    }

    /// What it says it belongs to; nothing where it is new, or its head was torn.
    pub fn head(&self) -> Option<&[u8]> {
        self.head.as_deref()
    }

    /// Begins anew under another head; whatever it held is gone.
    ///
    /// # Errors
    ///
    /// [`JournalError::Io`] where it cannot be written.
    pub fn begin(&mut self, head: &[u8]) -> Result<(), JournalError> {
        self.pieces.places.clear();
        self.pieces.damaged = 0;
        (self.head, self.end) = (None, 0);
        if head.len() as u64 > LONGEST_HEAD {
            return Err(JournalError::TooLong(self.pieces.path.clone()));
        }
        let length = (head.len() as u32).to_le_bytes();
        let key = blake3::hash(head);
        self.write(&[FORMAT, &length, head, key.as_bytes()].concat())?;
        self.head = Some(head.to_owned());
        self.pieces.key = *key.as_bytes();
        Ok(())
    }

    /// Adds a piece.
    ///
    /// # Errors
    ///
    /// [`JournalError::Io`] where it cannot be written; what was written before stays whole.
    pub fn add(&mut self, number: u64, body: &[u8]) -> Result<(), JournalError> {
        let length = body.len() as u64;
        if length > LONGEST_BODY {
            return Err(JournalError::TooLong(self.pieces.path.clone()));
        }
        let sum = checksum(&self.pieces.key, number, body);
        let frame = [&MARK, &number.to_le_bytes()[..], &length.to_le_bytes(), &sum].concat();
        let place = self.end + FRAME as u64;
        self.write(&[&frame, body].concat())?;
        self.pieces.places.insert(number, (place, length));
        if self.synced.elapsed() > SYNC {
            self.sync()?;
        }
        Ok(())
    }

    fn write(&mut self, bytes: &[u8]) -> Result<(), JournalError> {
        let Self { file, pieces: Pieces { path, .. }, end, .. } = self;
        // What is torn, or of an earlier run, goes now and not before.
        let written = file
            .set_len(*end)
            .and_then(|()| file.seek(SeekFrom::Start(*end)))
            .and_then(|_| file.write_all(bytes));
        if let Err(source) = written {
            // Half a piece does no harm, but is of no use.
            let _ = file.set_len(*end);
            return Err(JournalError::Io { path: path.clone(), source });
        }
        *end += bytes.len() as u64;
        Ok(())
    }

    /// Makes sure that all of it is on the disk.
    ///
    /// # Errors
    ///
    /// [`JournalError::Io`] where the system cannot.
    pub fn sync(&mut self) -> Result<(), JournalError> {
        let path = &self.pieces.path;
        self.synced = Instant::now();
        self.file.sync_data().map_err(|source| JournalError::Io { path: path.clone(), source })
    }

    /// Its pieces.
    pub const fn pieces(&self) -> &Pieces {
        &self.pieces
    }
}

impl Pieces {
    /// Opens a journal for reading: what it says it belongs to, and its pieces.
    ///
    /// # Errors
    ///
    /// [`JournalError`] where it is none, or its head is damaged.
    pub fn open(path: &Path) -> Result<(Vec<u8>, Self), JournalError> {
        let failed = |source| JournalError::Io { path: path.to_owned(), source };
        if !path.metadata().map_err(failed)?.is_file() {
            return Err(JournalError::Foreign(path.to_owned()));
        }
        let found = read(path, &File::open(path).map_err(failed)?)?;
        let head = found.head.ok_or_else(|| JournalError::Headless(path.to_owned()))?;
        Ok((head, found.pieces))
    }

    /// Where it stands.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// How many bytes its pieces take.
    pub fn length(&self) -> u64 {
        self.places.values().map(|(_, length)| length + FRAME as u64).sum()
    }

    /// The numbers of its pieces, in rising order.
    pub fn numbers(&self) -> impl DoubleEndedIterator<Item = u64> + '_ {
        self.places.keys().copied()
    }

    /// Whether it has a piece.
    pub fn has(&self, number: u64) -> bool {
        self.places.contains_key(&number)
    }

    /// How many bytes were passed over because they belong to no whole piece.
    pub const fn damaged(&self) -> u64 {
        self.damaged
    }

    /// The body of a piece that it has.
    ///
    /// # Errors
    ///
    /// [`JournalError`] where it cannot be read, or has changed meanwhile.
    pub fn body(&self, number: u64) -> Result<Vec<u8>, JournalError> {
        let damaged = || JournalError::Damaged { path: self.path.clone(), number };
        let (place, length) = *self.places.get(&number).ok_or_else(damaged)?;
        let mut piece = vec![0; FRAME + length as usize];
        // Opened anew each time: of a thousand shards not all can be open at once.
        let read = File::open(&self.path).and_then(|mut file| {
            file.seek(SeekFrom::Start(place - FRAME as u64))?;
            file.read_exact(&mut piece)
        });
        read.map_err(|source| JournalError::Io { path: self.path.clone(), source })?;
        let sum = checksum(&self.key, number, &piece[FRAME..]);
        if piece[FRAME - 32..FRAME] != sum {
            return Err(damaged());
        }
        piece.drain(..FRAME);
        Ok(piece)
    }
}

fn refuse_link(path: &Path) -> Result<(), JournalError> {
    match path.symlink_metadata() {
        Ok(about) if about.is_symlink() => Err(JournalError::Link(path.to_owned())),
        Ok(about) if !about.is_file() => Err(JournalError::Foreign(path.to_owned())),
        _ => Ok(()),
    }
}

/// Whether a file that is open is the one that stands at a path.
#[cfg(unix)]
fn is_at(file: &File, path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    let place = |about: std::fs::Metadata| (about.dev(), about.ino());
    let (own, there) = (file.metadata().map(place), path.symlink_metadata().map(place));
    own.ok().is_some_and(|own| there.is_ok_and(|there| own == there))
}

/// A file that is open cannot be removed there.
#[cfg(not(unix))]
fn is_at(_file: &File, _path: &Path) -> bool {
    true
}

fn checksum(key: &[u8; 32], number: u64, body: &[u8]) -> [u8; 32] {
    let mut hasher = blake3::Hasher::new_keyed(key);
    hasher.update(&number.to_le_bytes()).update(&(body.len() as u64).to_le_bytes()).update(body);
    *hasher.finalize().as_bytes()
}

/// What a file holds.
struct Found {
    /// Nothing where the file is empty or its head is damaged.
    head: Option<Vec<u8>>,
    pieces: Pieces,
    /// Where the last whole piece ends.
    end: u64,
}

fn read(path: &Path, file: &File) -> Result<Found, JournalError> {
    let failed = |source| JournalError::Io { path: path.to_owned(), source };
    let length = file.metadata().map_err(failed)?.len();
    let mut reader = BufReader::with_capacity(1 << 16, file);
    let start = reader.fill_buf().map_err(failed)?;
    let known = start.len().min(FORMAT.len());
    if start[..known] != FORMAT[..known] {
        return Err(JournalError::Foreign(path.to_owned()));
    }
    let (path, places) = (path.to_owned(), BTreeMap::new());
    let head = read_head(&mut reader, length).map_err(failed)?;
    let key = head.as_ref().map_or([0; 32], |head| *blake3::hash(head).as_bytes());
    let mut pieces = Pieces { path, key, places, damaged: 0 };
    let Some(head) = head else {
        pieces.damaged = length;
        return Ok(Found { head: None, pieces, end: 0 });
    };
    let from = (FORMAT.len() + 4 + head.len() + 32) as u64;
    let end = find_pieces(&mut reader, from..length, &mut pieces);
    let end = end.map_err(|source| JournalError::Io { path: pieces.path.clone(), source })?;
    Ok(Found { head: Some(head), pieces, end })
}

/// The head; nothing where it is torn or damaged.
fn read_head(reader: &mut impl Read, length: u64) -> io::Result<Option<Vec<u8>>> {
    let mut start = [0; FORMAT.len() + 4];
    if length < start.len() as u64 {
        return Ok(None);
    }
    reader.read_exact(&mut start)?;
    let own = start[FORMAT.len()..].iter().rev().fold(0, |sum, byte| sum << 8 | u64::from(*byte));
    if own > LONGEST_HEAD || length < start.len() as u64 + own + 32 {
        return Ok(None);
    }
    let mut head = vec![0; own as usize + 32];
    reader.read_exact(&mut head)?;
    let sum = head.split_off(own as usize);
    Ok((blake3::hash(&head).as_bytes()[..] == sum).then_some(head))
}

/// Finds all whole pieces; says where the last of them ends.
fn find_pieces(
    reader: &mut (impl BufRead + Seek),
    within: std::ops::Range<u64>,
    pieces: &mut Pieces,
) -> io::Result<u64> {
    let (mut at, mut end, mut whole) = (within.start, within.start, 0);
    let (mut damages, mut wasted) = (0, 0);
    reader.seek(SeekFrom::Start(at))?;
    while at < within.end {
        let (frame, is_whole) = read_piece(reader, within.end - at, &pieces.key)?;
        let (number, length) = frame;
        if is_whole {
            // A piece that is there twice is the same twice.
            pieces.places.entry(number).or_insert((at + FRAME as u64, length));
            at += FRAME as u64 + length;
            whole += FRAME as u64 + length;
            end = at;
            continue;
        }
        damages += 1;
        wasted += length;
        reader.seek(SeekFrom::Start(at + 1))?;
        match find_mark(reader)? {
            Some(skipped) if damages <= MOST_DAMAGES && wasted <= within.end => at += 1 + skipped,
            _ => break,
        }
        reader.seek(SeekFrom::Start(at))?;
    }
    pieces.damaged = within.end - within.start - whole;
    Ok(end)
}

/// Number and length of the piece that begins here, and whether it is whole; where none begins, it has no length.
fn read_piece(reader: &mut impl Read, left: u64, key: &[u8; 32]) -> io::Result<((u64, u64), bool)> {
    let mut frame = [0; FRAME];
    if left < FRAME as u64 {
        return Ok(((0, 0), false));
    }
    reader.read_exact(&mut frame)?;
    let word = |from: usize| (0..8).rev().fold(0, |sum, at| sum << 8 | u64::from(frame[from + at]));
    let (number, length) = (word(8), word(16));
    if frame[..8] != MARK || length > LONGEST_BODY.min(left - FRAME as u64) {
        return Ok(((0, 0), false));
    }
    let mut body = vec![0; length as usize];
    reader.read_exact(&mut body)?;
    Ok(((number, length), checksum(key, number, &body) == frame[FRAME - 32..]))
}

/// How many bytes come before the next mark; nothing where there is none.
fn find_mark(reader: &mut impl BufRead) -> io::Result<Option<u64>> {
    let (mut seen, mut matched) = (0_u64, 0);
    loop {
        let buffer = reader.fill_buf()?;
        if buffer.is_empty() {
            return Ok(None);
        }
        let length = buffer.len();
        for (at, byte) in buffer.iter().enumerate() {
            // No byte of the mark but the first is its first: after a miss only that can begin again.
            matched = match *byte {
                byte if byte == MARK[matched] => matched + 1,
                byte if byte == MARK[0] => 1,
                _ => 0,
            };
            if matched == MARK.len() {
                return Ok(Some(seen + at as u64 + 1 - MARK.len() as u64));
            }
        }
        seen += length as u64;
        reader.consume(length);
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use proptest::prelude::*;

    use super::*;

    fn body(number: u64) -> Vec<u8> {
        (0..number * 7 % 50).map(|at| (at * number) as u8).collect()
    }

    /// A journal with ten pieces, and its bytes.
    fn ten(path: &Path) -> Vec<u8> {
        let mut journal = Journal::open(path).expect("it can be opened");
        journal.begin(b"a head").expect("it can be written");
        (0..10).for_each(|number| journal.add(number, &body(number)).expect("it can be written"));
        drop(journal);
        fs::read(path).expect("it is there")
    }

    /// The pieces of a journal, each of which must be as it was written.
    fn found(path: &Path) -> Vec<u64> {
        let journal = Journal::open(path).expect("it can be opened");
        let numbers: Vec<u64> = journal.pieces().numbers().collect();
        for number in &numbers {
            assert_eq!(journal.pieces().body(*number).expect("it is whole"), body(*number));
        }
        numbers
    }

    #[test]
    fn what_was_added_is_found_again_and_can_be_added_to() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = folder.path().join("journal");
        ten(&path);
        let mut journal = Journal::open(&path).expect("it can be opened");
        assert_eq!(journal.head(), Some(&b"a head"[..]));
        assert!(matches!(Journal::open(&path), Err(JournalError::Busy(_))));
        journal.add(77, &body(77)).expect("it can be written");
        drop(journal);
        assert_eq!(found(&path), (0..10).chain([77]).collect::<Vec<_>>());
        // Even under the same head nothing of it is left.
        let mut journal = Journal::open(&path).expect("it can be opened");
        journal.begin(b"a head").expect("it can be written");
        drop(journal);
        assert_eq!(found(&path), [0; 0]);
    }

    #[test]
    fn what_is_no_journal_is_left_as_it_is() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = folder.path().join("thesis.tex");
        fs::write(&path, "a thesis").expect("it can be written");
        assert!(matches!(Journal::open(&path), Err(JournalError::Foreign(_))));
        assert_eq!(fs::read(&path).expect("it is there"), b"a thesis");
        assert!(matches!(Journal::open(folder.path()), Err(JournalError::Foreign(_))));
        #[cfg(unix)]
        {
            let link = folder.path().join("link");
            std::os::unix::fs::symlink(&path, &link).expect("it can be made");
            assert!(matches!(Journal::open(&link), Err(JournalError::Link(_))));
        }
    }

    /// Wherever a journal is cut, the pieces before the cut are there, and it can be gone on with.
    #[test]
    fn a_torn_tail_is_cut_off() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = folder.path().join("journal");
        let bytes = ten(&path);
        for length in 0..bytes.len() {
            fs::write(&path, &bytes[..length]).expect("it can be written");
            let numbers = found(&path);
            assert!(numbers.iter().copied().eq(0..numbers.len() as u64), "{length}: {numbers:?}");
            let mut journal = Journal::open(&path).expect("it can be opened");
            if journal.head().is_none() {
                assert!(length < FORMAT.len() + 4 + 6 + 32, "{length}");
                // Nothing is cut before somebody writes.
                assert_eq!(fs::read(&path).expect("it is there").len(), length);
                assert_eq!(journal.is_new(), length == 0);
                continue;
            }
            journal.add(20, &body(20)).expect("it can be written");
            drop(journal);
            assert_eq!(found(&path).len(), numbers.len() + 1);
        }
    }

    /// One changed bit costs one piece at most, or the whole where it is in the head.
    #[test]
    fn a_flipped_bit_costs_its_piece_and_no_other() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = folder.path().join("journal");
        let bytes = ten(&path);
        let head = FORMAT.len() + 4 + 6 + 32;
        for at in FORMAT.len()..bytes.len() {
            for bit in [0, 6] {
                let mut changed = bytes.clone();
                changed[at] ^= 1 << bit;
                fs::write(&path, &changed).expect("it can be written");
                let numbers = found(&path);
                assert_eq!(numbers.len(), if at < head { 0 } else { 9 }, "{at}");
            }
        }
    }

    #[test]
    fn marks_without_end_do_not_make_a_search_without_end() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = folder.path().join("journal");
        let mut bytes = ten(&path);
        let frame = [&MARK[..], &[0; 8], &1_000_000_u64.to_le_bytes()].concat();
        bytes.extend(frame.iter().cycle().take(4_000_000));
        fs::write(&path, &bytes).expect("it can be written");
        assert_eq!(found(&path).len(), 10);
    }

    proptest! {
        #[test]
        fn noise_is_read_or_refused(
            noise in prop::collection::vec(any::<u8>(), 0..400),
            at in 0..700_usize,
            after_ten in any::<bool>(),
        ) {
            let folder = tempfile::tempdir().expect("a temporary folder");
            let path = folder.path().join("journal");
            let mut bytes = if after_ten { ten(&path) } else { FORMAT.to_vec() };
            let at = at.min(bytes.len());
            let to = (at + noise.len() / 2).min(bytes.len());
            bytes.splice(at..to, noise);
            fs::write(&path, &bytes).expect("it can be written");
            if let Ok(journal) = Journal::open(&path) {
                let numbers: Vec<u64> = journal.pieces().numbers().collect();
                for number in numbers {
                    prop_assert_eq!(journal.pieces().body(number).expect("it is whole"), body(number));
                }
            }
        }
    }
}
