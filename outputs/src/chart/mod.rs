//! Charts: specifications as plain data, drawn as PNG by plotters on a backend of our own.

mod against;
mod canvas;
mod contour;
mod density;
mod heatmap;
mod lines;
mod reference;
mod ridgelines;
mod skia;
mod spec;
mod stacked;
mod survival;
mod theme;
mod words;

pub use skia::ChartError;
pub use spec::{
    Against, Axis, ChartSpec, Comparison, Count, Dot, Frame, Group, Heatmap, Legend, Lines, Mark,
    Panel, Ridge, Ridgelines, Series, Spot, Stacked, Step, Survival,
};

/// Draws a chart: the bytes of a PNG file, the same for the same specification.
///
/// # Errors
///
/// [`ChartError`] where a text has a character that the font lacks, or drawing fails.
pub fn draw(spec: &ChartSpec) -> Result<Vec<u8>, ChartError> {
    match spec {
        ChartSpec::Heatmap(spec) => heatmap::draw(spec),
        ChartSpec::Lines(spec) => lines::draw(spec),
        ChartSpec::Ridgelines(spec) => ridgelines::draw(spec),
        ChartSpec::Survival(spec) => survival::draw(spec),
        ChartSpec::Stacked(spec) => stacked::draw(spec),
        ChartSpec::Against(spec) => against::draw(spec),
        ChartSpec::Words(frame, text) => words::draw(frame, text),
    }
}
