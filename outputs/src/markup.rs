//! Text that is safe in HTML and SVG.

/// A text in which no character means markup.
pub fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => out += "&amp;",
            '<' => out += "&lt;",
            '>' => out += "&gt;",
            '"' => out += "&quot;",
            '\'' => out += "&#39;",
            // XML has no place for other control characters.
            c if c.is_control() && !matches!(c, '\n' | '\t') => out.push('\u{fffd}'),
            other => out.push(other),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_in_names_stays_text() {
        assert_eq!(
            escaped("<b onclick='x'>A & \"B\"\u{7}"),
            "&lt;b onclick=&#39;x&#39;&gt;A &amp; &quot;B&quot;\u{fffd}"
        );
    }
}
