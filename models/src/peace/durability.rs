//! The foreseen durability of an agreement, as a function of its hazard, tabulated once.

use engine::{Number, cubic, exp, hermite, ln, logistic};

use super::ratio::{Ratio, Sampled};

/// Steps per unit along the axis of the challenger's hazard. The error of the cubics between them is
/// at most `step⁴/384` times the fourth derivative.
const STEPS: f64 = 16.0;

/// The degree of a ratio for bounds.
pub(super) const QUICK: usize = 3;

/// Ratios miss D by no more than this.
const PRECISE: f64 = 1e-7;

/// The logarithm of the greatest odds of a break in year 0: beyond, it breaks at once but for 1e-14.
pub(super) const MOST_ODDS: f64 = REACH;

/// Beyond this argument of σ a hazard is 0 or 1 but for 1e-14.
const REACH: f64 = 32.0;

/// Steps per unit along the axis of the defender's hazard (cubic Lagrange: below 1e-5).
const SIDE_STEPS: f64 = 8.0;

/// No sum runs over more years; its tail is closed with the last year's hazard.
const MOST_YEARS: usize = 20_000;

/// What is foreseen about the hazard in all years:
///
/// ```text
/// h_R(y) = σ(A − a_f (1 − e^{−y/τ_f}) + drift · y)
/// h_U(y) = σ(B + defender_drift · y),   h = 1 − (1 − h_R)(1 − h_U)(1 − h_0)
/// D = (1 − δ) Σ_{y ≥ 0} δ^y Π_{v < y} (1 − h(v))
/// ```
/// A, B: the arguments of σ in year 0; D: discounted share of the future in which the agreement
/// is in force.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Foresight {
    pub(super) fragility: f64,
    pub(super) fragility_years: f64,
    /// a_1 z̄, per year.
    pub(super) drift: f64,
    /// −a_1^U z̄, per year; nothing where the defender never breaks an agreement.
    pub(super) defender_drift: Option<f64>,
    /// Least and greatest h_0 that terms allow.
    pub(super) accidents: (f64, f64),
    pub(super) discount: f64,
}

/// D of the challenger's odds alone, where nothing else decides it: as ratios of polynomials.
#[derive(Clone, Debug)]
pub(super) struct Alone {
    /// Within [`PRECISE`] of D.
    pub(super) precise: Ratio,
    /// Of degree 3 at most, and how far it can be off; for bounds.
    pub(super) quick: Option<(Ratio, f64)>,
}

/// D where A alone decides it, or else as a table over A and, where they vary, over B and h_0.
#[derive(Clone, Debug)]
pub(super) struct Durability {
    foresight: Foresight,
    low: f64,
    nodes: usize,
    /// Just before the last node, in cells.
    end: f64,
    side_low: f64,
    sides: usize,
    /// Chebyshev nodes of h_0 and their barycentric weights.
    accidents: Vec<(f64, f64)>,
    /// The coefficients of a cubic for each cell between two nodes of A, lowest power first, by
    /// (side, accidents, cell).
    table: Vec<[f64; 4]>,
    /// Where A alone decides; then there is no table.
    alone: Option<Alone>,
}

/// What D depends on besides the challenger's hazard.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Aside {
    /// B, where the defender may break an agreement.
    pub(super) defender: f64,
    /// h_0.
    pub(super) accidents: f64,
}

impl Durability {
    /// Tabulates D for A up to `highest` and B up to `highest_side`.
    pub(super) fn new(foresight: Foresight, highest: f64, highest_side: f64) -> Self {
        let low = -REACH;
        // Two nodes more, so that what is interpolated up to the highest needs nothing beyond the end.
        let high = (highest + 2.0 / STEPS).clamp(low + 1.0, REACH);
        let cells = ((high - low) * STEPS).ceil() as usize;
        let nodes = cells + 1;
        let (side_low, sides) = if foresight.defender_drift.is_none() {
            (0.0, 1)
        } else {
            let width = highest_side.clamp(1.0 - REACH, REACH) + REACH;
            // Two nodes beyond either end for the cubic stencil.
            (-REACH - 1.0 / SIDE_STEPS, (width * SIDE_STEPS).ceil() as usize + 4)
        };
        let accidents = chebyshev(foresight.accidents);
        let mut made = Self {
            foresight,
            low,
            nodes,
            end: (nodes - 1) as f64 * (1.0 - f64::EPSILON),
            side_low,
            sides,
            accidents,
            table: Vec::new(),
            // Costs multiply odds, which must stay what they are until then.
            alone: if highest <= MOST_ODDS { foresight.alone() } else { None },
        };
        if made.alone.is_none() {
            made.table = made.tabulate();
        }
        made
    }

