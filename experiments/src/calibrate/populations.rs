//! Sequential Monte Carlo without likelihoods: populations of particles, each nearer to the targets
//! than the one before.

use engine::{
    AnyModel, Batch, Draw as _, Observer, Purpose, Seed, Stopped, Streams, normal_survival_exact,
};
use models::Value;
use nalgebra::{Cholesky, DMatrix, DVector, Dyn};

use super::targets::Plan;
use crate::draws::coordinates;
use crate::later::Later;

/// Proposals that are played at a time.
const AT_A_TIME: usize = 64;

/// A population is given up where fewer than one proposal in so many is near enough.
const PATIENCE: usize = 60;

/// Values of what is uncertain, and how near they come.
#[derive(Clone, Debug, PartialEq)]
pub struct Particle {
    /// Where it stands: standard normal under the prior, one number for each coordinate.
    pub place: Vec<f64>,
    /// One value for each uncertain parameter.
    pub values: Vec<Value>,
    /// What the model gives for each target.
    pub moments: Vec<f64>,
    /// Root of the summed squared distances to the targets, in their standard errors.
    pub distance: f64,
    /// Its share in the population.
    pub weight: f64,
}

/// How a population came about.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Round {
    /// No particle is further from the targets.
    pub tolerance: f64,
    /// How many were proposed and played.
    pub proposed: usize,
    /// Effective size of the population, 1 / Σ w².
    pub effective: f64,
}

/// What is left of the prior.
#[derive(Clone, Debug, PartialEq)]
pub struct Calibration {
    /// The last population.
    pub particles: Vec<Particle>,
    /// How it came about, population by population.
    pub rounds: Vec<Round>,
    /// The population drawn from the prior.
    pub prior: Vec<Particle>,
}

/// Why nothing was calibrated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CalibrateError {
    /// The observer asked for it.
    #[error("stopped before all replications were played")]
    Stopped,
    /// The prior hardly ever makes a model with all the moments.
    #[error(
        "of {proposed} draws of the prior only {whole} give a value for every target: narrow the priors"
    )]
    Nothing {
        /// How many were tried.
        proposed: usize,
        /// And have all moments.
        whole: usize,
    },
}

impl From<Stopped> for CalibrateError {
    fn from(_: Stopped) -> Self {
        Self::Stopped
    }
}

/// Calibrates: a sample of the prior, then populations whose greatest distance is the `keep` quantile of
/// the one before, until it is as small as the targets' own errors explain, the rounds are over, or too
/// few proposals are near enough. Particles move by a normal kernel of twice the population's
/// weighted covariance, on a scale on which the prior is standard normal, and are weighted by prior over
/// proposal. Each is played with luck of its own. The same on any number of threads.
///
/// A target is known up to its interval: to come nearer than that is no merit. So the tolerance stops at
/// `√(T + 2 √(2 T))` for T targets, which a sum of T squared standard normal errors exceeds about once in
/// twenty times, and the last population is weighted by `exp(−d²/2)` as well: the posterior under normal
/// errors of the targets, cut at that distance.
///
/// # Errors
///
/// [`CalibrateError`] where the observer asked to stop, or the prior hardly ever meets any target.
///
/// # Source
///
/// Beaumont, Cornuet, Marin and Robert (2009), *Adaptive approximate Bayesian computation*, Biometrika
/// 96(4), 983-990, for populations and kernel; Wilkinson (2013), Statistical Applications in Genetics and
/// Molecular Biology 12(2), 129-141, for the errors of targets.
pub fn calibrate(
    plan: &Plan,
    batch: &Batch,
    observer: &dyn Observer,
    mut each: impl FnMut(usize, &Round),
) -> Result<Calibration, CalibrateError> {
    let (_, k) = coordinates(&plan.study.uncertain);
    let mut player = Player { plan, batch, observer, played: 0 };
    let limit = PATIENCE * plan.particles;
    let of_prior = |stream: &mut engine::Stream| (0..k).map(|_| stream.normal()).collect();
    let mut accepted = player.population(f64::MAX, limit, 0, of_prior)?;
    if accepted.particles.len() < plan.particles {
        let whole = accepted.particles.len();
        return Err(CalibrateError::Nothing { proposed: accepted.proposed, whole });
    }
    let count = accepted.particles.len() as f64;
    accepted.particles.iter_mut().for_each(|own| own.weight = 1.0 / count);
    let mut rounds = vec![round(&accepted)];
    each(0, &rounds[0]);
    let (prior, mut current) = (accepted.particles.clone(), accepted.particles);
    let (floor, mut previous) = (explained(plan.targets.len()), f64::INFINITY);
    for number in 1..plan.rounds {
        let tolerance = quantile_of_distances(&current, plan.keep).max(floor);
        if !tolerance.is_finite() {
            break;
        }
        let Some(kernel) = Kernel::of(&current) else { break };
        let next =
            player.population(tolerance, limit, number as u32, |stream| kernel.propose(stream))?;
        if next.particles.len() < plan.particles {
            break;
        }
        let mut next = next;
        kernel.weigh(&mut next.particles);
        rounds.push(round(&next));
        each(number, &rounds[number]);
        current = next.particles;
        // Once more at the smallest tolerance, from particles that were near already: weights even out.
        if previous == floor {
            break;
        }
        previous = tolerance;
    }
    weigh_by_errors(&mut current);
    Ok(Calibration { particles: current, rounds, prior })
}

