//! Names for what was taken out, such that putting it back is exact.
//!
//! A placeholder is `[KIND_n]`. None is used that the text already contains, and a placeholder has
//! brackets at its ends only; so each one in the redacted text stands where this crate put it, and
//! plain replacement of every placeholder, in any order, gives the original text back.

use std::collections::{BTreeMap, BTreeSet};

use crate::kind::Kind;

/// Hands out placeholders for one text.
pub struct Placeholders<'t> {
    taken: BTreeSet<&'t str>,
    last: BTreeMap<Kind, usize>,
    given: BTreeMap<(Kind, &'t str), String>,
}

impl<'t> Placeholders<'t> {
    /// Placeholders that do not occur in `text`.
    pub fn new(text: &'t str) -> Self {
        Self { taken: bracketed(text).collect(), last: BTreeMap::new(), given: BTreeMap::new() }
    }

    /// The placeholder of `value`: the same characters of the same kind always get the same one.
    pub fn of(&mut self, kind: Kind, value: &'t str) -> String {
        if let Some(known) = self.given.get(&(kind, value)) {
            return known.clone();
        }
        let number = self.last.entry(kind).or_default();
        let fresh = loop {
            *number += 1;
            let candidate = format!("[{}_{number}]", kind.name().to_ascii_uppercase());
            if !self.taken.contains(candidate.as_str()) {
                break candidate;
            }
        };
        self.given.insert((kind, value), fresh.clone());
        fresh
    }

    /// Every placeholder with what it stands for, by kind and value.
    pub fn mapping(self) -> BTreeMap<String, &'t str> {
        self.given.into_iter().map(|((_, value), placeholder)| (placeholder, value)).collect()
    }
}

/// All pieces of `text` in square brackets that could be a placeholder.
fn bracketed(text: &str) -> impl Iterator<Item = &str> {
    text.match_indices('[').filter_map(|(start, _)| {
        let inner = &text.as_bytes()[start + 1..];
        let length = inner.iter().take_while(|byte| byte.is_ascii_alphanumeric() || **byte == b'_').count();
        (length > 0 && inner.get(length) == Some(&b']')).then(|| &text[start..start + length + 2])
    })
}
