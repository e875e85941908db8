//! The one look of all charts: colours, sizes, fonts.

use colorgrad::Gradient as _;
use plotters::style::RGBColor;

/// Pixels per base unit.
pub(super) const SCALE: f64 = 2.0;

/// Width of a chart in base units.
pub(super) const WIDTH: f64 = 820.0;

pub(super) const INK: RGBColor = RGBColor(0x22, 0x22, 0x22);
pub(super) const SOFT: RGBColor = RGBColor(0x60, 0x60, 0x60);
pub(super) const FAINT: RGBColor = RGBColor(0x82, 0x82, 0x82);
pub(super) const GRID: RGBColor = RGBColor(0xE6, 0xE6, 0xE6);
pub(super) const PAPER: RGBColor = RGBColor(0xFF, 0xFF, 0xFF);
/// A cell without value.
pub(super) const NOTHING: RGBColor = RGBColor(0xF0, 0xF0, 0xF0);

/// Sizes in points (base units).
pub(super) const TITLE: f64 = 17.0;
pub(super) const SUBTITLE: f64 = 11.5;
pub(super) const CAPTION: f64 = 9.0;
pub(super) const AXIS_TITLE: f64 = 12.0;
pub(super) const TICK: f64 = 10.5;
pub(super) const LABEL: f64 = 11.5;
pub(super) const NOTE: f64 = 9.5;

/// Categories (Okabe and Ito 2008), the yellow left out: it is too light for lines on white.
pub(super) const CATEGORIES: [RGBColor; 7] = [
    RGBColor(0, 114, 178),
    RGBColor(213, 94, 0),
    RGBColor(0, 145, 105),
    RGBColor(204, 121, 167),
    RGBColor(230, 159, 0),
    RGBColor(86, 180, 233),
    RGBColor(96, 96, 96),
];

/// The colour of a category.
pub(super) fn category(at: usize) -> RGBColor {
    CATEGORIES[at % CATEGORIES.len()]
}

/// The colour of a share: viridis.
pub(super) fn magnitude(share: f64) -> RGBColor {
    let [r, g, b, _] = colorgrad::preset::viridis().at(share.clamp(0.0, 1.0) as f32).to_rgba8();
    RGBColor(r, g, b)
}

/// The colour of a difference from −1 to 1: blue above 0, red below, white at 0.
pub(super) fn difference(share: f64) -> RGBColor {
    let place = 0.5 + 0.42 * share.clamp(-1.0, 1.0);
    let [r, g, b, _] = colorgrad::preset::rd_bu().at(place as f32).to_rgba8();
    RGBColor(r, g, b)
}

/// The colour of level `at` of `count`: viridis without its lightest end.
pub(super) fn level(at: usize, count: usize) -> RGBColor {
    let part = if count > 1 { at as f64 / (count - 1) as f64 } else { 0.5 };
    magnitude(0.05 + 0.74 * part)
}

/// Dark or light ink, whichever reads better on a colour (relative luminance, WCAG 2).
pub(super) fn ink_on(colour: RGBColor) -> RGBColor {
    let part = |byte: u8| {
        let share = f64::from(byte) / 255.0;
        if share <= 0.040_45 { share / 12.92 } else { libm::pow((share + 0.055) / 1.055, 2.4) }
    };
    let luminance = 0.2126 * part(colour.0) + 0.7152 * part(colour.1) + 0.0722 * part(colour.2);
    if luminance > 0.22 { RGBColor(0x14, 0x14, 0x14) } else { RGBColor(0xF8, 0xF8, 0xF8) }
}
