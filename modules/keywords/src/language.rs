//! Which language a text is in, as far as it matters here.

use crate::words;

/// How many words of a text are looked at.
const SAMPLE: usize = 3_000;
/// The share of small words from which on a text is of a language.
const LEAST_SHARE: usize = 8;

/// The languages whose words are known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Language {
    /// English.
    English,
    /// French.
    French,
    /// Any other, or too little to tell.
    Other,
}

impl Language {
    /// The language of a code, if it is one that is known here.
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
            Language::Other => "und",
        }
    }

    /// The language of these words.
    pub fn of<'t>(all: impl Iterator<Item = &'t str>) -> Language {
        let (mut english, mut french, mut count) = (0, 0, 0);
        for word in all.take(SAMPLE) {
            let folded = words::fold(word);
            let (in_english, in_french) =
                (words::is_telling(&folded, Language::English), words::is_telling(&folded, Language::French));
            english += usize::from(in_english && !in_french);
            french += usize::from(in_french && !in_english);
            count += 1;
        }
        match english.max(french) {
            most if most * LEAST_SHARE < count || most == 0 || english == french => Language::Other,
            most if most == english => Language::English,
            _ => Language::French,
        }
    }
}
