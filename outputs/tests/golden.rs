//! The same data, the same bytes: charts of every kind from fixed numbers against their hashes.
//!
//! A change of looks changes hashes: look at the pictures, then put the new ones here.

use outputs::chart::{
    Against, Axis, BoxRow, Boxes, ChartSpec, Comparison, Count, Frame, Group, Heatmap, Legend,
    Lines, Maps, Mark, Medium, Panel, Quantiles, Reference, Ridge, Ridgelines, Scale, Series, Spot,
    Stacked, Step, Survival, describe, draw,
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

fn stacked() -> ChartSpec {
    ChartSpec::Stacked(Stacked {
        frame: frame("Stacks"),
        x: axis("Level", 3),
        y_title: "Months".into(),
        layers: vec!["a".into(), "b".into()],
        amounts: (0..3).map(|x| vec![10.0 * share(x, 0), 5.0]).collect(),
    })
}

fn boxes() -> ChartSpec {
    let quantiles =
        |at: u32| Some(Quantiles([0.1, 0.2, 0.3, 0.5, 0.7].map(|x| x + 0.05 * f64::from(at))));
    ChartSpec::Boxes(Boxes {
        frame: frame("Boxes"),
        x_title: "Payoff".into(),
        levels_title: "Level".into(),
        levels: vec!["0".into(), "1".into()],
        rows: vec![BoxRow { name: "A".into(), boxes: vec![quantiles(0), quantiles(2)] }],
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
        ("boxes", boxes()),
        ("against", against()),
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
    ("stacked", "b49221da47eaf0f5", "26ea1bf201227b5f"),
    ("boxes", "f1e969e6ee6befe3", "f1f588192cf3259f"),
    ("against", "b58567da39288ff9", "96db1287ca8058f9"),
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
