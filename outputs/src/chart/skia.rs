//! A plotters backend on tiny-skia: true anti-aliasing, sub-pixel places, real glyph outlines, text
//! at any angle and with a halo.

use std::cell::RefCell;
use std::rc::Rc;

use plotters_backend::text_anchor::{HPos, VPos};
use plotters_backend::{
    BackendColor, BackendCoord, BackendStyle, BackendTextStyle, DrawingBackend, DrawingErrorKind,
    FontStyle, FontTransform,
};
use tiny_skia::{
    Color, FillRule, LineCap, LineJoin, Paint, PathBuilder, Pixmap, Rect, Stroke, Transform,
};
use ttf_parser::Face;

/// Backend units per pixel: plotters counts in whole numbers, and these lose nothing.
pub(super) const UNITS: f64 = 8.0;

static REGULAR: &[u8] = include_bytes!("../../fonts/NotoSans-Regular.ttf");
static BOLD: &[u8] = include_bytes!("../../fonts/NotoSans-Bold.ttf");
static ITALIC: &[u8] = include_bytes!("../../fonts/NotoSans-Italic.ttf");

/// Why a chart cannot be drawn.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ChartError {
    /// The vendored font lacks a character.
    #[error("the font has no character {character:?}, which {text:?} needs")]
    Glyph {
        /// The character.
        character: char,
        /// The text that it is in.
        text: String,
    },
    /// A size was refused, or an encoder failed.
    #[error("drawing failed: {0}")]
    Draw(String),
}

type Drawn = Result<(), DrawingErrorKind<ChartError>>;

/// The backend. Clones share one picture.
#[derive(Clone)]
pub(super) struct Skia {
    picture: Rc<RefCell<Pixmap>>,
    fonts: Rc<Fonts>,
}

/// The faces of the one font family.
struct Fonts {
    regular: Face<'static>,
    bold: Face<'static>,
    italic: Face<'static>,
}

impl Fonts {
    fn new() -> Result<Self, ChartError> {
        let face = |bytes: &'static [u8]| {
            Face::parse(bytes, 0).map_err(|error| ChartError::Draw(error.to_string()))
        };
        Ok(Self { regular: face(REGULAR)?, bold: face(BOLD)?, italic: face(ITALIC)? })
    }

    fn face(&self, style: FontStyle) -> &Face<'static> {
        match style {
            FontStyle::Bold => &self.bold,
            FontStyle::Italic | FontStyle::Oblique => &self.italic,
            FontStyle::Normal => &self.regular,
        }
    }
}

impl Skia {
    /// A white picture of so many pixels.
    pub(super) fn new(width: u32, height: u32) -> Result<Self, ChartError> {
        let refused = || ChartError::Draw(format!("{width} × {height} pixels is no size"));
        let mut picture = Pixmap::new(width, height).ok_or_else(refused)?;
        picture.fill(Color::WHITE);
        Ok(Self { picture: Rc::new(RefCell::new(picture)), fonts: Rc::new(Fonts::new()?) })
    }

    /// The picture as PNG.
    pub(super) fn png(&self) -> Result<Vec<u8>, ChartError> {
        self.picture.borrow().encode_png().map_err(|error| ChartError::Draw(error.to_string()))
    }

    /// Width of a text in ems.
    pub(super) fn width_in_ems(&self, style: FontStyle, text: &str) -> f64 {
        let face = self.fonts.face(style);
        let advance = |character: char| {
            let glyph = face.glyph_index(character);
            u32::from(glyph.and_then(|glyph| face.glyph_hor_advance(glyph)).unwrap_or(0))
        };
        f64::from(text.chars().map(advance).sum::<u32>()) / f64::from(face.units_per_em())
    }

    fn stroke(&self, corners: &[BackendCoord], closed: bool, colour: BackendColor, width: u32) {
        if corners.len() < 2 || colour.alpha == 0.0 {
            return;
        }
        let mut places: Vec<(f32, f32)> = corners.iter().map(|corner| pixels(*corner)).collect();
        let mut width = (f64::from(width) / UNITS).max(0.35) as f32;
        if let [from, to] = corners
            && (from.0 == to.0 || from.1 == to.1)
        {
            width = width.round().max(1.0);
            sharpen(&mut places, from.0 == to.0, width);
        }
        let Some(path) = outline(&places, closed) else { return };
        let line_cap = LineCap::Butt;
        let stroke = Stroke { width, line_join: LineJoin::Round, line_cap, ..Stroke::default() };
        let paint = paint(colour, true);
        let mut picture = self.picture.borrow_mut();
        picture.stroke_path(&path, &paint, &stroke, Transform::identity(), None);
    }

