//! What one cell looks like, by its form alone.

mod currency;
mod dates;
mod figure;
mod months;
mod words;

pub use dates::{civil_from_days, Day, Moment};
pub use figure::{figure, Figure, Mark};
pub use words::is_null;

/// What a cell is, its white space at both ends left out.
#[derive(Clone, Debug, PartialEq)]
pub enum Cell {
    /// Empty, or a word for that.
    Null,
    /// A number.
    Figure(Figure),
    /// A number with a currency.
    Money(Figure, &'static str),
    /// A number with a percent sign.
    Percent(Figure),
    /// A word for true or false.
    Boolean,
    /// A date, or a date with a time.
    Moment(Moment),
    /// Digits that are no number: `007`, `1.2.3`, sixteen digits and more, or what Excel was told to keep as text.
    Code(Code),
    /// Anything else.
    Text,
}

/// Why digits are no number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Code {
    /// It begins with zeros that a number would lose.
    LeadingZeros,
    /// It has more digits than an `f64` keeps.
    ManyDigits,
    /// It has several points: a version or an address.
    Dotted,
    /// `'123` or `="123"`: a number kept as text on purpose.
    KeptAsText,
    /// A telephone number with `+` or in groups.
    Telephone,
}

/// What `text` looks like when `mark` is the decimal mark.
pub fn look(text: &str, mark: Mark) -> Cell {
    let text = text.trim();
    if let Some(figure) = figure::plain(text) {
        return Cell::Figure(figure);
    }
    if is_null(text) {
        return Cell::Null;
    }
    if words::is_boolean(text) {
        return Cell::Boolean;
    }
    // Nearly every text is done here: nothing below is without a digit.
    if !text.bytes().any(|byte| byte.is_ascii_digit()) || text.len() > 64 {
        return Cell::Text;
    }
    if let Some(code) = code(text, mark) {
        return Cell::Code(code);
    }
    if let Some(figure) = figure(text, mark) {
        return Cell::Figure(figure);
    }
    if let Some(moment) = dates::moment(text) {
        return Cell::Moment(moment);
    }
    if let Some(figure) = text.strip_suffix('%').and_then(|rest| figure(rest.trim_end(), mark)) {
        return Cell::Percent(figure);
    }
    match currency::money(text, mark) {
        Some((figure, currency)) => Cell::Money(figure, currency),
        None => Cell::Text,
    }
}

fn code(text: &str, mark: Mark) -> Option<Code> {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if let Some(kept) = text.strip_prefix('\'').or_else(|| text.strip_prefix("=\"")?.strip_suffix('"')) {
        return digits(kept).then_some(Code::KeptAsText);
    }
    if digits(text) {
        return match text.len() {
            2.. if text.starts_with('0') => Some(Code::LeadingZeros),
            16.. => Some(Code::ManyDigits),
            _ => None,
        };
    }
    let dotted = text.strip_prefix('v').unwrap_or(text);
    let groups = dotted.split('.').count();
    if groups > 2 && dotted.split('.').all(digits) && figure(text, mark).is_none() && dates::moment(text).is_none() {
        return Some(Code::Dotted);
    }
    is_telephone(text, mark).then_some(Code::Telephone)
}

/// `+33 6 12 34 56 78`, `(415) 555-0132`, `555-0132`, `06 12 34 56 78`: seven to fifteen digits in groups.
fn is_telephone(text: &str, mark: Mark) -> bool {
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    let form = |byte: u8| byte.is_ascii_digit() || matches!(byte, b' ' | b'-' | b'(' | b')' | b'.');
    let after_sign = text.strip_prefix('+').unwrap_or(text);
    if !(7..=15).contains(&digits) || !after_sign.bytes().all(form) || after_sign.starts_with(['-', '.', ' ', ')']) {
        return false;
    }
    let international = after_sign.len() < text.len();
    let groups = after_sign.split([' ', '-', '(', ')', '.']).filter(|group| !group.is_empty()).count();
    let in_groups = groups > 1 && figure(text, mark).is_none() && dates::moment(text).is_none();
    in_groups || (international && digits == after_sign.len())
}
