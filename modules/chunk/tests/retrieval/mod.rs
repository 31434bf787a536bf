//! The written set, and plain BM25 (Robertson and Walker, 1994) to look for the chunk that answers a question.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use chunk::Format;

/// Where a cut is right: after it a sentence, an item, a row or a block is over.
const GOLD: char = '¦';
const SATURATION: f64 = 1.2;
const LENGTH: f64 = 0.75;

/// One document of the set.
pub struct Document {
    /// Its file.
    pub name: String,
    /// How it is written.
    pub format: Format,
    /// Its text.
    pub text: String,
    /// Where cuts are right, in code points.
    pub gold: Vec<usize>,
    /// Questions, and words that stand together in what answers them.
    pub questions: Vec<(String, String)>,
}

/// All documents whose names begin like this.
pub fn documents(prefix: &str) -> Vec<Document> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/written_set");
    let mut names: Vec<String> = fs::read_dir(&folder)
        .expect("the set is there")
        .map(|entry| entry.expect("readable").file_name().into_string().expect("ASCII"))
        .filter(|name| name.starts_with(prefix))
        .collect();
    names.sort();
    names.into_iter().map(|name| document(&folder, name)).collect()
}

fn document(folder: &Path, name: String) -> Document {
    let whole = fs::read_to_string(folder.join(&name)).expect("readable");
    let (marked, questions) = whole.split_once("--- questions\n").expect("questions");
    let mut gold = Vec::new();
    let mut text = String::new();
    for letter in marked.chars() {
        if letter == GOLD {
            gold.push(text.trim_end().chars().count());
        } else {
            text.push(letter);
        }
    }
    let format = match name.rsplit('.').next() {
        Some("md") => Format::Markdown,
        Some("html") => Format::Html,
        _ => Format::Text,
    };
    let questions = questions.lines().map(|line| line.split_once(" => ").expect("an answer"));
    let questions = questions.map(|(question, answer)| (question.to_owned(), answer.to_owned())).collect();
    Document { name, format, text, gold, questions }
}

/// An index over chunks.
pub struct Index {
    counts: Vec<BTreeMap<String, usize>>,
    lengths: Vec<f64>,
}

impl Index {
    /// The index of these texts.
    pub fn new(texts: &[String]) -> Self {
        let counts: Vec<BTreeMap<String, usize>> = texts
            .iter()
            .map(|text| {
                let mut counts = BTreeMap::new();
                words(text).for_each(|word| *counts.entry(word).or_default() += 1);
                counts
            })
            .collect();
        let lengths = counts.iter().map(|counts| counts.values().sum::<usize>() as f64).collect();
        Self { counts, lengths }
    }

    /// The texts by how well they answer, the best first.
    pub fn ranked(&self, question: &str) -> Vec<usize> {
        let mean = self.lengths.iter().sum::<f64>() / self.lengths.len() as f64;
        let mut scores = vec![0.0; self.counts.len()];
        for word in words(question) {
            let holding = self.counts.iter().filter(|counts| counts.contains_key(&word)).count() as f64;
            let rarity = (1.0 + (self.counts.len() as f64 - holding + 0.5) / (holding + 0.5)).ln();
            for (score, (counts, length)) in scores.iter_mut().zip(self.counts.iter().zip(&self.lengths)) {
                let count = counts.get(&word).copied().unwrap_or(0) as f64;
                *score += rarity * count * (SATURATION + 1.0)
                    / (count + SATURATION * (1.0 - LENGTH + LENGTH * length / mean));
            }
        }
        let mut order: Vec<usize> = (0..scores.len()).collect();
        order.sort_by(|one, other| scores[*other].total_cmp(&scores[*one]));
        order
    }
}

fn words(text: &str) -> impl Iterator<Item = String> + '_ {
    text.split(|letter: char| !letter.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_lowercase)
}
