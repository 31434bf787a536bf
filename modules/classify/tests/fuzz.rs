//! Mutations of real inputs: nothing may panic, and what is promised holds. `FUZZ_RUNS` sets how many.

mod written;

use aion_guest::json::parse;
use classify::{classify, Mode};
use seeded::Seeded;
use written::task;

fn runs() -> usize {
    std::env::var("FUZZ_RUNS").ok().and_then(|runs| runs.parse().ok()).unwrap_or(300)
}

fn mutated(random: &mut Seeded, text: &str) -> String {
    let mut letters: Vec<char> = text.chars().collect();
    for _ in 0..random.between(1, 8) {
        let at = random.below(letters.len() + 1);
        match random.below(4) {
            0 => letters.truncate(at),
            1 => letters.extend_from_within(..at),
            2 => drop(letters.splice(at..at, random.unruly_text(3).chars()).collect::<Vec<_>>()),
            _ => letters.insert(at, char::from_u32(random.below(0x11_0000) as u32).unwrap_or('\u{fffd}')),
        }
    }
    letters.into_iter().collect()
}

#[test]
fn mutated_texts_and_labels_keep_every_promise() {
    let task = task("support", "development");
    let labels = task.told_by(true, true);
    let mut random = Seeded::new(41);
    for _ in 0..runs() {
        let chosen = random.below(task.texts.len());
        let text = mutated(&mut random, &task.texts[chosen].0);
        let mut labels = labels.clone();
        let changed = random.below(labels.len());
        labels[changed].name = mutated(&mut random, &labels[changed].name);
        labels[changed].description = random.unruly_text(8);
        for mode in [Mode::Single, Mode::Multi] {
            let scored = classify(&text, &labels, mode);
            assert_eq!(scored.len(), labels.len());
            for one in &scored {
                assert!((0.0..=1.0).contains(&one.score), "{text:?}");
                assert!(one.evidence.iter().all(|((start, end), _)| start < end && *end <= text.chars().count()));
            }
            let again = classify(&text, &labels, mode);
            assert!(scored.iter().zip(&again).all(|(one, other)| one.score == other.score && one.label == other.label));
        }
    }
}

#[test]
fn mutated_bytes_of_an_input_are_read_or_refused() {
    let input =
        r#"{"text": "Où est mon colis ? \ud83d\ude00", "labels": [{"name": "shipping", "examples": ["parcel"]}]}"#;
    let labels = task("support", "development").labels;
    let mut random = Seeded::new(42);
    let mut read = 0;
    for _ in 0..runs() {
        let mut bytes = input.as_bytes().to_vec();
        for _ in 0..random.between(1, 2) {
            let at = random.below(bytes.len());
            bytes[at] = random.below(256) as u8;
        }
        if let Some(value) = std::str::from_utf8(&bytes).ok().and_then(|text| parse(text).ok()) {
            read += 1;
            drop(classify(&format!("{value:?}"), &labels, Mode::Multi));
        }
    }
    assert!(read > runs() / 50, "some are still JSON: {read}");
}
