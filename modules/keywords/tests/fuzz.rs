//! Texts changed at random on the native build: whatever comes, it must not panic and its places must be right.
//! `FUZZ_RUNS` says how many runs; the default is small enough for every test run.

use std::fs;
use std::path::Path;

use aion_guest::json::{parse, Object, Value, WriteJson};
use keywords::{keywords, Language};
use seeded::Seeded;

const DEFAULT_RUNS: usize = 400;

fn runs() -> usize {
    match std::env::var("FUZZ_RUNS") {
        Ok(runs) => runs.parse().expect("FUZZ_RUNS is a number"),
        Err(_) => DEFAULT_RUNS,
    }
}

/// The texts that the quality of this module is measured with.
fn real_texts() -> Vec<String> {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut texts = Vec::new();
    for folder in ["tests/texts", "../summarize/tests/written_set"] {
        let mut paths: Vec<_> = fs::read_dir(here.join(folder))
            .expect("a folder of texts")
            .map(|entry| entry.expect("a file").path())
            .collect();
        paths.sort();
        texts.extend(paths.iter().map(|path| fs::read_to_string(path).expect("a text")));
    }
    texts
}

/// Some letters dropped, copied, swapped or replaced by unruly ones.
fn changed(text: &str, random: &mut Seeded) -> String {
    let mut letters: Vec<char> = text.chars().collect();
    for _ in 0..random.between(1, 60) {
        if letters.is_empty() {
            break;
        }
        let (at, other) = (random.below(letters.len()), random.below(letters.len()));
        match random.below(6) {
            0 => drop(letters.remove(at)),
            1 => letters.insert(at, letters[other]),
            2 => letters.swap(at, other),
            3 => drop(letters.splice(at..at, random.unruly_text(3).chars())),
            4 => letters[at] = ['\n', '\'', '-', '.', '`', '\u{301}', '’', '\u{200d}'][random.below(8)],
            _ => letters.truncate(letters.len() - random.below(letters.len().min(30))),
        }
    }
    letters.into_iter().collect()
}

fn check(text: &str, random: &mut Seeded) {
    let language = [None, Some(Language::English), Some(Language::French), Some(Language::Other)][random.below(4)];
    let letters: Vec<char> = text.chars().collect();
    for keyword in keywords(text, random.between(1, 50), random.between(1, 5), language).keywords {
        let cut = |(start, end): &(usize, usize)| letters[*start..*end].iter().collect::<String>();
        assert!(keyword.offsets.iter().all(|place| !cut(place).trim().is_empty()), "{text:?}");
        assert!(keyword.score > 0.0 && keyword.score <= 1.0, "{text:?}");
    }
}

#[test]
fn changed_texts_never_break_it() {
    let mut random = Seeded::new(201);
    let texts = real_texts();
    for run in 0..runs() {
        check(&changed(&texts[run % texts.len()], &mut random), &mut random);
    }
}

#[test]
fn changed_json_is_an_input_or_a_refusal() {
    let mut random = Seeded::new(202);
    let texts = real_texts();
    let mut read = 0;
    for run in 0..runs() {
        let text: String = texts[run % texts.len()].chars().take(400).collect();
        let mut bytes = Object::new().with("text", text).to_json().into_bytes();
        for _ in 0..random.below(4) {
            let at = random.below(bytes.len());
            bytes[at] = [random.below(256) as u8, b'\\', b'"', b'0'][random.below(4)];
        }
        let Ok(json) = String::from_utf8(bytes) else { continue };
        if let Ok(Value::Object(object)) = parse(&json) {
            if let Some(Value::String(text)) = object.get("text") {
                check(text, &mut random);
                read += 1;
            }
        }
    }
    assert!(read > runs() / 10, "{read} inputs were read");
}
