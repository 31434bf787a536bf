//! The part of the seeded set that the tests of the committed `.wasm` read, from another language.
//! `WRITE_SET=1 cargo test -p redact --test committed_set` writes it anew after the set has changed.

mod seeded_set;

use std::path::Path;
use std::{env, fs};

use aion_guest::json::{Object, Value, WriteJson};
use seeded_set::{labelled_texts, Labelled};

/// Another seed than that of the quality test: the `.wasm` is judged on texts that the other test does not have.
const SEED: u64 = 20_250_302;
const TEXTS: usize = 500;

fn line(labelled: &Labelled) -> String {
    let entity = |&(kind, start, end): &(redact::Kind, usize, usize)| {
        Value::from(vec![Value::from(kind.name()), Value::Number(start as f64), Value::Number(end as f64)])
    };
    let entities: Vec<Value> = labelled.truth.iter().map(entity).collect();
    Value::Object(Object::new().with("text", labelled.text.as_str()).with("entities", entities)).to_json()
}

#[test]
fn the_committed_set_is_what_its_seed_gives() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/modules/sets/redact.json");
    let lines: Vec<String> = labelled_texts(SEED, TEXTS).iter().map(line).collect();
    let expected = format!("[\n{}\n]\n", lines.join(",\n"));
    if env::var_os("WRITE_SET").is_some() {
        fs::write(&path, &expected).expect("a folder to write to");
    }
    let committed = fs::read_to_string(&path).expect("the committed set");
    assert!(committed == expected, "{} is not what seed {SEED} gives; write it anew", path.display());
}
