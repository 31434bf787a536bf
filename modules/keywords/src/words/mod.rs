//! What a word can be in a phrase, by the lists and endings of its language.

mod english;
mod exceptions;
mod french;
mod plain;

pub use plain::{fold, stem};

use unicode_normalization::UnicodeNormalization;

use crate::language::Language;
use exceptions::{ENGLISH_DESCRIBING, ENGLISH_THINGS, FRENCH_NOUNS, FRENCH_THINGS};

/// The part that a word can have in a phrase.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// It ends every phrase.
    Small,
    /// It says something about its neighbours: "new", "gratuite"; no phrase alone.
    Modifier,
    /// It can be a phrase.
    Content,
    /// Digits: they can only end a phrase, as in "version 4".
    Number,
}

/// Numbers of more digits are amounts and years, not the "4" of a version.
const LONGEST_NUMBER: usize = 3;

/// Whether a folded word is one that every text of `language` uses.
pub fn is_telling(word: &str, language: Language) -> bool {
    match language {
        Language::English => within(english::SMALL, word),
        Language::French => within(french::SMALL, word),
        Language::Other => false,
    }
}

/// Whether a small word says something after the one before it: "mise à jour".
pub fn is_of_idiom(before: &str, word: &str, language: Language) -> bool {
    language == Language::French && matches!(before, "à" | "a\u{300}") && word == "jour"
}

/// Whether a small word may stand inside a phrase; after another one (`between` of them) only an article may.
pub fn is_connector(word: &str, language: Language, between: usize) -> bool {
    match (language, between) {
        (Language::English, 0) => word == "of",
        (Language::French, 0) => matches!(word, "de" | "d" | "du" | "des" | "à" | "a\u{300}" | "au" | "aux" | "en"),
        (Language::French, 1) => matches!(word, "la" | "l" | "le" | "les"),
        _ => false,
    }
}

/// Whether a French word, as written, is a participle: what it ends in is lost with the accents.
pub fn is_participle(word: &str, language: Language) -> bool {
    if language != Language::French || word.is_ascii() {
        return false;
    }
    let word: String = word.nfc().flat_map(char::to_lowercase).collect();
    let ends = ["é", "és", "ée", "ées"].iter().any(|ending| word.ends_with(ending));
    let quality = ["té", "tés"].iter().any(|ending| word.ends_with(ending));
    ends && !quality && !FRENCH_NOUNS.contains(&word.as_str())
}

/// What `word`, folded, can be in a text of `language`.
pub fn class_of(word: &str, language: Language) -> Class {
    if word.len() == 1 && word.is_ascii() && !word.as_bytes()[0].is_ascii_digit() {
        return Class::Small;
    }
    let digits = word.bytes().filter(u8::is_ascii_digit).count();
    // "B12" and "COVID-19" are names; "GB82" and "4f3c2a1" are pieces of numbers.
    if word.len() > 3 && digits > 0 && digits < word.len() && 2 * digits >= word.len() {
        return Class::Small;
    }
    if word.starts_with(|letter: char| letter.is_numeric()) {
        return if word.len() <= LONGEST_NUMBER && word.bytes().all(|byte| byte.is_ascii_digit()) {
            Class::Number
        } else {
            Class::Small
        };
    }
    match language {
        Language::English => english(word),
        Language::French => french(word),
        Language::Other => Class::Content,
    }
}

fn within(list: &[&str], word: &str) -> bool {
    list.binary_search(&word).is_ok()
}

fn english(word: &str) -> Class {
    if within(english::MODIFIERS, word) {
        return Class::Modifier;
    }
    if within(english::SMALL, word) || within(english::WEAK, word) || is_form_of_weak_verb(word) {
        return Class::Small;
    }
    let thing = ENGLISH_THINGS.contains(&word);
    match word.len() {
        5.. if word.ends_with("ly") && !thing => Class::Small,
        5.. if word.ends_with("ed") && !thing => Class::Modifier,
        6.. if ENGLISH_DESCRIBING.iter().any(|ending| word.ends_with(ending)) => Class::Modifier,
        _ => Class::Content,
    }
}

/// "closes", "turning" of verbs that are on the list in their plain form.
fn is_form_of_weak_verb(word: &str) -> bool {
    let weak = |form: &str| within(english::WEAK, form);
    if let Some(root) = word.strip_suffix("ing").filter(|root| root.len() > 2) {
        return weak(root) || weak(&format!("{root}e")) || doubled(root).is_some_and(weak);
    }
    word.strip_suffix('s').is_some_and(|root| !root.ends_with('s') && weak(root))
}

/// "stopp" is "stop" with its last letter twice.
fn doubled(root: &str) -> Option<&str> {
    let bytes = root.as_bytes();
    let same = bytes.len() > 3 && bytes[bytes.len() - 1] == bytes[bytes.len() - 2];
    same.then(|| root.get(..root.len() - 1)).flatten()
}

fn french(word: &str) -> Class {
    if within(french::MODIFIERS, word) {
        return Class::Modifier;
    }
    if within(french::SMALL, word) || within(french::WEAK, word) {
        return Class::Small;
    }
    let thing = FRENCH_THINGS.contains(&word);
    let ends = |endings: &[&str]| endings.iter().any(|ending| word.ends_with(ending));
    match word.len() {
        5.. if ends(&["aient", "erait", "irait", "erent", "irent", "issent", "issait", "eraient"]) => Class::Small,
        5.. if ends(&["ait", "ez", "era", "eront"]) && !thing => Class::Small,
        6.. if ends(&["amment", "emment"]) => Class::Small,
        6.. if ends(&["fier", "phier", "blier"]) => Class::Small,
        4.. if word.ends_with("er") && !word.ends_with("ier") && !thing => Class::Small,
        _ => Class::Content,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lists_are_sorted_and_share_no_word() {
        for lists in
            [[english::SMALL, english::WEAK, english::MODIFIERS], [french::SMALL, french::WEAK, french::MODIFIERS]]
        {
            for (at, list) in lists.iter().enumerate() {
                assert!(list.is_sorted());
                assert!(lists[at + 1..].iter().all(|other| other.iter().all(|word| !within(list, word))));
            }
        }
    }

    #[test]
    fn endings_tell_what_the_lists_do_not() {
        assert_eq!(english("quickly"), Class::Small);
        assert_eq!(english("family"), Class::Content);
        assert_eq!(english("trained"), Class::Modifier);
        assert_eq!(english("turning"), Class::Small);
        assert_eq!(french("traversaient"), Class::Small);
        assert_eq!(french("photographier"), Class::Small);
        assert_eq!(french("boulanger"), Class::Content);
        assert_eq!(french("demenagement"), Class::Content);
        for (word, participle) in [("posés", true), ("pose\u{301}s", true), ("sécurité", false), ("vallée", false)]
        {
            assert_eq!(is_participle(word, Language::French), participle, "{word}");
        }
    }
}
