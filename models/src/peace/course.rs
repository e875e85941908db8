//! The course of the world: what passes in every month before anybody talks, written once for one
//! replication and for several side by side.

use engine::{Chance, LogOdds, Number, Uniforms};
use pulp::{Simd, WithSimd};

use super::coalition::Cohesion;
use super::rhetoric::Voice;
use super::world::Peace;

/// Where the world stands: one number for each replication.
#[derive(Clone, Debug)]
pub(super) struct Course<N> {
    /// ℓ.
    level: N,
    /// This month's foreseeable movement of the front.
    drift: N,
    voice: Voice<N>,
    pub(super) cohesion: Cohesion<N>,
}

/// What a month depends on beside its course: 1 or 0, but for the month.
#[derive(Clone, Copy, Debug)]
pub(super) struct Circumstances<N> {
    /// Counted from 0.
    pub(super) month: N,
    /// Whether talks are open as it begins.
    pub(super) open: N,
    pub(super) revisionist: N,
}

/// Standard normal numbers, drawn for every month.
#[derive(Clone, Copy, Debug)]
pub(super) struct Shocks<N> {
    pub(super) unity: N,
    pub(super) front: N,
    pub(super) rhetoric: N,
}

/// Where the world of one replication stands when talks may begin.
#[derive(Clone, Copy, Debug)]
pub(super) struct Moment {
    pub(super) level: f64,
    pub(super) drift: f64,
    pub(super) unity: f64,
    pub(super) support: f64,
    pub(super) rhetoric: f64,
    /// Audience stock a.
    pub(super) audience: f64,
    /// Log-odds of revisionism L.
    pub(super) belief: LogOdds,
}

/// A month that passes, compiled for every width of registers.
pub(super) struct Pass<'a, N, U> {
    pub(super) peace: &'a Peace,
    pub(super) course: &'a mut Course<N>,
    pub(super) circumstances: Circumstances<N>,
    pub(super) shocks: Shocks<N>,
    /// One draw for each member.
    pub(super) lots: &'a mut U,
}

impl<N: Chance, U: Uniforms<N>> WithSimd for Pass<'_, N, U> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        self.pass();
    }
}

impl<N: Chance, U: Uniforms<N>> Pass<'_, N, U> {
    /// Unity, support, the front, words: in this order.
    #[inline(always)]
    pub(super) fn pass(self) {
        let Self { peace, course, circumstances, shocks, lots } = self;
        let Course { level, drift, voice, cohesion } = course;
        let Circumstances { month, open, revisionist } = circumstances;
        peace.coalition.drift(cohesion, shocks.unity);
        peace.coalition.support(cohesion, month, voice.rhetoric, lots);
        *drift = peace.front.drift(cohesion.support, open);
        *level = peace.front.step(*level, *drift, open * revisionist, shocks.front);
        peace.rhetoric.speak(voice, revisionist, shocks.rhetoric);
    }
}

impl<N: Chance> Course<N> {
    /// Before the first month.
    pub(super) fn open(peace: &Peace) -> Self {
        let level = N::splat(peace.front.start);
        let (voice, cohesion) = (peace.rhetoric.open(), peace.coalition.open());
        Self { level, drift: N::splat(0.0), voice, cohesion }
    }

    /// Begins anew in one lane.
    pub(super) fn open_lane(&mut self, at: usize, opening: &Course<f64>) {
        self.level.set_lane(at, opening.level);
        self.drift.set_lane(at, opening.drift);
        self.voice.set_lane(at, &opening.voice);
        self.cohesion.set_lane(at, &opening.cohesion);
    }

    /// Where one lane stands.
    #[inline(always)]
    pub(super) fn moment(&self, at: usize) -> Moment {
        Moment {
            level: self.level.lane(at),
            drift: self.drift.lane(at),
            unity: self.cohesion.unity.lane(at),
            support: self.cohesion.support.lane(at),
            rhetoric: self.voice.rhetoric.lane(at),
            audience: self.voice.audience.lane(at),
            belief: self.voice.belief.lane(at),
        }
    }
}

impl<N: Number> Circumstances<N> {
    /// Puts others into one lane.
    #[inline(always)]
    pub(super) fn set_lane(&mut self, at: usize, other: &Circumstances<f64>) {
        self.month.set_lane(at, other.month);
        self.open.set_lane(at, other.open);
        self.revisionist.set_lane(at, other.revisionist);
    }
}

impl<N: Number> Shocks<N> {
    /// Puts others into one lane.
    #[inline(always)]
    pub(super) fn set_lane(&mut self, at: usize, other: &Shocks<f64>) {
        self.unity.set_lane(at, other.unity);
        self.front.set_lane(at, other.front);
        self.rhetoric.set_lane(at, other.rhetoric);
    }
}
