//! What stands around a table in its file: a byte order mark, Excel's `sep=` line, and the ends of lines.

use crate::dialect::Delimiter;

/// A text without what stands around its table.
#[derive(Clone, Copy, Debug)]
pub struct Source<'t> {
    /// The table.
    pub table: &'t str,
    /// Whether the text began with a byte order mark.
    pub bom: bool,
    /// What a `sep=` line said.
    pub announced: Option<Delimiter>,
    /// How lines end: `\n`, `\r\n` or `\r`, by the first of them.
    pub line_end: Option<&'static str>,
}

impl<'t> Source<'t> {
    /// What is in `text`.
    pub fn of(text: &'t str) -> Self {
        let (bom, mut table) = match text.strip_prefix('\u{feff}') {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let line_end = table.find(['\r', '\n']).map(|at| match &table.as_bytes()[at..] {
            [b'\r', b'\n', ..] => "\r\n",
            [b'\r', ..] => "\r",
            _ => "\n",
        });
        let first = table.split(['\r', '\n']).next().unwrap_or_default();
        let announced =
            first.strip_prefix("sep=").or_else(|| first.strip_prefix("SEP=")).and_then(Delimiter::announced);
        if announced.is_some() {
            let rest = &table[first.len()..];
            table = rest.strip_prefix(line_end.unwrap_or_default()).unwrap_or(rest);
        }
        Self { table, bom, announced, line_end }
    }
}
