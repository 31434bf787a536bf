//! The guest's half of module ABI v1, so that a module is only its own work.
//!
//! A module reads one JSON object on stdin and answers with lines of JSON on stdout: any number of
//! `token`, `partial` and `log` lines, then exactly one `result`. This crate holds the JSON, the
//! lines, the reading of parameters and the exit status. It imports no clock and no randomness.

#![warn(missing_docs)]

pub mod json;
mod lines;
mod parameters;
mod serve;
mod typed;

pub use lines::{Level, Lines};
pub use parameters::{Parameters, Refusal};
pub use serve::{serve, serve_text, Answer, Failure};
pub use typed::{read_field, serve_typed, Field, Input};
