//! Documents and inputs that were damaged at random: nothing panics, and what holds for every document holds.
//! `FUZZ_RUNS` asks for more runs than the few hundred of every day.

mod checks;
#[allow(dead_code, reason = "only the documents are used")]
mod retrieval;

use std::env;
use std::io::Write;
use std::process::{Command, Stdio};

use aion_guest::json::{parse, Object, Value, WriteJson};
use checks::check_all_ways;
use retrieval::documents;
use seeded::Seeded;

const SEED: u64 = 20_250_403;

fn runs() -> usize {
    env::var("FUZZ_RUNS").ok().and_then(|runs| runs.parse().ok()).unwrap_or(300)
}

/// Exit status, what was written, and what was said of an error.
fn call(input: &[u8]) -> (Option<i32>, String, String) {
    let mut child = Command::new(env!("CARGO_BIN_EXE_chunk"))
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
fn damaged_documents_are_cut_without_loss() {
    let mut random = Seeded::new(SEED);
    let documents = documents("");
    for _ in 0..runs() {
        let one = &documents[random.below(documents.len())].text;
        let other = &documents[random.below(documents.len())].text;
        let both = [one.as_bytes(), other.as_bytes()].concat();
        let damaged = random.damaged(&both);
        let damaged = String::from_utf8_lossy(&damaged);
        check_all_ways(&damaged, &mut random);
    }
}

#[test]
fn damaged_inputs_are_answered_or_refused() {
    let mut random = Seeded::new(SEED + 1);
    let (mut answered, mut refused) = (0, 0);
    for _ in 0..runs() {
        let input = Object::new()
            .with("text", random.unruly_text(20) + "# A\\n\\nOne. <p>Two.</p>")
            .with("format", random.pick(&["auto", "markdown", "text", "html"]))
            .with("by", random.pick(&["headings", "sentences", "tokens"]))
            .with("max_tokens", random.between(16, 64).to_string())
            .with("overlap_tokens", random.below(8));
        let mut bytes = Value::from(input).to_json().into_bytes();
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
