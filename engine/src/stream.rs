//! Named random streams, keyed by seed, replication and purpose, and shared by all design points.

use rand::{Rng, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;

/// A stream of random numbers: what a model draws from.
#[derive(Clone, Debug)]
pub struct Stream {
    words: Xoshiro256PlusPlus,
    /// All bits set in a mirrored stream, none in any other.
    mirror: u64,
}

/// What a study is seeded with; the same seed gives the same results.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seed(pub u64);

/// Where the luck of many replications comes from.
///
/// Antithetic replications come in pairs, 2k and 2k + 1: the second draws from the streams of the first,
/// mirrored. A uniform number u becomes 1 − 2⁻⁵³ − u, a normal one changes its sign: each alone is
/// distributed as before, so means stay unbiased. Where a result rises or falls with its draws, what one of
/// a pair has too much the other has too little.
///
/// # Source
///
/// Hammersley and Morton (1956), *A New Monte Carlo Technique: Antithetic Variates*, Mathematical
/// Proceedings of the Cambridge Philosophical Society 52(3), 449-475.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Luck {
    /// The seed of all streams.
    pub seed: Seed,
    /// Whether replications come in antithetic pairs.
    pub antithetic: bool,
}

impl From<Seed> for Luck {
    fn from(seed: Seed) -> Self {
        Self { seed, antithetic: false }
    }
}

impl Luck {
    /// The streams of one replication, numbered from 0.
    #[inline]
    pub const fn streams(self, replication: u64) -> Streams {
        match self.antithetic {
            false => Streams::new(self.seed, replication),
            true => Streams {
                mirrored: replication % 2 == 1,
                ..Streams::new(self.seed, replication / 2)
            },
        }
    }
}

/// What a stream is drawn for, so that a draw for one purpose never shifts those for another.
///
/// Declared once per purpose: `const FRONT: Purpose = Purpose::named("front");`
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Purpose(u32);

impl Purpose {
    /// The purpose of that name (FNV-1a over its bytes). A model keeps its names few and checks
    /// in a test that no two collide.
    pub const fn named(name: &str) -> Self {
        let bytes = name.as_bytes();
        let mut hash = 0x811c_9dc5_u32;
        let mut at = 0;
        while at < bytes.len() {
            hash = (hash ^ bytes[at] as u32).wrapping_mul(0x0100_0193);
            at += 1;
        }
        Self(hash)
    }
}

/// All random streams of one replication.
///
/// They do not depend on the design point: two points that are played with the same seed share
/// their luck, replication by replication (common random numbers). Streams of one seed never
/// share a state: the Philox block that seeds each is a bijection of (replication, purpose,
/// index).
///
/// # Source
///
/// Salmon, Moraes, Dror and Shaw (2011), *Parallel Random Numbers: As Easy as 1, 2, 3*, SC '11;
/// Blackman and Vigna (2021), *Scrambled Linear Pseudorandom Number Generators*, ACM TOMS 47(4).
#[derive(Clone, Copy, Debug)]
pub struct Streams {
    seed: Seed,
    replication: u64,
    mirrored: bool,
}

impl Streams {
    /// The streams of one replication, numbered from 0.
    pub const fn new(seed: Seed, replication: u64) -> Self {
        Self { seed, replication, mirrored: false }
    }

    /// Opens the stream for a purpose, always at its beginning.
    #[inline]
    pub fn open(&self, purpose: Purpose) -> Stream {
        self.open_at(purpose, 0)
    }

    /// Opens the `index`-th stream for a purpose: for draws that are needed only now and then, so
    /// that whether they were needed before changes nothing.
    #[inline]
    pub fn open_at(&self, purpose: Purpose, index: u32) -> Stream {
        let mut seed = [0; 32];
        for (bytes, word) in seed.chunks_exact_mut(8).zip(self.words(purpose, index)) {
            bytes.copy_from_slice(&word.to_le_bytes());
        }
        Stream { words: Xoshiro256PlusPlus::from_seed(seed), mirror: self.mirror() }
    }

