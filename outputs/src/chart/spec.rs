//! What a chart shows, as data.

/// Any chart.
#[derive(Clone, Debug, PartialEq)]
pub enum ChartSpec {
    /// A number over two parameters.
    Heatmap(Heatmap),
    /// Numbers over one parameter, with bands.
    Lines(Lines),
    /// Distributions by level.
    Ridgelines(Ridgelines),
    /// Survival curves with a table of numbers at risk.
    Survival(Survival),
    /// Amounts stacked over levels.
    Stacked(Stacked),
    /// Several numbers over the same two parameters, side by side.
    Maps(Maps),
    /// Distributions as boxes, or numbers with intervals, by row and level.
    Boxes(Boxes),
    /// Paths through time as bands.
    Fans(Fans),
    /// Shares stacked over time.
    Areas(Areas),
    /// What agreements are worth to two sides.
    Plane(Plane),
    /// One replication through time.
    Timeline(Timeline),
    /// Simulated numbers over known curves.
    Against(Against),
    /// Boxes of inputs in which an outcome is likely.
    Discovery(Discovery),
    /// Words in place of a picture, where there is nothing to draw.
    Words(Frame, String),
}

/// What stands around a chart.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Frame {
    /// What is shown.
    pub title: String,
    /// Definition and unit.
    pub subtitle: String,
    /// Study, seed, replications, and what the intervals mean.
    pub caption: String,
}

/// A swept parameter.
#[derive(Clone, Debug, PartialEq)]
pub struct Axis {
    /// Its title.
    pub title: String,
    /// Its levels, in order.
    pub levels: Vec<Spot>,
}

/// One level of a swept parameter.
#[derive(Clone, Debug, PartialEq)]
pub struct Spot {
    /// Where it stands; levels that are words stand at 0, 1, 2 ….
    pub at: f64,
    /// What it is called.
    pub label: String,
}

/// A share or a difference over two parameters.
#[derive(Clone, Debug, PartialEq)]
pub struct Heatmap {
    /// Title and the like.
    pub frame: Frame,
    /// The parameter from left to right.
    pub x: Axis,
    /// The parameter from bottom to top.
    pub y: Axis,
    /// Short name of the share, for the colour bar.
    pub measure: String,
    /// One number for each level of y, then of x; nothing where it is not defined.
    pub cells: Vec<Vec<Option<f64>>>,
    /// What the numbers are.
    pub scale: Scale,
}

/// Shares from 0 to 1 over the same two parameters, side by side on one scale.
#[derive(Clone, Debug, PartialEq)]
pub struct Maps {
    /// Title and the like.
    pub frame: Frame,
    /// The parameter from left to right.
    pub x: Axis,
    /// The parameter from bottom to top.
    pub y: Axis,
    /// Title and cells of each, as in a [`Heatmap`].
    pub panels: Vec<(String, Vec<Vec<Option<f64>>>)>,
}

/// What the numbers of a heatmap are, which decides on colours and words.
#[derive(Clone, Debug, PartialEq)]
pub enum Scale {
    /// Shares from 0 to 1, with contours.
    Share,
    /// Differences from −`most` to `most`, around 0.
    Difference {
        /// The greatest, either way.
        most: f64,
        /// 1 for each cell whose interval contains 0, else 0; in the order of the cells.
        unsure: Vec<Vec<Option<f64>>>,
    },
}

/// Shares or amounts over one parameter.
#[derive(Clone, Debug, PartialEq)]
pub struct Lines {
    /// Title and the like.
    pub frame: Frame,
    /// The parameter.
    pub x: Axis,
    /// Title of the vertical axis.
    pub y_title: String,
    /// Ends of the vertical axis.
    pub range: (f64, f64),
    /// One or more lines.
    pub series: Vec<Series>,
    /// Whether levels are words, which are drawn as separate marks with whiskers.
    pub separate: bool,
    /// Whether the lines stand in an order, which their colours then show.
    pub ordered: bool,
}

/// One line.
#[derive(Clone, Debug, PartialEq)]
pub struct Series {
    /// What it is called; empty for a single line.
    pub name: String,
    /// In order of their places.
    pub points: Vec<Dot>,
}

/// A place, a value, and the ends of its interval where it has one.
pub type Dot = (f64, f64, Option<(f64, f64)>);

/// Distributions by level, in one panel or several side by side.
#[derive(Clone, Debug, PartialEq)]
pub struct Ridgelines {
    /// Title and the like.
    pub frame: Frame,
    /// Title of the levels.
    pub levels_title: String,
    /// Labels of the levels, from bottom to top.
    pub levels: Vec<String>,
    /// One for each quantity.
    pub panels: Vec<Panel>,
    /// What the marks mean, if there are any.
    pub legends: Vec<Legend>,
}

/// What a group of marks means.
#[derive(Clone, Debug, PartialEq)]
pub struct Legend {
    /// What the group is.
    pub title: String,
    /// What each of its signs is.
    pub names: Vec<String>,
}

