//! Pictures in pixels, by tiny-skia: true anti-aliasing and real glyph outlines.

use std::rc::Rc;

use plotters_backend::BackendColor;
use tiny_skia::{
    Color, FillRule, LineCap, LineJoin, Paint, Path, PathBuilder, Pixmap, Rect, Stroke, Transform,
};

use super::backend::ChartError;
use super::fonts::{Fonts, outline};
use super::surface::{Place, Shape, Surface, Writing};

/// A picture under way.
pub(super) struct Pixels {
    picture: Pixmap,
    fonts: Rc<Fonts>,
}

impl Pixels {
    /// A white picture of so many pixels.
    pub(super) fn new(width: u32, height: u32, fonts: Rc<Fonts>) -> Result<Self, ChartError> {
        let refused = || ChartError::Draw(format!("{width} × {height} pixels is no size"));
        let mut picture = Pixmap::new(width, height).ok_or_else(refused)?;
        picture.fill(Color::WHITE);
        Ok(Self { picture, fonts })
    }

    fn fill(&mut self, path: &Path, colour: BackendColor) {
        let paint = paint(colour, true);
        self.picture.fill_path(path, &paint, FillRule::Winding, Transform::identity(), None);
    }

    fn stroke(&mut self, path: &Path, colour: BackendColor, width: f32) {
        let (line_join, line_cap) = (LineJoin::Round, LineCap::Butt);
        let stroke = Stroke { width, line_join, line_cap, ..Stroke::default() };
        self.picture.stroke_path(path, &paint(colour, true), &stroke, Transform::identity(), None);
    }

    fn write(&mut self, writing: &Writing, colour: BackendColor) -> Result<(), ChartError> {
        let face = self.fonts.face(writing.style);
        let size = writing.em / f32::from(face.units_per_em());
        let place = Transform::from_scale(size, size)
            .post_translate(writing.shift.0, writing.shift.1)
            .post_rotate(writing.angle)
            .post_translate(writing.at.0, writing.at.1);
        let path = outline(face, writing.text)?.and_then(|path| path.transform(place));
        let Some(path) = path else { return Ok(()) };
        if let Some(rgb) = writing.halo {
            self.stroke(&path, BackendColor { alpha: HALO, rgb }, writing.em * HALO_WIDTH);
        }
        self.fill(&path, colour);
        Ok(())
    }
}

/// How opaque a halo is, and how wide in ems.
pub(super) const HALO: f64 = 0.85;
pub(super) const HALO_WIDTH: f32 = 0.32;

impl Surface for Pixels {
    fn draw(&mut self, shape: &Shape, colour: BackendColor) -> Result<(), ChartError> {
        match shape {
            Shape::Line { places, closed, width } => {
                if let Some(path) = through(places, *closed) {
                    self.stroke(&path, colour, *width);
                }
            }
            Shape::Polygon { places } => {
                if let Some(path) = through(places, true) {
                    self.fill(&path, colour);
                }
            }
            Shape::Block { from, to } => {
                if let Some(area) = Rect::from_ltrb(from.0, from.1, to.0, to.1) {
                    let paint = paint(colour, false);
                    self.picture.fill_rect(area, &paint, Transform::identity(), None);
                }
            }
            Shape::Circle { centre, radius, edge } => {
                match (PathBuilder::from_circle(centre.0, centre.1, *radius), edge) {
                    (Some(path), Some(width)) => self.stroke(&path, colour, *width),
                    (Some(path), None) => self.fill(&path, colour),
                    (None, _) => {}
                }
            }
            Shape::Text(writing) => self.write(writing, colour)?,
        }
        Ok(())
    }

    fn finish(&self) -> Result<Vec<u8>, ChartError> {
        // Not the picture's own encoder, which copies it first to take opacity out of its colours: what is
        // painted on white is opaque.
        let mut bytes = Vec::new();
        let (width, height) = (self.picture.width(), self.picture.height());
        let mut encoder = png::Encoder::new(&mut bytes, width, height);
        encoder.set_color(png::ColorType::Rgba);
        encoder.set_depth(png::BitDepth::Eight);
        let written = encoder
            .write_header()
            .and_then(|mut writer| writer.write_image_data(self.picture.data()));
        written.map_err(|error| ChartError::Draw(error.to_string()))?;
        Ok(bytes)
    }
}

fn through(places: &[Place], closed: bool) -> Option<Path> {
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
