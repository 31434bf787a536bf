//! What a label stands for: its own words, the topics behind them, and its letters.

use std::collections::BTreeMap;

use crate::terms::{Grams, Terms};
use crate::topics::{self, TOPICS};

/// What examples say about the topics of a label; its name and description say the whole.
const EXAMPLE_TOPICS: f64 = 0.1;
/// What it is worth that another part of a label has a word too.
const REPEATED: f64 = 0.25;
/// So many letters at the beginning must be the same in two forms of a word, and what the other form is worth.
const ALIKE: usize = 5;
/// See `ALIKE`.
const INFLECTED: f64 = 0.7;
/// How much of a topic goes to those that it is often found with.
const RELATED: f64 = 0.2;

/// A label of the caller.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Label {
    /// What it is called; also what it is told by, if there is nothing else.
    pub name: String,
    /// What it means, in a sentence or in words.
    pub description: String,
    /// Texts that have it.
    pub examples: Vec<String>,
}

/// A label as what a text can be compared with.
#[derive(Debug)]
pub struct Profile {
    /// Stems with what each says for this label.
    pub words: BTreeMap<String, f64>,
    /// How much each topic has to do with it, of length one as a vector.
    pub topics: [f64; TOPICS],
    /// N-grams of name, description and examples.
    pub letters: Vec<Grams>,
}

impl Profile {
    /// The profile of `label`.
    pub fn of(label: &Label) -> Self {
        let mut profile = Self { words: BTreeMap::new(), topics: [0.0; TOPICS], letters: Vec::new() };
        profile.take(&label.name, 1.0);
        profile.take(&label.description, 1.0);
        for example in &label.examples {
            profile.take(example, EXAMPLE_TOPICS);
        }
        let own = profile.topics;
        for (one, other) in topics::RELATED {
            profile.topics[*one] += RELATED * own[*other];
            profile.topics[*other] += RELATED * own[*one];
        }
        let length = profile.topics.iter().map(|weight| weight * weight).sum::<f64>().sqrt();
        if length > 0.0 {
            profile.topics.iter_mut().for_each(|weight| *weight /= length);
        }
        profile
    }

    /// The word of the label that `stem` is, or that begins like it, with what it is worth.
    pub fn own(&self, stem: &str) -> Option<(&str, f64)> {
        if let Some((own, worth)) = self.words.get_key_value(stem) {
            return Some((own, *worth));
        }
        let beginning: String = stem.chars().take(ALIKE).collect();
        let alike = self.words.range(beginning.clone()..).take_while(|(own, _)| own.starts_with(&beginning));
        let alike = alike.filter(|(own, _)| is_form(own, stem)).max_by(|one, other| one.1.total_cmp(other.1));
        alike.map(|(own, worth)| (own.as_str(), INFLECTED * worth))
    }

    fn take(&mut self, text: &str, topical: f64) {
        let terms = Terms::of(text);
        for (stem, term) in &terms.stems {
            self.words.entry(stem.clone()).and_modify(|worth| *worth += REPEATED).or_insert(1.0);
            let share = topical / f64::from(term.topics.count_ones().max(1));
            topics::numbers(term.topics).for_each(|topic| self.topics[topic] += share);
        }
        if !terms.grams.is_empty() {
            self.letters.push(terms.grams);
        }
    }
}

/// Whether two stems that begin alike are forms of one word: the rest is short.
fn is_form(one: &str, other: &str) -> bool {
    let same = one.chars().zip(other.chars()).take_while(|(left, right)| left == right).count();
    let longest = one.chars().count().max(other.chars().count());
    same >= ALIKE && same * 4 >= longest * 3
}
