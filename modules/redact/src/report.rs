//! The module's result. A text may hold a piece of personal data every few bytes, so the result is written
//! entity by entity and never exists as one tree of JSON values.

use std::collections::BTreeSet;

use aion_guest::json::{write_array, write_object, Object, Value, WriteJson};
use redact::{Entity, Kind, Redaction};

/// About how many bytes of JSON an entity takes.
const ENTITY_BYTES: usize = 80;

/// What was replaced, and what was looked for.
pub struct Report<'t> {
    /// The outcome.
    pub redaction: Redaction<'t>,
    /// The kinds that were asked for; each is counted.
    pub kinds: BTreeSet<Kind>,
}

impl WriteJson for Report<'_> {
    fn write_json(&self, out: &mut String) {
        out.reserve(self.redaction.text.len() + self.redaction.entities.len() * ENTITY_BYTES);
        let (text, entities) = (self.redaction.text.as_str(), Entities(&self.redaction.entities));
        let members: [(&str, &dyn WriteJson); 4] =
            [("text", &text), ("entities", &entities), ("mapping", &Mapping(self)), ("counts", &self.counts())];
        write_object(members, out);
    }
}

impl Report<'_> {
    fn counts(&self) -> Value {
        let found = |kind: Kind| self.redaction.entities.iter().filter(|entity| entity.kind == kind).count();
        Value::Object(self.kinds.iter().map(|kind| (kind.name(), found(*kind))).collect())
    }
}

struct Entities<'r>(&'r [Entity]);

impl WriteJson for Entities<'_> {
    fn write_json(&self, out: &mut String) {
        let written = self.0.iter().map(|entity| {
            Object::new()
                .with("kind", entity.kind.name())
                .with("start", entity.start)
                .with("end", entity.end)
                .with("placeholder", entity.placeholder.as_str())
        });
        write_array(written, out);
    }
}

struct Mapping<'r>(&'r Report<'r>);

impl WriteJson for Mapping<'_> {
    fn write_json(&self, out: &mut String) {
        write_object(self.0.redaction.mapping.iter().map(|(placeholder, value)| (placeholder.as_str(), *value)), out);
    }
}
