//! The written texts with the phrases that a reader would name, chosen before the first measurement: sixteen texts of
//! the module `summarize` and four of this one. A line of a gold file is one topic, with other ways to say it after `|`.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use unicode_normalization::char::is_combining_mark;
use unicode_normalization::UnicodeNormalization;

/// A text with its topics.
pub struct Judged {
    /// The name of its file.
    pub name: String,
    /// The text.
    pub text: String,
    /// Each topic as the keys of the phrases that name it.
    pub topics: Vec<Vec<String>>,
}

/// The texts whose name begins with `beginning`.
pub fn judged(beginning: &str) -> Vec<Judged> {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut names: Vec<String> = fs::read_dir(here.join("tests/gold"))
        .expect("the gold phrases")
        .map(|entry| entry.expect("a file").file_name().to_string_lossy().into_owned())
        .filter(|name| name.starts_with(beginning))
        .collect();
    names.sort();
    names.into_iter().map(|name| read(here, name)).collect()
}

fn read(here: &Path, name: String) -> Judged {
    let gold = fs::read_to_string(here.join("tests/gold").join(&name)).expect("gold phrases");
    let folders = ["tests/texts", "../summarize/tests/written_set"];
    let text =
        folders.iter().find_map(|folder| fs::read_to_string(here.join(folder).join(&name)).ok()).expect("a text");
    let text = text.split_once("--- text\n").map_or(text.clone(), |(_, text)| text.to_owned());
    let topics = gold.lines().map(|line| line.split('|').map(key).collect()).collect();
    Judged { name, text, topics }
}

/// What the forms of a phrase share: no case, no accents, no small words, no plural.
pub fn key(phrase: &str) -> String {
    const SMALL: &[&str] = &["a", "of", "the", "de", "du", "des", "d", "l", "la", "le", "les", "au", "aux", "en", "s"];
    let folded: String =
        phrase.nfkd().filter(|letter| !is_combining_mark(*letter)).flat_map(char::to_lowercase).collect();
    let words: Vec<&str> = folded
        .split(|letter: char| !letter.is_alphanumeric())
        .filter(|word| !word.is_empty() && !SMALL.contains(word))
        .collect();
    let singular = |word: &&str| match word.strip_suffix("ies") {
        Some(root) => format!("{root}y"),
        None => word.trim_end_matches(['s', 'x']).trim_end_matches('e').to_owned(),
    };
    words.iter().map(singular).collect::<Vec<_>>().join(" ")
}

/// How the first `most` of `phrases` compare with the topics: right ones, and topics that were met.
pub fn met(judged: &Judged, phrases: &[String], most: usize) -> (usize, usize) {
    let mut topics = BTreeSet::new();
    let mut right = 0;
    for phrase in phrases.iter().take(most) {
        let key = key(phrase);
        if let Some(topic) = judged.topics.iter().position(|names| names.contains(&key)) {
            right += 1;
            topics.insert(topic);
        }
    }
    (right, topics.len())
}

/// The words of a text by how often they occur, without those of two letters: what one would try first.
pub fn most_frequent_words(text: &str, small: &dyn Fn(&str) -> bool) -> Vec<String> {
    let mut counts: Vec<(String, usize)> = Vec::new();
    for word in
        text.split(|letter: char| !letter.is_alphanumeric()).filter(|word| word.chars().count() > 2 && !small(word))
    {
        match counts.iter_mut().find(|(known, _)| key(known) == key(word)) {
            Some((_, count)) => *count += 1,
            None => counts.push((word.to_owned(), 1)),
        }
    }
    counts.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    counts.into_iter().map(|(word, _)| word).collect()
}
