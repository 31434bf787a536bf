//! Days that depend on the day of the text: "tomorrow", "dans trois jours", "next Friday". They are only looked for
//! when the caller says which day that is.

use super::{Habits, Part, Stamp};
use crate::calendar::Date;
use crate::text::{Key, Sense, Tokens};

/// The furthest distance that is counted, in units.
const FURTHEST: u32 = 9_999;

/// What is counted.
#[derive(Clone, Copy)]
enum Unit {
    Day,
    Week,
    Month,
    Year,
}

/// The relative date at `place`.
pub fn at(tokens: &Tokens, place: usize, habits: &Habits) -> Option<Part> {
    let today = habits.reference?;
    let (end, stamp) = named_day(tokens, place, today)
        .or_else(|| counted(tokens, place, today))
        .or_else(|| beside(tokens, place, today))?;
    Some(Part { end, outcome: Ok(Stamp { resolved: true, ..stamp }) })
}

/// "tomorrow", "the day after tomorrow", "après-demain", "aujourd'hui".
fn named_day(tokens: &Tokens, place: usize, today: Date) -> Option<(usize, Stamp)> {
    let shift = |place: usize| match () {
        () if tokens.is_key(place, Key::Today) => Some((0, place + 1)),
        () if tokens.is_key(place, Key::Tomorrow) => Some((1, place + 1)),
        () if tokens.is_key(place, Key::Yesterday) => Some((-1, place + 1)),
        () if tokens.is_key(place, Key::Aujourd)
            && tokens.is_mark(place + 1, "'’")
            && tokens.is_key(place + 2, Key::Hui) =>
        {
            Some((0, place + 3))
        }
        () => None,
    };
    let of = |(days, end): (i64, usize)| Some((end, Stamp::day(today.plus_days(days)?)));
    if let Some(found) = shift(place) {
        return of(found);
    }
    let word = if tokens.is_key(place, Key::Day) { tokens.after_space(place + 1) } else { place };
    if !tokens.is_key(word, Key::After) && !tokens.is_key(word, Key::Before) {
        return None;
    }
    let further = if word > place { tokens.after_space(word + 1) } else { tokens.after_mark(word + 1, "-‑") };
    match shift(further) {
        Some((1, end)) if tokens.is_key(word, Key::After) => of((2, end)),
        Some((-1, end)) if tokens.is_key(word, Key::Before) => of((-2, end)),
        _ => None,
    }
}

/// "in three days", "two weeks ago", "dans 3 jours", "il y a un mois".
fn counted(tokens: &Tokens, place: usize, today: Date) -> Option<(usize, Stamp)> {
    let (start, sign) = if tokens.is_key(place, Key::Il) {
        let y = tokens.after_space(place + 1);
        let a = tokens.after_space(y + 1);
        (tokens.is_key(y, Key::Y) && tokens.is_key(a, Key::A)).then(|| (tokens.after_space(a + 1), -1))?
    } else if matches!(tokens.at(place), "in" | "In" | "dans" | "Dans") {
        (tokens.after_space(place + 1), 1)
    } else {
        (place, 0)
    };
    let count = count(tokens, start)?;
    let at = tokens.after_space(start + 1);
    let unit = unit(tokens, at)?;
    let (sign, end) = if sign == 0 {
        let ago = tokens.after_space(at + 1);
        tokens.is_key(ago, Key::Ago).then_some((-1, ago + 1))?
    } else {
        (sign, at + 1)
    };
    let count = i64::from(count) * sign;
    let day = match unit {
        Unit::Day => today.plus_days(count),
        Unit::Week => today.plus_days(count * 7),
        Unit::Month => today.plus_months(count),
        Unit::Year => today.plus_months(count * 12),
    };
    Some((end, Stamp::day(day?)))
}

/// "next Friday", "last month", "this week", "vendredi prochain", "la semaine dernière", "ce mois".
fn beside(tokens: &Tokens, place: usize, today: Date) -> Option<(usize, Stamp)> {
    if let Some(direction) = direction(tokens, place) {
        let at = tokens.after_space(place + 1);
        return Some((at + 1, whole(tokens, at, direction, today)?));
    }
    let after = tokens.after_space(place + 1);
    let direction = direction(tokens, after).filter(|direction| *direction != 0 && after > place + 1)?;
    Some((after + 1, whole(tokens, place, direction, today)?))
}

fn direction(tokens: &Tokens, place: usize) -> Option<i64> {
    let keys = [(Key::Next, 1), (Key::Last, -1), (Key::This, 0)];
    keys.into_iter().find(|(key, _)| tokens.is_key(place, *key)).map(|(_, direction)| direction)
}

/// The weekday, week, month or year named at `place`, after, before or around today.
fn whole(tokens: &Tokens, place: usize, direction: i64, today: Date) -> Option<Stamp> {
    if let Some(weekday) = tokens.weekday(place).filter(|_| tokens.at(place).len() > 4) {
        let ahead = (i64::from(weekday) - i64::from(today.weekday())).rem_euclid(7);
        let days = match direction {
            0 => ahead,
            1 => {
                if ahead == 0 {
                    7
                } else {
                    ahead
                }
            }
            _ => ahead - 7,
        };
        return Some(Stamp::day(today.plus_days(days)?));
    }
    match unit(tokens, place)? {
        Unit::Day => None,
        Unit::Week => {
            let (year, week) = today.plus_days(7 * direction)?.week()?;
            Some(Stamp::of("week", format!("{year:04}-W{week:02}")))
        }
        Unit::Month => {
            let month = today.plus_months(direction)?;
            Some(Stamp::of("month", format!("{:04}-{:02}", month.year, month.month)))
        }
        Unit::Year => Some(Stamp::of("year", format!("{:04}", today.plus_months(12 * direction)?.year))),
    }
}

fn unit(tokens: &Tokens, place: usize) -> Option<Unit> {
    let keys = [(Key::Day, Unit::Day), (Key::Week, Unit::Week), (Key::MonthUnit, Unit::Month), (Key::Year, Unit::Year)];
    keys.into_iter().find(|(key, _)| tokens.is_key(place, *key)).map(|(_, unit)| unit)
}

/// The number at `place`, in digits or as one word.
fn count(tokens: &Tokens, place: usize) -> Option<u32> {
    if let Some(count) = tokens.number(place, 4) {
        return (count <= FURTHEST).then_some(count);
    }
    let counts =
        tokens.senses(place).find_map(|sense| if let Sense::Count(count) = sense { Some(count) } else { None });
    counts.or_else(|| matches!(tokens.at(place), "a" | "an" | "A" | "An").then_some(1))
}
