//! E-mail addresses as people write them (RFC 5321 without quoted local parts and address literals).

/// The longest local part that RFC 5321 allows, in bytes.
const LONGEST_LOCAL: usize = 64;
/// The longest domain name, in bytes.
const LONGEST_DOMAIN: usize = 253;

/// All addresses.
pub fn find(text: &str) -> Vec<(usize, usize)> {
    let mut found = Vec::new();
    for (at, _) in text.match_indices('@') {
        if let (Some(local), Some(domain)) = (local_before(&text[..at]), domain_after(&text[at + 1..])) {
            found.push((at - local.len(), at + 1 + domain.len()));
        }
    }
    found
}

/// The local part that `before` ends with.
fn local_before(before: &str) -> Option<&str> {
    let allowed = |letter: &char| is_letter(*letter) || "._%+-'&~!".contains(*letter);
    let mut start = before.len();
    for letter in before.chars().rev().take_while(allowed) {
        start -= letter.len_utf8();
        if before.len() - start > 2 * LONGEST_LOCAL {
            return None;
        }
    }
    let local = before[start..].trim_start_matches(|letter: char| !is_letter(letter) && letter != '_');
    let dots_apart = !local.contains("..") && !local.ends_with('.');
    (!local.is_empty() && local.len() <= LONGEST_LOCAL && dots_apart).then_some(local)
}

/// The domain name that `after` begins with: at least two labels, the last one of letters.
fn domain_after(after: &str) -> Option<&str> {
    let allowed = |letter: &char| is_letter(*letter) || matches!(letter, '.' | '-');
    let length: usize = after.chars().take(LONGEST_DOMAIN).take_while(allowed).map(char::len_utf8).sum();
    let mut domain = &after[..length];
    // "write to a@b.example.Then" and "a@b.example." both end a sentence: drop what cannot be a last label.
    while !domain.is_empty() {
        domain = domain.trim_end_matches(['.', '-']);
        if domain.split('.').all(is_label) && domain.rsplit_once('.').is_some_and(|(rest, last)| is_last(rest, last)) {
            return Some(domain);
        }
        domain = domain.rsplit_once('.').map_or("", |(rest, _)| rest);
    }
    None
}

fn is_label(label: &str) -> bool {
    !label.is_empty() && label.len() <= 63 && !label.starts_with('-') && !label.ends_with('-')
}

/// Whether `last` can be a top-level domain after `rest`; pictures such as `logo@2x.png` are no addresses.
fn is_last(rest: &str, last: &str) -> bool {
    let letters = last.chars().count() >= 2 && last.chars().all(|letter| !letter.is_ascii_digit() && letter != '-');
    let density =
        rest.strip_suffix(['x', 'X']).is_some_and(|times| times.len() == 1 && times.as_bytes()[0].is_ascii_digit());
    (letters || last.starts_with("xn--")) && !density
}

/// Letters and digits of any script, and the accents that combine with them.
fn is_letter(letter: char) -> bool {
    letter.is_ascii_alphanumeric()
        || (!letter.is_ascii() && (letter.is_alphanumeric() || ('\u{300}'..='\u{36f}').contains(&letter)))
}
