//! Numbers under which companies pay value added tax in Europe, and the French numbers of companies.

use scanners::collect::alphanumerics;
use scanners::edges::ends;

use super::checks::is_luhn;
use super::Span;
use crate::found::{Reading, Reason};

/// Country and how many letters and digits follow it.
const LENGTHS: &[(&str, &[usize])] = &[
    ("AT", &[9]),
    ("BE", &[10]),
    ("BG", &[9, 10]),
    ("CY", &[9]),
    ("CZ", &[8, 9, 10]),
    ("DE", &[9]),
    ("DK", &[8]),
    ("EE", &[9]),
    ("EL", &[9]),
    ("ES", &[9]),
    ("FI", &[8]),
    ("FR", &[11]),
    ("GB", &[9, 12]),
    ("HR", &[11]),
    ("HU", &[8]),
    ("IE", &[8, 9]),
    ("IT", &[11]),
    ("LT", &[9, 12]),
    ("LU", &[8]),
    ("LV", &[11]),
    ("MT", &[8]),
    ("NL", &[12]),
    ("PL", &[10]),
    ("PT", &[9]),
    ("RO", &[8, 9, 10]),
    ("SE", &[12]),
    ("SI", &[8]),
    ("SK", &[10]),
    ("XI", &[9, 12]),
];

/// A French VAT number, which its key makes certain without a label.
pub fn french(text: &str, start: usize) -> Option<Span> {
    let bytes = text.as_bytes();
    if !bytes[start..].starts_with(b"FR") {
        return None;
    }
    let (letters, end) = alphanumerics(bytes, start, 13, |_| true).filter(|(_, end)| ends(bytes, *end))?;
    is_french(&letters[2..]).then(|| (start, end, Ok(reading("vat", &letters))))
}

/// The VAT number at `start`, which a label calls so.
pub fn at(text: &str, start: usize) -> Option<Span> {
    let bytes = text.as_bytes();
    let country = text.get(start..start + 2)?.to_uppercase();
    let (_, lengths) = LENGTHS.iter().find(|(name, _)| *name == country)?;
    lengths.iter().rev().find_map(|length| {
        let (letters, end) = dotted(bytes, start, 2 + length).filter(|(_, end)| ends(bytes, *end))?;
        if letters[2..].iter().filter(|letter| letter.is_ascii_digit()).count() + 3 < *length {
            return None;
        }
        let valid = match country.as_str() {
            "FR" => is_french(&letters[2..]),
            "BE" => is_belgian(&letters[2..]),
            _ => true,
        };
        Some((start, end, if valid { Ok(reading("vat", &letters)) } else { Err(Reason::Check) }))
    })
}

/// The SIREN of nine or SIRET of fourteen digits at `start`, which a label calls so.
pub fn register(text: &str, start: usize, form: &'static str) -> Option<Span> {
    let bytes = text.as_bytes();
    let count = if form == "siren" { 9 } else { 14 };
    let (digits, end) = alphanumerics(bytes, start, count, |_| true).filter(|(_, end)| ends(bytes, *end))?;
    if !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    Some((start, end, if is_luhn(&digits) { Ok(reading(form, &digits)) } else { Err(Reason::Check) }))
}

fn reading(form: &'static str, letters: &[u8]) -> Reading {
    Reading::of(form, String::from_utf8_lossy(letters).into_owned())
}

/// As `alphanumerics`, with full stops between groups as Belgium writes them.
fn dotted(bytes: &[u8], start: usize, count: usize) -> Option<(Vec<u8>, usize)> {
    let (mut letters, mut at) = (Vec::with_capacity(count), start);
    while letters.len() < count {
        let byte = *bytes.get(at)?;
        match byte {
            b' ' | b'.' if !letters.is_empty() && bytes.get(at + 1).is_some_and(u8::is_ascii_alphanumeric) => {}
            _ if byte.is_ascii_alphanumeric() => letters.push(byte.to_ascii_uppercase()),
            _ => return None,
        }
        at += 1;
    }
    Some((letters, at))
}

/// The key of two digits is 12 plus three times the SIREN modulo 97; keys with letters are left to the label.
fn is_french(number: &[u8]) -> bool {
    let (key, siren) = number.split_at(2);
    if !siren.iter().all(u8::is_ascii_digit) || !is_luhn(siren) {
        return false;
    }
    let siren = siren.iter().fold(0_u64, |number, digit| number * 10 + u64::from(digit - b'0'));
    let wanted = (12 + 3 * (siren % 97)) % 97;
    key.iter().all(u8::is_ascii_digit) && u64::from(key[0] - b'0') * 10 + u64::from(key[1] - b'0') == wanted
}

/// The last two digits are 97 less the first eight modulo 97.
fn is_belgian(number: &[u8]) -> bool {
    let value =
        |digits: &[u8]| digits.iter().fold(0_u64, |number, digit| number * 10 + u64::from(digit.wrapping_sub(b'0')));
    number.iter().all(u8::is_ascii_digit) && 97 - value(&number[..8]) % 97 == value(&number[8..])
}
