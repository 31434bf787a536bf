//! The tokens of the language, and how tightly each binds to what stands left of it.

use std::rc::Rc;

use crate::value::Value;

/// One token.
#[derive(Clone, Debug)]
pub enum Token {
    /// A name without quotes, which may be that of a function.
    Name(Rc<str>),
    /// A name in double quotes.
    QuotedName(Rc<str>),
    /// An integer, which only stands in brackets.
    Integer(i64),
    /// JSON in backticks, or a string in single quotes.
    Literal(Value),
    /// What has no value of its own.
    Sign(Sign),
    /// After the last one.
    End,
}

/// A token that always looks the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sign {
    Dot,
    Star,
    Flatten,
    Filter,
    And,
    Or,
    Pipe,
    OpenBracket,
    CloseBracket,
    OpenBrace,
    CloseBrace,
    OpenParenthesis,
    CloseParenthesis,
    Comma,
    Colon,
    Not,
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    Current,
    Reference,
}

impl Token {
    /// Whether it is `sign`.
    pub fn is(&self, sign: Sign) -> bool {
        matches!(self, Token::Sign(own) if *own == sign)
    }

    /// How tightly it binds to its left; 0 when it ends an expression.
    pub fn binding(&self) -> u8 {
        match self {
            Token::Sign(sign) => sign.binding(),
            _ => 0,
        }
    }
}

impl Sign {
    /// How tightly it binds to its left, as in the implementation that came with the specification.
    pub fn binding(self) -> u8 {
        match self {
            Sign::Pipe => 1,
            Sign::Or => 2,
            Sign::And => 3,
            Sign::Equal | Sign::NotEqual | Sign::Less | Sign::LessOrEqual | Sign::Greater | Sign::GreaterOrEqual => 5,
            Sign::Flatten => 9,
            Sign::Star => 20,
            Sign::Filter => 21,
            Sign::Dot => 40,
            Sign::Not => 45,
            Sign::OpenBrace => 50,
            Sign::OpenBracket => 55,
            Sign::OpenParenthesis => 60,
            _ => 0,
        }
    }
}
