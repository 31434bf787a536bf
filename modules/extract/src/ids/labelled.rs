//! Numbers whose label stands before them: "invoice no. A-1234", "commande n° 4471920835", "VAT: DE136695976".

use super::labels::{FILLERS, LABELS, MARKERS, PREFIXES};
use super::{vat, Span};
use crate::found::Reading;
use crate::text::{Shape, Tokens};

/// The most tokens between a label and its number.
const MOST_BETWEEN: usize = 9;
/// The longest number, in bytes.
const LONGEST: usize = 40;
/// How many tokens before a label its "numéro de" may begin.
const BEFORE: usize = 5;

/// What stands between a label and its number.
struct Between {
    place: usize,
    /// "no.", "n°", "#", "id": a number is certain.
    marked: bool,
    /// A colon: a number is likely.
    colon: bool,
}

/// All labelled numbers.
pub fn find(tokens: &Tokens) -> Vec<Span> {
    let mut found: Vec<Span> = Vec::new();
    let mut place = 0;
    while place < tokens.len() {
        let one = if tokens.shape(place) == Some(Shape::Word) && tokens.at(place).len() <= 12 {
            at(tokens, place)
        } else {
            None
        };
        match one {
            Some((end, span)) => {
                found.push(span);
                place = end;
            }
            None => place += 1,
        }
    }
    found
}

/// The number whose label is at `place`, and a place behind which the next may begin.
fn at(tokens: &Tokens, place: usize) -> Option<(usize, Span)> {
    let written = tokens.at(place);
    let word = if written.is_ascii() { written.to_ascii_lowercase() } else { written.to_lowercase() };
    match word.as_str() {
        "vat" | "tva" => {
            let between = between(tokens, place + 1);
            return vat::at(tokens.text, tokens.start(between.place)).map(|span| (place + 1, span));
        }
        "siren" | "siret" => {
            let form = if word == "siren" { "siren" } else { "siret" };
            let between = between(tokens, place + 1);
            return vat::register(tokens.text, tokens.start(between.place), form).map(|span| (place + 1, span));
        }
        _ => {}
    }
    if let Some(span) = prefixed(tokens, place) {
        return Some((place + 1, span));
    }
    let (_, form, alone) = LABELS.iter().find(|(label, _, _)| *label == word)?;
    // "po" and "inv" in small letters are no labels; nor is "case" in "in case".
    let capital = written.len() > 3
        || written.starts_with(|letter: char| letter.is_uppercase())
        || matches!(word.as_str(), "ref" | "réf" | "cde");
    let in_case =
        tokens.word_before(place, "").is_some_and(|before| matches!(tokens.at(before), "in" | "In" | "en" | "En"));
    if !capital || in_case || tokens.is_mark(place + 1, "-_/@") {
        return None;
    }
    let mut between = between(tokens, place + 1);
    between.marked |= is_announced(tokens, place);
    if between.place == place + 1 {
        return None;
    }
    let (start, end) = number(tokens, between.place)?;
    let number = &tokens.text[start..end];
    accepts(number, &between, *alone).then(|| (between.place, (start, end, Ok(Reading::of(form, number)))))
}

/// "INV-2025-0117": capitals that are a label, a hyphen and at least three digits.
fn prefixed(tokens: &Tokens, place: usize) -> Option<Span> {
    let (_, form) = PREFIXES.iter().find(|(prefix, _)| *prefix == tokens.at(place))?;
    let bytes = tokens.text.as_bytes();
    if !tokens.is_mark(place + 1, "-") || !scanners::edges::begins(bytes, tokens.start(place)) {
        return None;
    }
    let (start, end) = number(tokens, place)?;
    let digits = tokens.text[start..end].bytes().filter(u8::is_ascii_digit).count();
    (digits >= 3).then(|| (start, end, Ok(Reading::of(form, &tokens.text[start..end]))))
}

/// Skips "no.", "n° :", "number is" and the like.
fn between(tokens: &Tokens, place: usize) -> Between {
    let mut between = Between { place, marked: false, colon: false };
    for _ in 0..MOST_BETWEEN {
        let at = between.place;
        match tokens.shape(at) {
            Some(Shape::Space) => {}
            Some(Shape::Mark) if tokens.is_mark(at, "#№") => between.marked = true,
            Some(Shape::Mark) if tokens.is_mark(at, ":=") => between.colon = true,
            Some(Shape::Mark) if tokens.is_mark(at, ".°º([\"'«") => {}
            Some(Shape::Word) => {
                let word = tokens.at(at).to_lowercase();
                let numero = word == "n" && tokens.is_mark(at + 1, "°º.");
                if numero || word == "nº" || MARKERS.contains(&word.as_str()) {
                    between.marked = true;
                } else if !FILLERS.contains(&word.as_str()) {
                    break;
                }
            }
            _ => break,
        }
        between.place += 1;
    }
    between
}

/// Whether "number of", "numéro de" or "n° de" stands before the label.
fn is_announced(tokens: &Tokens, place: usize) -> bool {
    (place.saturating_sub(BEFORE)..place).rev().take_while(|at| tokens.shape(*at) != Some(Shape::Break)).any(|at| {
        let word = tokens.at(at).to_lowercase();
        matches!(word.as_str(), "numéro" | "numero" | "nº") || word == "n" && tokens.is_mark(at + 1, "°º")
    })
}

/// The letters and digits from `place` on, in bytes, with single hyphens, slashes, dots and underscores inside.
fn number(tokens: &Tokens, place: usize) -> Option<(usize, usize)> {
    let bytes = tokens.text.as_bytes();
    let start = tokens.start(place);
    let mut end = start;
    for (at, byte) in bytes[start..].iter().enumerate().take(LONGEST + 1) {
        match byte {
            _ if byte.is_ascii_alphanumeric() => end = start + at + 1,
            b'-' | b'/' | b'.' | b'_' if end == start + at && at > 0 => {}
            _ => break,
        }
    }
    let rest = &tokens.text[end..];
    let goes_on = rest.starts_with(|letter: char| letter.is_alphanumeric() || "%€$£@".contains(letter));
    let decimal = matches!(bytes[end..], [b',' | b':', digit, ..] if digit.is_ascii_digit());
    let counted =
        matches!(rest.trim_start_matches([' ', '\u{a0}', '\u{202f}']).chars().next(), Some('€' | '%' | '$' | '£'));
    (end > start && end - start <= LONGEST && !goes_on && !decimal && !counted).then_some((start, end))
}

/// Whether `number` can be one that a label names; the less the label says so, the more its form must.
fn accepts(number: &str, between: &Between, alone: usize) -> bool {
    let digits = number.bytes().filter(u8::is_ascii_digit).count();
    let plain = digits == number.len();
    if between.marked {
        return digits > 0;
    }
    if between.colon {
        return if plain { digits >= 3 } else { digits >= 2 };
    }
    let year = plain && digits == 4 && (number.starts_with("19") || number.starts_with("20"));
    if plain {
        return alone > 0 && digits >= alone && !year;
    }
    let capital = !number.bytes().any(|byte| byte.is_ascii_lowercase()) && !number.contains('.');
    capital && number.len() >= 4 && digits >= 2 && alone > 0
}
