//! Writing JSON on one line: what ABI v1 asks of every value that leaves a module.

use std::fmt::Write as _;

use super::{Object, Value};

/// Up to here every integer has its own `f64`.
const EXACT: f64 = 9_007_199_254_740_992.0;

/// What can be written as one JSON value without any line break.
///
/// A large result writes itself piece by piece; as a `Value` it would be in memory several times.
pub trait WriteJson {
    /// Append this as JSON to `out`.
    fn write_json(&self, out: &mut String);

    /// This as JSON.
    fn to_json(&self) -> String {
        let mut out = String::new();
        self.write_json(&mut out);
        out
    }
}

/// Append `items` to `out` as a JSON array.
pub fn write_array<J: WriteJson>(items: impl IntoIterator<Item = J>, out: &mut String) {
    out.push('[');
    for (index, item) in items.into_iter().enumerate() {
        if index > 0 {
            out.push(',');
        }
        item.write_json(out);
    }
    out.push(']');
}

/// Append the members to `out` as a JSON object; keys must differ.
pub fn write_object<'k, J: WriteJson>(members: impl IntoIterator<Item = (&'k str, J)>, out: &mut String) {
    out.push('{');
    for (index, (key, value)) in members.into_iter().enumerate() {
        if index > 0 {
            out.push(',');
        }
        write_string(key, out);
        out.push(':');
        value.write_json(out);
    }
    out.push('}');
}

impl<J: WriteJson + ?Sized> WriteJson for &J {
    fn write_json(&self, out: &mut String) {
        (**self).write_json(out);
    }
}

impl WriteJson for str {
    fn write_json(&self, out: &mut String) {
        write_string(self, out);
    }
}

impl WriteJson for Value {
    fn write_json(&self, out: &mut String) {
        match self {
            Value::Null => out.push_str("null"),
            Value::Bool(truth) => out.push_str(if *truth { "true" } else { "false" }),
            Value::Number(number) => write_number(*number, out),
            Value::String(text) => write_string(text, out),
            Value::Array(items) => write_array(items, out),
            Value::Object(object) => object.write_json(out),
        }
    }
}

impl WriteJson for Object {
    fn write_json(&self, out: &mut String) {
        write_object(self.members(), out);
    }
}

fn write_number(number: f64, out: &mut String) {
    let written = if !number.is_finite() {
        out.push_str("null");
        Ok(())
    } else if number.fract() == 0.0 && number.abs() < EXACT {
        write!(out, "{}", number as i64)
    } else {
        write!(out, "{number}")
    };
    written.expect("writing to a String cannot fail");
}

fn write_string(text: &str, out: &mut String) {
    out.push('"');
    let mut plain_from = 0;
    for (at, byte) in text.bytes().enumerate() {
        if byte >= 0x20 && byte != b'"' && byte != b'\\' {
            continue;
        }
        out.push_str(&text[plain_from..at]);
        plain_from = at + 1;
        match byte {
            b'"' => out.push_str("\\\""),
            b'\\' => out.push_str("\\\\"),
            b'\n' => out.push_str("\\n"),
            b'\r' => out.push_str("\\r"),
            b'\t' => out.push_str("\\t"),
            _ => write!(out, "\\u{byte:04x}").expect("writing to a String cannot fail"),
        }
    }
    out.push_str(&text[plain_from..]);
    out.push('"');
}
