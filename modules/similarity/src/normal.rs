//! Text in the form in which it is compared: NFKC, small letters, and without accents if they shall not count.

use unicode_normalization::char::{canonical_combining_class, decompose_compatible};
use unicode_normalization::{is_nfkc_quick, IsNormalized, UnicodeNormalization};

/// A letter that becomes so many parts or more counts as all of them: one Arabic ligature stands for eighteen letters.
const MANY_PARTS: usize = 4;

/// How many characters `text` has, with ligatures counted as what they stand for.
pub fn length(text: &str) -> usize {
    if text.is_ascii() {
        return text.len();
    }
    text.chars().map(weight).sum()
}

fn weight(letter: char) -> usize {
    if letter.is_ascii() {
        return 1;
    }
    let mut parts = 0;
    decompose_compatible(letter, |_| parts += 1);
    if parts < MANY_PARTS {
        1
    } else {
        parts
    }
}

/// The normal form of `text`.
pub fn normal(text: &str, marks: bool) -> String {
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    let mut out = String::with_capacity(text.len());
    if !marks {
        for letter in text.chars() {
            decompose_compatible(letter, |part| {
                if canonical_combining_class(part) == 0 {
                    out.extend(part.to_lowercase().filter(|small| canonical_combining_class(*small) == 0));
                }
            });
        }
    } else if is_nfkc_quick(text.chars()) == IsNormalized::Yes {
        out.extend(text.chars().flat_map(char::to_lowercase));
    } else {
        out.extend(text.nfkc().flat_map(char::to_lowercase));
    }
    out
}
