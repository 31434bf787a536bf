//! The arguments of a call, and what is said of one that has the wrong type.

use std::rc::Rc;

use super::Function;
use crate::ast::Node;
use crate::number::Number;
use crate::problem::Problem;
use crate::value::{Array, Object, Value};

/// One argument.
#[derive(Debug)]
pub enum Argument<'n> {
    /// A value.
    Value(Value),
    /// An expression that the function evaluates itself.
    Expression(&'n Node),
}

/// One call of a function; how many arguments it has is right.
pub struct Call<'n, 'f> {
    /// What is called.
    pub function: &'f Function,
    /// With what.
    pub arguments: Vec<Argument<'n>>,
    /// Where in the expression.
    pub offset: usize,
}

const ORDINALS: [&str; 4] = ["1st", "2nd", "3rd", "4th"];

impl<'n> Call<'n, '_> {
    /// Any value.
    pub fn any(&self, index: usize) -> Result<&Value, Problem> {
        match self.arguments.get(index) {
            Some(Argument::Value(value)) => Ok(value),
            _ => Err(self.refused(index, "a value", "something else")),
        }
    }

    /// All arguments, which are values.
    pub fn all(&self) -> Result<Vec<&Value>, Problem> {
        (0..self.arguments.len()).map(|index| self.any(index)).collect()
    }

    /// Whether there is such an argument.
    pub fn has(&self, index: usize) -> bool {
        index < self.arguments.len()
    }

    /// An expression.
    pub fn expression(&self, index: usize) -> Result<&'n Node, Problem> {
        match self.arguments.get(index) {
            Some(Argument::Expression(node)) => Ok(node),
            _ => Err(self.refused(index, "an expression", "a value")),
        }
    }

    /// A number.
    pub fn number(&self, index: usize) -> Result<&Number, Problem> {
        match self.any(index)? {
            Value::Number(number) => Ok(number),
            other => Err(self.wrong(index, "a number", other)),
        }
    }

    /// A string.
    pub fn text(&self, index: usize) -> Result<&Rc<str>, Problem> {
        match self.any(index)? {
            Value::String(text) => Ok(text),
            other => Err(self.wrong(index, "a string", other)),
        }
    }

    /// An array.
    pub fn array(&self, index: usize) -> Result<&Array, Problem> {
        match self.any(index)? {
            Value::Array(array) => Ok(array),
            other => Err(self.wrong(index, "an array", other)),
        }
    }

    /// An object.
    pub fn object(&self, index: usize) -> Result<&Object, Problem> {
        match self.any(index)? {
            Value::Object(object) => Ok(object),
            other => Err(self.wrong(index, "an object", other)),
        }
    }

    /// An array of numbers.
    pub fn numbers(&self, index: usize) -> Result<Vec<&Number>, Problem> {
        let mut numbers = Vec::new();
        for item in self.array(index)?.items() {
            match item {
                Value::Number(number) => numbers.push(number),
                other => return Err(self.wrong_item(index, "an array of numbers", other)),
            }
        }
        Ok(numbers)
    }

    /// An array of strings.
    pub fn texts(&self, index: usize) -> Result<Vec<&Rc<str>>, Problem> {
        let mut texts = Vec::new();
        for item in self.array(index)?.items() {
            match item {
                Value::String(text) => texts.push(text),
                other => return Err(self.wrong_item(index, "an array of strings", other)),
            }
        }
        Ok(texts)
    }

    /// An array of nothing but numbers, or of nothing but strings.
    pub fn sortable(&self, index: usize) -> Result<&[Value], Problem> {
        const EXPECTED: &str = "an array of numbers or an array of strings";
        let items = self.array(index)?.items();
        let Some(first) = items.first() else {
            return Ok(items);
        };
        let sorts = |item: &&Value| matches!(item, Value::Number(_) | Value::String(_));
        let alike = |item: &&Value| item.type_name() == first.type_name();
        match items.iter().find(|item| !sorts(item) || !alike(item)) {
            Some(other) => Err(self.wrong_item(index, EXPECTED, other)),
            None => Ok(items),
        }
    }

    /// The refusal of an argument because of its type.
    pub fn wrong(&self, index: usize, expected: &str, found: &Value) -> Problem {
        self.refused(index, expected, &article(found.type_name()))
    }

    /// The refusal of an argument because of the type of one of its items.
    pub fn wrong_item(&self, index: usize, expected: &str, found: &Value) -> Problem {
        self.refused(index, expected, &format!("one with {}", article(found.type_name())))
    }

    fn refused(&self, index: usize, expected: &str, found: &str) -> Problem {
        let which = ORDINALS.get(index).copied().unwrap_or("next");
        let name = self.function.name;
        let what = format!("{name}() takes {expected} as its {which} argument, not {found}");
        Problem::new(self.offset, what, "filter or convert it before, for example with not_null() or to_number()")
    }
}

/// The name of a type as it stands in a sentence.
pub fn article(type_name: &str) -> String {
    match type_name {
        "null" => "null".to_owned(),
        "array" | "object" => format!("an {type_name}"),
        _ => format!("a {type_name}"),
    }
}
