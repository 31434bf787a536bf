//! Puts a text into one of the caller's labels, without a model and without training.
//!
//! A label is told by the words of its name, its description and its examples. A table of related words, English and
//! French, written for this module, makes "my card was charged twice" speak for `billing`; n-grams of letters find what is
//! spelled, joined or inflected otherwise. What was found becomes a probability, in which no label at all takes part.

mod classify;
mod profile;
mod sample;
mod stem;
mod terms;
mod topics;
mod words;

pub use classify::{classify, Mode, Scored};
pub use profile::Label;
