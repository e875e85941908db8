//! Arithmetic on one number or on several side by side, written once for both.

use std::ops::{Add, Div, Mul, Sub};

/// A number, or several in lanes that never meet: what is written over it gives in each lane, to the
/// last bit, what it would give for that lane's number alone.
pub trait Number:
    Copy
    + Add<Output = Self>
    + Sub<Output = Self>
    + Mul<Output = Self>
    + Div<Output = Self>
    + Add<f64, Output = Self>
    + Sub<f64, Output = Self>
    + Mul<f64, Output = Self>
    + Div<f64, Output = Self>
{
    /// One number for each lane.
    fn from_lanes(of: impl FnMut(usize) -> f64) -> Self;

    /// The number in one lane.
    fn lane(&self, at: usize) -> f64;

    /// Puts another number into one lane.
    fn set_lane(&mut self, at: usize, value: f64);

    /// A function of each lane.
    #[must_use]
    fn map(self, of: impl Fn(f64) -> f64) -> Self;

    /// A function of each lane and the same lane of another.
    #[must_use]
    fn zip(self, other: Self, of: impl Fn(f64, f64) -> f64) -> Self;

    /// The same number in all lanes.
    #[inline(always)]
    fn splat(value: f64) -> Self {
        Self::from_lanes(|_| value)
    }
}

impl Number for f64 {
    #[inline(always)]
    fn from_lanes(mut of: impl FnMut(usize) -> f64) -> Self {
        of(0)
    }

    #[inline(always)]
    fn lane(&self, _: usize) -> f64 {
        *self
    }

    #[inline(always)]
    fn set_lane(&mut self, _: usize, value: f64) {
        *self = value;
    }

    #[inline(always)]
    fn map(self, of: impl Fn(f64) -> f64) -> Self {
        of(self)
    }

    #[inline(always)]
    fn zip(self, other: Self, of: impl Fn(f64, f64) -> f64) -> Self {
        of(self, other)
    }
}

/// `L` numbers side by side, aligned for registers of 256 bits.
#[derive(Clone, Copy, Debug, PartialEq)]
#[repr(align(32))]
pub struct Lanes<const L: usize>(pub [f64; L]);

impl<const L: usize> Number for Lanes<L> {
    #[inline(always)]
    fn from_lanes(mut of: impl FnMut(usize) -> f64) -> Self {
        // Not `array::from_fn`, which is a call of its own, outside the wide registers.
        let mut lanes = [0.0; L];
        for (at, lane) in lanes.iter_mut().enumerate() {
            *lane = of(at);
        }
        Self(lanes)
    }

    #[inline(always)]
    fn lane(&self, at: usize) -> f64 {
        self.0[at]
    }

    #[inline(always)]
    fn set_lane(&mut self, at: usize, value: f64) {
        self.0[at] = value;
    }

    #[inline(always)]
    fn map(self, of: impl Fn(f64) -> f64) -> Self {
        Self::from_lanes(|at| of(self.0[at]))
    }

    #[inline(always)]
    fn zip(self, other: Self, of: impl Fn(f64, f64) -> f64) -> Self {
        Self::from_lanes(|at| of(self.0[at], other.0[at]))
    }
}

macro_rules! in_each_lane {
    ($($operator:ident $name:ident $sign:tt),*) => {$(
        impl<const L: usize> $operator for Lanes<L> {
            type Output = Self;

            #[inline(always)]
            fn $name(self, other: Self) -> Self {
                self.zip(other, |a, b| a $sign b)
            }
        }

        impl<const L: usize> $operator<f64> for Lanes<L> {
            type Output = Self;

            #[inline(always)]
            fn $name(self, other: f64) -> Self {
                self.map(|a| a $sign other)
            }
        }
    )*};
}

in_each_lane!(Add add +, Sub sub -, Mul mul *, Div div /);

#[cfg(test)]
mod tests {
    use super::*;

    fn formula<N: Number>(x: N, y: N) -> N {
        (x * 3.0 - y / x + 0.1) * y.map(crate::exp) / (N::splat(1.0) + x.zip(y, f64::max))
    }

    #[test]
    fn lanes_give_what_each_number_gives_alone() {
        let x = Lanes::<8>::from_lanes(|at| 0.3 + at as f64 * 0.77);
        let y = Lanes::<8>::from_lanes(|at| 2.0 - at as f64 * 0.31);
        let wide = formula(x, y);
        for at in 0..8 {
            assert_eq!(wide.lane(at).to_bits(), formula(x.lane(at), y.lane(at)).to_bits());
        }
    }
}
