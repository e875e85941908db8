//! A plotters backend that draws on a surface of ours: sub-pixel places, text at any angle and with a halo.

use std::cell::RefCell;
use std::rc::Rc;

use plotters_backend::text_anchor::{HPos, VPos};
use plotters_backend::{
    BackendColor, BackendCoord, BackendStyle, BackendTextStyle, DrawingBackend, DrawingErrorKind,
    FontStyle, FontTransform,
};

use super::Medium;
use super::fonts::Fonts;
use super::pixels::Pixels;
use super::surface::{Place, Shape, Surface, Writing};
use super::svg::Svg;

/// Backend units per pixel: plotters counts in whole numbers, and these lose nothing.
pub(super) const UNITS: f64 = 8.0;

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
pub(super) struct Backend {
    surface: Rc<RefCell<dyn Surface>>,
    fonts: Rc<Fonts>,
    size: (u32, u32),
}

impl Backend {
    /// A white picture of so many pixels.
    pub(super) fn new(medium: Medium, width: u32, height: u32) -> Result<Self, ChartError> {
        let fonts = Rc::new(Fonts::new()?);
        let surface: Rc<RefCell<dyn Surface>> = match medium {
            Medium::Png => Rc::new(RefCell::new(Pixels::new(width, height, Rc::clone(&fonts))?)),
            Medium::Svg => Rc::new(RefCell::new(Svg::new(width, height))),
        };
        Ok(Self { surface, fonts, size: (width, height) })
    }

    /// The finished picture.
    pub(super) fn finish(&self) -> Result<Vec<u8>, ChartError> {
        self.surface.borrow().finish()
    }

    /// Width of a text in ems.
    pub(super) fn width_in_ems(&self, style: FontStyle, text: &str) -> f64 {
        self.fonts.width_in_ems(style, text)
    }

    fn draw(&self, shape: &Shape, colour: BackendColor) -> Drawn {
        if colour.alpha == 0.0 {
            return Ok(());
        }
        let drawn = self.surface.borrow_mut().draw(shape, colour);
        drawn.map_err(DrawingErrorKind::DrawingError)
    }

    fn stroke(
        &self,
        corners: &[BackendCoord],
        closed: bool,
        colour: BackendColor,
        width: u32,
    ) -> Drawn {
        if corners.len() < 2 {
            return Ok(());
        }
        let mut places: Vec<Place> = corners.iter().map(|corner| pixels(*corner)).collect();
        let mut width = (f64::from(width) / UNITS).max(0.35) as f32;
        if let [from, to] = corners
            && (from.0 == to.0 || from.1 == to.1)
        {
            width = width.round().max(1.0);
            sharpen(&mut places, from.0 == to.0, width);
        }
        self.draw(&Shape::Line { places: &places, closed, width }, colour)
    }
}

/// Puts an upright or level line on the grid of pixels, so that its edges are sharp.
fn sharpen(places: &mut [Place], upright: bool, width: f32) {
    let centre = if width as i32 % 2 == 1 { 0.5 } else { 0.0 };
    for (x, y) in places {
        let across = if upright { x } else { y };
        *across = (*across - centre).round() + centre;
    }
}

fn pixels((x, y): BackendCoord) -> Place {
    ((f64::from(x) / UNITS) as f32, (f64::from(y) / UNITS) as f32)
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

impl DrawingBackend for Backend {
    type ErrorType = ChartError;

    fn get_size(&self) -> (u32, u32) {
        (self.size.0 * UNITS as u32, self.size.1 * UNITS as u32)
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
        self.stroke(&[from, to], false, style.color(), style.stroke_width())
    }

    fn draw_path<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(
        &mut self,
        path: I,
        style: &S,
    ) -> Drawn {
        let corners: Vec<BackendCoord> = path.into_iter().collect();
        self.stroke(&corners, false, style.color(), style.stroke_width())
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
            return self.stroke(&corners, true, style.color(), style.stroke_width());
        }
        // Snapped to pixels: neighbours share an edge without a seam.
        let (a, b) = (pixels(a), pixels(b));
        let from = (a.0.min(b.0).round(), a.1.min(b.1).round());
        let to = (a.0.max(b.0).round(), a.1.max(b.1).round());
        self.draw(&Shape::Block { from, to }, style.color())
    }

    fn draw_circle<S: BackendStyle>(
        &mut self,
        centre: BackendCoord,
        radius: u32,
        style: &S,
        fill: bool,
    ) -> Drawn {
        let width = (f64::from(style.stroke_width()) / UNITS) as f32;
        let (centre, radius) = (pixels(centre), (f64::from(radius) / UNITS) as f32);
        self.draw(&Shape::Circle { centre, radius, edge: (!fill).then_some(width) }, style.color())
    }

    fn fill_polygon<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(
        &mut self,
        corners: I,
        style: &S,
    ) -> Drawn {
        let places: Vec<Place> = corners.into_iter().map(pixels).collect();
        if places.len() < 3 {
            return Ok(());
        }
        self.draw(&Shape::Polygon { places: &places }, style.color())
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
        let width = (self.width_in_ems(style.style(), text) as f32) * em;
        let capitals = self.fonts.capital_height(style.style()) * em;
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
        let (at, shift, style_of_font) = (pixels(at), (left, base), style.style());
        let writing = Writing { text, at, shift, angle, em, width, style: style_of_font, halo };
        self.draw(&Shape::Text(writing), style.color())
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