/// The distance that the targets' own errors explain.
fn explained(targets: usize) -> f64 {
    let count = targets as f64;
    (count + 2.0 * (2.0 * count).sqrt()).sqrt()
}

/// Weighs particles by how likely their distances are under normal errors of the targets.
fn weigh_by_errors(particles: &mut [Particle]) {
    let least = particles.iter().map(|own| own.distance).fold(f64::INFINITY, f64::min);
    let likely =
        |own: &Particle| own.weight * (-0.5 * (own.distance * own.distance - least * least)).exp();
    let sum: f64 = particles.iter().map(likely).sum();
    particles.iter_mut().for_each(|own| own.weight = likely(own) / sum);
}

/// Particles that were near enough, and how many were proposed.
struct Accepted {
    particles: Vec<Particle>,
    proposed: usize,
}

fn round(accepted: &Accepted) -> Round {
    let squares: f64 = accepted.particles.iter().map(|own| own.weight * own.weight).sum();
    let distances = accepted.particles.iter().map(|own| own.distance);
    Round {
        tolerance: distances.fold(0.0, f64::max),
        proposed: accepted.proposed,
        effective: 1.0 / squares,
    }
}

fn quantile_of_distances(particles: &[Particle], share: f64) -> f64 {
    let mut all: Vec<f64> = particles.iter().map(|own| own.distance).collect();
    all.sort_by(f64::total_cmp);
    all[((share * all.len() as f64) as usize).min(all.len() - 1)]
}

/// Plays proposals, each with replications that nobody else plays.
struct Player<'a> {
    plan: &'a Plan,
    batch: &'a Batch,
    observer: &'a dyn Observer,
    played: u64,
}

impl Player<'_> {
    /// Proposes until there are particles enough within a tolerance, or too many were proposed.
    /// Proposals are numbered, and taken in that order.
    fn population(
        &mut self,
        tolerance: f64,
        limit: usize,
        round: u32,
        propose: impl Fn(&mut engine::Stream) -> Vec<f64>,
    ) -> Result<Accepted, Stopped> {
        let mut accepted = Accepted { particles: Vec::new(), proposed: 0 };
        let wanted = self.plan.particles;
        while accepted.particles.len() < wanted && accepted.proposed < limit {
            let first = accepted.proposed as u64;
            let places: Vec<Vec<f64>> = (first..first + AT_A_TIME as u64)
                .map(|number| {
                    let streams = Streams::new(Seed(self.plan.study.seed), number);
                    propose(&mut streams.open_at(Purpose::named("proposal"), round))
                })
                .collect();
            for particle in self.play(places)? {
                if accepted.particles.len() == wanted {
                    break;
                }
                accepted.proposed += 1;
                if particle.distance <= tolerance {
                    accepted.particles.push(particle);
                }
            }
        }
        Ok(accepted)
    }

    fn play(&mut self, places: Vec<Vec<f64>>) -> Result<Vec<Particle>, Stopped> {
        let study = &self.plan.study;
        let (coordinate, _) = coordinates(&study.uncertain);
        let values: Vec<Vec<Value>> = places
            .iter()
            .map(|place| {
                let own = study.uncertain.iter().zip(&coordinate);
                own.map(|(own, at)| own.at(normal_survival_exact(-place[*at]))).collect()
            })
            .collect();
        let point = study.design.point(0);
        let first = self.played;
        self.played += places.len() as u64;
        let models: Vec<Option<Box<dyn AnyModel>>> =
            self.batch.map(&values, |values| study.build_drawn(&point, values).ok());
        let by = |at: usize| (first + at as u64) * study.replications;
        let built: Vec<(usize, Box<dyn AnyModel>)> = models
            .into_iter()
            .enumerate()
            .filter_map(|(at, model)| {
                Some((at, Box::new(Later { model: model?, by: by(at) }) as _))
            })
            .collect();
        let own: Vec<&dyn AnyModel> = built.iter().map(|(_, model)| model.as_ref()).collect();
        let nothing = vec![None; own.len()];
        let summaries = self.batch.run_on(&own, nothing, 0..study.replications, self.observer)?;
        // A proposal that makes no model is as far away as can be.
        let mut all: Vec<Particle> = places
            .into_iter()
            .zip(values)
            .map(|(place, values)| {
                let (moments, distance) = (Vec::new(), f64::INFINITY);
                Particle { place, values, moments, distance, weight: 0.0 }
            })
            .collect();
        for ((at, model), summary) in built.iter().zip(summaries) {
            let measures = model.measure_infos();
            let targets = &self.plan.targets;
            let moments: Vec<f64> = targets
                .iter()
                .map(|target| target.moment.of(&measures, &summary).unwrap_or(f64::NAN))
                .collect();
            let squares =
                targets.iter().zip(&moments).map(|(target, own)| target.distance(*own).powi(2));
            let distance = squares.sum::<f64>().sqrt();
            all[*at].distance = if distance.is_nan() { f64::INFINITY } else { distance };
            all[*at].moments = moments;
        }
        Ok(all)
    }
}

