//! What a caller can ask for.

use crate::sentences::Language;

/// The smallest size of a chunk that can be asked for.
pub const LEAST_TOKENS: usize = 16;
/// The largest size of a chunk that can be asked for.
pub const MOST_TOKENS: usize = 4_096;
/// The largest overlap that can be asked for; it is less than half of the size as well.
pub const MOST_OVERLAP: usize = 2_047;

/// How a document is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// CommonMark with tables and front matter.
    Markdown,
    /// Paragraphs with empty lines between them.
    Text,
    /// HTML, a whole page or a part of one.
    Html,
}

impl Format {
    /// Its name in inputs and results.
    pub fn name(self) -> &'static str {
        match self {
            Format::Markdown => "markdown",
            Format::Text => "text",
            Format::Html => "html",
        }
    }

    /// The format of this name; none for `auto`.
    pub fn named(name: &str) -> Option<Self> {
        [Format::Markdown, Format::Text, Format::Html].into_iter().find(|format| format.name() == name)
    }
}

/// Where cuts may fall.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum By {
    /// Between words: every chunk as full as it gets.
    Tokens,
    /// Between sentences, rather between paragraphs.
    Sentences,
    /// As `Sentences`, and no chunk goes over a heading.
    Headings,
}

impl By {
    /// The way of this name; `Headings` when it is no other.
    pub fn named(name: &str) -> Self {
        match name {
            "tokens" => By::Tokens,
            "sentences" => By::Sentences,
            _ => By::Headings,
        }
    }
}

/// How a document shall be cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Options {
    /// How it is written; recognised when `None`.
    pub format: Option<Format>,
    /// Where cuts may fall.
    pub by: By,
    /// The most tokens of a chunk, overlap included.
    pub max_tokens: usize,
    /// How many tokens of the chunk before are repeated; less than half of `max_tokens`.
    pub overlap_tokens: usize,
    /// Whose abbreviations do not end sentences; those of all languages when `None`.
    pub language: Option<Language>,
}

impl Default for Options {
    fn default() -> Self {
        Self { format: None, by: By::Headings, max_tokens: 256, overlap_tokens: 0, language: None }
    }
}
