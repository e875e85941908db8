//! Draws of what is uncertain: how many, by which design, with whose luck.

use engine::{
    MOST_DIMENSIONS, SaltelliOrder, Seed, Sobol, latin_hypercube, maximin_hypercube, morris,
    one_at_a_time, random, saltelli,
};
use models::Value;

use crate::uncertain::{Distribution, Uncertain};

/// How draws are made.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Way {
    /// Independent.
    Random,
    /// A Latin hypercube.
    LatinHypercube {
        /// Whether it is the best of many by distance.
        maximin: bool,
    },
    /// A scrambled Sobol' sequence.
    Sobol,
    /// A Saltelli design over a scrambled Sobol' sequence.
    Saltelli {
        /// Whether there are rows for second-order indices.
        second_order: bool,
    },
    /// Morris trajectories on a grid of levels.
    Morris {
        /// How many levels.
        levels: u32,
    },
    /// The middle, then each alone at both ends of its central share.
    OneAtATime {
        /// Share of the distribution between the ends.
        share: f64,
    },
}

/// Ways by their names.
pub const WAYS: [(&str, Way); 6] = [
    ("random", Way::Random),
    ("latin-hypercube", Way::LatinHypercube { maximin: true }),
    ("sobol", Way::Sobol),
    ("saltelli", Way::Saltelli { second_order: false }),
    ("morris", Way::Morris { levels: 4 }),
    ("one-at-a-time", Way::OneAtATime { share: 0.8 }),
];

impl Way {
    /// Its name.
    pub fn name(self) -> &'static str {
        let same = |other: &Self| std::mem::discriminant(other) == std::mem::discriminant(&self);
        WAYS.iter().find(|(_, way)| same(way)).map_or("", |(name, _)| name)
    }

    /// Whether it is made for one kind of analysis, whose differences are sharper where draws share
    /// their luck.
    pub const fn is_for_differences(self) -> bool {
        matches!(self, Self::Saltelli { .. } | Self::Morris { .. } | Self::OneAtATime { .. })
    }
}

/// The draws of a study.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Draws {
    /// By which design.
    pub way: Way,
    /// How many; of Saltelli designs base rows, of Morris designs trajectories.
    pub count: u64,
    /// Whether all draws play the same replications, or each its own.
    pub shared_luck: bool,
}

impl Draws {
    /// Rows of the design over so many coordinates.
    pub fn rows(&self, coordinates: usize) -> u64 {
        let k = coordinates as u64;
        match self.way {
            Way::Random | Way::LatinHypercube { .. } | Way::Sobol => self.count,
            Way::Saltelli { second_order } => {
                self.count * (if second_order { 2 * k } else { k } + 2)
            }
            Way::Morris { .. } => self.count * (k + 1),
            Way::OneAtATime { .. } => 2 * k + 1,
        }
    }

    /// Whether a row belongs to a sample of what is uncertain: of a Saltelli design A and B, of a Morris
    /// trajectory its first row, of one at a time the middle.
    pub fn is_of_sample(&self, row: u64, coordinates: usize) -> bool {
        match self.way {
            Way::Random | Way::LatinHypercube { .. } | Way::Sobol => true,
            Way::Morris { .. } => row.is_multiple_of(coordinates as u64 + 1),
            Way::Saltelli { second_order } => {
                let block = SaltelliOrder { inputs: coordinates, second_order }.block() as u64;
                row.is_multiple_of(block) || row % block == block - 1
            }
            Way::OneAtATime { .. } => row == 0,
        }
    }

    /// What is drawn: one value for each uncertain parameter in each row. Nothing where a sequence
    /// has not so many dimensions.
    pub fn draw(&self, uncertain: &[Uncertain], seed: Seed) -> Option<Vec<Vec<Value>>> {
        let (places, k) = coordinates(uncertain);
        let count = self.count as usize;
        let rows = match self.way {
            Way::Random => random(seed, count, k),
            Way::LatinHypercube { maximin: true } => maximin_hypercube(seed, count, k),
            Way::LatinHypercube { maximin: false } => latin_hypercube(seed, count, k),
            Way::Sobol => Sobol::scrambled(k, seed)?.rows(count),
            Way::Saltelli { second_order } => {
                saltelli(seed, count, SaltelliOrder { inputs: k, second_order })?
            }
            Way::Morris { levels } => {
                let edge = |u: &f64| inside(*u, levels);
                let rows = morris(seed, count, k, levels);
                rows.iter().map(|row| row.iter().map(edge).collect()).collect()
            }
            Way::OneAtATime { share } => one_at_a_time(k, (0.5 - share / 2.0, 0.5 + share / 2.0)),
        };
        let values = |row: Vec<f64>| -> Vec<Value> {
            uncertain.iter().zip(&places).map(|(own, place)| own.at(row[*place])).collect()
        };
        Some(rows.into_iter().map(values).collect())
    }
}

/// A level of the grid as the middle of its share of the distribution: the ends of an unbounded one are not
/// reached.
fn inside(u: f64, levels: u32) -> f64 {
    let levels = f64::from(levels);
    ((u * (levels - 1.0)).round() + 0.5) / levels
}

/// For each uncertain parameter the coordinate that it is drawn from, and how many there are:
/// parameters of one group of a sample share theirs.
pub fn coordinates(uncertain: &[Uncertain]) -> (Vec<usize>, usize) {
    let mut groups: Vec<(&str, usize)> = Vec::new();
    let mut places = Vec::with_capacity(uncertain.len());
    let mut count = 0;
    for own in uncertain {
        let known = match &own.distribution {
            Distribution::Sample { group, .. } => groups.iter().find(|(name, _)| name == group),
            _ => None,
        };
        let place = known.map_or(count, |(_, place)| *place);
        if place == count {
            count += 1;
            if let Distribution::Sample { group, .. } = &own.distribution {
                groups.push((group, place));
            }
        }
        places.push(place);
    }
    (places, count)
}

/// The most coordinates of a way, if there is a limit.
pub(crate) const fn most_coordinates(way: Way) -> usize {
    match way {
        Way::Sobol => MOST_DIMENSIONS,
        Way::Saltelli { .. } => MOST_DIMENSIONS / 2,
        _ => usize::MAX,
    }
}