    /// What the words of a stream are at its beginning.
    #[inline]
    pub(crate) fn words(&self, purpose: Purpose, index: u32) -> [u64; 4] {
        debug_assert!(index < 1 << 31, "the lowest bit of the counter word numbers the block");
        let key = [self.seed.0 as u32, (self.seed.0 >> 32) as u32];
        let counter = |block: u32| {
            let replication = [self.replication as u32, (self.replication >> 32) as u32];
            [replication[0], replication[1], purpose.0, index << 1 | block]
        };
        let pair = |low: u32, high: u32| u64::from(low) | u64::from(high) << 32;
        let [a, b, c, d] = philox(counter(0), key);
        let [e, f, g, h] = philox(counter(1), key);
        [pair(a, b), pair(c, d), pair(e, f), pair(g, h)]
    }

    pub(crate) const fn mirror(&self) -> u64 {
        if self.mirrored { u64::MAX } else { 0 }
    }
}

/// One Philox4x32-10 block.
#[inline]
fn philox(mut counter: [u32; 4], mut key: [u32; 2]) -> [u32; 4] {
    for _ in 0..10 {
        let first = u64::from(counter[0]) * 0xD251_1F53;
        let second = u64::from(counter[2]) * 0xCD9E_8D57;
        counter = [
            (second >> 32) as u32 ^ counter[1] ^ key[0],
            second as u32,
            (first >> 32) as u32 ^ counter[3] ^ key[1],
            first as u32,
        ];
        key = [key[0].wrapping_add(0x9E37_79B9), key[1].wrapping_add(0xBB67_AE85)];
    }
    counter
}

/// Draws that every model needs, each from exactly the numbers it says.
pub trait Draw {
    /// A uniform number in `[0, 1)` from the upper 53 bits of one 64-bit word.
    fn uniform(&mut self) -> f64;
    /// A standard normal number.
    fn normal(&mut self) -> f64;
}

/// A number in `[0, 1)` from the upper 53 bits of a word.
#[inline(always)]
pub(crate) fn unit(word: u64) -> f64 {
    (word >> 11) as f64 * (1.0 / 9_007_199_254_740_992.0)
}

impl Draw for Stream {
    #[inline]
    fn uniform(&mut self) -> f64 {
        unit(self.words.next_u64() ^ self.mirror)
    }

    #[inline]
    fn normal(&mut self) -> f64 {
        let normal: f64 =
            rand_distr::Distribution::sample(&rand_distr::StandardNormal, &mut self.words);
        f64::from_bits(normal.to_bits() ^ (self.mirror & (1 << 63)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn philox_gives_the_known_answers() {
        // Random123 distribution, file kat_vectors, lines philox4x32 10.
        let cases = [
            ([0; 4], [0; 2], [0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8]),
            ([u32::MAX; 4], [u32::MAX; 2], [0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd]),
            (
                [0x243f_6a88, 0x85a3_08d3, 0x1319_8a2e, 0x0370_7344],
                [0xa409_3822, 0x299f_31d0],
                [0xd16c_fe09, 0x94fd_cceb, 0x5001_e420, 0x2412_6ea1],
            ),
        ];
        for (counter, key, block) in cases {
            assert_eq!(philox(counter, key), block);
        }
    }

    #[test]
    fn a_stream_is_the_same_whenever_it_is_opened() {
        let streams = Streams::new(Seed(7), 3);
        let purpose = Purpose::named("front");
        let mut first = streams.open(purpose);
        let mut again = streams.open(purpose);
        assert!((0..100).all(|_| first.words.next_u64() == again.words.next_u64()));
    }

    #[test]
    fn seed_replication_purpose_and_index_each_give_another_stream() {
        let purpose = Purpose::named("front");
        let first = |mut stream: Stream| stream.words.next_u64();
        let base = first(Streams::new(Seed(7), 3).open(purpose));
        assert_ne!(base, first(Streams::new(Seed(8), 3).open(purpose)));
        assert_ne!(base, first(Streams::new(Seed(7), 4).open(purpose)));
        assert_ne!(base, first(Streams::new(Seed(7), 3).open(Purpose::named("rear"))));
        assert_ne!(base, first(Streams::new(Seed(7), 3).open_at(purpose, 1)));
    }

    #[test]
    fn the_first_draws_are_pinned() {
        let mut stream = Streams::new(Seed(20_251_122), 0).open(Purpose::named("front"));
        let draws = [stream.words.next_u64(), stream.words.next_u64()];
        assert_eq!(draws, PINNED, "a changed stream is a value-breaking change");
    }

    const PINNED: [u64; 2] = [16_735_268_952_471_615_014, 7_403_740_687_096_114_478];
}
