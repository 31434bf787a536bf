//! Which language a text is in, by the words that every text of it uses.

use crate::stopwords::{ENGLISH, FRENCH};
use crate::vectors::words;

/// How much of a text is looked at to tell its language, in bytes.
const SAMPLE: usize = 20_000;

/// What is known about a text's language.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Language {
    /// English.
    English,
    /// French.
    French,
    /// Neither, or too little to tell; both lists of small words apply.
    Undetermined,
}

impl Language {
    /// The language of a code, if it is one that is spoken here.
    pub fn named(code: &str) -> Option<Language> {
        match code {
            "en" => Some(Language::English),
            "fr" => Some(Language::French),
            _ => None,
        }
    }

    /// The ISO 639 code; `und` is its word for undetermined.
    pub fn code(self) -> &'static str {
        match self {
            Language::English => "en",
            Language::French => "fr",
            Language::Undetermined => "und",
        }
    }

    /// The language of `text`.
    pub fn of(text: &str) -> Language {
        let mut end = SAMPLE.min(text.len());
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        let (mut english, mut french) = (0, 0);
        words(&text[..end], |word| {
            let (in_english, in_french) = (Language::English.is_small(word), Language::French.is_small(word));
            english += usize::from(in_english && !in_french);
            french += usize::from(in_french && !in_english);
        });
        match english.cmp(&french) {
            std::cmp::Ordering::Greater => Language::English,
            std::cmp::Ordering::Less => Language::French,
            std::cmp::Ordering::Equal => Language::Undetermined,
        }
    }

    /// Whether `word`, folded, is too common to tell what a text is about.
    pub fn is_small(self, word: &str) -> bool {
        let order = |small: &&str| small.len().cmp(&word.len()).then_with(|| (**small).cmp(word));
        let within = |list: &[&str]| list.binary_search_by(order).is_ok();
        match self {
            Language::English => within(ENGLISH),
            Language::French => within(FRENCH),
            Language::Undetermined => within(ENGLISH) || within(FRENCH),
        }
    }
}
