//! Where a written number may begin and end.
//!
//! Only ASCII counts as "part of a longer word": a number set right against letters of another script,
//! a bidirectional mark or a bracket is still a number, and missing it would be worse than taking it.

/// Whether a number may begin at `start`: not inside a word, a longer number or a decimal.
pub fn begins(bytes: &[u8], start: usize) -> bool {
    match bytes[..start] {
        [.., last] if last.is_ascii_alphanumeric() => false,
        [.., digit, b'.'] => !digit.is_ascii_digit(),
        [.., before, b'-' | b'_'] => !before.is_ascii_alphanumeric(),
        _ => true,
    }
}

/// Whether a number may end before `end`: not inside a word, a longer number or a decimal.
pub fn ends(bytes: &[u8], end: usize) -> bool {
    match bytes[end..] {
        [next, ..] if next.is_ascii_alphanumeric() => false,
        [b'-' | b'.' | b'_', digit, ..] => !digit.is_ascii_digit(),
        _ => true,
    }
}

/// The length of the space that a written number may contain at `at`: plain, no-break, narrow or thin; else 0.
pub fn space_length(bytes: &[u8], at: usize) -> usize {
    match bytes[at..] {
        [b' ', ..] => 1,
        [0xC2, 0xA0, ..] => 2,
        [0xE2, 0x80, 0xAF | 0x89, ..] => 3,
        _ => 0,
    }
}

/// The length of the hyphen at `at`, ASCII or non-breaking; else 0.
pub fn hyphen_length(bytes: &[u8], at: usize) -> usize {
    match bytes[at..] {
        [b'-', ..] => 1,
        [0xE2, 0x80, 0x90 | 0x91, ..] => 3,
        _ => 0,
    }
}
