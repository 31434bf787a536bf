//! A weekday, a day and a time that stand together and say one thing: "Monday, March 10, 2025 at 3 pm".

use super::time::{self, Time};
use super::{begins, ends, numeric, relative, written, Habits, Part, Stamp};
use crate::text::{Key, Shape, Tokens};

/// The longest date or time that begins at `place`.
pub fn at(tokens: &Tokens, place: usize, habits: &Habits) -> Option<Part> {
    if let Some(part) = day_at(tokens, place, habits) {
        let part = with_time(tokens, part);
        // A date set right against letters is one only with the time that they begin.
        return ends(tokens, part.end).then_some(part);
    }
    let time = time::at(tokens, place)?;
    if let Some(part) = day_after(tokens, &time, habits) {
        return Some(part);
    }
    let stamp = |value| Stamp::of("time", value);
    time.telling.then(|| Part { end: time.end, outcome: time.outcome.map(stamp) })
}

/// A day, with the weekday before it if one is written.
fn day_at(tokens: &Tokens, place: usize, habits: &Habits) -> Option<Part> {
    let day = |place| {
        numeric::at(tokens, place, habits)
            .or_else(|| written::at(tokens, place, habits))
            .or_else(|| basic_day(tokens, place))
            .or_else(|| relative::at(tokens, place, habits))
    };
    let Some(weekday) = tokens.weekday(place) else { return day(place) };
    let mut next = tokens.after_mark(tokens.after_mark(place + 1, "."), ",");
    if tokens.shape(next) != Some(Shape::Space) {
        return day(place);
    }
    next += 1;
    if tokens.is_key(next, Key::The) {
        next = tokens.after_space(next + 1);
    }
    let dated = numeric::at(tokens, next, habits).or_else(|| written::at(tokens, next, habits));
    let Some(mut part) = dated else { return day(place) };
    if let Ok(stamp) = &mut part.outcome {
        stamp.weekday_matches = stamp.day.map(|day| day.weekday() == weekday);
    }
    Some(part)
}

/// ISO 8601's basic form, which is told from a number by the time after it: 20250309T101500Z.
fn basic_day(tokens: &Tokens, place: usize) -> Option<Part> {
    let digits = tokens.at(place);
    if tokens.shape(place) != Some(Shape::Number) || digits.len() != 8 || tokens.at(place + 1) != "T" {
        return None;
    }
    time::basic(tokens, place + 2)?;
    let written = format!("{}-{}-{}", &digits[..4], &digits[4..6], &digits[6..]);
    let day = crate::calendar::Date::parse(&written)?;
    Some(Part { end: place + 1, outcome: Ok(Stamp::day(day)) })
}

/// The day with the time after it, if one follows.
fn with_time(tokens: &Tokens, part: Part) -> Part {
    let Ok(stamp) = &part.outcome else { return part };
    if stamp.form != "date" && stamp.form != "day" {
        return part;
    }
    let Some(time) = time_after(tokens, part.end) else { return part };
    let outcome = time.outcome.map(|time| join(stamp.clone(), &time));
    Part { end: time.end, outcome }
}

/// The time that belongs to a day which ends before `place`.
fn time_after(tokens: &Tokens, place: usize) -> Option<Time> {
    if tokens.at(place) == "T" {
        return time::at(tokens, place + 1).or_else(|| time::basic(tokens, place + 1));
    }
    if tokens.is_mark(place, ":") {
        return time::at(tokens, place + 1).filter(|_| place > 0 && tokens.is_mark(place - 2, "/"));
    }
    let at = tokens.after_space(tokens.after_mark(place, ","));
    if at == place || tokens.shape(at - 1) != Some(Shape::Space) {
        return None;
    }
    let told = tokens.is_key(at, Key::At) || tokens.is_mark(at, "@-–");
    let start = if told { tokens.after_space(at + 1) } else { at };
    time::at(tokens, start).filter(|time| told || time.telling)
}

/// A time, then its day: "3 pm on 9 March 2025", "14 h le 9 mars".
fn day_after(tokens: &Tokens, time: &Time, habits: &Habits) -> Option<Part> {
    let mut at = tokens.after_space(tokens.after_mark(time.end, ","));
    if tokens.is_key(at, Key::On) {
        at = tokens.after_space(at + 1);
    }
    if tokens.is_key(at, Key::The) {
        at = tokens.after_space(at + 1);
    }
    if at == time.end || !begins(tokens, at) {
        return None;
    }
    let part = day_at(tokens, at, habits)?;
    let Ok(stamp) = &part.outcome else { return None };
    let Ok(written) = &time.outcome else { return None };
    matches!(stamp.form, "date" | "day").then(|| Part { end: part.end, outcome: Ok(join(stamp.clone(), written)) })
}

fn join(day: Stamp, time: &str) -> Stamp {
    let form = if day.form == "date" { "datetime" } else { "day_and_time" };
    Stamp { form, value: format!("{}T{time}", day.value), ..day }
}
