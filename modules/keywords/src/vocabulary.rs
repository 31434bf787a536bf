//! Every word of a text once: its number, its class, and what is known of its use.

use std::collections::BTreeMap;

use crate::language::Language;
use crate::pieces::Piece;
use crate::words::{self, Class};

/// A word as it stands at one place.
#[derive(Clone, Copy, Debug)]
pub struct Word {
    /// The number of its stem; 0 is none.
    pub stem: u32,
    /// What it can be in a phrase.
    pub class: Class,
}

/// What is longer, in bytes, is no word: a key, a hash, a line of a script without spaces.
const LONGEST_WORD: usize = 90;
/// The longest word that may be a small one of a language that is not known, in letters.
const LONGEST_SMALL: usize = 5;

/// The word of each of `pieces`, in their order.
pub fn words<'t>(pieces: &[Piece<'t>], language: Language) -> Vec<Word> {
    let mut stems: BTreeMap<String, u32> = BTreeMap::new();
    let mut seen: BTreeMap<&'t str, Word> = BTreeMap::new();
    let common = if language == Language::Other { common(pieces) } else { BTreeMap::new() };
    let mut all = Vec::with_capacity(pieces.len());
    for piece in pieces {
        if piece.word.len() > LONGEST_WORD {
            all.push(Word { stem: 0, class: Class::Small });
            continue;
        }
        let word = *seen.entry(piece.word).or_insert_with(|| {
            let folded = words::fold(piece.word);
            let small = common.contains_key(&folded) || words::is_participle(piece.word, language);
            let class = if small { Class::Small } else { words::class_of(&folded, language) };
            let next = stems.len() as u32 + 1;
            let stem = *stems.entry(words::stem(&folded, language).to_owned()).or_insert(next);
            Word { stem, class }
        });
        all.push(word);
    }
    all
}

/// The folded words that a text without a known language uses as its small ones: very short ones, and short ones in small
/// letters that stand everywhere.
fn common(pieces: &[Piece<'_>]) -> BTreeMap<String, usize> {
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for piece in pieces.iter().filter(|piece| piece.word.chars().count() <= LONGEST_SMALL) {
        // A capital says that it is a name, or a noun of German: it takes four to be common all the same.
        let weight = if piece.word.starts_with(char::is_uppercase) { 1 } else { 4 };
        *counts.entry(words::fold(piece.word)).or_default() += weight;
    }
    let least = 4 * (pieces.len() / 60).max(4);
    counts.retain(|word, count| match word.chars().count() {
        ..=2 => word.is_ascii(),
        3 => *count >= 8,
        _ => *count >= least,
    });
    counts
}
