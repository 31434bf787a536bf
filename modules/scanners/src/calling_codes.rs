//! Country calling codes (ITU-T E.164) and how many digits follow them.

use std::ops::RangeInclusive;

/// The lengths of the calling code at the start of `digits` and of the national number after it.
pub fn split(digits: &[u8]) -> Option<(usize, RangeInclusive<usize>)> {
    let code = |length: usize| {
        digits.get(..length).map(|code| code.iter().fold(0_u16, |number, digit| number * 10 + u16::from(digit - b'0')))
    };
    match (code(1)?, code(2)?, code(3)?) {
        (1, _, area) if area >= 120 => Some((1, 10..=10)),
        (7, _, _) => Some((1, 10..=10)),
        (_, 33, _) => Some((2, 9..=9)),
        (_, 44, _) => Some((2, 9..=10)),
        (_, 32 | 31 | 34 | 41 | 61 | 45 | 47 | 48, _) => Some((2, 8..=10)),
        (
            _,
            20 | 27 | 30 | 36 | 39 | 40 | 43 | 46 | 49 | 51..=58 | 60 | 62..=66 | 81 | 82 | 84 | 86 | 90..=95 | 98,
            _,
        ) => Some((2, 6..=12)),
        (_, _, 211..=213 | 216 | 218 | 220..=258 | 260..=269 | 290 | 291 | 297..=299) => Some((3, 6..=12)),
        (_, _, 350..=359 | 370..=383 | 385..=387 | 389 | 420 | 421 | 423) => Some((3, 6..=12)),
        (_, _, 500..=509 | 590..=599 | 670 | 672..=683 | 685..=692) => Some((3, 5..=12)),
        (_, _, 800 | 808 | 850 | 852 | 853 | 855 | 856 | 870 | 878 | 880..=883 | 886 | 888) => Some((3, 6..=12)),
        (_, _, 960..=968 | 970..=977 | 979 | 992..=996 | 998) => Some((3, 6..=12)),
        _ => None,
    }
}
