//! The transcendental functions that every model uses, the same to the last bit on every platform.

use std::sync::LazyLock;

use crate::lanes::Number;

/// e to the power `x`, to about one unit in the last place; 0 below -708 and infinite above 709.
///
/// ```text
/// e^x = 2^k e^r,   k = round(x / ln 2),   |r| ≤ ln 2 / 2
/// ```
/// with the Taylor polynomial of degree 13 for e^r (remainder below 1e-17): additions and
/// multiplications only, no branches, so that loops over it vectorise.
#[inline(always)]
pub fn exp(x: f64) -> f64 {
    let shifted = x.clamp(-708.0, 709.0) * std::f64::consts::LOG2_E + SHIFT;
    let whole = shifted - SHIFT;
    let rest = (x.clamp(-708.0, 709.0) - whole * LN_2_HIGH) - whole * LN_2_LOW;
    let scale = f64::from_bits((shifted.to_bits() << 52).wrapping_add(1.0_f64.to_bits()));
    let value = exp_near_zero(rest) * scale;
    if x < -708.0 {
        0.0
    } else if x > 709.0 {
        f64::INFINITY
    } else {
        value
    }
}

/// Adding it leaves the nearest whole number in the lowest bits.
const SHIFT: f64 = 6_755_399_441_055_744.0;

/// The Taylor polynomial of degree 13 of e^r, in pairs of terms.
#[inline(always)]
fn exp_near_zero(r: f64) -> f64 {
    const fn inverse_factorial(n: u32) -> f64 {
        let (mut product, mut k) = (1.0, 2);
        while k <= n {
            product *= k as f64;
            k += 1;
        }
        1.0 / product
    }
    const C: [f64; 14] = {
        let mut c = [1.0; 14];
        let mut n = 0;
        while n < 14 {
            c[n] = inverse_factorial(n as u32);
            n += 1;
        }
        c
    };
    let (r2, pair) = (r * r, |n: usize| C[n] + C[n + 1] * r);
    let r4 = r2 * r2;
    let low = pair(4) + r2 * pair(6);
    let high = pair(8) + r2 * pair(10) + r4 * pair(12);
    // The largest terms last, so that their rounding alone counts.
    1.0 + (r + r2 * (C[2] + C[3] * r + r2 * (low + r4 * high)))
}

/// The natural logarithm of `x`, to about two units in the last place; minus infinity at 0, not a
/// number below.
///
/// ```text
/// ln x = k ln 2 + 2 s (1 + s²/3 + s⁴/5 + …),   x = 2^k m,   s = (m − 1) / (m + 1)
/// ```
/// with √½ ≤ m < √2, so that the ten terms leave a remainder below 1e-16.
#[inline(always)]
pub fn ln(x: f64) -> f64 {
    // One comparison finds zero, subnormal, negative, infinite and not a number.
    let normal = f64::MIN_POSITIVE.to_bits();
    if x.to_bits().wrapping_sub(normal) >= f64::INFINITY.to_bits() - normal {
        return libm::log(x);
    }
    ln_normal(x)
}

/// The same in each lane, for positive normal numbers: without a branch.
#[inline(always)]
pub fn logarithms<N: Number>(x: N) -> N {
    x.map(ln_normal)
}

/// The natural logarithm of a positive normal number, without a branch.
#[inline(always)]
pub(crate) fn ln_normal(x: f64) -> f64 {
    let above = x.to_bits().wrapping_sub(std::f64::consts::FRAC_1_SQRT_2.to_bits()) as i64 >> 52;
    let mantissa = f64::from_bits(x.to_bits().wrapping_sub((above << 52) as u64));
    let s = (mantissa - 1.0) / (mantissa + 1.0);
    let z = s * s;
    let pair = |n: usize| ODD[n] + ODD[n + 1] * z;
    let z2 = z * z;
    let z4 = z2 * z2;
    let series = pair(1) + z2 * pair(3) + z4 * ((pair(5) + z2 * pair(7)) + z4 * ODD[9]);
    // As a conversion, in additions alone.
    let k = f64::from_bits((above as u64).wrapping_add(SHIFT.to_bits())) - SHIFT;
    k * LN_2_HIGH + (2.0 * s + (2.0 * s * z * series + k * LN_2_LOW))
}

/// 1 / (2 n + 1).
const ODD: [f64; 10] = {
    let mut odd = [1.0; 10];
    let mut n = 0;
    while n < 10 {
        odd[n] = 1.0 / (2 * n + 1) as f64;
        n += 1;
    }
    odd
};

