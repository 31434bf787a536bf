//! What is wrong with a table, or can be read in two ways.

use crate::columns::{Column, Details, Findings, Type};
use crate::dates::Order;
use crate::dialect::Dialect;
use crate::table::Table;

/// What a note is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum NoteKind {
    /// Lines of one cell before the table.
    Preamble,
    /// A quote that opens and never closes.
    UnclosedQuote,
    /// Rows with more or fewer cells than the others.
    RaggedRows,
    /// Rows of empty cells.
    EmptyRows,
    /// Rows that stand above already.
    DuplicateRows,
    /// A name that an earlier column has.
    DuplicateHeaders,
    /// A column without a name.
    EmptyHeaders,
    /// A column without a value.
    EmptyColumn,
    /// Values that are not of their column's type.
    MixedTypes,
    /// Digits that begin with zeros.
    LeadingZeros,
    /// Digits too many for a number.
    LongDigits,
    /// A column whose name says that its digits are no quantity.
    Identifier,
    /// Numbers with an apostrophe before them or as a formula of text.
    NumbersAsText,
    /// White space at the ends of values.
    Whitespace,
    /// Dates of which day and month could be exchanged.
    AmbiguousDates,
    /// Dates that do not exist in the order of the others.
    ImpossibleDates,
    /// Numbers with one sign before three digits, and no others.
    AmbiguousNumbers,
    /// Numbers with the other decimal mark.
    MixedDecimalMarks,
    /// Amounts in other currencies than most.
    MixedCurrencies,
}

/// One note.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    /// What it is about.
    pub kind: NoteKind,
    /// The column, counted from 0, when it is about one.
    pub column: Option<usize>,
    /// How many rows or cells.
    pub count: usize,
    /// The first rows, counted from 1 below the header.
    pub rows: Vec<usize>,
    /// What it says.
    pub message: String,
}

const MOST_ROWS: usize = 5;

impl NoteKind {
    /// What results call it.
    pub fn name(self) -> &'static str {
        match self {
            NoteKind::Preamble => "preamble",
            NoteKind::UnclosedQuote => "unclosed_quote",
            NoteKind::RaggedRows => "ragged_rows",
            NoteKind::EmptyRows => "empty_rows",
            NoteKind::DuplicateRows => "duplicate_rows",
            NoteKind::DuplicateHeaders => "duplicate_headers",
            NoteKind::EmptyHeaders => "empty_headers",
            NoteKind::EmptyColumn => "empty_column",
            NoteKind::MixedTypes => "mixed_types",
            NoteKind::LeadingZeros => "leading_zeros",
            NoteKind::LongDigits => "long_digits",
            NoteKind::Identifier => "identifier",
            NoteKind::NumbersAsText => "numbers_as_text",
            NoteKind::Whitespace => "whitespace",
            NoteKind::AmbiguousDates => "ambiguous_dates",
            NoteKind::ImpossibleDates => "impossible_dates",
            NoteKind::AmbiguousNumbers => "ambiguous_numbers",
            NoteKind::MixedDecimalMarks => "mixed_decimal_marks",
            NoteKind::MixedCurrencies => "mixed_currencies",
        }
    }
}

/// Notes about the table as a whole; `first` is its first record below the header.
pub fn of_table(table: &Table, dialect: &Dialect, first: usize, width: usize) -> Vec<Note> {
    let mut notes = Vec::new();
    let mut note = |kind, count: usize, rows: Vec<usize>, message: String| {
        if count > 0 {
            notes.push(Note { kind, column: None, count, rows, message });
        }
    };
    note(
        NoteKind::UnclosedQuote,
        usize::from(table.ends_in_quotes),
        Vec::new(),
        "a quote is opened and never closed, so rows may be swallowed".into(),
    );
    let lines = dialect.preamble;
    note(NoteKind::Preamble, lines, Vec::new(), format!("{} before the table", are("stands", "stand", lines, "line")));
    let rows = |is: &dyn Fn(usize) -> bool| -> (usize, Vec<usize>) {
        let found = || (first..table.len()).filter(|record| is(*record)).map(|record| record - first + 1);
        (found().count(), found().take(MOST_ROWS).collect())
    };
    let (count, at) = rows(&|record| table.width(record) != width);
    note(
        NoteKind::RaggedRows,
        count,
        at,
        format!("{} {width} cells", are("does not have", "do not have", count, "row")),
    );
    let (count, at) = rows(&|record| table.record(record).all(|cell| cell.trim().is_empty()));
    note(NoteKind::EmptyRows, count, at, format!("{} nothing but empty cells", have(count, "row")));
    let repeated = repeated(table, first);
    let count = repeated.len();
    let at = repeated.iter().take(MOST_ROWS).map(|record| record - first + 1).collect();
    note(NoteKind::DuplicateRows, count, at, format!("{} an earlier row", are("repeats", "repeat", count, "row")));
    notes
}

