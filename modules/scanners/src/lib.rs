//! Scanners that several modules need: e-mail addresses, telephone numbers, account numbers, and what they stand on.
//!
//! They are written by hand, look a bounded distance around where they stand, and give spans in bytes. What a span means
//! to a caller (a placeholder, a value) is the module's own work.

pub mod calling_codes;
pub mod collect;
pub mod edges;
pub mod email;
pub mod groups;
pub mod iban;
mod iban_lengths;
pub mod labels;
pub mod phone;
pub mod phone_shapes;
