//! The words of a text that can say something about its language.

use unicode_normalization::UnicodeNormalization;

use crate::code::{is_code, without_tags};
use crate::script::Script;
use crate::tables::INTERNATIONAL;

/// A word of more letters is spelled by nobody; it is cut.
const LONGEST_WORD: usize = 48;
const LONGEST_ACRONYM: usize = 5;

/// Words, lowercased and composed, and what was seen on the way.
#[derive(Debug, Default)]
pub struct Words {
    /// Words of scripts with spaces, without those that are the same in many languages.
    pub telling: Vec<String>,
    /// How many letters of each script there are, in the order of `Script::ALL`, weighted.
    letters: [usize; Script::ALL.len()],
    /// All that was taken, with a space after each word, for the trigrams of `whatlang`.
    pub prose: String,
}

impl Words {
    /// The words of `text`.
    pub fn of(text: &str) -> Self {
        let mut words = Self::default();
        for line in text.lines().filter(|line| !is_code(line)) {
            let plain: String = without_tags(line).chars().filter(|letter| !is_invisible(*letter)).nfc().collect();
            let shouted = is_shouted(&plain);
            for chunk in plain.split_whitespace() {
                words.take_chunk(chunk, shouted);
            }
        }
        words
    }

    /// The script with the most letters, with its weighted count.
    pub fn script(&self) -> Option<(Script, usize)> {
        let han = self.count(Script::Han);
        let kana = self.count(Script::Japanese);
        let counted = Script::ALL.into_iter().map(|script| match script {
            // Kana among Chinese characters is Japanese; a single one in a long text is a quotation.
            Script::Japanese if kana * 20 >= han => (script, if kana > 0 { kana + han } else { 0 }),
            Script::Han if kana * 20 >= han && kana > 0 => (script, 0),
            _ => (script, self.count(script)),
        });
        counted.filter(|(_, count)| *count > 0).max_by_key(|(script, count)| (*count, std::cmp::Reverse(*script)))
    }

    /// The weighted number of letters of one script.
    pub fn count(&self, script: Script) -> usize {
        self.letters[script as usize]
    }

    fn take_chunk(&mut self, chunk: &str, shouted: bool) {
        let chunk = chunk.trim_matches(|letter: char| !letter.is_alphanumeric() && !is_mark(letter));
        if chunk.is_empty() || !is_prose(chunk) || (!shouted && is_acronym(chunk)) {
            return;
        }
        for part in chunk.split(|letter: char| !(letter.is_alphabetic() || is_mark(letter) || is_apostrophe(letter))) {
            let part = part.trim_matches(is_apostrophe);
            if !part.is_empty() {
                self.take_word(part);
            }
        }
    }

    fn take_word(&mut self, word: &str) {
        let word: String = word
            .chars()
            .take(LONGEST_WORD)
            .flat_map(|letter| if letter == 'İ' { 'i' } else { letter }.to_lowercase())
            .map(|letter| if is_apostrophe(letter) { '\'' } else { letter })
            .collect();
        if INTERNATIONAL.binary_search(&word.as_str()).is_ok() {
            return;
        }
        for script in word.chars().filter_map(Script::of) {
            self.letters[script as usize] += script.weight();
        }
        self.prose.push_str(&word);
        self.prose.push(' ');
        self.telling.push(word);
    }
}

/// Whether a chunk between spaces is no address, name of a file, number, acronym or piece of a program.
fn is_prose(chunk: &str) -> bool {
    let mut before = ' ';
    let mut letters = 0;
    for letter in chunk.chars() {
        let strange = letter.is_numeric() && Script::of(letter).is_none()
            || "@\\_={}[]<>|#$%^*+~`".contains(letter)
            || (letter.is_uppercase() && before.is_lowercase())
            || (before == '.' && letter.is_lowercase())
            || (letter == '/' && matches!(before, '/' | ':'))
            || (letter == ':' && before == ':');
        if strange {
            return false;
        }
        letters += usize::from(letter.is_alphabetic());
        before = letter;
    }
    letters > 0 && chunk.matches('/').count() < 2
}

fn is_acronym(chunk: &str) -> bool {
    (2..=LONGEST_ACRONYM).contains(&chunk.len()) && chunk.bytes().all(|byte| byte.is_ascii_uppercase())
}

/// Whether a whole line is in capitals, with a word that is too long for an acronym.
fn is_shouted(line: &str) -> bool {
    !line.chars().any(char::is_lowercase) && line.split_whitespace().any(|word| word.len() > LONGEST_ACRONYM)
}

fn is_apostrophe(letter: char) -> bool {
    matches!(letter, '\'' | '\u{2019}' | '\u{2bc}')
}

/// Marks that belong to the letter before them.
fn is_mark(letter: char) -> bool {
    matches!(letter, '\u{300}'..='\u{36f}' | '\u{591}'..='\u{5c7}' | '\u{64b}'..='\u{65f}' | '\u{900}'..='\u{d7f}' | '\u{e31}'..='\u{e4e}')
}

/// Joiners and marks of direction: they are in a word, not of it.
fn is_invisible(letter: char) -> bool {
    matches!(letter, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}' | '\u{640}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn telling(text: &str) -> Vec<String> {
        Words::of(text).telling
    }

    #[test]
    fn addresses_numbers_files_and_acronyms_are_left_out() {
        assert!(telling("https://example.com/a/b x@y.org report_final.pdf 12h30 iPhone NASA 42 a.b.c").is_empty());
        assert_eq!(telling("and/or it’s well-known. (Really!)"), ["and", "or", "it's", "well", "known", "really"]);
    }

    #[test]
    fn what_is_decomposed_or_interrupted_is_put_together() {
        assert_eq!(telling("e\u{301}te\u{301} می\u{200c}شود"), ["\u{e9}t\u{e9}", "میشود"]);
    }

    #[test]
    fn the_script_is_the_one_of_most_letters() {
        let script = |text: &str| Words::of(text).script().map(|(script, _)| script);
        assert_eq!(script("Привет from Kyiv, как дела"), Some(Script::Cyrillic));
        assert_eq!(script("会議は木曜日です"), Some(Script::Japanese));
        assert_eq!(script("会议改到了星期四"), Some(Script::Han));
        assert_eq!(script("12:30 \u{1f600} ?"), None);
    }
}
