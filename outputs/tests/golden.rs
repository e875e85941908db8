//! The same data, the same bytes: charts of every kind from fixed numbers against their hashes.
//!
//! A change of looks changes hashes: look at the pictures, then put the new ones here.

use outputs::chart::{
    Aftermath, Against, AreaPanel, Areas, Axis, BoxRow, Boxes, ChartSpec, Comparison, Count,
    Discovery, Event, FanPanel, Fans, Found, Frame, Glyph, Group, Heatmap, Lane, Layer, Legend,
    Lines, Maps, Mark, Medium, Panel, Place, Plane, Quantiles, Reference, Ridge, Ridgelines, Scale,
    Series, Spot, Stacked, Step, Strip, Survival, Timeline, describe, draw,
};
use outputs::hash;

fn frame(title: &str) -> Frame {
    Frame { title: title.into(), subtitle: "From fixed numbers".into(), caption: "No study".into() }
}

fn axis(title: &str, count: u32) -> Axis {
    let spot = |at: u32| Spot { at: f64::from(at), label: at.to_string() };
    Axis { title: title.into(), levels: (0..count).map(spot).collect() }
}

/// A number from 0 to 1 that wanders.
fn share(x: u32, y: u32) -> f64 {
    f64::from((x * 37 + y * 61) % 101) / 101.0
}

fn heatmap(scale: Scale) -> ChartSpec {
    let row = |y: u32| (0..5).map(|x| (x + y > 0).then(|| share(x, y))).collect();
    let cells = (0..4).map(row).collect();
    let (x, y, measure) = (axis("Across", 5), axis("Up", 4), "P".to_owned());
    ChartSpec::Heatmap(Heatmap { frame: frame("Cells"), x, y, measure, cells, scale })
}

fn maps() -> ChartSpec {
    let cells = |shift: u32| -> Vec<Vec<Option<f64>>> {
        (0..4).map(|y| (0..5).map(|x| Some(share(x + shift, y))).collect()).collect()
    };
    ChartSpec::Maps(Maps {
        frame: frame("Maps"),
        x: axis("Across", 5),
        y: axis("Up", 4),
        panels: vec![("one".into(), cells(0)), ("two".into(), cells(7))],
    })
}

fn series(name: &str, shift: u32) -> Series {
    let point = |x: u32| {
        let value = share(x, shift);
        (f64::from(x), value, Some((value * 0.9, 0.1 + value * 0.9)))
    };
    Series { name: name.into(), points: (0..6).map(point).collect() }
}

fn lines() -> ChartSpec {
    ChartSpec::Lines(Lines {
        frame: frame("Lines"),
        x: axis("Along", 6),
        y_title: "Share".into(),
        range: (0.0, 1.0),
        series: vec![series("one", 1), series("two", 2)],
        separate: false,
        ordered: true,
    })
}

fn ridgelines() -> ChartSpec {
    let bin = |at: u32, shift: u32| {
        let low = f64::from(at) / 50.0;
        Count { low, high: low + 0.02, count: (40.0 * share(at / 8, shift)).floor() }
    };
    let ridge = |shift: u32| Ridge {
        bins: (0..50).map(|at| bin(at, shift)).collect(),
        marks: vec![Mark { legend: 0, name: 0, at: share(shift, 3) }],
    };
    let ridges = vec![ridge(1), ridge(2)];
    ChartSpec::Ridgelines(Ridgelines {
        frame: frame("Ridges"),
        levels_title: "Level".into(),
        levels: vec!["0".into(), "1".into()],
        panels: vec![Panel { title: "Issue".into(), note: "level".into(), ridges }],
        legends: vec![Legend { title: "Theory".into(), names: vec!["Nash".into()] }],
    })
}

fn survival() -> ChartSpec {
    let step = |year: u32| Step {
        year: f64::from(year),
        survival: 1.0 - 0.05 * f64::from(year),
        interval: Some((1.0 - 0.07 * f64::from(year), 1.0 - 0.02 * f64::from(year))),
        at_risk: f64::from(1000 - 40 * year),
    };
    let group = |name: &str| Group { name: name.into(), steps: (0..=10).map(step).collect() };
    let points = vec![(0.0, 1.0, 1.0, 1.0), (5.0, 0.8, 0.7, 0.9), (10.0, 0.7, 0.5, 0.8)];
    ChartSpec::Survival(Survival {
        frame: frame("Survival"),
        groups: vec![group("one"), group("two")],
        reference: Some(Reference { note: "Grey: elsewhere".into(), points }),
    })
}

fn layers() -> Vec<Layer> {
    vec![Layer { name: "a".into(), hue: 0 }, Layer { name: "b".into(), hue: 4 }]
}

fn stacked() -> ChartSpec {
    ChartSpec::Stacked(Stacked {
        frame: frame("Stacks"),
        x: axis("Level", 3),
        y_title: "Months".into(),
        layers: layers(),
        amounts: (0..3).map(|x| vec![10.0 * share(x, 0), 5.0]).collect(),
    })
}

