//! The course of the world: what passes in every month before anybody talks, written once for one
//! replication and for several side by side.

use engine::{Abreast, Chance, Draws, LogOdds, Number, Purpose, Stream, Streams};
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
    lots: Lots<N>,
    news: [N; 2],
}

/// What a month's uniform draws decide.
#[derive(Clone, Copy, Debug)]
pub(super) struct Lots<N> {
    pub(super) reopen: N,
    pub(super) proposer: N,
    pub(super) challenger: N,
    pub(super) defender: N,
    pub(super) break_off: N,
}

pub(super) const UNITY: Purpose = Purpose::named("unity");
pub(super) const SUPPORT: Purpose = Purpose::named("support");
pub(super) const FRONT: Purpose = Purpose::named("front");
pub(super) const RHETORIC: Purpose = Purpose::named("rhetoric");
pub(super) const TABLE: Purpose = Purpose::named("table");
pub(super) const CHANNELS: Purpose = Purpose::named("channels");

/// Where the luck of every month comes from, whatever it is needed for: so it stays in step.
pub(super) struct Fortune<D> {
    unity: D,
    /// One draw for each member.
    support: D,
    front: D,
    rhetoric: D,
    table: D,
    channels: D,
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
    pub(super) lots: Lots<f64>,
    /// What channels tell about the challenger and the defender: standard normal noise.
    pub(super) news: [f64; 2],
}

/// A month that passes, compiled for every width of registers.
pub(super) struct Pass<'a, N, D> {
    pub(super) peace: &'a Peace,
    pub(super) course: &'a mut Course<N>,
    pub(super) circumstances: Circumstances<N>,
    pub(super) fortune: &'a mut Fortune<D>,
}

impl<N: Chance, D: Draws<N>> WithSimd for Pass<'_, N, D> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        self.pass();
    }
}

impl<N: Chance, D: Draws<N>> Pass<'_, N, D> {
    /// Unity, support, the front, words: in this order. Then lots are drawn for the table.
    #[inline(always)]
    pub(super) fn pass(self) {
        let Self { peace, course, circumstances, fortune } = self;
        let Course { level, drift, voice, cohesion, lots, news } = course;
        let Circumstances { month, open, revisionist } = circumstances;
        peace.coalition.drift(cohesion, fortune.unity.normals());
        peace.coalition.support(cohesion, month, voice.rhetoric, &mut fortune.support);
        *drift = peace.front.drift(cohesion.support, open);
        *level = peace.front.step(*level, *drift, open * revisionist, fortune.front.normals());
        peace.rhetoric.speak(voice, revisionist, fortune.rhetoric.normals());
        *lots = Lots::draw(&mut fortune.table);
        *news = [fortune.channels.normals(), fortune.channels.normals()];
    }
}

impl<N: Number> Lots<N> {
    /// Five draws every month.
    #[inline(always)]
    fn draw(table: &mut impl Draws<N>) -> Self {
        Self {
            reopen: table.uniforms(),
            proposer: table.uniforms(),
            challenger: table.uniforms(),
            defender: table.uniforms(),
            break_off: table.uniforms(),
        }
    }

    /// Those of one lane.
    #[inline(always)]
    fn lane(&self, at: usize) -> Lots<f64> {
        Lots {
            reopen: self.reopen.lane(at),
            proposer: self.proposer.lane(at),
            challenger: self.challenger.lane(at),
            defender: self.defender.lane(at),
            break_off: self.break_off.lane(at),
        }
    }
}

impl<D> Fortune<D> {
    fn each(of: impl Fn(Purpose) -> D) -> Self {
        Self {
            unity: of(UNITY),
            support: of(SUPPORT),
            front: of(FRONT),
            rhetoric: of(RHETORIC),
            table: of(TABLE),
            channels: of(CHANNELS),
        }
    }
}

impl Fortune<Stream> {
    /// That of one replication.
    pub(super) fn open(streams: &Streams) -> Self {
        Self::each(|purpose| streams.open(purpose))
    }
}

impl<const L: usize> Fortune<Abreast<L>> {
    /// That of several replications, all the same in the beginning.
    pub(super) fn open(streams: &Streams) -> Self {
        Self::each(|purpose| Abreast::open(streams, purpose))
    }

    /// Puts that of another replication into one lane.
    pub(super) fn open_lane(&mut self, at: usize, streams: &Streams) {
        let Self { unity, support, front, rhetoric, table, channels } = self;
        let all = [unity, support, front, rhetoric, table, channels];
        let purposes = [UNITY, SUPPORT, FRONT, RHETORIC, TABLE, CHANNELS];
        for (abreast, purpose) in all.into_iter().zip(purposes) {
            abreast.open_lane(at, streams, purpose);
        }
    }
}

impl<N: Chance> Course<N> {
    /// Before the first month.
    pub(super) fn open(peace: &Peace) -> Self {
        let level = N::splat(peace.front.start);
        let (voice, cohesion) = (peace.rhetoric.open(), peace.coalition.open());
        let none = N::splat(0.0);
        let lots = Lots {
            reopen: none,
            proposer: none,
            challenger: none,
            defender: none,
            break_off: none,
        };
        Self { level, drift: none, voice, cohesion, lots, news: [none; 2] }
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
            lots: self.lots.lane(at),
            news: [self.news[0].lane(at), self.news[1].lane(at)],
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
