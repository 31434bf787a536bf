//! Applies an expression to a document.

use crate::ast::{Kind, Node};
use crate::budget::{Budget, CONTAINER, ITEM, MEMBER, STRING};
use crate::compare::compare;
use crate::functions::{Argument, Call};
use crate::parser::parse;
use crate::problem::Problem;
use crate::value::{Member, TooDeep, Value, MOST_LEVELS};

/// How long an expression may be, in Unicode code points.
pub const MOST_CHARACTERS: usize = 16_384;

/// An expression that can be applied.
#[derive(Debug)]
pub struct Expression(Node);

impl Expression {
    /// The expression that `text` writes.
    pub fn parse(text: &str) -> Result<Self, Problem> {
        if text.chars().nth(MOST_CHARACTERS).is_some() {
            let what = format!("the expression has more than {MOST_CHARACTERS} characters");
            return Err(Problem::new(0, what, "split it into several calls"));
        }
        parse(text).map(Self)
    }

    /// What the expression gives for `document`.
    pub fn apply(&self, document: &Value) -> Result<Value, Problem> {
        Evaluation { budget: Budget::new() }.value(&self.0, document)
    }
}

/// One application, and what it may still spend.
pub struct Evaluation {
    /// What is left.
    pub budget: Budget,
}

type Evaluated = Result<Value, Problem>;

impl Evaluation {
    /// What `node` gives for `data`.
    pub fn value(&mut self, node: &Node, data: &Value) -> Evaluated {
        let offset = node.offset;
        self.budget.step(1, offset)?;
        match &node.kind {
            Kind::Current => Ok(data.clone()),
            Kind::Field(name) => Ok(field(data, name)),
            Kind::Index(index) => Ok(item(data, *index)),
            Kind::Slice(slice) => match data {
                Value::Array(array) => {
                    let places = slice.places(array.items().len());
                    self.array(places.map(|place| array.items()[place].clone()).collect(), offset)
                }
                _ => Ok(Value::Null),
            },
            Kind::Literal(value) => Ok(value.clone()),
            Kind::Chain(parts) => {
                let mut value = data.clone();
                for part in parts {
                    value = self.value(part, &value)?;
                }
                Ok(value)
            }
            Kind::Items(source, each) => match self.value(source, data)? {
                Value::Array(array) => self.project(array.items().iter(), each, offset),
                _ => Ok(Value::Null),
            },
            Kind::Values(source, each) => match self.value(source, data)? {
                Value::Object(object) => self.project(object.members().iter().map(|(_, value)| value), each, offset),
                _ => Ok(Value::Null),
            },
            Kind::Filter(source, predicate, each) => self.filter(source, predicate, each, data),
            Kind::Flatten(source) => match self.value(source, data)? {
                Value::Array(array) => self.flatten(array.items(), offset),
                _ => Ok(Value::Null),
            },
            Kind::List(_) | Kind::Hash(_) if matches!(data, Value::Null) => Ok(Value::Null),
            Kind::List(parts) => {
                let items = parts.iter().map(|part| self.value(part, data)).collect::<Result<_, _>>()?;
                self.array(items, offset)
            }
            Kind::Hash(parts) => {
                let members = parts.iter().map(|(name, part)| Ok((name.clone(), self.value(part, data)?)));
                let members = members.collect::<Result<_, Problem>>()?;
                self.object(members, offset)
            }
            Kind::Or(left, right) => match self.value(left, data)? {
                value if value.is_true() => Ok(value),
                _ => self.value(right, data),
            },
            Kind::And(left, right) => match self.value(left, data)? {
                value if value.is_true() => self.value(right, data),
                value => Ok(value),
            },
            Kind::Not(inside) => Ok(Value::Bool(!self.value(inside, data)?.is_true())),
            Kind::Compare(comparator, left, right) => {
                let (left, right) = (self.value(left, data)?, self.value(right, data)?);
                compare(*comparator, &left, &right, &mut self.budget, offset)
            }
            Kind::Call(function, arguments) => {
                let given = arguments.iter().map(|argument| match &argument.kind {
                    Kind::Reference(inside) => Ok(Argument::Expression(inside)),
                    _ => self.value(argument, data).map(Argument::Value),
                });
                let given = given.collect::<Result<_, _>>()?;
                function.run(self, &Call { function, arguments: given, offset })
            }
            Kind::Reference(inside) => self.value(inside, data),
        }
    }

    /// An array that the expression at `offset` makes.
    pub fn array(&mut self, items: Vec<Value>, offset: usize) -> Evaluated {
        self.budget.room(CONTAINER + items.len() * ITEM, offset)?;
        Value::array(items).map_err(|TooDeep| nested_too_deep(offset))
    }

    /// An object that the expression at `offset` makes.
    pub fn object(&mut self, members: Vec<Member>, offset: usize) -> Evaluated {
        self.budget.room(CONTAINER + members.len() * MEMBER, offset)?;
        Value::object(members).map_err(|TooDeep| nested_too_deep(offset))
    }

    /// A string that the expression at `offset` makes.
    pub fn string(&mut self, text: &str, offset: usize) -> Evaluated {
        self.budget.room(STRING + text.len(), offset)?;
        Ok(Value::string(text))
    }

    fn project<'v>(&mut self, values: impl Iterator<Item = &'v Value>, each: &Node, offset: usize) -> Evaluated {
        let mut kept = Vec::new();
        for value in values {
            let value = self.value(each, value)?;
            if !matches!(value, Value::Null) {
                kept.push(value);
            }
        }
        self.array(kept, offset)
    }

    fn filter(&mut self, source: &Node, predicate: &Node, each: &Node, data: &Value) -> Evaluated {
        let Value::Array(array) = self.value(source, data)? else {
            return Ok(Value::Null);
        };
        let mut taken = Vec::new();
        for item in array.items() {
            if self.value(predicate, item)?.is_true() {
                taken.push(item);
            }
        }
        self.project(taken.into_iter(), each, predicate.offset)
    }

    fn flatten(&mut self, items: &[Value], offset: usize) -> Evaluated {
        let mut flat = Vec::new();
        for item in items {
            match item {
                Value::Array(inner) => {
                    // Before they are there: many arrays may be one array, shared.
                    self.budget.room(inner.items().len() * ITEM, offset)?;
                    flat.extend_from_slice(inner.items());
                }
                other => flat.push(other.clone()),
            }
        }
        self.array(flat, offset)
    }
}

fn field(data: &Value, name: &str) -> Value {
    match data {
        Value::Object(object) => object.get(name).cloned().unwrap_or(Value::Null),
        _ => Value::Null,
    }
}

fn item(data: &Value, index: i64) -> Value {
    let Value::Array(array) = data else {
        return Value::Null;
    };
    let items = array.items();
    let place = if index < 0 { index.saturating_add(items.len() as i64) } else { index };
    usize::try_from(place).ok().and_then(|place| items.get(place)).cloned().unwrap_or(Value::Null)
}

fn nested_too_deep(offset: usize) -> Problem {
    let what = format!("makes a value that is nested deeper than {MOST_LEVELS} levels");
    Problem::new(offset, what, "build fewer lists within lists")
}
