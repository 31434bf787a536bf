//! Dates with the month as a word: "March 9, 2025", "le 9 mars 2025", "3-5 March", "mars 2025".

use super::{ends, Habits, Part, Stamp};
use crate::calendar::{days_of_month, Date, NoDate};
use crate::found::Reason;
use crate::settings::Language;
use crate::text::{Key, Tokens};

/// Years that may stand beside a month's name.
const YEARS: std::ops::RangeInclusive<u32> = 1000..=2999;
/// A year with a 29th of February, for dates without a year.
const LEAP: u16 = 2024;
/// Letters of French months, whose names are no words of English.
const FRENCH: &[char] = &['é', 'û', '\u{301}', '\u{302}'];

/// The date at `place`, which begins with a day or a month.
pub fn at(tokens: &Tokens, place: usize, habits: &Habits) -> Option<Part> {
    if tokens.number(place, 2).is_some() {
        days_first(tokens, place, habits)
    } else {
        month_first(tokens, place, habits)
    }
}

/// "9 March 2025", "1er janvier", "the 9th of March, 2025", "3–5 mars 2025", "9-Mar-2025".
fn days_first(tokens: &Tokens, place: usize, habits: &Habits) -> Option<Part> {
    let (first, mut at) = ordinal(tokens, place)?;
    let mut last = None;
    if let Some((second, after)) = until(tokens, at).and_then(|next| ordinal(tokens, next)) {
        (last, at) = (Some(second), after);
    }
    let hyphen = if tokens.is_mark(at, "-/") { tokens.at(at) } else { "" };
    at = if hyphen.is_empty() { tokens.after_space(at) } else { at + 1 };
    if tokens.is_key(at, Key::Of) {
        at = tokens.after_space(at + 1);
    }
    let month = tokens.month(at)?;
    let name = at;
    let (year, end) = match year_after(tokens, at + 1, hyphen) {
        Some((year, end)) => (Some(year), end),
        None => (None, at + 1),
    };
    let timed = hyphen == "/" && tokens.is_mark(end, ":");
    if !(timed || ends(tokens, end))
        || !hyphen.is_empty() && year.is_none()
        || year.is_none() && !names_a_month(tokens, name, habits)
    {
        return None;
    }
    days(first, last, month, year, habits).map(|outcome| Part { end, outcome })
}

/// "March 9, 2025", "Mar. 9th", "March 3–5, 2025", "mars 2025".
fn month_first(tokens: &Tokens, place: usize, habits: &Habits) -> Option<Part> {
    let month = tokens.month(place)?;
    if !names_a_month(tokens, place, habits) {
        return None;
    }
    if let Some((year, end)) = year_after(tokens, place + 1, "") {
        if !ends(tokens, end) {
            return None;
        }
        return Some(Part { end, outcome: Ok(Stamp::of("month", format!("{year:04}-{month:02}"))) });
    }
    let dotted = tokens.after_mark(place + 1, ".");
    let (first, mut end) = ordinal(tokens, tokens.after_space(dotted))?;
    if !tokens.at(place).starts_with(|letter: char| letter.is_ascii_uppercase())
        || tokens.after_space(dotted) == place + 1
    {
        return None;
    }
    let mut last = None;
    if let Some((second, after)) = until(tokens, end).and_then(|next| ordinal(tokens, next)) {
        if tokens.month(tokens.after_space(after)).is_none() {
            (last, end) = (Some(second), after);
        }
    }
    let year = year_after(tokens, end, "");
    if let Some((_, after)) = year {
        end = after;
    }
    let in_a_month = year.is_none()
        && last.is_none()
        && tokens.word_before(place, "").is_some_and(|word| matches!(tokens.at(word), "in" | "In" | "en" | "En"));
    if in_a_month || !ends(tokens, end) {
        return None;
    }
    days(first, last, month, year.map(|(year, _)| year), habits).map(|outcome| Part { end, outcome })
}

/// A day of one or two digits with its "th" or "er", and the place after it.
fn ordinal(tokens: &Tokens, place: usize) -> Option<(u8, usize)> {
    let day = tokens.number(place, 2)? as u8;
    Some((day, place + 1 + usize::from(tokens.is_key(place + 1, Key::Ordinal))))
}

