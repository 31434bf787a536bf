//! A summary with where each of its sentences stands in the text.

use crate::choose::choose;
use crate::language::Language;
use crate::split::{sentences, Span};
use crate::vectors::vectors;

/// One sentence of a summary.
#[derive(Clone, Debug, PartialEq)]
pub struct Sentence<'t> {
    /// The sentence as it stands in the text, line breaks and all.
    pub text: &'t str,
    /// Its first character, counted in Unicode code points of the text.
    pub start: usize,
    /// Just after its last character, in code points.
    pub end: usize,
    /// How central it is: 1 for the most central sentence of the whole text.
    pub score: f64,
}

/// The sentences that stand for a text.
#[derive(Clone, Debug, PartialEq)]
pub struct Summary<'t> {
    /// The chosen sentences in the order of the text.
    pub sentences: Vec<Sentence<'t>>,
    /// The language that was told or recognised.
    pub language: Language,
}

impl Summary<'_> {
    /// The text of the summary, sentence by sentence: joined without anything between they are the whole of it.
    /// Runs of white space become one space.
    pub fn pieces(&self) -> Vec<String> {
        let one_line = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
        let gap = |index: usize| if index > 0 { " " } else { "" };
        self.sentences
            .iter()
            .enumerate()
            .map(|(index, sentence)| gap(index).to_owned() + &one_line(sentence.text))
            .collect()
    }
}

/// The at most `most` sentences of `text` that say most of it; `language` is recognised when not told.
pub fn summarize(text: &str, most: usize, language: Option<Language>) -> Summary<'_> {
    let language = language.unwrap_or_else(|| Language::of(text));
    let spans = sentences(text);
    let written: Vec<&str> = spans.iter().map(|span| &text[span.start..span.end]).collect();
    let chosen = choose(&vectors(&written, language), most);
    let (mut byte, mut point) = (0, 0);
    let mut points_to = |to: usize| {
        point += text[byte..to].chars().count();
        byte = to;
        point
    };
    let sentences = chosen
        .into_iter()
        .map(|(number, score)| {
            let Span { start, end } = spans[number];
            let rounded = (score * 10_000.0).round() / 10_000.0;
            Sentence { text: &text[start..end], start: points_to(start), end: points_to(end), score: rounded }
        })
        .collect();
    Summary { sentences, language }
}
