//! Expressions and what the JMESPath specification says they give, written for this project and grouped by feature.

pub mod functions;
pub mod grammar;
pub mod wrong;

/// Expressions that are applied to one document.
pub struct Group {
    /// What of the language they are about.
    pub feature: &'static str,
    /// The document, as JSON.
    pub document: &'static str,
    /// Each expression and its result, as JSON.
    pub cases: &'static [(&'static str, &'static str)],
}
