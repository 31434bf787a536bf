//! What the caller decides about the reading of a text.

use std::collections::BTreeSet;

use crate::calendar::Date;
use crate::kind::Kind;

/// The order of day, month and year in a date of numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// Day, month, year.
    Dmy,
    /// Month, day, year.
    Mdy,
    /// Year, month, day, also with a year of two digits.
    Ymd,
}

/// The languages whose words are known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Language {
    /// English.
    English,
    /// French.
    French,
}

/// Where a number is written as at home.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Region {
    /// France.
    France,
    /// The United Kingdom.
    UnitedKingdom,
    /// The United States.
    UnitedStates,
    /// Canada.
    Canada,
}

/// All decisions; what is not decided follows from the text.
#[derive(Clone, Debug)]
pub struct Settings {
    /// What to look for.
    pub kinds: BTreeSet<Kind>,
    /// The language of the text.
    pub language: Option<Language>,
    /// How dates of numbers are written.
    pub order: Option<Order>,
    /// The day from which "tomorrow" counts.
    pub reference: Option<Date>,
    /// Where telephone numbers without a country code are from.
    pub region: Option<Region>,
    /// What `$`, `¥`, "kr" and "francs" stand for, if they can stand for it.
    pub currency: Option<&'static str>,
}

impl Default for Settings {
    fn default() -> Self {
        Self { kinds: Kind::ALL.into(), language: None, order: None, reference: None, region: None, currency: None }
    }
}

impl Region {
    /// The region of an ISO 3166 code, if its numbers are known.
    pub fn named(code: &str) -> Option<Region> {
        match code {
            "FR" => Some(Region::France),
            "GB" => Some(Region::UnitedKingdom),
            "US" => Some(Region::UnitedStates),
            "CA" => Some(Region::Canada),
            _ => None,
        }
    }
}
