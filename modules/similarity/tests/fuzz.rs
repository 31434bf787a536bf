//! Documents and inputs that were damaged at random: nothing panics, and what is said holds.
//! `FUZZ_RUNS` asks for more runs than the few hundred of every day.

#[allow(dead_code, reason = "only the texts are used")]
mod edited_set;

use std::env;
use std::io::Write;
use std::process::{Command, Stdio};

use aion_guest::json::{parse, Object, Value, WriteJson};
use edited_set::texts;
use seeded::Seeded;
use similarity::{clusters, compare, jaccard, overlap, shingles, Options, Shingle};

const SEED: u64 = 20_250_405;

fn runs() -> usize {
    env::var("FUZZ_RUNS").ok().and_then(|runs| runs.parse().ok()).unwrap_or(300)
}

/// Exit status, what was written, and what was said of an error.
fn call(input: &[u8]) -> (Option<i32>, String, String) {
    let mut child = Command::new(env!("CARGO_BIN_EXE_similarity"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the module runs");
    child.stdin.take().expect("stdin").write_all(input).expect("the module reads all of it");
    let output = child.wait_with_output().expect("the module ends");
    let text = |bytes| String::from_utf8(bytes).expect("UTF-8");
    (output.status.code(), text(output.stdout), text(output.stderr))
}

#[test]
fn damaged_texts_are_compared_as_counting_by_hand_says() {
    let mut random = Seeded::new(SEED);
    let written = texts("");
    for _ in 0..runs() {
        let documents: Vec<String> = (0..random.between(1, 6))
            .map(|_| {
                let text = written[random.below(4)].as_bytes();
                String::from_utf8_lossy(&random.damaged(text)).into_owned() + &random.unruly_text(10)
            })
            .collect();
        let shingle = if random.below(2) == 0 { Shingle::Words } else { Shingle::Characters };
        let threshold = random.between(1, 20) as f64 / 20.0;
        let options =
            Options { threshold, shingle, size: random.between(1, 8), max_pairs: 50, marks: random.below(2) == 0 };
        let all: Vec<&str> = documents.iter().map(String::as_str).collect();
        let mut compared = compare(&all, &options);
        let mut expected = 0;
        for (one, text) in all.iter().enumerate() {
            for (other, second) in all.iter().enumerate().skip(one + 1) {
                let (left, right) = (shingles(text, &options), shingles(second, &options));
                let similarity = jaccard(left.len(), right.len(), overlap(&left, &right));
                let said = compared.pairs.iter().find(|pair| (pair.one, pair.other) == (one, other));
                assert_eq!(said.map(|pair| pair.similarity), (similarity >= threshold).then_some(similarity));
                expected += usize::from(similarity >= threshold);
            }
        }
        assert_eq!((compared.found, compared.complete), (expected, true));
        assert_eq!(clusters(&mut compared.groups).is_empty(), expected == 0);
    }
}

#[test]
fn damaged_inputs_are_answered_or_refused() {
    let mut random = Seeded::new(SEED + 1);
    let (mut answered, mut refused) = (0, 0);
    for _ in 0..runs() {
        let documents: Vec<Value> = (0..random.between(1, 4))
            .map(|place| {
                let text = random.unruly_text(8) + "some words that are the same";
                if random.below(2) == 0 {
                    return text.into();
                }
                Object::new().with("id", format!("d{place}")).with("text", text).into()
            })
            .collect();
        let documents = Value::from(documents);
        let mut input = Object::new().with("threshold", random.pick(&["0.5", "1", "0.05"]));
        input = match random.below(3) {
            0 => input.with("documents", documents),
            1 => input.with("documents", documents.to_json()),
            _ => input.with("text", random.unruly_text(9)).with("other", random.unruly_text(9)),
        };
        let mut bytes =
            Value::from(input.with("size", random.between(1, 6)).with("marks", "false")).to_json().into_bytes();
        if random.below(4) > 0 {
            bytes = random.damaged(&bytes);
        }
        match call(&bytes) {
            (Some(0), said, errors) => {
                answered += 1;
                let Ok(Value::Object(line)) = parse(said.trim_end()) else { panic!("no object: {said}") };
                assert!(line.get("data").is_some() && errors.is_empty(), "{said} {errors}");
            }
            (Some(2), said, errors) => {
                refused += 1;
                assert!(said.is_empty() && errors.starts_with("input refused: "), "{errors}");
            }
            other => panic!("{other:?} for {}", String::from_utf8_lossy(&bytes)),
        }
    }
    assert!(answered > runs() / 10 && refused > runs() / 10, "{answered} answered, {refused} refused");
}