/// ln 2 in two parts, the first with trailing zeros.
const LN_2_HIGH: f64 = 6.931_471_803_691_238e-1;
const LN_2_LOW: f64 = 1.908_214_929_270_587_7e-10;

/// `base` from 0 on to the power `exponent`, as `exp(exponent · ln base)`: to about
/// `|exponent · ln base|` units in the last place. The exponents 1 and 2 are exact; a subnormal base
/// counts as 0.
#[inline]
pub fn power(base: f64, exponent: f64) -> f64 {
    if exponent == 1.0 {
        base
    } else if exponent == 2.0 {
        base * base
    } else {
        powers(base, exponent)
    }
}

/// The same in each lane, without a branch.
#[inline(always)]
pub fn powers<N: Number>(base: N, exponent: N) -> N {
    // Not a closure: one of this size would not be inlined into loops for wide registers.
    base.zip(exponent, branchless_power)
}

#[inline(always)]
fn branchless_power(base: f64, exponent: f64) -> f64 {
    let value = exp(exponent * ln_normal(base));
    let of_zero = if exponent == 0.0 { 1.0 } else { 0.0 };
    let value = if base < f64::MIN_POSITIVE { of_zero } else { value };
    let value = if exponent == 2.0 { base * base } else { value };
    if exponent == 1.0 { base } else { value }
}

/// The logistic function `1 / (1 + e^-x)`.
#[inline(always)]
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

/// The chance that a standard normal exceeds `z`, `1 - Φ(z)`.
///
/// From a table of cubics: the absolute error is below 1e-10, the relative error below 2e-6 up to
/// z = 10 and below 4e-4 up to the end of the table at 37.5, where 5e-308 is left and stays.
#[inline]
pub fn normal_survival(z: f64) -> f64 {
    NormalTable::get().at(z)
}

/// The same to about one unit in the last place, for what is solved once.
pub fn normal_survival_exact(z: f64) -> f64 {
    0.5 * libm::erfc(z * std::f64::consts::FRAC_1_SQRT_2)
}

/// Where a number lies among the cells of a table, each of width 1.
#[derive(Clone, Copy, Debug)]
pub struct Place<N> {
    /// The cell in the lowest bits.
    shifted: N,
    /// How far into it.
    pub part: N,
}

impl<N: Number> Place<N> {
    /// The place of a number, cut to what lies between 0 and `end`, below 2^31.
    #[inline(always)]
    pub fn within(number: N, end: f64) -> Self {
        let number = number.map(|number| if number > 0.0 { number } else { 0.0 });
        let number = number.map(|number| if number < end { number } else { end });
        // Half a cell less, rounded to the nearest whole number: no conversion, no branch.
        let shifted = (number - 0.5) + SHIFT;
        Self { shifted, part: number - (shifted - SHIFT) }
    }

    /// What stands for the cell of each lane. Only the lowest 32 bits of what is handed over count.
    #[inline(always)]
    pub fn read(&self, of: impl Fn(usize) -> f64) -> N {
        self.shifted.map(|shifted| of(shifted.to_bits() as usize))
    }
}

/// Where the table of the normal distribution ends, and where it begins.
const TAIL: f64 = 37.5;
const HEAD: f64 = -8.5;

/// Cells per unit: the error of a cubic Hermite interpolant is `step⁴/384` times the greatest
/// fourth derivative, 1.4, and z⁴ times the value far out.
const CELLS: f64 = 64.0;

/// How many cells are filled, and how many there are: a power of 2, so that an index can be masked
/// instead of checked.
const FILLED: usize = ((TAIL - HEAD) * CELLS) as usize;
const NORMAL_CELLS: usize = 4096;

static NORMAL: LazyLock<NormalTable> = LazyLock::new(NormalTable::new);

/// The coefficients of a cubic for each cell from `HEAD` to `TAIL`.
#[derive(Debug)]
pub(crate) struct NormalTable([[f64; 4]; NORMAL_CELLS]);

impl NormalTable {
    fn new() -> Self {
        let node = |at: usize| {
            let z = HEAD + at as f64 / CELLS;
            let density = exp(-z * z / 2.0) / (2.0 * std::f64::consts::PI).sqrt();
            (normal_survival_exact(z), -density / CELLS)
        };
        let cell = |at| if at < FILLED { hermite(node(at), node(at + 1)) } else { [0.0; 4] };
        Self(std::array::from_fn(cell))
    }

