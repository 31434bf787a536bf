//! Days, months, weeks and times, as ISO 8601.

mod joined;
mod numeric;
mod relative;
mod time;
mod written;

pub use numeric::order_of_text;

use crate::calendar::{Date, NoDate};
use crate::found::{Found, Reading, Reason};
use crate::kind::Kind;
use crate::settings::{Language, Order};
use crate::text::{Shape, Tokens};

/// How dates are to be read.
#[derive(Clone, Copy, Debug)]
pub struct Habits {
    /// The order in dates of numbers.
    pub order: Order,
    /// Whether the caller or the text itself decided that order, rather than the language.
    pub decided: bool,
    /// Whether the caller did: then the other order is refused.
    pub told: bool,
    /// Which small words count.
    pub language: Language,
    /// The day from which "tomorrow" counts.
    pub reference: Option<Date>,
}

/// A date or time whose tokens end before the place `end`.
#[derive(Clone, Debug)]
struct Part {
    end: usize,
    outcome: Result<Stamp, Reason>,
}

/// What a date says.
#[derive(Clone, Debug, Default)]
struct Stamp {
    form: &'static str,
    value: String,
    /// The day, where exactly one is meant.
    day: Option<Date>,
    ambiguous: bool,
    resolved: bool,
    weekday_matches: Option<bool>,
}

impl Stamp {
    fn day(day: Date) -> Self {
        Self { form: "date", value: day.to_string(), day: Some(day), ..Self::default() }
    }

    fn of(form: &'static str, value: String) -> Self {
        Self { form, value, ..Self::default() }
    }
}

impl From<NoDate> for Reason {
    fn from(reason: NoDate) -> Self {
        match reason {
            NoDate::Month => Reason::Month,
            NoDate::Day => Reason::Day,
        }
    }
}

/// All dates and times, and what looks like one and cannot be.
pub fn find(tokens: &Tokens, habits: &Habits) -> Vec<Found> {
    let mut found = Vec::new();
    let mut place = 0;
    while place < tokens.len() {
        let part = match tokens.shape(place) {
            Some(Shape::Number | Shape::Word) if begins(tokens, place) => joined::at(tokens, place, habits),
            _ => None,
        };
        let Some(part) = part else {
            place += 1;
            continue;
        };
        let outcome = part.outcome.map(|stamp| Reading {
            form: stamp.form,
            value: stamp.value,
            ambiguous: stamp.ambiguous,
            resolved: stamp.resolved,
            weekday_matches: stamp.weekday_matches,
            ..Reading::default()
        });
        found.push(Found { kind: Kind::Date, start: tokens.start(place), end: tokens.end_before(part.end), outcome });
        place = part.end;
    }
    found
}

/// Whether a date may begin at `place`: not inside a word, a path, a handle or a longer number.
fn begins(tokens: &Tokens, place: usize) -> bool {
    let (bytes, start) = (tokens.text.as_bytes(), tokens.start(place));
    match bytes[..start] {
        [.., b'@' | b'#' | b'$' | b'%' | b'+' | b'\\' | b'_'] => false,
        [.., digit, b':'] if digit.is_ascii_digit() => false,
        [.., before, b'/'] if before.is_ascii_alphanumeric() => longer_before(bytes, start),
        _ => scanners::edges::begins(bytes, start),
    }
}

/// Whether a whole date stands before the slash before `start`, as in an ISO 8601 interval.
fn longer_before(bytes: &[u8], start: usize) -> bool {
    start >= 11 && std::str::from_utf8(&bytes[start - 11..start - 1]).is_ok_and(|text| Date::parse(text).is_some())
}

/// Whether a date of which `end` is the place after the last token may end there.
fn ends(tokens: &Tokens, end: usize) -> bool {
    let (bytes, end) = (tokens.text.as_bytes(), tokens.end_before(end));
    !matches!(bytes[end..], [b':', digit, ..] if digit.is_ascii_digit())
        && !matches!(bytes[end..], [b'%', ..])
        && scanners::edges::ends(bytes, end)
}
