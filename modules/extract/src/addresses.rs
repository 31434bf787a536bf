//! E-mail addresses and telephone numbers: the shared scanners say where they are, this says what they are.

use scanners::groups::{all_digits, digit_groups, Group, Join};
use scanners::{calling_codes, email, labels, phone};

use crate::found::{Found, Reading};
use crate::kind::Kind;
use crate::settings::{Language, Region};

/// Words for the extension behind a telephone number.
const EXTENSIONS: &[&str] = &["extension", "ext.", "ext", "poste", "x"];
/// The most digits of an extension.
const LONGEST_EXTENSION: usize = 6;

/// All e-mail addresses, with the domain in small letters.
pub fn emails(text: &str) -> Vec<Found> {
    let reading = |address: &str| {
        let (local, domain) = address.rsplit_once('@').unwrap_or((address, ""));
        Reading::of("", format!("{local}@{}", domain.to_lowercase()))
    };
    let found =
        |(start, end): (usize, usize)| Found { kind: Kind::Email, start, end, outcome: Ok(reading(&text[start..end])) };
    email::find(text).into_iter().map(found).collect()
}

/// All telephone numbers, as E.164 where the country is known.
///
/// Ten digits in one piece are how France and Britain write theirs: elsewhere they need to be called a telephone's.
pub fn phones(text: &str, language: Language, region: Option<Region>) -> Vec<Found> {
    let bytes = text.as_bytes();
    let groups = digit_groups(bytes);
    let found = |(start, end): (usize, usize)| {
        let first = groups.partition_point(|group| group.start < start);
        let last = groups.partition_point(|group| group.start < end);
        let number = &groups[first..last];
        let mut reading = match e164(&text[start..end], bytes, number, region) {
            Some(value) => Reading::of("e164", value),
            None => Reading::of("national", String::from_utf8_lossy(&all_digits(bytes, number)).into_owned()),
        };
        let extension = extension(text, end);
        let end = extension.as_ref().map_or(end, |(_, after)| *after);
        reading.extension = extension.map(|(digits, _)| digits);
        Found { kind: Kind::Phone, start, end, outcome: Ok(reading) }
    };
    let at_home = language == Language::French || matches!(region, Some(Region::France | Region::UnitedKingdom));
    let sure = |(start, end): &(usize, usize)| {
        let plain = bytes[*start..*end].iter().all(u8::is_ascii_digit) && !bytes[*start..].starts_with(b"00");
        !plain || at_home || labels::is_telephone(bytes, *start)
    };
    phone::find(bytes, &groups).into_iter().filter(sure).map(found).collect()
}

/// The number as it is dialled from anywhere.
fn e164(written: &str, bytes: &[u8], number: &[Group], region: Option<Region>) -> Option<String> {
    let digits = String::from_utf8_lossy(&all_digits(bytes, number)).into_owned();
    if written.contains('+') || digits.starts_with("00") {
        let digits = digits.strip_prefix("00").filter(|_| !written.contains('+')).unwrap_or(&digits);
        let (code, _) = calling_codes::split(digits.as_bytes())?;
        let (code, national) = digits.split_at(code);
        // The trunk zero of "+44 (0)20" is not dialled; Italy's is part of its numbers.
        let trunk = number
            .iter()
            .enumerate()
            .any(|(at, group)| at > 0 && number[at - 1].join == Some(Join::Open) && group.digits(bytes) == b"0");
        let national = if trunk { national.strip_prefix('0').unwrap_or(national) } else { national };
        return Some(format!("+{code}{national}"));
    }
    let code = match (digits.strip_prefix('0'), digits.len()) {
        (Some(_), 10) if region == Some(Region::UnitedKingdom) || is_british(number) => "44",
        (Some(_), 10) => "33",
        (Some(_), 11) => "44",
        (None, 10) => "1",
        (None, 11) => return Some(format!("+{digits}")),
        _ => return None,
    };
    Some(format!("+{code}{}", digits.strip_prefix('0').unwrap_or(&digits)))
}

/// Ten digits in five and five are written so in Britain only.
fn is_british(number: &[Group]) -> bool {
    number.iter().map(Group::length).eq([5, 5])
}

/// The extension after a number that ends at `end`, and the byte after it.
fn extension(text: &str, end: usize) -> Option<(String, usize)> {
    let rest = text[end..].strip_prefix(',').unwrap_or(&text[end..]).trim_start_matches(' ');
    let folded: String = rest.chars().take(10).collect::<String>().to_lowercase();
    let word = EXTENSIONS.iter().find(|word| folded.starts_with(**word))?;
    let rest = rest.get(word.len()..)?.trim_start_matches(' ');
    let count = rest.bytes().take_while(u8::is_ascii_digit).count();
    let free = !rest[count..].starts_with(|letter: char| letter.is_alphanumeric());
    ((1..=LONGEST_EXTENSION).contains(&count) && free)
        .then(|| (rest[..count].to_owned(), text.len() - rest.len() + count))
}
