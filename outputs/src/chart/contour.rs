//! Lines of equal value over a grid: smoothing, refinement, marching squares.

/// A place in grid coordinates: 0 is the first level, 1 the second, and so on.
pub(super) type Place = (f64, f64);

/// Points of the refined grid for each step between two levels.
const FINE: usize = 12;

/// A grid of numbers: rows of equal length, at least two of two.
pub(super) type Grid = Vec<Vec<f64>>;

/// Lines on which a smoothed surface through the grid has the value `level`: between the outer
/// levels, since beyond them nothing was played.
pub(super) fn contours(grid: &Grid, level: f64) -> Vec<Vec<Place>> {
    let fine = refine(&smooth(grid));
    let scale = |index: f64| index / FINE as f64;
    let lines = join(segments(&fine, level)).into_iter();
    lines.map(|line| line.into_iter().map(|(x, y)| (scale(x), scale(y))).collect()).collect()
}

/// The value at an index that may lie one beyond either end: continued with the slope there.
fn beyond(values: impl Fn(usize) -> f64, length: usize, index: isize) -> f64 {
    if index < 0 {
        2.0 * values(0) - values(1)
    } else if index as usize >= length {
        2.0 * values(length - 1) - values(length - 2)
    } else {
        values(index as usize)
    }
}

/// A 3 × 3 binomial filter.
fn smooth(grid: &Grid) -> Grid {
    let along = |values: &[f64]| -> Vec<f64> {
        let at = |index: isize| beyond(|i| values[i], values.len(), index);
        let mean = |i: isize| (at(i - 1) + 2.0 * at(i) + at(i + 1)) / 4.0;
        (0..values.len() as isize).map(mean).collect()
    };
    let rows: Grid = grid.iter().map(|row| along(row)).collect();
    transpose(&transpose(&rows).iter().map(|column| along(column)).collect())
}

fn transpose(grid: &Grid) -> Grid {
    (0..grid[0].len()).map(|x| grid.iter().map(|row| row[x]).collect()).collect()
}

/// Catmull–Rom interpolation in both directions, from the first level to the last.
fn refine(grid: &Grid) -> Grid {
    let along = |values: &[f64]| -> Vec<f64> {
        let at = |index: isize| beyond(|i| values[i], values.len(), index);
        let point = |k: usize| {
            let x = k as f64 / FINE as f64;
            let i = (x.floor() as isize).min(values.len() as isize - 2);
            catmull_rom([at(i - 1), at(i), at(i + 1), at(i + 2)], x - i as f64)
        };
        (0..=(values.len() - 1) * FINE).map(point).collect()
    };
    let rows: Grid = grid.iter().map(|row| along(row)).collect();
    transpose(&transpose(&rows).iter().map(|column| along(column)).collect())
}

fn catmull_rom([a, b, c, d]: [f64; 4], t: f64) -> f64 {
    let (linear, square) = (c - a, 2.0 * a - 5.0 * b + 4.0 * c - d);
    b + 0.5 * t * (linear + t * (square + t * (3.0 * (b - c) + d - a)))
}

/// Marching squares: the pieces of the line inside each cell.
fn segments(grid: &Grid, level: f64) -> Vec<[Place; 2]> {
    let mut pieces = Vec::new();
    for y in 0..grid.len() - 1 {
        for x in 0..grid[0].len() - 1 {
            let cuts = cuts(grid, level, x, y);
            pieces.extend(cuts.chunks_exact(2).map(|two| [two[0], two[1]]));
        }
    }
    pieces
}

/// Where the line crosses the sides of one cell, in turn around it.
fn cuts(grid: &Grid, level: f64, x: usize, y: usize) -> Vec<Place> {
    let corners = [(x, y), (x + 1, y), (x + 1, y + 1), (x, y + 1)];
    let side = |k: usize| {
        // From the lesser to the greater corner, so that neighbours find the same place.
        let (a, b) = (corners[k].min(corners[(k + 1) % 4]), corners[k].max(corners[(k + 1) % 4]));
        let (from, to) = (grid[a.1][a.0] - level, grid[b.1][b.0] - level);
        let part = from / (from - to);
        let mix = |a: usize, b: usize| a as f64 + part * (b as f64 - a as f64);
        ((from < 0.0) != (to < 0.0)).then(|| (mix(a.0, b.0), mix(a.1, b.1)))
    };
    (0..4).filter_map(side).collect()
}

/// Joins pieces that share an end into lines.
fn join(mut pieces: Vec<[Place; 2]>) -> Vec<Vec<Place>> {
    let mut lines = Vec::new();
    while let Some([from, to]) = pieces.pop() {
        let mut line = vec![from, to];
        for _ in 0..2 {
            while let Some(next) = line.last().and_then(|end| follow(&mut pieces, *end)) {
                line.push(next);
            }
            line.reverse();
        }
        lines.push(line);
    }
    lines
}

/// Takes the piece that begins or ends at a place; gives its other end.
fn follow(pieces: &mut Vec<[Place; 2]>, end: Place) -> Option<Place> {
    let near = |a: Place| (a.0 - end.0).abs() + (a.1 - end.1).abs() < 1e-9;
    let found = pieces.iter().position(|[from, to]| near(*from) || near(*to))?;
    let [from, to] = pieces.swap_remove(found);
    Some(if near(from) { to } else { from })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plane_has_one_straight_line_at_each_level() {
        let plane: Grid =
            (0..5).map(|y| (0..7).map(|x| f64::from(x) + f64::from(y)).collect()).collect();
        let lines = contours(&plane, 4.3);
        assert_eq!(lines.len(), 1);
        // Smoothing and Catmull–Rom both keep planes, up to rounding.
        assert!(lines[0].iter().all(|(x, y)| (x + y - 4.3).abs() < 1e-9));
        // From one side of the grid to another, and not beyond.
        assert!(lines[0].iter().all(|(x, y)| (0.0..=6.0).contains(x) && (0.0..=4.0).contains(y)));
        let ends = [lines[0][0], lines[0][lines[0].len() - 1]];
        assert!(ends.iter().all(|(x, y)| *x < 1e-9 || *y > 4.0 - 1e-9 || *y < 1e-9));
    }

    #[test]
    fn a_level_that_is_never_reached_has_no_line() {
        assert!(contours(&vec![vec![0.2; 4]; 4], 0.5).is_empty());
    }
}
