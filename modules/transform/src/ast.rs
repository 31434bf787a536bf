//! What an expression means, as a tree that is never deeper than a guest's stack can walk.

use std::rc::Rc;

use crate::functions::Function;
use crate::problem::Problem;
use crate::slice::Slice;
use crate::value::Value;

/// How deep an expression may be nested.
pub const MOST_LEVELS: u16 = 64;

/// A part of an expression.
#[derive(Debug)]
pub struct Node {
    /// What it does.
    pub kind: Kind,
    /// Where it stands in the expression, in bytes.
    pub offset: usize,
    levels: u16,
}

/// How two values are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Comparator {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

/// What a part of an expression does with the value that it is given.
#[derive(Debug)]
pub enum Kind {
    /// `@`: that value.
    Current,
    /// `name`: a member of an object.
    Field(Rc<str>),
    /// `[0]`: an item of an array.
    Index(i64),
    /// `[0:2]`: some items of an array.
    Slice(Slice),
    /// A value that the expression holds.
    Literal(Value),
    /// `a.b` and `a | b`: each part is given what the one before gave.
    Chain(Vec<Node>),
    /// `[*]`: the second for each item that the first gives; nulls are left out.
    Items(Box<Node>, Box<Node>),
    /// `.*`: the second for each member of the object that the first gives.
    Values(Box<Node>, Box<Node>),
    /// `[?...]`: the third for each item of the first for which the second is true.
    Filter(Box<Node>, Box<Node>, Box<Node>),
    /// `[]`: the items of the arrays in an array.
    Flatten(Box<Node>),
    /// `[a, b]`: an array of what the parts give.
    List(Vec<Node>),
    /// `{a: b}`: an object of what the parts give.
    Hash(Vec<(Rc<str>, Node)>),
    /// `||`
    Or(Box<Node>, Box<Node>),
    /// `&&`
    And(Box<Node>, Box<Node>),
    /// `!`
    Not(Box<Node>),
    /// `==` and its kin.
    Compare(Comparator, Box<Node>, Box<Node>),
    /// A function and its arguments.
    Call(&'static Function, Vec<Node>),
    /// `&a`: an argument that the function evaluates itself.
    Reference(Box<Node>),
}

impl Node {
    /// A part that stands at `offset`.
    pub fn new(kind: Kind, offset: usize) -> Result<Self, Problem> {
        let levels = 1 + kind.levels_inside();
        if levels > MOST_LEVELS {
            return Err(too_deep(offset));
        }
        Ok(Self { kind, offset, levels })
    }

    /// `self`, whose result `next` is given.
    pub fn then(mut self, next: Node) -> Result<Self, Problem> {
        let Kind::Chain(parts) = &mut self.kind else {
            let offset = self.offset;
            return Node::new(Kind::Chain(vec![self, next]), offset);
        };
        if next.levels >= MOST_LEVELS {
            return Err(too_deep(next.offset));
        }
        self.levels = self.levels.max(next.levels + 1);
        parts.push(next);
        Ok(self)
    }
}

impl Kind {
    fn levels_inside(&self) -> u16 {
        let deepest = |nodes: &mut dyn Iterator<Item = &Node>| nodes.map(|node| node.levels).max().unwrap_or(0);
        match self {
            Kind::Current | Kind::Field(_) | Kind::Index(_) | Kind::Slice(_) | Kind::Literal(_) => 0,
            Kind::Flatten(node) | Kind::Not(node) | Kind::Reference(node) => node.levels,
            Kind::Items(first, second)
            | Kind::Values(first, second)
            | Kind::Or(first, second)
            | Kind::And(first, second)
            | Kind::Compare(_, first, second) => first.levels.max(second.levels),
            Kind::Filter(first, second, third) => first.levels.max(second.levels).max(third.levels),
            Kind::Chain(nodes) | Kind::List(nodes) | Kind::Call(_, nodes) => deepest(&mut nodes.iter()),
            Kind::Hash(members) => deepest(&mut members.iter().map(|(_, node)| node)),
        }
    }
}

/// The refusal of an expression that is nested too deep at `offset`.
pub fn too_deep(offset: usize) -> Problem {
    let what = format!("the expression is nested deeper than {MOST_LEVELS} levels");
    Problem::new(offset, what, "split it into several calls, or use pipes instead of brackets")
}