fn quantiles(from: f64) -> Quantiles {
    Quantiles([0.1, 0.2, 0.3, 0.5, 0.7].map(|x| x + from))
}

fn rows(glyphs: [Option<Glyph>; 2], range: Option<(f64, f64)>) -> ChartSpec {
    ChartSpec::Boxes(Boxes {
        frame: frame("Boxes"),
        x_title: "Payoff".into(),
        range,
        levels_title: "Level".into(),
        levels: vec!["0".into(), "1".into()],
        rows: vec![BoxRow { name: "A".into(), boxes: glyphs.to_vec() }],
    })
}

fn fans() -> ChartSpec {
    let fan = |from: f64, last: u32| -> Vec<(f64, Quantiles)> {
        (1..=last).map(|x| (f64::from(x), quantiles(from + 0.01 * f64::from(x)))).collect()
    };
    let panel = |title: &str, fans| FanPanel { title: title.into(), fans };
    ChartSpec::Fans(Fans {
        frame: frame("Fans"),
        x_title: "Month".into(),
        groups: vec!["one".into(), "other".into()],
        panels: vec![
            panel("Both", vec![fan(0.0, 24), fan(0.2, 9)]),
            panel("One", vec![fan(0.1, 24), Vec::new()]),
            panel("A single month", vec![fan(0.1, 1), Vec::new()]),
        ],
    })
}

fn areas() -> ChartSpec {
    let step = |x: u32| (f64::from(x), vec![share(x, 1), 1.0 - share(x, 1)]);
    let panel =
        |title: &str| AreaPanel { title: title.into(), steps: (1..=20).map(step).collect() };
    ChartSpec::Areas(Areas {
        frame: frame("Areas"),
        x_title: "Month".into(),
        y_title: "Share".into(),
        layers: layers(),
        panels: vec![panel("low"), panel("high")],
    })
}

fn plane() -> ChartSpec {
    let curve = |k: u32| {
        let x = 1.0 - f64::from(k) / 32.0;
        (x, 1.0 - x * x)
    };
    let bins = |shift: u32| -> Vec<Count> {
        let bin = |at: u32| {
            let low = f64::from(at) / 20.0;
            Count { low, high: low + 0.05, count: (30.0 * share(at / 4, shift)).floor() }
        };
        (0..20).map(bin).collect()
    };
    let mark = |name: &str, kind, at| Place { name: name.into(), kind, at };
    ChartSpec::Plane(Plane {
        frame: frame("Plane"),
        x_title: "One".into(),
        y_title: "Other".into(),
        curve: (0..=32).map(curve).collect(),
        levels_title: "Level".into(),
        levels: vec![("0".into(), bins(1)), ("1".into(), bins(2))],
        without: (0.3, 0.3),
        kinds: ["war", "solutions", "with others", "ideals"].map(str::to_owned).to_vec(),
        marks: vec![
            mark("War", 0, (0.3, 0.3)),
            mark("Nash", 1, (0.6, 0.64)),
            mark("egalitarian", 1, (0.601, 0.639)),
            mark("Nash", 2, (0.5, 0.75)),
            mark("A", 3, (1.0, 0.0)),
        ],
    })
}

fn against() -> ChartSpec {
    let curve = vec![(0.0, 0.2), (5.0, 0.7)];
    let panel = Comparison { title: "P".into(), simulated: series("", 4), curve };
    ChartSpec::Against(Against {
        frame: frame("Against"),
        x: axis("Along", 6),
        panels: vec![panel],
    })
}

fn discovery() -> ChartSpec {
    let found = |number: u32, limits: [Ends; 3]| Found {
        name: format!("box {number}"),
        limits: limits.to_vec(),
        path: (0..8).map(|x| (1.0 - 0.1 * f64::from(x), share(x, number))).collect(),
        chosen: (0.6, 0.7 / f64::from(number)),
    };
    ChartSpec::Discovery(Discovery {
        frame: frame("Discovery"),
        inputs: vec![
            ("one".into(), (0.0, 1.0)),
            ("two".into(), (-2.0, 3.0)),
            ("three".into(), (0.5, 9.0)),
        ],
        boxes: vec![
            found(1, [Some((Some(0.4), None)), None, Some((Some(2.0), Some(7.0)))]),
            found(2, [None, Some((None, Some(-1.5))), None]),
        ],
    })
}

type Ends = Option<(Option<f64>, Option<f64>)>;

