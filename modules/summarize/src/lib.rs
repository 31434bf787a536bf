//! Chooses the sentences that say most of what a text says, in English and French.
//!
//! TextRank (Mihalcea and Tarau, 2004): sentences vote for sentences that share their words, and the
//! votes of well supported ones count more. Nothing is rewritten, so nothing can be invented. The graph
//! is never built: its matrix is a product of the sparse word vectors, so a mebibyte of text costs
//! time in proportion to its words, not to the square of its sentences.

mod choose;
mod fold;
mod language;
mod rank;
mod split;
mod stopwords;
mod summary;
mod vectors;

pub use language::Language;
pub use split::{sentences, Span};
pub use summary::{summarize, Sentence, Summary};
