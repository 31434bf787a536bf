//! Everything about one table.

use crate::columns::{column, Column};
use crate::dialect::{find, Dialect, Wishes};
use crate::notes::{self, Note};
use crate::source::Source;
use crate::values::shortened;

/// A table has at most so many columns.
pub const MOST_COLUMNS: usize = 256;

/// The table has more columns than [`MOST_COLUMNS`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooManyColumns(pub usize);

/// What a table is like.
#[derive(Debug)]
pub struct Profile<'t> {
    /// What stands around it.
    pub source: Source<'t>,
    /// How it is written.
    pub dialect: Dialect,
    /// Its rows, the header not counted.
    pub rows: usize,
    /// Its columns.
    pub columns: Vec<Column>,
    /// What is wrong or doubtful.
    pub notes: Vec<Note>,
}

/// The profile of the table in `text`.
pub fn profile(text: &str, wishes: Wishes) -> Result<Profile<'_>, TooManyColumns> {
    let source = Source::of(text);
    let (dialect, table) = find(&source, wishes);
    let names: Vec<&str> =
        if dialect.header && table.len() > 0 { table.record(0).map(str::trim).collect() } else { Vec::new() };
    let first = usize::from(dialect.header).min(table.len());
    let width = table.usual_width().max(names.len());
    if width > MOST_COLUMNS {
        return Err(TooManyColumns(width));
    }
    let rows = table.len() - first;
    let mut notes = notes::of_table(&table, &dialect, first, width);
    notes.extend(notes::of_names(&names));
    let mut columns = Vec::with_capacity(width);
    for index in 0..width {
        let given = names.get(index).filter(|name| !name.is_empty());
        let name = given.map_or_else(|| format!("column_{}", index + 1), |name| shortened(name));
        let column = column(&table, index, first, name, dialect.mark);
        notes.extend(notes::of_column(&column, index, rows, &dialect));
        columns.push(column);
    }
    Ok(Profile { source, dialect, rows, columns, notes })
}
