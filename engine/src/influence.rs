//! Consultation: how far members of a group move towards each other before they decide.

use nalgebra::{DMatrix, DVector};

/// What is wrong with an influence matrix.
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum InfluenceError {
    /// A row is not a distribution.
    #[error("row {row} of the influence matrix must hold weights from 0 on that add up to 1")]
    NotStochastic {
        /// Which row, counted from 0.
        row: usize,
    },
    /// A level of openness is not a share.
    #[error("the level {0} must lie in [0, 1]")]
    Level(f64),
    /// Sizes do not fit.
    #[error("matrix, levels and positions must be of one size")]
    Sizes,
}

/// Distances from level 1 at which its limit is sampled: the k-th is `STEP / 2^k` times the least
/// share of attention that a member who listens at all gives to others, which is how near to level
/// 1 the fixed point begins to change its nature.
const STEP: f64 = 0.01;

/// Samples of the limit; the relative error left is of the order of `STEP^SAMPLES`.
const SAMPLES: usize = 6;

/// Where positions settle when everybody is open to others to the same level.
///
/// `influence` has one row for each member; `positions` one number for each.
///
/// # Errors
///
/// [`InfluenceError`] where rows do not add up to 1, the level leaves `[0, 1]`, or sizes differ.
pub fn consult(
    influence: &DMatrix<f64>,
    level: f64,
    positions: &DVector<f64>,
) -> Result<DVector<f64>, InfluenceError> {
    let levels = vec![level; influence.nrows()];
    let settled =
        consult_many(influence, &levels, &DMatrix::from_columns(std::slice::from_ref(positions)))?;
    Ok(settled.column(0).into_owned())
}

/// Where positions settle when each member has its own level of openness: one row for each member,
/// one column for each issue.
///
/// ```text
/// p̃ = (I − Υ M)⁻¹ (I − Υ) p
/// ```
/// Υ: the levels on a diagonal; M: influence, rows adding up to 1; p: positions. At a level of 1
/// the matrix may be singular; its limit from below is taken (polynomial extrapolation).
///
/// # Errors
///
/// [`InfluenceError`] where rows do not add up to 1, a level leaves `[0, 1]`, or sizes differ.
///
/// # Source
///
/// Friedkin and Johnsen (1990), *Social Influence and Opinions*, Journal of Mathematical Sociology
/// 15(3-4), 193-206.
pub fn consult_many(
    influence: &DMatrix<f64>,
    levels: &[f64],
    positions: &DMatrix<f64>,
) -> Result<DMatrix<f64>, InfluenceError> {
    check(influence, levels, positions)?;
    if levels.iter().all(|level| *level < 1.0) {
        return Ok(settle(influence, levels, positions));
    }
    let scale = least_attention(influence);
    let distances: Vec<f64> = (0..SAMPLES).map(|k| scale * STEP / f64::from(1 << k)).collect();
    let sample = |distance: &f64| {
        let below: Vec<f64> =
            levels.iter().map(|l| if *l < 1.0 { *l } else { 1.0 - distance }).collect();
        settle(influence, &below, positions)
    };
    Ok(extrapolate_to_zero(&distances, distances.iter().map(sample).collect()))
}

/// The least share of attention above 0 that a member gives to others.
fn least_attention(influence: &DMatrix<f64>) -> f64 {
    let others = influence.row_iter().enumerate().map(|(at, row)| row.sum() - row[at]);
    others.filter(|share| *share > 1e-12).fold(1.0, f64::min)
}

fn check(
    influence: &DMatrix<f64>,
    levels: &[f64],
    positions: &DMatrix<f64>,
) -> Result<(), InfluenceError> {
    let members = levels.len();
    if influence.shape() != (members, members) || positions.nrows() != members {
        return Err(InfluenceError::Sizes);
    }
    if let Some(level) = levels.iter().find(|level| !(0.0..=1.0).contains(*level)) {
        return Err(InfluenceError::Level(*level));
    }
    let is_distribution = |row: usize| {
        let row = influence.row(row);
        // Sums of up to 32 rounded weights.
        row.iter().all(|weight| *weight >= 0.0) && (row.sum() - 1.0).abs() < 1e-12
    };
    match (0..members).find(|row| !is_distribution(*row)) {
        Some(row) => Err(InfluenceError::NotStochastic { row }),
        None => Ok(()),
    }
}

