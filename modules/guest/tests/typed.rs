//! Inputs and outputs that are written down as structs.

use aion_guest::json::{parse, Object, Value, WriteJson};
use aion_guest::{input, output, Input, Refusal};

input! {
    /// All kinds of fields.
    struct Order {
        name: String,
        count: usize = 3,
        change: i64 = -1,
        weight: f64 = 0.5,
        gift: bool = false,
        tags: Vec<String> = Vec::new(),
        sizes: Option<Vec<usize>>,
        note: Option<String>,
    }
}

output! {
    /// A part of the result.
    struct Line { word: String, count: usize }
}

output! {
    /// The result.
    struct Bill { total: f64, lines: Vec<Line>, paid: bool, note: Option<String> }
}

fn read(json: &str) -> Result<Order, Refusal> {
    match parse(json) {
        Ok(Value::Object(object)) => Order::read(&object),
        other => panic!("not an object: {other:?}"),
    }
}

#[test]
fn what_is_left_out_has_its_default() {
    let order = read(r#"{"name":"a"}"#).expect("fits");
    assert_eq!(
        order,
        Order {
            name: "a".into(),
            count: 3,
            change: -1,
            weight: 0.5,
            gift: false,
            tags: vec![],
            sizes: None,
            note: None
        }
    );
}

#[test]
fn typed_values_and_their_texts_mean_the_same() {
    let typed = r#"{"name":"a","count":5,"change":-7,"weight":1.5,"gift":true,"tags":["x","y"],"sizes":[1,2]}"#;
    let texts = r#"{"name":"a","count":"5","change":"-7","weight":"1.5","gift":"true","tags":"x, y","sizes":"1,2"}"#;
    assert_eq!(read(typed).expect("fits"), read(texts).expect("fits"));
}

#[test]
fn what_does_not_fit_is_refused_by_name_with_a_remedy() {
    for (json, said) in [
        ("{}", "name: is missing; send a JSON string"),
        (r#"{"name":1}"#, "name: does not fit; send a JSON string"),
        (r#"{"name":"a","count":-1}"#, "count: does not fit; send an integer that is not negative"),
        (r#"{"name":"a","count":2.5}"#, "count: does not fit; send an integer that is not negative"),
        (r#"{"name":"a","gift":"yes"}"#, "gift: does not fit; send true or false"),
        (r#"{"name":"a","sizes":"1,x"}"#, "sizes: does not fit; send an array, or its items in a string"),
        (r#"{"name":"a","note":null}"#, "note: does not fit; send a JSON string"),
        (r#"{"name":"a","nmae":"b"}"#, "nmae: is not a field of this input; use one of: name, count"),
    ] {
        let refusal = read(json).expect_err(json).to_string();
        assert!(refusal.starts_with(said), "{refusal}");
    }
}

#[test]
fn a_result_is_written_in_the_order_of_its_fields() {
    let bill = Bill { total: 1.5, lines: vec![Line { word: "a\"b".into(), count: 2 }], paid: true, note: None };
    assert_eq!(bill.to_json(), r#"{"total":1.5,"lines":[{"word":"a\"b","count":2}],"paid":true,"note":null}"#);
}

#[test]
fn an_empty_struct_takes_and_gives_nothing() {
    input! { struct Nothing {} }
    output! { struct Silence {} }
    assert_eq!(Nothing::read(&Object::new()), Ok(Nothing {}));
    assert_eq!(Silence {}.to_json(), "{}");
}
