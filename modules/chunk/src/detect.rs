//! Telling Markdown, HTML and plain text apart by what only one of them has.

use crate::lines::{indentation, lines, marker_length};
use crate::markdown::{atx_heading, fence, is_delimiter_row};
use crate::options::Format;

/// So many bytes are looked at.
const LOOKED_AT: usize = 1 << 16;
/// From so much evidence on a text is Markdown.
const ENOUGH: usize = 2;

/// End tags that prose has no reason to hold.
const BLOCK_ENDS: &[&str] = &[
    "</p>",
    "</div>",
    "</li>",
    "</ul>",
    "</h1>",
    "</h2>",
    "</h3>",
    "</table>",
    "</pre>",
    "</body>",
    "</section>",
    "</article>",
];

/// The format of `text`.
pub fn detect(text: &str) -> Format {
    let mut length = text.len().min(LOOKED_AT);
    while !text.is_char_boundary(length) {
        length -= 1;
    }
    let text = text[..length].trim_start_matches('\u{feff}');
    let beginning: String = text.trim_start().chars().take(15).collect::<String>().to_ascii_lowercase();
    if beginning.starts_with("<!doctype html") || beginning.starts_with("<html") {
        return Format::Html;
    }
    let lower = text.to_ascii_lowercase();
    let tags: usize = BLOCK_ENDS.iter().map(|tag| lower.matches(tag).count()).sum();
    if tags > 0 && beginning.starts_with('<') {
        Format::Html
    } else if evidence_of_markdown(text) >= ENOUGH {
        Format::Markdown
    } else if tags >= 2 {
        Format::Html
    } else {
        Format::Text
    }
}

fn evidence_of_markdown(text: &str) -> usize {
    let mut evidence = usize::from(text.contains("](")) + usize::from(text.matches("**").count() >= 2);
    let mut items = 0;
    let mut after_empty = true;
    for (index, line) in lines(text).iter().enumerate() {
        let line = line.of(text);
        let (columns, bytes) = indentation(line);
        let written = &line[bytes..];
        if columns < 4 {
            let front_matter = index == 0 && matches!(line.trim_end(), "---" | "+++");
            let underlined = !after_empty && line.len() >= 3 && written.trim_end().bytes().all(|byte| byte == b'=');
            let heading = atx_heading(written).is_some_and(|(_, title)| !title.is_empty());
            if heading || fence(written).is_some() || front_matter || underlined || is_delimiter_row(line) {
                evidence += ENOUGH;
            }
            items +=
                usize::from(marker_length(written) > 0 && !written.starts_with(|letter: char| letter.is_ascii_digit()));
        }
        after_empty = written.trim().is_empty();
    }
    evidence + usize::from(items >= 2)
}
