//! Check digits of books and parcels.

use scanners::collect::alphanumerics;
use scanners::edges::ends;

use super::Span;
use crate::found::{Reading, Reason};

/// How far before a number its name may stand, in bytes.
const REACH: usize = 12;

/// An ISBN: of 13 digits with its hyphens, or of 10 or 13 in any form after the word "ISBN".
pub fn isbn(text: &str, start: usize) -> Option<Span> {
    let bytes = text.as_bytes();
    if !bytes[start].is_ascii_digit() {
        return None;
    }
    let named = is_named(text, start, &["isbn", "isbn-10", "isbn-13", "isbn10", "isbn13"]);
    let read = |count| alphanumerics(bytes, start, count, |_| true).filter(|(_, end)| ends(bytes, *end));
    let thirteen = read(13).filter(|(digits, _)| digits.starts_with(b"978") || digits.starts_with(b"979"));
    if let Some((digits, end)) = thirteen.filter(|(digits, _)| digits.iter().all(u8::is_ascii_digit)) {
        let hyphens = text[start..end].bytes().filter(|byte| *byte == b'-').count();
        if !named && hyphens != 4 {
            return None;
        }
        return Some(judged(start, end, "isbn", &digits, is_ean(&digits)));
    }
    let (digits, end) = read(10).filter(|_| named)?;
    let shaped = digits[..9].iter().all(u8::is_ascii_digit) && matches!(digits[9], b'0'..=b'9' | b'X');
    shaped.then(|| judged(start, end, "isbn", &digits, is_isbn_10(&digits)))
}

/// Parcels of the postal union (S10: two letters, nine digits, two letters) and of the carrier whose numbers begin with 1Z.
pub fn tracking(text: &str, start: usize) -> Option<Span> {
    let bytes = text.as_bytes();
    let head = bytes.get(start..start + 2)?;
    let (count, is_valid): (usize, fn(&[u8]) -> bool) = match head {
        b"1Z" => (18, is_parcel),
        _ if head.iter().all(u8::is_ascii_uppercase) => (13, is_postal),
        _ => return None,
    };
    let (letters, end) = alphanumerics(bytes, start, count, |_| true).filter(|(_, end)| ends(bytes, *end))?;
    is_valid(&letters).then(|| judged(start, end, "tracking", &letters, true))
}

/// Whether the nearest word before `start` is one of `names`.
fn is_named(text: &str, start: usize, names: &[&str]) -> bool {
    let mut floor = start.saturating_sub(REACH);
    while !text.is_char_boundary(floor) {
        floor += 1;
    }
    let before = text[floor..start].trim_end_matches([' ', ':', '\u{a0}', '\u{202f}']);
    let word = before.rsplit(|letter: char| letter.is_whitespace() || "(,;".contains(letter)).next().unwrap_or("");
    names.contains(&word.to_lowercase().trim_start_matches(|letter: char| !letter.is_alphanumeric()))
}

fn judged(start: usize, end: usize, form: &'static str, letters: &[u8], valid: bool) -> Span {
    let value = String::from_utf8_lossy(letters).into_owned();
    (start, end, if valid { Ok(Reading::of(form, value)) } else { Err(Reason::Check) })
}

fn is_ean(digits: &[u8]) -> bool {
    let sum: u32 =
        digits.iter().enumerate().map(|(at, digit)| u32::from(digit - b'0') * (1 + 2 * (at as u32 % 2))).sum();
    sum.is_multiple_of(10)
}

fn is_isbn_10(digits: &[u8]) -> bool {
    let value = |digit: u8| if digit == b'X' { 10 } else { u32::from(digit - b'0') };
    let sum: u32 = digits.iter().zip((1..=10).rev()).map(|(digit, weight)| value(*digit) * weight).sum();
    sum.is_multiple_of(11)
}

fn is_postal(letters: &[u8]) -> bool {
    let (digits, country) = (&letters[2..11], &letters[11..]);
    if !digits.iter().all(u8::is_ascii_digit) || !country.iter().all(u8::is_ascii_uppercase) {
        return false;
    }
    let sum: u32 =
        digits.iter().zip([8, 6, 4, 2, 3, 5, 9, 7]).map(|(digit, weight)| u32::from(digit - b'0') * weight).sum();
    let check = match 11 - sum % 11 {
        10 => 0,
        11 => 5,
        check => check,
    };
    u32::from(digits[8] - b'0') == check
}

fn is_parcel(letters: &[u8]) -> bool {
    // Letters count from A = 2 on, modulo ten; every second place counts twice.
    let value = |letter: u8| match letter {
        b'0'..=b'9' => u32::from(letter - b'0'),
        _ => (u32::from(letter - b'A') + 2) % 10,
    };
    let (body, check) = (&letters[2..17], letters[17]);
    let sum: u32 = body.iter().enumerate().map(|(at, letter)| value(*letter) * (1 + at as u32 % 2)).sum();
    check.is_ascii_digit() && u32::from(check - b'0') == (10 - sum % 10) % 10
}

/// Whether the digits pass Luhn's check (ISO/IEC 7812-1).
pub fn is_luhn(digits: &[u8]) -> bool {
    let sum: u32 = digits
        .iter()
        .rev()
        .enumerate()
        .map(|(place, digit)| {
            let doubled = u32::from(digit - b'0') * (1 + place as u32 % 2);
            doubled / 10 + doubled % 10
        })
        .sum();
    sum.is_multiple_of(10)
}
