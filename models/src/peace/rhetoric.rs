//! Words: what is said in public, what it gives away, and what it costs to have said it.

use engine::{LogOdds, Number};

use crate::parameter::Settings;

/// Public rhetoric, the beliefs it moves and the audience costs it builds up:
///
/// ```text
/// r_t = ρ ± δ/2 + η ε                              (+ revisionist, − settler)
/// L ← (1 − f) L + f logit π_0 + κ δ (r_t − ρ̄) / η²
/// ρ̄ ← ρ̄ + ν (r_t − ρ̄)
/// a ← φ a + (1 − φ) max(r_t, 0)
/// ```
/// ρ: `level`; δ: `separation`; η: `noise`; f: `forgetting`; κ: `credence`; ρ̄: the norm; ν:
/// `adaptation`; φ: `persistence`.
///
/// # Source
///
/// Own. Log-likelihood ratio of two normal distributions; audience costs after Fearon (1994),
/// American Political Science Review 88(3), and (1997), Journal of Conflict Resolution 41(1).
#[derive(Clone, Debug)]
pub(super) struct Rhetoric {
    pub(super) level: f64,
    separation: f64,
    noise: f64,
    credence: f64,
    forgetting: f64,
    norm: f64,
    adaptation: f64,
    pub(super) revisionist_prior: f64,
    persistence: f64,
    pub(super) audience_cost: f64,
}

/// What has been said so far, and what it did.
#[derive(Clone, Copy, Debug)]
pub(super) struct Voice<N> {
    /// The latest rhetoric r.
    pub(super) rhetoric: N,
    /// Log-odds of revisionism L.
    pub(super) belief: LogOdds<N>,
    norm: N,
    /// Audience stock a.
    pub(super) audience: N,
}

impl Rhetoric {
    pub(super) fn new(settings: &Settings) -> Self {
        Self {
            level: settings.get("signalling"),
            separation: settings.get("rhetoric.separation"),
            noise: settings.get("rhetoric.noise"),
            credence: settings.get("rhetoric.credence"),
            forgetting: settings.get("rhetoric.forgetting"),
            norm: settings.get("rhetoric.norm"),
            adaptation: settings.get("rhetoric.norm_adaptation"),
            revisionist_prior: settings.get("revisionist_prior"),
            persistence: settings.get("audience.persistence"),
            audience_cost: settings.get("audience.cost"),
        }
    }

    /// Before the first month: r = ρ, a = ½ max(ρ, 0), beliefs at their prior.
    pub(super) fn open<N: Number>(&self) -> Voice<N> {
        Voice {
            rhetoric: N::splat(self.level),
            belief: LogOdds::new(self.revisionist_prior),
            norm: N::splat(self.norm),
            audience: N::splat(0.5 * self.level.max(0.0)),
        }
    }

    /// The least and the greatest that is likely to be said: four standard deviations out.
    pub(super) fn range(&self) -> (f64, f64) {
        let reach = (0.5 * self.separation.abs() + 4.0 * self.noise).max(0.1);
        (self.level - reach, self.level + reach)
    }

    /// One month of words.
    #[inline(always)]
    pub(super) fn speak<N: Number>(&self, voice: &mut Voice<N>, revisionist: N, shock: N) {
        let lean = revisionist.map(|is| if is == 0.0 { -0.5 } else { 0.5 });
        let said = lean * self.separation + self.level + shock * self.noise;
        let surprise = said - voice.norm;
        let evidence = surprise * (self.credence * self.separation) / (self.noise * self.noise);
        voice.belief.learn(self.forgetting, evidence);
        voice.norm = voice.norm + surprise * self.adaptation;
        let threat = said.map(|said| if said > 0.0 { said } else { 0.0 });
        voice.audience = voice.audience * self.persistence + threat * (1.0 - self.persistence);
        voice.rhetoric = said;
    }
}

impl<N: Number> Voice<N> {
    /// Puts another into one lane.
    pub(super) fn set_lane(&mut self, at: usize, other: &Voice<f64>) {
        self.rhetoric.set_lane(at, other.rhetoric);
        self.belief.set_lane(at, &other.belief);
        self.norm.set_lane(at, other.norm);
        self.audience.set_lane(at, other.audience);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn log_odds_drift_as_theory_says_around_the_norm() {
        // With f = ν = 0 and ρ at the norm, E[L_{t+1} − L_t] = ±κ δ² / (2 η²).
        let rhetoric = Rhetoric {
            level: 0.2,
            separation: 0.6,
            noise: 0.4,
            credence: 0.15,
            forgetting: 0.0,
            norm: 0.2,
            adaptation: 0.0,
            revisionist_prior: 0.5,
            persistence: 0.9,
            audience_cost: 0.8,
        };
        let drift = 0.15 * 0.36 / (2.0 * 0.16);
        for (revisionist, sign) in [(1.0, 1.0), (0.0, -1.0)] {
            let mut voice: Voice<f64> = rhetoric.open();
            // Antithetic shocks leave the mean exactly.
            for shock in [0.7, -0.7, 2.1, -2.1] {
                rhetoric.speak(&mut voice, revisionist, shock);
            }
            assert!((voice.belief.value() - sign * 4.0 * drift).abs() < 1e-14);
        }
    }
}