fn timeline() -> ChartSpec {
    let strip = |shift: u32| Strip {
        title: vec!["Of a strip".into(), "the title".into()],
        curve: (1..=20).map(|x| (f64::from(x), share(x, shift))).collect(),
        dots: vec![((4.0, 0.5), 1)],
    };
    let event = |kind: usize| Event { month: 2.0 + 2.0 * kind as f64, kind, hue: kind };
    let lane = |name: &str, spans, events| Lane { name: name.into(), spans, events };
    let kinds: Vec<String> = (0..6).map(|kind| format!("kind {kind}")).collect();
    ChartSpec::Timeline(Timeline {
        frame: frame("Timeline"),
        last: 20.0,
        strips: vec![strip(1), strip(2)],
        lanes: vec![
            lane("Open", vec![(1.0, 4.0), (9.0, 9.0)], Vec::new()),
            lane("Offers", Vec::new(), (0..6).map(event).collect()),
        ],
        hues: (0..6).collect(),
        kinds,
        marked: Some(12.0),
        after: Some(Aftermath {
            survival: (0..=20)
                .map(|year| (f64::from(year), 1.0 - 0.02 * f64::from(year)))
                .collect(),
            collapse: Some(14.0),
        }),
    })
}

fn specs() -> Vec<(&'static str, ChartSpec)> {
    let unsure = (0..4).map(|y| (0..5).map(|x| Some(f64::from((x + y) % 2))).collect()).collect();
    vec![
        ("heatmap", heatmap(Scale::Share)),
        ("difference", heatmap(Scale::Difference { most: 1.0, unsure })),
        ("maps", maps()),
        ("lines", lines()),
        ("ridgelines", ridgelines()),
        ("survival", survival()),
        ("stacked", stacked()),
        ("boxes", rows([Some(Glyph::Box(quantiles(0.0))), Some(Glyph::Box(quantiles(0.1)))], None)),
        ("dots", rows([Some(Glyph::Dot(0.4, (0.3, 0.6))), None], Some((0.0, 1.0)))),
        ("fans", fans()),
        ("areas", areas()),
        ("plane", plane()),
        ("timeline", timeline()),
        ("against", against()),
        ("discovery", discovery()),
        ("words", ChartSpec::Words(frame("Words"), "Nothing to show.".into())),
    ]
}

/// The beginning of the BLAKE3 hash of each picture, as PNG and as SVG.
#[rustfmt::skip]
const GOLDEN: &[(&str, &str, &str)] = &[
    ("heatmap", "9547d361d12d6732", "2361782c8b787001"),
    ("difference", "13a27bda0ebc1fd1", "d487dc1a3c76b2d4"),
    ("maps", "3e26b0a95438b35a", "c9b91041279b40ab"),
    ("lines", "cfc3a75864ce57c7", "d4e11721ca3133ca"),
    ("ridgelines", "66ab40f437cd516b", "a5972662f09cf480"),
    ("survival", "14ffe3799410d124", "030acbf0955500fe"),
    ("stacked", "ebfe569784c3f042", "3cc0feaadb4a4862"),
    ("boxes", "f1e969e6ee6befe3", "f1f588192cf3259f"),
    ("dots", "7af0792db8b208f0", "97139cabafa95857"),
    ("fans", "ae5d1a0be723b1fd", "98034d79fcd7e792"),
    ("areas", "6138a358efb7e52c", "4f82676da4bc3368"),
    ("plane", "9151c4172bfd1134", "0b6cff3c0da6b77a"),
    ("timeline", "0b3ca9a5cbaa3b6c", "9f075e870cdc9fec"),
    ("against", "b58567da39288ff9", "96db1287ca8058f9"),
    ("discovery", "6129776e65553409", "f0aeb32f0c61b62b"),
    ("words", "bf978aebd0cfb092", "b1d253d2f6da18e8"),
];

#[test]
fn charts_of_fixed_numbers_have_fixed_bytes() {
    let line =
        |name: &str, png: &str, svg: &str| format!("    (\"{name}\", \"{png}\", \"{svg}\"),\n");
    let mut found = String::new();
    for (name, spec) in specs() {
        let of = |medium| hash(&draw(&spec, medium).expect("it can be drawn"))[..16].to_owned();
        found += &line(name, &of(Medium::Png), &of(Medium::Svg));
    }
    let mut known = String::new();
    GOLDEN.iter().for_each(|(name, png, svg)| known += &line(name, png, svg));
    assert!(found == known, "the pictures are now\n{found}");
}

#[test]
fn every_chart_says_in_words_what_it_shows() {
    for (name, spec) in specs() {
        let said = describe(&spec);
        assert!(said.contains("From fixed numbers") && said.ends_with('.'), "{name}: {said}");
        assert!(!said.contains("NaN") && !said.contains("inf"), "{name}: {said}");
    }
    // (37 x + 61 y) mod 101 over x < 5, y < 4 but for (0, 0): least 7 at (4, 1), greatest 98 at (1, 1).
    let said = describe(&heatmap(Scale::Share));
    let ends = "Lowest 0.069 at Across 4, Up 1; highest 0.97 at Across 1, Up 1.";
    assert!(said.contains("Heatmap of 19 cells") && said.contains(ends), "{said}");
}