/// Moves particles of a population.
struct Kernel<'a> {
    particles: &'a [Particle],
    factor: Cholesky<f64, Dyn>,
}

impl<'a> Kernel<'a> {
    /// Nothing where the particles do not span their space.
    fn of(particles: &'a [Particle]) -> Option<Self> {
        let k = particles[0].place.len();
        let vector = |own: &Particle| DVector::from_column_slice(&own.place);
        let mean =
            particles.iter().fold(DVector::zeros(k), |sum, own| sum + vector(own) * own.weight);
        let mut covariance = DMatrix::zeros(k, k);
        for own in particles {
            let off = vector(own) - &mean;
            covariance += &off * off.transpose() * (2.0 * own.weight);
        }
        Some(Self { particles, factor: Cholesky::new(covariance)? })
    }

    fn propose(&self, stream: &mut engine::Stream) -> Vec<f64> {
        let lot = stream.uniform();
        let mut upto = 0.0;
        let chosen = self.particles.iter().find(|own| {
            upto += own.weight;
            lot < upto
        });
        let from = chosen.or(self.particles.last()).map_or(&[][..], |own| &own.place);
        let step = DVector::from_fn(from.len(), |_, _| stream.normal());
        let moved = self.factor.l() * step + DVector::from_column_slice(from);
        moved.iter().copied().collect()
    }

    /// Weights by prior over proposal, adding up to 1.
    fn weigh(&self, particles: &mut [Particle]) {
        let inverse = self.factor.inverse();
        let logs: Vec<f64> = particles
            .iter()
            .map(|own| {
                let place = DVector::from_column_slice(&own.place);
                let prior = -0.5 * place.norm_squared();
                let density: f64 = self
                    .particles
                    .iter()
                    .map(|from| {
                        let off = &place - DVector::from_column_slice(&from.place);
                        from.weight * (-0.5 * (off.transpose() * &inverse * &off)[0]).exp()
                    })
                    .sum();
                prior - density.ln()
            })
            .collect();
        let most = logs.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let sum: f64 = logs.iter().map(|log| (log - most).exp()).sum();
        for (own, log) in particles.iter_mut().zip(&logs) {
            own.weight = (log - most).exp() / sum;
        }
    }
}

impl Calibration {
    /// The population as equally weighted rows, by systematic resampling (Kitagawa 1996).
    pub fn resampled(&self, seed: u64) -> Vec<&Particle> {
        let n = self.particles.len();
        let offset = Streams::new(Seed(seed), 0).open(Purpose::named("resampling")).uniform();
        let (mut at, mut upto) = (0, self.particles[0].weight);
        let pick = |row: usize| {
            let place = (row as f64 + offset) / n as f64;
            while upto < place && at + 1 < n {
                at += 1;
                upto += self.particles[at].weight;
            }
            &self.particles[at]
        };
        (0..n).map(pick).collect()
    }

    /// Effective size of the last population with all weights in it.
    pub fn effective(&self) -> f64 {
        1.0 / self.particles.iter().map(|own| own.weight * own.weight).sum::<f64>()
    }

    /// Whether even the nearest particle is further away than the targets' own errors explain.
    pub fn misses(&self) -> bool {
        let nearest = self.particles.iter().map(|own| own.distance).fold(f64::INFINITY, f64::min);
        nearest > explained(self.particles[0].moments.len())
    }

    /// For each coordinate the standard deviation that is left, in units of the prior's.
    pub fn left(&self) -> Vec<f64> {
        (0..self.particles[0].place.len()).map(|at| self.covariance(at, at).sqrt()).collect()
    }

    /// Pairs of coordinates with their correlation.
    pub fn correlations(&self) -> Vec<(usize, usize, f64)> {
        let k = self.particles[0].place.len();
        let pairs = (0..k).flat_map(|i| (i + 1..k).map(move |j| (i, j)));
        let own = |(i, j)| {
            let scale = (self.covariance(i, i) * self.covariance(j, j)).sqrt();
            (i, j, self.covariance(i, j) / scale)
        };
        pairs.map(own).collect()
    }

    fn covariance(&self, i: usize, j: usize) -> f64 {
        let mean =
            |at: usize| self.particles.iter().map(|own| own.weight * own.place[at]).sum::<f64>();
        let (a, b) = (mean(i), mean(j));
        self.particles.iter().map(|own| own.weight * (own.place[i] - a) * (own.place[j] - b)).sum()
    }
}
