//! What a picture is made of, whatever it is drawn on.

use plotters_backend::{BackendColor, FontStyle};

use super::backend::ChartError;

/// Across and down, in pixels.
pub(super) type Place = (f32, f32);

/// One thing in a picture.
pub(super) enum Shape<'a> {
    /// A line through places.
    Line { places: &'a [Place], closed: bool, width: f32 },
    /// A filled polygon.
    Polygon { places: &'a [Place] },
    /// A filled box on whole pixels.
    Block { from: Place, to: Place },
    /// A filled circle, or its edge.
    Circle { centre: Place, radius: f32, edge: Option<f32> },
    /// A text.
    Text(Writing<'a>),
}

/// A text with its place and look.
pub(super) struct Writing<'a> {
    pub(super) text: &'a str,
    /// What it is turned around.
    pub(super) at: Place,
    /// Where it begins from there, on its base line, before it is turned.
    pub(super) shift: Place,
    /// In degrees, clockwise.
    pub(super) angle: f32,
    /// Pixels to the em.
    pub(super) em: f32,
    pub(super) width: f32,
    pub(super) style: FontStyle,
    pub(super) halo: Option<(u8, u8, u8)>,
}

/// What a picture is drawn on.
pub(super) trait Surface {
    /// Adds a shape on top.
    fn draw(&mut self, shape: &Shape, colour: BackendColor) -> Result<(), ChartError>;

    /// The bytes of the file.
    fn finish(&self) -> Result<Vec<u8>, ChartError>;
}
