//! From a text and labels to probabilities, with the words that decided.

use std::collections::BTreeMap;

use crate::profile::{Label, Profile};
use crate::terms::{likeness, Term, Terms};
use crate::topics;

/// What a word that has to do with the label's topics is worth, beside one that the label itself has.
const TOPICAL: f64 = 1.5;
/// What is added when it is both.
const BOTH: f64 = 0.1;
/// A word of many topics says less about each of them.
const SHARED: f64 = 0.55;
/// What it is worth when the letters are alike, which finds words that are spelled, joined or inflected otherwise.
const LETTERS: f64 = 1.0;
/// Long texts have more words of everything.
const LENGTH: f64 = 1.0;
/// How strongly the scores tell labels apart, and what a text must reach to have any of them.
const SHARPNESS: f64 = 7.0;
const NONE: f64 = 0.42;

/// How likely a label is, and which words say so.
#[derive(Clone, Debug)]
pub struct Scored {
    /// Which of the labels, counted from 0.
    pub label: usize,
    /// 0 to 1.
    pub score: f64,
    /// Places in the text, in code points, with their part of what was found for this label; the greatest first.
    pub evidence: Vec<((usize, usize), f64)>,
}

/// Whether a text has one label or any number of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// At most one: the scores and the chance of none are 1 together.
    Single,
    /// Any number: each score stands alone.
    Multi,
}

/// The labels of `text` with their scores, the likeliest first; of equal ones the one that was named first.
pub fn classify(text: &str, labels: &[Label], mode: Mode) -> Vec<Scored> {
    let terms = Terms::of(text);
    let profiles: Vec<Profile> = labels.iter().map(Profile::of).collect();
    let rarity = rarities(&profiles);
    let length = (terms.stems.len() as f64 + LENGTH).sqrt();
    let mut scored: Vec<Scored> = profiles
        .iter()
        .enumerate()
        .map(|(label, profile)| {
            let mut evidence: Vec<((usize, usize), f64)> = terms
                .stems
                .iter()
                .map(|(stem, term)| (term.place, said(stem, term, profile, &rarity)))
                .filter(|(_, weight)| *weight > 0.0)
                .collect();
            let words = evidence.iter().map(|(_, weight)| weight).sum::<f64>() / length;
            let letters = profile.letters.iter().map(|letters| likeness(&terms.grams, letters)).fold(0.0, f64::max);
            evidence.sort_by(|one, other| other.1.total_cmp(&one.1).then(one.0.cmp(&other.0)));
            Scored { label, score: SHARPNESS * (words + LETTERS * letters - NONE), evidence }
        })
        .collect();
    soften(&mut scored, mode);
    scored.sort_by(|one, other| other.score.total_cmp(&one.score).then(one.label.cmp(&other.label)));
    scored
}

/// What a word says for a label.
fn said(stem: &str, term: &Term, profile: &Profile, rarity: &BTreeMap<&str, f64>) -> f64 {
    let direct = profile.own(stem).map_or(0.0, |(own, worth)| worth * rarity[own]);
    let spread = f64::from(term.topics.count_ones().max(1)).powf(SHARED);
    let topical = topics::numbers(term.topics).map(|topic| profile.topics[topic]).sum::<f64>() / spread;
    term.weight * (direct.max(TOPICAL * topical) + BOTH * direct.min(TOPICAL * topical))
}

/// How much it says that a label has a word: nothing if all have it.
fn rarities(profiles: &[Profile]) -> BTreeMap<&str, f64> {
    let mut having: BTreeMap<&str, usize> = BTreeMap::new();
    for stem in profiles.iter().flat_map(|profile| profile.words.keys()) {
        *having.entry(stem).or_default() += 1;
    }
    let all = profiles.len() as f64;
    having
        .into_iter()
        .map(|(stem, count)| (stem, (1.0 + (all - count as f64) / all) / 2.0 / (count as f64).sqrt()))
        .collect()
}

/// Scores become probabilities; that a text has no label takes part with a score of zero.
fn soften(scored: &mut [Scored], mode: Mode) {
    let highest = scored.iter().map(|one| one.score).fold(0.0, f64::max);
    let share = |score: f64| (score - highest).exp();
    let total = scored.iter().map(|one| share(one.score)).sum::<f64>() + share(0.0);
    for one in scored {
        one.score = match mode {
            Mode::Single => share(one.score) / total,
            Mode::Multi => 1.0 / (1.0 + (-one.score).exp()),
        };
    }
}