/// The place after a hyphen, "to" or "au" between two days.
fn until(tokens: &Tokens, place: usize) -> Option<usize> {
    let at = tokens.after_space(place);
    let between = tokens.is_mark(at, "-–—") || tokens.is_key(at, Key::To) && !tokens.is_key(at, Key::And);
    between.then(|| tokens.after_space(at + 1))
}

/// The year after a month or a day, and the place after it; with `hyphen` it is joined by that.
fn year_after(tokens: &Tokens, place: usize, hyphen: &str) -> Option<(u16, usize)> {
    if !hyphen.is_empty() {
        let year = tokens.number(place + 1, 4).filter(|_| tokens.is_mark(place, hyphen))?;
        return match tokens.at(place + 1).len() {
            4 => Some((year as u16, place + 2)),
            2 if hyphen == "-" => Some((year as u16 + if year < 70 { 2000 } else { 1900 }, place + 2)),
            _ => None,
        };
    }
    let mut at = tokens.after_mark(tokens.after_mark(place, "."), ",");
    if at > place && tokens.after_space(at) == at {
        return None;
    }
    at = tokens.after_space(at);
    if tokens.is_key(at, Key::Of) {
        at = tokens.after_space(at + 1);
    }
    let year = tokens.number(at, 4).filter(|year| tokens.at(at).len() == 4 && YEARS.contains(year))?;
    (at > place).then_some((year as u16, at + 1))
}

/// Whether the word at `place` is meant as a month when no day and year make that plain.
fn names_a_month(tokens: &Tokens, place: usize, habits: &Habits) -> bool {
    let word = tokens.at(place);
    let capital = word.starts_with(char::is_uppercase);
    match habits.language {
        _ if word.contains(FRENCH) => true,
        Language::English => capital && word != "Mars",
        Language::French => capital || !matches!(word, "may" | "march" | "mar"),
    }
}

/// One day or a range of days of a month, with or without a year; nothing for numbers that no month counts.
fn days(first: u8, last: Option<u8>, month: u8, year: Option<u16>, habits: &Habits) -> Option<Result<Stamp, Reason>> {
    let latest = last.unwrap_or(first);
    let Some(year) = year else {
        if first == 0 || latest > 31 || latest < first {
            return None;
        }
        if latest > days_of_month(LEAP, month) {
            return Some(Err(Reason::Day));
        }
        return Some(Ok(without_year(first, last, month, habits)));
    };
    let ends = (Date::new(year, month, first), Date::new(year, month, latest));
    Some(match (ends, last) {
        ((Ok(day), _), None) => Ok(Stamp::day(day)),
        ((Ok(from), Ok(to)), Some(_)) if from < to => Ok(Stamp::of("range", format!("{from}/{to}"))),
        ((Err(reason), _) | (_, Err(reason)), _) => Err(reason.into()),
        _ => return None,
    })
}

/// Without a reference day it stays without a year (`--03-09`); with one it is the nearest such day.
fn without_year(first: u8, last: Option<u8>, month: u8, habits: &Habits) -> Stamp {
    let nearest = |day: u8| habits.reference.and_then(|reference| nearest(reference, month, day));
    let bare = |day: u8| format!("--{month:02}-{day:02}");
    match (nearest(first), last) {
        (Some(day), None) => Stamp { resolved: true, ..Stamp::day(day) },
        (None, None) => Stamp::of("day", bare(first)),
        (Some(from), Some(last)) => match Date::new(from.year, month, last) {
            Ok(to) => Stamp { resolved: true, ..Stamp::of("range", format!("{from}/{to}")) },
            Err(NoDate::Day | NoDate::Month) => Stamp::of("range", format!("{}/{}", bare(first), bare(last))),
        },
        (None, Some(last)) => Stamp::of("range", format!("{}/{}", bare(first), bare(last))),
    }
}

/// The day of this month that is nearest to `reference`, the later one of two.
fn nearest(reference: Date, month: u8, day: u8) -> Option<Date> {
    let years = reference.year.saturating_sub(4)..=reference.year.saturating_add(4);
    years
        .filter_map(|year| Date::new(year, month, day).ok())
        .min_by_key(|date| ((date.days() - reference.days()).abs(), std::cmp::Reverse(date.days())))
}
