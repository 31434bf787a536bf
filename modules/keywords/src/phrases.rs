//! The phrases that could be meant: runs of words that say something, and all shorter ones inside them.

use crate::language::Language;
use crate::pieces::{Before, Piece};
use crate::vocabulary::Word;
use crate::words::{self, Class};
use crate::MOST_WORDS;

/// The stems of a phrase, filled up with zeros.
pub type Key = [u32; MOST_WORDS];

/// A phrase at one place of the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Occurrence {
    /// What it is an occurrence of.
    pub key: Key,
    /// Its first piece.
    pub first: u32,
    /// Its last piece.
    pub last: u32,
}

/// The most small words between two words of a phrase: "mise à l'arrêt".
const MOST_BETWEEN: usize = 2;

/// Every phrase of up to `most` words, small ones not counted, at every place.
pub fn occurrences(pieces: &[Piece<'_>], all: &[Word], language: Language, most: usize) -> Vec<Occurrence> {
    // Grown by doubling it would for a moment take three times its room.
    let mut found = Vec::with_capacity(pieces.len() * most);
    let mut run: Vec<usize> = Vec::new();
    let mut between = 0;
    for (at, piece) in pieces.iter().enumerate() {
        if piece.before != Before::Space || between > MOST_BETWEEN {
            phrases_of(&run, pieces, all, language, most, &mut found);
            run.clear();
            between = 0;
        }
        let before = if at == 0 { "" } else { pieces[at - 1].word };
        match all[at].class {
            Class::Small if between > 0 && words::is_of_idiom(before, piece.word, language) => {
                run.push(at);
                between = 0;
            }
            Class::Small if !run.is_empty() && words::is_connector(piece.word, language, between) => between += 1,
            Class::Small => between = MOST_BETWEEN + 1,
            Class::Modifier | Class::Content | Class::Number => {
                run.push(at);
                between = 0;
            }
        }
    }
    phrases_of(&run, pieces, all, language, most, &mut found);
    found.sort_unstable();
    found
}

fn phrases_of(
    run: &[usize],
    pieces: &[Piece<'_>],
    all: &[Word],
    language: Language,
    most: usize,
    found: &mut Vec<Occurrence>,
) {
    for (from, first) in run.iter().enumerate() {
        if matches!(all[*first].class, Class::Number | Class::Small) {
            continue;
        }
        let mut key = [0; MOST_WORDS];
        let mut content = false;
        for (length, last) in run[from..].iter().take(most).enumerate() {
            let class = all[*last].class;
            key[length] = all[*last].stem;
            content |= class == Class::Content;
            let may_end = match class {
                Class::Content => true,
                Class::Modifier => language == Language::French && length > 0,
                Class::Number => length > 0 && run[from + length - 1] + 1 == *last,
                // Only the end of an idiom gets here.
                Class::Small => length > 0,
            };
            let alone = length > 0 || says_something(pieces[*first].word);
            if content && may_end && alone {
                found.push(Occurrence { key, first: *first as u32, last: *last as u32 });
            }
            if class == Class::Number {
                break;
            }
        }
    }
}

/// Whether a word can be a phrase alone: three letters, an acronym, or any of a script that writes whole words in two.
fn says_something(word: &str) -> bool {
    let letters = word.chars().filter(|letter| letter.is_alphabetic()).count();
    letters > 2 || letters == 2 && (!word.is_ascii() || word.chars().all(|letter| !letter.is_lowercase()))
}
