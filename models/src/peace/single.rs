//! Arithmetic in single precision over registers of any width: for bounds, never for results.

use std::ops::{Add, Div, Mul, Sub};

use pulp::Simd;

/// As many numbers as `N` registers hold: where there are several, one waits for a result while
/// another goes on.
///
/// Products are added without rounding in between where the processor can do so, so that last bits
/// differ between machines: whoever uses these numbers allows for [`ROUNDING`] and more.
#[derive(Clone, Copy)]
pub(super) struct Single<S: Simd, const N: usize> {
    pub(super) simd: S,
    pub(super) lanes: [S::f32s; N],
}

/// One number in all lanes, kept as a whole register: operands are then read from memory as they are.
#[derive(Clone, Copy)]
pub(super) struct Same<S: Simd>(pub(super) S::f32s);

/// What can stand on the right of an operator.
pub(super) trait Operand<S: Simd, const N: usize>: Copy {
    fn register(self, at: usize) -> S::f32s;
}

/// Half a unit in the last place of numbers below 1, and of the relative error of one operation.
pub(super) const ROUNDING: f32 = f32::EPSILON / 2.0;

/// More than what [`Single::exp`] is off by, relative to its value, for numbers down to −80; it is
/// all but the rounding of the number itself, which `|x|` half units make.
pub(super) const EXP_ERROR: f32 = 1e-6;

/// More than what [`Single::ln`] is off by for numbers between 1e-30 and 1e30.
pub(super) const LN_ERROR: f32 = 8e-6;

/// More than what [`Single::normal_tail`] is off by, relative to its value, where that is above
/// 1e-30.
pub(super) const TAIL_ERROR: f32 = 3e-5;

impl<S: Simd> Same<S> {
    #[inline(always)]
    pub(super) fn new(simd: S, value: f32) -> Self {
        Self(simd.splat_f32s(value))
    }
}

impl<S: Simd, const N: usize> Operand<S, N> for Same<S> {
    #[inline(always)]
    fn register(self, _: usize) -> S::f32s {
        self.0
    }
}

impl<S: Simd, const N: usize> Operand<S, N> for Single<S, N> {
    #[inline(always)]
    fn register(self, at: usize) -> S::f32s {
        self.lanes[at]
    }
}

/// The same operation on each register.
macro_rules! in_each {
    ($number:ident, $at:ident => $of:expr) => {{
        let mut lanes = $number.lanes;
        for $at in 0..N {
            lanes[$at] = $of;
        }
        Self { lanes, ..$number }
    }};
}

macro_rules! operators {
    ($($operator:ident $name:ident $of:ident),*) => {$(
        impl<S: Simd, const N: usize, O: Operand<S, N>> $operator<O> for Single<S, N> {
            type Output = Self;

            #[inline(always)]
            fn $name(self, other: O) -> Self {
                in_each!(self, at => self.simd.$of(self.lanes[at], other.register(at)))
            }
        }
    )*};
}

operators!(Add add add_f32s, Sub sub sub_f32s, Mul mul mul_f32s, Div div div_f32s);

impl<S: Simd, const N: usize> Single<S, N> {
    /// A constant for use beside this number.
    #[inline(always)]
    pub(super) fn same(self, value: f32) -> Same<S> {
        Same::new(self.simd, value)
    }

    /// The same number in all lanes.
    #[inline(always)]
    pub(super) fn of(self, value: Same<S>) -> Self {
        Self { lanes: [value.0; N], ..self }
    }

    /// `self · by + plus`.
    #[inline(always)]
    pub(super) fn mul_add(self, by: impl Operand<S, N>, plus: impl Operand<S, N>) -> Self {
        let (simd, own) = (self.simd, self.lanes);
        in_each!(self, at => simd.mul_add_e_f32s(own[at], by.register(at), plus.register(at)))
    }

