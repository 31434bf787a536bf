//! What counts as personal data here, and under which names callers ask for it.

use std::collections::BTreeSet;

/// A kind of personal data.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// An e-mail address.
    Email,
    /// An international bank account number (ISO 13616) with a right checksum.
    Iban,
    /// A payment card number with a right Luhn digit.
    Card,
    /// A French social security number (NIR) with a right key.
    FrNir,
    /// A British national insurance number.
    UkNino,
    /// An American social security number.
    UsSsn,
    /// An IPv6 address.
    Ipv6,
    /// An IPv4 address.
    Ipv4,
    /// A telephone number.
    Phone,
}

/// All words that `Kind::selection` knows.
pub const SELECTION_WORDS: &str = "email, iban, card, fr_nir, uk_nino, us_ssn, ipv6, ipv4, phone, ip, national_id, all";

impl Kind {
    /// Every kind. Where two kinds claim the same characters, the one that stands first here wins.
    pub const ALL: [Kind; 9] = [
        Kind::Email,
        Kind::Iban,
        Kind::Card,
        Kind::FrNir,
        Kind::UkNino,
        Kind::UsSsn,
        Kind::Ipv6,
        Kind::Ipv4,
        Kind::Phone,
    ];

    /// The name in inputs and outputs.
    pub fn name(self) -> &'static str {
        match self {
            Kind::Email => "email",
            Kind::Iban => "iban",
            Kind::Card => "card",
            Kind::FrNir => "fr_nir",
            Kind::UkNino => "uk_nino",
            Kind::UsSsn => "us_ssn",
            Kind::Ipv6 => "ipv6",
            Kind::Ipv4 => "ipv4",
            Kind::Phone => "phone",
        }
    }

    /// The kinds that a word of the input asks for: a kind's name, `ip`, `national_id` or `all`.
    pub fn selection(word: &str) -> Option<BTreeSet<Kind>> {
        let chosen: BTreeSet<Kind> = match word {
            "all" => Kind::ALL.into(),
            "ip" => [Kind::Ipv4, Kind::Ipv6].into(),
            "national_id" => [Kind::UsSsn, Kind::FrNir, Kind::UkNino].into(),
            name => Kind::ALL.into_iter().filter(|kind| kind.name() == name).collect(),
        };
        (!chosen.is_empty()).then_some(chosen)
    }
}
