//! Numbers as people write them: 1,234.50, 1 234,50, 1.234,50, 1'234.50, 12,34,567.

use crate::settings::Language;
use crate::text::{Shape, Tokens};

/// More digits than any sum of money has.
const MOST_DIGITS: usize = 18;
/// The most pieces that digits of a sum are written in.
const MOST_PIECES: usize = 8;

/// A decimal number, exactly.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Number {
    digits: String,
    /// How many of the digits are behind the decimal mark.
    decimals: usize,
    /// Whether grouping or decimals make it look like a sum of money.
    formed: bool,
    /// Whether its one mark may be of either sort.
    pub ambiguous: bool,
}

impl Number {
    /// A whole number.
    pub fn whole(number: u64) -> Self {
        Self { digits: number.to_string(), decimals: 0, formed: true, ambiguous: false }
    }

    /// Whether it has no decimals.
    pub fn is_whole(&self) -> bool {
        self.decimals == 0
    }

    /// Whether it is written as sums of money are: with groups or two decimals, or large.
    pub fn is_exact(&self) -> bool {
        self.formed || self.digits.len() >= 3
    }

    /// Multiply by a power of ten.
    pub fn shift(&mut self, power: u8) {
        let power = usize::from(power);
        self.formed = true;
        if self.decimals >= power {
            self.decimals -= power;
        } else {
            self.digits.push_str(&"0".repeat(power - self.decimals));
            self.decimals = 0;
        }
    }

    /// Two more digits, behind the decimal mark.
    pub fn add_cents(&mut self, cents: &str) {
        self.digits.push_str(cents);
        self.decimals = cents.len();
    }

    /// The number with a full stop as decimal mark and no other mark; decimals stay as they were written.
    pub fn decimal(&self) -> String {
        let (whole, decimals) = self.digits.split_at(self.digits.len() - self.decimals);
        let whole = whole.trim_start_matches('0');
        let whole = if whole.is_empty() { "0" } else { whole };
        if decimals.is_empty() {
            whole.to_owned()
        } else {
            format!("{whole}.{decimals}")
        }
    }
}

/// The number at `place` and the place after it. After a currency a dot or comma that ends a sentence is left.
pub fn at(tokens: &Tokens, place: usize, language: Language, after_currency: bool) -> Option<(usize, Number)> {
    let (end, pieces) = pieces(tokens, place, after_currency)?;
    let (first, rest) = pieces.split_first()?;
    let digits: String = pieces.iter().map(|(_, digits)| *digits).collect();
    if digits.len() > MOST_DIGITS {
        return None;
    }
    let Some((last, groups)) = rest.split_last() else {
        return Some((end, Number { digits, decimals: 0, formed: false, ambiguous: false }));
    };
    let fits = |groups: &[(&str, &str)]| grouped(first.1, groups);
    let whole = Number { digits, decimals: 0, formed: true, ambiguous: false };
    let decimal = Number { decimals: last.1.len(), ..whole.clone() };
    let is_mark = matches!(last.0, "," | ".");
    let number = match groups {
        [] if !is_mark => fits(rest).then_some(whole)?,
        [] if last.1.len() != 3 || first.1.len() > 3 || first.1.starts_with('0') => decimal,
        [] => by_language(last.0, language, whole, decimal),
        [(mark, _), ..] if *mark == last.0 => fits(rest).then_some(whole)?,
        _ => (is_mark && fits(groups)).then_some(decimal)?,
    };
    Some((end, number))
}

/// One mark and three digits: the decimal mark of the language is decimals, the other one groups.
fn by_language(mark: &str, language: Language, whole: Number, decimal: Number) -> Number {
    let decimal_mark = match language {
        Language::English => ".",
        Language::French => ",",
    };
    let number = if mark == decimal_mark { decimal } else { whole };
    Number { ambiguous: mark == decimal_mark || language == Language::French, ..number }
}

/// Whether all groups have one mark and three digits each, or two but for the last as in India.
fn grouped(first: &str, groups: &[(&str, &str)]) -> bool {
    let Some(((mark, last), others)) = groups.split_last() else { return false };
    let same = others.iter().all(|(other, _)| other == mark);
    let western = others.iter().all(|(_, digits)| digits.len() == 3) && first.len() <= 3;
    let indian = *mark == "," && others.iter().all(|(_, digits)| digits.len() == 2) && first.len() <= 2;
    same && last.len() == 3 && (western || indian)
}

/// The groups of digits from `place` on with the mark before each; the kinds of spaces are one mark.
fn pieces<'t>(
    tokens: &Tokens<'t>,
    place: usize,
    after_currency: bool,
) -> Option<(usize, Vec<(&'static str, &'t str)>)> {
    if tokens.shape(place) != Some(Shape::Number) {
        return None;
    }
    let first = tokens.at(place);
    let mut pieces = vec![("", first)];
    let mut at = place + 1;
    while pieces.len() < MOST_PIECES && tokens.shape(at + 1) == Some(Shape::Number) {
        let digits = tokens.at(at + 1);
        let mark = match tokens.at(at) {
            "," => ",",
            "." => ".",
            "'" | "’" => "'",
            " " | "\u{a0}" | "\u{202f}" | "\u{2009}" => " ",
            _ => break,
        };
        // A space or an apostrophe only groups: three digits after at most three, and never after decimals.
        let groups = digits.len() == 3 && first.len() <= 3 && pieces[1..].iter().all(|(other, _)| *other == mark);
        let plain_space = after_currency && tokens.at(at) == " " && first.starts_with('0');
        if matches!(mark, " " | "'") && (!groups || plain_space) {
            break;
        }
        pieces.push((mark, digits));
        at += 2;
    }
    Some((at, pieces))
}
