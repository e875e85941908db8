//! Streams side by side: every lane draws, to the last bit, what its own stream would draw.

use std::convert::Infallible;
use std::sync::LazyLock;

use rand::TryRng;
use rand_distr::{Distribution as _, StandardNormal};

use crate::lanes::Lanes;
use crate::stream::{Draw as _, Purpose, Stream, Streams, unit};

/// Where numbers come from, one for each lane.
pub trait Draws<N> {
    /// A uniform number in `[0, 1)` for each lane.
    fn uniforms(&mut self) -> N;

    /// A standard normal number for each lane.
    fn normals(&mut self) -> N;
}

impl Draws<f64> for Stream {
    #[inline(always)]
    fn uniforms(&mut self) -> f64 {
        self.uniform()
    }

    #[inline(always)]
    fn normals(&mut self) -> f64 {
        self.normal()
    }
}

/// Streams side by side, of which every lane draws what its own stream would.
#[derive(Clone, Debug)]
pub struct Abreast<const L: usize> {
    /// The four words of each state.
    words: [[u64; L]; 4],
    mirrors: [u64; L],
    layers: &'static Layers,
}

impl<const L: usize> Abreast<L> {
    /// Streams for a purpose, all the same in the beginning.
    pub fn open(streams: &Streams, purpose: Purpose) -> Self {
        let mut made = Self { words: [[0; L]; 4], mirrors: [0; L], layers: &LAYERS };
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

    /// The next word of every stream.
    #[inline(always)]
    fn next(&mut self) -> [u64; L] {
        let mut drawn = [0; L];
        let [a, b, c, d] = &mut self.words;
        for (lane, drawn) in drawn.iter_mut().enumerate() {
            *drawn = next([&mut a[lane], &mut b[lane], &mut c[lane], &mut d[lane]]);
        }
        drawn
    }

    /// The normal number of a lane whose first word does not decide.
    #[cold]
    fn undecided(&mut self, lane: usize, word: u64) -> f64 {
        let [a, b, c, d] = &mut self.words;
        let rest = [&mut a[lane], &mut b[lane], &mut c[lane], &mut d[lane]];
        StandardNormal.sample(&mut Lane { first: Some(word), rest })
    }
}

impl<const L: usize> Draws<Lanes<L>> for Abreast<L> {
    #[inline(always)]
    fn uniforms(&mut self) -> Lanes<L> {
        let words = self.next();
        let mut drawn = [0.0; L];
        for (lane, drawn) in drawn.iter_mut().enumerate() {
            *drawn = unit(words[lane] ^ self.mirrors[lane]);
        }
        Lanes(drawn)
    }

