//! A picture under way, in base units: text, rules, panels and axes in the one look of all charts.

use plotters::chart::{ChartBuilder, ChartContext};
use plotters::coord::Shift;
use plotters::coord::types::RangedCoordf64;
use plotters::drawing::{DrawingArea, DrawingAreaErrorKind, IntoDrawingArea};
use plotters::element::{Circle, PathElement, Polygon, Rectangle};
use plotters::prelude::Cartesian2d;
use plotters::style::text_anchor::{HPos, Pos, VPos};
use plotters::style::{Color, FontDesc, FontFamily, FontStyle, RGBColor, ShapeStyle, TextStyle};
use plotters_backend::DrawingErrorKind;

use super::Medium;
use super::backend::{Backend, ChartError, UNITS};
use super::spec::{Frame, Layer, Spot};
use super::theme;

pub(super) type Drawn = Result<(), ChartError>;

/// The ends of a range.
pub(super) type Ends = (f64, f64);

/// A picture under way.
pub(super) struct Canvas {
    backend: Backend,
    root: DrawingArea<Backend, Shift>,
    height: f64,
}

/// How a text looks.
#[derive(Clone, Copy)]
pub(super) struct Type {
    pub(super) size: f64,
    pub(super) bold: bool,
    pub(super) colour: RGBColor,
    pub(super) across: HPos,
    pub(super) down: VPos,
    /// In degrees, clockwise.
    pub(super) angle: f64,
    pub(super) halo: Option<RGBColor>,
}

impl Type {
    pub(super) const fn of(size: f64) -> Self {
        Self {
            size,
            bold: false,
            colour: theme::INK,
            across: HPos::Left,
            down: VPos::Center,
            angle: 0.0,
            halo: None,
        }
    }
    pub(super) const fn bold(self) -> Self {
        Self { bold: true, ..self }
    }
    pub(super) const fn soft(self) -> Self {
        Self { colour: theme::SOFT, ..self }
    }
    pub(super) const fn colour(self, colour: RGBColor) -> Self {
        Self { colour, ..self }
    }
    pub(super) const fn centred(self) -> Self {
        Self { across: HPos::Center, ..self }
    }
    pub(super) const fn right(self) -> Self {
        Self { across: HPos::Right, ..self }
    }
    pub(super) const fn below(self) -> Self {
        Self { down: VPos::Top, ..self }
    }
    pub(super) const fn turned(self, angle: f64) -> Self {
        Self { angle, ..self }
    }
    pub(super) const fn halo(self, halo: RGBColor) -> Self {
        Self { halo: Some(halo), ..self }
    }
    fn style(&self) -> FontStyle {
        if self.bold { FontStyle::Bold } else { FontStyle::Normal }
    }
}

/// A box on the canvas, in base units.
#[derive(Clone, Copy, Debug)]
pub(super) struct Area {
    pub(super) left: f64,
    pub(super) top: f64,
    pub(super) right: f64,
    pub(super) bottom: f64,
}

/// Coordinates of values inside a box.
pub(super) struct Plot<'a> {
    canvas: &'a Canvas,
    chart: ChartContext<'a, Backend, Cartesian2d<RangedCoordf64, RangedCoordf64>>,
    pub(super) area: Area,
    pub(super) x: Ends,
    pub(super) y: Ends,
}

fn units(base: f64) -> i32 {
    (base * theme::SCALE * UNITS).round() as i32
}

fn pair((x, y): (f64, f64)) -> (i32, i32) {
    (units(x), units(y))
}

fn failed(error: DrawingAreaErrorKind<ChartError>) -> ChartError {
    match error {
        DrawingAreaErrorKind::BackendError(DrawingErrorKind::DrawingError(error)) => error,
        other => ChartError::Draw(other.to_string()),
    }
}

fn line(colour: RGBColor, opacity: f64, width: f64) -> ShapeStyle {
    colour.mix(opacity).stroke_width(units(width).unsigned_abs())
}