    /// `plus − self · by`.
    #[inline(always)]
    pub(super) fn taken_from(self, by: impl Operand<S, N>, plus: impl Operand<S, N>) -> Self {
        let (simd, own) = (self.simd, self.lanes);
        in_each!(self, at => simd.negate_mul_add_e_f32s(own[at], by.register(at), plus.register(at)))
    }

    /// `from − self`.
    #[inline(always)]
    pub(super) fn less(self, from: impl Operand<S, N>) -> Self {
        in_each!(self, at => self.simd.sub_f32s(from.register(at), self.lanes[at]))
    }

    /// `over / self`.
    #[inline(always)]
    pub(super) fn under(self, over: impl Operand<S, N>) -> Self {
        in_each!(self, at => self.simd.div_f32s(over.register(at), self.lanes[at]))
    }

    #[inline(always)]
    pub(super) fn max(self, other: f32) -> Self {
        let Same(other) = self.same(other);
        in_each!(self, at => self.simd.max_f32s(self.lanes[at], other))
    }

    #[inline(always)]
    pub(super) fn min(self, other: f32) -> Self {
        let Same(other) = self.same(other);
        in_each!(self, at => self.simd.min_f32s(self.lanes[at], other))
    }

    #[inline(always)]
    pub(super) fn abs(self) -> Self {
        in_each!(self, at => self.simd.abs_f32s(self.lanes[at]))
    }

    /// The greatest of all numbers.
    #[inline(always)]
    pub(super) fn greatest(self) -> f32 {
        let mut greatest = self.lanes[0];
        for lanes in &self.lanes[1..] {
            greatest = self.simd.max_f32s(greatest, *lanes);
        }
        self.simd.reduce_max_f32s(greatest)
    }

    /// This number where `which` is above 0, `other` elsewhere.
    #[inline(always)]
    pub(super) fn where_positive(self, which: Self, other: impl Operand<S, N>) -> Self {
        let simd = self.simd;
        let zero = simd.splat_f32s(0.0);
        in_each!(self, at => {
            let positive = simd.greater_than_f32s(which.lanes[at], zero);
            simd.select_f32s(positive, self.lanes[at], other.register(at))
        })
    }

    /// A polynomial, highest power first.
    #[inline(always)]
    pub(super) fn polynomial<const M: usize>(self, coefficients: &[Same<S>; M]) -> Self {
        let mut value = self.mul_add(coefficients[0], coefficients[1]);
        for coefficient in &coefficients[2..] {
            value = value.mul_add(self, *coefficient);
        }
        value
    }

    /// The same of numbers.
    #[inline(always)]
    fn powers<const M: usize>(self, coefficients: [f32; M]) -> Self {
        let mut value = self.mul_add(self.same(coefficients[0]), self.same(coefficients[1]));
        for coefficient in &coefficients[2..] {
            value = value.mul_add(self, self.same(*coefficient));
        }
        value
    }

    /// e to a power from −86 to 88; beyond, what it is there.
    ///
    /// ```text
    /// e^x = 2^k e^r,   k = round(x / ln 2),   |r| ≤ ln 2 / 2
    /// ```
    /// with the Taylor polynomial of degree 6 (remainder 1.3e-7).
    #[inline(always)]
    pub(super) fn exp(self) -> Self {
        /// Adding it leaves the nearest whole number in the lowest bits.
        const SHIFT: f32 = 12_582_912.0;
        let x = self.max(-86.0).min(88.0);
        let shifted = x.mul_add(x.same(std::f32::consts::LOG2_E), x.same(SHIFT));
        let whole = shifted - x.same(SHIFT);
        let rest = whole.taken_from(x.same(0.693_145_75), x);
        let rest = whole.taken_from(x.same(1.428_606_8e-6), rest);
        let value = rest.powers([1.0 / 720.0, 1.0 / 120.0, 1.0 / 24.0, 1.0 / 6.0, 0.5, 1.0, 1.0]);
        let scale = in_each!(shifted, at => power_of_two(self.simd, shifted.lanes[at]));
        value * scale
    }

