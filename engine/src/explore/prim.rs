//! Scenario discovery: boxes of inputs in which an outcome is likely, found by patient peeling.

use crate::interval::clopper_pearson;

/// How boxes are sought.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Peeling {
    /// Share of a box that is peeled off at most in one step.
    pub step: f64,
    /// Share of all rows that a box must keep.
    pub least_mass: f64,
    /// How many boxes are sought, each among the rows outside those before it.
    pub boxes: usize,
}

impl Default for Peeling {
    /// Friedman and Fisher (1999), section 14: steps of 0.05 and no less than 0.05 of the rows.
    fn default() -> Self {
        Self { step: 0.05, least_mass: 0.05, boxes: 3 }
    }
}

/// A box in which the outcome is more likely than outside.
#[derive(Clone, Debug, PartialEq)]
pub struct BoxFound {
    /// Ends for each input; infinite where it is not restricted.
    pub limits: Vec<(f64, f64)>,
    /// Share of all rows with the outcome that lie in it.
    pub coverage: f64,
    /// Share of the rows in it that have the outcome.
    pub density: f64,
    /// The exact 95 % interval of that, as if the box had been known beforehand.
    pub density_interval: (f64, f64),
    /// Share of all rows that lie in it.
    pub mass: f64,
    /// For each restricted input the chance that its restriction would do as much by luck.
    pub quasi_p: Vec<Option<f64>>,
    /// Coverage (of the cases outside the boxes before it) and density of every box on the way, from all
    /// those rows down.
    pub path: Vec<(f64, f64)>,
}

/// Boxes in which an outcome is likely: rows of inputs, and whether each has the outcome. Of the boxes
/// on the way down (peeling looks one step ahead, so two like regions at opposite ends of an input can hide
/// each other), the one with the greatest harmonic mean of coverage and density is pasted as far as
/// that helps; restrictions that could well be luck (quasi-p above 0.05) are dropped. Nothing where all
/// rows or none have the outcome.
///
/// # Source
///
/// Friedman and Fisher (1999), *Bump hunting in high-dimensional data*, Statistics and Computing
/// 9(2), 123-143; Bryant and Lempert (2010), *Thinking inside the box*, Technological Forecasting and
/// Social Change 77(1), 34-49, for coverage, density and quasi-p-values. The step that is taken is the one
/// with the greatest gain of density for each row that it costs (Kwakkel and Jaxa-Rozen 2016).
pub fn prim(rows: &[Vec<f64>], outcome: &[bool], peeling: Peeling) -> Vec<BoxFound> {
    let data = Data { rows, outcome };
    let mut left: Vec<usize> = (0..rows.len()).collect();
    let mut found = Vec::new();
    let base = data.density(&left);
    for _ in 0..peeling.boxes {
        let Some(next) = data.one_box(&left, peeling) else { break };
        // A box no better than where we began tells nothing.
        if next.density <= base {
            break;
        }
        left.retain(|row| !inside(&rows[*row], &next.limits));
        found.push(next);
    }
    found
}

type Limits = Vec<(f64, f64)>;

fn inside(row: &[f64], limits: &Limits) -> bool {
    row.iter().zip(limits).all(|(x, (low, high))| (*low..=*high).contains(x))
}

struct Data<'a> {
    rows: &'a [Vec<f64>],
    outcome: &'a [bool],
}

