//! What is wrong with an expression, and where.

use std::fmt;

use crate::position::Position;

/// Why an expression has no result.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The place in the expression, in bytes from the start.
    pub offset: usize,
    /// What is wrong there.
    pub what: String,
    /// What the caller can do.
    pub remedy: String,
}

impl Problem {
    /// A problem at `offset`.
    pub fn new(offset: usize, what: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self { offset, what: what.into(), remedy: remedy.into() }
    }

    /// What is wrong and where in `expression`, without the remedy.
    pub fn located(&self, expression: &str) -> String {
        format!("{}: {}", Position::of(expression, self.offset), self.what)
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "byte {}: {}; {}", self.offset, self.what, self.remedy)
    }
}

impl std::error::Error for Problem {}