    /// The natural logarithm of a positive normal number.
    ///
    /// ```text
    /// ln x = k ln 2 + 2 s (1 + s²/3 + s⁴/5 + s⁶/7),   x = 2^k m,   s = (m − 1) / (m + 1)
    /// ```
    /// with √½ ≤ m < √2 (remainder 3e-8).
    #[inline(always)]
    pub(super) fn ln(self) -> Self {
        let m = in_each!(self, at => exponent(self.simd, self.lanes[at]).0);
        let k = in_each!(self, at => exponent(self.simd, self.lanes[at]).1);
        let s = (m - self.same(1.0)) / (m + self.same(1.0));
        let series = (s * s).powers([2.0 / 7.0, 2.0 / 5.0, 2.0 / 3.0, 2.0]);
        k.mul_add(self.same(std::f32::consts::LN_2), s * series)
    }

    /// The chance that a standard normal exceeds this number, to 1e-37 at least.
    ///
    /// # Source
    ///
    /// Chebyshev fit of Press and others (1992), *Numerical Recipes*, 2nd edition, section 6.2, function
    /// `erfcc`: relative error below 1.2e-7.
    #[inline(always)]
    pub(super) fn normal_tail(self) -> Self {
        let x = self * self.same(std::f32::consts::FRAC_1_SQRT_2);
        let t = x.abs().mul_add(x.same(0.5), x.same(1.0)).under(x.same(1.0));
        let fitted = t.powers([
            0.170_872_77,
            -0.822_152_23,
            1.488_515_9,
            -1.135_204,
            0.278_868_07,
            -0.186_288_06,
            0.096_784_18,
            0.374_091_96,
            1.000_023_7,
            -1.265_512_2,
        ]);
        let half = t * self.same(0.5) * x.taken_from(x, fitted).exp();
        half.where_positive(x, half.less(self.same(1.0)))
    }
}

/// Numbers that [`reached`] tells apart.
pub(super) const GROUP: usize = 32;

/// The bits of those numbers that are no less than `least`.
#[inline(always)]
pub(super) fn reached<S: Simd>(simd: S, numbers: &[f32; GROUP], least: f32) -> u32 {
    const BITS: [u32; GROUP] = {
        let (mut bits, mut at) = ([0; GROUP], 0);
        while at < GROUP {
            bits[at] = 1 << at;
            at += 1;
        }
        bits
    };
    let (least, none) = (simd.splat_f32s(least), simd.splat_u32s(0));
    let mut all = none;
    for (numbers, bits) in S::as_simd_f32s(numbers).0.iter().zip(S::as_simd_u32s(&BITS).0) {
        let own = simd.greater_than_or_equal_f32s(*numbers, least);
        all = simd.or_u32s(all, simd.select_u32s(own, *bits, none));
    }
    let mut lanes = [0; GROUP];
    if let Some(first) = S::as_mut_simd_u32s(&mut lanes).0.first_mut() {
        *first = all;
    }
    lanes.iter().fold(0, |bits, own| bits | own)
}

/// The greatest of some numbers.
#[inline(always)]
pub(super) fn highest<S: Simd>(simd: S, numbers: &[[f32; GROUP]]) -> f32 {
    let mut greatest = simd.splat_f32s(f32::NEG_INFINITY);
    for numbers in S::as_simd_f32s(numbers.as_flattened()).0 {
        greatest = simd.max_f32s(greatest, *numbers);
    }
    simd.reduce_max_f32s(greatest)
}

/// 2 to the whole number in the lowest bits.
#[inline(always)]
fn power_of_two<S: Simd>(simd: S, shifted: S::f32s) -> S::f32s {
    let power = simd.wrapping_dyn_shl_u32s(simd.transmute_u32s_f32s(shifted), simd.splat_u32s(23));
    simd.transmute_f32s_u32s(simd.add_u32s(power, simd.splat_u32s(1.0_f32.to_bits())))
}

