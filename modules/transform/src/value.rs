//! The values that expressions work on: shared, ordered as written, and never nested deeper than a guest's stack
//! can walk. Cloning a value is cheap, so a projection over a large document copies nothing.

use std::rc::Rc;

use crate::number::Number;

/// How deep a value may be nested; its reading, comparing, writing and dropping all recurse.
pub const MOST_LEVELS: u16 = 128;

/// One JSON value.
#[derive(Clone, Debug)]
pub enum Value {
    /// `null`
    Null,
    /// `true` or `false`
    Bool(bool),
    /// A number, with the digits it was written with.
    Number(Number),
    /// A string.
    String(Rc<str>),
    /// An array.
    Array(Rc<Array>),
    /// An object.
    Object(Rc<Object>),
}

/// The value would be nested deeper than [`MOST_LEVELS`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooDeep;

/// The items of an array, and how deep they are nested.
#[derive(Debug)]
pub struct Array {
    items: Vec<Value>,
    levels: u16,
}

/// A member's name and value.
pub type Member = (Rc<str>, Value);

/// The members of an object in the order written, and how deep they are nested.
#[derive(Debug)]
pub struct Object {
    members: Vec<Member>,
    /// The places of the members by name; empty for a small object, which is searched through.
    by_name: Vec<u32>,
    levels: u16,
}

/// Up to here searching through is faster than an index.
const SMALL: usize = 8;

impl Value {
    /// An array of `items`.
    pub fn array(items: Vec<Value>) -> Result<Self, TooDeep> {
        let levels = one_above(items.iter())?;
        Ok(Self::Array(Rc::new(Array { items, levels })))
    }

    /// An object of `members`, of which the last with a name counts, at the place of the first.
    pub fn object(members: Vec<Member>) -> Result<Self, TooDeep> {
        let levels = one_above(members.iter().map(|(_, value)| value))?;
        let (members, by_name) = without_repeats(members);
        Ok(Self::Object(Rc::new(Object { members, by_name, levels })))
    }

    /// A string.
    pub fn string(text: &str) -> Self {
        Self::String(text.into())
    }

    /// How deep it is nested; what holds nothing has no levels.
    pub fn levels(&self) -> u16 {
        match self {
            Value::Array(array) => array.levels,
            Value::Object(object) => object.levels,
            _ => 0,
        }
    }

    /// The name that the specification gives to its type.
    pub fn type_name(&self) -> &'static str {
        match self {
            Value::Null => "null",
            Value::Bool(_) => "boolean",
            Value::Number(_) => "number",
            Value::String(_) => "string",
            Value::Array(_) => "array",
            Value::Object(_) => "object",
        }
    }

    /// Whether a filter takes it: not null, false, or empty.
    pub fn is_true(&self) -> bool {
        match self {
            Value::Null => false,
            Value::Bool(truth) => *truth,
            Value::Number(_) => true,
            Value::String(text) => !text.is_empty(),
            Value::Array(array) => !array.items.is_empty(),
            Value::Object(object) => !object.members.is_empty(),
        }
    }
}

impl Array {
    /// The items in order.
    pub fn items(&self) -> &[Value] {
        &self.items
    }
}

impl Object {
    /// The members in the order written.
    pub fn members(&self) -> &[Member] {
        &self.members
    }

    /// The value of the member `name`.
    pub fn get(&self, name: &str) -> Option<&Value> {
        let place = if self.by_name.is_empty() {
            self.members.iter().position(|(known, _)| **known == *name)?
        } else {
            let found = self.by_name.binary_search_by(|place| (*self.members[*place as usize].0).cmp(name));
            self.by_name[found.ok()?] as usize
        };
        Some(&self.members[place].1)
    }
}

fn one_above<'v>(values: impl Iterator<Item = &'v Value>) -> Result<u16, TooDeep> {
    let levels = values.map(Value::levels).max().unwrap_or(0) + 1;
    if levels > MOST_LEVELS {
        return Err(TooDeep);
    }
    Ok(levels)
}

fn without_repeats(members: Vec<Member>) -> (Vec<Member>, Vec<u32>) {
    if members.len() <= SMALL {
        let mut kept: Vec<Member> = Vec::with_capacity(members.len());
        for (name, value) in members {
            match kept.iter_mut().find(|(known, _)| *known == name) {
                Some(known) => known.1 = value,
                None => kept.push((name, value)),
            }
        }
        return (kept, Vec::new());
    }
    // A guest's memory holds fewer than 2^32 members.
    let mut by_name: Vec<u32> = (0..members.len() as u32).collect();
    let name = |place: u32| &*members[place as usize].0;
    by_name.sort_by(|left, right| name(*left).cmp(name(*right)).then(left.cmp(right)));
    if by_name.windows(2).all(|pair| name(pair[0]) != name(pair[1])) {
        return (members, by_name);
    }
    let mut last: Vec<Option<Value>> = vec![None; members.len()];
    for group in by_name.chunk_by(|left, right| name(*left) == name(*right)) {
        last[group[0] as usize] = Some(members[group[group.len() - 1] as usize].1.clone());
    }
    let kept = members.into_iter().zip(last).filter_map(|((name, _), value)| Some((name, value?))).collect();
    without_repeats(kept)
}
