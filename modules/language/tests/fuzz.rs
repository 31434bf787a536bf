//! Mutations of real inputs: nothing may panic, and what is promised holds. `FUZZ_RUNS` sets how many.

mod written;

use aion_guest::json::parse;
use language::{detect, segments, Language};
use seeded::Seeded;
use written::written;

fn runs() -> usize {
    std::env::var("FUZZ_RUNS").ok().and_then(|runs| runs.parse().ok()).unwrap_or(400)
}

fn mutated(random: &mut Seeded, text: &str) -> String {
    let mut letters: Vec<char> = text.chars().collect();
    for _ in 0..random.between(1, 8) {
        let at = random.below(letters.len() + 1);
        match random.below(5) {
            0 => letters.truncate(at),
            1 => letters.extend_from_within(..at),
            2 => drop(letters.splice(at..at, random.unruly_text(3).chars()).collect::<Vec<_>>()),
            3 if at < letters.len() => drop(letters.remove(at)),
            _ => letters.insert(at, char::from_u32(random.below(0x11_0000) as u32).unwrap_or('\u{fffd}')),
        }
    }
    letters.into_iter().collect()
}

#[test]
fn mutated_texts_keep_every_promise() {
    let texts = written("development sentences");
    let mut random = Seeded::new(21);
    for _ in 0..runs() {
        let chosen = &texts[random.below(texts.len())].text;
        let other = &texts[random.below(texts.len())];
        let text = mutated(&mut random, chosen) + &mutated(&mut random, &other.text);
        let allowed = Language::named(&other.code).into_iter().collect::<Vec<_>>();
        assert!(detect(&text, &allowed).candidates.iter().all(|candidate| candidate.code == other.code));
        let found = detect(&text, &[]);
        assert!((0.0..=1.0).contains(&found.confidence), "{text:?}");
        assert_eq!(found, detect(&text, &[]), "the same text, the same answer");
        let mut end = 0;
        for segment in segments(&text, &[]) {
            assert_eq!(segment.start, end);
            end = segment.end;
        }
        assert_eq!(end, text.chars().count());
    }
}

#[test]
fn mutated_bytes_of_an_input_are_read_or_refused() {
    let input = r#"{"text": "Où est ma commande ? \ud83d\ude00", "languages": ["fr", "en"], "max_candidates": "3"}"#;
    let mut random = Seeded::new(22);
    let mut read = 0;
    for _ in 0..runs() {
        let mut bytes = input.as_bytes().to_vec();
        for _ in 0..random.between(1, 4) {
            let at = random.below(bytes.len());
            bytes[at] = random.below(256) as u8;
        }
        if let Some(value) = std::str::from_utf8(&bytes).ok().and_then(|text| parse(text).ok()) {
            read += 1;
            drop(detect(&format!("{value:?}"), &[]));
        }
    }
    assert!(read > runs() / 20, "some are still JSON: {read}");
}
