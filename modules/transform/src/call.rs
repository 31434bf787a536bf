//! The input of one call, and its result as JSON.

use std::rc::Rc;

use crate::evaluate::Expression;
use crate::problem::Problem;
use crate::read::read;
use crate::value::{Object, Value};
use crate::write::{write, TooLong};
use aion_guest::json::WriteJson;
use aion_guest::Refusal;

/// AION takes no larger result.
const LONGEST_RESULT: usize = 1 << 20;
const MOST_EXPRESSIONS: usize = 64;
const LONGEST_NAME: usize = 100;
const FIELDS: [&str; 3] = ["document", "expression", "expressions"];

/// What a call asks for.
#[derive(Debug)]
pub struct Asked {
    document: Value,
    wanted: Wanted,
}

#[derive(Debug)]
enum Wanted {
    /// The result is what this expression gives.
    One(Rc<str>),
    /// The result is an object of what these give.
    Named(Rc<Object>),
}

/// A result that is JSON already.
#[derive(Debug)]
pub struct Written(String);

impl WriteJson for Written {
    fn write_json(&self, out: &mut String) {
        out.push_str(&self.0);
    }
}

impl Asked {
    /// What the text of an input asks for.
    pub fn read(input: &str) -> Result<Self, Refusal> {
        const REMEDY: &str = "send one JSON object";
        let input = match read(input) {
            Ok(Value::Object(input)) => input,
            Ok(_) => return Err(Refusal::new("input", "is JSON, but not an object", REMEDY)),
            Err(error) => return Err(Refusal::new("input", error.to_string(), REMEDY)),
        };
        if let Some((name, _)) = input.members().iter().find(|(name, _)| !FIELDS.contains(&&**name)) {
            let remedy = format!("use one of: {}", FIELDS.join(", "));
            return Err(Refusal::new(&**name, "is not a field of this input", remedy));
        }
        let document = match input.get("document") {
            Some(Value::String(text)) => inner("document", text)?,
            Some(value) => value.clone(),
            None => return Err(Refusal::new("document", "is missing", "send any JSON, or JSON as a string")),
        };
        let wanted = match (input.get("expression"), input.get("expressions")) {
            (Some(_), Some(_)) => {
                return Err(Refusal::new("expressions", "stands beside expression", "send only one of the two"));
            }
            (None, None) => {
                return Err(Refusal::new("expression", "is missing", "send a JMESPath expression as a string"));
            }
            (Some(Value::String(text)), None) => Wanted::One(text.clone()),
            (Some(_), None) => return Err(Refusal::new("expression", "is not a string", "send a JSON string")),
            (None, Some(given)) => Wanted::Named(named(given)?),
        };
        Ok(Self { document, wanted })
    }

    /// The result.
    pub fn answer(&self) -> Result<Written, Refusal> {
        let result = match &self.wanted {
            Wanted::One(text) => apply("expression", text, &self.document)?,
            Wanted::Named(expressions) => {
                let mut members = Vec::new();
                for (name, text) in expressions.members() {
                    let Value::String(text) = text else {
                        return Err(not_expressions());
                    };
                    let field = format!("expressions.{name}");
                    members.push((name.clone(), apply(&field, text, &self.document)?));
                }
                Value::object(members).map_err(|_| Refusal::new("expressions", "give too deep a value", "nest less"))?
            }
        };
        let whole = write(&result, LONGEST_RESULT - r#"{"result":}"#.len()).map_err(|TooLong| {
            let problem = format!("gives a result of more than {LONGEST_RESULT} bytes");
            Refusal::new(self.wanted.field(), problem, "take fewer items or fewer members")
        })?;
        Ok(Written(format!(r#"{{"result":{whole}}}"#)))
    }
}

impl Wanted {
    fn field(&self) -> &'static str {
        match self {
            Wanted::One(_) => "expression",
            Wanted::Named(_) => "expressions",
        }
    }
}

fn apply(field: &str, text: &str, document: &Value) -> Result<Value, Refusal> {
    let refused = |problem: Problem| Refusal::new(field, problem.located(text), problem.remedy);
    Expression::parse(text).map_err(refused)?.apply(document).map_err(refused)
}

fn inner(field: &str, text: &str) -> Result<Value, Refusal> {
    read(text).map_err(|error| {
        Refusal::new(field, error.to_string(), "send JSON; a document that is a string needs its own quotes")
    })
}

fn named(given: &Value) -> Result<Rc<Object>, Refusal> {
    let parsed = match given {
        Value::String(text) => inner("expressions", text)?,
        other => other.clone(),
    };
    let Value::Object(expressions) = parsed else {
        return Err(not_expressions());
    };
    let members = expressions.members();
    let fits = (1..=MOST_EXPRESSIONS).contains(&members.len());
    let named_well = members.iter().all(|(name, _)| name.chars().nth(LONGEST_NAME).is_none());
    let all_texts = members.iter().all(|(_, text)| matches!(text, Value::String(_)));
    if !fits || !named_well || !all_texts {
        return Err(not_expressions());
    }
    Ok(expressions)
}

fn not_expressions() -> Refusal {
    let remedy = format!("send 1 to {MOST_EXPRESSIONS} members, names of at most {LONGEST_NAME} characters");
    Refusal::new("expressions", "is not an object of names and expressions", remedy)
}