    fn fill(&self, path: &tiny_skia::Path, colour: BackendColor) {
        let mut picture = self.picture.borrow_mut();
        let rule = FillRule::Winding;
        picture.fill_path(path, &paint(colour, true), rule, Transform::identity(), None);
    }

    /// The outline of a text that stands at the origin, or the character that the font lacks.
    fn glyphs(face: &Face, text: &str) -> Result<Option<tiny_skia::Path>, ChartError> {
        let mut pen = Pen { path: PathBuilder::new(), x: 0.0 };
        for character in text.chars() {
            let missing = || ChartError::Glyph { character, text: text.to_owned() };
            let glyph = face.glyph_index(character).ok_or_else(missing)?;
            face.outline_glyph(glyph, &mut pen);
            pen.x += f32::from(face.glyph_hor_advance(glyph).unwrap_or(0));
        }
        Ok(pen.path.finish())
    }
}

/// Puts an upright or level line on the grid of pixels, so that its edges are sharp.
fn sharpen(places: &mut [(f32, f32)], upright: bool, width: f32) {
    let centre = if width as i32 % 2 == 1 { 0.5 } else { 0.0 };
    for (x, y) in places {
        let across = if upright { x } else { y };
        *across = (*across - centre).round() + centre;
    }
}

fn pixels((x, y): BackendCoord) -> (f32, f32) {
    ((f64::from(x) / UNITS) as f32, (f64::from(y) / UNITS) as f32)
}

fn outline(places: &[(f32, f32)], closed: bool) -> Option<tiny_skia::Path> {
    let mut path = PathBuilder::new();
    let (first, rest) = places.split_first()?;
    path.move_to(first.0, first.1);
    rest.iter().for_each(|place| path.line_to(place.0, place.1));
    if closed {
        path.close();
    }
    path.finish()
}

fn paint(colour: BackendColor, smooth: bool) -> Paint<'static> {
    let mut paint = Paint::default();
    let (r, g, b) = colour.rgb;
    paint.set_color_rgba8(r, g, b, (colour.alpha * 255.0).round() as u8);
    paint.anti_alias = smooth;
    paint
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

/// How a text is to be turned, in degrees, and the colour of its halo.
///
/// Both travel in the family name, which plotters hands on as it is: "sans@-62#rrggbb".
fn manner(family: &str) -> (f32, Option<(u8, u8, u8)>) {
    let (family, halo) = match family.split_once('#') {
        Some((family, colour)) => (family, u32::from_str_radix(colour, 16).ok()),
        None => (family, None),
    };
    let angle = family.split_once('@').and_then(|(_, angle)| angle.parse().ok()).unwrap_or(0.0);
    (angle, halo.map(|c| ((c >> 16) as u8, (c >> 8) as u8, c as u8)))
}

impl DrawingBackend for Skia {
    type ErrorType = ChartError;

    fn get_size(&self) -> (u32, u32) {
        let picture = self.picture.borrow();
        (picture.width() * UNITS as u32, picture.height() * UNITS as u32)
    }

    fn ensure_prepared(&mut self) -> Drawn {
        Ok(())
    }

    fn present(&mut self) -> Drawn {
        Ok(())
    }

    fn draw_pixel(&mut self, at: BackendCoord, colour: BackendColor) -> Drawn {
        self.draw_rect(at, (at.0 + 1, at.1 + 1), &colour, true)
    }

    fn draw_line<S: BackendStyle>(
        &mut self,
        from: BackendCoord,
        to: BackendCoord,
        style: &S,
    ) -> Drawn {
        self.stroke(&[from, to], false, style.color(), style.stroke_width());
        Ok(())
    }

    fn draw_path<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(
        &mut self,
        path: I,
        style: &S,
    ) -> Drawn {
        let corners: Vec<BackendCoord> = path.into_iter().collect();
        self.stroke(&corners, false, style.color(), style.stroke_width());
        Ok(())
    }

