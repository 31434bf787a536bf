//! How well near-duplicates are told from other texts, and how many pairs MinHash misses.
//! `cargo test -p similarity --test quality -- --nocapture --test-threads 1` prints the figures.
//!
//! The ten topics in `written_set` were written for this project: a text, another text on the same topic, and a
//! translation into French. Versions of the same text, edited by a seed, are near-duplicates; all other pairs are not,
//! most of all not a text and its translation. Topics named `dev_` are for tuning, those named `held_` for judging.

mod edited_set;

use edited_set::{documents, texts, Document};
use similarity::{compare, jaccard, overlap, shingles, Method, Options, Shingle};

const SEED: u64 = 20_250_404;

/// Precision and recall of the pairs above the threshold against versions of the same text.
fn precision_and_recall(documents: &[Document], options: &Options) -> (f64, f64) {
    let all: Vec<&str> = documents.iter().map(|document| document.text.as_str()).collect();
    let compared = compare(&all, &Options { max_pairs: 100_000, ..*options });
    let same = |one: usize, other: usize| documents[one].version_of == documents[other].version_of;
    let right = compared.pairs.iter().filter(|pair| same(pair.one, pair.other)).count();
    let present = (0..all.len()).flat_map(|one| (one + 1..all.len()).map(move |other| (one, other)));
    let present = present.filter(|(one, other)| same(*one, *other)).count();
    (right as f64 / compared.pairs.len().max(1) as f64, right as f64 / present as f64)
}

fn options(shingle: Shingle, threshold: f64) -> Options {
    Options { threshold, shingle, size: shingle.default_size(), ..Options::default() }
}

#[test]
fn versions_of_a_text_are_told_from_texts_on_the_same_topic_and_translations() {
    for prefix in ["dev_", "held_"] {
        let set = documents(&texts(prefix), 12, SEED);
        for shingle in [Shingle::Words, Shingle::Characters] {
            for threshold in [0.3, 0.4, 0.5, 0.6, 0.7, 0.8] {
                let (precision, recall) = precision_and_recall(&set, &options(shingle, threshold));
                println!("{prefix} {shingle:?} {threshold}: precision {precision:.3}, recall {recall:.3}");
                assert!(precision >= 0.99 || threshold < 0.4, "precision");
            }
        }
        let (precision, recall) = precision_and_recall(&set, &options(Shingle::Words, 0.5));
        let (precise, recalled) = precision_and_recall(&set, &options(Shingle::Characters, 0.5));
        assert!(recall >= 0.85 && recalled >= 0.95, "recall");
        if prefix == "held_" {
            println!(
                "quality: similarity | near-duplicates at 0.5: precision, words or characters | {:.3}",
                precision.min(precise)
            );
            println!("quality: similarity | near-duplicates at 0.5: recall, words | {recall:.3}");
            println!("quality: similarity | near-duplicates at 0.5: recall, characters | {recalled:.3}");
        }
    }
}

#[test]
fn minhash_misses_hardly_a_pair_that_counting_all_would_find() {
    let set = documents(&texts(""), 20, SEED + 1);
    let all: Vec<&str> = set.iter().map(|document| document.text.as_str()).collect();
    let mut least: f64 = 1.0;
    for shingle in [Shingle::Words, Shingle::Characters] {
        for threshold in [0.2, 0.35, 0.5, 0.65, 0.8, 0.95, 1.0] {
            let options = options(shingle, threshold);
            let sets: Vec<Vec<u64>> = all.iter().map(|text| shingles(text, &options)).collect();
            let mut present = 0;
            for (index, one) in sets.iter().enumerate() {
                let alike = |other: &&Vec<u64>| jaccard(one.len(), other.len(), overlap(one, other)) >= threshold;
                present += sets[index + 1..].iter().filter(alike).count();
            }
            let compared = compare(&all, &options);
            assert_eq!(compared.method, Method::MinHash);
            assert!(compared.complete && compared.found <= present, "nothing is reported that is not there");
            let recall = compared.found as f64 / present as f64;
            println!(
                "{shingle:?} {threshold}: {} of {present} pairs, {recall:.4}; {} of {} counted",
                compared.found,
                compared.compared,
                all.len() * (all.len() - 1) / 2
            );
            least = least.min(recall);
        }
    }
    println!("quality: similarity | pairs above the threshold that MinHash finds, at the worst threshold | {least:.4}");
    assert!(least >= 0.995, "{least}");
}
