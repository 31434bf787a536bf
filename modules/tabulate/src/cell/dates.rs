//! Dates and times. Whether `03/04/2025` is in March or in April, one cell cannot say; so both readings are kept.

use super::months::{is_weekday, month};

/// The day of a moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Day {
    /// Year, month and day are known.
    Known {
        /// Days since 1970-01-01.
        days: i64,
    },
    /// Two numbers and a year.
    Either {
        /// The days if the first number is the day.
        day_first: Option<i64>,
        /// The days if the first number is the month.
        month_first: Option<i64>,
        /// Written with points, which only stand in day-first dates.
        dotted: bool,
    },
}

/// A date, or a date and a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moment {
    /// The day.
    pub day: Day,
    /// Seconds since midnight, if a time is there.
    pub seconds: Option<i64>,
    /// Minutes east of Greenwich, if a zone is there.
    pub zone: Option<i64>,
}

/// The moment that `text` is.
pub fn moment(text: &str) -> Option<Moment> {
    let (day, rest) = numeric(text).or_else(|| named(text))?;
    let rest = rest.strip_prefix(['T', ' ', ',']).map_or(rest, str::trim_start);
    if rest.is_empty() {
        return Some(Moment { day, seconds: None, zone: None });
    }
    let (seconds, zone) = time(rest)?;
    Some(Moment { day, seconds: Some(seconds), zone })
}

fn leading_digits(text: &str) -> (&str, &str) {
    text.split_at(text.bytes().take_while(u8::is_ascii_digit).count())
}

/// Three numbers with the same sign between them.
fn numeric(text: &str) -> Option<(Day, &str)> {
    let (first, rest) = leading_digits(text);
    let sign = rest.chars().next().filter(|sign| matches!(sign, '-' | '/' | '.'))?;
    let (second, rest) = leading_digits(&rest[1..]);
    let (third, rest) = leading_digits(rest.strip_prefix(sign)?);
    if !rest.is_empty() && !rest.starts_with(['T', ' ', ',']) {
        return None;
    }
    let short = |digits: &str| (1..=2).contains(&digits.len());
    let number = |digits: &str| digits.parse::<u32>().ok();
    if first.len() == 4 && short(second) && short(third) {
        let days = days(number(first)?, number(second)?, number(third)?)?;
        return Some((Day::Known { days }, rest));
    }
    // `1.2.3` is a version, `01.02.03` a date.
    let full = sign != '.' || (first.len() == 2 && second.len() == 2);
    let year = match third.len() {
        4 => number(third)?,
        2 if full => {
            let year = number(third)?;
            if year < 70 {
                2000 + year
            } else {
                1900 + year
            }
        }
        _ => return None,
    };
    if !short(first) || !short(second) {
        return None;
    }
    let (first, second) = (number(first)?, number(second)?);
    let (day_first, month_first) = (days(year, second, first), days(year, first, second));
    let day = Day::Either { day_first, month_first, dotted: sign == '.' };
    (day_first.is_some() || month_first.is_some()).then_some((day, rest))
}

/// `9 March 2025`, `March 9, 2025`, `9-Mar-25`, `le 1er mars 2025`, `Mon, 09 Mar 2025`.
fn named(text: &str) -> Option<(Day, &str)> {
    let mut words = Vec::new();
    let mut rest = text;
    while words.len() < 3 {
        let length = rest.find([' ', ',', '-', '.']).unwrap_or(rest.len());
        let word = &rest[..length];
        rest = rest[length..].trim_start_matches([',', '-', '.', ' ']);
        if word.is_empty() {
            return None;
        }
        if words.is_empty() && (is_weekday(word) || word == "le") {
            continue;
        }
        words.push(word);
    }
    let [first, second, third] = words[..] else {
        return None;
    };
    let (day, month) = match (month(second), month(first)) {
        (Some(month), _) => (ordinal(first)?, month),
        (None, Some(month)) => (ordinal(second)?, month),
        (None, None) => return None,
    };
    let year = match (third.len(), third.parse::<u32>().ok()?) {
        (4, year) => year,
        (2, year) if year < 70 => 2000 + year,
        (2, year) => 1900 + year,
        _ => return None,
    };
    Some((Day::Known { days: days(year, month, day)? }, rest))
}

