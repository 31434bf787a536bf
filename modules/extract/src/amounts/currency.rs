//! How a currency is said: by sign, by code, by name.

use super::{codes, Habits};
use crate::text::{Sense, Shape, Tokens};

/// A currency and the place after it.
pub struct Currency {
    /// The place after it.
    pub end: usize,
    /// Its ISO 4217 code.
    pub code: &'static str,
    /// Whether what says so may be another word.
    pub doubtful: bool,
}

const SIGNS: &[(&str, &str)] = &[
    ("$", "USD"),
    ("€", "EUR"),
    ("£", "GBP"),
    ("¥", "JPY"),
    ("￥", "JPY"),
    ("₹", "INR"),
    ("₩", "KRW"),
    ("₽", "RUB"),
    ("₺", "TRY"),
    ("₪", "ILS"),
    ("฿", "THB"),
    ("₫", "VND"),
    ("₴", "UAH"),
    ("₦", "NGN"),
];
/// What stands before `$` to say whose dollar it is.
const DOLLARS: &[(&str, &str)] = &[
    ("US", "USD"),
    ("C", "CAD"),
    ("CA", "CAD"),
    ("CAN", "CAD"),
    ("A", "AUD"),
    ("AU", "AUD"),
    ("NZ", "NZD"),
    ("HK", "HKD"),
    ("S", "SGD"),
    ("NT", "TWD"),
    ("R", "BRL"),
    ("MX", "MXN"),
];
/// Countries beside the name of a currency that several have.
const OWNERS: &[(&str, &str, &str)] = &[
    ("us", "USD", "USD"),
    ("american", "USD", "USD"),
    ("américains", "USD", "USD"),
    ("américain", "USD", "USD"),
    ("canadian", "USD", "CAD"),
    ("canadiens", "USD", "CAD"),
    ("canadien", "USD", "CAD"),
    ("australian", "USD", "AUD"),
    ("australiens", "USD", "AUD"),
    ("singapore", "USD", "SGD"),
    ("swiss", "CHF", "CHF"),
    ("suisses", "CHF", "CHF"),
    ("suisse", "CHF", "CHF"),
    ("cfa", "CHF", "XOF"),
    ("british", "GBP", "GBP"),
    ("sterling", "GBP", "GBP"),
    ("mexican", "MXN", "MXN"),
];
/// The currencies that each shared sign or name may stand for.
const SHARED: &[(&str, &[&str])] = &[
    ("USD", &["USD", "CAD", "AUD", "NZD", "HKD", "SGD", "TWD", "MXN", "CLP", "COP", "ARS"]),
    ("GBP", &["GBP", "GIP", "FKP", "SHP", "EGP"]),
    ("JPY", &["JPY", "CNY"]),
    ("CHF", &["CHF", "XOF", "XAF", "XPF", "RWF", "BIF", "GNF", "KMF", "DJF"]),
    ("MXN", &["MXN", "CLP", "COP", "ARS", "CUP", "UYU", "DOP", "PHP"]),
    ("INR", &["INR", "PKR", "LKR", "NPR", "MUR", "SCR"]),
];
const CROWNS: &[&str] = &["SEK", "NOK", "DKK", "ISK", "CZK"];

/// The currency at `place` that a number may follow.
pub fn before_number(tokens: &Tokens, place: usize, habits: &Habits) -> Option<Currency> {
    if let Some(code) = sign(tokens, place, habits) {
        return Some(Currency { end: place + 1, code, doubtful: false });
    }
    if tokens.at(place + 1) == "$" {
        let (_, code) = DOLLARS.iter().find(|(owner, _)| *owner == tokens.at(place))?;
        return Some(Currency { end: place + 2, code, doubtful: false });
    }
    coded(tokens, place)
}

/// The currency at `place`, after a number.
pub fn after_number(tokens: &Tokens, place: usize, habits: &Habits) -> Option<Currency> {
    if let Some(code) = sign(tokens, place, habits) {
        let owner = DOLLARS.iter().find(|(owner, _)| code == "USD" && *owner == tokens.at(place + 1));
        return Some(match owner {
            Some((_, code)) => Currency { end: place + 2, code, doubtful: false },
            None => Currency { end: place + 1, code, doubtful: false },
        });
    }
    if tokens.at(place + 1) == "$" && tokens.at(place).len() > 1 {
        return before_number(tokens, place, habits);
    }
    coded(tokens, place).or_else(|| named(tokens, place, habits))
}

/// The currency that is named at `place`: "dollars", "Swiss francs", "livres sterling".
pub fn named(tokens: &Tokens, place: usize, habits: &Habits) -> Option<Currency> {
    let name = |place: usize| {
        tokens.senses(place).find_map(|sense| if let Sense::Money(code) = sense { Some(code) } else { None })
    };
    let next = tokens.after_space(place + 1);
    if let Some(family) = name(next).filter(|_| next > place + 1) {
        if let Some(code) = owned(tokens, place, family) {
            return Some(Currency { end: next + 1, code, doubtful: false });
        }
    }
    let family = name(place)?;
    if let Some(code) = owned(tokens, next, family).filter(|_| next > place + 1) {
        return Some(Currency { end: next + 1, code, doubtful: false });
    }
    // Pounds of flour; "livres" alone are books, and many countries have francs and pesos.
    let word = tokens.at(place).to_lowercase();
    let weighs = word.starts_with("pound") && tokens.at(next) == "of";
    let ours = shared(family, habits);
    let unclear = matches!(word.as_str(), "livre" | "livres" | "peso" | "pesos" | "franc" | "francs" | "sterling");
    let said = !unclear || habits.currency == Some(ours);
    (said && !weighs).then_some(Currency { end: place + 1, code: ours, doubtful: false })
}

/// The code at `place`, in capitals; the most common ones also in small letters.
fn coded(tokens: &Tokens, place: usize) -> Option<Currency> {
    let word = tokens.at(place);
    if tokens.shape(place) != Some(Shape::Word) || word.len() != 3 {
        return None;
    }
    let capital = match word {
        "eur" | "Eur" => "EUR",
        "usd" => "USD",
        "gbp" => "GBP",
        "chf" => "CHF",
        other => other,
    };
    codes::of(capital).map(|(code, doubtful)| Currency { end: place + 1, code, doubtful })
}

fn owned(tokens: &Tokens, place: usize, family: &str) -> Option<&'static str> {
    let word = tokens.at(place);
    if word.len() > 12 {
        return None;
    }
    let word = word.to_lowercase();
    OWNERS.iter().find(|(owner, of, _)| *owner == word && *of == family).map(|(_, _, code)| *code)
}

fn sign(tokens: &Tokens, place: usize, habits: &Habits) -> Option<&'static str> {
    if tokens.at(place) == "kr" {
        return habits.currency.filter(|code| CROWNS.contains(code));
    }
    if tokens.shape(place) != Some(Shape::Mark) {
        return None;
    }
    let (_, code) = SIGNS.iter().find(|(sign, _)| *sign == tokens.at(place))?;
    Some(shared(code, habits))
}

/// The caller's currency where it shares the sign or name of `family`, else `family` itself.
fn shared(family: &'static str, habits: &Habits) -> &'static str {
    let members = SHARED.iter().find(|(name, _)| *name == family).map_or(&[][..], |(_, members)| members);
    habits.currency.filter(|code| members.contains(code)).unwrap_or(family)
}
