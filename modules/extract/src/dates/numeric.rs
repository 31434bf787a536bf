//! Dates of numbers: 2025-03-09, 09/03/2025, 9.3.2025, 09/03/25.

use super::{ends, Habits, Part, Stamp};
use crate::calendar::{Date, NoDate};
use crate::found::Reason;
use crate::settings::Order;
use crate::text::{Key, Tokens};

/// The years that a date of numbers may have.
const YEARS: std::ops::RangeInclusive<u32> = 1500..=2199;
/// Years of two digits from here on are of the last century.
const LAST_CENTURY: u32 = 70;

/// Three numbers as they stand, the year still among them.
struct Triple {
    numbers: [u32; 3],
    lengths: [usize; 3],
    separator: &'static str,
}

/// The date of numbers at `place`.
pub fn at(tokens: &Tokens, place: usize, habits: &Habits) -> Option<Part> {
    let triple = triple_at(tokens, place)?;
    let end = place + 5;
    let timed = tokens.at(end) == "T" && tokens.number(end + 1, 6).is_some();
    if !(timed || ends(tokens, end))
        || triple.separator == "/"
            && tokens.is_mark(end, "/")
            && tokens.number(end + 1, 4).is_none_or(|year| year < 1000)
    {
        return None;
    }
    let outcome = match triple.lengths {
        [4, ..] => day(triple.numbers[0], triple.numbers[1], triple.numbers[2]).map(Stamp::day).map_err(Reason::from),
        [_, _, 4] => in_order(triple.numbers, habits),
        [2, 2, 2] if triple.separator != "-" && habits.told && habits.order == Order::Ymd => {
            day(century(triple.numbers[0]), triple.numbers[1], triple.numbers[2]).map(Stamp::day).map_err(Reason::from)
        }
        [_, _, 2] if triple.separator == "/" || triple.separator == "." && triple.lengths == [2, 2, 2] => {
            let [first, second, year] = triple.numbers;
            let read = in_order([first, second, century(year)], habits);
            // Without four digits of a year, what is no date was never meant to be one.
            if read.is_err() {
                return None;
            }
            read
        }
        _ => return None,
    };
    Some(Part { end, outcome })
}

/// Which order the dates of numbers of a text are in, by those that can be read in one way only.
pub fn order_of_text(tokens: &Tokens) -> Option<Order> {
    let (mut day_first, mut month_first) = (0_usize, 0_usize);
    for place in 0..tokens.len() {
        let Some(Triple { numbers: [first, second, year], lengths: [_, _, 4], .. }) = triple_at(tokens, place) else {
            continue;
        };
        match (day(year, second, first).is_ok(), day(year, first, second).is_ok()) {
            (true, false) => day_first += 1,
            (false, true) => month_first += 1,
            _ => {}
        }
    }
    match (day_first, month_first) {
        (0, 0) => None,
        _ if day_first == month_first => None,
        _ => Some(if day_first > month_first { Order::Dmy } else { Order::Mdy }),
    }
}

fn triple_at(tokens: &Tokens, place: usize) -> Option<Triple> {
    let first = tokens.number(place, 4)?;
    let separator = ["-", "/", "."].into_iter().find(|separator| tokens.is_mark(place + 1, separator))?;
    let second = tokens.number(place + 2, 2)?;
    if !tokens.is_mark(place + 3, separator) {
        return None;
    }
    let third = tokens.number(place + 4, 4)?;
    let lengths = [tokens.at(place).len(), tokens.at(place + 2).len(), tokens.at(place + 4).len()];
    let year = match lengths {
        [4, _, 1 | 2] => first,
        [1 | 2, _, 4] => third,
        [1 | 2, _, 2] => 2000,
        _ => return None,
    };
    let version =
        separator == "." && tokens.word_before(place, ".:°").is_some_and(|word| tokens.is_key(word, Key::Version));
    (YEARS.contains(&year) && !version).then_some(Triple { numbers: [first, second, third], lengths, separator })
}

/// The day of two numbers and a year, in the order that is usual here.
fn in_order([first, second, year]: [u32; 3], habits: &Habits) -> Result<Stamp, Reason> {
    let day_first = day(year, second, first);
    let month_first = day(year, first, second);
    let (wanted, other) = match habits.order {
        Order::Mdy => (month_first, day_first),
        Order::Dmy | Order::Ymd => (day_first, month_first),
    };
    match (wanted, other) {
        (Ok(wanted), Ok(other)) => Ok(Stamp { ambiguous: wanted != other && !habits.decided, ..Stamp::day(wanted) }),
        (Ok(wanted), Err(_)) => Ok(Stamp::day(wanted)),
        (Err(_), Ok(other)) if !habits.told => Ok(Stamp::day(other)),
        (Err(reason), Ok(_)) => Err(reason.into()),
        (Err(wanted), Err(other)) => Err(if other == NoDate::Day { NoDate::Day } else { wanted }.into()),
    }
}

fn day(year: u32, month: u32, day: u32) -> Result<Date, NoDate> {
    let small = |number: u32| u8::try_from(number).unwrap_or(u8::MAX);
    Date::new(u16::try_from(year).unwrap_or(0), small(month), small(day))
}

fn century(year: u32) -> u32 {
    if year < LAST_CENTURY {
        2000 + year
    } else {
        1900 + year
    }
}
