//! Numbers that name one thing: by their form and check digits, or by the label before them.

mod checks;
mod labelled;
mod labels;
mod vat;

use scanners::edges::{begins, ends};
use scanners::iban;

use crate::found::{Found, Reading, Reason};
use crate::kind::Kind;
use crate::text::Tokens;

/// A piece of the text and what it says.
pub type Span = (usize, usize, Result<Reading, Reason>);

/// Numbers that their form and check digits make certain.
pub fn certain(text: &str) -> Vec<Found> {
    let bytes = text.as_bytes();
    let compact = |start: usize, end: usize| -> String {
        text[start..end].chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_uppercase()
    };
    let mut found: Vec<Found> = Vec::new();
    for (start, end) in iban::find(bytes) {
        found.push(Found { kind: Kind::Id, start, end, outcome: Ok(Reading::of("iban", compact(start, end))) });
    }
    let mut at = 0;
    while at < bytes.len() {
        let one = if bytes[at].is_ascii_alphanumeric() && begins(bytes, at) { certain_at(text, at) } else { None };
        at = match one {
            Some((start, end, outcome)) => {
                found.push(Found { kind: Kind::Id, start, end, outcome });
                end
            }
            None => at + 1,
        };
    }
    found
}

/// Numbers that the word before them names.
pub fn labelled(tokens: &Tokens) -> Vec<Found> {
    let found = |(start, end, outcome): Span| Found { kind: Kind::Id, start, end, outcome };
    labelled::find(tokens).into_iter().map(found).collect()
}

fn certain_at(text: &str, start: usize) -> Option<Span> {
    uuid(text, start)
        .or_else(|| checks::isbn(text, start))
        .or_else(|| checks::tracking(text, start))
        .or_else(|| vat::french(text, start))
}

/// 32 hexadecimal digits in groups of 8, 4, 4, 4 and 12 (RFC 9562).
fn uuid(text: &str, start: usize) -> Option<Span> {
    const LENGTH: usize = 36;
    let candidate = text.as_bytes().get(start..start + LENGTH)?;
    let shaped = candidate.iter().enumerate().all(|(at, byte)| match at {
        8 | 13 | 18 | 23 => *byte == b'-',
        _ => byte.is_ascii_hexdigit(),
    });
    let end = start + LENGTH;
    let free =
        !matches!(text.as_bytes()[end..], [next, ..] if next.is_ascii_alphanumeric()) && ends(text.as_bytes(), end);
    (shaped && free).then(|| (start, end, Ok(Reading::of("uuid", text[start..end].to_lowercase()))))
}
