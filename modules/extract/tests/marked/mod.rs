//! Texts whose data is marked where it stands: `{{kind|surface|value}}`.

/// One piece of data: kind, first code point, code point after the last, value.
pub type Truth = (&'static str, usize, usize, String);

/// A text with the data that is in it.
pub struct Marked {
    /// The text without marks.
    pub text: String,
    /// Its data, in order.
    pub truth: Vec<Truth>,
}

/// The text and the data of `marked`.
pub fn unmark(marked: &str) -> Marked {
    let mut found = Marked { text: String::new(), truth: Vec::new() };
    let mut rest = marked;
    while let Some((before, after)) = rest.split_once("{{") {
        let (mark, after) = after.split_once("}}").expect("a closed mark");
        let mut parts = mark.splitn(3, '|');
        let mut part = || parts.next().expect("kind, surface and value");
        let kind = kind(part());
        found.text.push_str(before);
        let start = found.text.chars().count();
        found.text.push_str(part());
        found.truth.push((kind, start, found.text.chars().count(), part().to_owned()));
        rest = after;
    }
    found.text.push_str(rest);
    found
}

fn kind(name: &str) -> &'static str {
    ["date", "amount", "email", "url", "phone", "id"].into_iter().find(|kind| *kind == name).expect("a kind")
}
