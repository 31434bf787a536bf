//! The module's result, which has to fit into what a caller may get back. A text may hold a piece of personal data every
//! few bytes, so the parts are written one by one and never exist as one tree of JSON values; and of the text and the
//! entities one is left out where both are too much, for each follows from the other and the mapping.

use std::collections::BTreeSet;

use aion_guest::json::{write_object, Object, Value, WriteJson};
use aion_guest::Refusal;
use redact::{Kind, Redaction};

/// The most bytes of a result; the host takes a little more.
const MOST_BYTES: usize = 1_000_000;
/// About what the counts and the names of the members take.
const FRAME_BYTES: usize = 512;

/// The result, written.
pub struct Report(String);

impl Report {
    /// The result for a redaction where `kinds` were asked for, which are counted; a refusal when it cannot be returned.
    pub fn new(redaction: &Redaction<'_>, kinds: &BTreeSet<Kind>) -> Result<Self, Refusal> {
        let found = |kind: Kind| redaction.entities.iter().filter(|entity| entity.kind == kind).count();
        let counts = Value::Object(kinds.iter().map(|kind| (kind.name(), found(*kind))).collect());
        let mapping = mapping(redaction).filter(|mapping| mapping.0.len() + FRAME_BYTES <= MOST_BYTES);
        let mapping = mapping.ok_or_else(too_large)?;
        let room = MOST_BYTES - FRAME_BYTES - mapping.0.len();
        let text = text(redaction, room);
        let entities = entities(redaction, room);
        let left_out = match (&text, &entities) {
            (Some(text), Some(entities)) if text.0.len() + entities.0.len() <= room => None,
            (Some(_), _) => Some("entities"),
            (None, Some(_)) => Some("text"),
            (None, None) => return Err(too_large()),
        };
        let mut members: Vec<(&str, &dyn WriteJson)> = Vec::new();
        members.extend(text.as_ref().filter(|_| left_out != Some("text")).map(|text| ("text", text as &dyn WriteJson)));
        let entities = entities.as_ref().filter(|_| left_out != Some("entities"));
        members.extend(entities.map(|entities| ("entities", entities as &dyn WriteJson)));
        members.extend([("mapping", &mapping as &dyn WriteJson), ("counts", &counts)]);
        members.extend(left_out.as_ref().map(|name| ("left_out", name as &dyn WriteJson)));
        let mut out = String::new();
        write_object(members, &mut out);
        Ok(Self(out))
    }
}

impl WriteJson for Report {
    fn write_json(&self, out: &mut String) {
        out.push_str(&self.0);
    }
}

fn too_large() -> Refusal {
    let remedy = "send it in parts, cut between lines; the placeholders of each part count anew";
    Refusal::new("text", "gives a larger result than can be returned", remedy)
}

/// A part of the result, JSON already.
struct Part(String);

impl WriteJson for Part {
    fn write_json(&self, out: &mut String) {
        out.push_str(&self.0);
    }
}

/// The redacted text, if it has room.
fn text(redaction: &Redaction<'_>, room: usize) -> Option<Part> {
    if redaction.text.len() > room {
        return None;
    }
    let mut out = String::new();
    redaction.text.as_str().write_json(&mut out);
    (out.len() <= room).then_some(Part(out))
}

/// The entities, if they have room.
fn entities(redaction: &Redaction<'_>, room: usize) -> Option<Part> {
    let mut out = "[".to_owned();
    for entity in &redaction.entities {
        if out.len() > 1 {
            out.push(',');
        }
        Object::new()
            .with("kind", entity.kind.name())
            .with("start", entity.start)
            .with("end", entity.end)
            .with("placeholder", entity.placeholder.as_str())
            .write_json(&mut out);
        if out.len() >= room {
            return None;
        }
    }
    out.push(']');
    Some(Part(out))
}

/// What the placeholders stand for, if it can fit at all.
fn mapping(redaction: &Redaction<'_>) -> Option<Part> {
    if redaction.mapping.iter().map(|(placeholder, value)| placeholder.len() + value.len()).sum::<usize>() > MOST_BYTES
    {
        return None;
    }
    let mut out = String::new();
    write_object(redaction.mapping.iter().map(|(placeholder, value)| (placeholder.as_str(), *value)), &mut out);
    Some(Part(out))
}
