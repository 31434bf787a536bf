//! The words that the grammars of dates and amounts know, in English and French, without case and accents.

mod words;

use words::WORDS;

/// One meaning of a word; some have several ("mars", "cent", "second").
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sense {
    /// A month, 1 to 12.
    Month(u8),
    /// A weekday, 1 for Monday.
    Weekday(u8),
    /// A number in words: "seven", "vingt".
    Count(u32),
    /// A power of ten that multiplies what stands before it: 6 for "million".
    Power(u8),
    /// A currency by name, as its ISO 4217 code.
    Money(&'static str),
    /// A part of a grammar.
    Key(Key),
}

/// The parts that small words have in the grammars.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Key {
    /// "st", "th", "er" after a number.
    Ordinal,
    /// "of", "de" between day and month.
    Of,
    /// "the", "le".
    The,
    /// "on".
    On,
    /// "at", "à".
    At,
    /// "in", "dans".
    In,
    /// "from", "du".
    From,
    /// "to", "au" between the ends of a range.
    To,
    /// "and", "et".
    And,
    /// "am".
    Am,
    /// "pm".
    Pm,
    /// "h", "heures".
    Hour,
    /// "UTC", "GMT".
    Utc,
    /// Words before which 16:10 is no time: "ratio", "score".
    Ratio,
    /// Words before which 1.2.2025 is no date: "version", "section".
    Version,
    /// "today".
    Today,
    /// "tomorrow".
    Tomorrow,
    /// "yesterday".
    Yesterday,
    /// "after", "après".
    After,
    /// "before", "avant".
    Before,
    /// "ago".
    Ago,
    /// "next", "prochain".
    Next,
    /// "last", "dernier".
    Last,
    /// "this", "ce".
    This,
    /// "day", "jours".
    Day,
    /// "week".
    Week,
    /// "month".
    MonthUnit,
    /// "year".
    Year,
    /// "hui", after "aujourd'".
    Hui,
    /// "aujourd".
    Aujourd,
    /// "il".
    Il,
    /// "y".
    Y,
    /// "a", also as "one".
    A,
}

/// The longest word of the lexicon.
const LONGEST: usize = 14;

/// Where the lexicon's first line for `word` is, counted from 1; 0 when it has none.
pub fn entry_of(word: &str) -> u16 {
    let mut folded = [0; LONGEST];
    let Some(length) = fold(word, &mut folded) else { return 0 };
    let folded = &folded[..length];
    let first = WORDS.partition_point(|(known, _)| known.as_bytes() < folded);
    if WORDS.get(first).is_some_and(|(known, _)| known.as_bytes() == folded) {
        first as u16 + 1
    } else {
        0
    }
}

/// The meanings on the lines from `entry` on that are of the same word.
pub fn senses(entry: u16) -> impl Iterator<Item = Sense> {
    let lines = if entry == 0 { &[][..] } else { &WORDS[usize::from(entry) - 1..] };
    let word = lines.first().map(|(word, _)| *word);
    lines.iter().take_while(move |(other, _)| Some(*other) == word).map(|(_, sense)| *sense)
}

/// Writes `word` without case and accents; nothing when it is longer than any word here or of other letters.
fn fold(word: &str, folded: &mut [u8; LONGEST]) -> Option<usize> {
    let mut length = 0;
    for letter in word.chars() {
        let byte = match letter {
            'a'..='z' => letter as u8,
            'A'..='Z' => letter.to_ascii_lowercase() as u8,
            '\u{300}'..='\u{36f}' => continue,
            'à' | 'â' | 'À' | 'Â' => b'a',
            'ç' | 'Ç' => b'c',
            'è'..='ë' | 'È'..='Ë' => b'e',
            'î' | 'ï' | 'Î' | 'Ï' => b'i',
            'ô' | 'Ô' => b'o',
            'ù' | 'û' | 'ü' | 'Ù' | 'Û' | 'Ü' => b'u',
            _ => return None,
        };
        *folded.get_mut(length)? = byte;
        length += 1;
    }
    Some(length)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lines_are_sorted_and_short_enough() {
        assert!(WORDS.is_sorted_by(|(first, _), (second, _)| first <= second));
        assert!(WORDS
            .iter()
            .all(|(word, _)| word.len() <= LONGEST && word.bytes().all(|byte| byte.is_ascii_lowercase())));
    }

    #[test]
    fn a_word_is_found_in_any_case_and_with_composed_or_combining_accents() {
        for word in ["février", "Février", "FÉVRIER", "fe\u{301}vrier", "fevrier"] {
            assert_eq!(senses(entry_of(word)).collect::<Vec<_>>(), [Sense::Month(2)], "{word}");
        }
        assert_eq!(entry_of("brumaire"), 0);
    }
}
