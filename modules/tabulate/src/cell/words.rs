//! Words that stand for nothing, for true and for false.

/// In lower case.
const NULLS: &[&str] = &["", "-", "--", "n/a", "na", "nan", "null", "none", "nil", "#n/a", "\\n", "?"];
const BOOLEANS: &[&str] =
    &["true", "false", "yes", "no", "oui", "non", "vrai", "faux", "y", "n", "t", "f", "on", "off"];

/// Whether a cell without white space around it says that there is no value.
pub fn is_null(text: &str) -> bool {
    is_one_of(text, NULLS)
}

/// Whether it says yes or no. `0` and `1` are integers.
pub fn is_boolean(text: &str) -> bool {
    is_one_of(text, BOOLEANS)
}

fn is_one_of(text: &str, words: &[&str]) -> bool {
    text.len() <= 5 && words.iter().any(|word| word.eq_ignore_ascii_case(text))
}
