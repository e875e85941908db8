//! The one font family of all charts: how wide texts are, and their outlines.

use plotters_backend::FontStyle;
use tiny_skia::PathBuilder;
use ttf_parser::Face;

use super::backend::ChartError;

static REGULAR: &[u8] = include_bytes!("../../fonts/NotoSans-Regular.ttf");
static BOLD: &[u8] = include_bytes!("../../fonts/NotoSans-Bold.ttf");
static ITALIC: &[u8] = include_bytes!("../../fonts/NotoSans-Italic.ttf");

/// The faces of the one font family.
pub(super) struct Fonts {
    regular: Face<'static>,
    bold: Face<'static>,
    italic: Face<'static>,
}

impl Fonts {
    pub(super) fn new() -> Result<Self, ChartError> {
        let face = |bytes: &'static [u8]| {
            Face::parse(bytes, 0).map_err(|error| ChartError::Draw(error.to_string()))
        };
        Ok(Self { regular: face(REGULAR)?, bold: face(BOLD)?, italic: face(ITALIC)? })
    }

    pub(super) fn face(&self, style: FontStyle) -> &Face<'static> {
        match style {
            FontStyle::Bold => &self.bold,
            FontStyle::Italic | FontStyle::Oblique => &self.italic,
            FontStyle::Normal => &self.regular,
        }
    }

    /// Height of capitals in ems.
    pub(super) fn capital_height(&self, style: FontStyle) -> f32 {
        let face = self.face(style);
        f32::from(face.capital_height().unwrap_or(714)) / f32::from(face.units_per_em())
    }

    /// Width of a text in ems.
    pub(super) fn width_in_ems(&self, style: FontStyle, text: &str) -> f64 {
        let face = self.face(style);
        let advance = |character: char| {
            let glyph = face.glyph_index(character);
            u32::from(glyph.and_then(|glyph| face.glyph_hor_advance(glyph)).unwrap_or(0))
        };
        f64::from(text.chars().map(advance).sum::<u32>()) / f64::from(face.units_per_em())
    }
}

/// The outline of a text that stands at the origin, in font units; an error for a character that the font
/// lacks.
pub(super) fn outline(face: &Face, text: &str) -> Result<Option<tiny_skia::Path>, ChartError> {
    let mut pen = Pen { path: PathBuilder::new(), x: 0.0 };
    for character in text.chars() {
        let missing = || ChartError::Glyph { character, text: text.to_owned() };
        let glyph = face.glyph_index(character).ok_or_else(missing)?;
        face.outline_glyph(glyph, &mut pen);
        pen.x += f32::from(face.glyph_hor_advance(glyph).unwrap_or(0));
    }
    Ok(pen.path.finish())
}

/// Collects glyph outlines in font units, the y axis pointing down.
struct Pen {
    path: PathBuilder,
    x: f32,
}

impl Pen {
    fn place(&self, x: f32, y: f32) -> (f32, f32) {
        (self.x + x, -y)
    }
}

impl ttf_parser::OutlineBuilder for Pen {
    fn move_to(&mut self, x: f32, y: f32) {
        let (x, y) = self.place(x, y);
        self.path.move_to(x, y);
    }

    fn line_to(&mut self, x: f32, y: f32) {
        let (x, y) = self.place(x, y);
        self.path.line_to(x, y);
    }

    fn quad_to(&mut self, x1: f32, y1: f32, x: f32, y: f32) {
        let ((x1, y1), (x, y)) = (self.place(x1, y1), self.place(x, y));
        self.path.quad_to(x1, y1, x, y);
    }

    fn curve_to(&mut self, x1: f32, y1: f32, x2: f32, y2: f32, x: f32, y: f32) {
        let ((x1, y1), (x2, y2)) = (self.place(x1, y1), self.place(x2, y2));
        let (x, y) = self.place(x, y);
        self.path.cubic_to(x1, y1, x2, y2, x, y);
    }

    fn close(&mut self) {
        self.path.close();
    }
}
