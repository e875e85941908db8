//! Named random streams, keyed by seed, replication and purpose, and shared by all design points.

use rand::{Rng, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;

use crate::lanes::Lanes;

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

/// Streams side by side, of which every lane draws what its own stream would.
#[derive(Clone, Debug)]
pub struct Abreast<const L: usize> {
    /// The four words of each state.
    words: [[u64; L]; 4],
    mirrors: [u64; L],
}

impl<const L: usize> Abreast<L> {
    /// Streams for a purpose, all the same in the beginning.
    pub fn open(streams: &Streams, purpose: Purpose) -> Self {
        let mut made = Self { words: [[0; L]; 4], mirrors: [0; L] };
        (0..L).for_each(|lane| made.open_lane(lane, streams, purpose));
        made
    }

    /// Puts the stream that [`Streams::open`] opens for a purpose into one lane.
    pub fn open_lane(&mut self, at: usize, streams: &Streams, purpose: Purpose) {
        for (words, word) in self.words.iter_mut().zip(streams.words(purpose, 0)) {
            words[at] = word;
        }
        self.mirrors[at] = streams.mirror();
    }
}

/// Where uniform numbers come from, one for each lane.
pub trait Uniforms<N> {
    /// A uniform number in `[0, 1)` for each lane.
    fn uniforms(&mut self) -> N;
}

impl Uniforms<f64> for Stream {
    #[inline(always)]
    fn uniforms(&mut self) -> f64 {
        self.uniform()
    }
}

impl<const L: usize> Uniforms<Lanes<L>> for Abreast<L> {
    #[inline(always)]
    fn uniforms(&mut self) -> Lanes<L> {
        let mut drawn = [0.0; L];
        for (lane, drawn) in drawn.iter_mut().enumerate() {
            let [a, b, c, d] = &mut self.words;
            let word = next([&mut a[lane], &mut b[lane], &mut c[lane], &mut d[lane]]);
            *drawn = unit(word ^ self.mirrors[lane]);
        }
        Lanes(drawn)
    }
}

/// The next word of xoshiro256++, as in the generator of every single stream.
#[inline(always)]
fn next([a, b, c, d]: [&mut u64; 4]) -> u64 {
    let word = a.wrapping_add(*d).rotate_left(23).wrapping_add(*a);
    let shifted = *b << 17;
    *c ^= *a;
    *d ^= *b;
    *b ^= *c;
    *a ^= *d;
    *c ^= shifted;
    *d = d.rotate_left(45);
    word
}

/// A number in `[0, 1)` from the upper 53 bits of a word.
#[inline(always)]
fn unit(word: u64) -> f64 {
    (word >> 11) as f64 * (1.0 / 9_007_199_254_740_992.0)
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
    fn words(&self, purpose: Purpose, index: u32) -> [u64; 4] {
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

    const fn mirror(&self) -> u64 {
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
    fn lanes_draw_what_each_stream_draws_alone() {
        let purpose = Purpose::named("front");
        let luck = crate::Luck { seed: Seed(7), antithetic: true };
        let mut abreast = Abreast::<4>::open(&luck.streams(0), purpose);
        (1..4).for_each(|lane| abreast.open_lane(lane as usize, &luck.streams(lane), purpose));
        let mut alone: Vec<Stream> = (0..4).map(|own| luck.streams(own).open(purpose)).collect();
        for draw in 0..300 {
            let Lanes(drawn) = abreast.uniforms();
            for (drawn, alone) in drawn.iter().zip(&mut alone) {
                assert_eq!(*drawn, alone.uniform(), "draw {draw}");
            }
            if draw == 100 {
                abreast.open_lane(2, &luck.streams(9), purpose);
                alone[2] = luck.streams(9).open(purpose);
            }
        }
    }

    #[test]
    fn the_first_draws_are_pinned() {
        let mut stream = Streams::new(Seed(20_251_122), 0).open(Purpose::named("front"));
        let draws = [stream.words.next_u64(), stream.words.next_u64()];
        assert_eq!(draws, PINNED, "a changed stream is a value-breaking change");
    }

    const PINNED: [u64; 2] = [16_735_268_952_471_615_014, 7_403_740_687_096_114_478];
}
