//! Where the sentences of a paragraph end.
//!
//! A sentence ends at a stop with white space after it, unless the stop belongs to an abbreviation, an initial or a
//! number, or the text goes on in small letters. Chinese and Japanese stops need no white space. Nothing is left out:
//! what is between two ends is a sentence, whatever it holds.

mod abbreviations;

pub use abbreviations::Language;

use abbreviations::keeps_stop;

/// Where sentences end in `text`, in bytes, after their stops and closing quotes; the end of the text is not among them.
pub fn ends_of_sentences(text: &str, language: Option<Language>) -> Vec<usize> {
    let caseless = !text.chars().any(char::is_uppercase);
    let (mut ends, mut after) = (Vec::new(), 0);
    for (at, letter) in text.char_indices() {
        if at < after || !is_stop(letter) {
            continue;
        }
        let stops = length_while(&text[at..], is_stop);
        after = at + stops + closing_length(&text[at + stops..]);
        let rest = &text[after..];
        if rest.is_empty() {
            break;
        }
        let stop = Stop { before: &text[..at], stops: &text[at..at + stops], rest };
        if text[at..at + stops].chars().any(is_wide) || stop.ends_sentence(caseless, language) {
            ends.push(after);
        }
    }
    ends
}

struct Stop<'t> {
    before: &'t str,
    stops: &'t str,
    rest: &'t str,
}

impl Stop<'_> {
    fn ends_sentence(&self, caseless: bool, language: Option<Language>) -> bool {
        if !self.rest.starts_with(char::is_whitespace) {
            return false;
        }
        let next = self.rest.trim_start().trim_start_matches(is_opening);
        let goes_on = next.starts_with(char::is_lowercase) && !caseless;
        !goes_on && !(self.stops == "." && (self.is_number_of_item() || keeps_stop(self.last_word(), next, language)))
    }

    /// Whether nothing but a number stands before the stop on its line, as in "2. Then".
    fn is_number_of_item(&self) -> bool {
        let digits = self.before.bytes().rev().take_while(u8::is_ascii_digit).count();
        let line = self.before[..self.before.len() - digits].trim_end_matches([' ', '\t']);
        (1..=3).contains(&digits) && (line.is_empty() || line.ends_with(['\n', '\r']))
    }

    /// The word before the stop, with full stops inside it: "e.g", "U.S".
    fn last_word(&self) -> &str {
        let length: usize = self
            .before
            .chars()
            .rev()
            .take_while(|letter| letter.is_alphanumeric() || *letter == '.')
            .take(abbreviations::LONGEST + 1)
            .map(char::len_utf8)
            .sum();
        self.before[self.before.len() - length..].trim_start_matches('.')
    }
}

/// The length of quotes and brackets that close right here; French puts a space before »; marks of Markdown close too.
fn closing_length(rest: &str) -> usize {
    let mut length = 0;
    loop {
        let ahead = &rest[length..];
        let space = length_while(ahead, |letter| matches!(letter, ' ' | '\u{a0}' | '\u{202f}'));
        let spaced = if ahead[space..].starts_with('»') { space + '»'.len_utf8() } else { 0 };
        match length_while(ahead, is_closing).max(spaced) {
            0 => return length,
            closed => length += closed,
        }
    }
}

fn length_while(text: &str, holds: impl Fn(char) -> bool) -> usize {
    text.find(|letter| !holds(letter)).unwrap_or(text.len())
}

fn is_stop(letter: char) -> bool {
    matches!(letter, '.' | '!' | '?' | '…' | '\u{61f}' | '\u{6d4}' | '\u{964}' | '\u{589}' | '\u{203d}')
        || is_wide(letter)
}

/// Stops of scripts that put no space after them.
fn is_wide(letter: char) -> bool {
    matches!(letter, '\u{3002}' | '\u{ff01}' | '\u{ff1f}' | '\u{ff0e}')
}

fn is_closing(letter: char) -> bool {
    matches!(
        letter,
        '"' | '\'' | '”' | '’' | '“' | '‘' | ')' | ']' | '»' | '*' | '_' | '`' | '\u{300d}' | '\u{300f}' | '\u{ff09}'
    )
}

fn is_opening(letter: char) -> bool {
    letter.is_whitespace()
        || matches!(
            letter,
            '"' | '\'' | '“' | '‘' | '„' | '«' | '(' | '[' | '—' | '–' | '-' | '¿' | '¡' | '*' | '_' | '`'
        )
}
