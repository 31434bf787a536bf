//! Addresses on the web: a scheme or `www.`, a host that can exist, and as much after it as belongs to it.

use crate::found::{Found, Reading};
use crate::kind::Kind;

const SCHEMES: &[&str] = &["https", "http", "ftps", "ftp", "sftp", "wss", "ws"];
/// The longest address that is read, in bytes.
const LONGEST: usize = 2_048;
/// The longest host that is read, with a user before and a port after it.
const LONGEST_HOST: usize = 512;
/// What ends a sentence or a quotation and not an address.
const TRAILING: &[char] =
    &['.', ',', ';', ':', '!', '?', '\'', '"', '*', '_', '~', '…', '’', '”', '»', '›', '“', '‘', '-'];
/// All addresses.
pub fn find(text: &str) -> Vec<Found> {
    let mut found: Vec<Found> = Vec::new();
    let mut from = 0;
    while let Some((start, host)) = next_start(text, from) {
        match end_of(text, host, host == start) {
            Some(end) => {
                let outcome = Ok(Reading::of("", normal(&text[start..end], host - start)));
                found.push(Found { kind: Kind::Url, start, end, outcome });
                from = end;
            }
            // A bare "www." is its own host.
            None => from = host.max(start + 4),
        }
    }
    found
}

/// The next place from `from` on where an address may begin, and where its host begins.
fn next_start(text: &str, from: usize) -> Option<(usize, usize)> {
    let bytes = text.as_bytes();
    let mut at = from;
    while at < bytes.len() {
        match bytes[at] {
            b':' if bytes[at..].starts_with(b"://") => {
                let letters =
                    bytes[from..at].iter().rev().take(5).take_while(|byte| byte.is_ascii_alphabetic()).count();
                let scheme = (2..=letters).rev().find(|length| {
                    SCHEMES.iter().any(|scheme| scheme.as_bytes().eq_ignore_ascii_case(&bytes[at - length..at]))
                });
                // "xhttp://" is nothing, but letters of other scripts need no space before an address.
                if let Some(length) = scheme.filter(|length| *length == letters && is_free(bytes, at - length)) {
                    return Some((at - length, at + 3));
                }
                at += 3;
            }
            b'w' | b'W'
                if bytes[at..].get(..4).is_some_and(|four| four.eq_ignore_ascii_case(b"www."))
                    && is_free(bytes, at) =>
            {
                return Some((at, at));
            }
            _ => at += 1,
        }
    }
    None
}

fn is_free(bytes: &[u8], start: usize) -> bool {
    !matches!(bytes[..start], [.., before] if before.is_ascii_alphanumeric() || matches!(before, b'@' | b'.' | b'-' | b'_' | b'/'))
}

/// Where the address whose host begins at `host` ends, if that host can exist.
fn end_of(text: &str, host: usize, is_bare: bool) -> Option<usize> {
    let rest = &text[host..];
    // What cannot be a host is left at once: what comes after it would be read again from each beginning.
    if is_bare && !may_be_bare(rest) {
        return None;
    }
    let limit = stop(rest, LONGEST_HOST, |letter| matches!(letter, '/' | '?' | '#') || ends(letter));
    let name = &rest[..limit];
    let is_cut = rest[limit..].starts_with(['/', '#']);
    if !is_authority(name) && (is_cut || !is_authority(&name[..without_trailing(name)])) {
        return None;
    }
    let length = without_trailing(&rest[..stop(rest, LONGEST, ends)]);
    let authority = rest[..length].find(['/', '?', '#']).unwrap_or(length);
    is_authority(&rest[..authority]).then_some(host + length)
}

/// Whether what begins with `www.` goes on as a host without a user before it, up to a path or the end of the address.
fn may_be_bare(rest: &str) -> bool {
    let is_no_host =
        |letter: char| letter.is_ascii() && !letter.is_ascii_alphanumeric() && !matches!(letter, '-' | '_' | '.' | ':');
    let after = &rest[stop(rest, LONGEST_HOST, |letter| is_no_host(letter) || ends(letter))..];
    let next = after.trim_start_matches(|letter| TRAILING.contains(&letter) || "()[]".contains(letter)).chars().next();
    after.starts_with(['/', '?', '#']) || next.is_none_or(ends)
}

