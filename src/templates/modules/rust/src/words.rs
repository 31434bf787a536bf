//! Counting words. It knows nothing of AION, so `cargo test` tests it on this machine.

use std::collections::BTreeMap;

/// How many words the text has, and each with its count, the most common first.
pub fn count(text: &str) -> (usize, Vec<(String, usize)>) {
    // Ordered, so that the same text gives the same result; a HashMap's order changes from run to run.
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    let mut words = 0;
    for word in text.split(|letter: char| !letter.is_alphanumeric()).filter(|word| !word.is_empty()) {
        words += 1;
        *counts.entry(word.to_lowercase()).or_default() += 1;
    }
    let mut found: Vec<_> = counts.into_iter().collect();
    found.sort_by(|one, other| other.1.cmp(&one.1)); // stable: equally common ones stay in their order
    (words, found)
}

#[cfg(test)]
mod tests {
    use super::count;

    #[test]
    fn the_most_common_word_comes_first() {
        let (words, found) = count("A cat, a dog; the CAT and a bird.");
        assert_eq!(words, 9);
        assert_eq!(found[..2], [("a".to_owned(), 3), ("cat".to_owned(), 2)]);
    }

    #[test]
    fn equally_common_words_are_in_order() {
        let (_, found) = count("b c a");
        assert_eq!(found, [("a".to_owned(), 1), ("b".to_owned(), 1), ("c".to_owned(), 1)]);
    }
}
