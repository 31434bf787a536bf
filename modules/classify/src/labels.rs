//! The caller's labels: names, or objects with a description and examples; as an array, as JSON in a string, or as names
//! with commas between them.

use std::collections::BTreeSet;

use aion_guest::json::{parse, Object, Value};
use aion_guest::Refusal;
use classify::Label;

const MOST_LABELS: usize = 100;
const LONGEST_NAME: usize = 100;
const LONGEST_DESCRIPTION: usize = 2_000;
const MOST_EXAMPLES: usize = 50;
const LONGEST_EXAMPLE: usize = 10_000;

/// The labels of a call.
pub fn labels(given: Option<&Value>) -> Result<Vec<Label>, Refusal> {
    let labels: Vec<Label> = match given {
        None => return Err(refused("is missing")),
        Some(Value::Array(items)) => array(items)?,
        Some(Value::String(text)) if text.trim_start().starts_with('[') => match parse(text) {
            Ok(Value::Array(items)) => array(&items)?,
            Ok(_) => return Err(refused("is JSON, but not an array")),
            Err(error) => return Err(refused(&error.to_string())),
        },
        Some(Value::String(text)) => text.split(',').map(named).collect::<Result<_, _>>()?,
        Some(_) => return Err(refused("is neither an array nor a string")),
    };
    if labels.is_empty() || labels.len() > MOST_LABELS {
        return Err(refused("has none or more than 100 of them"));
    }
    let names: BTreeSet<&str> = labels.iter().map(|label| label.name.as_str()).collect();
    if names.len() < labels.len() {
        return Err(refused("has a name twice"));
    }
    Ok(labels)
}

fn refused(problem: &str) -> Refusal {
    const REMEDY: &str =
        "send 1 to 100 names or objects with name, description and examples, or a string such as \"a, b\"";
    Refusal::new("labels", problem, REMEDY)
}

fn array(items: &[Value]) -> Result<Vec<Label>, Refusal> {
    let label = |item: &Value| match item {
        Value::String(name) => named(name),
        Value::Object(object) => described(object),
        _ => Err(refused("has an item that is neither a name nor an object")),
    };
    items.iter().map(label).collect()
}

fn named(name: &str) -> Result<Label, Refusal> {
    let name = name.trim();
    if name.is_empty() || name.chars().count() > LONGEST_NAME {
        return Err(refused("has a name that is empty or longer than 100 characters"));
    }
    Ok(Label { name: name.to_owned(), ..Label::default() })
}

fn described(object: &Object) -> Result<Label, Refusal> {
    let mut label = match object.get("name") {
        Some(Value::String(name)) => named(name)?,
        _ => return Err(refused("has an object without a name")),
    };
    for (field, value) in object.members() {
        match (field, value) {
            ("name", _) => {}
            ("description", Value::String(text)) if text.chars().count() <= LONGEST_DESCRIPTION => {
                label.description.clone_from(text);
            }
            ("description", _) => {
                return Err(refused("has a description that is no string of at most 2,000 characters"))
            }
            ("examples", Value::Array(items)) if items.len() <= MOST_EXAMPLES => {
                label.examples = items.iter().map(example).collect::<Result<_, _>>()?;
            }
            ("examples", _) => return Err(refused("has examples that are no array of at most 50 strings")),
            _ => return Err(refused("has an object with another field than name, description and examples")),
        }
    }
    Ok(label)
}

fn example(item: &Value) -> Result<String, Refusal> {
    match item {
        Value::String(text) if text.chars().count() <= LONGEST_EXAMPLE => Ok(text.clone()),
        _ => Err(refused("has an example that is no string of at most 10,000 characters")),
    }
}
