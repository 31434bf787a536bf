//! The digits of a text as groups with what joins them: `(415) 555-0132` is 415, 555, 0132.

use crate::edges::{hyphen_length, space_length};

/// What stands between two groups of digits of one number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Join {
    /// One space.
    Space,
    /// One hyphen.
    Hyphen,
    /// One full stop.
    Dot,
    /// One slash.
    Slash,
    /// An opening bracket, perhaps after a space: `+44 (0`.
    Open,
    /// A closing bracket, perhaps before a space, hyphen or full stop: `(415) 5`.
    Close,
}

/// Digits without anything between them.
#[derive(Clone, Copy, Debug)]
pub struct Group {
    /// The first digit's byte.
    pub start: usize,
    /// The byte after the last digit.
    pub end: usize,
    /// How the next group of the list is joined to this one, if it is.
    pub join: Option<Join>,
}

impl Group {
    /// How many digits it has.
    pub fn length(&self) -> usize {
        self.end - self.start
    }

    /// The digits as ASCII.
    pub fn digits<'b>(&self, bytes: &'b [u8]) -> &'b [u8] {
        &bytes[self.start..self.end]
    }
}

/// All groups of digits in order.
pub fn digit_groups(bytes: &[u8]) -> Vec<Group> {
    let mut groups = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        if !bytes[at].is_ascii_digit() {
            at += 1;
            continue;
        }
        let start = at;
        at += bytes[at..].iter().take_while(|byte| byte.is_ascii_digit()).count();
        groups.push(Group { start, end: at, join: join_at(bytes, at) });
    }
    groups
}

/// The longest beginning of `groups`, at most `most`, that is joined together.
pub fn joined(groups: &[Group], most: usize) -> &[Group] {
    let last = groups.iter().take(most).position(|group| group.join.is_none());
    &groups[..last.map_or(most.min(groups.len()), |index| index + 1)]
}

/// All digits of `groups`, one after the other.
pub fn all_digits(bytes: &[u8], groups: &[Group]) -> Vec<u8> {
    groups.iter().flat_map(|group| group.digits(bytes)).copied().collect()
}

/// The join that all of `groups` share, if they share one; a single group has none to disagree on.
pub fn uniform_join(groups: &[Group]) -> Option<Option<Join>> {
    let joins = &groups[..groups.len() - 1];
    let first = joins.first().and_then(|group| group.join);
    joins.iter().all(|group| group.join == first).then_some(first)
}

fn join_at(bytes: &[u8], end: usize) -> Option<Join> {
    let space = space_length(bytes, end);
    let hyphen = hyphen_length(bytes, end);
    let (join, length) = match bytes[end..] {
        [b')', ..] => {
            let after = end + 1;
            let dot = usize::from(bytes.get(after) == Some(&b'.'));
            (Join::Close, 1 + space_length(bytes, after).max(hyphen_length(bytes, after)).max(dot))
        }
        _ if bytes.get(end + space) == Some(&b'(') => (Join::Open, space + 1),
        _ if space > 0 => (Join::Space, space),
        _ if hyphen > 0 => (Join::Hyphen, hyphen),
        [b'.', ..] => (Join::Dot, 1),
        [b'/', ..] => (Join::Slash, 1),
        _ => return None,
    };
    bytes.get(end + length).is_some_and(u8::is_ascii_digit).then_some(join)
}
