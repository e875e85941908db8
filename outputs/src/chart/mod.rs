//! Charts: specifications as plain data, drawn as PNG or SVG by plotters on a backend of our own.

mod against;
mod alt;
mod areas;
mod backend;
mod boxes;
mod canvas;
mod contour;
mod density;
mod discovery;
mod fans;
mod fonts;
mod heatmap;
mod lines;
mod maps;
mod pixels;
mod plane;
mod reference;
mod ridgelines;
mod spec;
mod stacked;
mod surface;
mod survival;
mod svg;
mod theme;
mod timeline;
mod words;

pub use alt::describe;
pub use backend::ChartError;
pub use density::quantile;
pub use spec::{
    Aftermath, Against, AreaPanel, Areas, Axis, BoxRow, Boxes, ChartSpec, Comparison, Count,
    Discovery, Dot, Event, FanPanel, Fans, Found, Frame, Glyph, Group, Heatmap, Lane, Layer,
    Legend, Lines, Maps, Mark, Panel, Place, Plane, Quantiles, Reference, Ridge, Ridgelines, Scale,
    Series, Spot, Stacked, Step, Strip, Survival, Timeline,
};

/// What a chart is drawn as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Medium {
    /// Pixels, two to a unit.
    Png,
    /// Shapes and texts.
    Svg,
}

impl Medium {
    /// The ending of its files.
    pub const fn ending(self) -> &'static str {
        match self {
            Self::Png => "png",
            Self::Svg => "svg",
        }
    }
}

/// Draws a chart: the bytes of a file, the same for the same specification.
///
/// # Errors
///
/// [`ChartError`] where a text has a character that the font lacks, or drawing fails.
pub fn draw(spec: &ChartSpec, medium: Medium) -> Result<Vec<u8>, ChartError> {
    match spec {
        ChartSpec::Heatmap(spec) => heatmap::draw(spec, medium),
        ChartSpec::Lines(spec) => lines::draw(spec, medium),
        ChartSpec::Ridgelines(spec) => ridgelines::draw(spec, medium),
        ChartSpec::Survival(spec) => survival::draw(spec, medium),
        ChartSpec::Stacked(spec) => stacked::draw(spec, medium),
        ChartSpec::Maps(spec) => maps::draw(spec, medium),
        ChartSpec::Boxes(spec) => boxes::draw(spec, medium),
        ChartSpec::Fans(spec) => fans::draw(spec, medium),
        ChartSpec::Areas(spec) => areas::draw(spec, medium),
        ChartSpec::Plane(spec) => plane::draw(spec, medium),
        ChartSpec::Timeline(spec) => timeline::draw(spec, medium),
        ChartSpec::Against(spec) => against::draw(spec, medium),
        ChartSpec::Discovery(spec) => discovery::draw(spec, medium),
        ChartSpec::Words(frame, text) => words::draw(frame, text, medium),
    }
}
