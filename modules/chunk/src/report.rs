//! The module's result, which has to fit into what a caller may get back: with the chunks' texts if they fit.

use aion_guest::json::{write_object, Object, Value, WriteJson};
use aion_guest::Refusal;
use chunk::{Chunk, Chunks};

/// The most bytes of a result; the host takes a little more.
const MOST_BYTES: usize = 1_000_000;

/// Whether chunks carry their text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Texts {
    /// If the result is not too large with them.
    Auto,
    /// Always.
    Yes,
    /// Never.
    No,
}

impl Texts {
    /// The wish of this name; `Auto` when it is no other.
    pub fn named(name: &str) -> Self {
        match name {
            "yes" => Texts::Yes,
            "no" => Texts::No,
            _ => Texts::Auto,
        }
    }
}

/// The result, written.
pub struct Report(String);

impl Report {
    /// The result for these chunks; a refusal when it is too large to be returned.
    pub fn new(chunks: &Chunks<'_>, texts: Texts) -> Result<Self, Refusal> {
        if texts != Texts::No {
            if let Some(written) = written(chunks, true) {
                return Ok(Self(written));
            }
        }
        if texts == Texts::Yes {
            let remedy = "send less text, or leave `texts` out and cut the chunks at their offsets";
            return Err(Refusal::new("texts", "would make the result larger than can be returned", remedy));
        }
        written(chunks, false).map(Self).ok_or_else(|| {
            let remedy = "send a larger max_tokens, or less text";
            Refusal::new("max_tokens", "gives more chunks than can be returned", remedy)
        })
    }
}

impl WriteJson for Report {
    fn write_json(&self, out: &mut String) {
        out.push_str(&self.0);
    }
}

/// The result as JSON, unless it is too large.
fn written(chunks: &Chunks<'_>, texts: bool) -> Option<String> {
    let held = if texts { chunks.whole().len() } else { 0 };
    if held > MOST_BYTES {
        return None;
    }
    let mut out = String::new();
    let listed = Listed { chunks, texts };
    let members: [(&str, &dyn WriteJson); 4] = [
        ("format", &chunks.format.name()),
        ("tokens", &Value::from(chunks.tokens)),
        ("texts", &Value::from(texts)),
        ("chunks", &listed),
    ];
    write_object(members, &mut out);
    (out.len() <= MOST_BYTES).then_some(out)
}

struct Listed<'c> {
    chunks: &'c Chunks<'c>,
    texts: bool,
}

impl WriteJson for Listed<'_> {
    fn write_json(&self, out: &mut String) {
        out.push('[');
        for (index, chunk) in self.chunks.chunks.iter().enumerate() {
            if index > 0 {
                out.push(',');
            }
            self.item(index, chunk).write_json(out);
            if out.len() > MOST_BYTES {
                break;
            }
        }
        out.push(']');
    }
}

impl Listed<'_> {
    fn item(&self, index: usize, chunk: &Chunk) -> Object {
        let headings: Vec<Value> = self.chunks.headings(chunk).into_iter().map(Value::from).collect();
        let mut item = Object::new().with("index", index);
        if self.texts {
            item = item.with("text", self.chunks.text(chunk));
        }
        item.with("start", chunk.start)
            .with("end", chunk.end)
            .with("tokens", chunk.tokens)
            .with("headings", headings)
            .with("kind", chunk.kind.name())
    }
}
