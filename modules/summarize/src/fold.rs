//! Letters without case and accent, so that "Été", "été" and the same word in decomposed form are one.

/// Append the folded form of `letter` to `word`; combining accents vanish.
pub fn fold_into(letter: char, word: &mut String) {
    match letter {
        'a'..='z' | '0'..='9' => word.push(letter),
        'A'..='Z' => word.push(letter.to_ascii_lowercase()),
        'À'..='Å' | 'à'..='å' | 'Ā'..='ą' => word.push('a'),
        'Ç' | 'ç' | 'Ć'..='č' => word.push('c'),
        'È'..='Ë' | 'è'..='ë' | 'Ē'..='ě' => word.push('e'),
        'Ì'..='Ï' | 'ì'..='ï' | 'Ĩ'..='į' => word.push('i'),
        'Ñ' | 'ñ' => word.push('n'),
        'Ò'..='Ö' | 'Ø' | 'ò'..='ö' | 'ø' | 'Ō'..='ő' => word.push('o'),
        'Ù'..='Ü' | 'ù'..='ü' | 'Ũ'..='ų' => word.push('u'),
        'Ý' | 'ý' | 'ÿ' | 'Ÿ' => word.push('y'),
        'Æ' | 'æ' => word.push_str("ae"),
        'Œ' | 'œ' => word.push_str("oe"),
        'ß' => word.push_str("ss"),
        '\u{300}'..='\u{36f}' => {}
        other => word.extend(other.to_lowercase()),
    }
}

/// Whether `letter` belongs to a word: letters and digits of any script, and the accents on them.
pub fn is_in_word(letter: char) -> bool {
    if letter.is_ascii() {
        letter.is_ascii_alphanumeric()
    } else {
        letter.is_alphanumeric() || ('\u{300}'..='\u{36f}').contains(&letter)
    }
}