impl Data<'_> {
    fn hits(&self, rows: &[usize]) -> usize {
        rows.iter().filter(|row| self.outcome[**row]).count()
    }

    fn density(&self, rows: &[usize]) -> f64 {
        if rows.is_empty() { 0.0 } else { self.hits(rows) as f64 / rows.len() as f64 }
    }

    fn within(&self, rows: &[usize], limits: &Limits) -> Vec<usize> {
        rows.iter().copied().filter(|row| inside(&self.rows[*row], limits)).collect()
    }

    fn one_box(&self, left: &[usize], peeling: Peeling) -> Option<BoxFound> {
        let hits = self.hits(left);
        if hits == 0 || hits == left.len() {
            return None;
        }
        let inputs = self.rows[0].len();
        let least = (peeling.least_mass * self.rows.len() as f64).max(1.0);
        let mut limits = vec![(f64::NEG_INFINITY, f64::INFINITY); inputs];
        let mut kept = left.to_vec();
        let mut way = vec![(limits.clone(), kept.clone())];
        while let Some((input, ends)) = self.peel(&kept, &limits, peeling.step, least) {
            limits[input] = ends;
            let before = kept.len();
            kept = self.within(&kept, &limits);
            // Between numbers that are neighbours no end parts them.
            if kept.len() == before {
                break;
            }
            way.push((limits.clone(), kept.clone()));
        }
        let measures = |kept: &[usize]| {
            let own = self.hits(kept) as f64;
            (own / hits as f64, own / kept.len() as f64)
        };
        let path: Vec<(f64, f64)> = way.iter().map(|(_, kept)| measures(kept)).collect();
        let score = |(coverage, density): &(f64, f64)| coverage * density / (coverage + density);
        let mut best = 0;
        for (at, own) in path.iter().enumerate() {
            if score(own) > score(&path[best]) {
                best = at;
            }
        }
        let (mut limits, _) = way.swap_remove(best);
        self.paste(left, &mut limits, peeling.step);
        let mut quasi_p = self.drop_luck(left, &mut limits);
        if limits.iter().all(|ends| *ends == (f64::NEG_INFINITY, f64::INFINITY)) {
            return None;
        }
        quasi_p.resize(inputs, None);
        let kept = self.within(left, &limits);
        let ends = clopper_pearson(self.hits(&kept) as u64, kept.len() as u64);
        let own = self.hits(&kept) as f64;
        Some(BoxFound {
            density_interval: ends.map_or((0.0, 1.0), |ends| (ends.low, ends.high)),
            limits,
            coverage: own / self.hits(&(0..self.rows.len()).collect::<Vec<_>>()) as f64,
            density: own / kept.len() as f64,
            mass: kept.len() as f64 / self.rows.len() as f64,
            quasi_p,
            path,
        })
    }

    /// The end of an input whose peeling gains most density for each row that it costs.
    fn peel(
        &self,
        kept: &[usize],
        limits: &Limits,
        step: f64,
        least: f64,
    ) -> Option<(usize, (f64, f64))> {
        let (n, hits) = (kept.len() as f64, self.hits(kept) as f64);
        let mut best: Option<(f64, usize, (f64, f64))> = None;
        for (input, (low, high)) in limits.iter().enumerate() {
            let mut order = kept.to_vec();
            order.sort_by(|a, b| {
                self.rows[*a][input].total_cmp(&self.rows[*b][input]).then(a.cmp(b))
            });
            let value = |at: usize| self.rows[order[at]][input];
            let off = ((step * n) as usize).max(1);
            // Equal values go together.
            let below = (off..order.len()).find(|at| value(*at) > value(*at - 1));
            let above = (1..=order.len() - off)
                .rev()
                .find(|at| *at < order.len() && value(*at) > value(*at - 1));
            let sides = [
                below
                    .map(|cut| (&order[cut..], (f64::midpoint(value(cut - 1), value(cut)), *high))),
                above.map(|cut| (&order[..cut], (*low, f64::midpoint(value(cut - 1), value(cut))))),
            ];
            for (rest, ends) in sides.into_iter().flatten() {
                if (rest.len() as f64) < least {
                    continue;
                }
                let gain = (self.hits(rest) as f64 / rest.len() as f64 - hits / n)
                    / (n - rest.len() as f64);
                if best.is_none_or(|(most, ..)| gain > most) {
                    best = Some((gain, input, ends));
                }
            }
        }
        best.map(|(_, input, ends)| (input, ends))
    }

    /// Moves ends outwards as long as density rises.
    fn paste(&self, left: &[usize], limits: &mut Limits, step: f64) {
        loop {
            let kept = self.within(left, limits);
            let density = self.density(&kept);
            let add = ((step * kept.len() as f64) as usize).max(1);
            let mut best: Option<(f64, Limits)> = None;
            for input in 0..limits.len() {
                for upper in [false, true] {
                    let Some(wider) = self.wider(left, limits, input, upper, add) else { continue };
                    let own = self.density(&self.within(left, &wider));
                    if own > density && best.as_ref().is_none_or(|(most, _)| own > *most) {
                        best = Some((own, wider));
                    }
                }
            }
            match best {
                Some((_, wider)) => *limits = wider,
                None => return,
            }
        }
    }

    /// A box with one end moved to take in so many rows more; nothing where that end is free.
    fn wider(
        &self,
        left: &[usize],
        limits: &Limits,
        input: usize,
        upper: bool,
        add: usize,
    ) -> Option<Limits> {
        let (low, high) = limits[input];
        if if upper { high.is_infinite() } else { low.is_infinite() } {
            return None;
        }
        let mut open = limits.clone();
        open[input] = if upper { (low, f64::INFINITY) } else { (f64::NEG_INFINITY, high) };
        let beyond = |row: &usize| {
            let x = self.rows[*row][input];
            if upper { x > high } else { x < low }
        };
        let mut values: Vec<f64> = self
            .within(left, &open)
            .iter()
            .filter(|row| beyond(row))
            .map(|row| self.rows[*row][input])
            .collect();
        values.sort_by(f64::total_cmp);
        if upper {
            values.reverse();
        }
        // The nearest stand last.
        let at = values.len().checked_sub(add + 1);
        let nearest = at.map(|at| f64::midpoint(values[at], values[at + 1]));
        let free = if upper { f64::INFINITY } else { f64::NEG_INFINITY };
        let end = nearest.unwrap_or(free);
        open[input] = if upper { (low, end) } else { (end, high) };
        (!values.is_empty()).then_some(open)
    }

    /// Drops restrictions that could well be luck, the likeliest first; quasi-p-values of the others.
    fn drop_luck(&self, left: &[usize], limits: &mut Limits) -> Vec<Option<f64>> {
        const FREE: (f64, f64) = (f64::NEG_INFINITY, f64::INFINITY);
        loop {
            let kept = self.within(left, limits);
            let quasi_p = |input: usize| {
                (limits[input] != FREE).then(|| {
                    let mut open = limits.clone();
                    open[input] = FREE;
                    let without = self.density(&self.within(left, &open));
                    binomial_tail(kept.len(), self.hits(&kept), without)
                })
            };
            let all: Vec<Option<f64>> = (0..limits.len()).map(quasi_p).collect();
            let worst = all.iter().enumerate().filter_map(|(at, p)| Some((at, (*p)?)));
            let worst = worst.max_by(|a, b| a.1.total_cmp(&b.1));
            match worst {
                Some((input, p)) if p > 0.05 => limits[input] = FREE,
                _ => return all,
            }
        }
    }
}

