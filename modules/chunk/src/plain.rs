//! Reading plain text: paragraphs with empty lines between them. No line is taken for a heading.

use crate::document::{Kind, Outline};
use crate::lines::{is_empty, lines};

/// The paragraphs of `text`.
pub fn read(text: &str) -> Outline {
    let mut outline = Outline::default();
    let mut open: Option<(usize, usize)> = None;
    for line in lines(text) {
        if is_empty(line.of(text)) {
            if let Some((start, end)) = open.take() {
                outline.block(Kind::Paragraph, start, end);
            }
        } else {
            open = Some((open.map_or(line.start, |(start, _)| start), line.end));
        }
    }
    if let Some((start, end)) = open {
        outline.block(Kind::Paragraph, start, end);
    }
    outline
}