    fn tabulate(&self) -> Vec<[f64; 4]> {
        let mut table = Vec::with_capacity(self.sides * self.accidents.len() * self.nodes);
        for side in 0..self.sides {
            let defender = self.side_low + side as f64 / SIDE_STEPS;
            for (accidents, _) in &self.accidents {
                let years = self.foresight.years(Aside { defender, accidents: *accidents });
                let node = |at: usize| {
                    let (value, slope) = years.durability(self.low + at as f64 / STEPS);
                    (value, slope / STEPS)
                };
                let nodes: Vec<(f64, f64)> = (0..self.nodes).map(node).collect();
                table.extend(nodes.windows(2).map(|ends| hermite(ends[0], ends[1])));
            }
        }
        table
    }

    /// Cells between two nodes of A.
    const fn cells(&self) -> usize {
        self.nodes - 1
    }

    /// The cell that holds an argument, and how far into it.
    #[inline]
    fn place(&self, argument: f64) -> (usize, f64) {
        let place = ((argument - self.low) * STEPS).max(0.0).min(self.end);
        // Below 2^32: a 32-bit conversion is the cheaper one.
        let cell = place as u32;
        (cell as usize, place - f64::from(cell))
    }

    /// D of the challenger's odds, where they alone decide it.
    #[inline]
    pub(super) fn alone(&self) -> Option<&Alone> {
        self.alone.as_ref()
    }

    /// D where the argument of σ in year 0 is `argument`.
    #[inline]
    pub(super) fn at(&self, argument: f64, aside: Aside) -> f64 {
        match &self.alone {
            Some(alone) => alone.at(exp(argument.min(MOST_ODDS))),
            None => self.beside(argument, aside),
        }
    }

    /// D where it depends on more than the challenger's hazard.
    fn beside(&self, argument: f64, aside: Aside) -> f64 {
        if argument < self.low && self.foresight.drift > 0.0 {
            return self.foresight.years(aside).durability(argument).0;
        }
        let (cell, part) = self.place(argument);
        let Some(drift) = self.foresight.defender_drift else {
            return self.over_accidents(0, cell, part, aside.accidents);
        };
        if drift > 0.0 && aside.defender < -REACH {
            return self.foresight.years(aside).durability(argument).0;
        }
        let place =
            ((aside.defender - self.side_low) * SIDE_STEPS).clamp(1.0, (self.sides - 3) as f64);
        let first = (place as usize).min(self.sides - 3) - 1;
        let offset = place - first as f64;
        let side = |at: usize| self.over_accidents(first + at, cell, part, aside.accidents);
        (0..4).map(|at| lagrange(at, offset) * side(at)).sum()
    }

    /// D at one node of the defender's hazard, by barycentric interpolation of 1/D in h_0, in which
    /// it is linear where the hazard is constant.
    fn over_accidents(&self, side: usize, cell: usize, part: f64, accidents: f64) -> f64 {
        let (mut over, mut under) = (0.0, 0.0);
        for (at, (known, weight)) in self.accidents.iter().enumerate() {
            let plane = side * self.accidents.len() + at;
            let value = cubic(&self.table[plane * self.cells() + cell], part);
            if accidents == *known || self.accidents.len() == 1 {
                return value;
            }
            over += weight / (accidents - known) / value;
            under += weight / (accidents - known);
        }
        under / over
    }

    /// The greatest argument in the table.
    #[cfg(test)]
    fn high(&self) -> f64 {
        self.low + (self.nodes - 1) as f64 / STEPS
    }
}

impl Alone {
    /// D at odds of a break in year 0, in each lane.
    #[inline(always)]
    pub(super) fn at<N: Number>(&self, odds: N) -> N {
        self.precise.at(odds)
    }
}

/// The weight of node `at` of 0, 1, 2, 3 in the cubic through them, at `x`.
fn lagrange(at: usize, x: f64) -> f64 {
    let others = (0..4).filter(|other| *other != at);
    others.map(|other| (x - other as f64) / (at as f64 - other as f64)).product()
}

