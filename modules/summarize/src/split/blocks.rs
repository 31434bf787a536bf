//! The parts of a text that no sentence crosses: paragraphs, headings, list items.

use super::Span;

/// All blocks of `text`, without list markers.
pub fn blocks(text: &str) -> Vec<Span> {
    let mut found = Vec::new();
    let mut open: Option<Span> = None;
    for line in lines(text) {
        let written = &text[line.start..line.end];
        let marker = marker_length(written);
        if written.trim().is_empty() || marker > 0 {
            found.extend(open.take());
        }
        if written.trim().is_empty() {
            continue;
        }
        let start = open.map_or(line.start + marker, |block| block.start);
        open = Some(Span { start, end: line.end });
        if is_heading(written) {
            found.extend(open.take());
        }
    }
    found.extend(open);
    found
}

/// Lines without their ends, which are CRLF, LF or CR.
fn lines(text: &str) -> impl Iterator<Item = Span> + '_ {
    let mut start = 0;
    text.split_inclusive(['\n', '\r'])
        .map(move |line| {
            let span = Span { start, end: start + line.len() };
            start = span.end;
            (span, line)
        })
        .filter(|(span, line)| *line != "\n" || span.start == 0 || !text[..span.start].ends_with('\r'))
        .map(|(span, _)| span)
}

/// The length of what marks a list item or heading at the start of a line: "- ", "• ", "3. ", "## "; else 0.
fn marker_length(line: &str) -> usize {
    let indent = line.len() - line.trim_start().len();
    let rest = &line[indent..];
    let sign =
        rest.find(|letter: char| !matches!(letter, '-' | '*' | '•' | '–' | '—' | '+' | '#' | '>' | '·')).unwrap_or(0);
    let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
    let numbered = usize::from((1..=3).contains(&digits) && matches!(rest.as_bytes().get(digits), Some(b'.' | b')')))
        * (digits + 1);
    let marker = sign.max(numbered);
    let spaced = marker > 0 && rest[marker..].starts_with([' ', '\t']);
    if spaced {
        indent + marker + 1
    } else {
        0
    }
}

/// Whether a line is a heading of its own (Markdown).
fn is_heading(line: &str) -> bool {
    line.trim_start().starts_with('#') && marker_length(line) > 0
}
