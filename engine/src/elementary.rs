//! The transcendental functions that every model uses, the same to the last bit on every platform.

/// e to the power `x`.
#[inline]
pub fn exp(x: f64) -> f64 {
    libm::exp(x)
}

/// The natural logarithm of `x`; minus infinity at 0, not a number below.
#[inline]
pub fn ln(x: f64) -> f64 {
    libm::log(x)
}

/// `base` to the power `exponent`; the exponents 1 and 2 are exact.
#[inline]
pub fn power(base: f64, exponent: f64) -> f64 {
    if exponent == 1.0 {
        base
    } else if exponent == 2.0 {
        base * base
    } else {
        libm::pow(base, exponent)
    }
}

/// The logistic function `1 / (1 + e^-x)`.
#[inline]
pub fn logistic(x: f64) -> f64 {
    1.0 / (1.0 + exp(-x))
}

/// The inverse of [`logistic`]: the log-odds of a probability; infinite at 0 and 1.
#[inline]
pub fn logit(probability: f64) -> f64 {
    ln(probability / (1.0 - probability))
}

/// The cosine of an angle in radians.
pub fn cosine(angle: f64) -> f64 {
    libm::cos(angle)
}

/// The chance that a standard normal exceeds `z`, `1 - Φ(z)`, accurate in both tails.
#[inline]
pub fn normal_survival(z: f64) -> f64 {
    0.5 * libm::erfc(z * std::f64::consts::FRAC_1_SQRT_2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn logit_undoes_logistic() {
        for x in [-20.0, -3.0, -0.1, 0.0, 0.7, 5.0, 12.0] {
            // Near 1 a probability resolves 2^-53, so its log-odds resolve 2^-53 e^x.
            let resolution = f64::EPSILON * (1.0 + exp(x)) * 4.0 + 1e-14;
            assert!((logit(logistic(x)) - x).abs() <= resolution, "{x}");
        }
    }

    #[test]
    fn the_normal_tail_matches_published_values() {
        // Abramowitz and Stegun (1964), table 26.1.
        for (z, tail) in [(0.0, 0.5), (1.0, 0.158_655_253_931), (3.0, 0.001_349_898_032)] {
            assert!((normal_survival(z) - tail).abs() < 1e-12);
            assert!((normal_survival(-z) - (1.0 - tail)).abs() < 1e-12);
        }
    }
}