/// Chebyshev nodes of the second kind with barycentric weights (Berrut and Trefethen 2004).
fn chebyshev((low, high): (f64, f64)) -> Vec<(f64, f64)> {
    const LAST: usize = 8;
    if high <= low {
        return vec![(low, 1.0)];
    }
    let (middle, half) = (f64::midpoint(low, high), (high - low) / 2.0);
    let node = |at: usize| {
        let angle = std::f64::consts::PI * at as f64 / LAST as f64;
        let sign = if at.is_multiple_of(2) { 1.0 } else { -1.0 };
        let weight = if at == 0 || at == LAST { 0.5 } else { 1.0 };
        (middle + half * engine::cosine(angle), sign * weight)
    };
    (0..=LAST).map(node).collect()
}

/// Hazards of all years that matter, but for the challenger's argument.
struct Years {
    /// For each year: what it takes off the argument, and the chance that nothing else breaks it.
    years: Vec<(f64, f64)>,
    discount: f64,
}

#[cfg(test)]
impl Foresight {
    /// The starting values: what the challenger does decides alone.
    pub(super) const PLAIN: Self = Self {
        fragility: 2.4,
        fragility_years: 1.0,
        drift: 0.0,
        defender_drift: None,
        accidents: (0.01, 0.01),
        discount: 0.9,
    };
}

impl Foresight {
    /// D of the challenger's odds alone, where nothing else decides it and a ratio comes close enough.
    fn alone(self) -> Option<Alone> {
        let (least, most) = self.accidents;
        if self.defender_drift.is_some() || least < most || self.drift > 0.0 {
            return None;
        }
        let years = self.years(Aside { defender: 0.0, accidents: least });
        let sampled = Sampled::new(self.fragility / 2.0, years.of_odds());
        let ladder = sampled.ladder(PRECISE);
        let quick = ladder.iter().filter(|ratio| ratio.degree <= QUICK);
        let quick = quick.min_by(|a, b| a.error.total_cmp(&b.error)).cloned();
        let quick = quick.map(|ratio| {
            let error = Sampled::anywhere(&ratio);
            (ratio, error)
        });
        let precise = ladder.into_iter().next_back().filter(|ratio| ratio.error <= PRECISE)?;
        Some(Alone { precise, quick })
    }

    fn years(&self, aside: Aside) -> Years {
        let still = self.drift == 0.0 && self.defender_drift.is_none_or(|drift| drift == 0.0);
        let settled =
            |year: f64| still && self.fragility * exp(-year / self.fragility_years) < 1e-13;
        let worthless = |year: f64| year * ln(self.discount) < -36.0;
        let mut years = Vec::new();
        for year in 0..MOST_YEARS {
            let y = year as f64;
            let faded = self.fragility * (1.0 - exp(-y / self.fragility_years));
            let defender = self
                .defender_drift
                .map_or(0.0, |drift| 1.0 / (1.0 + exp(-(aside.defender + drift * y))));
            years.push((faded - self.drift * y, (1.0 - defender) * (1.0 - aside.accidents)));
            if settled(y) || worthless(y) {
                break;
            }
        }
        Years { years, discount: self.discount }
    }
}

impl Years {
    /// D as a function of the odds of a break in year 0, from the last year back:
    /// `V_y = 1 + δ others_y V_{y+1} / (1 + X e^{−relief_y})`.
    fn of_odds(&self) -> impl Fn(f64) -> f64 + use<> {
        let discount = self.discount;
        let steps: Vec<(f64, f64)> = self
            .years
            .iter()
            .rev()
            .map(|(relief, others)| (exp(-relief), discount * others))
            .collect();
        move |odds| {
            let hold = |(ease, others): &(f64, f64)| others / (1.0 + odds * ease);
            let beyond = steps.first().map_or(1.0, |last| 1.0 / (1.0 - hold(last)));
            (1.0 - discount) * steps.iter().fold(beyond, |value, year| 1.0 + hold(year) * value)
        }
    }

