//! Where sentences begin and end.
//!
//! A text is first cut into blocks (paragraphs, list items, headings), because no sentence goes on across
//! them; then each block at its stops, unless the stop belongs to an abbreviation, a number or a quotation
//! that goes on. Sentences without an end ("text with no final stop") end with their block.

mod abbreviations;
mod blocks;
mod stops;

use blocks::blocks;
use stops::ends_of_sentences;

/// The longest sentence in bytes; what goes on longer without a stop is cut at a space.
const LONGEST: usize = 1_200;

/// A sentence, in bytes of the text; neither end is white space.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// The first byte.
    pub start: usize,
    /// Just after the last byte.
    pub end: usize,
}

/// All sentences of `text` in order.
pub fn sentences(text: &str) -> Vec<Span> {
    let lowercase = !text.chars().any(char::is_uppercase);
    let mut found = Vec::new();
    for block in blocks(text) {
        let mut start = block.start;
        let ends = ends_of_sentences(&text[block.start..block.end], lowercase);
        for end in ends.into_iter().map(|end| block.start + end).chain([block.end]) {
            push_trimmed(text, start, end, &mut found);
            start = end;
        }
    }
    found
}

/// Add what stands between `start` and `end`, in pieces if it is too long to be a sentence.
fn push_trimmed(text: &str, start: usize, end: usize, found: &mut Vec<Span>) {
    let mut start = start;
    loop {
        let rest = &text[start..end];
        start += rest.len() - rest.trim_start().len();
        let end = start + text[start..end].trim_end().len();
        if end - start <= LONGEST {
            if text[start..end].chars().any(char::is_alphanumeric) {
                found.push(Span { start, end });
            }
            return;
        }
        let cut = cut_before(&text[start..end]);
        found.push(Span { start, end: start + text[start..start + cut].trim_end().len() });
        start += cut;
    }
}

/// Where to cut `long` so that the beginning is not too long: at its last space, else at a character.
fn cut_before(long: &str) -> usize {
    let mut most = LONGEST;
    while !long.is_char_boundary(most) {
        most -= 1;
    }
    match long[..most].rfind(char::is_whitespace) {
        Some(space) if space > 0 => space,
        _ => most,
    }
}