    fn draw_rect<S: BackendStyle>(
        &mut self,
        a: BackendCoord,
        b: BackendCoord,
        style: &S,
        fill: bool,
    ) -> Drawn {
        if !fill {
            let corners = [a, (b.0, a.1), b, (a.0, b.1)];
            self.stroke(&corners, true, style.color(), style.stroke_width());
            return Ok(());
        }
        // Snapped to pixels and not smoothed: neighbours share an edge without a seam.
        let (a, b) = (pixels(a), pixels(b));
        let (left, right) = (a.0.min(b.0).round(), a.0.max(b.0).round());
        let (top, bottom) = (a.1.min(b.1).round(), a.1.max(b.1).round());
        if let Some(area) = Rect::from_ltrb(left, top, right, bottom) {
            let paint = paint(style.color(), false);
            self.picture.borrow_mut().fill_rect(area, &paint, Transform::identity(), None);
        }
        Ok(())
    }

    fn draw_circle<S: BackendStyle>(
        &mut self,
        centre: BackendCoord,
        radius: u32,
        style: &S,
        fill: bool,
    ) -> Drawn {
        let (x, y) = pixels(centre);
        let Some(path) = PathBuilder::from_circle(x, y, (f64::from(radius) / UNITS) as f32) else {
            return Ok(());
        };
        if fill {
            self.fill(&path, style.color());
        } else {
            let width = (f64::from(style.stroke_width()) / UNITS) as f32;
            let stroke = Stroke { width, ..Stroke::default() };
            let paint = paint(style.color(), true);
            let mut picture = self.picture.borrow_mut();
            picture.stroke_path(&path, &paint, &stroke, Transform::identity(), None);
        }
        Ok(())
    }

    fn fill_polygon<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(
        &mut self,
        corners: I,
        style: &S,
    ) -> Drawn {
        let places: Vec<(f32, f32)> = corners.into_iter().map(pixels).collect();
        if let Some(path) = outline(&places, true).filter(|_| places.len() > 2) {
            self.fill(&path, style.color());
        }
        Ok(())
    }

    fn draw_text<T: BackendTextStyle>(&mut self, text: &str, style: &T, at: BackendCoord) -> Drawn {
        let (mut angle, halo) = manner(style.family().as_str());
        angle += match style.transform() {
            FontTransform::None => 0.0,
            FontTransform::Rotate90 => 90.0,
            FontTransform::Rotate180 => 180.0,
            FontTransform::Rotate270 => 270.0,
        };
        let em = (style.size() / UNITS) as f32;
        let face = self.fonts.face(style.style());
        let size = em / f32::from(face.units_per_em());
        let width = (self.width_in_ems(style.style(), text) as f32) * em;
        let capitals = f32::from(face.capital_height().unwrap_or(714)) * size;
        let left = match style.anchor().h_pos {
            HPos::Left => 0.0,
            HPos::Center => -width / 2.0,
            HPos::Right => -width,
        };
        let base = match style.anchor().v_pos {
            VPos::Top => capitals + 0.1 * em,
            VPos::Center => capitals / 2.0,
            VPos::Bottom => -0.24 * em,
        };
        let path = Self::glyphs(face, text).map_err(DrawingErrorKind::DrawingError)?;
        let (x, y) = pixels(at);
        let place = Transform::from_scale(size, size)
            .post_translate(left, base)
            .post_rotate(angle)
            .post_translate(x, y);
        let Some(path) = path.and_then(|path| path.transform(place)) else { return Ok(()) };
        if let Some(rgb) = halo {
            let width = em * 0.32;
            let stroke = Stroke { width, line_join: LineJoin::Round, ..Stroke::default() };
            let paint = paint(BackendColor { alpha: 0.85, rgb }, true);
            let mut picture = self.picture.borrow_mut();
            picture.stroke_path(&path, &paint, &stroke, Transform::identity(), None);
        }
        self.fill(&path, style.color());
        Ok(())
    }

    fn estimate_text_size<T: BackendTextStyle>(
        &self,
        text: &str,
        style: &T,
    ) -> Result<(u32, u32), DrawingErrorKind<ChartError>> {
        let width = self.width_in_ems(style.style(), text) * style.size();
        Ok((width.ceil() as u32, style.size().ceil() as u32))
    }
}
