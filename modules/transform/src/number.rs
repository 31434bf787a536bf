//! Numbers that keep the characters they were written with.
//!
//! A document's identifiers and prices have to come out as they went in, and an `f64` does not do that beyond
//! 2^53 or for `1.10`. So a number is its text; it is compared exactly, whatever its length, and computed with
//! exactly as long as 38 digits are enough.

mod decimal;
mod order;

use std::cmp::Ordering;
use std::rc::Rc;

pub use decimal::Decimal;

/// One JSON number that an `f64` can hold at least roughly.
#[derive(Clone, Debug)]
pub struct Number(Form);

#[derive(Clone, Debug)]
enum Form {
    /// An integer whose text is what its value prints as.
    Integer(i64),
    /// Anything else, as written.
    Written(Rc<str>),
}

impl Number {
    /// The number that `text` writes by the grammar of RFC 8259; none when it is not one or has no finite size.
    pub fn read(text: &str) -> Option<Self> {
        if !is_number(text) {
            return None;
        }
        let plain_integer = text.len() <= 18 && text != "-0" && !text.contains(['.', 'e', 'E']);
        if plain_integer {
            return text.parse::<i64>().ok().map(Self::from);
        }
        let finite = text.parse::<f64>().is_ok_and(f64::is_finite);
        finite.then(|| Self(Form::Written(text.into())))
    }

    /// What a computation in floating point gave; none when it is not finite.
    pub fn from_float(value: f64) -> Option<Self> {
        if !value.is_finite() {
            return None;
        }
        if value.fract() == 0.0 && value.abs() < 9_007_199_254_740_992.0 {
            return Some(Self::from(value as i64));
        }
        Self::read(&format!("{value:?}"))
    }

    /// The nearest `f64`.
    pub fn to_float(&self) -> f64 {
        match &self.0 {
            Form::Integer(value) => *value as f64,
            // Reading has proved that it parses.
            Form::Written(text) => text.parse().unwrap_or(f64::NAN),
        }
    }

    /// The exact value, unless it has more than 38 digits.
    pub fn to_decimal(&self) -> Option<Decimal> {
        match &self.0 {
            Form::Integer(value) => Some(Decimal::from(i128::from(*value))),
            Form::Written(text) => Decimal::read(text),
        }
    }

    /// Append the digits to `out`.
    pub fn write(&self, out: &mut String) {
        match &self.0 {
            Form::Integer(value) => out.push_str(&value.to_string()),
            Form::Written(text) => out.push_str(text),
        }
    }

    /// How many bytes comparing or computing may have to look at.
    pub fn weight(&self) -> usize {
        match &self.0 {
            Form::Integer(_) => 1,
            Form::Written(text) => text.len(),
        }
    }

    fn with_text<T>(&self, use_text: impl FnOnce(&str) -> T) -> T {
        match &self.0 {
            Form::Integer(value) => use_text(&value.to_string()),
            Form::Written(text) => use_text(text),
        }
    }
}

impl From<i64> for Number {
    fn from(value: i64) -> Self {
        Self(Form::Integer(value))
    }
}

impl From<usize> for Number {
    fn from(value: usize) -> Self {
        // No count of a module's memory comes near the end of i64.
        Self(Form::Integer(value as i64))
    }
}

impl From<Decimal> for Number {
    fn from(value: Decimal) -> Self {
        let text = value.to_string();
        Self::read(&text).unwrap_or_else(|| Self(Form::Written(text.into())))
    }
}

impl PartialEq for Number {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Number {}

impl PartialOrd for Number {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Number {
    /// By value and exactly: `1`, `1.0` and `10e-1` are equal, 2^53 and 2^53 + 1 are not.
    fn cmp(&self, other: &Self) -> Ordering {
        match (&self.0, &other.0) {
            (Form::Integer(left), Form::Integer(right)) => left.cmp(right),
            _ => self.with_text(|left| other.with_text(|right| order::compare(left, right))),
        }
    }
}

/// Whether `text` is one number by the grammar of RFC 8259.
fn is_number(text: &str) -> bool {
    let digits = |text: &mut &str| {
        let count = text.bytes().take_while(u8::is_ascii_digit).count();
        *text = &text[count..];
        count
    };
    let mut rest = text.strip_prefix('-').unwrap_or(text);
    let leading_zero = rest.starts_with('0');
    let whole = digits(&mut rest);
    if whole == 0 || (leading_zero && whole > 1) {
        return false;
    }
    if let Some(fraction) = rest.strip_prefix('.') {
        rest = fraction;
        if digits(&mut rest) == 0 {
            return false;
        }
    }
    if let Some(exponent) = rest.strip_prefix(['e', 'E']) {
        rest = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
        if digits(&mut rest) == 0 {
            return false;
        }
    }
    rest.is_empty()
}
