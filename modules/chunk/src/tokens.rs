//! An estimate of how many tokens a model makes of a text, by rules that can be said in a table.
//!
//! Real tokenizers differ from model to model and are megabytes of vocabulary. What they share: short words are one
//! token with the space before them, long ones several, digits go in threes, scripts without much training data cost
//! more. The rules below count in twelfths of a token per character and round up at the end of each run.

use crate::clusters::{cluster_length, is_blank};

/// One token, in the unit of the weights below.
const TOKEN: usize = 12;
/// So much white space is one token; a single blank is free.
const BLANKS: usize = 16;

/// Characters of one class in a row share tokens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// Letters, accents on them, and apostrophes.
    Letters,
    /// Digits.
    Digits,
    /// The same sign repeated.
    Sign(char),
    /// Each by itself.
    Alone,
}

/// What a cluster is, and its weight in twelfths of a token.
pub fn weigh(cluster: &str) -> (Class, usize) {
    let mut letters = cluster.chars();
    let first = letters.next().unwrap_or(' ');
    let more = if first.is_ascii() && cluster.len() == 1 { 0 } else { letters.count() };
    match first {
        'a'..='z' | 'A'..='Z' | '\'' | '’' => (Class::Letters, 2 + 3 * more),
        '0'..='9' => (Class::Digits, 4 + 3 * more),
        '!'..='~' => (Class::Sign(first), 3 + TOKEN * more),
        _ if is_ideographic(first) || is_hangul(first) => (Class::Alone, TOKEN * (1 + more)),
        _ if first.is_numeric() => (Class::Digits, 4 + 3 * more),
        _ if first.is_alphabetic() || is_mark(first) => (Class::Letters, 3 + 3 * more),
        _ if first < '\u{2e80}' => (Class::Alone, TOKEN * (1 + more)),
        _ => (Class::Alone, TOKEN * (2 + more)),
    }
}

/// Whether words are written without spaces between them in the script of this letter, so that it may be cut there.
pub fn is_ideographic(letter: char) -> bool {
    matches!(letter, '\u{2e80}'..='\u{2fdf}' | '\u{3005}'..='\u{3007}' | '\u{3040}'..='\u{30ff}'
        | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}')
}

fn is_hangul(letter: char) -> bool {
    matches!(letter, '\u{ac00}'..='\u{d7af}')
}

fn is_mark(letter: char) -> bool {
    matches!(letter, '\u{300}'..='\u{36f}')
}

/// Adds up the tokens of a stretch without white space, cluster by cluster.
#[derive(Clone, Copy, Debug)]
pub struct Tally {
    done: usize,
    run: usize,
    class: Class,
}

impl Tally {
    /// Nothing yet.
    pub fn new() -> Self {
        Self { done: 0, run: 0, class: Class::Alone }
    }

    /// One more cluster; tells whether it begins a new run.
    pub fn add(&mut self, class: Class, weight: usize) -> bool {
        let begins = class != self.class || class == Class::Alone;
        if begins {
            self.done = self.tokens();
            (self.run, self.class) = (0, class);
        }
        self.run += weight;
        begins
    }

    /// The tokens so far.
    pub fn tokens(&self) -> usize {
        self.done + self.run.div_ceil(TOKEN)
    }
}

/// The tokens of white space of `letters` characters between two words.
pub fn tokens_of_blank(letters: usize) -> usize {
    if letters <= 1 {
        0
    } else {
        letters.div_ceil(BLANKS)
    }
}

/// The estimate for a whole text; white space at its ends is free.
pub fn estimate(text: &str) -> usize {
    let (mut at, mut total, mut blanks, mut tally) = (0, 0, 0, Tally::new());
    let mut begun = false;
    while at < text.len() {
        let cluster = &text[at..at + cluster_length(text, at)];
        at += cluster.len();
        if is_blank(cluster) {
            total += tally.tokens();
            tally = Tally::new();
            blanks += cluster.chars().count();
            continue;
        }
        total += if begun { tokens_of_blank(blanks) } else { 0 };
        (begun, blanks) = (true, 0);
        let (class, weight) = weigh(cluster);
        tally.add(class, weight);
    }
    total + tally.tokens()
}
