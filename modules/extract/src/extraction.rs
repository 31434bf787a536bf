//! From a text to what it says: all scanners, one owner for every piece, offsets in code points.

use std::collections::BTreeMap;

use crate::found::{Found, Reading, Reason};
use crate::kind::Kind;
use crate::settings::{Language, Order, Region, Settings};
use crate::text::Tokens;
use crate::{addresses, amounts, dates, ids, language, urls};

/// One piece of data, or something that only looks like it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item<'t, T> {
    /// What it is.
    pub kind: Kind,
    /// Its first character, counted in Unicode code points of the text.
    pub start: usize,
    /// Just after its last character, in code points.
    pub end: usize,
    /// The characters themselves.
    pub text: &'t str,
    /// What they say, or why they say nothing.
    pub says: T,
}

/// What a text holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Extraction<'t> {
    /// The data, in the order of the text, never overlapping.
    pub items: Vec<Item<'t, Reading>>,
    /// What has the form of data and cannot be it, in the order of the text.
    pub refused: Vec<Item<'t, Reason>>,
    /// The language in which the text was read.
    pub language: Language,
}

/// Extract what `settings` ask for.
///
/// Every kind is looked for, also those not asked for, so that a part of an invoice's number never becomes a telephone
/// number because the caller asked for telephone numbers only.
pub fn extract<'t>(text: &'t str, settings: &Settings) -> Extraction<'t> {
    let language = settings.language.unwrap_or_else(|| language::of(text));
    let mut items = Vec::new();
    let mut refused = Vec::new();
    for (found, start, end) in counted(text, settled(text, language, settings)) {
        if !settings.kinds.contains(&found.kind) {
            continue;
        }
        let (kind, text) = (found.kind, &text[found.start..found.end]);
        match found.outcome {
            Ok(says) => items.push(Item { kind, start, end, text, says }),
            Err(says) => refused.push(Item { kind, start, end, text, says }),
        }
    }
    Extraction { items, refused, language }
}

/// All that was found, in order, without overlaps: the more certain sort first, refusals last.
fn settled(text: &str, language: Language, settings: &Settings) -> BTreeMap<usize, Found> {
    let mut kept = BTreeMap::new();
    let mut refusals = Vec::new();
    let mut keep = |all: Vec<Found>| {
        for found in all {
            if found.outcome.is_ok() {
                insert(&mut kept, found);
            } else {
                refusals.push(found);
            }
        }
    };
    keep(urls::find(text));
    keep(addresses::emails(text));
    keep(ids::certain(text));
    let tokens = Tokens::new(text);
    keep(dates::find(&tokens, &date_habits(&tokens, language, settings)));
    keep(amounts::find(&tokens, &amounts::Habits { language, currency: settings.currency }));
    keep(ids::labelled(&tokens));
    keep(addresses::phones(text, language, settings.region));
    for refusal in refusals {
        insert(&mut kept, refusal);
    }
    kept
}

fn insert(kept: &mut BTreeMap<usize, Found>, found: Found) {
    let before = kept.range(..found.end).next_back();
    if before.is_none_or(|(_, earlier)| earlier.end <= found.start) {
        kept.insert(found.start, found);
    }
}

fn date_habits(tokens: &Tokens, language: Language, settings: &Settings) -> dates::Habits {
    let known = settings.order.or_else(|| dates::order_of_text(tokens)).or(match settings.region {
        Some(Region::France | Region::UnitedKingdom) => Some(Order::Dmy),
        Some(Region::UnitedStates) => Some(Order::Mdy),
        Some(Region::Canada) | None => None,
    });
    let usual = match language {
        Language::English => Order::Mdy,
        Language::French => Order::Dmy,
    };
    // Nobody writes the month first in French.
    let decided = known.is_some() || language == Language::French;
    let (order, told) = (known.unwrap_or(usual), settings.order.is_some());
    dates::Habits { order, decided, told, language, reference: settings.reference }
}

/// Each piece with its first character and the one after its last in code points.
fn counted(text: &str, found: BTreeMap<usize, Found>) -> Vec<(Found, usize, usize)> {
    let (mut byte, mut point) = (0, 0);
    let mut counted = Vec::with_capacity(found.len());
    for found in found.into_values() {
        let start = point + text[byte..found.start].chars().count();
        point = start + text[found.start..found.end].chars().count();
        byte = found.end;
        counted.push((found, start, point));
    }
    counted
}
