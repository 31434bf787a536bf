//! Which words have to do with each other: the table that `tables/main.rs` makes of the lists in `lexicon/`.

include!(concat!(env!("OUT_DIR"), "/tables.rs"));

/// The topics of a stem, a bit for each.
pub fn of(stem: &str) -> u64 {
    TOPICS_OF.binary_search_by(|(listed, _)| (*listed).cmp(stem)).map_or(0, |at| TOPICS_OF[at].1)
}

/// The numbers of the topics in `mask`.
pub fn numbers(mask: u64) -> impl Iterator<Item = usize> {
    (0..TOPICS).filter(move |topic| mask & (1 << topic) != 0)
}

/// Whether a folded word says nothing about what a text is about.
pub fn is_small(word: &str) -> bool {
    let particle = |letter: char| matches!(letter, '\u{3041}'..='\u{309f}');
    STOPWORDS.binary_search(&word).is_ok()
        || word.len() < 2
        || word.bytes().all(|byte| byte.is_ascii_digit())
        || word.chars().all(particle)
}
