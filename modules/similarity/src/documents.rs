//! Reading the documents: an array, or JSON text of one, of strings or of objects with an id.

use std::borrow::Cow;
use std::collections::BTreeSet;

use aion_guest::json::{parse, Object, Value};
use aion_guest::{Parameters, Refusal};
use similarity::{length, MOST_DOCUMENTS};

/// The most characters of all documents together, ligatures written out.
const MOST_CHARACTERS: usize = 1 << 20;
/// The longest id in characters.
const LONGEST_ID: usize = 100;

/// Documents with their ids.
pub struct Documents<'i>(Vec<(String, Cow<'i, str>)>);

impl<'i> Documents<'i> {
    /// The two texts of a call that compares just these.
    pub fn two(text: &'i str, other: &'i str) -> Self {
        Self(vec![("text".to_owned(), text.into()), ("other".to_owned(), other.into())])
    }

    /// Their texts.
    pub fn texts(&self) -> Vec<&str> {
        self.0.iter().map(|(_, text)| text.as_ref()).collect()
    }

    /// The id of the document at this place.
    pub fn id(&self, place: usize) -> &str {
        &self.0[place].0
    }

    /// How many they are.
    pub fn count(&self) -> usize {
        self.0.len()
    }
}

/// The fields `text` and `other`, which come together.
pub fn two_texts<'i>(parameters: &Parameters<'i>) -> Result<Option<(&'i str, &'i str)>, Refusal> {
    let missing = |field: &str| Refusal::new(field, "is missing", "send both text and other, or documents");
    match (parameters.optional_text("text")?, parameters.optional_text("other")?) {
        (Some(text), Some(other)) => {
            within_limit(length(text) + length(other), "text")?;
            Ok(Some((text, other)))
        }
        (Some(_), None) => Err(missing("other")),
        (None, Some(_)) => Err(missing("text")),
        (None, None) => Ok(None),
    }
}

/// The field `documents`, unless two texts came instead.
pub fn documents<'i>(parameters: &Parameters<'i>, instead: bool) -> Result<Documents<'i>, Refusal> {
    const REMEDY: &str = "send an array of strings or of objects with id and text, or JSON text of one";
    let refused = |problem: &str| Refusal::new("documents", problem, REMEDY);
    match (parameters.value("documents"), instead) {
        (None, true) => Ok(Documents(Vec::new())),
        (Some(_), true) => Err(refused("came together with text and other")),
        (None, false) => Err(refused("is missing")),
        (Some(Value::Array(items)), false) => read(items),
        (Some(Value::String(json)), false) => match parse(json) {
            Ok(Value::Array(items)) => read(&items).map(Documents::owned),
            Ok(_) => Err(refused("is JSON text, but not of an array")),
            Err(error) => Err(refused(&format!("is {error}"))),
        },
        (Some(_), false) => Err(refused("is not an array")),
    }
}

impl Documents<'_> {
    fn owned(self) -> Documents<'static> {
        Documents(self.0.into_iter().map(|(id, text)| (id, Cow::Owned(text.into_owned()))).collect())
    }
}

fn read(items: &[Value]) -> Result<Documents<'_>, Refusal> {
    if items.is_empty() || items.len() > MOST_DOCUMENTS {
        let remedy = format!("send from 1 to {MOST_DOCUMENTS}");
        return Err(Refusal::new("documents", format!("has {} items", items.len()), remedy));
    }
    let mut ids = BTreeSet::new();
    let mut characters = 0;
    let mut documents = Vec::with_capacity(items.len());
    for (place, item) in items.iter().enumerate() {
        let (id, text) = document(place, item)?;
        characters += length(text);
        if !ids.insert(id.clone()) {
            let problem = format!("is {id:?}, as that of an earlier document");
            return Err(Refusal::new(format!("documents[{place}].id"), problem, "give each document another id"));
        }
        documents.push((id, Cow::Borrowed(text)));
    }
    within_limit(characters, "documents")?;
    Ok(Documents(documents))
}

fn document(place: usize, item: &Value) -> Result<(String, &str), Refusal> {
    let refused = |field: &str, problem: &str, remedy: &str| {
        Err(Refusal::new(format!("documents[{place}]{field}"), problem, remedy))
    };
    let object: &Object = match item {
        Value::String(text) => return Ok((place.to_string(), text)),
        Value::Object(object) => object,
        _ => return refused("", "is neither a string nor an object", "send a string, or an object with id and text"),
    };
    if let Some((name, _)) = object.members().find(|(name, _)| !matches!(*name, "id" | "text")) {
        return refused(&format!(".{name}"), "is not a field of a document", "use id and text");
    }
    let Some(Value::String(text)) = object.get("text") else {
        return refused(".text", "is not a string", "send a JSON string");
    };
    match object.get("id") {
        None => Ok((place.to_string(), text)),
        Some(Value::String(id)) if (1..=LONGEST_ID).contains(&id.chars().count()) => Ok((id.clone(), text)),
        Some(_) => refused(".id", "is not a string of 1 to 100 characters", "send a short string, or leave it out"),
    }
}

fn within_limit(characters: usize, field: &str) -> Result<(), Refusal> {
    if characters > MOST_CHARACTERS {
        let problem = format!("has {characters} characters in all, ligatures written out");
        return Err(Refusal::new(field, problem, format!("send at most {MOST_CHARACTERS}")));
    }
    Ok(())
}
