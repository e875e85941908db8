//! Pictures as SVG: the same shapes, with texts that can be searched, copied and edited.

use std::fmt::Write as _;

use plotters_backend::{BackendColor, FontStyle};

use super::backend::ChartError;
use super::pixels::{HALO, HALO_WIDTH};
use super::surface::{Place, Shape, Surface, Writing};
use super::theme;
use crate::markup::escaped;

/// A picture under way.
pub(super) struct Svg {
    width: u32,
    height: u32,
    body: String,
}

impl Svg {
    pub(super) const fn new(width: u32, height: u32) -> Self {
        Self { width, height, body: String::new() }
    }

    fn write(&mut self, writing: &Writing, colour: BackendColor) {
        let Writing { at, shift, angle, em, width, .. } = writing;
        let mut look = format!("font-size=\"{}\"", number(*em));
        match writing.style {
            FontStyle::Bold => look += " font-weight=\"bold\"",
            FontStyle::Italic | FontStyle::Oblique => look += " font-style=\"italic\"",
            FontStyle::Normal => {}
        }
        if let Some((r, g, b)) = writing.halo {
            let stroke = number(em * HALO_WIDTH);
            look += &format!(
                " stroke=\"#{r:02x}{g:02x}{b:02x}\" stroke-opacity=\"{HALO}\" stroke-width=\"{stroke}\" \
                 stroke-linejoin=\"round\" paint-order=\"stroke\""
            );
        }
        let turned = if *angle == 0.0 {
            let (x, y) = (number(at.0 + shift.0), number(at.1 + shift.1));
            format!("x=\"{x}\" y=\"{y}\"")
        } else {
            let (x, y, angle) = (number(at.0), number(at.1), number(*angle));
            let (left, base) = (number(shift.0), number(shift.1));
            format!("transform=\"translate({x} {y}) rotate({angle})\" x=\"{left}\" y=\"{base}\"")
        };
        // Its length is that of the font which the layout was made with, whatever font is there.
        let length = number(*width);
        let (fill, text) = (fill(colour), escaped(writing.text));
        let _ = writeln!(
            self.body,
            "<text {turned} {look} {fill} textLength=\"{length}\">{text}</text>"
        );
    }
}

impl Surface for Svg {
    fn draw(&mut self, shape: &Shape, colour: BackendColor) -> Result<(), ChartError> {
        let fill = fill(colour);
        match shape {
            Shape::Line { places, closed, width } => {
                let kind = if *closed { "polygon" } else { "polyline" };
                let (points, stroke) = (points(places), stroke(colour, *width));
                let _ = writeln!(self.body, "<{kind} points=\"{points}\" fill=\"none\" {stroke}/>");
            }
            Shape::Polygon { places } => {
                let _ = writeln!(self.body, "<polygon points=\"{}\" {fill}/>", points(places));
            }
            Shape::Block { from, to } => {
                let (x, y) = (number(from.0), number(from.1));
                let (width, height) = (number(to.0 - from.0), number(to.1 - from.1));
                let _ = writeln!(
                    self.body,
                    "<rect x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\" \
                     shape-rendering=\"crispEdges\" {fill}/>"
                );
            }
            Shape::Circle { centre, radius, edge } => {
                let (x, y, radius) = (number(centre.0), number(centre.1), number(*radius));
                let look = match edge {
                    Some(width) => format!("fill=\"none\" {}", stroke(colour, *width)),
                    None => fill,
                };
                let _ =
                    writeln!(self.body, "<circle cx=\"{x}\" cy=\"{y}\" r=\"{radius}\" {look}/>");
            }
            Shape::Text(writing) => self.write(writing, colour),
        }
        Ok(())
    }

    fn finish(&self) -> Result<Vec<u8>, ChartError> {
        let Self { width, height, body } = self;
        let (wide, high) = (f64::from(*width) / theme::SCALE, f64::from(*height) / theme::SCALE);
        let text = format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" \
             width=\"{wide}\" height=\"{high}\" font-family=\"'Noto Sans', 'Helvetica Neue', Arial, \
             sans-serif\">\n<rect width=\"{width}\" height=\"{height}\" fill=\"#ffffff\"/>\n{body}</svg>\n"
        );
        Ok(text.into_bytes())
    }
}

/// To a hundredth of a pixel, as short as it can be.
fn number(value: f32) -> String {
    let text = format!("{value:.2}");
    let text = text.trim_end_matches('0').trim_end_matches('.');
    if text == "-0" { "0".to_owned() } else { text.to_owned() }
}

fn points(places: &[Place]) -> String {
    let place = |(x, y): &Place| format!("{},{}", number(*x), number(*y));
    places.iter().map(place).collect::<Vec<String>>().join(" ")
}

fn fill(colour: BackendColor) -> String {
    let (r, g, b) = colour.rgb;
    let opacity = opacity("fill", colour.alpha);
    format!("fill=\"#{r:02x}{g:02x}{b:02x}\"{opacity}")
}

fn stroke(colour: BackendColor, width: f32) -> String {
    let (r, g, b) = colour.rgb;
    let (width, opacity) = (number(width), opacity("stroke", colour.alpha));
    format!(
        "stroke=\"#{r:02x}{g:02x}{b:02x}\"{opacity} stroke-width=\"{width}\" stroke-linejoin=\"round\""
    )
}

fn opacity(of: &str, alpha: f64) -> String {
    if alpha < 1.0 { format!(" {of}-opacity=\"{alpha:.2}\"") } else { String::new() }
}