/// The fixed point for levels below 1, where `I − Υ M` is strictly diagonally dominant.
fn settle(influence: &DMatrix<f64>, levels: &[f64], positions: &DMatrix<f64>) -> DMatrix<f64> {
    let members = levels.len();
    let openness = DMatrix::from_diagonal(&DVector::from_row_slice(levels));
    let identity = DMatrix::identity(members, members);
    let own = (&identity - &openness) * positions;
    let solved = (identity - openness * influence).lu().solve(&own);
    solved.unwrap_or_else(|| unreachable!("a strictly diagonally dominant matrix is regular"))
}

/// The value at 0 of the polynomial through matrices at some distances (Neville's scheme).
fn extrapolate_to_zero(distances: &[f64], mut values: Vec<DMatrix<f64>>) -> DMatrix<f64> {
    for order in 1..values.len() {
        for at in 0..values.len() - order {
            let (far, near) = (distances[at], distances[at + order]);
            values[at] = (&values[at + 1] * far - &values[at] * near) / (far - near);
        }
    }
    values.swap_remove(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn ring() -> DMatrix<f64> {
        DMatrix::from_row_slice(3, 3, &[0.2, 0.8, 0.0, 0.0, 0.5, 0.5, 0.6, 0.0, 0.4])
    }

    #[test]
    fn closed_members_keep_their_own_position() {
        let own = DVector::from_column_slice(&[0.1, 0.5, 0.9]);
        assert_eq!(consult(&ring(), 0.0, &own).expect("valid"), own);
    }

    #[test]
    fn fully_open_members_agree_on_the_mean_by_lasting_influence() {
        let own = DVector::from_column_slice(&[0.1, 0.5, 0.9]);
        let settled = consult(&ring(), 1.0, &own).expect("valid");
        // The stationary distribution of the ring is proportional to 1 / (1 − m_ii).
        let weights = [1.0 / 0.8, 1.0 / 0.5, 1.0 / 0.6];
        let sum: f64 = weights.iter().sum();
        let common: f64 = weights.iter().zip(own.iter()).map(|(w, p)| w * p / sum).sum();
        // Six samples at most 0.01 away: 0.01^6 times slowly growing coefficients.
        assert!(settled.iter().all(|position| (position - common).abs() < 1e-11), "{settled}");
    }

    #[test]
    fn members_who_hardly_listen_still_agree_in_the_limit() {
        for w in [1e-1, 1e-3, 1e-5] {
            let deaf = DMatrix::from_row_slice(2, 2, &[1.0 - w, w, 3.0 * w, 1.0 - 3.0 * w]);
            let own = DVector::from_column_slice(&[0.7, 0.2]);
            let settled = consult(&deaf, 1.0, &own).expect("valid");
            // Lasting influence 3 : 1.
            let common = 0.75 * 0.7 + 0.25 * 0.2;
            // Distances go down to w · 3e-4; extrapolation weighs roundings up to a hundredfold.
            let rounding = 1e-10 + 1e-15 * 100.0 / (3e-4 * w);
            assert!(
                (settled[0] - common).abs() < rounding && (settled[1] - common).abs() < rounding
            );
        }
    }

    #[test]
    fn one_closed_member_draws_all_open_ones_to_itself() {
        let own = DMatrix::from_column_slice(3, 1, &[0.1, 0.5, 0.9]);
        let settled = consult_many(&ring(), &[0.0, 1.0, 1.0], &own).expect("valid");
        assert!(settled.iter().all(|position| (position - 0.1).abs() < 1e-11), "{settled}");
    }

    #[test]
    fn a_row_that_is_no_distribution_is_refused() {
        let lopsided = DMatrix::from_row_slice(2, 2, &[0.5, 0.5, 0.5, 0.6]);
        let own = DVector::from_column_slice(&[0.0, 1.0]);
        let error = consult(&lopsided, 0.5, &own).expect_err("it adds up to 1.1");
        assert_eq!(error, InfluenceError::NotStochastic { row: 1 });
    }

    proptest! {
        #[test]
        fn positions_solve_the_equation_they_are_defined_by(
            weights in prop::collection::vec(0.01..1.0_f64, 9),
            level in 0.0..0.999_f64,
            own in prop::collection::vec(0.0..=1.0_f64, 3),
        ) {
            let mut influence = DMatrix::from_row_slice(3, 3, &weights);
            for mut row in influence.row_iter_mut() {
                let sum = row.sum();
                row /= sum;
            }
            let own = DVector::from_vec(own);
            let settled = consult(&influence, level, &own).expect("valid");
            let left = &settled - level * (&influence * &settled);
            // Backward error of a 3 × 3 solve, scaled by the norm of the matrix (at most 2).
            prop_assert!((left - (1.0 - level) * own).amax() < 1e-13);
        }
    }
}
