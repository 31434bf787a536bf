//! Splits a document into pieces that a retrieval index or a model can take.
//!
//! Three steps, each on its own: a format's reader finds the blocks (headings, paragraphs, lists, code, tables), every
//! place between two words gets a rank that says how well a cut fits there, and the packer fills chunks up to their
//! size with the best cuts. Nothing is rewritten: a chunk of Markdown or plain text is a slice of the input.

mod chunks;
mod clusters;
mod detect;
mod document;
mod html;
mod lines;
mod markdown;
mod options;
mod pack;
mod pieces;
mod plain;
mod points;
mod ranks;
mod sentences;
mod tokens;

pub use chunks::{chunk, Chunk, Chunks};
pub use document::Kind;
pub use options::{By, Format, Options, LEAST_TOKENS, MOST_OVERLAP, MOST_TOKENS};
pub use sentences::{ends_of_sentences, Language};
pub use tokens::estimate;
