//! International bank account numbers (ISO 13616): the country's length and the checksum modulo 97.

use crate::collect::alphanumerics;
use crate::edges::{begins, ends};
use crate::iban_lengths::length_of;

/// All account numbers.
pub fn find(bytes: &[u8]) -> Vec<(usize, usize)> {
    let mut found = Vec::new();
    let mut at = 0;
    while at + 4 < bytes.len() {
        match iban_at(bytes, at) {
            Some(end) => {
                found.push((at, end));
                at = end;
            }
            None => at += 1,
        }
    }
    found
}

fn iban_at(bytes: &[u8], start: usize) -> Option<usize> {
    let (country, check) = (&bytes[start..start + 2], &bytes[start + 2..start + 4]);
    let headed = country.iter().all(u8::is_ascii_alphabetic) && check.iter().all(u8::is_ascii_digit);
    if !headed || !begins(bytes, start) {
        return None;
    }
    let (iban, end) = alphanumerics(bytes, start, length_of(&country.to_ascii_uppercase())?, |_| true)?;
    (ends(bytes, end) && is_valid(&iban)).then_some(end)
}

/// Whether the check digits are ones that are issued (02 to 98) and the number, with its first four characters
/// moved to the end and letters as 10 to 35, leaves 1 modulo 97.
fn is_valid(iban: &[u8]) -> bool {
    let remainder = iban[4..].iter().chain(&iban[..4]).fold(0, |rest, character| match character {
        b'0'..=b'9' => (rest * 10 + u32::from(character - b'0')) % 97,
        letter => (rest * 100 + u32::from(letter - b'A') + 10) % 97,
    });
    !matches!(&iban[2..4], b"00" | b"01" | b"99") && remainder == 1
}
