//! The claim that the module beats "the first three sentences", and how far it is true.
//! `cargo test -p summarize --test quality -- --nocapture` prints the table.
//!
//! The set was written for this project before anything was measured: sixteen texts in English and French
//! with a summary in other words. The weights in use were set before the first measurement; whoever tunes
//! them does it on the texts named `dev_` and leaves those named `held_` for judging. Most of the texts are
//! letters, minutes, reports and stories, which do not begin with what matters. Two are news, which do:
//! there the first three sentences win, and the table says so.

mod measure;

use std::fs;
use std::path::Path;

use measure::{rouge, Rouge};
use seeded::Seeded;
use summarize::{sentences, summarize};

const SENTENCES: usize = 3;
const SHUFFLES: u64 = 20;

struct Example {
    name: String,
    language: String,
    reference: String,
    text: String,
}

fn examples(prefix: &str) -> Vec<Example> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/written_set");
    let mut names: Vec<String> = fs::read_dir(&folder)
        .expect("the set is there")
        .map(|entry| entry.expect("readable").file_name().into_string().expect("ASCII"))
        .filter(|name| name.starts_with(prefix))
        .collect();
    names.sort();
    names
        .into_iter()
        .map(|name| {
            let whole = fs::read_to_string(folder.join(&name)).expect("readable");
            let (head, rest) = whole.split_once("--- reference\n").expect("a reference");
            let (reference, text) = rest.split_once("--- text\n").expect("a text");
            let language = head.trim().strip_prefix("language: ").expect("a language");
            Example { name, language: language.into(), reference: reference.trim().into(), text: text.into() }
        })
        .collect()
}

fn first_sentences(text: &str) -> String {
    let first = sentences(text).into_iter().take(SENTENCES);
    first.map(|span| &text[span.start..span.end]).collect::<Vec<_>>().join(" ")
}

fn ours(text: &str) -> String {
    summarize(text, SENTENCES, None).pieces().concat()
}

fn mean(scores: &[Rouge]) -> Rouge {
    let share = |part: fn(&Rouge) -> f64| scores.iter().map(part).sum::<f64>() / scores.len() as f64;
    Rouge { one: share(|rouge| rouge.one), longest: share(|rouge| rouge.longest) }
}

fn print(name: &str, ours: Rouge, first: Rouge) {
    println!(
        "{name:24} ROUGE-1 {:.3} against {:.3}, ROUGE-L {:.3} against {:.3}",
        ours.one, first.one, ours.longest, first.longest
    );
}

/// Mean scores of the module and of the first sentences over the examples of `prefix`.
fn compared(prefix: &str) -> (Rouge, Rouge) {
    let (mut module, mut baseline) = (Vec::new(), Vec::new());
    for example in examples(prefix) {
        module.push(rouge(&ours(&example.text), &example.reference));
        baseline.push(rouge(&first_sentences(&example.text), &example.reference));
        print(&example.name, module[module.len() - 1], baseline[baseline.len() - 1]);
    }
    let (module, baseline) = (mean(&module), mean(&baseline));
    print(&format!("mean of {prefix}*"), module, baseline);
    (module, baseline)
}

fn assert_better(module: Rouge, baseline: Rouge) {
    assert!(module.one > baseline.one, "ROUGE-1 {module:?} {baseline:?}");
    assert!(module.longest > baseline.longest, "ROUGE-L {module:?} {baseline:?}");
}

#[test]
fn on_the_texts_held_back_for_judging_it_beats_the_first_three_sentences() {
    let (module, baseline) = compared("held_");
    for (name, ours, first) in [("ROUGE-1", module.one, baseline.one), ("ROUGE-L", module.longest, baseline.longest)] {
        println!("quality: summarize | {name} F1 on 8 texts held back; first three sentences: {first:.3} | {ours:.3}");
    }
    assert_better(module, baseline);
}

#[test]
fn on_the_texts_for_tuning_it_beats_the_first_three_sentences() {
    let (module, baseline) = compared("dev_");
    assert_better(module, baseline);
}

#[test]
fn with_paragraphs_in_seeded_order_it_beats_the_first_three_sentences_on_average() {
    let (mut module, mut baseline, mut won) = (Vec::new(), Vec::new(), 0);
    for seed in 0..SHUFFLES {
        let mut random = Seeded::new(seed);
        let (mut ours_now, mut first_now) = (Vec::new(), Vec::new());
        for example in examples("") {
            let mut paragraphs: Vec<&str> = example.text.split("\n\n").collect();
            random.shuffle(&mut paragraphs);
            let text = paragraphs.join("\n\n");
            ours_now.push(rouge(&ours(&text), &example.reference));
            first_now.push(rouge(&first_sentences(&text), &example.reference));
        }
        won += usize::from(mean(&ours_now).one > mean(&first_now).one);
        module.append(&mut ours_now);
        baseline.append(&mut first_now);
    }
    print("mean of all, shuffled", mean(&module), mean(&baseline));
    println!("ahead in {won} of {SHUFFLES} shuffles");
    assert_better(mean(&module), mean(&baseline));
}

#[test]
fn the_language_of_every_text_is_recognised() {
    for example in examples("") {
        assert_eq!(summarize(&example.text, 1, None).language.code(), example.language, "{}", example.name);
    }
}

#[test]
fn rouge_counts_words_and_their_order() {
    let same = rouge("The cat sat.", "the cat sat");
    assert_eq!((same.one, same.longest), (1.0, 1.0));
    let turned = rouge("sat cat the", "the cat sat");
    assert_eq!((turned.one, turned.longest), (1.0, 1.0 / 3.0));
    assert_eq!(rouge("dog", "the cat sat").one, 0.0);
}