    /// D and its derivative in A; beyond the last year its hazard stays.
    fn durability(&self, argument: f64) -> (f64, f64) {
        let (mut sum, mut slope) = (0.0, 0.0);
        let (mut alive, mut alive_slope) = (1.0, 0.0);
        let mut weight = 1.0;
        let (mut hold, mut hold_slope) = (1.0, 0.0);
        for (relief, others) in &self.years {
            sum += weight * alive;
            slope += weight * alive_slope;
            let broken = logistic(argument - relief);
            hold = (1.0 - broken) * others;
            hold_slope = -broken * (1.0 - broken) * others;
            alive_slope = alive_slope * hold + alive * hold_slope;
            alive *= hold;
            weight *= self.discount;
        }
        let rest = 1.0 / (1.0 - self.discount * hold);
        sum += weight * alive * rest;
        slope += weight * (alive_slope * rest + alive * rest * rest * self.discount * hold_slope);
        ((1.0 - self.discount) * sum, (1.0 - self.discount) * slope)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use engine::logit;

    const PLAIN: Foresight = Foresight::PLAIN;

    /// The definition, term by term.
    fn by_hand(f: Foresight, argument: f64, aside: Aside) -> f64 {
        let (mut alive, mut sum, mut weight) = (1.0, 0.0, 1.0 - f.discount);
        let mut y = 0.0;
        while weight > 1e-18 && alive > 1e-18 {
            sum += weight * alive;
            let faded = f.fragility * (1.0 - (-y / f.fragility_years).exp());
            let sigma = |x: f64| 1.0 / (1.0 + (-x).exp());
            let broken = sigma(argument - faded + f.drift * y);
            let other = f.defender_drift.map_or(0.0, |drift| sigma(aside.defender + drift * y));
            alive *= (1.0 - broken) * (1.0 - other) * (1.0 - aside.accidents);
            weight *= f.discount;
            y += 1.0;
        }
        sum
    }

    #[test]
    fn a_constant_hazard_gives_the_geometric_series() {
        // D = (1 − δ) / (1 − δ (1 − h)), so that v (1 − D) / D = v δ h / (1 − δ).
        let constant = Foresight { fragility: 0.0, accidents: (0.0, 0.0), ..PLAIN };
        let table = Durability::new(constant, 13.0, 0.0);
        for hazard in [1e-6, 0.01, 0.1, 0.5, 0.9] {
            let d = table.at(logit(hazard), Aside { defender: 0.0, accidents: 0.0 });
            let premium = (1.0 - d) / d;
            // Interpolation below 1e-7 in D, magnified by 1 / D² ≤ 100.
            assert!((premium - 0.9 * hazard / 0.1).abs() < 1e-5, "{hazard}");
        }
    }

    #[test]
    fn the_ratio_and_the_table_that_stands_in_for_it_are_the_same() {
        // Beyond the greatest odds that a ratio takes there is a table.
        let (ratio, table) = (Durability::new(PLAIN, 31.9, 0.0), Durability::new(PLAIN, 32.1, 0.0));
        assert!(ratio.alone.is_some() && table.alone.is_none());
        let aside = Aside { defender: 0.0, accidents: 0.01 };
        for step in 0..2000 {
            let argument = -40.0 + 0.036 * f64::from(step);
            let gap = (ratio.at(argument, aside) - table.at(argument, aside)).abs();
            assert!(gap < 1e-6, "{argument}: {gap:e}");
        }
    }

    #[test]
    fn the_table_is_the_sum_in_every_shape() {
        let shapes = [
            PLAIN,
            Foresight { drift: 0.42, ..PLAIN },
            Foresight { drift: -0.42, fragility_years: 7.0, ..PLAIN },
            Foresight { accidents: (0.005, 0.01), ..PLAIN },
            Foresight { accidents: (0.0, 0.5), ..PLAIN },
            Foresight { defender_drift: Some(0.0), ..PLAIN },
            Foresight { defender_drift: Some(0.3), drift: -0.3, accidents: (0.0, 0.1), ..PLAIN },
            Foresight { discount: 0.99, ..PLAIN },
            Foresight { discount: 0.99, accidents: (0.0, 0.5), ..PLAIN },
            Foresight { fragility: 0.0, defender_drift: Some(0.7), ..PLAIN },
        ];
        for shape in shapes {
            let table = Durability::new(shape, 13.3, 5.0);
            for step in 0..200 {
                let argument = -45.0 + 0.291 * f64::from(step);
                let defender = -6.0 + 0.053 * f64::from(step);
                let mix = f64::from(step % 7) / 6.0;
                let (low, high) = shape.accidents;
                let aside = Aside { defender, accidents: low + mix * (high - low) };
                let expected = by_hand(shape, argument.min(table.high()), aside);
                let gap = (table.at(argument, aside) - expected).abs();
                // As the constants above promise for each axis.
                let promised = if shape.defender_drift.is_some() { 1e-5 } else { 1e-6 };
                assert!(gap < promised, "{shape:?} at {argument}, {aside:?}: {gap:e}");
            }
        }
    }
}
