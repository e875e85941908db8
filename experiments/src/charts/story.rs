//! The chart of a story: one replication of `peace`, month by month.

use engine::{Line, Story};
use outputs::chart::{Against, Axis as Spots, ChartSpec, Comparison, Frame, Series, Spot};

/// What is drawn of a month: its value in the story, and what it is called.
const PATHS: [(&str, &str); 6] = [
    ("held", "Share of the disputed land held by the challenger"),
    ("rhetoric", "Public rhetoric"),
    ("unity", "Unity of the coalition"),
    ("support", "Support, by capability"),
    ("belief", "Believed chance of a revisionist"),
    ("audience", "Audience stock"),
];

/// The timeline of a replication; words where the world tells no months.
pub fn story_chart(title: &str, caption: &str, story: &Story) -> ChartSpec {
    let months: Vec<(f64, &Line)> =
        story.lines.iter().filter(|line| line.event == "month").filter_map(numbered).collect();
    let end = story.lines.iter().rev().find(|line| line.event == "end");
    let ended = end.map_or(String::new(), |line| format!("; {}", small(&line.text)));
    let frame = Frame {
        title: title.to_owned(),
        subtitle: format!("Dots: months with an offer{ended}"),
        caption: caption.to_owned(),
    };
    if months.is_empty() {
        return ChartSpec::Words(frame, "This world tells no story by months.".to_owned());
    }
    let offers = story.lines.iter().filter(|line| line.event == "offer").filter_map(numbered);
    let offers: Vec<f64> = offers.map(|(month, _)| month).collect();
    let panel = |(key, title): &(&str, &str)| {
        let value = |line: &Line| line.values.iter().find(|(name, _)| name == key).map(|(_, v)| *v);
        let path = months.iter().filter_map(|(month, line)| Some((*month, value(line)?)));
        let curve: Vec<(f64, f64)> = path.collect();
        let offered = curve.iter().filter(|(month, _)| offers.contains(month));
        let points = offered.map(|(month, value)| (*month, *value, None)).collect();
        let simulated = Series { name: String::new(), points };
        Comparison { title: (*title).to_owned(), simulated, curve }
    };
    let last = months.last().map_or(1.0, |(month, _)| *month) as u32;
    let step = [1, 2, 3, 6, 12, 24].into_iter().find(|step| last / step <= 10).unwrap_or(60);
    let spot = |month: u32| Spot { at: f64::from(month), label: month.to_string() };
    let between = (1..last).filter(|month| month.is_multiple_of(step) && last - month >= step);
    let levels = std::iter::once(0).chain(between).chain([last]).map(spot).collect();
    ChartSpec::Against(Against {
        frame,
        x: Spots { title: "Month".to_owned(), levels },
        panels: PATHS.iter().map(panel).collect(),
    })
}

/// A line with the number of its month.
fn numbered(line: &Line) -> Option<(f64, &Line)> {
    Some((line.when.strip_prefix("month ")?.parse().ok()?, line))
}

fn small(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().map(|letter| letter.to_lowercase().to_string());
    first.unwrap_or_default() + letters.as_str()
}
