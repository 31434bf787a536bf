//! Which of two numbers is larger, by their digits: exact, and a total order, whatever their length.

use std::cmp::Ordering;

/// A number as `0.d1 d2 d3 ... * 10^point` without zeros at either end; zero has no digits.
struct Digits<'a> {
    negative: bool,
    whole: &'a [u8],
    fraction: &'a [u8],
    point: i64,
}

impl<'a> Digits<'a> {
    fn of(text: &'a str) -> Self {
        let negative = text.starts_with('-');
        let text = text.trim_start_matches('-');
        let (mantissa, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        // An exponent beyond i64 belongs to a zero or to something next to it: a number has a finite f64.
        let huge = if exponent.starts_with('-') { i64::MIN / 4 } else { i64::MAX / 4 };
        let exponent: i64 = exponent.parse().unwrap_or(huge).clamp(i64::MIN / 4, i64::MAX / 4);
        let mut point = exponent + whole.len() as i64;
        let (mut whole, mut fraction) = (whole.as_bytes(), fraction.as_bytes());
        for part in [&mut whole, &mut fraction] {
            let zeros = part.iter().take_while(|digit| **digit == b'0').count();
            *part = &part[zeros..];
            point -= zeros as i64;
            if !part.is_empty() {
                break;
            }
        }
        for part in [&mut fraction, &mut whole] {
            let zeros = part.iter().rev().take_while(|digit| **digit == b'0').count();
            *part = &part[..part.len() - zeros];
            if !part.is_empty() {
                break;
            }
        }
        Self { negative, whole, fraction, point }
    }

    fn is_zero(&self) -> bool {
        self.whole.is_empty() && self.fraction.is_empty()
    }

    fn sign(&self) -> i8 {
        match (self.is_zero(), self.negative) {
            (true, _) => 0,
            (false, true) => -1,
            (false, false) => 1,
        }
    }

    fn digits(&self) -> impl Iterator<Item = &u8> {
        self.whole.iter().chain(self.fraction)
    }
}

/// The order of two numbers by their JSON texts.
pub fn compare(left: &str, right: &str) -> Ordering {
    let (left, right) = (Digits::of(left), Digits::of(right));
    let signs = left.sign().cmp(&right.sign());
    if signs != Ordering::Equal || left.is_zero() {
        return signs;
    }
    let sizes = left.point.cmp(&right.point).then_with(|| left.digits().cmp(right.digits()));
    if left.negative {
        sizes.reverse()
    } else {
        sizes
    }
}
