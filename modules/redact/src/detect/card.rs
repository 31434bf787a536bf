//! Payment card numbers: the length and prefix of a known scheme, a usual grouping, a right Luhn digit.

use std::ops::RangeInclusive;

use scanners::edges::{begins, ends};
use scanners::groups::{all_digits, joined, uniform_join, Group, Join};
use scanners::labels;

/// The groupings that schemes print, besides no grouping at all.
const GROUPINGS: &[&[usize]] =
    &[&[4, 4, 4, 4], &[4, 6, 5], &[4, 6, 4], &[4, 4, 4, 4, 3], &[4, 4, 4, 3], &[4, 4, 4, 2], &[6, 13]];

/// How many digits a card number has.
const DIGITS: RangeInclusive<usize> = 14..=19;
/// The most groups of four in an account number.
const LONGEST_IN_FOURS: usize = 8;

/// First six digits and lengths (ISO/IEC 7812 ranges as the schemes publish them).
const SCHEMES: &[(RangeInclusive<u32>, &[usize])] = &[
    (400_000..=499_999, &[16, 19]),
    (510_000..=559_999, &[16]),
    (222_100..=272_099, &[16]),
    (340_000..=349_999, &[15]),
    (370_000..=379_999, &[15]),
    (300_000..=305_999, &[14]),
    (309_500..=309_599, &[14]),
    (360_000..=369_999, &[14]),
    (380_000..=399_999, &[14]),
    (601_100..=601_199, &[16, 17, 18, 19]),
    (620_000..=629_999, &[16, 17, 18, 19]),
    (644_000..=659_999, &[16, 17, 18, 19]),
    (352_800..=358_999, &[16, 17, 18, 19]),
    (220_000..=220_499, &[16, 17, 18, 19]),
    (500_000..=509_999, &[16, 18, 19]),
    (560_000..=589_999, &[16, 18, 19]),
    (630_000..=639_999, &[16, 18, 19]),
    (670_000..=679_999, &[16, 18, 19]),
];

/// All card numbers.
pub fn find(bytes: &[u8], groups: &[Group]) -> Vec<(usize, usize)> {
    let mut found = Vec::new();
    for index in 0..groups.len() {
        let run = joined(&groups[index..], 5);
        let written = (1..=run.len()).rev().map(|count| &run[..count]).find(|number| is_card(bytes, number));
        if let Some(number) = written.filter(|_| !is_in_account_number(bytes, groups, index)) {
            found.push((number[0].start, number[number.len() - 1].end));
        }
    }
    found
}

/// Whether the group at `index` stands in fours after two letters and two digits: an account number that failed its check.
fn is_in_account_number(bytes: &[u8], groups: &[Group], index: usize) -> bool {
    let join = index.checked_sub(1).and_then(|before| groups[before].join);
    let fours = groups[..index]
        .iter()
        .rev()
        .take(LONGEST_IN_FOURS)
        .take_while(|group| group.join == join && group.length() == 4)
        .count();
    let head = index.checked_sub(fours + 1).map(|head| groups[head]);
    join.is_some()
        && head.is_some_and(|head| {
            let lettered = bytes[..head.start].last().is_some_and(u8::is_ascii_alphabetic);
            head.join == join && head.length() == 2 && lettered
        })
}

fn is_card(bytes: &[u8], number: &[Group]) -> bool {
    if !DIGITS.contains(&number.iter().map(Group::length).sum()) {
        return false;
    }
    let (start, end) = (number[0].start, number[number.len() - 1].end);
    let is_grouping = |sizes: &&[usize]| sizes.iter().copied().eq(number.iter().map(Group::length));
    (number.len() == 1 || GROUPINGS.iter().any(is_grouping))
        && matches!(uniform_join(number), Some(None | Some(Join::Space | Join::Hyphen | Join::Dot)))
        && begins(bytes, start)
        && ends(bytes, end)
        && has_known_prefix(&all_digits(bytes, number))
        && has_luhn_digit(&all_digits(bytes, number))
        && !labels::is_register(bytes, start)
}

/// Whether the first six digits and the length are of a scheme.
fn has_known_prefix(digits: &[u8]) -> bool {
    let prefix = digits[..6].iter().fold(0, |number, digit| number * 10 + u32::from(digit - b'0'));
    SCHEMES.iter().any(|(prefixes, lengths)| prefixes.contains(&prefix) && lengths.contains(&digits.len()))
}

fn has_luhn_digit(digits: &[u8]) -> bool {
    let sum: u32 = digits
        .iter()
        .rev()
        .enumerate()
        .map(|(place, digit)| match (place % 2, u32::from(digit - b'0')) {
            (0, value) => value,
            (_, value) if value > 4 => 2 * value - 9,
            (_, value) => 2 * value,
        })
        .sum();
    sum.is_multiple_of(10) && digits.iter().any(|digit| *digit != b'0')
}
