//! What a reader takes for one character: a letter with its accents, an emoji with what is joined to it, CRLF.

use unicode_segmentation::UnicodeSegmentation;

/// The length in bytes of the grapheme cluster at `at`, which is the start of one and not the end of `text`.
pub fn cluster_length(text: &str, at: usize) -> usize {
    let bytes = text.as_bytes();
    let plain = |byte: u8| byte.is_ascii() && byte != b'\r';
    if plain(bytes[at]) && bytes.get(at + 1).is_none_or(u8::is_ascii) {
        return 1;
    }
    let rest = &text[at..];
    let mut letters = rest.chars();
    let Some(first) = letters.next() else { return 0 };
    if stands_alone(first) && letters.next().is_none_or(stands_alone) {
        return first.len_utf8();
    }
    rest.graphemes(true).next().map_or(1, str::len)
}

/// Whether a character joins with no other one of these: most letters of most texts, which need no looking up.
fn stands_alone(letter: char) -> bool {
    matches!(letter, ' '..='~' | '\n' | '\t' | '\u{c0}'..='\u{2ff}' | '\u{370}'..='\u{482}' | '\u{48a}'..='\u{52f}'
        | '\u{5d0}'..='\u{5ea}' | '\u{620}'..='\u{64a}' | '\u{2010}'..='\u{2027}' | '\u{3001}'..='\u{3002}'
        | '\u{3041}'..='\u{3096}' | '\u{30a1}'..='\u{30fc}' | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}'
        | '\u{ac00}'..='\u{d7a3}' | '\u{ff01}'..='\u{ff60}')
}

/// Whether a cluster is nothing but white space; a space that carries an accent is not.
pub fn is_blank(cluster: &str) -> bool {
    cluster.chars().all(char::is_whitespace)
}

#[cfg(test)]
mod tests {
    use super::{cluster_length, stands_alone};
    use unicode_segmentation::UnicodeSegmentation;

    #[test]
    fn letters_that_stand_alone_never_join() {
        let alone: Vec<char> = ('\0'..='\u{ffff}').filter(|letter| stands_alone(*letter)).collect();
        let text: String = alone.iter().collect();
        assert_eq!(text.graphemes(true).count(), alone.len());
        assert!(alone.len() > 30_000);
        assert_eq!(cluster_length("\r\n", 0), 2);
        assert_eq!(cluster_length("e\u{301}", 0), 3);
    }
}