impl Canvas {
    /// A canvas with title, subtitle and caption in place.
    pub(super) fn new(medium: Medium, frame: &Frame, height: f64) -> Result<Self, ChartError> {
        let pixels = |base: f64| (base * theme::SCALE).round() as u32;
        let backend = Backend::new(medium, pixels(theme::WIDTH), pixels(height))?;
        let root = backend.clone().into_drawing_area();
        let canvas = Self { backend, root, height };
        canvas.fitted(&frame.title, (24.0, 28.0), Type::of(theme::TITLE).bold())?;
        canvas.in_lines(&frame.subtitle, (50.0, 53.0), Type::of(theme::SUBTITLE).soft())?;
        let caption = Type::of(theme::CAPTION).colour(theme::FAINT);
        canvas.in_lines(&frame.caption, (height - 16.0, height - 15.0), caption)?;
        Ok(canvas)
    }

    /// The finished picture.
    pub(super) fn finish(&self) -> Result<Vec<u8>, ChartError> {
        self.backend.finish()
    }

    pub(super) const fn height(&self) -> f64 {
        self.height
    }

    /// The width that a text takes.
    pub(super) fn width(&self, text: &str, look: Type) -> f64 {
        self.backend.width_in_ems(look.style(), text) * look.size
    }

    pub(super) fn text(&self, text: &str, at: (f64, f64), look: Type) -> Drawn {
        let halo =
            look.halo.map_or(String::new(), |RGBColor(r, g, b)| format!("#{r:02x}{g:02x}{b:02x}"));
        let family = format!("sans@{}{halo}", look.angle);
        let size = look.size * theme::SCALE * UNITS;
        let style = TextStyle {
            font: FontDesc::new(FontFamily::Name(&family), size, look.style()),
            color: look.colour.to_backend_color(),
            pos: Pos::new(look.across, look.down),
        };
        self.root.draw_text(text, &style, pair(at)).map_err(failed)
    }

    /// A text that runs across the canvas: made smaller, then cut, where it would not fit.
    fn fitted(&self, text: &str, at: (f64, f64), look: Type) -> Drawn {
        let room = theme::WIDTH - 2.0 * 24.0;
        let (text, size) = self.fit(text, room, look);
        self.text(&text, at, Type { size, ..look })
    }

    /// A text that runs across the canvas; where it would have to be made much smaller, in two lines
    /// around a place of their own.
    fn in_lines(&self, text: &str, (one, two): (f64, f64), look: Type) -> Drawn {
        let room = theme::WIDTH - 2.0 * 24.0;
        let whole = self.width(text, look);
        if whole <= 1.08 * room {
            return self.fitted(text, (24.0, one), look);
        }
        let look = Type { size: 0.92 * look.size, ..look };
        let width = |at: usize| self.width(&text[..at], look);
        let spaces = || text.match_indices(' ').map(|(at, _)| at);
        // Near the middle, so that no word stands alone, or else as late as there is room.
        let cut = spaces().find(|at| width(*at) >= 0.46 * whole).filter(|at| width(*at) <= room);
        let cut = cut.or_else(|| spaces().take_while(|at| width(*at) <= room).last());
        let cut = cut.unwrap_or(text.len());
        let apart = 0.62 * look.size;
        self.fitted(&text[..cut], (24.0, two - apart), look)?;
        self.fitted(text[cut..].trim_start(), (24.0, two + apart), look)
    }

    /// How far from the left a panel begins that has these labels and a title beside it.
    pub(super) fn side_room(&self, spots: &[Spot], least: f64) -> f64 {
        (self.widest(spots) + 46.0).clamp(least, 190.0)
    }

    fn widest(&self, spots: &[Spot]) -> f64 {
        let widths = spots.iter().map(|spot| self.width(&spot.label, Type::of(theme::TICK)));
        widths.fold(0.0, f64::max).min(144.0)
    }

    /// The text and size at which it takes no more than `room`: down to 0.8 of its size, then cut
    /// with an ellipsis.
    pub(super) fn fit(&self, text: &str, room: f64, look: Type) -> (String, f64) {
        let width = self.width(text, look);
        if width <= room {
            return (text.to_owned(), look.size);
        }
        // A little less, so that rounding does not make it too wide by a hair.
        let size = (0.999 * look.size * room / width).max(0.8 * look.size);
        let smaller = Type { size, ..look };
        let mut kept: Vec<char> = text.chars().collect();
        let mut shown = text.to_owned();
        while self.width(&shown, smaller) > room && !kept.is_empty() {
            kept.pop();
            shown = kept.iter().collect::<String>().trim_end().to_owned() + "…";
        }
        (shown, size)
    }

