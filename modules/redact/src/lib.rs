//! Finds personal data in text and replaces it by placeholders that can be put back.
//!
//! Hand-written scanners instead of regular expressions: a fresh instance runs for every task, so
//! nothing may need compiling at start, and checksums (Luhn, ISO 13616, NIR) need code anyway. Every
//! scanner looks a bounded distance around where it stands, so time grows with the text only.
//!
//! It works on what a text says, not on who is meant: names, addresses and dates are not found.

mod detect;
mod kind;
mod placeholders;
mod redaction;

pub use kind::{Kind, SELECTION_WORDS};
pub use redaction::{redact, Entity, Redaction};
