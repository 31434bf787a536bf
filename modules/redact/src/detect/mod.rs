//! Runs every detector and settles which of them owns the characters that several claim.

mod card;
mod ip;
mod national_id;

use std::collections::BTreeMap;

use scanners::{email, groups, iban, phone};

use crate::kind::Kind;

/// A piece of the text, in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Found {
    /// What it is.
    pub kind: Kind,
    /// Its first byte.
    pub start: usize,
    /// Just after its last byte.
    pub end: usize,
}

/// All personal data in `text`, in order, without overlaps.
pub fn find_all(text: &str) -> Vec<Found> {
    let bytes = text.as_bytes();
    let groups = groups::digit_groups(bytes);
    let mut kept: BTreeMap<usize, Found> = BTreeMap::new();
    for kind in Kind::ALL {
        let spans = match kind {
            Kind::Email => email::find(text),
            Kind::Iban => iban::find(bytes),
            Kind::Card => card::find(bytes, &groups),
            Kind::FrNir => national_id::find_fr_nir(bytes),
            Kind::UkNino => national_id::find_uk_nino(bytes),
            Kind::UsSsn => national_id::find_us_ssn(bytes, &groups),
            Kind::Ipv6 => ip::find_v6(text),
            Kind::Ipv4 => ip::find_v4(bytes, &groups),
            Kind::Phone => phone::find(bytes, &groups),
        };
        for (start, end) in spans {
            let before = kept.range(..end).next_back();
            if before.is_none_or(|(_, earlier)| earlier.end <= start) {
                kept.insert(start, Found { kind, start, end });
            }
        }
    }
    kept.into_values().collect()
}
