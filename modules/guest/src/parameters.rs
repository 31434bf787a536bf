//! Reading parameters. On the wire a task's `params` are a map of strings, while `params_json`
//! carries typed values, so a number may come as `3` or `"3"` and a list as an array or `"a, b"`.

use std::fmt;
use std::ops::RangeInclusive;

use crate::json::{Object, Value};

/// An input that the module cannot work with: which field, what is wrong, what would be right.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// The field of the input, or `input` for the whole of it.
    pub field: String,
    /// What is wrong with it.
    pub problem: String,
    /// What the caller can do.
    pub remedy: String,
}

impl fmt::Display for Refusal {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}: {}; {}", self.field, self.problem, self.remedy)
    }
}

impl std::error::Error for Refusal {}

impl Refusal {
    /// A refusal of `field`.
    pub fn new(field: impl Into<String>, problem: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self { field: field.into(), problem: problem.into(), remedy: remedy.into() }
    }
}

/// The input object, read field by field.
pub struct Parameters<'a>(&'a Object);

impl<'a> Parameters<'a> {
    /// The parameters of `input`, which may have no field but `known` ones.
    pub fn new(input: &'a Object, known: &[&str]) -> Result<Self, Refusal> {
        match input.members().find(|(name, _)| !known.contains(name)) {
            Some((name, _)) => {
                Err(Refusal::new(name, "is not a field of this input", format!("use one of: {}", known.join(", "))))
            }
            None => Ok(Self(input)),
        }
    }

    /// A string that must be there; it may be empty.
    pub fn required_text(&self, field: &str) -> Result<&'a str, Refusal> {
        match self.0.get(field) {
            Some(Value::String(text)) => Ok(text),
            Some(_) => Err(Refusal::new(field, "is not a string", "send a JSON string")),
            None => Err(Refusal::new(field, "is missing", "send a JSON string")),
        }
    }

    /// A string, or nothing when the field is not there.
    pub fn optional_text(&self, field: &str) -> Result<Option<&'a str>, Refusal> {
        match self.0.get(field) {
            Some(_) => self.required_text(field).map(Some),
            None => Ok(None),
        }
    }

    /// One word out of `allowed`, or `default` when the field is not there.
    pub fn choice(
        &self,
        field: &str,
        allowed: &[&'static str],
        default: &'static str,
    ) -> Result<&'static str, Refusal> {
        let given = match self.0.get(field) {
            None => return Ok(default),
            Some(Value::String(word)) => word.as_str(),
            Some(_) => "",
        };
        let known = allowed.iter().find(|word| **word == given).copied();
        known.ok_or_else(|| Refusal::new(field, "is not a known value", format!("use one of: {}", allowed.join(", "))))
    }

    /// An integer in `range`, as a number or as its decimal string, or `default`.
    pub fn integer(&self, field: &str, range: RangeInclusive<usize>, default: usize) -> Result<usize, Refusal> {
        let given = match self.0.get(field) {
            None => return Ok(default),
            Some(Value::Number(number)) if number.fract() == 0.0 && *number >= 0.0 => Some(*number as usize),
            Some(Value::String(digits)) if digits.bytes().all(|byte| byte.is_ascii_digit()) => digits.parse().ok(),
            Some(_) => None,
        };
        given.filter(|number| range.contains(number)).ok_or_else(|| {
            let remedy = format!("send an integer from {} to {}", range.start(), range.end());
            Refusal::new(field, "is not an integer within its limits", remedy)
        })
    }

    /// A truth value, as `true` and `false` or as these words in a string, or `default`.
    pub fn boolean(&self, field: &str, default: bool) -> Result<bool, Refusal> {
        match self.0.get(field) {
            None => Ok(default),
            Some(Value::Bool(truth)) => Ok(*truth),
            Some(Value::String(word)) if word == "true" => Ok(true),
            Some(Value::String(word)) if word == "false" => Ok(false),
            Some(_) => Err(Refusal::new(field, "is not true or false", "send true or false")),
        }
    }

    /// A field that is read further by the module itself.
    pub fn value(&self, field: &str) -> Option<&'a Value> {
        self.0.get(field)
    }

    /// The words of an array of strings or of a comma separated string; nothing when not there.
    pub fn words(&self, field: &str) -> Result<Option<Vec<&'a str>>, Refusal> {
        let refused = || Refusal::new(field, "is not a list of words", "send an array of strings, or \"a,b\"");
        let words: Vec<&str> = match self.0.get(field) {
            None => return Ok(None),
            Some(Value::String(list)) => list.split(',').map(str::trim).collect(),
            Some(Value::Array(items)) => items
                .iter()
                .map(|item| match item {
                    Value::String(word) => Ok(word.as_str()),
                    _ => Err(refused()),
                })
                .collect::<Result<_, _>>()?,
            Some(_) => return Err(refused()),
        };
        if words.is_empty() || words.contains(&"") {
            return Err(refused());
        }
        Ok(Some(words))
    }
}
