//! Reports as HTML: one file that needs no network and no script to be read, on a screen, a phone or paper.

use super::{Block, Column, Document, Figure, Sheet};
use crate::markup::escaped;

const STYLE: &str = include_str!("report.css");
const SCRIPT: &str = include_str!("report.js");

/// The report as one page.
pub fn html(document: &Document) -> String {
    let title = escaped(&document.title);
    let contents = contents(document);
    let mut body = String::new();
    let mut headings = 0;
    for block in &document.blocks {
        body += &match block {
            Block::Heading(level, text) => {
                headings += 1;
                let text = escaped(text);
                format!("<h{level} id=\"s{headings}\">{text}</h{level}>\n")
            }
            Block::Text(text) => format!("<p>{}</p>\n", escaped(text)),
            Block::Lead(text) => format!("<p class=\"lead\">{}</p>\n", escaped(text)),
            Block::List(points) => {
                let points = points.iter().map(|point| format!("<li>{}</li>\n", escaped(point)));
                format!("<ul>\n{}</ul>\n", points.collect::<Vec<String>>().concat())
            }
            Block::Sheet(sheet) => table(sheet),
            Block::Figure(own) => figure(own),
        };
    }
    format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src \
         'unsafe-inline'; script-src 'unsafe-inline'; img-src data:\">\n\
         <title>{title}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n<header>\n\
         <h1>{title}</h1>\n</header>\n{contents}<main>\n{body}</main>\n\
         <script>\n{SCRIPT}</script>\n</body>\n</html>\n"
    )
}

/// Links to the headings of level 2.
fn contents(document: &Document) -> String {
    let headings = document.blocks.iter().filter_map(|block| match block {
        Block::Heading(level, text) => Some((*level, text)),
        _ => None,
    });
    let link = |(at, (level, text)): (usize, (u8, &String))| {
        let text = escaped(text);
        (level == 2).then(|| format!("<li><a href=\"#s{}\">{text}</a></li>\n", at + 1))
    };
    let links: Vec<String> = headings.enumerate().filter_map(link).collect();
    format!("<nav aria-label=\"Contents\">\n<ul>\n{}</ul>\n</nav>\n", links.concat())
}

fn table(sheet: &Sheet) -> String {
    let class = |column: &Column| if column.numeric { " class=\"n\"" } else { "" };
    let head = |column: &Column| {
        format!("<th scope=\"col\"{}>{}</th>", class(column), escaped(&column.name))
    };
    let row = |row: &Vec<String>| {
        let cell = |(column, text): (&Column, &String)| {
            format!("<td{}>{}</td>", class(column), escaped(text))
        };
        let cells: Vec<String> = sheet.columns.iter().zip(row).map(cell).collect();
        format!("<tr>{}</tr>\n", cells.concat())
    };
    let heads: Vec<String> = sheet.columns.iter().map(head).collect();
    let rows: Vec<String> = sheet.rows.iter().map(row).collect();
    format!(
        "<div class=\"sheet\" tabindex=\"0\" role=\"region\" aria-label=\"{0}\"><table>\n\
         <caption>{0}</caption>\n<thead><tr>{1}</tr></thead>\n<tbody>\n{2}</tbody>\n</table></div>\n",
        escaped(&sheet.caption),
        heads.concat(),
        rows.concat()
    )
}

fn figure(figure: &Figure) -> String {
    let alt = escaped(&figure.alt);
    let label = format!("<svg role=\"img\" aria-label=\"{alt}\" ");
    let svg = figure.svg.replacen("<svg ", &label, 1);
    format!("<figure>\n{svg}<figcaption>{alt}</figcaption>\n</figure>\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Relative luminance (WCAG 2.2) of "#rgb" or "#rrggbb".
    fn luminance(colour: &str) -> f64 {
        let digits = colour.trim_start_matches('#');
        let long = if digits.len() == 3 {
            digits.chars().flat_map(|digit| [digit, digit]).collect()
        } else {
            digits.to_owned()
        };
        let part = |at: usize| {
            let byte = u8::from_str_radix(&long[2 * at..2 * at + 2], 16).expect("two digits");
            let share = f64::from(byte) / 255.0;
            if share <= 0.040_45 { share / 12.92 } else { libm::pow((share + 0.055) / 1.055, 2.4) }
        };
        0.2126 * part(0) + 0.7152 * part(1) + 0.0722 * part(2)
    }

    #[test]
    fn text_stands_out_from_its_ground_in_every_scheme() {
        let schemes: Vec<&str> = STYLE.lines().filter(|line| line.contains("--ink:")).collect();
        assert_eq!(schemes.len(), 3);
        for scheme in schemes {
            let of = |name: &str| {
                let rest = scheme.split(&format!("--{name}:")).nth(1).expect("it is set");
                luminance(rest.split(';').next().expect("a colour").trim())
            };
            for ground in ["paper", "shade"] {
                for text in ["ink", "soft", "link"] {
                    let (a, b) = (of(text).max(of(ground)), of(text).min(of(ground)));
                    let contrast = (a + 0.05) / (b + 0.05);
                    // WCAG 2.2, success criterion 1.4.3.
                    assert!(contrast >= 4.5, "{text} on {ground}: {contrast:.2} in {scheme}");
                }
            }
        }
    }

    #[test]
    fn nothing_from_outside_becomes_markup() {
        let evil = "<script>alert(1)</script>";
        let sheet = Sheet {
            caption: evil.into(),
            columns: vec![Column::text(evil)],
            rows: vec![vec![evil.into()]],
        };
        let blocks = vec![
            Block::Heading(2, evil.into()),
            Block::Lead(evil.into()),
            Block::Text(evil.into()),
            Block::List(vec![evil.into()]),
            Block::Sheet(sheet),
            Block::Figure(Figure {
                file: evil.into(),
                svg: "<svg ></svg>".into(),
                alt: evil.into(),
            }),
        ];
        let page = html(&Document { title: evil.into(), blocks });
        assert!(!page.contains("<script>alert"), "{page}");
        // The page's own script, and nothing that leads out of the page.
        assert_eq!(page.matches("<script>").count(), 1);
        assert!(!page.contains("http:") && !page.contains("src=\""), "{page}");
    }
}
