//! What a scanner says about a piece of the text.

use crate::kind::Kind;

/// A piece of the text, in bytes, that has the form of a kind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// What it is, or looks like.
    pub kind: Kind,
    /// Its first byte.
    pub start: usize,
    /// Just after its last byte.
    pub end: usize,
    /// What it says, or why it cannot be what it looks like.
    pub outcome: Result<Reading, Reason>,
}

/// What a piece of the text says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reading {
    /// The sort within the kind: `month`, `invoice`; empty for kinds that have only one.
    pub form: &'static str,
    /// The value in its normal form.
    pub value: String,
    /// The ISO 4217 code of an amount.
    pub currency: Option<&'static str>,
    /// The extension of a telephone number.
    pub extension: Option<String>,
    /// Whether the weekday written beside a date is that date's.
    pub weekday_matches: Option<bool>,
    /// Whether it can be read in two ways and nothing in the text decided.
    pub ambiguous: bool,
    /// Whether the reference date was needed to say which day is meant.
    pub resolved: bool,
}

impl Reading {
    /// A reading that is just a value.
    pub fn of(form: &'static str, value: impl Into<String>) -> Self {
        Self { form, value: value.into(), ..Self::default() }
    }
}

/// Why something that has the form of a kind is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// The month does not have that day.
    Day,
    /// No month has that number.
    Month,
    /// No day has that hour, minute or second.
    Time,
    /// The check digits are wrong.
    Check,
}

impl Reason {
    /// The name in outputs.
    pub fn name(self) -> &'static str {
        match self {
            Reason::Day => "no_such_day",
            Reason::Month => "no_such_month",
            Reason::Time => "no_such_time",
            Reason::Check => "wrong_check_digits",
        }
    }
}
