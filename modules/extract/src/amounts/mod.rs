//! Sums of money: a currency before or after a number that people write in many ways.

mod codes;
mod currency;
mod number;
mod spelled;

use crate::found::{Found, Reading};
use crate::kind::Kind;
use crate::settings::Language;
use crate::text::{Key, Sense, Shape, Tokens};
use currency::Currency;
use number::Number;

/// How amounts are to be read.
#[derive(Clone, Copy, Debug)]
pub struct Habits {
    /// Which of comma and full stop is the decimal mark where the form does not tell.
    pub language: Language,
    /// What `$`, `¥`, "kr" and "francs" stand for.
    pub currency: Option<&'static str>,
}

/// The currency of an ISO 4217 code.
pub fn currency_named(code: &str) -> Option<&'static str> {
    codes::of(code).map(|(code, _)| code)
}

/// A sum whose tokens end before the place `end`.
struct Sum {
    end: usize,
    number: Number,
    currency: &'static str,
}

/// All sums of money.
pub fn find(tokens: &Tokens, habits: &Habits) -> Vec<Found> {
    let mut found = Vec::new();
    let mut place = 0;
    while place < tokens.len() {
        let sum = match tokens.shape(place) {
            Some(Shape::Number) => number_first(tokens, place, habits),
            Some(Shape::Mark | Shape::Word) => {
                currency_first(tokens, place, habits).or_else(|| in_words(tokens, place, habits))
            }
            _ => None,
        };
        let Some(sum) = sum else {
            place += 1;
            continue;
        };
        let (start, minus) = with_minus(tokens, place);
        let reading = Reading {
            value: minus.to_owned() + &sum.number.decimal(),
            currency: Some(sum.currency),
            ambiguous: sum.number.ambiguous,
            ..Reading::default()
        };
        found.push(Found { kind: Kind::Amount, start, end: tokens.end_before(sum.end), outcome: Ok(reading) });
        place = sum.end;
    }
    found
}

/// "$1,234.50", "EUR 3M", "£ 2 million".
fn currency_first(tokens: &Tokens, place: usize, habits: &Habits) -> Option<Sum> {
    if !begins(tokens, place) {
        return None;
    }
    let Currency { end, code, doubtful } = currency::before_number(tokens, place, habits)?;
    let at = tokens.after_space(end);
    let (after, mut number) = number::at(tokens, at, habits.language, true)?;
    if doubtful && !number.is_exact() {
        return None;
    }
    let mut end = after;
    if let Some((power, next)) = power(tokens, end, habits) {
        number.shift(power);
        end = next;
    }
    closes(tokens, end).then_some(Sum { end, number, currency: code })
}

/// "1 234,50 €", "12 k€", "3 millions d'euros", "5 Swiss francs".
fn number_first(tokens: &Tokens, place: usize, habits: &Habits) -> Option<Sum> {
    if !begins(tokens, place) {
        return None;
    }
    let (after, mut number) = number::at(tokens, place, habits.language, false)?;
    let mut at = after;
    if let Some((power, next)) = power_before_currency(tokens, after, habits) {
        number.shift(power);
        at = next;
    }
    let currency = currency::after_number(tokens, tokens.after_space(at), habits)?;
    if currency.doubtful && !number.is_exact() {
        return None;
    }
    let mut end = currency.end;
    if number.is_whole() && currency.code == "EUR" {
        if let Some(cents) = cents(tokens, end) {
            number.add_cents(tokens.at(cents));
            end = cents + 1;
        }
    }
    closes(tokens, end).then_some(Sum { end, number, currency: currency.code })
}

/// "three hundred dollars", "deux mille euros".
fn in_words(tokens: &Tokens, place: usize, habits: &Habits) -> Option<Sum> {
    let (after, number) = spelled::at(tokens, place)?;
    let mut at = tokens.after_space(after);
    if at > after {
        at = after_of(tokens, at);
    }
    let currency = currency::named(tokens, at, habits)?;
    Some(Sum { end: currency.end, number, currency: currency.code })
}

