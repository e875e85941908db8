//! How long peace has lasted between neighbours: what simulated agreements are held against in charts.

/// Years, share still at peace, and the ends of its 95 % interval.
///
/// Kaplan–Meier over land-contiguous pairs of states after the end of an inter-state war since 1945; failure
/// is a new inter-state war of the same pair. Computed from Correlates of War v4.0; 53 pairs.
pub(crate) const PEACE_BETWEEN_NEIGHBOURS: [(f64, f64, f64, f64); 6] = [
    (0.0, 1.0, 1.0, 1.0),
    (1.0, 0.906, 0.788, 0.960),
    (2.0, 0.887, 0.765, 0.947),
    (5.0, 0.849, 0.721, 0.921),
    (10.0, 0.715, 0.572, 0.817),
    (20.0, 0.610, 0.454, 0.735),
];

/// What it is, for a chart.
pub(crate) const NOTE: &str =
    "Grey: peace between neighbours after inter-state wars since 1945 (Correlates of War, n = 53)";