    #[inline(always)]
    fn normals(&mut self) -> Lanes<L> {
        let words = self.next();
        let (mut drawn, mut beyond) = ([0.0; L], [0.0; L]);
        for lane in 0..L {
            (drawn[lane], beyond[lane]) = self.layers.place(words[lane]);
        }
        // Counted, since `any` would look at one after the other.
        if beyond.iter().filter(|own| **own >= 0.0).count() > 0 {
            for lane in 0..L {
                if beyond[lane] >= 0.0 {
                    drawn[lane] = self.undecided(lane, words[lane]);
                }
            }
        }
        for (drawn, mirror) in drawn.iter_mut().zip(self.mirrors) {
            *drawn = f64::from_bits(drawn.to_bits() ^ (mirror & (1 << 63)));
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

/// The stream of one lane, whose first word was drawn before.
struct Lane<'a> {
    first: Option<u64>,
    rest: [&'a mut u64; 4],
}

impl TryRng for Lane<'_> {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        self.try_next_u64().map(|word| (word >> 32) as u32)
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        let [a, b, c, d] = &mut self.rest;
        Ok(self.first.take().unwrap_or_else(|| next([a, b, c, d])))
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
        for chunk in bytes.chunks_mut(8) {
            let Ok(word) = self.try_next_u64();
            chunk.copy_from_slice(&word.to_le_bytes()[..chunk.len()]);
        }
        Ok(())
    }
}

/// The layers from which [`StandardNormal`] draws.
///
/// # Source
///
/// Marsaglia and Tsang (2000), *The Ziggurat Method for Generating Random Variables*, Journal of
/// Statistical Software 5(8); in the form of Doornik (2005), *An Improved Ziggurat Method to Generate
/// Normal Random Samples*.
#[derive(Debug)]
struct Layers {
    /// How far each reaches, and 0 after the last.
    widths: [f64; LAYERS_COUNT + 1],
}

const LAYERS_COUNT: usize = 256;

static LAYERS: LazyLock<Layers> = LazyLock::new(Layers::new);

impl Layers {
    /// Read off the sampler itself: half the width of a layer is what it makes of a word that asks for
    /// that half. Where the next word decides, the greatest one says yes.
    fn new() -> Self {
        /// The bits that stand for one half among those of a number in `[−1, 1)`.
        const HALF: u64 = 3 << 62;
        let mut widths = [0.0; LAYERS_COUNT + 1];
        for (layer, width) in widths[..LAYERS_COUNT].iter_mut().enumerate() {
            let mut rest = [u64::MAX; 4];
            let [a, b, c, d] = &mut rest;
            let word = Some(HALF | layer as u64);
            let half: f64 = StandardNormal.sample(&mut Lane { first: word, rest: [a, b, c, d] });
            *width = 2.0 * half;
        }
        Self { widths }
    }

    /// The number that a word stands for, and how far it lies beyond what the word alone decides: below
    /// 0 nearly always.
    #[inline(always)]
    fn place(&self, word: u64) -> (f64, f64) {
        let layer = word as usize % LAYERS_COUNT;
        let share = f64::from_bits(word >> 12 | 2.0_f64.to_bits()) - 3.0;
        let number = share * self.widths[layer];
        (number, number.abs() - self.widths[layer + 1])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Luck, Seed};

    #[test]
    fn lanes_draw_what_each_stream_draws_alone() {
        let purpose = Purpose::named("front");
        let luck = Luck { seed: Seed(7), antithetic: true };
        let mut abreast = Abreast::<4>::open(&luck.streams(0), purpose);
        (1..4).for_each(|lane| abreast.open_lane(lane as usize, &luck.streams(lane), purpose));
        let mut alone: Vec<Stream> = (0..4).map(|own| luck.streams(own).open(purpose)).collect();
        let mut far = 0;
        for draw in 0..300_000 {
            let Lanes(drawn) = if draw % 3 == 0 { abreast.uniforms() } else { abreast.normals() };
            for (drawn, alone) in drawn.iter().zip(&mut alone) {
                let own = if draw % 3 == 0 { alone.uniform() } else { alone.normal() };
                assert_eq!(drawn.to_bits(), own.to_bits(), "draw {draw}");
                far += u32::from(own.abs() > 3.7);
            }
            if draw == 100 {
                abreast.open_lane(2, &luck.streams(9), purpose);
                alone[2] = luck.streams(9).open(purpose);
            }
        }
        assert!(far > 50, "only {far} were drawn beyond all layers");
    }

    #[test]
    fn layers_have_the_same_area() {
        let Layers { widths } = Layers::new();
        let density = |x: f64| (-x * x / 2.0).exp();
        // The lowest is as wide as if it held the tail as well.
        let area = widths[0] * density(widths[1]);
        // But for the last, which takes what rounding of the published area leaves.
        for layer in 1..LAYERS_COUNT - 1 {
            let own = widths[layer] * (density(widths[layer + 1]) - density(widths[layer]));
            // Rounding of two densities below 1, over a difference of 0.001 at least.
            assert!((own / area - 1.0).abs() < 1e-12, "{layer}: {own} of {area}");
        }
    }
}
