//! The lines of ABI v1 and the two forms in which parameters arrive.

use std::cell::RefCell;
use std::io::{self, Write};
use std::rc::Rc;

use aion_guest::json::{parse, Object, Value};
use aion_guest::{Level, Lines, Parameters};

#[derive(Clone, Default)]
struct Recorded(Rc<RefCell<Vec<String>>>);

impl Write for Recorded {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.borrow_mut().push(String::from_utf8_lossy(bytes).into_owned());
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.borrow_mut().push("flush".to_owned());
        Ok(())
    }
}

fn object(json: &str) -> Object {
    match parse(json) {
        Ok(Value::Object(object)) => object,
        other => panic!("not an object: {other:?}"),
    }
}

#[test]
fn each_line_is_written_whole_and_flushed_at_once() {
    let recorded = Recorded::default();
    let mut lines = Lines::new(recorded.clone());
    lines.token("a\nb").expect("recorded");
    lines.partial(Value::Null).expect("recorded");
    lines.log(Level::Warning, "short").expect("recorded");
    lines.result(&Value::from("end")).expect("recorded");
    let expected = [
        "{\"type\":\"token\",\"text\":\"a\\nb\"}\n",
        "{\"type\":\"partial\",\"data\":null}\n",
        "{\"type\":\"log\",\"level\":\"warning\",\"message\":\"short\"}\n",
        "{\"type\":\"result\",\"data\":\"end\"}\n",
    ];
    let expected: Vec<&str> = expected.iter().flat_map(|line| [*line, "flush"]).collect();
    assert_eq!(*recorded.0.borrow(), expected);
}

#[test]
fn a_field_that_is_not_known_is_refused_by_name() {
    let input = object(r#"{"text":"a","txet":"b"}"#);
    let refusal = Parameters::new(&input, &["text", "kinds"]).err().expect("refused");
    assert_eq!(refusal.to_string(), "txet: is not a field of this input; use one of: text, kinds");
}

#[test]
fn an_integer_may_come_as_a_number_or_as_a_string() {
    for (json, expected) in
        [("{}", Some(3)), (r#"{"n":5}"#, Some(5)), (r#"{"n":"5"}"#, Some(5)), (r#"{"n":5.0}"#, Some(5))]
    {
        let input = object(json);
        assert_eq!(Parameters::new(&input, &["n"]).expect("known").integer("n", 1..=20, 3).ok(), expected, "{json}");
    }
    for json in [
        r#"{"n":0}"#,
        r#"{"n":21}"#,
        r#"{"n":"21"}"#,
        r#"{"n":2.5}"#,
        r#"{"n":-1}"#,
        r#"{"n":""}"#,
        r#"{"n":"+5"}"#,
        r#"{"n":null}"#,
    ] {
        let input = object(json);
        let refusal = Parameters::new(&input, &["n"]).expect("known").integer("n", 1..=20, 3).expect_err(json);
        assert_eq!(refusal.remedy, "send an integer from 1 to 20");
    }
}

#[test]
fn a_list_may_come_as_an_array_or_as_a_comma_separated_string() {
    for json in [r#"{"k":["a","b"]}"#, r#"{"k":"a, b"}"#] {
        let input = object(json);
        assert_eq!(Parameters::new(&input, &["k"]).expect("known").words("k").expect("a list"), Some(vec!["a", "b"]));
    }
    for json in [r#"{"k":[]}"#, r#"{"k":""}"#, r#"{"k":"a,,b"}"#, r#"{"k":[1]}"#, r#"{"k":7}"#] {
        let input = object(json);
        assert!(Parameters::new(&input, &["k"]).expect("known").words("k").is_err(), "{json}");
    }
}

#[test]
fn a_truth_value_may_come_as_such_or_as_its_word() {
    let input = object(r#"{"yes":true,"no":"false","word":"ja","number":1}"#);
    let parameters = Parameters::new(&input, &["yes", "no", "word", "number", "absent"]).expect("known");
    assert_eq!(parameters.boolean("yes", false), Ok(true));
    assert_eq!(parameters.boolean("no", true), Ok(false));
    assert_eq!(parameters.boolean("absent", true), Ok(true));
    assert!(parameters.boolean("word", false).is_err());
    assert_eq!(parameters.boolean("number", false).expect_err("a number").remedy, "send true or false");
    assert_eq!(parameters.value("yes"), Some(&Value::Bool(true)));
}

#[test]
fn a_missing_or_wrong_text_is_refused_and_an_empty_one_is_not() {
    let input = object(r#"{"empty":"","number":1}"#);
    let parameters = Parameters::new(&input, &["empty", "number", "text"]).expect("known");
    assert_eq!(parameters.required_text("empty"), Ok(""));
    assert_eq!(parameters.required_text("number").expect_err("a number").problem, "is not a string");
    assert_eq!(parameters.required_text("text").expect_err("absent").problem, "is missing");
    assert_eq!(parameters.optional_text("text"), Ok(None));
    assert_eq!(parameters.optional_text("empty"), Ok(Some("")));
    assert!(parameters.optional_text("number").is_err());
    assert_eq!(parameters.choice("language", &["en", "fr"], "en"), Ok("en"));
    assert!(parameters.choice("number", &["en", "fr"], "en").is_err());
}
