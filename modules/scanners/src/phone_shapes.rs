//! How telephone numbers are written inside their own country: France, the United Kingdom, North America.

use crate::groups::{uniform_join, Group, Join};

const FRENCH: &[&[usize]] =
    &[&[2, 2, 2, 2, 2], &[4, 2, 2, 2], &[4, 3, 3], &[2, 3, 3, 2], &[1, 3, 3, 3], &[1, 3, 2, 2, 2]];
const BRITISH: &[&[usize]] = &[&[3, 4, 4], &[5, 6], &[5, 3, 3], &[4, 3, 4], &[5, 5], &[3, 8], &[4, 7]];

/// How sure a number's form alone makes it a telephone number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// Only telephone numbers look like this.
    Telling,
    /// Telephone numbers look like this, and other numbers do: it needs a label.
    Ambiguous,
}

/// The form of the national number that `number` is written as, if any.
pub fn national_form(digits: &[u8], number: &[Group]) -> Option<Form> {
    let sizes =
        |shapes: &[&[usize]]| shapes.iter().any(|shape| shape.iter().copied().eq(number.iter().map(Group::length)));
    let bracketed = number.len() > 1 && number[0].join == Some(Join::Close);
    let rest = if bracketed { &number[1..] } else { number };
    let even = matches!(uniform_join(rest), Some(join) if !matches!(join, Some(Join::Open | Join::Close)));
    match digits {
        [b'0', b'1'..=b'9', ..] if number.len() == 1 && matches!(digits.len(), 10 | 11) => zero_form(digits),
        [b'0', b'1'..=b'9', ..] if digits.len() == 10 && even && (sizes(FRENCH) || sizes(BRITISH)) => {
            Some(Form::Telling)
        }
        [b'0', b'1' | b'2' | b'3' | b'7' | b'8' | b'9', ..] if digits.len() == 11 && even && sizes(BRITISH) => {
            Some(Form::Telling)
        }
        [b'2'..=b'9', ..] if digits.len() == 10 && is_north_american(digits) => american_form(number, bracketed),
        [b'1', rest @ ..]
            if number[0].length() == 1 && number.len() > 1 && rest.len() == 10 && is_north_american(rest) =>
        {
            let joined_by_space = number[0].join == Some(Join::Space);
            american_form(&number[1..], number[1].join == Some(Join::Close))
                .filter(|form| !joined_by_space || *form == Form::Telling)
        }
        _ => None,
    }
}

/// Ten or eleven digits in one piece: a French number, or a British one with its area code.
fn zero_form(digits: &[u8]) -> Option<Form> {
    match (digits.len(), digits[1]) {
        (10, _) | (11, b'1' | b'2' | b'3' | b'7' | b'8') => Some(Form::Telling),
        _ => None,
    }
}

/// Area code and exchange begin with 2 to 9 and are not N11 (NANP).
fn is_north_american(digits: &[u8]) -> bool {
    let opens = |three: &[u8]| three[0] >= b'2' && &three[1..] != b"11";
    opens(&digits[..3]) && opens(&digits[3..6])
}

fn american_form(number: &[Group], bracketed: bool) -> Option<Form> {
    let sizes: Vec<usize> = number.iter().map(Group::length).collect();
    match (sizes.as_slice(), uniform_join(number)) {
        ([3, 3, 4], _) if bracketed => Some(Form::Telling),
        ([3, 7], _) if bracketed => Some(Form::Telling),
        ([3, 3, 4], Some(Some(Join::Hyphen | Join::Dot | Join::Space))) => Some(Form::Telling),
        ([3, 3, 4], None) if number[0].join == Some(Join::Space) => Some(Form::Telling),
        ([10], _) => Some(Form::Ambiguous),
        _ => None,
    }
}
