//! Words in place of a picture, where the data leave nothing to draw.

use super::Medium;
use super::backend::ChartError;
use super::canvas::{Canvas, Type};
use super::spec::Frame;
use super::theme;

pub(super) fn draw(frame: &Frame, text: &str, medium: Medium) -> Result<Vec<u8>, ChartError> {
    let canvas = Canvas::new(medium, frame, 300.0)?;
    let look = Type::of(13.0).soft().centred();
    let (text, size) = canvas.fit(text, theme::WIDTH - 60.0, look);
    canvas.text(&text, (theme::WIDTH / 2.0, 160.0), Type { size, ..look })?;
    canvas.finish()
}
