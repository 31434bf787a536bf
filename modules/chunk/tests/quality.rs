//! How good the cuts are: how many fall where a sentence or a section ends, and how often a question finds a chunk
//! that holds the whole of its answer, against cutting the same text into pieces of the same size without looking.
//! `cargo test -p chunk --test quality -- --nocapture --test-threads 1` prints the figures.
//!
//! The eight documents in `written_set` were written for this project, with their marks and questions, before the first
//! measurement: Markdown, plain text and HTML, English and French. Those named `dev_` are for tuning, those named
//! `held_` for judging.

mod retrieval;

use chunk::{chunk, estimate, By, Format, Options};
use retrieval::{documents, Document, Index};

/// About three sentences.
const SIZE: usize = 72;

fn structured(document: &Document) -> Options {
    Options { format: Some(document.format), max_tokens: SIZE, ..Options::default() }
}

/// Cutting that looks at nothing but the size; HTML loses its tags.
fn fixed(document: &Document) -> Options {
    let format = if document.format == Format::Html { Format::Html } else { Format::Text };
    Options { format: Some(format), by: By::Tokens, max_tokens: SIZE, ..Options::default() }
}

/// The share of cuts that are right; the ends of the documents are no cuts.
fn right_cuts(set: &[Document], options: impl Fn(&Document) -> Options) -> f64 {
    let (mut right, mut all) = (0, 0);
    for document in set {
        let cut = chunk(&document.text, &options(document));
        for chunk in &cut.chunks[..cut.chunks.len() - 1] {
            all += 1;
            let found = document.gold.contains(&chunk.end);
            right += usize::from(found);
            if !found && options(document).by == By::Headings {
                println!(
                    "cut in {} after {:?}",
                    document.name,
                    cut.text(chunk).chars().rev().take(30).collect::<String>().chars().rev().collect::<String>()
                );
            }
        }
    }
    f64::from(right as u32) / f64::from(all as u32)
}

/// The share of questions for which one of the best `among` chunks of the whole set holds the whole of the answer.
fn hits(set: &[Document], among: usize, options: impl Fn(&Document) -> Options) -> f64 {
    let texts: Vec<String> = set
        .iter()
        .flat_map(|document| {
            let cut = chunk(&document.text, &options(document));
            cut.chunks.iter().map(|chunk| cut.text(chunk).to_owned()).collect::<Vec<_>>()
        })
        .collect();
    let index = Index::new(&texts);
    let questions: Vec<_> = set.iter().flat_map(|document| &document.questions).collect();
    let holds = |text: &String, answer: &str| text.split_whitespace().collect::<Vec<_>>().join(" ").contains(answer);
    let found = |(question, answer): &&&(String, String)| {
        index.ranked(question).into_iter().take(among).any(|best| holds(&texts[best], answer))
    };
    questions.iter().filter(found).count() as f64 / questions.len() as f64
}

#[test]
fn every_answer_stands_in_its_document() {
    for document in documents("") {
        let whole = Options { max_tokens: 4_096, by: By::Sentences, ..structured(&document) };
        let cut = chunk(&document.text, &whole);
        let text: Vec<&str> = cut.whole().split_whitespace().collect();
        for (question, answer) in &document.questions {
            assert!(text.join(" ").contains(answer), "{question}");
        }
        assert!(document.gold.len() >= 18 && document.questions.len() >= 7, "{}", document.name);
    }
}

#[test]
fn cuts_are_right_and_questions_find_their_answers() {
    for prefix in ["dev_", "held_"] {
        let set = documents(prefix);
        let (cuts, cuts_fixed) = (right_cuts(&set, structured), right_cuts(&set, fixed));
        let (first, first_fixed) = (hits(&set, 1, structured), hits(&set, 1, fixed));
        let (three, three_fixed) = (hits(&set, 3, structured), hits(&set, 3, fixed));
        println!("{prefix} cuts {cuts:.3} ({cuts_fixed:.3}), first {first:.3} ({first_fixed:.3}), three {three:.3} ({three_fixed:.3})");
        assert!(cuts >= 0.95 && cuts > cuts_fixed + 0.5, "cuts");
        assert!(first >= first_fixed && three >= three_fixed, "hits");
        if prefix == "held_" {
            println!("quality: chunk | cuts at the end of a sentence or block | {cuts:.3}");
            println!("quality: chunk | the same, cutting by size alone | {cuts_fixed:.3}");
            println!("quality: chunk | questions whose answer is whole in the first chunk found | {first:.3}");
            println!("quality: chunk | the same, cutting by size alone | {first_fixed:.3}");
        }
    }
}

#[test]
fn the_estimate_of_prose_is_near_a_token_for_four_characters() {
    for document in documents("").iter().filter(|document| document.format == Format::Text) {
        let ratio = document.text.chars().count() as f64 / 4.0 / estimate(&document.text) as f64;
        println!("{}: {ratio:.3} of the estimate", document.name);
        assert!((0.85..1.2).contains(&ratio), "{}", document.name);
    }
}