    pub(super) fn rule(
        &self,
        from: (f64, f64),
        to: (f64, f64),
        colour: RGBColor,
        width: f64,
    ) -> Drawn {
        let path = PathElement::new(vec![pair(from), pair(to)], line(colour, 1.0, width));
        self.root.draw(&path).map_err(failed)
    }

    pub(super) fn fill(&self, area: Area, colour: RGBColor) -> Drawn {
        let corners = [pair((area.left, area.top)), pair((area.right, area.bottom))];
        self.root.draw(&Rectangle::new(corners, colour.filled())).map_err(failed)
    }

    pub(super) fn disc(&self, at: (f64, f64), radius: f64, colour: RGBColor) -> Drawn {
        let shape = Circle::new(pair(at), units(radius), colour.filled());
        self.root.draw(&shape).map_err(failed)
    }

    /// A closed shape.
    pub(super) fn shape(&self, corners: &[(f64, f64)], colour: RGBColor, opacity: f64) -> Drawn {
        let corners: Vec<(i32, i32)> = corners.iter().copied().map(pair).collect();
        self.root.draw(&Polygon::new(corners, colour.mix(opacity))).map_err(failed)
    }

    /// A line through several places.
    pub(super) fn curve(&self, places: &[(f64, f64)], colour: RGBColor, width: f64) -> Drawn {
        let places: Vec<(i32, i32)> = places.iter().copied().map(pair).collect();
        self.root.draw(&PathElement::new(places, line(colour, 1.0, width))).map_err(failed)
    }

    /// A line through several places in dashes.
    pub(super) fn dashed(&self, places: &[(f64, f64)], colour: RGBColor, width: f64) -> Drawn {
        const DASH: f64 = 7.0;
        const GAP: f64 = 4.0;
        let (mut dash, mut run, mut drawn) = (Vec::new(), 0.0, true);
        for two in places.windows(2) {
            let ((mut x, mut y), (to_x, to_y)) = (two[0], two[1]);
            if drawn && dash.is_empty() {
                dash.push((x, y));
            }
            loop {
                let left = (to_x - x).hypot(to_y - y);
                let room = if drawn { DASH - run } else { GAP - run };
                if left < room {
                    run += left;
                    if drawn {
                        dash.push((to_x, to_y));
                    }
                    break;
                }
                let part = room / left;
                (x, y) = (x + part * (to_x - x), y + part * (to_y - y));
                dash.push((x, y));
                if drawn {
                    self.curve(&std::mem::take(&mut dash), colour, width)?;
                }
                (drawn, run) = (!drawn, 0.0);
            }
        }
        if drawn && dash.len() > 1 { self.curve(&dash, colour, width) } else { Ok(()) }
    }

    /// Squares with names in a row, after a title.
    pub(super) fn key(
        &self,
        (left, y): (f64, f64),
        title: &str,
        names: impl Iterator<Item = (String, RGBColor)>,
    ) -> Drawn {
        let look = Type::of(theme::NOTE).bold();
        self.text(title, (left, y), look)?;
        let mut x = left;
        if !title.is_empty() {
            x += self.width(title, look) + 16.0;
        }
        for (name, colour) in names {
            self.fill(Area { left: x, top: y - 5.0, right: x + 10.0, bottom: y + 5.0 }, colour)?;
            self.text(&name, (x + 15.0, y), Type::of(theme::NOTE))?;
            x += 15.0 + self.width(&name, Type::of(theme::NOTE)) + 16.0;
        }
        Ok(())
    }

    /// Squares with names one below the other, in the order of a stack: the first at the bottom.
    pub(super) fn stack_key(&self, layers: &[Layer], (left, top): (f64, f64)) -> Drawn {
        for (row, layer) in layers.iter().rev().enumerate() {
            let y = top + 24.0 * row as f64;
            let square = Area { left, top: y - 6.0, right: left + 12.0, bottom: y + 6.0 };
            self.fill(square, theme::category(layer.hue))?;
            let look = Type::of(11.0);
            let (name, size) = self.fit(&layer.name, theme::WIDTH - left - 26.0, look);
            self.text(&name, (left + 19.0, y), Type { size, ..look })?;
        }
        Ok(())
    }

