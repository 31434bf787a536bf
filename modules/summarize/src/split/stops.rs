//! The stops of a block that end a sentence.

use super::abbreviations::keeps_stop;

/// Where sentences end in `block`, in bytes, after their stops and closing quotes, except for the last.
///
/// `lowercase` tells that the whole text has no capitals, so that a small letter may begin a sentence.
pub fn ends_of_sentences(block: &str, lowercase: bool) -> Vec<usize> {
    let mut ends = Vec::new();
    let mut after = 0;
    for (at, letter) in block.char_indices() {
        if at < after || !is_stop(letter) {
            continue;
        }
        let stops = length_while(&block[at..], is_stop);
        after = at + stops + closing_length(&block[at + stops..]);
        let rest = &block[after..];
        if is_wide(letter) || ends_here(&block[..at], &block[at..at + stops], rest, lowercase) {
            ends.push(after);
        }
    }
    ends
}

fn ends_here(before: &str, stops: &str, rest: &str, lowercase: bool) -> bool {
    let next = rest.trim_start().trim_start_matches(is_opening).trim_start();
    let goes_on = next.starts_with(char::is_lowercase) && !lowercase;
    let belongs = stops == "." && keeps_stop(last_word(before), next);
    next.is_empty() || (rest.starts_with(char::is_whitespace) && !goes_on && !belongs)
}

/// The word that ends `before`, with full stops inside it: "e.g", "U.S".
fn last_word(before: &str) -> &str {
    let length = before
        .chars()
        .rev()
        .take_while(|letter| letter.is_alphanumeric() || *letter == '.')
        .map(char::len_utf8)
        .sum::<usize>();
    before[before.len() - length..].trim_start_matches('.')
}

/// The length of the quotes and brackets that close right here; French puts a space before », also after ? and !.
fn closing_length(rest: &str) -> usize {
    let mut length = 0;
    loop {
        let ahead = &rest[length..];
        let space = length_while(ahead, |letter| matches!(letter, ' ' | '\u{a0}' | '\u{202f}'));
        let tight =
            length_while(ahead, |letter| matches!(letter, '"' | '\'' | '”' | '’' | ')' | ']' | '»' | '*' | '_'));
        let spaced = if ahead[space..].starts_with('»') { space + '»'.len_utf8() } else { 0 };
        match tight.max(spaced) {
            0 => return length,
            closed => length += closed,
        }
    }
}

fn length_while(text: &str, holds: impl Fn(char) -> bool) -> usize {
    text.find(|letter| !holds(letter)).unwrap_or(text.len())
}

fn is_stop(letter: char) -> bool {
    matches!(letter, '.' | '!' | '?' | '…') || is_wide(letter)
}

/// Stops of scripts that put no space after them.
fn is_wide(letter: char) -> bool {
    matches!(letter, '。' | '！' | '？')
}

fn is_opening(letter: char) -> bool {
    matches!(letter, '"' | '\'' | '“' | '‘' | '«' | '(' | '[' | '—' | '–' | '-')
}