fn ordinal(word: &str) -> Option<u32> {
    let (digits, rest) = leading_digits(word);
    matches!(rest, "" | "st" | "nd" | "rd" | "th" | "er").then(|| digits.parse().ok())?
}

/// `10:42`, `10:42:07.5`, `3:05 PM`, each with an optional zone.
fn time(text: &str) -> Option<(i64, Option<i64>)> {
    let (hours, rest) = leading_digits(text);
    let (minutes, mut rest) = leading_digits(rest.strip_prefix(':')?);
    let mut seconds = "0";
    if let Some(after) = rest.strip_prefix(':') {
        (seconds, rest) = leading_digits(after);
        if let Some(fraction) = rest.strip_prefix(['.', ',']) {
            rest = leading_digits(fraction).1;
        }
    }
    let number =
        |digits: &str, most: i64| digits.parse().ok().filter(|number: &i64| digits.len() <= 2 && *number <= most);
    let mut hour = number(hours, 23)?;
    if minutes.len() != 2 {
        return None;
    }
    let rest = rest.trim_start();
    let half = rest.get(..2).filter(|half| half.eq_ignore_ascii_case("am") || half.eq_ignore_ascii_case("pm"));
    let rest = half.map_or(rest, |_| rest[2..].trim_start());
    if let Some(half) = half {
        if !(1..=12).contains(&hour) {
            return None;
        }
        hour = hour % 12 + if half.eq_ignore_ascii_case("pm") { 12 } else { 0 };
    }
    Some((hour * 3_600 + number(minutes, 59)? * 60 + number(seconds, 59)?, zone(rest)?))
}

/// None when it is no zone, `Some(None)` when there is nothing.
fn zone(text: &str) -> Option<Option<i64>> {
    match text {
        "" => return Some(None),
        "Z" | "UTC" | "GMT" => return Some(Some(0)),
        _ => {}
    }
    let sign = match text.as_bytes()[0] {
        b'+' => 1,
        b'-' => -1,
        _ => return None,
    };
    let digits: String = text[1..].chars().filter(|letter| *letter != ':').collect();
    let number: i64 = digits.parse().ok()?;
    let minutes = match digits.len() {
        2 => number * 60,
        4 => number / 100 * 60 + number % 100,
        _ => return None,
    };
    (minutes <= 14 * 60).then_some(Some(sign * minutes))
}

/// Days since 1970-01-01 of a day that exists, in a year from 1000 to 2999.
fn days(year: u32, month: u32, day: u32) -> Option<i64> {
    let leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    let longest = match month {
        2 => 28 + u32::from(leap),
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => return None,
    };
    if !(1000..3000).contains(&year) || !(1..=longest).contains(&day) {
        return None;
    }
    // Counting years from March puts the leap day at their end.
    let (year, month, day) = (i64::from(year), i64::from(month), i64::from(day));
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    Some(365 * year + year / 4 - year / 100 + year / 400 + (153 * month + 2) / 5 + day - 1 - 719_468)
}

/// Year, month and day of so many days since 1970-01-01.
pub fn civil_from_days(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let day = days.rem_euclid(146_097);
    let year = (day - day / 1_460 + day / 36_524 - day / 146_096) / 365;
    let day = day - (365 * year + year / 4 - year / 100);
    let month = (5 * day + 2) / 153;
    let day = day - (153 * month + 2) / 5 + 1;
    let year = year + era * 400;
    if month < 10 {
        (year, month + 3, day)
    } else {
        (year + 1, month - 9, day)
    }
}
