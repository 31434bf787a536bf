//! Words whose full stop does not end a sentence, English and French, in lower case.

use crate::fold::{fold_into, is_in_word};
use crate::language::Language;

/// Never last in a sentence: titles, and words that announce something.
const TITLES: &[&str] = &[
    "mr", "mrs", "ms", "dr", "prof", "st", "rev", "hon", "gen", "col", "capt", "lt", "sgt", "sen", "rep", "gov", "mm",
    "mme", "mlle", "me", "pr", "mgr", "vs", "cf", "e.g", "i.e", "eg", "ie", "viz", "approx", "env", "ex", "messrs",
    "mt", "ft",
];
/// Not last when a digit follows.
const BEFORE_NUMBERS: &[&str] = &[
    "no", "nos", "p", "pp", "fig", "figs", "art", "vol", "chap", "ch", "sec", "sect", "eq", "tel", "tél", "réf", "ref",
    "n", "al", "jan", "feb", "mar", "apr", "jun", "jul", "aug", "sep", "sept", "oct", "nov", "dec", "janv", "févr",
    "avr", "juil", "déc", "bd", "av", "ligne", "v",
];

/// No abbreviation here has more bytes; most words that end sentences do.
const LONGEST: usize = 8;

/// Whether the full stop after `word` belongs to the word, given the word that follows after a space.
pub fn keeps_stop(word: &str, next: &str) -> bool {
    if word.len() > LONGEST {
        return false;
    }
    let lower = word.to_lowercase();
    let number_follows = next.starts_with(char::is_numeric);
    TITLES.contains(&lower.as_str())
        || (number_follows && BEFORE_NUMBERS.contains(&lower.as_str()))
        || is_initial(word)
        || (is_dotted(word) && !begins_sentences(next))
}

/// A single capital letter, as in "J. Dupont"; "I" ends sentences in English.
fn is_initial(word: &str) -> bool {
    let mut letters = word.chars();
    matches!((letters.next(), letters.next()), (Some(letter), None) if letter.is_uppercase() && letter != 'I')
}

/// Single letters with full stops between, as in "U.S" or "p.m".
fn is_dotted(word: &str) -> bool {
    word.contains('.') && word.split('.').all(|letter| letter.chars().count() == 1)
}

/// Whether sentences often begin with `word`, as they do with "The" and "Il" and not with names.
fn begins_sentences(word: &str) -> bool {
    let mut folded = String::new();
    word.chars().take_while(|letter| is_in_word(*letter)).for_each(|letter| fold_into(letter, &mut folded));
    Language::Undetermined.is_small(&folded)
}
