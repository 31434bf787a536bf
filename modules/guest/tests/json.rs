//! The JSON that modules read and write.

use aion_guest::json::{parse, Object, Value, WriteJson, MAX_DEPTH};
use seeded::Seeded;

fn round_trip(value: &Value) -> Value {
    parse(&value.to_json()).expect("what was written can be read")
}

#[test]
fn every_kind_of_value_survives_a_round_trip() {
    let object = Object::new()
        .with("text", "tab\t quote\" back\\slash \u{1} \r\n \u{1f600} e\u{301}")
        .with("list", vec![Value::Null, Value::Bool(true), Value::Number(-0.25)])
        .with("count", 9_007_199_254_740_991.0)
        .with("nested", Object::new().with("empty", Vec::new()));
    let value = Value::Object(object);
    assert_eq!(round_trip(&value), value);
}

#[test]
fn what_is_written_is_one_line() {
    let value = Value::from("a\r\nb\u{b}c");
    assert_eq!(value.to_json(), r#""a\r\nb\u000bc""#);
}

#[test]
fn whole_numbers_are_written_without_a_fraction() {
    assert_eq!(Value::Number(3.0).to_json(), "3");
    assert_eq!(Value::Number(0.125).to_json(), "0.125");
    assert_eq!(Value::Number(f64::NAN).to_json(), "null");
}

#[test]
fn escapes_and_surrogate_pairs_are_read() {
    let read = parse(r#"  "\u00e9\ud83d\ude00\/\b\f\n" "#).expect("valid JSON");
    assert_eq!(read, Value::from("\u{e9}\u{1f600}/\u{8}\u{c}\n"));
}

#[test]
fn broken_json_is_refused_where_it_breaks() {
    let cases = [
        ("", 0),
        ("{", 1),
        ("{\"a\"}", 4),
        ("{\"a\":1,}", 7),
        ("[1,]", 3),
        ("[1 2]", 3),
        ("01", 1),
        ("1.", 2),
        ("-", 1),
        ("1e", 2),
        ("nul", 0),
        ("\"\\ud800\"", 7),
        ("\"\\udc00\"", 7),
        ("\"\\ud83d\\u0041\"", 13),
        ("\"\\x\"", 2),
        ("\"a\nb\"", 2),
        ("\"open", 5),
        ("{} {}", 3),
        ("'a'", 0),
        ("1e999", 0),
        ("\"\\u12\u{e9}4\"", 3),
        ("\"\\u12", 3),
    ];
    for (text, offset) in cases {
        let error = parse(text).expect_err(text);
        assert_eq!(error.offset, offset, "{text}: {error}");
    }
}

#[test]
fn a_key_given_twice_is_refused() {
    assert_eq!(parse(r#"{"a":1,"a":2}"#).expect_err("ambiguous").expected, "each key only once");
}

#[test]
fn nesting_has_a_limit() {
    let nested = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
    assert!(parse(&nested(MAX_DEPTH)).is_ok());
    assert!(parse(&nested(MAX_DEPTH + 2)).is_err());
    assert!(parse(&"[".repeat(100_000)).is_err());
}

#[test]
fn any_text_survives_a_round_trip() {
    let mut random = Seeded::new(1);
    for _ in 0..2_000 {
        let value = Value::from(random.unruly_text(30));
        assert_eq!(round_trip(&value), value);
    }
}

#[test]
fn damaged_json_is_refused_or_read_but_never_panics() {
    let mut random = Seeded::new(2);
    let whole = r#"{"text":"a\u00e9\ud83d\ude00b","n":[1,-2.5e3,true,null],"o":{"k":"v"}}"#;
    for _ in 0..5_000 {
        let mut bytes = whole.as_bytes().to_vec();
        let at = random.below(bytes.len());
        bytes[at] = random.below(128) as u8;
        bytes.truncate(random.between(at, bytes.len()));
        if let Ok(value) = parse(std::str::from_utf8(&bytes).expect("ASCII")) {
            assert_eq!(round_trip(&value), value);
        }
    }
}
