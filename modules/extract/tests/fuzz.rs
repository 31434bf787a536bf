//! Texts changed at random on the native build: whatever comes, it must not panic and its places must be right.
//! `FUZZ_RUNS` says how many runs; the default is small enough for every test run.

use std::fs;
use std::path::Path;

use aion_guest::json::{parse, Value};
use extract::{extract, Date, Language, Order, Region, Settings};
use seeded::Seeded;

const DEFAULT_RUNS: usize = 400;

fn runs() -> usize {
    match std::env::var("FUZZ_RUNS") {
        Ok(runs) => runs.parse().expect("FUZZ_RUNS is a number"),
        Err(_) => DEFAULT_RUNS,
    }
}

fn real_texts() -> Vec<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/written_set");
    let mut paths: Vec<_> =
        fs::read_dir(folder).expect("the written set").map(|entry| entry.expect("a file").path()).collect();
    paths.sort();
    paths.iter().map(|path| fs::read_to_string(path).expect("a text")).collect()
}

fn some_settings(random: &mut Seeded) -> Settings {
    let chance = |random: &mut Seeded| random.below(2) == 0;
    Settings {
        language: [None, Some(Language::English), Some(Language::French)][random.below(3)],
        order: [None, Some(Order::Dmy), Some(Order::Mdy), Some(Order::Ymd)][random.below(4)],
        reference: chance(random)
            .then(|| Date::parse(random.pick(&["0001-01-01", "9999-12-31", "2024-02-29"])))
            .flatten(),
        region: chance(random).then_some(Region::UnitedKingdom),
        currency: chance(random).then_some("CAD"),
        ..Settings::default()
    }
}

/// Some letters dropped, doubled, swapped or replaced by others of the text or by unruly ones.
fn changed(text: &str, random: &mut Seeded) -> String {
    let mut letters: Vec<char> = text.chars().collect();
    for _ in 0..random.between(1, 40) {
        if letters.is_empty() {
            break;
        }
        let (at, other) = (random.below(letters.len()), random.below(letters.len()));
        match random.below(6) {
            0 => drop(letters.remove(at)),
            1 => letters.insert(at, letters[other]),
            2 => letters.swap(at, other),
            3 => drop(letters.splice(at..at, random.unruly_text(3).chars())),
            4 => letters[at] = char::from(b"0123456789-/.:, $@"[random.below(18)]),
            _ => letters.truncate(letters.len() - random.below(letters.len().min(30))),
        }
    }
    letters.into_iter().collect()
}

fn check(text: &str, settings: &Settings) {
    let extraction = extract(text, settings);
    let letters: Vec<char> = text.chars().collect();
    let mut last = 0;
    for item in &extraction.items {
        assert!(last <= item.start && item.start < item.end && item.end <= letters.len(), "{text:?}");
        assert_eq!(letters[item.start..item.end].iter().collect::<String>(), item.text, "{text:?}");
        last = item.end;
    }
}

#[test]
fn changed_texts_never_break_it() {
    let mut random = Seeded::new(101);
    let texts = real_texts();
    for run in 0..runs() {
        let text = changed(&texts[run % texts.len()], &mut random);
        check(&text, &some_settings(&mut random));
    }
}

#[test]
fn changed_json_is_an_input_or_a_refusal() {
    let mut random = Seeded::new(102);
    let texts = real_texts();
    let mut read = 0;
    for run in 0..runs() {
        let text: String = texts[run % texts.len()].chars().take(300).collect();
        let mut bytes = format!("{{\"text\":{:?}}}", text.replace(['\u{a0}', '\u{202f}'], " ")).into_bytes();
        for _ in 0..random.below(4) {
            let at = random.below(bytes.len());
            bytes[at] = [random.below(256) as u8, b'\\', b'"', b'0'][random.below(4)];
        }
        let Ok(json) = String::from_utf8(bytes) else { continue };
        if let Ok(Value::Object(object)) = parse(&json) {
            if let Some(Value::String(text)) = object.get("text") {
                check(text, &some_settings(&mut random));
                read += 1;
            }
        }
    }
    assert!(read > runs() / 10, "{read} inputs were read");
}
