//! From ranks to a choice: sentences of a telling length, none that repeats another.

use crate::rank::ranks;
use crate::vectors::{likeness, Vectors};

/// How much a sentence loses for being like one that is already chosen (maximal marginal relevance).
const REPETITION: f64 = 0.5;
/// From this likeness on, two sentences say the same and only one is chosen.
const SAME: f64 = 0.95;
/// With fewer words that count than this, a sentence says too little on its own.
const TELLING_WORDS: f64 = 8.0;
/// How much more the first sentences are trusted than the rest, falling off over this many sentences.
const LEAD: (f64, f64) = (0.6, 3.0);

/// Numbers of the at most `most` chosen sentences in the order of the text, each with its score from 0 to 1.
pub fn choose(vectors: &Vectors, most: usize) -> Vec<(usize, f64)> {
    let scores = scores(vectors);
    let mut values = scores.clone();
    let mut open: Vec<usize> = (0..scores.len()).collect();
    let mut chosen: Vec<usize> = Vec::new();
    while chosen.len() < most {
        let Some(best) =
            open.iter().copied().reduce(|best, next| if values[next] > values[best] { next } else { best })
        else {
            break;
        };
        chosen.push(best);
        open.retain(|other| {
            let alike = likeness(&vectors.sentences[*other], &vectors.sentences[best]);
            values[*other] -= REPETITION * scores[*other] * alike;
            *other != best && alike < SAME
        });
    }
    chosen.sort_unstable();
    chosen.into_iter().map(|number| (number, scores[number])).collect()
}

/// Scores of all sentences, the highest being 1.
fn scores(vectors: &Vectors) -> Vec<f64> {
    let count = vectors.sentences.len();
    let lead = |number: usize| 1.0 + LEAD.0 * (-(number as f64) / LEAD.1).exp();
    let total: f64 = (0..count).map(lead).sum();
    let prior: Vec<f64> = (0..count).map(|number| lead(number) / total).collect();
    let ranks = ranks(vectors, &prior);
    let telling = |words: usize| (words as f64 / TELLING_WORDS).min(1.0);
    let scores: Vec<f64> = ranks.iter().zip(&vectors.sentences).map(|(rank, row)| rank * telling(row.len())).collect();
    let highest = scores.iter().copied().fold(f64::MIN_POSITIVE, f64::max);
    scores.into_iter().map(|score| score / highest).collect()
}
