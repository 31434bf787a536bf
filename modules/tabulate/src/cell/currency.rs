//! Amounts of money: a number with a symbol or an ISO 4217 code before or after it.

use super::figure::{figure, Figure, Mark};

/// How currencies are written, and the code of ISO 4217; longer forms first. `$` is taken for the American one.
const CURRENCIES: &[(&str, &str)] = &[
    ("US$", "USD"),
    ("CA$", "CAD"),
    ("A$", "AUD"),
    ("R$", "BRL"),
    ("$", "USD"),
    ("€", "EUR"),
    ("£", "GBP"),
    ("¥", "JPY"),
    ("₹", "INR"),
    ("₽", "RUB"),
    ("₩", "KRW"),
    ("₺", "TRY"),
    ("₪", "ILS"),
    ("₴", "UAH"),
    ("zł", "PLN"),
    ("Kč", "CZK"),
    ("Ft", "HUF"),
    ("kr", "SEK"),
    ("Fr.", "CHF"),
    ("USD", "USD"),
    ("EUR", "EUR"),
    ("GBP", "GBP"),
    ("JPY", "JPY"),
    ("CHF", "CHF"),
    ("CAD", "CAD"),
    ("AUD", "AUD"),
    ("NZD", "NZD"),
    ("SEK", "SEK"),
    ("NOK", "NOK"),
    ("DKK", "DKK"),
    ("PLN", "PLN"),
    ("CZK", "CZK"),
    ("HUF", "HUF"),
    ("RON", "RON"),
    ("BGN", "BGN"),
    ("TRY", "TRY"),
    ("UAH", "UAH"),
    ("CNY", "CNY"),
    ("INR", "INR"),
    ("BRL", "BRL"),
    ("MXN", "MXN"),
    ("ZAR", "ZAR"),
    ("ILS", "ILS"),
    ("AED", "AED"),
    ("SAR", "SAR"),
    ("SGD", "SGD"),
    ("HKD", "HKD"),
    ("KRW", "KRW"),
    ("THB", "THB"),
];

/// The amount that `text` is, and the code of its currency.
pub fn money(text: &str, mark: Mark) -> Option<(Figure, &'static str)> {
    let inside = text.strip_prefix('(').and_then(|rest| rest.strip_suffix(')'));
    let signed = text.strip_prefix(['-', '\u{2212}']);
    let negative = inside.is_some() || signed.is_some();
    let body = inside.or(signed).unwrap_or(text);
    for (written, code) in CURRENCIES {
        let number = match (body.strip_prefix(written), body.strip_suffix(written)) {
            (Some(rest), _) => rest.trim_start(),
            (None, Some(rest)) => rest.trim_end(),
            (None, None) => continue,
        };
        let Some(found) = figure(number, mark) else {
            continue;
        };
        let value = if negative { -found.value } else { found.value };
        return Some((Figure { value, ..found }, code));
    }
    None
}
