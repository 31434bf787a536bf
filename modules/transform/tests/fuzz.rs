//! Expressions, documents and inputs that were damaged at random: nothing panics, and what is said holds.
//! `FUZZ_RUNS` asks for more runs than the few hundred of every day.

mod cases;
mod generated;

use std::env;

use aion_guest::json::WriteJson;
use cases::{functions, grammar, wrong};
use generated::{document, expression};
use seeded::Seeded;
use transform::{read, write, Asked, Expression};

const SEED: u64 = 20_250_402;

fn runs() -> usize {
    env::var("FUZZ_RUNS").ok().and_then(|runs| runs.parse().ok()).unwrap_or(600)
}

/// `bytes` with a few of them changed, removed, doubled or moved, as text.
fn damaged(text: &str, seeded: &mut Seeded) -> String {
    const PIECES: [&str; 16] =
        ["[", "]", "{", "}", "(", ")", "\"", "'", "`", "\\", "&", "[?", "-", "\u{e9}", "\u{1f469}\u{200d}", "\0"];
    let mut bytes = text.as_bytes().to_vec();
    for _ in 0..seeded.between(1, 4) {
        let at = seeded.below(bytes.len() + 1);
        match seeded.below(5) {
            0 if at < bytes.len() => bytes[at] = seeded.bits() as u8,
            1 if at < bytes.len() => drop(bytes.remove(at)),
            2 => bytes.truncate(at),
            3 => {
                let piece = bytes[at..(at + seeded.below(20)).min(bytes.len())].to_vec();
                let place = seeded.below(bytes.len() + 1);
                bytes.splice(place..place, piece);
            }
            _ => drop(bytes.splice(at..at, seeded.pick(&PIECES).bytes())),
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// What each seed is about, its document and its expression.
fn seeds() -> Vec<(&'static str, &'static str, &'static str)> {
    let tables = grammar::GROUPS.iter().chain(functions::GROUPS);
    let right = tables.flat_map(|group| group.cases.iter().map(|case| (group.feature, group.document, case.0)));
    let wrong = wrong::GRAMMAR.iter().chain(wrong::TYPES).map(|case| ("refusals", wrong::DOCUMENT, case.0));
    right.chain(wrong).collect()
}

/// What holds of every expression on every document.
fn check(about: &str, document: &str, expression: &str) {
    let document = read(document).expect("a document that can be read");
    match Expression::parse(expression).and_then(|parsed| parsed.apply(&document)) {
        Ok(value) => {
            let json = write(&value, usize::MAX).expect("no limit");
            // A result may be nested deeper than a document.
            if let Ok(again) = read(&json) {
                assert_eq!(write(&again, usize::MAX).expect("no limit"), json, "{about}: {expression}");
            }
        }
        Err(problem) => {
            assert!(expression.get(..problem.offset).is_some(), "{about}: {expression:?} says {problem}");
            assert!(!problem.what.is_empty() && !problem.remedy.is_empty());
        }
    }
}

#[test]
fn damaged_expressions_do_no_harm() {
    let mut seeded = Seeded::new(SEED);
    let seeds = seeds();
    for _ in 0..runs() {
        let (about, document, expression) = seeds[seeded.below(seeds.len())];
        check(about, document, &damaged(expression, &mut seeded));
    }
}

#[test]
fn generated_expressions_do_no_harm_even_when_damaged() {
    let mut seeded = Seeded::new(SEED + 1);
    for _ in 0..runs() {
        let document = document(&mut seeded, 4);
        let expression = expression(&mut seeded, 4);
        check("generated", &document, &expression);
        check("generated", &document, &damaged(&expression, &mut seeded));
    }
}

#[test]
fn what_is_read_from_a_damaged_document_is_written_as_it_was_read() {
    let mut seeded = Seeded::new(SEED + 2);
    for _ in 0..runs() {
        let text = document(&mut seeded, 5);
        for text in [damaged(&text, &mut seeded), damaged(grammar::GROUPS[0].document, &mut seeded)] {
            match read(&text) {
                Ok(value) => {
                    let json = write(&value, usize::MAX).expect("no limit");
                    let again = read(&json).expect("JSON that was just written");
                    assert_eq!(write(&again, usize::MAX).expect("no limit"), json);
                }
                Err(error) => assert!(error.offset <= text.len()),
            }
        }
    }
}

#[test]
fn damaged_inputs_give_a_result_or_a_refusal_of_a_field() {
    let mut seeded = Seeded::new(SEED + 3);
    let inputs = [
        r#"{"document": {"a": [1, 2.50, "x"]}, "expression": "a[?@ > `1`] | [0]"}"#,
        r#"{"document": "{\"a\": [1, 2]}", "expressions": {"one": "a[0]", "sum": "sum(a)"}}"#,
        r#"{"document": [], "expressions": "{\"x\": \"length(@)\"}"}"#,
    ];
    for _ in 0..runs() {
        let input = damaged(seeded.pick(&inputs), &mut seeded);
        match Asked::read(&input).and_then(|asked| asked.answer()) {
            Ok(result) => {
                let json = result.to_json();
                assert!(json.starts_with(r#"{"result":"#) && read(&json).is_ok(), "{json}");
            }
            Err(refusal) => {
                assert!(!refusal.problem.is_empty() && !refusal.remedy.is_empty(), "{input}");
            }
        }
    }
}
