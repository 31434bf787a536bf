//! How much each phrase says about the text.

use crate::phrases::{Key, Occurrence};
use crate::pieces::{Before, Piece};
use crate::MOST_WORDS;

/// A phrase with its places and its score.
#[derive(Clone, Copy, Debug)]
pub struct Candidate {
    /// Its stems.
    pub key: Key,
    /// Where its occurrences begin in the sorted list.
    pub from: u32,
    /// How many there are.
    pub count: u32,
    /// Higher is better.
    pub score: f64,
}

/// What a phrase of one, two, three words weighs: long ones say more and are rarer.
const LENGTHS: [f64; MOST_WORDS] = [1.0, 1.55, 1.6, 1.45, 1.3];
/// What the beginning of a text adds, and after how many sentences half of it is gone.
const EARLY: f64 = 0.6;
const EARLY_SENTENCES: f64 = 4.0;
/// What a name adds.
const NAME: f64 = 0.2;
/// What a phrase that stands there once is worth beside one that comes back.
const ONCE: f64 = 0.55;

/// All phrases, by key, each with its score.
pub fn candidates(pieces: &[Piece<'_>], sorted: &[Occurrence]) -> Vec<Candidate> {
    let sentences = sentence_numbers(pieces);
    let mut all = grouped(sorted);
    let containing = containing(&all);
    for (candidate, (longer, kinds)) in all.iter_mut().zip(containing) {
        let places = &sorted[candidate.from as usize..][..candidate.count as usize];
        let inside = if kinds == 0 { 0.0 } else { f64::from(longer) / f64::from(kinds) };
        candidate.score = score(
            pieces,
            &sentences,
            places,
            f64::from(candidate.count) - inside.min(f64::from(candidate.count) * 0.9),
        );
    }
    all.retain(|candidate| candidate.score > 0.0);
    all
}

/// The number of words of a phrase.
pub fn length(key: &Key) -> usize {
    key.iter().take_while(|stem| **stem != 0).count()
}

fn score(pieces: &[Piece<'_>], sentences: &[u32], places: &[Occurrence], own: f64) -> f64 {
    let words = length(&places[0].key);
    let numbered = pieces[places[0].last as usize].word.starts_with(|letter: char| letter.is_ascii_digit());
    if numbered && places.len() == 1 {
        // "version 4" has to come back; once, it is an amount of something.
        return 0.0;
    }
    let mut distinct = 0;
    let mut last = u32::MAX;
    let mut names = 0_usize;
    for place in places {
        let first = place.first as usize;
        let sentence = sentences[first];
        distinct += usize::from(sentence != last);
        last = sentence;
        let capital = (place.first..=place.last).all(|at| {
            let word = pieces[at as usize].word;
            word.starts_with(char::is_uppercase) || word.len() < 4
        });
        names += usize::from(
            capital && pieces[first].before != Before::Sentence && pieces[first].word.starts_with(char::is_uppercase),
        );
    }
    let early = f64::from(sentences[places[0].first as usize]) / EARLY_SENTENCES;
    let frequency = if places.len() > 1 {
        (1.0 + own).ln() * (1.0 + (distinct as f64).ln())
    } else {
        ONCE * std::f64::consts::LN_2
    };
    let name = NAME * names as f64 / places.len() as f64;
    frequency * LENGTHS[words - 1] * (1.0 + EARLY / (1.0 + early)) * (1.0 + name)
}

/// Which sentence each piece is in.
fn sentence_numbers(pieces: &[Piece<'_>]) -> Vec<u32> {
    let mut number = 0;
    let mut numbers = Vec::with_capacity(pieces.len());
    for (at, piece) in pieces.iter().enumerate() {
        number += u32::from(at > 0 && piece.before == Before::Sentence);
        numbers.push(number);
    }
    numbers
}

fn grouped(sorted: &[Occurrence]) -> Vec<Candidate> {
    let mut groups: Vec<Candidate> = Vec::new();
    for (at, occurrence) in sorted.iter().enumerate() {
        match groups.last_mut() {
            Some(last) if last.key == occurrence.key => last.count += 1,
            _ => groups.push(Candidate { key: occurrence.key, from: at as u32, count: 1, score: 0.0 }),
        }
    }
    groups
}

/// For each phrase how often it stands inside longer ones that come back, and in how many different ones (C-value).
fn containing(all: &[Candidate]) -> Vec<(u32, u32)> {
    let mut inside = vec![(0, 0); all.len()];
    for candidate in all.iter().filter(|candidate| candidate.count > 1) {
        let words = length(&candidate.key);
        for (from, to) in (0..words).flat_map(|from| (from + 1..=words).map(move |to| (from, to))) {
            if to - from == words {
                continue;
            }
            let mut part = [0; MOST_WORDS];
            part[..to - from].copy_from_slice(&candidate.key[from..to]);
            if let Ok(at) = all.binary_search_by_key(&part, |other| other.key) {
                inside[at].0 += candidate.count;
                inside[at].1 += 1;
            }
        }
    }
    inside
}
