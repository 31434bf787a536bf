//! Reading JSON (RFC 8259) strictly and without losing anything: numbers keep their digits, members their order.
//! A name given twice in one object is refused, because readers do not agree on which one counts.

use std::fmt;
use std::rc::Rc;

use crate::number::Number;
use crate::position::Position;
use crate::value::{Member, Value};

/// How deep a document may be nested.
pub const MOST_LEVELS_READ: usize = 64;

/// Why a text is not the JSON that was expected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotJson {
    /// Where reading stopped, in bytes from the start.
    pub offset: usize,
    /// The same place for people.
    pub position: Position,
    /// What would have been accepted there.
    pub expected: &'static str,
}

impl fmt::Display for NotJson {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "is not JSON at {}: expected {}", self.position, self.expected)
    }
}

impl std::error::Error for NotJson {}

/// The one value that `text` consists of.
pub fn read(text: &str) -> Result<Value, NotJson> {
    let mut reader = Reader { text, at: 0 };
    let found = reader.whole();
    found.map_err(|Expected(expected)| NotJson { offset: reader.at, position: Position::of(text, reader.at), expected })
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
}

/// What would have been accepted where the reader stands.
struct Expected(&'static str);

type Read<T> = Result<T, Expected>;

impl Reader<'_> {
    fn whole(&mut self) -> Read<Value> {
        let value = self.value(0)?;
        self.skip_space();
        if self.at < self.text.len() {
            return Err(Expected("the end"));
        }
        Ok(value)
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn take(&mut self, byte: u8) -> bool {
        let found = self.peek() == Some(byte);
        self.at += usize::from(found);
        found
    }

    fn skip_space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
    }

    fn value(&mut self, level: usize) -> Read<Value> {
        self.skip_space();
        match self.peek() {
            Some(b'{' | b'[') if level == MOST_LEVELS_READ => Err(Expected("at most 64 levels of nesting")),
            Some(b'{') => self.object(level),
            Some(b'[') => self.array(level),
            Some(b'"') => Ok(Value::String(self.string()?)),
            Some(b'-' | b'0'..=b'9') => self.number(),
            Some(b't') => self.literal("true", Value::Bool(true)),
            Some(b'f') => self.literal("false", Value::Bool(false)),
            Some(b'n') => self.literal("null", Value::Null),
            _ => Err(Expected("a JSON value")),
        }
    }

    fn literal(&mut self, word: &'static str, value: Value) -> Read<Value> {
        if !self.text[self.at..].starts_with(word) {
            return Err(Expected(word));
        }
        self.at += word.len();
        Ok(value)
    }

    fn array(&mut self, level: usize) -> Read<Value> {
        self.at += 1;
        let mut items = Vec::new();
        self.skip_space();
        if !self.take(b']') {
            loop {
                items.push(self.value(level + 1)?);
                self.skip_space();
                if self.take(b']') {
                    break;
                }
                if !self.take(b',') {
                    return Err(Expected("a comma or a closing bracket"));
                }
            }
        }
        Value::array(items).map_err(|_| Expected("fewer levels of nesting"))
    }

    fn object(&mut self, level: usize) -> Read<Value> {
        self.at += 1;
        let mut members: Vec<Member> = Vec::new();
        self.skip_space();
        if !self.take(b'}') {
            loop {
                self.skip_space();
                if self.peek() != Some(b'"') {
                    return Err(Expected("a name in double quotes"));
                }
                let name = self.string()?;
                self.skip_space();
                if !self.take(b':') {
                    return Err(Expected("a colon"));
                }
                members.push((name, self.value(level + 1)?));
                self.skip_space();
                if self.take(b'}') {
                    break;
                }
                if !self.take(b',') {
                    return Err(Expected("a comma or a closing brace"));
                }
            }
        }
        let written = members.len();
        match Value::object(members) {
            Ok(Value::Object(object)) if object.members().len() < written => {
                self.at -= 1;
                Err(Expected("each name only once in the object that ends here"))
            }
            Ok(object) => Ok(object),
            Err(_) => Err(Expected("fewer levels of nesting")),
        }
    }

    fn number(&mut self) -> Read<Value> {
        let rest = &self.text[self.at..];
        let length = rest.bytes().take_while(|b| matches!(b, b'-' | b'+' | b'.' | b'e' | b'E' | b'0'..=b'9')).count();
        let number = Number::read(&rest[..length]).ok_or(Expected("a JSON number below 1.8e308"))?;
        self.at += length;
        Ok(Value::Number(number))
    }

    fn string(&mut self) -> Read<Rc<str>> {
        self.at += 1;
        let rest = &self.text.as_bytes()[self.at..];
        let plain = rest.iter().take_while(|byte| **byte >= 0x20 && **byte != b'"' && **byte != b'\\').count();
        if rest.get(plain) == Some(&b'"') {
            let start = self.at;
            self.at += plain + 1;
            return Ok(self.text[start..start + plain].into());
        }
        let mut read = String::new();
        loop {
            let start = self.at;
            while matches!(self.peek(), Some(byte) if byte >= 0x20 && byte != b'"' && byte != b'\\') {
                self.at += 1;
            }
            read.push_str(&self.text[start..self.at]);
            match self.peek() {
                Some(b'"') => {
                    self.at += 1;
                    return Ok(read.into());
                }
                Some(b'\\') => {
                    self.at += 1;
                    read.push(self.escape()?);
                }
                Some(_) => return Err(Expected("control characters to be escaped")),
                None => return Err(Expected("the closing double quote")),
            }
        }
    }

    fn escape(&mut self) -> Read<char> {
        let escaped = match self.peek() {
            Some(byte @ (b'"' | b'\\' | b'/')) => char::from(byte),
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{c}',
            Some(b'n') => '\n',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            Some(b'u') => {
                self.at += 1;
                return self.unicode();
            }
            _ => return Err(Expected("an escape that JSON knows")),
        };
        self.at += 1;
        Ok(escaped)
    }

    fn unicode(&mut self) -> Read<char> {
        const SCALAR: Expected = Expected("a Unicode scalar value (a surrogate needs its partner)");
        let first = self.four_hex()?;
        if !(0xD800..=0xDFFF).contains(&first) {
            return char::from_u32(first).ok_or(SCALAR);
        }
        if first >= 0xDC00 || !(self.take(b'\\') && self.take(b'u')) {
            return Err(SCALAR);
        }
        let second = self.four_hex()?;
        if !(0xDC00..=0xDFFF).contains(&second) {
            return Err(SCALAR);
        }
        char::from_u32(0x10000 + ((first - 0xD800) << 10) + (second - 0xDC00)).ok_or(SCALAR)
    }

    fn four_hex(&mut self) -> Read<u32> {
        let digits = self.text.as_bytes().get(self.at..self.at + 4).ok_or(Expected("four hex digits"))?;
        let mut number = 0;
        for digit in digits {
            number = number * 16 + char::from(*digit).to_digit(16).ok_or(Expected("four hex digits"))?;
        }
        self.at += 4;
        Ok(number)
    }
}
