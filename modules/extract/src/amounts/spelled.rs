//! Whole numbers in words: "three hundred and fifty", "quatre-vingt-dix-sept mille".

use super::number::Number;
use crate::text::{Key, Sense, Tokens};

/// The most words of a number.
const MOST_WORDS: usize = 16;
/// The largest number that is read.
const LARGEST: u64 = 1_000_000_000_000_000;

/// The number in words at `place` and the place after it.
pub fn at(tokens: &Tokens, place: usize) -> Option<(usize, Number)> {
    step(tokens, place, 0, 0)?;
    let (mut total, mut current, mut end) = (0, 0, place);
    let mut next = place;
    for _ in 0..MOST_WORDS {
        let Some((above, below)) = step(tokens, next, total, current) else { break };
        if above + below > LARGEST {
            return None;
        }
        (total, current, end) = (above, below, next + 1);
        next = tokens.after_space(tokens.after_mark(end, "-‑"));
        if tokens.is_key(next, Key::And) && next > end {
            next = tokens.after_space(tokens.after_mark(next + 1, "-‑"));
        }
    }
    Some((end, Number::whole(total + current)))
}

/// What the word at `place` makes of the thousands so far and of what is below them.
fn step(tokens: &Tokens, place: usize, total: u64, current: u64) -> Option<(u64, u64)> {
    let word = tokens.at(place);
    tokens.senses(place).find_map(|sense| match sense {
        Sense::Count(100) => Some((total, current - current % 100 + (current % 100).max(1) * 100)),
        Sense::Count(20) if current % 100 == 4 && word.to_lowercase().starts_with("vingt") => {
            Some((total, current + 76))
        }
        Sense::Count(count) => Some((total, current + u64::from(count))),
        Sense::Power(power) if word.len() > 3 => Some((total + current.max(1) * 10_u64.pow(u32::from(power)), 0)),
        _ => None,
    })
}
