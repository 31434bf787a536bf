//! The text as tokens whose words are looked up once.

mod lexicon;
mod tokens;

pub use lexicon::{Key, Sense};
pub use tokens::{Shape, Tokens};
