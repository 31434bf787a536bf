//! The words of a text without case and accents, each with its place.

use unicode_normalization::char::{decompose_canonical, is_combining_mark};

/// A word longer than this is none; it is cut.
const LONGEST: usize = 40;

/// A folded word and where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Word {
    /// Lowercase letters and digits, without accents.
    pub folded: String,
    /// Its first character, in code points of the text.
    pub start: usize,
    /// Just after its last character.
    pub end: usize,
}

/// The words of `text`, in order. What is written without spaces is taken character by character.
pub fn words(text: &str) -> Vec<Word> {
    let mut found: Vec<Word> = Vec::new();
    let mut open = false;
    for (point, letter) in text.chars().enumerate() {
        let single = is_word_alone(letter);
        if single || !(letter.is_alphanumeric() || (open && is_combining_mark(letter))) {
            open = false;
        }
        if !single && !letter.is_alphanumeric() {
            if let (true, Some(word)) = (open, found.last_mut()) {
                word.end = point + 1;
            }
            continue;
        }
        if !open {
            found.push(Word { folded: String::new(), start: point, end: point });
        }
        open = !single;
        let word = found.last_mut().expect("one was just pushed or is open");
        word.end = point + 1;
        if word.folded.len() < LONGEST {
            fold_into(letter, &mut word.folded);
        }
    }
    found.retain(|word| !word.folded.is_empty());
    found
}

/// Only the words.
#[allow(dead_code, reason = "the build script takes the words of its lists by this")]
pub fn folded_words(text: &str) -> Vec<String> {
    words(text).into_iter().map(|word| word.folded).collect()
}

fn fold_into(letter: char, out: &mut String) {
    match letter {
        'œ' | 'Œ' => out.push_str("oe"),
        'æ' | 'Æ' => out.push_str("ae"),
        'ß' => out.push_str("ss"),
        _ => decompose_canonical(letter, |part| {
            if !is_combining_mark(part) {
                out.extend(part.to_lowercase());
            }
        }),
    }
}

/// Chinese characters and kana.
fn is_word_alone(letter: char) -> bool {
    matches!(letter, '\u{3041}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}' | '\u{20000}'..='\u{2fa1f}')
}
