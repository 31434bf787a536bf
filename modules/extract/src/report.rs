//! The module's result, written item by item: a text may hold one every few bytes, and a tree of JSON values of all of
//! them would be in memory several times.

use std::collections::BTreeSet;

use aion_guest::json::{write_array, write_object, Object, Value, WriteJson};
use extract::{Extraction, Item, Kind, Language, Reading, Reason};

/// About how many bytes of JSON an item takes.
const ITEM_BYTES: usize = 120;

/// What was found, and what was looked for.
pub struct Report<'t> {
    /// The outcome.
    pub extraction: Extraction<'t>,
    /// The kinds that were asked for; each is counted.
    pub kinds: BTreeSet<Kind>,
}

impl WriteJson for Report<'_> {
    fn write_json(&self, out: &mut String) {
        let (items, refused) = (Items(&self.extraction.items), Items(&self.extraction.refused));
        out.reserve((items.0.len() + refused.0.len()) * ITEM_BYTES);
        let language = match self.extraction.language {
            Language::English => "en",
            Language::French => "fr",
        };
        let members: [(&str, &dyn WriteJson); 4] =
            [("items", &items), ("counts", &self.counts()), ("refused", &refused), ("language", &language)];
        write_object(members, out);
    }
}

impl Report<'_> {
    fn counts(&self) -> Value {
        let found = |kind: Kind| self.extraction.items.iter().filter(|item| item.kind == kind).count();
        Value::Object(self.kinds.iter().map(|kind| (kind.name(), found(*kind))).collect())
    }
}

struct Items<'r, 't, T>(&'r [Item<'t, T>]);

impl<T: Says> WriteJson for Items<'_, '_, T> {
    fn write_json(&self, out: &mut String) {
        let written = self.0.iter().map(|item| {
            let object = Object::new()
                .with("kind", item.kind.name())
                .with("start", item.start)
                .with("end", item.end)
                .with("text", item.text);
            item.says.add_to(object)
        });
        write_array(written, out);
    }
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
