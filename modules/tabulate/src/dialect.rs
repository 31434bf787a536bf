//! How a table is written: its delimiter, quote and decimal mark, and whether its first record has names.

mod delimiter;
mod header;
mod mark;

use crate::cell::Mark;
use crate::source::Source;
use crate::table::Table;

pub use delimiter::Delimiter;

/// More lines than this are no preamble.
const MOST_PREAMBLE: usize = 10;

/// What the caller says of the dialect; what is not said is found out.
#[derive(Clone, Copy, Debug, Default)]
pub struct Wishes {
    /// The delimiter.
    pub delimiter: Option<Delimiter>,
    /// Whether the first record has names.
    pub header: Option<bool>,
    /// The decimal mark.
    pub mark: Option<Mark>,
}

/// How a table is written.
#[derive(Clone, Copy, Debug)]
pub struct Dialect {
    /// What separates cells; none when there is one column.
    pub delimiter: Option<Delimiter>,
    /// What stands around cells; none when nothing does.
    pub quote: Option<char>,
    /// Whether the first record has names.
    pub header: bool,
    /// What stands before a fraction.
    pub mark: Mark,
    /// Lines of one cell that stand before the table.
    pub preamble: usize,
    /// Whether a number told what the decimal mark is, or the caller did.
    pub mark_is_known: bool,
}

/// The dialect of a source, and its table.
pub fn find(source: &Source<'_>, wishes: Wishes) -> (Dialect, Table) {
    let given = wishes.delimiter.or(source.announced);
    let (delimiter, quote) = delimiter::find(source.table, given);
    let table = Table::read(source.table, delimiter, quote.unwrap_or('"'));
    let preamble = preamble(&table);
    let table = table.without(preamble);
    let votes = mark::votes(&table);
    let mark = wishes.mark.unwrap_or_else(|| votes.mark(delimiter));
    let header = wishes.header.unwrap_or_else(|| header::has_names(&table, mark));
    let mark_is_known = wishes.mark.is_some() || votes.of(mark) > 0 || !votes.doubtful;
    (Dialect { delimiter, quote, header, mark, preamble, mark_is_known }, table)
}

/// How many records of one cell stand before the first one of the usual width: a title, or when it was made.
fn preamble(table: &Table) -> usize {
    let width = table.usual_width();
    let first = (0..table.len().min(MOST_PREAMBLE + 1)).find(|record| table.width(*record) > 1);
    match first {
        Some(first) if width > 1 && table.width(first) == width => first,
        _ => 0,
    }
}
