//! What a letter costs in one language after the two letters before it.

use std::collections::BTreeMap;

/// Stands before and after every word.
const EDGE: char = ' ';
/// Bits of a letter in a key; three letters fit.
const LETTER_BITS: u32 = 21;
/// Words at the head of a list are frequent: up to this rank they count that often.
const WEIGHTS: [(usize, f64); 3] = [(60, 4.0), (160, 2.0), (usize::MAX, 1.0)];
/// How much of the estimate comes from three letters, two, one, and from nothing at all.
const DISCOUNT: f64 = 1.2;
const UNSEEN_LETTERS: f64 = 200.0;
const PER_NAT: f64 = 16.0;

/// Counts of letters in their context; a context of one letter has no middle, of none neither.
#[derive(Default)]
pub struct LetterModel {
    counts: BTreeMap<u64, f64>,
    totals: BTreeMap<u64, (f64, f64)>,
}

fn key(context: [Option<char>; 2], letter: Option<char>) -> u64 {
    let bits = |slot: Option<char>| slot.map_or(0, u64::from);
    (bits(context[0]) << (2 * LETTER_BITS)) | (bits(context[1]) << LETTER_BITS) | bits(letter)
}

impl LetterModel {
    /// The model of a list of words, the most frequent first.
    pub fn of(words: &[String]) -> Self {
        let mut model = Self::default();
        for (rank, word) in words.iter().enumerate() {
            let weight = WEIGHTS.iter().find(|(until, _)| rank < *until).map_or(1.0, |(_, weight)| *weight);
            let spelled: Vec<char> = [EDGE].into_iter().chain(word.chars()).chain([EDGE]).collect();
            for at in 1..spelled.len() {
                let before = (at > 1).then(|| spelled[at - 2]);
                for context in [[before, Some(spelled[at - 1])], [None, Some(spelled[at - 1])], [None, None]] {
                    model.add(context, spelled[at], weight);
                }
            }
        }
        model
    }

    fn add(&mut self, context: [Option<char>; 2], letter: char, weight: f64) {
        let own = key(context, Some(letter));
        let total = self.totals.entry(key(context, None)).or_default();
        total.0 += weight;
        if !self.counts.contains_key(&own) {
            total.1 += 1.0;
        }
        *self.counts.entry(own).or_default() += weight;
    }

    /// Every key that this language says something about.
    pub fn contexts(&self) -> impl Iterator<Item = u64> + '_ {
        self.counts.keys().copied()
    }

    /// The cost of a key in sixteenths of a nat.
    pub fn cost(&self, key: u64) -> u8 {
        let nats = -self.probability(key).ln();
        (nats * PER_NAT).round().min(255.0) as u8
    }

    /// Absolute discounting: what seen letters give up goes to the shorter context.
    fn probability(&self, key: u64) -> f64 {
        let mask = (1 << LETTER_BITS) - 1;
        let (first, second, letter) = (key >> (2 * LETTER_BITS), (key >> LETTER_BITS) & mask, key & mask);
        let shorter = match (first, second) {
            (0, 0) => return (self.counts.get(&key).copied().unwrap_or(0.0) + 0.05) / self.sum(0, UNSEEN_LETTERS),
            (0, _) => self.probability(letter),
            _ => self.probability((second << LETTER_BITS) | letter),
        };
        match self.totals.get(&(key & !mask)) {
            None => shorter,
            Some((total, kinds)) => {
                let count = self.counts.get(&key).copied().unwrap_or(0.0);
                (count - DISCOUNT).max(0.0) / (total + 1.0) + (DISCOUNT * kinds + 1.0) / (total + 1.0) * shorter
            }
        }
    }

    fn sum(&self, context: u64, unseen: f64) -> f64 {
        self.totals.get(&context).map_or(0.0, |(total, _)| *total) + 0.05 * unseen
    }
}