/// Whether an amount may begin at `place`; after a hyphen only as the end of a range: "10-12 €".
fn begins(tokens: &Tokens, place: usize) -> bool {
    let (bytes, start) = (tokens.text.as_bytes(), tokens.start(place));
    match bytes[..start] {
        [.., b'/' | b':' | b'\\' | b'_' | b'#' | b'@' | b'$'] => false,
        [.., digit, b'.' | b','] if digit.is_ascii_digit() => false,
        [.., digit, b'-'] if digit.is_ascii_digit() => {
            place < 3 || matches!(tokens.shape(place - 3), Some(Shape::Space | Shape::Break))
        }
        _ => scanners::edges::begins(bytes, start),
    }
}

fn closes(tokens: &Tokens, end: usize) -> bool {
    let (bytes, end) = (tokens.text.as_bytes(), tokens.end_before(end));
    match bytes[end..] {
        [b',' | b'.', digit, ..] => !digit.is_ascii_digit(),
        [b'-', digit, ..] => {
            digit.is_ascii_digit() || !digit.is_ascii_alphabetic() || tokens.text[..end].ends_with('€')
        }
        [next, ..] => !next.is_ascii_alphanumeric() && next != b'_',
        [] => true,
    }
}

/// The start of an amount with the minus before it, if one stands free.
fn with_minus(tokens: &Tokens, place: usize) -> (usize, &'static str) {
    let free = |place: usize| {
        place == 0
            || matches!(tokens.shape(place - 1), Some(Shape::Space | Shape::Break))
            || tokens.is_mark(place - 1, "(:")
    };
    if place > 0 && tokens.is_mark(place - 1, "-−") && free(place - 1) {
        (tokens.start(place - 1), "-")
    } else {
        (tokens.start(place), "")
    }
}

/// The power of ten that stands after a number with its currency before: "3M", "3 million".
fn power(tokens: &Tokens, place: usize, habits: &Habits) -> Option<(u8, usize)> {
    let at = tokens.after_space(place);
    let power = power_of(tokens, at, habits)?;
    let word = tokens.at(at);
    let sure = at == place || word.len() > 2 || matches!(word, "M" | "bn" | "Bn" | "Md" | "mn" | "md");
    sure.then_some((power, at + 1))
}

/// The power of ten between a number and its currency: "k€", "millions d'euros".
fn power_before_currency(tokens: &Tokens, place: usize, habits: &Habits) -> Option<(u8, usize)> {
    let at = tokens.after_space(place);
    let power = power_of(tokens, at, habits)?;
    Some((power, after_of(tokens, tokens.after_space(at + 1))))
}

/// The place after "de " or "d'", if that stands at `place`.
fn after_of(tokens: &Tokens, place: usize) -> usize {
    match tokens.at(place) {
        "de" | "of" => tokens.after_space(place + 1),
        "d" => tokens.after_mark(place + 1, "'’"),
        _ => place,
    }
}

fn power_of(tokens: &Tokens, place: usize, habits: &Habits) -> Option<u8> {
    let power =
        tokens.senses(place).find_map(|sense| if let Sense::Power(power) = sense { Some(power) } else { None })?;
    // A French "billion" is a million millions.
    let long_scale = habits.language == Language::French && tokens.at(place).to_lowercase().starts_with("billion");
    Some(if long_scale { 12 } else { power })
}

/// Where the cents of "12€50" and "5 euros 50" stand.
fn cents(tokens: &Tokens, place: usize) -> Option<usize> {
    let at = tokens.after_space(place);
    let two = tokens.at(at).len() == 2 && tokens.number(at, 2).is_some();
    let next = tokens.after_space(at + 1);
    let other = tokens.is_mark(next, "%€$£:/-,.°") && next > at + 1
        || tokens.is_mark(at + 1, "%€$£:/-")
        || tokens.shape(next) == Some(Shape::Number);
    let decimal = tokens.is_mark(at + 1, ",.") && tokens.shape(at + 2) == Some(Shape::Number);
    let unit = tokens.shape(next) == Some(Shape::Word) && next > at + 1 && !tokens.is_key(next, Key::And) && at > place;
    (two && !other && !decimal && !unit).then_some(at)
}
