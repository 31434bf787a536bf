//! Finds dates, sums of money, addresses, telephone numbers and identifiers in English and French text, and says what
//! each of them means: an ISO 8601 date, a decimal with its currency, an E.164 number.
//!
//! Hand-written scanners instead of regular expressions: a fresh instance runs for every task, so nothing may need
//! compiling at start, and calendars and check digits need code anyway. Every scanner looks a bounded distance around
//! where it stands, so time grows with the text only. What cannot be (31 April, a wrong check digit) is never an item.

mod addresses;
mod amounts;
mod calendar;
mod dates;
mod extraction;
mod found;
mod ids;
mod kind;
mod language;
mod settings;
mod text;
mod urls;

pub use amounts::currency_named;
pub use calendar::Date;
pub use extraction::{extract, Extraction, Item};
pub use found::{Reading, Reason};
pub use kind::Kind;
pub use settings::{Language, Order, Region, Settings};
