//! TextRank without its graph.
//!
//! The edge between two sentences weighs their cosine. With the vectors as rows of A, all edges are A times
//! its transpose (less the diagonal), so one round of voting is two sparse products, A(Aᵀx), and the
//! sum of a sentence's edges is the same product with ones.

use crate::vectors::{Vector, Vectors};

/// The part of a sentence's rank that comes from votes (the damping of PageRank).
const DAMPING: f64 = 0.85;
/// Rounds of voting; the ranks move by less than a thousandth after about twenty.
const ROUNDS: usize = 30;

/// The rank of each sentence; `prior` is where the part that is not voted goes, and sums to one.
pub fn ranks(vectors: &Vectors, prior: &[f64]) -> Vec<f64> {
    let rows = &vectors.sentences;
    let edges = votes(vectors, &vec![1.0; rows.len()]);
    let mut ranks = prior.to_vec();
    for _ in 0..ROUNDS {
        let given: Vec<f64> =
            ranks.iter().zip(&edges).map(|(rank, sum)| if *sum > 0.0 { rank / sum } else { 0.0 }).collect();
        let received = votes(vectors, &given);
        let kept = 1.0 - DAMPING * received.iter().sum::<f64>();
        ranks = received.iter().zip(prior).map(|(votes, prior)| DAMPING * votes + kept * prior).collect();
    }
    ranks
}

/// What each sentence receives when every sentence gives `given` times the likeness to it.
fn votes(vectors: &Vectors, given: &[f64]) -> Vec<f64> {
    let mut words = vec![0.0; vectors.vocabulary];
    for (row, given) in vectors.sentences.iter().zip(given) {
        row.iter().for_each(|(word, weight)| words[*word as usize] += weight * given);
    }
    let received = |row: &Vector| row.iter().map(|(word, weight)| weight * words[*word as usize]).sum::<f64>();
    let own = |row: &Vector, given: f64| if row.is_empty() { 0.0 } else { given };
    // Differences of nearly equal numbers may come out a hair below zero.
    vectors.sentences.iter().zip(given).map(|(row, given)| (received(row) - own(row, *given)).max(0.0)).collect()
}
