//! The module's result, which has to fit into what a caller may get back.

use aion_guest::json::{Object, Value, WriteJson};
use aion_guest::Refusal;
use similarity::{Compared, Method, Passage};

use crate::documents::Documents;

/// The most bytes of a result; the host takes a little more.
const MOST_BYTES: usize = 1_000_000;

/// The result, written; a refusal when it is too large to be returned.
pub fn report(
    documents: &Documents<'_>,
    compared: &Compared,
    groups: Vec<Vec<usize>>,
    shared: Option<Vec<Passage>>,
    threshold: f64,
) -> Result<Written, Refusal> {
    let id = |place: usize| Value::from(documents.id(place));
    let pairs: Vec<Value> = compared
        .pairs
        .iter()
        .map(|pair| {
            Object::new()
                .with("a", id(pair.one))
                .with("b", id(pair.other))
                .with("similarity", rounded(pair.similarity))
                .with("containment", rounded(pair.containment))
                .into()
        })
        .collect();
    let reached = compared.pairs.iter().any(|pair| pair.similarity >= threshold);
    let found = if shared.is_some() { usize::from(reached) } else { compared.found };
    let groups = if reached { groups } else { Vec::new() };
    let groups: Vec<Value> =
        groups.into_iter().map(|group| group.into_iter().map(id).collect::<Vec<Value>>().into()).collect();
    let mut result = Object::new()
        .with("pairs", pairs)
        .with("clusters", groups)
        .with("documents", documents.count())
        .with("found", found)
        .with("compared", compared.compared)
        .with("method", if compared.method == Method::All { "all" } else { "minhash" })
        .with("complete", compared.complete);
    if let Some(shared) = shared {
        result = result.with("passages", shared.iter().map(passage).collect::<Vec<Value>>());
    }
    let written = Value::from(result).to_json();
    if written.len() > MOST_BYTES {
        let remedy = "send a smaller max_pairs, shorter ids, or fewer documents";
        return Err(Refusal::new("documents", "gives a larger result than can be returned", remedy));
    }
    Ok(Written(written))
}

/// A result as JSON.
pub struct Written(String);

impl WriteJson for Written {
    fn write_json(&self, out: &mut String) {
        out.push_str(&self.0);
    }
}

/// Six decimals are enough to tell sets of a million apart.
fn rounded(share: f64) -> f64 {
    (share * 1e6).round() / 1e6
}

fn passage(passage: &Passage) -> Value {
    Object::new()
        .with("start", passage.start)
        .with("end", passage.end)
        .with("other_start", passage.other_start)
        .with("other_end", passage.other_end)
        .with("words", passage.words)
        .into()
}
