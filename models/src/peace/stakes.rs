//! What an offer means to the belligerents: of one offer, of several in lanes, or at best over some.

use engine::Number;

/// What an offer means to the belligerents, or several offers in lanes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Stakes<N = f64> {
    /// U_R(x) and U_U(x).
    pub(super) challenger: N,
    pub(super) defender: N,
    /// The level of the guarantee.
    pub(super) guarantee: N,
    /// h_0 under these terms.
    pub(super) accidents: N,
}

/// What an offer is worth to whoever proposes it.
pub(super) trait Value {
    /// The values of offers with these stakes. Where one stays below `floor`, or is not above 0, any
    /// number of which the same is true will do.
    fn of<N: Number>(&self, stakes: &Stakes<N>, floor: f64) -> N;
}

impl<N: Number> Stakes<N> {
    /// Stakes in lanes: for each, whose, and from which lane of it.
    #[inline(always)]
    pub(super) fn gather<'a, M: Number + 'a>(of: impl Fn(usize) -> (&'a Stakes<M>, usize)) -> Self {
        macro_rules! each {
            ($field:ident) => {
                N::from_lanes(|lane| {
                    let (stakes, at) = of(lane);
                    stakes.$field.lane(at)
                })
            };
        }
        Self {
            challenger: each!(challenger),
            defender: each!(defender),
            guarantee: each!(guarantee),
            accidents: each!(accidents),
        }
    }

    /// What the challenger did not get: `1 − U_R(x)`.
    #[inline(always)]
    pub(super) fn challenger_grievance(&self) -> N {
        N::splat(1.0) - self.challenger
    }

    /// What the defender did not get: `1 − U_U(x)`.
    #[inline(always)]
    pub(super) fn defender_grievance(&self) -> N {
        N::splat(1.0) - self.defender
    }

    /// The stakes in one lane.
    #[inline(always)]
    pub(super) fn lane(&self, at: usize) -> Stakes {
        Stakes::gather(|_| (self, at))
    }
}

/// Stakes that are no worse than any of these to a side that does not gain by a broken deal: utilities
/// and guarantee as high, accidents as rare as in any of them.
pub(super) fn bound(stakes: &[Stakes]) -> Stakes {
    let most = |of: fn(&Stakes) -> f64| stakes.iter().map(of).fold(f64::NEG_INFINITY, f64::max);
    Stakes {
        challenger: most(|stakes| stakes.challenger),
        defender: most(|stakes| stakes.defender),
        guarantee: most(|stakes| stakes.guarantee),
        accidents: -most(|stakes| -stakes.accidents),
    }
}
