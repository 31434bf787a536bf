//! The module's result, which has to fit into what a caller may get back: with the items' texts if they fit, else
//! without, and as many items as fit then. It is written item by item: a text may hold one every few bytes, and a tree
//! of JSON values of all of them would be in memory several times.

use std::collections::BTreeSet;

use aion_guest::json::{write_object, Object, Value, WriteJson};
use extract::{Extraction, Item, Kind, Language, Reading, Reason};

/// The most bytes of items and refused ones together; the host takes a little more for a whole result.
const MOST_BYTES: usize = 1_000_000;

/// The result, written.
pub struct Report(String);

impl Report {
    /// The result for what was found, where `kinds` were asked for; each of them is counted.
    pub fn new(extraction: &Extraction<'_>, kinds: &BTreeSet<Kind>) -> Self {
        let whole = Listed::new(extraction, true);
        let (texts, listed) = if whole.truncated { (false, Listed::new(extraction, false)) } else { (true, whole) };
        let language = match extraction.language {
            Language::English => "en",
            Language::French => "fr",
        };
        let found = |kind: Kind| extraction.items.iter().filter(|item| item.kind == kind).count();
        let counts = Value::Object(kinds.iter().map(|kind| (kind.name(), found(*kind))).collect());
        let members: [(&str, &dyn WriteJson); 6] = [
            ("items", &Written(&listed.items)),
            ("counts", &counts),
            ("refused", &Written(&listed.refused)),
            ("language", &language),
            ("texts", &Value::from(texts)),
            ("truncated", &Value::from(listed.truncated)),
        ];
        let mut out = String::with_capacity(listed.items.len() + listed.refused.len() + 512);
        write_object(members, &mut out);
        Self(out)
    }
}

impl WriteJson for Report {
    fn write_json(&self, out: &mut String) {
        out.push_str(&self.0);
    }
}

/// The items and the refused ones as JSON between brackets, both up to the same place of the text.
struct Listed {
    items: String,
    refused: String,
    truncated: bool,
}

impl Listed {
    fn new(extraction: &Extraction<'_>, texts: bool) -> Self {
        let mut listed = Self { items: String::new(), refused: String::new(), truncated: false };
        let mut items = extraction.items.iter().peekable();
        let mut refused = extraction.refused.iter().peekable();
        loop {
            let is_item = match (items.peek(), refused.peek()) {
                (Some(item), Some(other)) => item.start < other.start,
                (Some(_), None) => true,
                (None, Some(_)) => false,
                (None, None) => return listed,
            };
            let next = if is_item {
                items.next().map(|item| object(item, texts))
            } else {
                refused.next().map(|item| object(item, texts))
            };
            let Some(next) = next.map(|object| object.to_json()) else { return listed };
            if listed.items.len() + listed.refused.len() + next.len() + 1 > MOST_BYTES {
                listed.truncated = true;
                return listed;
            }
            let list = if is_item { &mut listed.items } else { &mut listed.refused };
            if !list.is_empty() {
                list.push(',');
            }
            list.push_str(&next);
        }
    }
}

/// Members of an array that are JSON already.
struct Written<'w>(&'w str);

impl WriteJson for Written<'_> {
    fn write_json(&self, out: &mut String) {
        out.push('[');
        out.push_str(self.0);
        out.push(']');
    }
}

fn object<T: Says>(item: &Item<'_, T>, texts: bool) -> Object {
    let mut object = Object::new().with("kind", item.kind.name()).with("start", item.start).with("end", item.end);
    if texts {
        object = object.with("text", item.text);
    }
    item.says.add_to(object)
}

/// What an item adds to its place.
trait Says {
    fn add_to(&self, object: Object) -> Object;
}

impl Says for Reason {
    fn add_to(&self, object: Object) -> Object {
        object.with("reason", self.name())
    }
}

impl Says for Reading {
    fn add_to(&self, mut object: Object) -> Object {
        if !self.form.is_empty() {
            object = object.with("form", self.form);
        }
        object = object.with("value", self.value.as_str());
        if let Some(currency) = self.currency {
            object = object.with("currency", currency);
        }
        if let Some(extension) = &self.extension {
            object = object.with("extension", extension.as_str());
        }
        if let Some(matches) = self.weekday_matches {
            object = object.with("weekday_matches", matches);
        }
        if self.ambiguous {
            object = object.with("ambiguous", true);
        }
        if self.resolved {
            object = object.with("resolved", true);
        }
        object
    }
}
