//! What an offer means to the belligerents, and at best over some offers.

/// What an offer means to the belligerents.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Stakes {
    /// U_R(x) and U_U(x).
    pub(super) challenger: f64,
    pub(super) defender: f64,
    /// The level of the guarantee.
    pub(super) guarantee: f64,
    /// h_0 under these terms.
    pub(super) accidents: f64,
}

impl Stakes {
    /// What the challenger did not get: `1 − U_R(x)`.
    #[inline(always)]
    pub(super) fn challenger_grievance(&self) -> f64 {
        1.0 - self.challenger
    }

    /// What the defender did not get: `1 − U_U(x)`.
    #[inline(always)]
    pub(super) fn defender_grievance(&self) -> f64 {
        1.0 - self.defender
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
