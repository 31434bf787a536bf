//! Numbers as people and spreadsheets write them.

/// What stands between the whole part and the fraction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mark {
    /// `1.5`
    Point,
    /// `1,5`
    Comma,
}

/// A number that a cell holds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Figure {
    /// Its value.
    pub value: f64,
    /// Whether it is written without a fraction and an exponent.
    pub integer: bool,
    /// Whether its thousands are separated.
    pub grouped: bool,
}

/// What separates thousands beside the other mark.
const SPACES: [char; 4] = [' ', '\u{a0}', '\u{202f}', '\''];

impl Mark {
    /// The character.
    pub fn character(self) -> char {
        match self {
            Mark::Point => '.',
            Mark::Comma => ',',
        }
    }

    /// The other one, which separates thousands.
    pub fn other(self) -> Self {
        match self {
            Mark::Point => Mark::Comma,
            Mark::Comma => Mark::Point,
        }
    }
}

/// The number of up to fifteen digits and nothing else that `text` is: what most cells of most tables are.
pub fn plain(text: &str) -> Option<Figure> {
    let short = (1..=15).contains(&text.len()) && (text.len() == 1 || !text.starts_with('0'));
    if !short || !is_digits(text) {
        return None;
    }
    let value = text.bytes().fold(0_u64, |value, digit| 10 * value + u64::from(digit - b'0'));
    Some(Figure { value: value as f64, integer: true, grouped: false })
}

/// The number that `text` is: with a sign or in brackets, thousands in groups of three, a fraction, an exponent.
pub fn figure(text: &str, mark: Mark) -> Option<Figure> {
    let (negative, body) = unsigned(text)?;
    let (mantissa, exponent) = match body.find(['e', 'E']) {
        Some(at) => (&body[..at], Some(exponent(&body[at + 1..])?)),
        None => (body, None),
    };
    let (whole, fraction) = match mantissa.split_once(mark.character()) {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (mantissa, None),
    };
    if fraction.is_some_and(|digits| !is_digits(digits)) || (whole.is_empty() && fraction.is_none()) {
        return None;
    }
    let (digits, grouped) = if whole.is_empty() { (String::new(), false) } else { whole_part(whole, mark)? };
    let plain =
        format!("{}{digits}.{}e{}", if negative { "-" } else { "" }, fraction.unwrap_or("0"), exponent.unwrap_or(0));
    let value: f64 = plain.parse().ok()?;
    let integer = fraction.is_none() && exponent.is_none();
    value.is_finite().then_some(Figure { value, integer, grouped })
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn unsigned(text: &str) -> Option<(bool, &str)> {
    if let Some(inside) = text.strip_prefix('(').and_then(|rest| rest.strip_suffix(')')) {
        // What bookkeepers put around a loss.
        return inside.starts_with(|first: char| first.is_ascii_digit()).then_some((true, inside));
    }
    if let Some(body) = text.strip_prefix(['-', '\u{2212}']) {
        return Some((true, body));
    }
    Some((false, text.strip_prefix('+').unwrap_or(text)))
}

fn exponent(text: &str) -> Option<i32> {
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    if !is_digits(digits) || digits.len() > 3 {
        return None;
    }
    text.parse().ok()
}

/// The digits of the whole part, and whether they were grouped.
fn whole_part(whole: &str, mark: Mark) -> Option<(String, bool)> {
    if is_digits(whole) {
        let zeros = whole.len() > 1 && whole.starts_with('0');
        return (!zeros).then(|| (whole.to_owned(), false));
    }
    let other = mark.other().character();
    let separator = whole.chars().find(|found| !found.is_ascii_digit())?;
    if separator != other && !SPACES.contains(&separator) {
        return None;
    }
    let mut groups = whole.split(separator);
    let first = groups.next()?;
    let well_formed = (1..=3).contains(&first.len()) && is_digits(first) && !first.starts_with('0');
    if !well_formed || !groups.all(|group| group.len() == 3 && is_digits(group)) {
        return None;
    }
    Some((whole.chars().filter(char::is_ascii_digit).collect(), true))
}
