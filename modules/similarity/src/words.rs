//! The words of a text: runs of letters and digits; each ideograph is a word of its own.

/// All words of `text` as byte ranges, in order.
pub fn words(text: &str) -> Vec<(usize, usize)> {
    let mut found = Vec::new();
    let mut open: Option<usize> = None;
    for (at, letter) in text.char_indices() {
        let ideographic = is_ideographic(letter);
        if ideographic || !is_in_word(letter) {
            found.extend(open.take().map(|start| (start, at)));
        }
        if ideographic {
            found.push((at, at + letter.len_utf8()));
        } else if is_in_word(letter) {
            open = open.or(Some(at));
        }
    }
    found.extend(open.map(|start| (start, text.len())));
    found
}

/// Letters and digits of any script, and the marks on them.
pub fn is_in_word(letter: char) -> bool {
    if letter.is_ascii() {
        letter.is_ascii_alphanumeric()
    } else {
        letter.is_alphanumeric() || unicode_normalization::char::is_combining_mark(letter)
    }
}

/// Letters of scripts that are written without spaces and say a word or half of one each.
fn is_ideographic(letter: char) -> bool {
    matches!(letter, '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}'
        | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}')
}
