//! Reads numbers that mix letters and digits (IBAN, NIR of Corsica, NINO), written tight or in groups.

use crate::edges::{hyphen_length, space_length};

/// The `count` ASCII letters and digits from `start` on, in upper case, and the byte after the last one.
///
/// Between two of them one space or hyphen may stand if `may_break` allows one after that many characters;
/// anything else ends the number early: `None`.
pub fn alphanumerics(
    bytes: &[u8],
    start: usize,
    count: usize,
    may_break: impl Fn(usize) -> bool,
) -> Option<(Vec<u8>, usize)> {
    let mut read = Vec::with_capacity(count);
    let mut at = start;
    while read.len() < count {
        let mut byte = *bytes.get(at)?;
        if !byte.is_ascii_alphanumeric() && may_break(read.len()) {
            at += space_length(bytes, at).max(hyphen_length(bytes, at));
            byte = *bytes.get(at)?;
        }
        if !byte.is_ascii_alphanumeric() {
            return None;
        }
        read.push(byte.to_ascii_uppercase());
        at += 1;
    }
    Some((read, at))
}