/// The records that are the same as one before.
fn repeated(table: &Table, first: usize) -> Vec<usize> {
    let same = |left: usize, right: usize| {
        table.width(left) == table.width(right) && table.record(left).eq(table.record(right))
    };
    let mut hashed: Vec<(u64, usize)> =
        (first..table.len()).map(|record| (hash(table.record(record)), record)).collect();
    hashed.sort_unstable();
    let mut found = Vec::new();
    for group in hashed.chunk_by(|left, right| left.0 == right.0) {
        let copies = group.iter().skip(1).map(|(_, record)| *record);
        found.extend(copies.filter(|record| same(group[0].1, *record)));
    }
    let empty = |record: &usize| table.record(*record).all(|cell| cell.trim().is_empty());
    found.retain(|record| !empty(record));
    found.sort_unstable();
    found
}

/// FNV-1a of the cells and their ends.
fn hash<'c>(cells: impl Iterator<Item = &'c str>) -> u64 {
    let mut hash: u64 = 0xcbf2_9ce4_8422_2325;
    for cell in cells {
        for byte in cell.bytes().chain([0xff]) {
            hash = (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
        }
    }
    hash
}

/// Notes about the names of the columns.
pub fn of_names(names: &[&str]) -> Vec<Note> {
    let mut notes = Vec::new();
    for (index, name) in names.iter().enumerate() {
        let (kind, message) = if name.is_empty() {
            (NoteKind::EmptyHeaders, "the column has no name".to_owned())
        } else if names[..index].contains(name) {
            (NoteKind::DuplicateHeaders, "an earlier column has the same name".to_owned())
        } else {
            continue;
        };
        notes.push(Note { kind, column: Some(index), count: 1, rows: Vec::new(), message });
    }
    notes
}

/// Notes about the column `index` of `rows` rows.
pub fn of_column(column: &Column, index: usize, rows: usize, dialect: &Dialect) -> Vec<Note> {
    let Findings { leading_zeros, many_digits, kept_as_text, spaced, grouped, other_currencies, other_marks, .. } =
        column.findings;
    let exceptions = column.findings.exceptions;
    let mut notes = Vec::new();
    let mut note = |kind, count: usize, message: String| {
        let about_exceptions = matches!(kind, NoteKind::MixedTypes);
        let places = column.findings.exception_places.iter().filter(|_| about_exceptions);
        let rows = places.map(|place| place + 1).collect();
        if count > 0 {
            notes.push(Note { kind, column: Some(index), count, rows, message });
        }
    };
    if column.kind == Type::Empty {
        note(NoteKind::EmptyColumn, rows, "the column has no value".into());
    }
    if column.kind == Type::Mixed {
        note(NoteKind::MixedTypes, rows - column.nulls, "the values are of several types".into());
    }
    note(
        NoteKind::MixedTypes,
        exceptions,
        format!("{} not of type {}", are("is", "are", exceptions, "value"), column.kind.name()),
    );
    note(
        NoteKind::LeadingZeros,
        leading_zeros,
        format!("{} leading zeros, kept as text", have(leading_zeros, "value")),
    );
    note(NoteKind::LongDigits, many_digits, format!("{} more digits than a number keeps", have(many_digits, "value")));
    if column.findings.named_identifier {
        note(
            NoteKind::Identifier,
            rows - column.nulls,
            "digits taken for identifiers because of the column's name".into(),
        );
    }
    note(
        NoteKind::NumbersAsText,
        kept_as_text,
        format!("{} as text on purpose", are("is kept", "are kept", kept_as_text, "number")),
    );
    note(NoteKind::Whitespace, spaced, format!("{} white space at an end", have(spaced, "value")));
    note(NoteKind::MixedDecimalMarks, other_marks, format!("{} the other decimal mark", have(other_marks, "number")));
    note(NoteKind::MixedCurrencies, other_currencies, format!("{} another currency", have(other_currencies, "amount")));
    if let Details::Dates(dates) = &column.details {
        if dates.order == Order::Ambiguous {
            let message = "day and month cannot be told apart: every day is 12 or less".into();
            note(NoteKind::AmbiguousDates, rows - column.nulls, message);
        }
        note(
            NoteKind::ImpossibleDates,
            dates.impossible,
            format!("{} not exist in this order of day and month", do_not(dates.impossible)),
        );
    }
    let only_thousands = !dialect.mark_is_known && matches!(column.details, Details::Numbers { .. });
    if only_thousands {
        let sign = if grouped > 0 { "separates thousands" } else { "stands before fractions" };
        let doubtful = if grouped > 0 { grouped } else { rows - column.nulls };
        if grouped > 0 || column.kind == Type::Number {
            note(
                NoteKind::AmbiguousNumbers,
                doubtful,
                format!("nothing shows whether the sign in 1.234 or 1,234 {sign}"),
            );
        }
    }
    notes
}

fn have(count: usize, what: &str) -> String {
    are("has", "have", count, what)
}

fn do_not(count: usize) -> String {
    are("does", "do", count, "date")
}

fn are(one: &str, many: &str, count: usize, what: &str) -> String {
    match count {
        1 => format!("1 {what} {one}"),
        _ => format!("{count} {what}s {many}"),
    }
}