    /// The table, made on first use: to be asked for outside of loops, which it would keep from wide
    /// registers.
    #[inline(always)]
    pub(crate) fn get() -> &'static Self {
        &NORMAL
    }

    /// The chance at `z`; the ends of the table stand for what lies beyond.
    #[inline(always)]
    pub(crate) fn at<N: Number>(&self, z: N) -> N {
        /// Just before the end.
        const END: f64 = FILLED as f64 * (1.0 - f64::EPSILON);
        let place = Place::within((z - HEAD) * CELLS, END);
        let of = |power: usize| place.read(|cell| self.0[cell % NORMAL_CELLS][power]);
        of(0) + place.part * (of(1) + place.part * (of(2) + place.part * of(3)))
    }
}

/// The cubic over a cell of width 1 through two values with their slopes, lowest power first.
pub fn hermite((from, leaving): (f64, f64), (to, arriving): (f64, f64)) -> [f64; 4] {
    let gap = to - from;
    [from, leaving, 3.0 * gap - 2.0 * leaving - arriving, leaving + arriving - 2.0 * gap]
}

/// The value of a cubic at `t`.
#[inline]
pub fn cubic([a, b, c, d]: &[f64; 4], t: f64) -> f64 {
    a + t * (b + t * (c + t * d))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Lanes;

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
            assert!((normal_survival(z) - tail).abs() < 1e-10);
            assert!((normal_survival(-z) - (1.0 - tail)).abs() < 1e-10);
        }
    }

    #[test]
    fn the_normal_table_keeps_its_promise() {
        for step in -20_000..70_000 {
            let z = f64::from(step) * 5.3e-4;
            let exact = normal_survival_exact(z);
            let gap = (normal_survival(z) - exact).abs();
            let promised = if z < 10.0 { 2e-6 } else { 4e-4 };
            assert!(gap < 1e-10 && gap <= promised * exact, "{z}: {gap:e} of {exact:e}");
        }
        assert!(normal_survival(1e9) > 0.0 && normal_survival(1e9) < 1e-300);
    }

    #[test]
    fn exp_is_right_to_two_units_in_the_last_place() {
        for step in -70_000..70_000 {
            let x = f64::from(step) * 0.010_1;
            let (here, there) = (exp(x), libm::exp(x));
            assert!((here / there - 1.0).abs() <= 2.0 * f64::EPSILON, "{x}: {here} {there}");
        }
        assert_eq!((exp(0.0), exp(-1e9), exp(f64::NEG_INFINITY)), (1.0, 0.0, 0.0));
        assert_eq!((exp(1e9), exp(f64::NAN).is_nan()), (f64::INFINITY, true));
    }

    #[test]
    fn ln_is_right_to_three_units_in_the_last_place() {
        for step in 1..300_000 {
            let x = 1e-6 * libm::exp(f64::from(step) * 1e-4) * f64::from(step % 97 + 1);
            let (here, there) = (ln(x), libm::log(x));
            assert_eq!(logarithms(Lanes([2.0, x])).0[1].to_bits(), here.to_bits());
            // Near 1 the logarithm is small against its parts only where k is not 0, and it is 0.
            assert!(
                (here - there).abs() <= 3.0 * f64::EPSILON * there.abs(),
                "{x}: {here} {there}"
            );
        }
        assert_eq!((ln(1.0), ln(0.0), ln(f64::INFINITY)), (0.0, f64::NEG_INFINITY, f64::INFINITY));
        assert!(ln(-1.0).is_nan() && (ln(5e-324) - libm::log(5e-324)).abs() < 1e-12);
    }

    #[test]
    fn powers_match_the_library_to_their_stated_accuracy() {
        for base in [1e-12, 0.003, 0.5, 0.97, 1.0, 3.0] {
            for exponent in [0.3, 1.0, 1.3, 2.0, 3.33] {
                let units = 4.0 + (exponent * ln(base)).abs();
                let gap = power(base, exponent) / libm::pow(base, exponent) - 1.0;
                assert!(gap.abs() <= units * f64::EPSILON, "{base}^{exponent}");
                let lanes = powers(Lanes([base, 0.7]), Lanes([exponent, 1.3]));
                assert_eq!(lanes.0, [power(base, exponent), power(0.7, 1.3)]);
            }
        }
        assert_eq!((power(0.0, 1.3), power(0.0, 0.0)), (0.0, 1.0));
    }
}
