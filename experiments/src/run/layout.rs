//! How a study is cut into pieces, and which of them belong to a shard.

use std::fmt;
use std::ops::Range;
use std::str::FromStr;

use engine::Batch;

use crate::design::Point;
use crate::study::Study;

/// The pieces of a study, numbered in the order in which they are put together: all points see a draw before the next,
/// and at each the replications come in order.
#[derive(Clone, Debug)]
pub struct Layout {
    points: u64,
    jobs: u64,
    /// The replications of each piece of a job.
    cut: Vec<Range<u64>>,
}

/// A design point with a draw.
#[derive(Clone, Debug)]
pub struct Job {
    /// Which draw of what is uncertain.
    pub draw: usize,
    /// The design point.
    pub point: Point,
}

/// One of several parts of a study, counted from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shard {
    /// Which one.
    pub number: u64,
    /// Of how many.
    pub of: u64,
}

impl Layout {
    /// The layout of a study. Where points are left when they are precise enough, each is played in one piece.
    pub fn new(study: &Study, batch: &Batch) -> Self {
        let whole = 0..study.replications;
        let cut = match study.precision {
            Some(_) => vec![whole],
            None => batch.cut(whole).collect(),
        };
        let points = study.design.size().unwrap_or(0);
        Self { points, jobs: points * study.drawn.len() as u64, cut }
    }

    /// How many pieces.
    pub const fn pieces(&self) -> u64 {
        self.jobs * self.cut.len() as u64
    }

    /// How many design points with a draw.
    pub const fn jobs(&self) -> u64 {
        self.jobs
    }

    /// A design point with a draw, by its number.
    pub fn job(&self, study: &Study, number: u64) -> Job {
        let point = study.design.point(number % self.points);
        Job { draw: (number / self.points) as usize, point }
    }

    /// The pieces of a job with their replications.
    pub fn pieces_of(&self, job: u64) -> impl Iterator<Item = (u64, &Range<u64>)> {
        let first = job * self.cut.len() as u64;
        (first..).zip(&self.cut)
    }

    /// The job of a piece, and its replications.
    pub fn place(&self, piece: u64) -> (u64, &Range<u64>) {
        let pieces = self.cut.len() as u64;
        (piece / pieces, &self.cut[(piece % pieces) as usize])
    }

    /// How many pieces a shard has.
    pub const fn count(&self, shard: Shard) -> u64 {
        (self.pieces() + shard.of - shard.number) / shard.of
    }

    /// The pieces of a shard.
    fn of_shard(&self, shard: Shard) -> impl Iterator<Item = u64> {
        (shard.number - 1..self.pieces()).step_by(shard.of as usize)
    }

    /// How many replications a piece has; none where it is no piece of the study.
    pub fn length(&self, piece: u64) -> u64 {
        if piece >= self.pieces() {
            return 0;
        }
        let (_, Range { start, end }) = self.place(piece);
        end - start
    }

    /// How many replications all pieces of a shard have, or all there are.
    pub fn replications(&self, shard: Option<Shard>) -> u64 {
        let whole = self.cut.iter().map(|own| own.end - own.start).sum::<u64>() * self.jobs;
        match shard {
            None => whole,
            Some(shard) => self.of_shard(shard).map(|piece| self.length(piece)).sum(),
        }
    }
}

/// Whether a piece belongs to a shard; all belong where there are none.
pub(super) fn has(shard: Option<Shard>, piece: u64) -> bool {
    shard.is_none_or(|shard| shard.has(piece))
}

impl Shard {
    /// Whether a piece belongs to it: every n-th does, so that each shard has its share of every design point.
    pub const fn has(self, piece: u64) -> bool {
        piece % self.of == self.number - 1
    }
}

impl fmt::Display for Shard {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "{}/{}", self.number, self.of)
    }
}

impl FromStr for Shard {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        const MOST: u64 = 100_000;
        let wrong = || format!("must be I/N, such as 3/64, with I from 1 to N and N up to {MOST}");
        let (number, of) = text.split_once('/').ok_or_else(wrong)?;
        let (number, of) = number.parse().ok().zip(of.parse().ok()).ok_or_else(wrong)?;
        let fits = 1 <= number && number <= of && of <= MOST;
        fits.then_some(Self { number, of }).ok_or_else(wrong)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shards_are_read_as_they_are_written() {
        for text in ["1/1", "3/64", "64/64"] {
            assert_eq!(text.parse::<Shard>().expect("it is one").to_string(), text);
        }
        for text in ["", "3", "0/2", "3/2", "1/0", "1/-1", "a/b", "1/1000000", "1/2/3"] {
            assert!(text.parse::<Shard>().is_err(), "{text}");
        }
    }

    #[test]
    fn every_piece_belongs_to_one_shard_of_any_number() {
        for of in [1, 2, 7, 64] {
            let shards: Vec<Shard> = (1..=of).map(|number| Shard { number, of }).collect();
            for piece in 0..200 {
                assert_eq!(shards.iter().filter(|shard| shard.has(piece)).count(), 1);
            }
        }
    }
}
