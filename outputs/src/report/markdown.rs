//! Reports as Markdown, for the appendix of a paper.

use super::{Block, Column, Document, Sheet};

/// The report as Markdown; charts are linked as `charts/<file>.png`.
pub fn markdown(document: &Document) -> String {
    let mut out = format!("# {}\n", plain(&document.title));
    for block in &document.blocks {
        out += "\n";
        out += &match block {
            Block::Heading(level, text) => {
                format!("{} {}\n", "#".repeat(usize::from(*level)), plain(text))
            }
            Block::Text(text) => format!("{}\n", plain(text)),
            Block::Lead(text) => format!("**{}**\n", plain(text)),
            Block::List(points) => points
                .iter()
                .map(|point| format!("- {}\n", plain(point)))
                .collect::<Vec<_>>()
                .concat(),
            Block::Sheet(sheet) => table(sheet),
            Block::Figure(figure) => {
                format!("![{}](charts/{}.png)\n", plain(&figure.alt), figure.file)
            }
        };
    }
    out
}

fn table(sheet: &Sheet) -> String {
    let line = |cells: &mut dyn Iterator<Item = String>| {
        format!("| {} |\n", cells.collect::<Vec<String>>().join(" | "))
    };
    let mut out = format!("*{}*\n\n", plain(&sheet.caption));
    out += &line(&mut sheet.columns.iter().map(|column| plain(&column.name)));
    let rule = |column: &Column| if column.numeric { "---:" } else { "---" }.to_owned();
    out += &line(&mut sheet.columns.iter().map(rule));
    for row in &sheet.rows {
        out += &line(&mut row.iter().map(|cell| plain(cell)));
    }
    out
}

/// A text in which no character means markup.
fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '|' | '#' | '$' => {
                out.push('\\');
                out.push(character);
            }
            '\n' | '\r' => out.push(' '),
            other => out.push(other),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_cannot_break_a_table() {
        let sheet = Sheet {
            caption: "A | B".into(),
            columns: vec![Column::text("x"), Column::numbers("y")],
            rows: vec![vec!["a|b\nc".into(), "1".into()]],
        };
        assert_eq!(table(&sheet), "*A \\| B*\n\n| x | y |\n| --- | ---: |\n| a\\|b c | 1 |\n");
    }
}
