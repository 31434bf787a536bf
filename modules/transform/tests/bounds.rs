//! Hostile expressions and documents end with a sentence, not with a trap; large ones take time in proportion.

use aion_guest::json::WriteJson;
use seeded::Seeded;
use transform::{read, write, Asked, Expression, Value, MOST_CHARACTERS};

fn outcome(document: &Value, expression: &str) -> Result<Value, String> {
    let applied = Expression::parse(expression).and_then(|parsed| parsed.apply(document));
    applied.map_err(|problem| problem.what)
}

fn refused(document: &Value, expression: &str, words: &str) {
    let said = outcome(document, expression).expect_err("a refusal");
    assert!(said.contains(words), "{said}");
}

#[test]
fn an_expression_is_at_most_64_levels_deep_however_it_is_nested() {
    let nestings = [("[", "]"), ("(", ")"), ("!", ""), ("{a: ", "}"), ("a[?", "]"), ("to_array(", ")"), ("a || ", "")];
    for (open, close) in nestings {
        let nested = |levels: usize| format!("{}a{}", open.repeat(levels), close.repeat(levels));
        refused(&Value::Null, &nested(100), "nested deeper than 64 levels");
        if open.len() < 4 {
            refused(&Value::Null, &nested(4_000), "nested deeper than 64 levels");
        }
        assert!(Expression::parse(&nested(20)).is_ok(), "{open}");
    }
    for wrapped in ["[]".repeat(100), "[*]".repeat(100), format!("a{}", " == a".repeat(100)), "*.".repeat(100) + "a"] {
        refused(&Value::Null, &wrapped, "nested deeper than 64 levels");
    }
}

#[test]
fn long_chains_are_no_nesting() {
    let mut document = "1".to_owned();
    for _ in 0..60 {
        document = format!(r#"{{"a":{document}}}"#);
    }
    let document = read(&document).expect("60 levels");
    let path = ["a"; 60].join(".");
    assert!(matches!(outcome(&document, &path), Ok(Value::Number(_))));
    assert!(matches!(outcome(&document, &["@"; 5_000].join("|")), Ok(Value::Object(_))));
    assert!(matches!(outcome(&document, &["a"; 5_000].join(".")), Ok(Value::Null)));
}

#[test]
fn an_expression_has_at_most_16384_characters() {
    let longest = format!("'{}'", "é".repeat(MOST_CHARACTERS - 2));
    assert!(outcome(&Value::Null, &longest).is_ok());
    refused(&Value::Null, &format!("{longest} "), "more than 16384 characters");
}

#[test]
fn values_that_double_with_every_pipe_end_in_a_refusal() {
    let doubling = ["[@, @]"; 60].join(" | ");
    let value = outcome(&Value::Bool(true), &doubling).expect("shared, so small");
    assert!(write(&value, 1 << 20).is_err());
    refused(&Value::Bool(true), &format!("{doubling} | to_string(@)"), "to_string() makes more than");
    let apart = format!("[{doubling}, {doubling}] | [0] == [1]");
    refused(&Value::Bool(true), &apart, "takes more than 20000000 steps");
    refused(&Value::Bool(true), &["[@]"; 200].join(" | "), "nested deeper than 128 levels");
}

#[test]
fn lists_that_multiply_end_in_a_refusal() {
    let ones = read(&format!("[{}1]", "1,".repeat(300_000))).expect("a list");
    let many = format!("[{}] | []", ["@"; 100].join(","));
    refused(&ones, &many, "bytes of values on the way");
    let text = Value::string(&"a".repeat(1 << 19));
    refused(&text, &format!("replace(@, 'a', '{}')", "b".repeat(2_000)), "more than");
}

#[test]
fn a_document_is_at_most_64_levels_deep() {
    let nested = |levels: usize| "[".repeat(levels) + &"]".repeat(levels);
    assert!(read(&nested(64)).is_ok());
    let error = read(&nested(65)).expect_err("too deep");
    assert_eq!((error.position.line, error.position.column), (1, 65));
    assert!(read(&"[".repeat(100_000)).is_err());
    assert!(read(&r#"{"a":"#.repeat(100_000)).is_err());
}

#[test]
fn what_is_not_strict_json_is_refused_with_its_line_and_column() {
    for (text, line, column, expected) in [
        ("{\"a\": 1,}", 1, 9, "a name in double quotes"),
        ("[1,\n 2 3]", 2, 4, "a comma or a closing bracket"),
        ("{\"a\": 1, \"b\": 2, \"a\": 3}", 1, 24, "each name only once"),
        ("[\"é\", x]", 1, 7, "a JSON value"),
        ("01", 1, 1, "a JSON number"),
        ("1e400", 1, 1, "below 1.8e308"),
        ("-", 1, 1, "a JSON number"),
        ("\"\\ud800\"", 1, 8, "a surrogate needs its partner"),
        ("\"a\tb\"", 1, 3, "control characters"),
        ("NaN", 1, 1, "a JSON value"),
        ("1 2", 1, 3, "the end"),
        ("", 1, 1, "a JSON value"),
    ] {
        let error = read(text).expect_err(text);
        assert_eq!((error.position.line, error.position.column), (line, column), "{text}");
        assert!(error.expected.contains(expected), "{text}: {error}");
    }
}

#[test]
fn digits_order_and_characters_of_a_document_survive() {
    let mut seeded = Seeded::new(7);
    let digits = r#"[1.10,-0,1e5,1E-7,123456789012345678901234567890.5,0.0]"#;
    assert_eq!(write(&read(digits).expect("numbers"), 1_000).as_deref(), Ok(digits));
    let members: Vec<String> = (0..40).map(|place| format!("\"k{}\":{place}", (place * 7) % 40)).collect();
    let object = format!("{{{}}}", members.join(","));
    let value = read(&object).expect("an object");
    assert_eq!(write(&value, 1_000).as_deref(), Ok(object.as_str()));
    assert!(matches!(outcome(&value, "k21 == `3`"), Ok(Value::Bool(true))));
    for _ in 0..200 {
        let text = seeded.unruly_text(20);
        let json = write(&Value::string(&text), usize::MAX).expect("no limit");
        assert!(matches!(read(&json), Ok(Value::String(read)) if *read == *text));
        let reversed = outcome(&Value::string(&text), "reverse(reverse(@)) == @ && length(split(@, '')) == length(@)");
        assert!(matches!(reversed, Ok(Value::Bool(truth)) if truth || text.is_empty()));
    }
}

#[test]
fn a_result_is_at_most_a_mebibyte() {
    let input = |letters: usize| format!(r#"{{"document": "\"{}\"", "expression": "@"}}"#, "a".repeat(letters));
    let longest = (1 << 20) - r#"{"result":""}"#.len();
    let result = Asked::read(&input(longest)).and_then(|asked| asked.answer()).expect("it fits");
    assert_eq!(result.to_json().len(), 1 << 20);
    let refusal = Asked::read(&input(longest + 1)).and_then(|asked| asked.answer()).expect_err("it does not");
    assert_eq!(refusal.problem, "gives a result of more than 1048576 bytes");
}
