//! Turns a JSON document into another one by a JMESPath expression, which can neither loop nor reach anything.
//!
//! The evaluator is written for this module instead of taken from a crate, because of what a module promises: no
//! randomness is imported (hash tables ask for it), numbers keep their digits, members keep their order, and every
//! expression ends within bounds of depth, steps and room, with a sentence that says where and why it was refused.

mod ast;
mod budget;
mod call;
mod compare;
mod evaluate;
mod functions;
mod lexer;
mod number;
mod parser;
mod position;
mod problem;
mod read;
mod slice;
mod tokens;
mod value;
mod write;

pub use budget::{MOST_ROOM, MOST_STEPS};
pub use call::{Asked, Written};
pub use evaluate::{Expression, MOST_CHARACTERS};
pub use number::Number;
pub use position::Position;
pub use problem::Problem;
pub use read::{read, NotJson, MOST_LEVELS_READ};
pub use value::{Array, Object, TooDeep, Value};
pub use write::{write, TooLong};
