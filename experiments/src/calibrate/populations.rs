//! Sequential Monte Carlo without likelihoods: populations of particles, each nearer to the targets
//! than the one before.

use engine::{
    AnyModel, Batch, Draw as _, Observer, Purpose, Seed, Stopped, Streams, normal_survival_exact,
};
use models::Value;
use nalgebra::{Cholesky, DMatrix, DVector, Dyn};

use super::journal::JournalError;
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

/// A whole population.
#[derive(Clone, Debug, PartialEq)]
pub struct Population {
    /// Its particles, whose weights add up to 1.
    pub particles: Vec<Particle>,
    /// How it came about.
    pub round: Round,
    /// How many proposals had been played by then, in all populations.
    pub played: u64,
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
    /// The distance that the targets' own errors explain.
    pub explained: f64,
}

/// Why nothing was calibrated.
#[derive(Debug, thiserror::Error)]
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
    /// A population cannot be kept.
    #[error(transparent)]
    Journal(#[from] JournalError),
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
/// Each whole population is handed on as it comes; `before` holds those of an earlier call with the same plan, after
/// which the same follows as without interruption.
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
    before: Vec<Population>,
    mut each: impl FnMut(usize, &Population) -> Result<(), JournalError>,
) -> Result<Calibration, CalibrateError> {
    let floor = explained(plan.fitted());
    let mut kept = before;
    let played = kept.last().map_or(0, |own| own.played);
    let mut player = Player { plan, batch, observer, played };
    if kept.is_empty() {
        kept.push(player.of_prior()?);
        each(0, &kept[0])?;
    }
    while kept.len() < plan.rounds && !is_settled(&kept, plan.keep, floor) {
        let tolerance = next_tolerance(&kept[kept.len() - 1], plan.keep, floor);
        let Some(next) = player.next_population(&kept, tolerance)? else { break };
        each(kept.len(), &next)?;
        kept.push(next);
    }
    let rounds = kept.iter().map(|own| own.round).collect();
    let prior = kept[0].particles.clone();
    let mut particles = kept.pop().map(|own| own.particles).unwrap_or_default();
    weigh_by_errors(&mut particles);
    Ok(Calibration { particles, rounds, prior, explained: floor })
}

/// How far from the targets the particles of the next population may be.
fn next_tolerance(population: &Population, keep: f64, floor: f64) -> f64 {
    quantile_of_distances(&population.particles, keep).max(floor)
}

/// Whether the population before the last was made at the smallest tolerance already: once more, from particles that
/// were near, lets weights even out, and that is enough.
fn is_settled(kept: &[Population], keep: f64, floor: f64) -> bool {
    let before = kept.len().checked_sub(3).map(|at| &kept[at]);
    before.is_some_and(|own| next_tolerance(own, keep, floor) <= floor)
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
    /// The first population, equally weighted.
    fn of_prior(&mut self) -> Result<Population, CalibrateError> {
        let k = self.plan.coordinates();
        let of_prior = |stream: &mut engine::Stream| (0..k).map(|_| stream.normal()).collect();
        let mut accepted = self.population(f64::MAX, 0, of_prior)?;
        let whole = accepted.particles.len();
        if whole < self.plan.particles {
            return Err(CalibrateError::Nothing { proposed: accepted.proposed, whole });
        }
        accepted.particles.iter_mut().for_each(|own| own.weight = 1.0 / whole as f64);
        Ok(self.whole(accepted))
    }

    /// Another population from the last; nothing where its particles do not span their space, or too few proposals
    /// are near enough.
    fn next_population(
        &mut self,
        kept: &[Population],
        tolerance: f64,
    ) -> Result<Option<Population>, Stopped> {
        let Some(last) = kept.last().filter(|_| tolerance.is_finite()) else { return Ok(None) };
        let Some(kernel) = Kernel::of(&last.particles) else { return Ok(None) };
        let number = kept.len() as u32;
        let mut accepted = self.population(tolerance, number, |stream| kernel.propose(stream))?;
        if accepted.particles.len() < self.plan.particles {
            return Ok(None);
        }
        kernel.weigh(self.batch, &mut accepted.particles);
        Ok(Some(self.whole(accepted)))
    }

    fn whole(&self, accepted: Accepted) -> Population {
        let round = round(&accepted);
        Population { particles: accepted.particles, round, played: self.played }
    }

    /// Proposes until there are particles enough within a tolerance, or too many were proposed.
    /// Proposals are numbered, and taken in that order.
    fn population(
        &mut self,
        tolerance: f64,
        round: u32,
        propose: impl Fn(&mut engine::Stream) -> Vec<f64>,
    ) -> Result<Accepted, Stopped> {
        let mut accepted = Accepted { particles: Vec::new(), proposed: 0 };
        let wanted = self.plan.particles;
        let limit = PATIENCE * wanted;
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
        let values: Vec<Vec<Value>> =
            places.iter().map(|place| values_at(self.plan, place)).collect();
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
            let whole = moments.iter().all(|own| !own.is_nan());
            let fitted = targets.iter().zip(&moments).filter(|(target, _)| target.fitted);
            let squares = fitted.map(|(target, own)| target.distance(*own).powi(2));
            let distance = if whole { squares.sum::<f64>().sqrt() } else { f64::NAN };
            all[*at].distance = if distance.is_nan() { f64::INFINITY } else { distance };
            all[*at].moments = moments;
        }
        Ok(all)
    }
}

/// The value of each uncertain parameter at a place.
pub(super) fn values_at(plan: &Plan, place: &[f64]) -> Vec<Value> {
    let (coordinate, _) = coordinates(&plan.study.uncertain);
    let own = plan.study.uncertain.iter().zip(&coordinate);
    own.map(|(own, at)| own.at(normal_survival_exact(-place[*at]))).collect()
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

    /// A place in units in which steps of the kernel are standard normal.
    fn whitened(&self, own: &Particle) -> DVector<f64> {
        let place = DVector::from_column_slice(&own.place);
        self.factor.l_dirty().solve_lower_triangular(&place).unwrap_or(place)
    }

    /// Weights by prior over proposal, adding up to 1.
    fn weigh(&self, batch: &Batch, particles: &mut [Particle]) {
        let from: Vec<(f64, DVector<f64>)> =
            self.particles.iter().map(|own| (own.weight, self.whitened(own))).collect();
        let log = |own: &Particle| {
            let squares: f64 = own.place.iter().map(|x| x * x).sum();
            let place = self.whitened(own);
            let near = |(weight, from): &(f64, DVector<f64>)| {
                let off = place.iter().zip(from).map(|(a, b)| (a - b) * (a - b));
                weight * (-0.5 * off.sum::<f64>()).exp()
            };
            -0.5 * squares - from.iter().map(near).sum::<f64>().ln()
        };
        let logs = batch.map(particles, log);
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
        nearest > self.explained
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
