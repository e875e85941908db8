//! The chart of a story: one replication of `peace`, month by month.

use engine::{Line, Story};
use models::{IssueRole, Role, Scenario};
use outputs::chart::{Aftermath, ChartSpec, Event, Frame, Lane, Strip, Timeline};

/// What is drawn of a month: its value in the story, and what it is called.
const STRIPS: [(&str, &[&str]); 6] = [
    ("held", &["Land held by the", "challenger; dots: offers"]),
    ("rhetoric", &["Public rhetoric"]),
    ("belief", &["Believed chance", "of a revisionist"]),
    ("support", &["Support, by capability"]),
    ("unity", &["Unity of the coalition"]),
    ("audience", &["Audience stock"]),
];

/// What becomes of an offer: its name and colour, that of the same cause in other charts.
const KINDS: [(&str, usize); 6] = [
    ("signed", 0),
    ("not endorsed", 1),
    ("defender refused", 3),
    ("both refused", 2),
    ("challenger refused", 4),
    ("nothing worth offering", 5),
];

/// The timeline of a replication; words where the world tells no months.
pub fn story_chart(title: &str, caption: &str, scenario: &Scenario, story: &Story) -> ChartSpec {
    let lines: Vec<(f64, &Line)> =
        story.lines.iter().filter_map(|line| numbered("month ", line)).collect();
    let end = story.lines.iter().rev().find(|line| line.event == "end");
    let frame = Frame {
        title: title.to_owned(),
        subtitle: end.map_or(String::new(), |line| line.text.clone()),
        caption: caption.to_owned(),
    };
    let months: Vec<(f64, &Line)> = of(&lines, "month").collect();
    let Some((last, _)) = months.last() else {
        return ChartSpec::Words(frame, "This world tells no story by months.".to_owned());
    };
    let offers = offers(&lines);
    let strip = |(key, title): &(&str, &[&str])| Strip {
        title: title.iter().map(|line| (*line).to_owned()).collect(),
        curve: months
            .iter()
            .filter_map(|(month, line)| Some((*month, value(line, key)?)))
            .collect(),
        dots: if *key == "held" { territory(&lines, &offers, scenario) } else { Vec::new() },
    };
    let name = |role: Role| {
        let actor = scenario.actors.iter().find(|actor| actor.role == role);
        actor.map_or("", |actor| actor.name.as_str()).to_owned()
    };
    let proposers = [name(Role::Challenger), name(Role::Defender), "Mediator".to_owned()];
    let by = |(at, name): (usize, &String)| Lane {
        name: format!("{name} offers"),
        spans: Vec::new(),
        events: offers.iter().filter(|own| own.proposer == at).map(|own| own.event).collect(),
    };
    let open =
        Lane { name: "Talks open".to_owned(), spans: open(&lines, *last), events: Vec::new() };
    ChartSpec::Timeline(Timeline {
        frame,
        last: *last,
        strips: STRIPS.iter().map(strip).collect(),
        lanes: std::iter::once(open).chain(proposers.iter().enumerate().map(by)).collect(),
        kinds: KINDS.iter().map(|(name, _)| (*name).to_owned()).collect(),
        hues: KINDS.iter().map(|(_, hue)| *hue).collect(),
        marked: of(&lines, "signed").map(|(month, _)| month).next(),
        after: aftermath(story, end),
    })
}

/// A line with the number of its month or year.
fn numbered<'a>(unit: &str, line: &'a Line) -> Option<(f64, &'a Line)> {
    Some((line.when.strip_prefix(unit)?.parse().ok()?, line))
}

fn of<'a>(lines: &[(f64, &'a Line)], event: &str) -> impl Iterator<Item = (f64, &'a Line)> {
    lines.iter().copied().filter(move |(_, line)| line.event == event)
}

fn value(line: &Line, name: &str) -> Option<f64> {
    line.values.iter().find(|(own, _)| own == name).map(|(_, value)| *value)
}

/// What a proposer did in a month.
struct Offer {
    proposer: usize,
    event: Event,
}

/// Every month in which somebody was to propose, and what became of it.
fn offers(lines: &[(f64, &Line)]) -> Vec<Offer> {
    let proposed = lines.iter().filter(|(_, line)| matches!(line.event, "offer" | "passed"));
    let offer = |(month, line): &(f64, &Line)| {
        let answers = || lines.iter().filter(|(own, _)| own == month).map(|(_, line)| *line);
        let refused = |side: f64| {
            answers().any(|line| line.event == "refuses" && value(line, "challenger") == Some(side))
        };
        let fate = match (line.event, refused(1.0), refused(0.0)) {
            ("passed", ..) => "nothing worth offering",
            (_, true, true) => "both refused",
            (_, true, false) => "challenger refused",
            (_, false, true) => "defender refused",
            _ if answers().any(|line| line.event == "signed") => "signed",
            _ => "not endorsed",
        };
        let kind = KINDS.iter().position(|(name, _)| *name == fate)?;
        let event = Event { month: *month, kind, hue: KINDS[kind].1 };
        Some(Offer { proposer: value(line, "proposer")? as usize, event })
    };
    proposed.filter_map(offer).collect()
}

/// The share of the land that each offer would leave to the challenger.
fn territory(
    lines: &[(f64, &Line)],
    offers: &[Offer],
    scenario: &Scenario,
) -> Vec<((f64, f64), usize)> {
    let issue = scenario.issues.iter().find(|issue| issue.role == Some(IssueRole::Territory));
    let Some(issue) = issue else { return Vec::new() };
    let column = format!("terms_{}", issue.name);
    let dot = |(month, line): (f64, &Line)| {
        let hue = offers.iter().find(|own| own.event.month == month)?.event.hue;
        Some(((month, value(line, &column)?), hue))
    };
    of(lines, "offer").filter_map(dot).collect()
}

/// The months in which there were talks, as spans.
fn open(lines: &[(f64, &Line)], last: f64) -> Vec<(f64, f64)> {
    let closed: Vec<f64> = of(lines, "no_talks").map(|(month, _)| month).collect();
    let mut spans: Vec<(f64, f64)> = Vec::new();
    for month in (1..=last as u32).map(f64::from).filter(|month| !closed.contains(month)) {
        match spans.last_mut() {
            Some((_, to)) if *to == month - 1.0 => *to = month,
            _ => spans.push((month, month)),
        }
    }
    spans
}

/// What was foreseen of the agreement year by year, and when it broke.
fn aftermath(story: &Story, end: Option<&Line>) -> Option<Aftermath> {
    let years = story.lines.iter().filter_map(|line| numbered("year ", line));
    let survival = years.filter_map(|(year, line)| Some((year, value(line, "survival")?)));
    let survival: Vec<(f64, f64)> = std::iter::once((0.0, 1.0)).chain(survival).collect();
    let collapse = end.and_then(|line| value(line, "collapse_year"));
    (survival.len() > 1).then_some(Aftermath { survival, collapse })
}
