//! What a caller can ask for.

/// So many documents can be compared in one call.
pub const MOST_DOCUMENTS: usize = 5_000;
/// So many pairs can be asked for.
pub const MOST_PAIRS: usize = 10_000;

/// What a text is cut into.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shingle {
    /// Runs of words.
    Words,
    /// Runs of letters and digits, with one space between words.
    Characters,
}

impl Shingle {
    /// How many of them in a run, when the caller does not say.
    pub fn default_size(self) -> usize {
        match self {
            Shingle::Words => 3,
            Shingle::Characters => 5,
        }
    }
}

/// How texts shall be compared.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Options {
    /// Pairs less alike than this are not reported.
    pub threshold: f64,
    /// What texts are cut into.
    pub shingle: Shingle,
    /// How many words or characters in a shingle.
    pub size: usize,
    /// How many pairs are reported.
    pub max_pairs: usize,
    /// Whether é is another letter than e.
    pub marks: bool,
}

impl Default for Options {
    fn default() -> Self {
        let shingle = Shingle::Words;
        Self { threshold: 0.5, shingle, size: shingle.default_size(), max_pairs: 100, marks: true }
    }
}