/// A point to compare a distribution with.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Mark {
    /// Which legend it belongs to.
    pub legend: usize,
    /// Which name of that legend.
    pub name: usize,
    /// Where it stands.
    pub at: f64,
}

/// One quantity in ridgelines.
#[derive(Clone, Debug, PartialEq)]
pub struct Panel {
    /// Its name.
    pub title: String,
    /// What its ends mean.
    pub note: String,
    /// One for each level, from bottom to top.
    pub ridges: Vec<Ridge>,
}

/// One distribution on [0, 1].
#[derive(Clone, Debug, PartialEq)]
pub struct Ridge {
    /// Bins in order.
    pub bins: Vec<Count>,
    /// Points to compare it with.
    pub marks: Vec<Mark>,
}

/// How many numbers fell into a bin.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Count {
    /// Its left end.
    pub low: f64,
    /// Its right end.
    pub high: f64,
    /// How many.
    pub count: f64,
}

/// Survival curves.
#[derive(Clone, Debug, PartialEq)]
pub struct Survival {
    /// Title and the like.
    pub frame: Frame,
    /// The groups, in order.
    pub groups: Vec<Group>,
    /// What they are held against, in grey.
    pub reference: Option<Reference>,
}

/// A curve from elsewhere.
#[derive(Clone, Debug, PartialEq)]
pub struct Reference {
    /// What it is.
    pub note: String,
    /// Place, value, and the ends of its interval.
    pub points: Vec<(f64, f64, f64, f64)>,
}

/// One survival curve.
#[derive(Clone, Debug, PartialEq)]
pub struct Group {
    /// What it is called.
    pub name: String,
    /// One for each year from 0 on.
    pub steps: Vec<Step>,
}

/// One year of a survival curve.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Step {
    /// The year.
    pub year: f64,
    /// Share still in force.
    pub survival: f64,
    /// Its interval, where defined.
    pub interval: Option<(f64, f64)>,
    /// Agreements at risk.
    pub at_risk: f64,
}

/// One of several things that are stacked.
#[derive(Clone, Debug, PartialEq)]
pub struct Layer {
    /// What it is called.
    pub name: String,
    /// Its colour, by its place among categories: the same thing has one colour in all charts.
    pub hue: usize,
}

/// Amounts stacked over levels.
#[derive(Clone, Debug, PartialEq)]
pub struct Stacked {
    /// Title and the like.
    pub frame: Frame,
    /// The levels.
    pub x: Axis,
    /// Title of the vertical axis.
    pub y_title: String,
    /// What is stacked, from bottom to top.
    pub layers: Vec<Layer>,
    /// One amount for each level, then layer; nothing for a level that was not played.
    pub amounts: Vec<Vec<f64>>,
}

/// Simulated numbers over one parameter, each in a panel with the curve known beforehand.
#[derive(Clone, Debug, PartialEq)]
pub struct Against {
    /// Title and the like.
    pub frame: Frame,
    /// The parameter.
    pub x: Axis,
    /// One for each number.
    pub panels: Vec<Comparison>,
}

/// A simulated number and a known curve.
#[derive(Clone, Debug, PartialEq)]
pub struct Comparison {
    /// What the number is.
    pub title: String,
    /// What was simulated.
    pub simulated: Series,
    /// The curve, from left to right.
    pub curve: Vec<(f64, f64)>,
}

/// Distributions or numbers in rows, with one for each level.
#[derive(Clone, Debug, PartialEq)]
pub struct Boxes {
    /// Title and the like.
    pub frame: Frame,
    /// Title of the horizontal axis.
    pub x_title: String,
    /// Ends of the horizontal axis, where they are fixed.
    pub range: Option<(f64, f64)>,
    /// Title of the levels.
    pub levels_title: String,
    /// Labels of the levels.
    pub levels: Vec<String>,
    /// From top to bottom.
    pub rows: Vec<BoxRow>,
}

/// A row of boxes.
#[derive(Clone, Debug, PartialEq)]
pub struct BoxRow {
    /// Its name.
    pub name: String,
    /// One for each level; nothing where there are no numbers.
    pub boxes: Vec<Option<Glyph>>,
}

/// What stands in a row for a level.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Glyph {
    /// A box: central half, central nine tenths, median.
    Box(Quantiles),
    /// A dot with whiskers: a value and the ends of its interval.
    Dot(f64, (f64, f64)),
}

/// Boxes of inputs in which an outcome is likely.
#[derive(Clone, Debug, PartialEq)]
pub struct Discovery {
    /// Title and the like.
    pub frame: Frame,
    /// Inputs with their ranges, from top to bottom.
    pub inputs: Vec<(String, (f64, f64))>,
    /// The boxes.
    pub boxes: Vec<Found>,
}

