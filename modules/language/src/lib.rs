//! Tells the language of a text, of a sentence and, as far as that can be told, of a word or two.
//!
//! The crate `whatlang` compares the trigrams of a text with profiles, which needs a paragraph to be sure. Three things
//! are added for the texts that people search, click and type: which letters and scripts a language has, how its words
//! are spelled (a letter model of word lists written for this module), and which of these words it uses. What says
//! nothing about language (numbers, addresses, code, words that travel) is left out before anything is counted.

mod alphabets;
mod catalogue;
mod code;
mod detect;
mod evidence;
mod ideographs;
mod sample;
mod script;
mod segments;
mod tables;
mod votes;
mod words;

pub use catalogue::{Language, Support, LANGUAGES};
pub use detect::{detect, Candidate, Detection, RELIABLE};
pub use script::Script;
pub use segments::{segments, Segment, MOST_SEGMENTS};
