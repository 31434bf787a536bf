//! The Gregorian calendar: which days exist, which weekday they are, and counting from one to another.

use std::fmt;

/// A day that exists.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Date {
    /// 1 to 9999.
    pub year: u16,
    /// 1 to 12.
    pub month: u8,
    /// 1 to the last of its month.
    pub day: u8,
}

/// Why numbers that look like a date are none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoDate {
    /// The month is not 1 to 12.
    Month,
    /// The month does not have that day.
    Day,
}

/// The first and the last year that a date may have.
const YEARS: std::ops::RangeInclusive<i64> = 1..=9999;
/// Days from 0000-03-01 to 1970-01-01.
const EPOCH: i64 = 719_468;
/// Days of 400 years.
const ERA: i64 = 146_097;

impl Date {
    /// The day of these numbers, if there is one.
    pub fn new(year: u16, month: u8, day: u8) -> Result<Self, NoDate> {
        if !(1..=12).contains(&month) {
            return Err(NoDate::Month);
        }
        if !YEARS.contains(&i64::from(year)) || !(1..=days_of_month(year, month)).contains(&day) {
            return Err(NoDate::Day);
        }
        Ok(Self { year, month, day })
    }

    /// The day that `text` names as YYYY-MM-DD.
    pub fn parse(text: &str) -> Option<Self> {
        let bytes = text.as_bytes();
        let shaped = bytes.len() == 10
            && bytes.iter().enumerate().all(|(at, byte)| match at {
                4 | 7 => *byte == b'-',
                _ => byte.is_ascii_digit(),
            });
        if !shaped {
            return None;
        }
        Self::new(text[..4].parse().ok()?, text[5..7].parse().ok()?, text[8..].parse().ok()?).ok()
    }

    /// 1 for Monday to 7 for Sunday (ISO 8601).
    pub fn weekday(self) -> u8 {
        // 1970-01-01 was a Thursday.
        (self.days() + 3).rem_euclid(7) as u8 + 1
    }

    /// The day `count` days later, or earlier when it is negative; none beyond the years that are written with four digits.
    pub fn plus_days(self, count: i64) -> Option<Self> {
        let shifted = self.days() + count + EPOCH;
        let era = shifted.div_euclid(ERA);
        let of_era = shifted.rem_euclid(ERA);
        let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
        let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let shifted_month = (5 * of_year + 2) / 153;
        let day = of_year - (153 * shifted_month + 2) / 5 + 1;
        let month = if shifted_month < 10 { shifted_month + 3 } else { shifted_month - 9 };
        let year = year_of_era + era * 400 + i64::from(month <= 2);
        YEARS.contains(&year).then_some(Self { year: year as u16, month: month as u8, day: day as u8 })
    }

    /// The same day `count` months later; the last of the month where the month is shorter.
    pub fn plus_months(self, count: i64) -> Option<Self> {
        let months = i64::from(self.year) * 12 + i64::from(self.month) - 1 + count;
        let (year, month) = (months.div_euclid(12), months.rem_euclid(12) as u8 + 1);
        if !YEARS.contains(&year) {
            return None;
        }
        let day = self.day.min(days_of_month(year as u16, month));
        Some(Self { year: year as u16, month, day })
    }

    /// The ISO 8601 week that the day is in: its year and number.
    pub fn week(self) -> Option<(u16, u8)> {
        let thursday = self.plus_days(4 - i64::from(self.weekday()))?;
        let first = Date { year: thursday.year, month: 1, day: 1 };
        Some((thursday.year, ((thursday.days() - first.days()) / 7 + 1) as u8))
    }

    /// Days since 1970-01-01.
    pub fn days(self) -> i64 {
        let year = i64::from(self.year) - i64::from(self.month <= 2);
        let era = year.div_euclid(400);
        let year_of_era = year.rem_euclid(400);
        let month = (i64::from(self.month) + 9) % 12;
        let of_year = (153 * month + 2) / 5 + i64::from(self.day) - 1;
        era * ERA + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + of_year - EPOCH
    }
}

impl fmt::Display for Date {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}

/// How many days a month has.
pub fn days_of_month(year: u16, month: u8) -> u8 {
    let leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    match month {
        2 => 28 + u8::from(leap),
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}
