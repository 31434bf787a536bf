//! A text as what can be compared: stems with their topics, turned round where the text denies them, and n-grams.

use std::collections::BTreeMap;

use crate::sample::sample;
use crate::stem::stem;
use crate::topics;
use crate::words::{words, Word};

/// Words that deny what stands within a few words after them.
const DENIALS: [&str; 16] = [
    "not", "no", "never", "without", "hardly", "pas", "jamais", "sans", "aucun", "aucune", "rien", "ni", "don",
    "doesn", "isn", "didn",
];
/// How many words after a denial are denied.
const REACH: usize = 3;
/// Letters of an n-gram.
const GRAM: usize = 4;
/// N-grams of folded letters, each as a number of its own, ascending, with how often it stands there.
pub type Grams = Vec<(u64, f32)>;

/// A stem of a text.
#[derive(Clone, Debug)]
pub struct Term {
    /// How often it stands there, softened.
    pub weight: f64,
    /// Its topics, a bit for each.
    pub topics: u64,
    /// Where it stands first, in code points.
    pub place: (usize, usize),
}

/// What a text is made of.
#[derive(Debug, Default)]
pub struct Terms {
    /// Each stem that is no small word.
    pub stems: BTreeMap<String, Term>,
    /// Its n-grams with how often they stand there, of length one as a vector.
    pub grams: Grams,
}

impl Terms {
    /// The terms of `text`, or of pieces from all over it when it is long.
    pub fn of(text: &str) -> Self {
        let mut terms = Self::default();
        let mut grams = Vec::new();
        for (point, piece) in sample(text) {
            terms.take(point, piece, &mut grams);
        }
        terms.grams = counted(grams);
        for term in terms.stems.values_mut() {
            term.weight = 1.0 + term.weight.ln();
        }
        terms
    }

    fn take(&mut self, point: usize, piece: &str, grams: &mut Vec<u64>) {
        let mut denied_until = 0;
        for (index, mut word) in words(piece).into_iter().enumerate() {
            if DENIALS.contains(&word.folded.as_str()) {
                denied_until = index + 1 + REACH;
            }
            if !topics::is_small(&word.folded) {
                (word.start, word.end) = (word.start + point, word.end + point);
                self.add(&word, index < denied_until);
                grams.extend(grams_of(&word.folded));
            }
        }
    }

    fn add(&mut self, word: &Word, denied: bool) {
        let stem = stem(&word.folded);
        let mut topics = topics::of(&stem);
        if denied {
            topics = denial_of(topics);
        }
        let place = (word.start, word.end);
        let term = self.stems.entry(stem).or_insert(Term { weight: 0.0, topics, place });
        term.weight += 1.0;
    }
}

/// What is not good is bad, and the other way round.
fn denial_of(topics: u64) -> u64 {
    let (praise, complaint) = (1 << topics::PRAISE, 1 << topics::COMPLAINT);
    match (topics & praise != 0, topics & complaint != 0) {
        (true, false) => (topics & !praise) | complaint,
        (false, true) => (topics & !complaint) | praise,
        _ => topics,
    }
}

/// How alike the letters of two texts are, 0 to 1.
pub fn likeness(one: &Grams, other: &Grams) -> f64 {
    let (few, many) = if one.len() < other.len() { (one, other) } else { (other, one) };
    let mut rest = many.as_slice();
    let mut alike = 0.0;
    for (gram, count) in few {
        rest = &rest[rest.partition_point(|(theirs, _)| theirs < gram)..];
        if let Some((_, theirs)) = rest.first().filter(|(theirs, _)| theirs == gram) {
            alike += f64::from(*count) * f64::from(*theirs);
        }
    }
    alike
}

/// The n-grams of a word with a space before and after it, each mixed into a number (Fowler, Noll and Vo).
fn grams_of(word: &str) -> Vec<u64> {
    const START: u64 = 0xcbf2_9ce4_8422_2325;
    const STEP: u64 = 0x0100_0000_01b3;
    let spelled: Vec<char> = [' '].into_iter().chain(word.chars()).chain([' ']).collect();
    let mixed =
        |window: &[char]| window.iter().fold(START, |number, letter| (number ^ u64::from(*letter)).wrapping_mul(STEP));
    spelled.windows(GRAM).map(mixed).collect()
}

/// Each n-gram once with its count, of length one as a vector.
fn counted(mut all: Vec<u64>) -> Grams {
    all.sort_unstable();
    let mut grams: Grams = Vec::new();
    for gram in all {
        match grams.last_mut() {
            Some((last, count)) if *last == gram => *count += 1.0,
            _ => grams.push((gram, 1.0)),
        }
    }
    let length = grams.iter().map(|(_, count)| count * count).sum::<f32>().sqrt();
    grams.iter_mut().for_each(|(_, count)| *count /= length);
    grams
}
