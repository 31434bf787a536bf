//! Writing values as JSON on one line, up to a limit: values share their parts, so a small one can be long.

use std::fmt::Write as _;

use crate::value::Value;

/// The text would be longer than the limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooLong;

/// `value` as JSON of at most `limit` bytes.
pub fn write(value: &Value, limit: usize) -> Result<String, TooLong> {
    let mut out = String::new();
    append(value, limit, &mut out)?;
    Ok(out)
}

fn append(value: &Value, limit: usize, out: &mut String) -> Result<(), TooLong> {
    match value {
        Value::Null => out.push_str("null"),
        Value::Bool(truth) => out.push_str(if *truth { "true" } else { "false" }),
        Value::Number(number) => number.write(out),
        Value::String(text) => string(text, out),
        Value::Array(array) => {
            out.push('[');
            for (index, item) in array.items().iter().enumerate() {
                if index > 0 {
                    out.push(',');
                }
                append(item, limit, out)?;
            }
            out.push(']');
        }
        Value::Object(object) => {
            out.push('{');
            for (index, (name, item)) in object.members().iter().enumerate() {
                if index > 0 {
                    out.push(',');
                }
                string(name, out);
                out.push(':');
                append(item, limit, out)?;
            }
            out.push('}');
        }
    }
    if out.len() > limit {
        return Err(TooLong);
    }
    Ok(())
}

fn string(text: &str, out: &mut String) {
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
            // Writing to a String cannot fail.
            _ => write!(out, "\\u{byte:04x}").unwrap_or_default(),
        }
    }
    out.push_str(&text[plain_from..]);
    out.push('"');
}
