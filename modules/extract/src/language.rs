//! Whether a text is English or French, by its smallest words. Where neither is found it is read as English.

use crate::settings::Language;

/// How much of a text is looked at, in bytes.
const SAMPLE: usize = 20_000;

const ENGLISH: &[&str] = &[
    "the", "and", "of", "to", "in", "is", "was", "are", "for", "with", "on", "at", "by", "from", "that", "this", "it",
    "you", "your", "we", "our", "he", "she", "they", "have", "has", "be", "been", "not", "or", "if", "please", "by",
    "until", "before", "after", "will", "would", "can", "call", "i", "my", "me",
];
const FRENCH: &[&str] = &[
    "le", "la", "les", "de", "des", "du", "et", "est", "un", "une", "pour", "avec", "sur", "dans", "par", "que", "qui",
    "vous", "votre", "nous", "notre", "il", "elle", "ils", "ont", "au", "aux", "ce", "cette", "pas", "ou", "merci",
    "avant", "je", "mon", "ma", "mes", "se", "sa", "son", "en", "à", "d", "l", "qu", "été", "était", "jusqu", "reste",
];

/// The language of `text`.
pub fn of(text: &str) -> Language {
    let mut end = SAMPLE.min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    let (mut english, mut french) = (0_usize, 0_usize);
    for word in text[..end].split(|letter: char| !letter.is_alphabetic()).filter(|word| (1..=8).contains(&word.len())) {
        let word = word.to_lowercase();
        english += usize::from(ENGLISH.contains(&word.as_str()));
        french += usize::from(FRENCH.contains(&word.as_str()));
    }
    if french > english {
        Language::French
    } else {
        Language::English
    }
}
