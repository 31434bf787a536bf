//! What can be extracted, and under which names callers ask for it.

use std::collections::BTreeSet;

/// A kind of data.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// Days, months, weeks and times.
    Date,
    /// Sums of money.
    Amount,
    /// E-mail addresses.
    Email,
    /// Addresses on the web.
    Url,
    /// Telephone numbers.
    Phone,
    /// Numbers that name one thing: UUID, IBAN, an invoice's number.
    Id,
}

impl Kind {
    /// Every kind, in the order of the output's counts.
    pub const ALL: [Kind; 6] = [Kind::Date, Kind::Amount, Kind::Email, Kind::Url, Kind::Phone, Kind::Id];

    /// The name in inputs and outputs.
    pub fn name(self) -> &'static str {
        match self {
            Kind::Date => "date",
            Kind::Amount => "amount",
            Kind::Email => "email",
            Kind::Url => "url",
            Kind::Phone => "phone",
            Kind::Id => "id",
        }
    }

    /// The kinds that a word of the input asks for: a kind's name or `all`.
    pub fn selection(word: &str) -> Option<BTreeSet<Kind>> {
        let chosen: BTreeSet<Kind> =
            Kind::ALL.into_iter().filter(|kind| word == "all" || kind.name() == word).collect();
        (!chosen.is_empty()).then_some(chosen)
    }
}