/// A box in which an outcome is likely.
#[derive(Clone, Debug, PartialEq)]
pub struct Found {
    /// Its name.
    pub name: String,
    /// For each input its lower and upper end, where it has one; nothing where the input is free.
    pub limits: Vec<Option<(Option<f64>, Option<f64>)>>,
    /// Coverage and density of the boxes on the way to it.
    pub path: Vec<(f64, f64)>,
    /// Its own.
    pub chosen: (f64, f64),
}

/// The 5, 25, 50, 75 and 95 % quantiles.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Quantiles(pub [f64; 5]);

/// Paths through time: one panel for each quantity, one band for each group.
#[derive(Clone, Debug, PartialEq)]
pub struct Fans {
    /// Title and the like.
    pub frame: Frame,
    /// Title of the horizontal axis.
    pub x_title: String,
    /// Names of the groups.
    pub groups: Vec<String>,
    /// One for each quantity.
    pub panels: Vec<FanPanel>,
}

/// One quantity through time.
#[derive(Clone, Debug, PartialEq)]
pub struct FanPanel {
    /// Its name.
    pub title: String,
    /// For each group its quantiles by time; a group may end early, or be empty.
    pub fans: Vec<Vec<(f64, Quantiles)>>,
}

/// Shares of a whole, stacked over time.
#[derive(Clone, Debug, PartialEq)]
pub struct Areas {
    /// Title and the like.
    pub frame: Frame,
    /// Title of the horizontal axis.
    pub x_title: String,
    /// Title of the vertical axis.
    pub y_title: String,
    /// What is stacked, from bottom to top.
    pub layers: Vec<Layer>,
    /// Side by side.
    pub panels: Vec<AreaPanel>,
}

/// One panel of stacked shares.
#[derive(Clone, Debug, PartialEq)]
pub struct AreaPanel {
    /// Its name.
    pub title: String,
    /// For each time one share for each layer, together 1.
    pub steps: Vec<(f64, Vec<f64>)>,
}

/// What agreements are worth to two sides: the contract curve between them, where agreements fall on
/// it, and points to compare it with.
#[derive(Clone, Debug, PartialEq)]
pub struct Plane {
    /// Title and the like.
    pub frame: Frame,
    /// Title of the horizontal axis.
    pub x_title: String,
    /// Title of the vertical axis.
    pub y_title: String,
    /// The curve, evenly by the share of the way along it.
    pub curve: Vec<(f64, f64)>,
    /// Title of the levels.
    pub levels_title: String,
    /// For each level its label, and how many agreements fall on each part of the way along the curve.
    pub levels: Vec<(String, Vec<Count>)>,
    /// What both sides have without an agreement.
    pub without: (f64, f64),
    /// What points stand for, by kind.
    pub kinds: Vec<String>,
    /// Points with their names and kinds.
    pub marks: Vec<Place>,
}

/// A named point of a plane.
#[derive(Clone, Debug, PartialEq)]
pub struct Place {
    /// Its name.
    pub name: String,
    /// Which kind.
    pub kind: usize,
    /// Where it stands.
    pub at: (f64, f64),
}

/// One replication, month by month.
#[derive(Clone, Debug, PartialEq)]
pub struct Timeline {
    /// Title and the like.
    pub frame: Frame,
    /// The last month.
    pub last: f64,
    /// Curves, from top to bottom.
    pub strips: Vec<Strip>,
    /// Events, from top to bottom.
    pub lanes: Vec<Lane>,
    /// What the kinds of events are, and their colours by place among categories.
    pub kinds: Vec<String>,
    /// One for each kind.
    pub hues: Vec<usize>,
    /// A month that all strips mark: that of the signature.
    pub marked: Option<f64>,
    /// What became of what was signed.
    pub after: Option<Aftermath>,
}

/// A curve over months, with dots of other values.
#[derive(Clone, Debug, PartialEq)]
pub struct Strip {
    /// Its name, in one line or two.
    pub title: Vec<String>,
    /// The curve.
    pub curve: Vec<(f64, f64)>,
    /// Dots with their colours.
    pub dots: Vec<((f64, f64), usize)>,
}

/// Events of one sort over months.
#[derive(Clone, Debug, PartialEq)]
pub struct Lane {
    /// Its name.
    pub name: String,
    /// Months in which something lasted, ends included.
    pub spans: Vec<(f64, f64)>,
    /// Single events.
    pub events: Vec<Event>,
}

/// Something that happened in a month.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Event {
    /// The month.
    pub month: f64,
    /// Which kind of event.
    pub kind: usize,
    /// Its colour.
    pub hue: usize,
}

/// What became of what was signed.
#[derive(Clone, Debug, PartialEq)]
pub struct Aftermath {
    /// Year, and the chance to be in force at its end.
    pub survival: Vec<(f64, f64)>,
    /// The year in which it broke, if it did.
    pub collapse: Option<f64>,
}
