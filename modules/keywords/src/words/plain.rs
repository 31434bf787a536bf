//! A word without what sets its forms apart: case, accents, plural.

use unicode_normalization::char::is_combining_mark;
use unicode_normalization::UnicodeNormalization;

use crate::language::Language;

/// `word` without case, accents and compatibility forms.
pub fn fold(word: &str) -> String {
    if word.bytes().all(|byte| byte.is_ascii_lowercase()) {
        return word.to_owned();
    }
    if word.is_ascii() {
        return word.to_ascii_lowercase();
    }
    let mut folded = String::with_capacity(word.len());
    for letter in word.nfkd().filter(|letter| !is_combining_mark(*letter)) {
        match letter {
            'œ' | 'Œ' => folded.push_str("oe"),
            'æ' | 'Æ' => folded.push_str("ae"),
            '’' => folded.push('\''),
            '‐' | '‑' => folded.push('-'),
            _ => folded.extend(letter.to_lowercase()),
        }
    }
    folded
}

/// What the forms of a folded word share: singular and plural, in French also the masculine and the feminine.
pub fn stem(folded: &str, language: Language) -> &str {
    match language {
        Language::English => english(folded),
        Language::French => french(folded),
        Language::Other => folded,
    }
}

fn english(word: &str) -> &str {
    let cut = |count: usize| &word[..word.len() - count];
    match word.len() {
        ..=3 => word,
        _ if !word.is_ascii() => word,
        _ if word.ends_with("ies") && word.len() > 4 => cut(3),
        _ if ["sses", "xes", "ches", "shes", "zes"].iter().any(|ending| word.ends_with(ending)) => cut(2),
        _ if ["ss", "us", "is"].iter().any(|ending| word.ends_with(ending)) => word,
        _ if word.ends_with('s') => cut(1),
        5.. if word.ends_with('y') && !["ay", "ey", "oy", "uy"].iter().any(|ending| word.ends_with(ending)) => cut(1),
        _ => word,
    }
}

fn french(word: &str) -> &str {
    if word.len() < 4 || !word.is_ascii() {
        return word;
    }
    let singular = word
        .strip_suffix("aux")
        .or_else(|| word.strip_suffix("al"))
        .filter(|root| root.len() > 3 && !root.ends_with('e'));
    if let Some(root) = singular {
        return root;
    }
    let root = word.strip_suffix(['s', 'x']).filter(|root| !root.ends_with('s')).unwrap_or(word);
    let root = root.strip_suffix('e').filter(|root| root.len() > 4).unwrap_or(root);
    root.strip_suffix('e').filter(|root| root.len() > 4).unwrap_or(root)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_of_a_word_have_one_stem() {
        for (one, other) in [("colony", "colonies"), ("box", "boxes"), ("bee", "bees"), ("class", "classes")] {
            assert_eq!(english(one), english(other), "{one}");
        }
        for (one, other) in
            [("gratuit", "gratuites"), ("bateau", "bateaux"), ("municipal", "municipaux"), ("siège", "sièges")]
        {
            assert_eq!(french(&fold(one)), french(&fold(other)), "{one}");
        }
    }

    #[test]
    fn case_accents_and_wide_letters_vanish() {
        assert_eq!(fold("E\u{301}TÉ"), "ete");
        assert_eq!(fold("ＡＢＣ"), "abc");
        assert_eq!(fold("Œuvre"), "oeuvre");
    }
}
