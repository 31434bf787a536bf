//! From a text to its redacted form, with what is needed to restore it.

use std::collections::{BTreeMap, BTreeSet};

use crate::detect::{find_all, Found};
use crate::kind::Kind;
use crate::placeholders::Placeholders;

/// One piece of personal data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entity {
    /// What it is.
    pub kind: Kind,
    /// Its first character, counted in Unicode code points of the input text.
    pub start: usize,
    /// Just after its last character, in code points.
    pub end: usize,
    /// What stands for it in the redacted text.
    pub placeholder: String,
}

/// A text without the personal data that was found in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Redaction<'t> {
    /// The text with placeholders.
    pub text: String,
    /// What was replaced, in the order of the text, never overlapping.
    pub entities: Vec<Entity>,
    /// What each placeholder stands for.
    pub mapping: BTreeMap<String, &'t str>,
}

/// Replace what is of one of `kinds` in `text`.
///
/// Every kind is looked for, also those not asked for, so that a part of a card number never becomes a
/// telephone number because the caller asked for telephone numbers only.
pub fn redact<'t>(text: &'t str, kinds: &BTreeSet<Kind>) -> Redaction<'t> {
    let mut placeholders = Placeholders::new(text);
    let mut redacted = String::with_capacity(text.len());
    let mut entities = Vec::new();
    let (mut byte, mut point) = (0, 0);
    for Found { kind, start, end } in find_all(text) {
        if !kinds.contains(&kind) {
            continue;
        }
        let placeholder = placeholders.of(kind, &text[start..end]);
        redacted.push_str(&text[byte..start]);
        redacted.push_str(&placeholder);
        let first = point + code_points(&text[byte..start]);
        point = first + code_points(&text[start..end]);
        byte = end;
        entities.push(Entity { kind, start: first, end: point, placeholder });
    }
    redacted.push_str(&text[byte..]);
    Redaction { text: redacted, entities, mapping: placeholders.mapping() }
}

fn code_points(text: &str) -> usize {
    text.chars().count()
}
