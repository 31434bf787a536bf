//! Cuts an expression into tokens.

use crate::problem::Problem;
use crate::read::read;
use crate::tokens::{Sign, Token};
use crate::value::Value;

/// A token and the bytes of the expression that it covers.
#[derive(Debug)]
pub struct Placed {
    /// The token.
    pub token: Token,
    /// Its first byte.
    pub start: usize,
    /// Just after its last byte.
    pub end: usize,
}

/// Longer ones first, since the first that fits is taken.
const SIGNS: &[(&str, Sign)] = &[
    ("[]", Sign::Flatten),
    ("[?", Sign::Filter),
    ("&&", Sign::And),
    ("||", Sign::Or),
    ("==", Sign::Equal),
    ("!=", Sign::NotEqual),
    ("<=", Sign::LessOrEqual),
    (">=", Sign::GreaterOrEqual),
    (".", Sign::Dot),
    ("*", Sign::Star),
    ("[", Sign::OpenBracket),
    ("]", Sign::CloseBracket),
    ("{", Sign::OpenBrace),
    ("}", Sign::CloseBrace),
    ("(", Sign::OpenParenthesis),
    (")", Sign::CloseParenthesis),
    (",", Sign::Comma),
    (":", Sign::Colon),
    ("!", Sign::Not),
    ("<", Sign::Less),
    (">", Sign::Greater),
    ("|", Sign::Pipe),
    ("@", Sign::Current),
    ("&", Sign::Reference),
];

/// All tokens of `expression`, the last of them [`Token::End`].
pub fn tokens(expression: &str) -> Result<Vec<Placed>, Problem> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(first) = expression[at..].chars().next() {
        if matches!(first, ' ' | '\t' | '\n' | '\r') {
            at += 1;
            continue;
        }
        let (token, length) = token(expression, at, first)?;
        found.push(Placed { token, start: at, end: at + length });
        at += length;
    }
    found.push(Placed { token: Token::End, start: at, end: at });
    Ok(found)
}

fn token(expression: &str, at: usize, first: char) -> Result<(Token, usize), Problem> {
    let rest = &expression[at..];
    match first {
        'a'..='z' | 'A'..='Z' | '_' => {
            let length = rest.bytes().take_while(|byte| byte.is_ascii_alphanumeric() || *byte == b'_').count();
            Ok((Token::Name(rest[..length].into()), length))
        }
        '-' | '0'..='9' => integer(rest, at),
        '"' => quoted_name(rest, at),
        '\'' => {
            let inside = enclosed(rest, at, '\'')?;
            Ok((Token::Literal(Value::string(&inside.replace("\\'", "'"))), inside.len() + 2))
        }
        '`' => literal(rest, at),
        _ => {
            let sign = SIGNS.iter().find(|(written, _)| rest.starts_with(written));
            let (written, sign) = sign.ok_or_else(|| stray(first, at))?;
            Ok((Token::Sign(*sign), written.len()))
        }
    }
}

fn stray(found: char, at: usize) -> Problem {
    match found {
        '=' => Problem::new(at, "a single `=` means nothing", "compare with `==`"),
        _ => Problem::new(
            at,
            format!("`{}` means nothing here", found.escape_default()),
            "put names of other characters than a-z, 0-9 and _ into double quotes",
        ),
    }
}

fn integer(rest: &str, at: usize) -> Result<(Token, usize), Problem> {
    let sign = usize::from(rest.starts_with('-'));
    let length = sign + rest[sign..].bytes().take_while(u8::is_ascii_digit).count();
    match rest[..length].parse() {
        Ok(number) => Ok((Token::Integer(number), length)),
        Err(_) if length == sign => Err(Problem::new(at, "`-` stands without digits", "write an integer such as -1")),
        Err(_) => Err(Problem::new(at, "this index is too large", "use an index that an array can have")),
    }
}

fn quoted_name(rest: &str, at: usize) -> Result<(Token, usize), Problem> {
    let length = enclosed(rest, at, '"')?.len() + 2;
    match read(&rest[..length]) {
        Ok(Value::String(name)) => Ok((Token::QuotedName(name), length)),
        Ok(_) => Err(Problem::new(at, "this is no name", "write a JSON string")),
        Err(error) => {
            let what = format!("this name is not a JSON string: expected {}", error.expected);
            Err(Problem::new(at + error.offset, what, "escape it as JSON does"))
        }
    }
}

fn literal(rest: &str, at: usize) -> Result<(Token, usize), Problem> {
    let inside = enclosed(rest, at, '`')?;
    let value = read(&inside.replace("\\`", "`")).map_err(|error| {
        let what = format!("what stands in backticks is not JSON: expected {}", error.expected);
        Problem::new(at, what, "write JSON between backticks, or a string between single quotes")
    })?;
    Ok((Token::Literal(value), inside.len() + 2))
}

/// What stands between `rest`'s first character, a `quote`, and the next one that no backslash precedes.
fn enclosed(rest: &str, at: usize, quote: char) -> Result<&str, Problem> {
    let mut escaped = false;
    for (index, found) in rest.char_indices().skip(1) {
        if escaped {
            escaped = false;
        } else if found == quote {
            return Ok(&rest[1..index]);
        } else {
            escaped = found == '\\';
        }
    }
    Err(Problem::new(at, format!("the {quote} that opens here is never closed"), format!("add a closing {quote}")))
}
