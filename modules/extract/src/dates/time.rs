//! Times of day: 14:30, 10:42:07.5Z, 2:30 p.m., 14 h 30.

use super::ends;
use crate::found::Reason;
use crate::text::{Key, Shape, Tokens};

/// A time of day as ISO 8601 writes it.
pub struct Time {
    /// The place after it.
    pub end: usize,
    /// hh:mm, hh:mm:ss, with fraction and zone where they are written.
    pub outcome: Result<String, Reason>,
    /// Whether nothing else looks like this, so that it stands without a date.
    pub telling: bool,
}

/// The time at `place`.
pub fn at(tokens: &Tokens, place: usize) -> Option<Time> {
    let hour = tokens.number(place, 2)?;
    let time = if tokens.is_mark(place + 1, ":") {
        clock(tokens, place, hour)
    } else {
        french(tokens, place, hour).or_else(|| half_day(tokens, place + 1, hour, "00".to_owned(), ""))
    }?;
    ends(tokens, time.end).then_some(time)
}

/// ISO 8601's basic form after a T: 101500Z.
pub fn basic(tokens: &Tokens, place: usize) -> Option<Time> {
    let digits = tokens.at(place);
    if tokens.shape(place) != Some(Shape::Number) || !matches!(digits.len(), 4 | 6) {
        return None;
    }
    let two = |at: usize| digits.get(at..at + 2).and_then(|two| two.parse().ok());
    let seconds = if digits.len() == 6 { format!(":{}", &digits[4..]) } else { String::new() };
    let (end, zone) = zone(tokens, place + 1);
    let outcome = checked(two(0)?, two(2)?, &seconds, &zone);
    ends(tokens, end).then_some(Time { end, outcome, telling: true })
}

/// 14:30, with seconds, a fraction of them, "pm" and a zone.
fn clock(tokens: &Tokens, place: usize, hour: u32) -> Option<Time> {
    let minute = tokens.number(place + 2, 2).filter(|_| tokens.at(place + 2).len() == 2)?;
    let mut end = place + 3;
    let mut seconds = String::new();
    if tokens.is_mark(end, ":") && tokens.at(end + 1).len() == 2 && tokens.number(end + 1, 2).is_some() {
        seconds = format!(":{}", tokens.at(end + 1));
        end += 2;
        if tokens.is_mark(end, ".,") && tokens.number(end + 1, 9).is_some() {
            seconds += &format!(".{}", tokens.at(end + 1));
            end += 2;
        }
    }
    if let Some(half) = half_day(tokens, end, hour, format!("{minute:02}"), &seconds) {
        return Some(half);
    }
    let (end, zone) = zone(tokens, end);
    let telling = !is_ratio(tokens, place);
    let outcome = checked(hour, minute, &seconds, &zone);
    // 16:90 without anything else is a ratio or a verse.
    Some(Time { end, telling: telling && outcome.is_ok(), outcome })
}

/// Whether one of the two words before `place` speaks of a ratio or a score.
fn is_ratio(tokens: &Tokens, place: usize) -> bool {
    let nearest = tokens.word_before(place, ":");
    let further = nearest.and_then(|word| tokens.word_before(word, ""));
    [nearest, further].into_iter().flatten().any(|word| tokens.is_key(word, Key::Ratio))
}

/// 14 h, 14h30, 14 heures 30.
fn french(tokens: &Tokens, place: usize, hour: u32) -> Option<Time> {
    let unit = tokens.after_space(place + 1);
    if !tokens.is_key(unit, Key::Hour) {
        return None;
    }
    let minute = tokens.after_space(unit + 1);
    if tokens.at(minute).len() == 2 && tokens.number(minute, 2).is_some() && ends(tokens, minute + 1) {
        let outcome = checked(hour, tokens.number(minute, 2)?, "", "");
        return Some(Time { end: minute + 1, telling: outcome.is_ok(), outcome });
    }
    let after = tokens.word_before(place, "");
    let telling = after.is_some_and(|word| {
        tokens.is_key(word, Key::At) || matches!(tokens.at(word), "vers" | "dès" | "avant" | "après" | "jusqu" | "Vers")
    });
    Some(Time { end: unit + 1, telling: telling && hour <= 24, outcome: checked(hour, 0, "", "") })
}

/// "2 pm", "2 p.m.": the time of `hour` on a clock of twelve, when that is written at `place`.
fn half_day(tokens: &Tokens, place: usize, hour: u32, minute: String, seconds: &str) -> Option<Time> {
    let at = tokens.after_space(place);
    let letter = |place: usize, letters: [&str; 2]| letters.contains(&tokens.at(place));
    let (afternoon, end) = if tokens.is_key(at, Key::Am) || tokens.is_key(at, Key::Pm) {
        (tokens.is_key(at, Key::Pm), at + 1)
    } else if letter(at, ["a", "A"]) || letter(at, ["p", "P"]) {
        if !tokens.is_mark(at + 1, ".") || !letter(at + 2, ["m", "M"]) {
            return None;
        }
        (letter(at, ["p", "P"]), tokens.after_mark(at + 3, "."))
    } else {
        return None;
    };
    let (end, zone) = zone(tokens, end);
    let outcome = match hour {
        1..=12 => checked(hour % 12 + if afternoon { 12 } else { 0 }, minute.parse().ok()?, seconds, &zone),
        _ => Err(Reason::Time),
    };
    Some(Time { end, outcome, telling: true })
}

/// "Z", "+02:00", "+0200", " UTC": the place after it and how ISO 8601 writes it.
fn zone(tokens: &Tokens, place: usize) -> (usize, String) {
    if matches!(tokens.at(place), "Z" | "z") {
        return (place + 1, "Z".to_owned());
    }
    let spaced = tokens.after_space(place);
    if tokens.is_key(spaced, Key::Utc) && !tokens.is_mark(spaced + 1, "+-−") {
        return (spaced + 1, "Z".to_owned());
    }
    let sign = if tokens.is_key(spaced, Key::Utc) { spaced + 1 } else { place };
    let sign = if tokens.is_mark(sign, "+-−") { sign } else { spaced };
    if tokens.is_mark(sign, "+-−") && tokens.shape(sign + 1) == Some(Shape::Number) {
        let written = if tokens.is_mark(sign, "+") { "+" } else { "-" };
        let hours = tokens.at(sign + 1);
        let (minutes, end) = match hours.len() {
            4 if sign == place || written == "+" => (&hours[2..], sign + 2),
            2 if tokens.is_mark(sign + 2, ":") && tokens.at(sign + 3).len() == 2 => (tokens.at(sign + 3), sign + 4),
            _ => return (place, String::new()),
        };
        let valid = hours[..2].parse::<u8>().is_ok_and(|hours| hours <= 14)
            && minutes.parse::<u8>().is_ok_and(|minutes| minutes < 60);
        if valid {
            return (end, format!("{written}{}:{minutes}", &hours[..2]));
        }
    }
    (place, String::new())
}

fn checked(hour: u32, minute: u32, seconds: &str, zone: &str) -> Result<String, Reason> {
    let second: u32 = seconds.get(1..3).map_or(0, |digits| digits.parse().unwrap_or(99));
    let whole_day = hour == 24 && minute == 0 && second == 0;
    // 60 is a leap second.
    if (hour > 23 && !whole_day) || minute > 59 || second > 60 {
        return Err(Reason::Time);
    }
    Ok(format!("{hour:02}:{minute:02}{seconds}{zone}"))
}
