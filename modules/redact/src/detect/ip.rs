//! IPv4 addresses in dotted form and IPv6 addresses in every form of RFC 4291.

use std::net::Ipv6Addr;

use scanners::edges::begins;
use scanners::groups::{Group, Join};
use scanners::labels;

/// The longest text of an IPv6 address (six groups and a dotted IPv4).
const LONGEST_V6: usize = 45;

/// All IPv4 addresses.
pub fn find_v4(bytes: &[u8], groups: &[Group]) -> Vec<(usize, usize)> {
    groups
        .windows(4)
        .filter(|four| {
            four[..3].iter().all(|group| group.join == Some(Join::Dot))
                && four.iter().all(|group| is_octet(bytes, group))
        })
        .map(|four| (four[0].start, four[3].end))
        .filter(|(start, end)| {
            let outside = [start.checked_sub(1), Some(*end)].into_iter().flatten().filter_map(|at| bytes.get(at));
            let apart = outside.into_iter().all(|byte| !byte.is_ascii_alphanumeric() && *byte != b'_');
            let whole = !matches!(bytes[..*start], [.., digit, b'.'] if digit.is_ascii_alphanumeric())
                && !matches!(bytes[*end..], [b'.', next, ..] if next.is_ascii_alphanumeric());
            apart && whole && !labels::is_reference(bytes, *start)
        })
        .collect()
}

fn is_octet(bytes: &[u8], group: &Group) -> bool {
    matches!(
        group.digits(bytes),
        [_] | [b'1'..=b'9', _] | [b'1', _, _] | [b'2', b'0'..=b'4', _] | [b'2', b'5', b'0'..=b'5']
    )
}

/// All IPv6 addresses, without zone, port or prefix length.
pub fn find_v6(text: &str) -> Vec<(usize, usize)> {
    let bytes = text.as_bytes();
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(colon) = bytes[at..].iter().position(|byte| *byte == b':').map(|offset| at + offset) {
        let start = colon - bytes[at..colon].iter().rev().take_while(|byte| byte.is_ascii_hexdigit()).count();
        let length =
            bytes[start..].iter().take_while(|byte| byte.is_ascii_hexdigit() || matches!(**byte, b':' | b'.')).count();
        let token = trimmed(&text[start..start + length]);
        if is_v6(bytes, start, token) {
            found.push((start, start + token.len()));
        }
        at = (start + length).max(colon + 1);
    }
    found
}

/// The token without the punctuation that follows it in a sentence.
fn trimmed(token: &str) -> &str {
    let token = token.trim_end_matches('.');
    match token.strip_suffix(':') {
        Some(shorter) if !shorter.ends_with(':') => shorter,
        _ => token,
    }
}

/// Whether `token` is an address and not a path in a program such as `a::b` or a time.
fn is_v6(bytes: &[u8], start: usize, token: &str) -> bool {
    let end = start + token.len();
    let apart =
        begins(bytes, start) && !bytes.get(end).is_some_and(|byte| byte.is_ascii_alphanumeric() || *byte == b'_');
    let telling = token.len() <= LONGEST_V6
        && (token.matches(':').count() > 2
            || token.bytes().any(|byte| byte.is_ascii_digit())
            || labels::is_address(bytes, start));
    apart && telling && token.parse::<Ipv6Addr>().is_ok_and(|address| !address.is_unspecified())
}
