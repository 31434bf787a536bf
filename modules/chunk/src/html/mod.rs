//! Reading HTML: its text with the structure that its elements give, and where in the source each character stands.
//!
//! Tags go, character references become characters, white space is collapsed outside of `pre`. Scripts, styles and
//! comments are dropped. As in browsers, a tag without an end swallows the rest. Elements are counted, not built into
//! a tree: hostile nesting costs nothing.

mod elements;
mod entities;
mod flat;

use std::borrow::Cow;

use crate::document::Document;
use elements::{Element, Role};
use flat::Flat;

/// The text and blocks of `source`.
pub fn read(source: &str) -> Document<'static> {
    let mut reader =
        Reader { source, at: 0, flat: Flat::new(source.len()), element: Element::default(), unclosed: Vec::new() };
    while reader.at < source.len() {
        reader.step();
    }
    reader.flat.end_block();
    reader.element.leave_list(&mut reader.flat);
    let (text, outline, origin) = reader.flat.finished();
    Document { text: Cow::Owned(text), outline, origin }
}

struct Reader<'t> {
    source: &'t str,
    at: usize,
    flat: Flat,
    element: Element,
    /// Elements whose end was looked for in the rest of the source, and is not there.
    unclosed: Vec<&'static str>,
}

impl<'t> Reader<'t> {
    fn step(&mut self) {
        let rest = &self.source[self.at..];
        if let Some(comment) = rest.strip_prefix("<!--") {
            self.at += comment.find("-->").map_or(rest.len(), |length| "<!--".len() + length + "-->".len());
        } else if rest.starts_with("<!") || rest.starts_with("<?") {
            self.at += rest.find('>').map_or(rest.len(), |length| length + 1);
        } else if let Some(tag) = tag_start(rest) {
            self.tag(tag);
        } else if let Some((letter, length)) = rest.starts_with('&').then(|| entities::reference(rest)).flatten() {
            self.flat.letter(letter, self.at, self.at + length);
            self.at += length;
        } else {
            let first = rest.chars().next().map_or(1, char::len_utf8);
            let length = first + rest[first..].find(['<', '&']).unwrap_or(rest.len() - first);
            self.flat.text(&rest[..length], self.at);
            self.at += length;
        }
    }

    fn tag(&mut self, tag: Tag<'t>) {
        let name = tag.name.to_ascii_lowercase();
        let start = self.at;
        self.at += tag_length(&self.source[self.at..]);
        let role = Role::of(&name);
        if let (Role::Dropped(name), false) = (role, tag.closes) {
            self.drop_element(name);
        } else {
            self.element.enter(role, tag.closes, start, &mut self.flat);
        }
    }

    /// Go to the end of the element that has just begun; if it has none, only its tag is dropped.
    fn drop_element(&mut self, name: &'static str) {
        if self.unclosed.contains(&name) {
            return;
        }
        match find_close(&self.source[self.at..], name) {
            Some(length) => self.at += length,
            None => self.unclosed.push(name),
        }
    }
}

/// The start of a tag.
struct Tag<'t> {
    name: &'t str,
    closes: bool,
}

fn tag_start(rest: &str) -> Option<Tag<'_>> {
    let inner = rest.strip_prefix('<')?;
    let (closes, inner) = inner.strip_prefix('/').map_or((false, inner), |inner| (true, inner));
    if !inner.starts_with(|letter: char| letter.is_ascii_alphabetic()) {
        return None;
    }
    let length = inner.find(|letter: char| !letter.is_ascii_alphanumeric() && letter != '-').unwrap_or(inner.len());
    Some(Tag { name: &inner[..length], closes })
}

/// The length of the tag at the start of `rest`; quoted values of attributes may hold `>`.
fn tag_length(rest: &str) -> usize {
    let mut quote: Option<u8> = None;
    let mut after_equals = false;
    for (at, byte) in rest.bytes().enumerate() {
        match (quote, byte) {
            (Some(open), _) if byte == open => quote = None,
            (Some(_), _) => {}
            (None, b'>') => return at + 1,
            (None, b'"' | b'\'') if after_equals => quote = Some(byte),
            (None, _) => {}
        }
        after_equals = byte == b'=' || (after_equals && byte.is_ascii_whitespace());
    }
    rest.len()
}

/// The bytes up to the end tag of `name`, which is lower case; the end tag itself is left.
fn find_close(rest: &str, name: &str) -> Option<usize> {
    let mut from = 0;
    while let Some(found) = rest[from..].find("</") {
        let at = from + found;
        let after = rest.as_bytes().get(at + 2..at + 2 + name.len()).unwrap_or_default();
        if after.eq_ignore_ascii_case(name.as_bytes()) {
            return Some(at);
        }
        from = at + 2;
    }
    None
}