    /// A box with coordinates: plotters' cartesian panel without margins of its own.
    pub(super) fn plot(&self, area: Area, x: Ends, y: Ends) -> Result<Plot<'_>, ChartError> {
        let room = self.root.margin(
            units(area.top),
            units(self.height - area.bottom),
            units(area.left),
            units(theme::WIDTH - area.right),
        );
        let chart =
            ChartBuilder::on(&room).build_cartesian_2d(x.0..x.1, y.0..y.1).map_err(failed)?;
        Ok(Plot { canvas: self, chart, area, x, y })
    }

    /// The scale beside a heatmap: colours and labels by share of its height.
    pub(super) fn colour_bar(
        &self,
        area: Area,
        title: &str,
        colour: impl Fn(f64) -> RGBColor,
        ticks: &[(f64, String)],
    ) -> Drawn {
        const STEPS: u32 = 256;
        let at = |share: f64| area.bottom - share * (area.bottom - area.top);
        for step in 0..STEPS {
            let (from, to) = (f64::from(step) / 256.0, f64::from(step + 1) / 256.0);
            let slice = Area { top: at(to), bottom: at(from), ..area };
            self.fill(slice, colour(f64::midpoint(from, to)))?;
        }
        for (share, label) in ticks {
            let y = at(*share);
            self.rule((area.right, y), (area.right + 4.0, y), theme::SOFT, 0.8)?;
            let place = (area.right + 8.0, y);
            self.text(label, place, Type::of(theme::TICK).soft())?;
        }
        let (title, size) = self.fit(title, theme::WIDTH - area.left - 6.0, Type::of(11.0));
        self.text(&title, (area.left, area.top - 14.0), Type::of(size))
    }
}

