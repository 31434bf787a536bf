//! National identity numbers: American SSN, French NIR, British NINO.

use scanners::collect::alphanumerics;
use scanners::edges::{begins, ends, hyphen_length, space_length};
use scanners::groups::{all_digits, joined, uniform_join, Group, Join};
use scanners::labels;

/// All American social security numbers; nine digits without separators need a label that says so.
pub fn find_us_ssn(bytes: &[u8], groups: &[Group]) -> Vec<(usize, usize)> {
    let mut found = Vec::new();
    for index in 0..groups.len() {
        let run = joined(&groups[index..], 3);
        let number = match run.iter().map(Group::length).eq([3, 2, 4]) {
            true => run,
            false if run[0].length() == 9 => &run[..1],
            false => continue,
        };
        let (start, end) = (number[0].start, number[number.len() - 1].end);
        if is_issued(&all_digits(bytes, number)) && begins(bytes, start) && ends(bytes, end) {
            let grouped = matches!(uniform_join(number), Some(Some(Join::Hyphen | Join::Space)));
            if labels::is_social_security(bytes, start) || (grouped && !labels::is_reference(bytes, start)) {
                found.push((start, end));
            }
        }
    }
    found
}

/// Whether nine digits are of a form that is issued: no area 000, 666 or 9xx, no group 00, no serial 0000.
fn is_issued(digits: &[u8]) -> bool {
    let (area, group, serial) = (&digits[..3], &digits[3..5], &digits[5..]);
    area != b"000" && area != b"666" && area[0] != b'9' && group != b"00" && serial != b"0000"
}

/// All French numbers with a right key.
pub fn find_fr_nir(bytes: &[u8]) -> Vec<(usize, usize)> {
    let first = |at: usize| matches!(bytes[at], b'1'..=b'4' | b'7' | b'8') && begins(bytes, at);
    (0..bytes.len())
        .filter(|start| first(*start))
        .filter_map(|start| {
            let (nir, end) = alphanumerics(bytes, start, 15, |after| [1, 3, 5, 7, 10, 13].contains(&after))?;
            (ends(bytes, end) && is_nir(&nir)).then_some((start, end))
        })
        .collect()
}

/// Sex, year, month, department (2A and 2B in Corsica), commune, order, and the key 97 - n mod 97.
fn is_nir(nir: &[u8]) -> bool {
    let (department, corsica) = match &nir[5..7] {
        b"2A" => (*b"19", true),
        b"2B" => (*b"18", true),
        other => ([other[0], other[1]], false),
    };
    let digits_elsewhere = nir[..5].iter().chain(&nir[7..]).all(u8::is_ascii_digit);
    if !digits_elsewhere || !department.iter().all(u8::is_ascii_digit) {
        return false;
    }
    let number = |digits: &[u8]| digits.iter().fold(0_u64, |sum, digit| sum * 10 + u64::from(digit - b'0'));
    let body = number(&nir[..5]) * 10_u64.pow(8) + number(&department) * 10_u64.pow(6) + number(&nir[7..13]);
    let month_exists = matches!(number(&nir[3..5]), 1..=12 | 20..=42 | 50..=99);
    let place_exists = corsica || number(&department) > 0;
    month_exists && place_exists && number(&nir[13..]) == 97 - body % 97
}

/// All British national insurance numbers; in lower case only with a label that says so.
pub fn find_uk_nino(bytes: &[u8]) -> Vec<(usize, usize)> {
    let mut found = Vec::new();
    for (start, pair) in bytes.windows(2).enumerate() {
        if !pair.iter().all(u8::is_ascii_alphabetic) || !begins(bytes, start) {
            continue;
        }
        let after = start + 2 + space_length(bytes, start + 2).max(hyphen_length(bytes, start + 2));
        if !bytes.get(after).is_some_and(u8::is_ascii_digit) {
            continue;
        }
        let Some((nino, end)) = alphanumerics(bytes, start, 9, |after| after % 2 == 0) else { continue };
        let upper = pair.iter().all(u8::is_ascii_uppercase) && bytes[end - 1].is_ascii_uppercase();
        if is_nino(&nino) && ends(bytes, end) && (upper || labels::is_insurance(bytes, start)) {
            found.push((start, end));
        }
    }
    found
}

/// Two prefix letters that are issued, six digits, a suffix from A to D.
fn is_nino(nino: &[u8]) -> bool {
    const NEVER_IN_PREFIX: &[u8] = b"DFIQUV";
    const NEVER_ISSUED: &[&[u8; 2]] = &[b"BG", b"GB", b"KN", b"NK", b"NT", b"TN", b"ZZ"];
    let prefix = &nino[..2];
    !prefix.iter().any(|letter| NEVER_IN_PREFIX.contains(letter))
        && prefix[1] != b'O'
        && !NEVER_ISSUED.iter().any(|pair| *pair == prefix)
        && nino[2..8].iter().all(u8::is_ascii_digit)
        && matches!(nino[8], b'A'..=b'D')
}
