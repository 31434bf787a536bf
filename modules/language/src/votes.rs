//! What the trigrams of `whatlang` say, asked only about languages that are allowed. Which letters a language has is
//! known here already, so its comparison of alphabets is left out.

use whatlang::dev::{detect_with_options, FilterList, Method, Options};
use whatlang::Lang;

use crate::catalogue::{Language, Support};

/// Fewer letters are too few for trigrams alone.
const FEWEST_LETTERS: usize = 40;
/// A language that only its trigrams are known of has to be well ahead.
const CLEAR: f64 = 0.5;

/// The language that the trigrams of a text speak for, and how clearly, 0 to 1.
pub struct Vote {
    /// Which one.
    pub language: &'static Language,
    /// How far the next one is behind.
    pub clarity: f64,
}

/// The vote about `prose` of so many letters, among `allowed`; none where it would be worth nothing.
pub fn vote(prose: &str, letters: usize, allowed: &[&'static Language]) -> Option<Vote> {
    let langs: Vec<Lang> = allowed.iter().map(|language| language.lang).collect();
    let options = Options::with_method(Method::Trigram).set_filter_list(FilterList::allow(langs));
    let info = detect_with_options(prose, &options)?;
    let language = Language::of_lang(info.lang()).filter(|found| allowed.iter().any(|one| one.code == found.code))?;
    let weak = letters < FEWEST_LETTERS || info.confidence() < CLEAR;
    if language.support == Support::LongTexts && weak {
        return None;
    }
    Some(Vote { language, clarity: info.confidence() })
}