impl Plot<'_> {
    /// Where a value stands on the canvas, in base units.
    pub(super) fn place(&self, (x, y): (f64, f64)) -> (f64, f64) {
        let share = |value: f64, (low, high): Ends| (value - low) / (high - low);
        let Area { left, top, right, bottom } = self.area;
        (left + share(x, self.x) * (right - left), bottom - share(y, self.y) * (bottom - top))
    }

    pub(super) fn path(&self, points: &[(f64, f64)], colour: RGBColor, width: f64) -> Drawn {
        let path = PathElement::new(points.to_vec(), line(colour, 1.0, width));
        self.chart.plotting_area().draw(&path).map_err(failed)
    }

    pub(super) fn polygon(&self, corners: &[(f64, f64)], colour: RGBColor, opacity: f64) -> Drawn {
        let shape = Polygon::new(corners.to_vec(), colour.mix(opacity));
        self.chart.plotting_area().draw(&shape).map_err(failed)
    }

    pub(super) fn block(&self, from: (f64, f64), to: (f64, f64), colour: RGBColor) -> Drawn {
        let shape = Rectangle::new([from, to], colour.filled());
        self.chart.plotting_area().draw(&shape).map_err(failed)
    }

    pub(super) fn dot(&self, at: (f64, f64), radius: f64, colour: RGBColor) -> Drawn {
        let shape = Circle::new(at, units(radius), colour.filled());
        self.chart.plotting_area().draw(&shape).map_err(failed)
    }

    /// Level lines and labels of the vertical axis.
    pub(super) fn level_axis(&self, ticks: &[(f64, String)], title: &str) -> Drawn {
        for (value, label) in ticks {
            let y = self.place((self.x.0, *value)).1;
            let (from, to) = ((self.area.left, y), (self.area.right, y));
            self.canvas.rule(from, to, theme::GRID, 0.8)?;
            let at = (self.area.left - 8.0, y);
            self.canvas.text(label, at, Type::of(theme::TICK).soft().right())?;
        }
        self.side_title(title)
    }

    /// The title of the vertical axis, turned.
    pub(super) fn side_title(&self, title: &str) -> Drawn {
        self.turned_title(title, 56.0)
    }

    fn turned_title(&self, title: &str, away: f64) -> Drawn {
        let look = Type::of(theme::AXIS_TITLE).centred();
        let (title, size) = self.canvas.fit(title, self.area.bottom - self.area.top, look);
        let at = (self.area.left - away, f64::midpoint(self.area.top, self.area.bottom));
        self.canvas.text(&title, at, Type { size, ..look }.turned(-90.0))
    }

    /// Ticks, labels and title under the horizontal axis; labels that would touch are thinned.
    pub(super) fn base_axis(&self, spots: &[Spot], title: &str) -> Drawn {
        let Area { left, right, bottom, .. } = self.area;
        self.canvas.rule((left, bottom), (right, bottom), theme::SOFT, 0.8)?;
        let look = Type::of(theme::TICK).soft().centred().below();
        let step = self.thinning(spots, |label| self.canvas.width(label, look) + 16.0, true);
        for (at, spot) in spots.iter().enumerate() {
            let x = self.place((spot.at, self.y.0)).0;
            self.canvas.rule((x, bottom), (x, bottom + 4.0), theme::SOFT, 0.8)?;
            if at % step == 0 {
                self.canvas.text(&spot.label, (x, bottom + 7.0), look)?;
            }
        }
        let look = Type::of(theme::AXIS_TITLE).centred().below();
        let (title, size) = self.canvas.fit(title, right - left, look);
        let at = (f64::midpoint(left, right), bottom + 27.0);
        self.canvas.text(&title, at, Type { size, ..look })
    }

    /// Ticks and labels at the left of a heatmap.
    pub(super) fn side_axis(&self, spots: &[Spot], title: &str) -> Drawn {
        let Area { left, top, bottom, .. } = self.area;
        self.canvas.rule((left, top), (left, bottom), theme::SOFT, 0.8)?;
        let step = self.thinning(spots, |_| 15.0, false);
        let widest = self.canvas.widest(spots);
        for (at, spot) in spots.iter().enumerate() {
            let y = self.place((self.x.0, spot.at)).1;
            self.canvas.rule((left - 4.0, y), (left, y), theme::SOFT, 0.8)?;
            if at % step == 0 {
                let look = Type::of(theme::TICK).soft().right();
                let (label, size) = self.canvas.fit(&spot.label, widest, look);
                self.canvas.text(&label, (left - 8.0, y), Type { size, ..look })?;
            }
        }
        self.turned_title(title, (widest + 24.0).max(56.0))
    }

    /// Every how many labels can be shown so that none touches the next.
    fn thinning(&self, spots: &[Spot], size: impl Fn(&str) -> f64, across: bool) -> usize {
        let place = |spot: &Spot| {
            let at = if across {
                self.place((spot.at, self.y.0)).0
            } else {
                self.place((self.x.0, spot.at)).1
            };
            (at, size(&spot.label))
        };
        let places: Vec<(f64, f64)> = spots.iter().map(place).collect();
        let clear = |step: usize| {
            let kept: Vec<_> = places.iter().step_by(step).collect();
            kept.windows(2)
                .all(|two| (two[1].0 - two[0].0).abs() >= f64::midpoint(two[0].1, two[1].1))
        };
        (1..places.len()).find(|step| clear(*step)).unwrap_or(places.len().max(1))
    }
}

/// Round ticks over a range: about five of them.
pub(super) fn ticks((low, high): Ends) -> Vec<f64> {
    let rough = (high - low) / 5.0;
    let size = libm::pow(10.0, libm::floor(libm::log10(rough)));
    let step = [1.0, 2.0, 2.5, 5.0, 10.0].into_iter().find(|m| m * size >= rough * 0.999);
    let step = step.unwrap_or(10.0) * size;
    let first = (low / step - 1e-9).ceil() as i64;
    let last = (high / step + 1e-9).floor() as i64;
    (first..=last).map(|k| k as f64 * step).collect()
}

/// A number for a tick: as many decimals as it needs, at most three.
pub(super) fn short(value: f64) -> String {
    let text = format!("{value:.3}");
    let text = text.trim_end_matches('0').trim_end_matches('.');
    if text == "-0" { "0".to_owned() } else { text.replace('-', "−") }
}

/// A count with thin spaces between thousands.
pub(super) fn grouped(count: f64) -> String {
    let digits = format!("{count:.0}");
    let mut out = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at) % 3 == 0 {
            out.push('\u{a0}');
        }
        out.push(digit);
    }
    out
}