/// The chance of at least `hits` successes in `trials` of probability `p`.
fn binomial_tail(trials: usize, hits: usize, p: f64) -> f64 {
    if hits == 0 || p >= 1.0 {
        return 1.0;
    }
    if p <= 0.0 {
        return 0.0;
    }
    let (n, k) = (trials as f64, hits as f64);
    let log = libm::lgamma(n + 1.0) - libm::lgamma(k + 1.0) - libm::lgamma(n - k + 1.0)
        + k * libm::log(p)
        + (n - k) * libm::log1p(-p);
    let mut term = libm::exp(log);
    let mut sum = 0.0;
    for at in hits..=trials {
        sum += term;
        let next = term * (n - at as f64) / (at as f64 + 1.0) * p / (1.0 - p);
        if next < 1e-18 * sum && next <= term {
            break;
        }
        term = next;
    }
    sum.min(1.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sampling::random;
    use crate::stream::Seed;

    #[test]
    fn a_planted_box_is_found_and_nothing_else() {
        let rows = random(Seed(6), 2000, 5);
        let planted = |row: &Vec<f64>| row[1] > 0.6 && row[3] < 0.45;
        let outcome: Vec<bool> = rows.iter().map(planted).collect();
        let found = prim(&rows, &outcome, Peeling::default());
        assert_eq!(found.len(), 1, "{found:?}");
        let own = &found[0];
        assert!(
            (own.limits[1].0 - 0.6).abs() < 0.03 && own.limits[1].1 == f64::INFINITY,
            "{own:?}"
        );
        assert!((own.limits[3].1 - 0.45).abs() < 0.03 && own.limits[3].0 == f64::NEG_INFINITY);
        for free in [0, 2, 4] {
            assert_eq!(own.limits[free], (f64::NEG_INFINITY, f64::INFINITY));
        }
        assert!(own.coverage > 0.95 && own.density > 0.95, "{own:?}");
        assert!(own.quasi_p[1].is_some_and(|p| p < 1e-6) && own.quasi_p[0].is_none());
    }

    #[test]
    fn two_planted_boxes_are_found_one_after_the_other() {
        // Of unlike sizes: a step that peels one of two equal ones off the other gains nothing, and
        // peeling, which only looks one step ahead, does not part them.
        let rows = random(Seed(7), 4000, 3);
        let outcome: Vec<bool> = rows
            .iter()
            .map(|row| (row[0] < 0.5 && row[1] < 0.5) || (row[0] > 0.6 && row[2] > 0.8))
            .collect();
        let found = prim(&rows, &outcome, Peeling::default());
        assert!(found.len() >= 2 && found[..2].iter().all(|own| own.density > 0.9), "{found:?}");
        assert!(found.iter().map(|own| own.coverage).sum::<f64>() > 0.9);
    }

    #[test]
    fn where_nothing_matters_no_box_is_found() {
        let rows = random(Seed(8), 1000, 3);
        let coin = random(Seed(9), 1000, 1);
        let outcome: Vec<bool> = coin.iter().map(|row| row[0] < 0.3).collect();
        // Peeling always finds something in noise; quasi-p-values are not corrected for the search.
        let found = prim(&rows, &outcome, Peeling::default());
        assert!(found.iter().all(|own| own.density < 0.5), "{found:?}");
        assert_eq!(prim(&rows, &[true; 1000], Peeling::default()), []);
        assert_eq!(prim(&rows, &[false; 1000], Peeling::default()), []);
    }

    #[test]
    fn tails_are_those_of_the_binomial_distribution() {
        // P(X ≥ 2) of 3 fair coins; scipy 1.17.1: binom.sf(69, 100, 0.5), binom.sf(0, 10, 1e-3).
        for (n, k, p, known) in [
            (3, 2, 0.5, 0.5),
            (100, 70, 0.5, 3.925_069_822_796_834e-5),
            (10, 1, 1e-3, 9.955_119_790_251_791e-3),
        ] {
            let found = binomial_tail(n, k, p);
            assert!((found / known - 1.0).abs() < 1e-11, "{found} {known}");
        }
    }
}
