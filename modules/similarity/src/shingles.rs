//! The set of a text's shingles, as sorted hashes, and what two sets have in common.

use crate::hash::{chained, of_characters};
use crate::normal::normal;
use crate::options::{Options, Shingle};
use crate::words::{is_in_word, words};

/// The shingles of `text`, sorted, each once. A text shorter than a shingle is one shingle; without words it has none.
pub fn shingles(text: &str, options: &Options) -> Vec<u64> {
    let normal = normal(text, options.marks);
    let units: Vec<u64> = match options.shingle {
        Shingle::Words => {
            words(&normal).into_iter().map(|(start, end)| of_characters(normal[start..end].chars())).collect()
        }
        Shingle::Characters => characters(&normal),
    };
    let size = options.size.min(units.len()).max(1);
    let mut found: Vec<u64> =
        units.windows(size).map(|shingle| shingle.iter().fold(0, |state, unit| chained(state, *unit))).collect();
    found.sort_unstable();
    found.dedup();
    found
}

/// Letters and digits, with one space for whatever stands between.
fn characters(normal: &str) -> Vec<u64> {
    let mut found = Vec::with_capacity(normal.len());
    let mut apart = false;
    for letter in normal.chars() {
        if !is_in_word(letter) {
            apart = true;
            continue;
        }
        if std::mem::replace(&mut apart, false) && !found.is_empty() {
            found.push(u64::from(u32::from(' ')));
        }
        found.push(u64::from(u32::from(letter)));
    }
    found
}

/// How many shingles two sorted sets share.
pub fn overlap(one: &[u64], other: &[u64]) -> usize {
    let (mut left, mut right, mut shared) = (0, 0, 0);
    while left < one.len() && right < other.len() {
        let (first, second) = (one[left], other[right]);
        shared += usize::from(first == second);
        left += usize::from(first <= second);
        right += usize::from(second <= first);
    }
    shared
}

/// The Jaccard index of two sets that share `shared`: what they share of all that they have.
pub fn jaccard(one: usize, other: usize, shared: usize) -> f64 {
    match one + other - shared {
        0 => 0.0,
        all => shared as f64 / all as f64,
    }
}

/// How much of the smaller set is in the larger.
pub fn containment(one: usize, other: usize, shared: usize) -> f64 {
    match one.min(other) {
        0 => 0.0,
        smaller => shared as f64 / smaller as f64,
    }
}
