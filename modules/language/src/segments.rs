//! A text in several languages, cut where the language changes: at ends of sentences and of lines.

use crate::catalogue::Language;
use crate::detect::detect;

/// No more segments than this are given; the rest of the text belongs to the last one.
pub const MOST_SEGMENTS: usize = 200;
/// A piece with fewer bytes is joined with the next one, for it tells too little alone.
const SHORTEST: usize = 16;
/// How many pieces are looked at; those after them belong to the last segment.
const MOST_PIECES: usize = 2_000;

/// A stretch of text in one language.
#[derive(Clone, Debug, PartialEq)]
pub struct Segment {
    /// ISO 639-1, or nothing when there is too little to tell in the whole stretch.
    pub language: Option<&'static str>,
    /// The confidence of its surest piece.
    pub confidence: f64,
    /// Its first character, in code points of the text.
    pub start: usize,
    /// Just after its last character, in code points.
    pub end: usize,
}

/// The segments of `text` in their order. They touch, and together they are the text.
pub fn segments(text: &str, allowed: &[&'static Language]) -> Vec<Segment> {
    let mut found: Vec<Segment> = Vec::new();
    let mut point = 0;
    for (number, piece) in pieces(text).into_iter().enumerate() {
        let start = point;
        point += piece.chars().count();
        let (language, confidence) = if number < MOST_PIECES { reliable(piece, allowed) } else { (None, 0.0) };
        let full = found.len() == MOST_SEGMENTS;
        match found.last_mut() {
            Some(last) if language.is_none() || last.language.is_none() || last.language == language => {
                last.language = last.language.or(language);
                last.confidence = last.confidence.max(confidence);
                last.end = point;
            }
            Some(last) if full => last.end = point,
            _ => found.push(Segment { language, confidence, start, end: point }),
        }
    }
    found
}

fn reliable(piece: &str, allowed: &[&'static Language]) -> (Option<&'static str>, f64) {
    let detection = detect(piece, allowed);
    if detection.reliable {
        (detection.language, detection.confidence)
    } else {
        (None, 0.0)
    }
}

/// The text in pieces of about a sentence, each with the space after it.
fn pieces(text: &str) -> Vec<&str> {
    let mut cuts = Vec::new();
    let mut start = 0;
    let mut ended = false;
    for (at, letter) in text.char_indices() {
        if ended && !letter.is_whitespace() && !is_closing(letter) && at - start >= SHORTEST {
            cuts.push(&text[start..at]);
            start = at;
        }
        ended = match letter {
            '\n' | '.' | '!' | '?' | '\u{2026}' | '\u{3002}' | '\u{ff01}' | '\u{ff1f}' | '\u{61f}' | '\u{964}' => true,
            _ => ended && (letter.is_whitespace() || is_closing(letter)),
        };
    }
    if start < text.len() {
        cuts.push(&text[start..]);
    }
    cuts
}

fn is_closing(letter: char) -> bool {
    matches!(letter, '"' | '\'' | ')' | ']' | '\u{bb}' | '\u{201d}' | '\u{2019}' | '\u{300d}')
}
