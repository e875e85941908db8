//! What an offer means to the belligerents: of one offer, of four in lanes, or at best over some.

use engine::{Lanes, Number};

/// Offers that are weighed side by side: as many as fit the widest registers that most machines have.
pub(super) const FEW: usize = 4;

/// Numbers of as many offers.
pub(super) type Few = Lanes<FEW>;

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

/// What offers are worth to whoever proposes them.
pub(super) trait Value {
    /// The values of at most [`MOST`] fours of offers. Where one stays below `floor`, or is not above
    /// 0, any number of which the same is true will do.
    ///
    /// [`MOST`]: super::search::MOST
    fn of(&self, offers: &[Stakes<Few>], floor: f64, values: &mut [Few]);
}

impl<N: Number> Stakes<N> {
    /// Stakes in lanes, one for each.
    #[inline(always)]
    pub(super) fn side_by_side<'a>(of: impl Fn(usize) -> &'a Stakes) -> Self {
        Self {
            challenger: N::from_lanes(|lane| of(lane).challenger),
            defender: N::from_lanes(|lane| of(lane).defender),
            guarantee: N::from_lanes(|lane| of(lane).guarantee),
            accidents: N::from_lanes(|lane| of(lane).accidents),
        }
    }

    /// The stakes in one lane.
    #[inline(always)]
    pub(super) fn lane(&self, at: usize) -> Stakes {
        Stakes {
            challenger: self.challenger.lane(at),
            defender: self.defender.lane(at),
            guarantee: self.guarantee.lane(at),
            accidents: self.accidents.lane(at),
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
}

/// Stakes four by four; the last stands in for those that are missing.
pub(super) fn in_fours(stakes: &[Stakes]) -> Vec<Stakes<Few>> {
    let four = |own: &[Stakes]| Stakes::side_by_side(|lane| &own[lane.min(own.len() - 1)]);
    stakes.chunks(FEW).map(four).collect()
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