/// Where the first letter stands that `ends` says ends it, of the first `longest` bytes.
fn stop(rest: &str, longest: usize, ends: impl Fn(char) -> bool) -> usize {
    rest.char_indices().find(|(at, letter)| *at >= longest || ends(*letter)).map_or(rest.len(), |(at, _)| at)
}

/// What never stands in an address that people write.
fn ends(letter: char) -> bool {
    if letter.is_ascii() {
        return matches!(letter, '\0'..=' ' | '\x7f' | '<' | '>' | '"' | '`' | '{' | '}' | '|' | '\\' | '^');
    }
    matches!(
        letter,
        '«' | '»' | '“' | '”' | '。' | '、' | '，' | '；' | '：' | '！' | '？' | '（' | '）' | '「' | '」' | '…'
    ) || letter.is_whitespace()
        || letter.is_control()
        || is_direction(letter)
}

/// Bidirectional marks stand around an address, not in it.
fn is_direction(letter: char) -> bool {
    matches!(letter, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// The length without punctuation at the end and without closing brackets that were not opened inside.
fn without_trailing(address: &str) -> usize {
    let mut depth = [0_i32; 2];
    for letter in address.chars() {
        match letter {
            '(' => depth[0] += 1,
            ')' => depth[0] -= 1,
            '[' => depth[1] += 1,
            ']' => depth[1] -= 1,
            _ => {}
        }
    }
    let mut kept = address;
    loop {
        let trimmed = kept.trim_end_matches(TRAILING);
        let (pair, rest) = match trimmed.chars().next_back() {
            Some(')') => (0, &trimmed[..trimmed.len() - 1]),
            Some(']') => (1, &trimmed[..trimmed.len() - 1]),
            Some('(') => (0, &trimmed[..trimmed.len() - 1]),
            Some('[') => (1, &trimmed[..trimmed.len() - 1]),
            _ => return trimmed.len(),
        };
        let opening = trimmed.ends_with(['(', '[']);
        if !opening && depth[pair] >= 0 {
            return trimmed.len();
        }
        depth[pair] += if opening { -1 } else { 1 };
        kept = rest;
    }
}

/// Whether `authority` is a host, perhaps with a user before and a port after it.
fn is_authority(authority: &str) -> bool {
    let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    if let Some(literal) = host.strip_prefix('[') {
        let Some((address, port)) = literal.split_once(']') else { return false };
        return address.parse::<std::net::Ipv6Addr>().is_ok()
            && (port.is_empty() || port.strip_prefix(':').is_some_and(is_port));
    }
    let (name, port) = host.split_once(':').map_or((host, None), |(name, port)| (name, Some(port)));
    port.is_none_or(is_port) && is_host(name.strip_suffix('.').unwrap_or(name))
}

fn is_port(port: &str) -> bool {
    !port.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit()) && port.parse::<u16>().is_ok_and(|port| port > 0)
}

fn is_host(name: &str) -> bool {
    let labels = || name.split('.');
    let is_label = |label: &str| {
        !label.is_empty()
            && label.len() <= 63
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.chars().all(|letter| {
                letter == '-' || letter == '_' || letter.is_alphanumeric() || ('\u{300}'..='\u{36f}').contains(&letter)
            })
    };
    if !labels().all(is_label) || name.len() > 253 {
        return false;
    }
    match labels().next_back() {
        _ if name == "localhost" => true,
        Some(last) if last.bytes().all(|byte| byte.is_ascii_digit()) => name.parse::<std::net::Ipv4Addr>().is_ok(),
        Some(last) => labels().count() > 1 && last.chars().count() > 1,
        None => false,
    }
}

/// The address with its scheme and host in small letters, and `http://` before a bare `www.`.
fn normal(address: &str, host: usize) -> String {
    let (scheme, rest) = address.split_at(host);
    let authority = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (authority, path) = rest.split_at(authority);
    let (user, name) =
        authority.rsplit_once('@').map_or(("", authority), |(user, _)| authority.split_at(user.len() + 1));
    let scheme = if scheme.is_empty() { "http://".to_owned() } else { scheme.to_lowercase() };
    format!("{scheme}{user}{}{path}", name.to_lowercase())
}
