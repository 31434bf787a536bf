//! Sentences as vectors of weighted words, each of length one.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

use crate::fold::{fold_into, is_in_word};
use crate::language::Language;

/// The words of one sentence: which, and how much each weighs; sorted by word.
pub type Vector = Vec<(u32, f64)>;

/// All sentences as vectors.
pub struct Vectors {
    /// One per sentence, of length one, or empty when a sentence has no word that counts.
    pub sentences: Vec<Vector>,
    /// How many different words there are.
    pub vocabulary: usize,
}

/// Vectors of `sentences`. A word weighs by how often the sentence has it and by how few others do.
pub fn vectors(sentences: &[&str], language: Language) -> Vectors {
    let mut numbers: HashMap<String, u32, BuildHasherDefault<Fnv>> = HashMap::default();
    let mut holders: Vec<u32> = Vec::new();
    let mut counted: Vec<Vec<(u32, u32)>> = Vec::with_capacity(sentences.len());
    for sentence in sentences {
        let mut present: Vec<u32> = Vec::new();
        words(sentence, |word| {
            if word.chars().count() < 2 || language.is_small(word) {
                return;
            }
            let stem = stem(word);
            let number = match numbers.get(stem) {
                Some(number) => *number,
                None => {
                    let number = holders.len() as u32;
                    numbers.insert(stem.to_owned(), number);
                    holders.push(0);
                    number
                }
            };
            present.push(number);
        });
        present.sort_unstable();
        let counts: Vec<(u32, u32)> =
            present.chunk_by(|one, other| one == other).map(|same| (same[0], same.len() as u32)).collect();
        counts.iter().for_each(|(number, _)| holders[*number as usize] += 1);
        counted.push(counts);
    }
    let all = sentences.len() as f64;
    let rarity: Vec<f64> = holders.iter().map(|holding| (1.0 + all / f64::from(*holding)).ln()).collect();
    let sentences = counted.into_iter().map(|counts| of_length_one(&counts, &rarity)).collect();
    Vectors { sentences, vocabulary: rarity.len() }
}

fn of_length_one(counts: &[(u32, u32)], rarity: &[f64]) -> Vector {
    let mut vector: Vector = counts
        .iter()
        .map(|(number, count)| (*number, (1.0 + f64::from(*count).ln()) * rarity[*number as usize]))
        .collect();
    let length = vector.iter().map(|(_, weight)| weight * weight).sum::<f64>().sqrt();
    vector.iter_mut().for_each(|(_, weight)| *weight /= length);
    vector
}

/// How alike two vectors are: the cosine of the angle between them, 0 to 1.
pub fn likeness(one: &Vector, other: &Vector) -> f64 {
    let (mut left, mut right, mut sum) = (0, 0, 0.0);
    while left < one.len() && right < other.len() {
        match one[left].0.cmp(&other[right].0) {
            std::cmp::Ordering::Less => left += 1,
            std::cmp::Ordering::Greater => right += 1,
            std::cmp::Ordering::Equal => {
                sum += one[left].1 * other[right].1;
                left += 1;
                right += 1;
            }
        }
    }
    sum
}

/// Call `each` with every word of `text`, folded. Apostrophes and hyphens part words: "l'eau" has two.
pub fn words(text: &str, mut each: impl FnMut(&str)) {
    let mut word = String::new();
    for letter in text.chars() {
        if is_in_word(letter) {
            fold_into(letter, &mut word);
        } else if !word.is_empty() {
            each(&word);
            word.clear();
        }
    }
    if !word.is_empty() {
        each(&word);
    }
}

/// What the forms of a word share: endings of number, gender and tense fall off, long words keep their beginning.
fn stem(word: &str) -> &str {
    const ENDINGS: &[&str] = &[
        "ements", "ement", "ations", "ation", "ingly", "ings", "ing", "edly", "ees", "ies", "ed", "es", "ee", "er",
        "ly", "e", "s", "x", "y",
    ];
    const SHORTEST: usize = 4;
    const LONGEST: usize = 8;
    let ending = ENDINGS.iter().find(|ending| word.len() >= SHORTEST + ending.len() && word.ends_with(*ending));
    let stem = ending.map_or(word, |ending| &word[..word.len() - ending.len()]);
    stem.char_indices().nth(LONGEST).map_or(stem, |(cut, _)| &stem[..cut])
}

/// Fowler, Noll and Vo's hash (FNV-1a): fast on short words and, unlike the standard one, without randomness.
struct Fnv(u64);

impl Default for Fnv {
    fn default() -> Self {
        Self(0xCBF2_9CE4_8422_2325)
    }
}

impl Hasher for Fnv {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = (self.0 ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01B3);
        }
    }
}
