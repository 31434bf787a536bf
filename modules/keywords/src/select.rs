//! The best phrases, without two that say the same.

use std::cmp::Ordering;

use crate::phrases::Occurrence;
use crate::rank::{length, Candidate};

/// How many of the best are looked at for each phrase that is wanted.
const LOOKED_AT: usize = 12;
/// The share of its occurrences that a phrase must have outside a better one that holds it, or that it holds.
const APART: f64 = 0.67;
/// How many places of a phrase are compared with those of better ones.
const PLACES: usize = 50;

/// The `most` best of `all`, the best first.
pub fn best(mut all: Vec<Candidate>, sorted: &[Occurrence], most: usize) -> Vec<Candidate> {
    let order = |one: &Candidate, other: &Candidate| match other.score.total_cmp(&one.score) {
        // What stands earlier in the list of keys was met earlier in the text.
        Ordering::Equal => one.key.cmp(&other.key),
        order => order,
    };
    let looked_at = (most * LOOKED_AT).min(all.len());
    if looked_at < all.len() {
        all.select_nth_unstable_by(looked_at, order);
        all.truncate(looked_at);
    }
    all.sort_unstable_by(order);
    let mut chosen: Vec<Candidate> = Vec::with_capacity(most);
    for candidate in all {
        if chosen.len() == most {
            break;
        }
        let says_more =
            chosen.iter().all(|better| says_more(&candidate, better) && !overlaps(&candidate, better, sorted));
        if says_more && stands_alone(&candidate, &chosen) {
            chosen.push(candidate);
        }
    }
    chosen
}

/// Whether half of the first places of `candidate` share words with places of `better`, as "second wind" does with
/// "wind farm"; of phrases that hold one another `says_more` decides.
fn overlaps(candidate: &Candidate, better: &Candidate, sorted: &[Occurrence]) -> bool {
    let common = shared(candidate, better);
    if common == 0 || common == length(&candidate.key).min(length(&better.key)) {
        return false;
    }
    let taken = places(better, sorted);
    let mine = &places(candidate, sorted)[..(candidate.count as usize).min(PLACES)];
    let meets = |place: &&Occurrence| {
        let before = taken.partition_point(|other| other.first <= place.last);
        before > 0 && taken[before - 1].last >= place.first
    };
    2 * mine.iter().filter(meets).count() >= mine.len()
}

fn places<'s>(candidate: &Candidate, sorted: &'s [Occurrence]) -> &'s [Occurrence] {
    &sorted[candidate.from as usize..][..candidate.count as usize]
}

/// Whether a phrase stands often enough outside all the better ones that hold it.
fn stands_alone(candidate: &Candidate, chosen: &[Candidate]) -> bool {
    let holds = |better: &&Candidate| {
        length(&better.key) > length(&candidate.key) && shared(candidate, better) == length(&candidate.key)
    };
    let inside: u32 = chosen.iter().filter(holds).map(|better| better.count).sum();
    inside == 0 || is_apart(candidate.count, inside)
}

fn is_apart(count: u32, inside: u32) -> bool {
    let apart = f64::from(count) - f64::from(inside);
    apart >= APART * f64::from(count) && apart >= 2.0
}

/// How many words of `short` are in `long`.
fn shared(short: &Candidate, long: &Candidate) -> usize {
    short.key[..length(&short.key)].iter().filter(|stem| long.key.contains(stem)).count()
}

/// Whether `candidate` says something that `better` does not.
fn says_more(candidate: &Candidate, better: &Candidate) -> bool {
    let (short, long) =
        if length(&candidate.key) < length(&better.key) { (candidate, better) } else { (better, candidate) };
    let shared = shared(short, long);
    if shared < length(&short.key) {
        // "old gymnasium" and "new gymnasium" are two; of three words, two shared ones are the same thing.
        return shared < 2;
    }
    long.count > 1 && is_apart(short.count, long.count)
}
