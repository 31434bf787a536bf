//! Telephone numbers: international ones of every country, national ones in the forms of `phone_shapes`.

use std::ops::RangeInclusive;

use crate::calling_codes;
use crate::edges::{begins, ends};
use crate::groups::{all_digits, joined, Group, Join};
use crate::labels;
use crate::phone_shapes::{national_form, Form};

/// The most groups that a number is written in: `+33 (0)6 12 34 56 78` has seven.
const MOST_GROUPS: usize = 8;
/// The most digits of a number (E.164).
const MOST_DIGITS: usize = 15;

/// How many digits a national number has, with its trunk zero or one.
const NATIONAL_DIGITS: RangeInclusive<usize> = 10..=11;

/// All telephone numbers.
pub fn find(bytes: &[u8], groups: &[Group]) -> Vec<(usize, usize)> {
    let mut found = Vec::new();
    let mut next = 0;
    while next < groups.len() {
        let run = joined(&groups[next..], MOST_GROUPS);
        let isolated = next == 0 || groups[next - 1].join.is_none();
        let count = international(bytes, run, isolated).or_else(|| national(bytes, run, isolated));
        if let Some(count) = count {
            found.push((opening(bytes, run), run[count - 1].end));
        }
        next += count.unwrap_or(1);
    }
    found
}

/// How many groups of `run` are a number with `+` or `00` and a calling code; `00` in the middle of joined digits is none.
fn international(bytes: &[u8], run: &[Group], isolated: bool) -> Option<usize> {
    let start = run[0].start;
    let plus = bytes[..start].ends_with(b"+");
    let zeros = usize::from(!plus) * 2;
    let apart =
        if plus { !bytes[..start - 1].last().is_some_and(u8::is_ascii_alphanumeric) } else { begins(bytes, start) };
    if !apart || !(plus || isolated && run[0].digits(bytes).starts_with(b"00")) {
        return None;
    }
    (1..=run.len()).rev().find(|count| {
        let number = &run[..*count];
        let digits = dialled(bytes, number);
        let Some((code, national)) = digits.get(zeros..).and_then(calling_codes::split) else { return false };
        let length = digits.len() - zeros;
        // Zeros in front also fill up order numbers: without groups only lengths that are exact count.
        let certain = plus || number.len() > 1 || national.start() == national.end();
        length <= MOST_DIGITS && certain && national.contains(&(length - code)) && ends(bytes, number[count - 1].end)
    })
}

/// The digits that are dialled from abroad: without the trunk zero in `+44 (0)20`.
fn dialled(bytes: &[u8], number: &[Group]) -> Vec<u8> {
    let is_trunk =
        |index: usize| index > 0 && number[index - 1].join == Some(Join::Open) && number[index].digits(bytes) == b"0";
    let kept: Vec<Group> = (0..number.len()).filter(|index| !is_trunk(*index)).map(|index| number[index]).collect();
    all_digits(bytes, &kept)
}

/// How many groups of `run` are a number as written inside a country; `isolated` when no digits are joined before it.
fn national(bytes: &[u8], run: &[Group], isolated: bool) -> Option<usize> {
    let start = run[0].start;
    if !begins(bytes, start) || bytes[..start].ends_with(b"+") {
        return None;
    }
    (1..=run.len().min(5)).rev().find(|count| {
        let number = &run[..*count];
        if !NATIONAL_DIGITS.contains(&number.iter().map(Group::length).sum()) {
            return false;
        }
        let form = national_form(&all_digits(bytes, number), number);
        let table = number.len() > 1
            && number[0].join == Some(Join::Space)
            && bytes[start] != b'0'
            && !(isolated && number[count - 1].join.is_none());
        form.is_some_and(|form| form == Form::Telling || labels::is_telephone(bytes, start))
            && !table
            && ends(bytes, number[count - 1].end)
            && !labels::is_reference(bytes, start)
    })
}

/// Where a number begins with its plus and, if it is closed again inside, its bracket: `(415) 555-0132`, `(+33) 6`.
fn opening(bytes: &[u8], run: &[Group]) -> usize {
    let start = run[0].start - usize::from(bytes[..run[0].start].ends_with(b"+"));
    start - usize::from(run[0].join == Some(Join::Close) && bytes[..start].ends_with(b"("))
}
