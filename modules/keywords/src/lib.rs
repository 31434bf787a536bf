//! Finds the phrases that a text is about, and ranks them.
//!
//! Of the family of YAKE and C-value: candidates are runs of words between small words; what counts is how often a
//! phrase stands there by itself, in how many sentences, how early, and whether it is a name. Nothing is trained, so a
//! text needs no collection of others beside it. English and French are known by their small words, common verbs and
//! endings; in other languages the words that stand everywhere are taken for small.

mod language;
mod phrases;
mod pieces;
mod rank;
mod result;
mod select;
mod vocabulary;
mod words;

pub use language::Language;
pub use result::{keywords, Keyword, Keywords, MOST_OFFSETS};

/// The most words that a phrase may have; small words inside are not counted.
pub const MOST_WORDS: usize = 5;