/// The mantissa m from √½ to √2 and the exponent k of `2^k m`.
#[inline(always)]
fn exponent<S: Simd>(simd: S, number: S::f32s) -> (S::f32s, S::f32s) {
    const ROOT: u32 = std::f32::consts::FRAC_1_SQRT_2.to_bits();
    /// Keeps differences of exponents above 0.
    const BIAS: u32 = 128;
    /// 2^23: a whole number below it stands in its lowest bits.
    const WHOLE: f32 = 8_388_608.0;
    let bits = simd.transmute_u32s_f32s(number);
    let above = simd.add_u32s(bits, simd.splat_u32s((BIAS << 23) - ROOT));
    let biased = simd.wrapping_dyn_shr_u32s(above, simd.splat_u32s(23));
    let power = simd.sub_u32s(biased, simd.splat_u32s(BIAS));
    let power = simd.wrapping_dyn_shl_u32s(power, simd.splat_u32s(23));
    let mantissa = simd.transmute_f32s_u32s(simd.sub_u32s(bits, power));
    let raised = simd.transmute_f32s_u32s(simd.or_u32s(biased, simd.splat_u32s(WHOLE.to_bits())));
    (mantissa, simd.sub_f32s(raised, simd.splat_f32s(WHOLE + BIAS as f32)))
}

#[cfg(test)]
mod tests {
    use pulp::{Arch, WithSimd};

    use super::*;

    /// One of the functions, over numbers side by side.
    #[derive(Clone, Copy)]
    enum Function {
        Exp,
        Ln,
        Tail,
    }

    struct Applied<'a>(Function, &'a mut [f32]);

    impl WithSimd for Applied<'_> {
        type Output = ();

        fn with_simd<S: Simd>(self, simd: S) {
            for lanes in S::as_mut_simd_f32s(self.1).0.as_chunks_mut::<2>().0 {
                let number = Single { simd, lanes: *lanes };
                let value = match self.0 {
                    Function::Exp => number.exp(),
                    Function::Ln => number.ln(),
                    Function::Tail => number.normal_tail(),
                };
                *lanes = value.lanes;
            }
        }
    }

    /// The registers of this machine, and those that every machine has.
    fn all(function: Function, numbers: &[f32]) -> [Vec<f32>; 2] {
        let (mut wide, mut narrow) = (numbers.to_vec(), numbers.to_vec());
        Arch::new().dispatch(Applied(function, &mut wide));
        Applied(function, &mut narrow).with_simd(pulp::Scalar::new());
        [wide, narrow]
    }

    fn spread(low: f32, high: f32) -> Vec<f32> {
        let count = 1 << 16;
        (0..count).map(|at| low + (high - low) * (at as f32 / count as f32)).collect()
    }

    #[test]
    fn functions_are_off_by_no_more_than_they_say() {
        let numbers = spread(-80.0, 80.0);
        for values in all(Function::Exp, &numbers) {
            for (x, value) in numbers.iter().zip(values) {
                let exact = f64::from(*x).exp();
                let allowed = EXP_ERROR + 2.0 * ROUNDING * x.abs();
                assert!((f64::from(value) / exact - 1.0).abs() <= f64::from(allowed), "exp {x}");
            }
        }
        let numbers: Vec<f32> = spread(-69.0, 69.0).iter().map(|x| x.exp()).collect();
        for values in all(Function::Ln, &numbers) {
            for (x, value) in numbers.iter().zip(values) {
                let gap = f64::from(value) - f64::from(*x).ln();
                assert!(gap.abs() <= f64::from(LN_ERROR), "ln {x}: {gap:e}");
            }
        }
        let numbers = spread(-12.0, 11.5);
        for values in all(Function::Tail, &numbers) {
            for (z, value) in numbers.iter().zip(values) {
                let exact = engine::normal_survival_exact(f64::from(*z));
                let gap = f64::from(value) / exact - 1.0;
                assert!(gap.abs() <= f64::from(TAIL_ERROR), "tail at {z}: {gap:e}");
            }
        }
    }
}
