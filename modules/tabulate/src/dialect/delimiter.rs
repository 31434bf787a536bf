//! Which delimiter and quote make the most regular table: records of the same width, cells of a known form.

use crate::cell::{look, Cell, Mark};
use crate::profile::MOST_COLUMNS;
use crate::table::Table;

/// What separates cells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Delimiter {
    /// `,`
    Comma,
    /// `;`
    Semicolon,
    /// A tab.
    Tab,
    /// `|`
    Bar,
}

/// How much of a table is tried with each delimiter.
const SAMPLE_BYTES: usize = 1 << 15;
const SAMPLE_RECORDS: usize = 300;
/// A table that is less regular than this has one column.
const LEAST_SCORE: f64 = 0.30;
/// A text longer than this is rather a sentence than a cell.
const LONG_TEXT: usize = 50;

impl Delimiter {
    /// All of them; earlier ones win when nothing speaks for another.
    pub const ALL: [Delimiter; 4] = [Delimiter::Comma, Delimiter::Semicolon, Delimiter::Tab, Delimiter::Bar];

    /// The one that parameters call so.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|delimiter| delimiter.name() == name)
    }

    /// The one that a `sep=` line has after its sign.
    pub fn announced(written: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|delimiter| written.as_bytes() == [delimiter.byte()])
    }

    /// What parameters and results call it.
    pub fn name(self) -> &'static str {
        match self {
            Delimiter::Comma => ",",
            Delimiter::Semicolon => ";",
            Delimiter::Tab => "tab",
            Delimiter::Bar => "|",
        }
    }

    /// The byte in the file.
    pub fn byte(self) -> u8 {
        match self {
            Delimiter::Comma => b',',
            Delimiter::Semicolon => b';',
            Delimiter::Tab => b'\t',
            Delimiter::Bar => b'|',
        }
    }
}

/// The delimiter of `text`, none when it has one column, and its quote, none when it has none.
pub fn find(text: &str, given: Option<Delimiter>) -> (Option<Delimiter>, Option<char>) {
    let sample = sample(text);
    let candidates: &[Delimiter] = match &given {
        Some(delimiter) => std::slice::from_ref(delimiter),
        None => &Delimiter::ALL,
    };
    let mut best: Option<(f64, Delimiter, Option<char>)> = None;
    for delimiter in candidates {
        if given.is_none() && !sample.as_bytes().contains(&delimiter.byte()) {
            continue;
        }
        let quote = quote(sample, *delimiter);
        let score = score(&Table::read(sample, Some(*delimiter), quote.unwrap_or('"')), *delimiter);
        if best.is_none_or(|(other, ..)| score > other) {
            best = Some((score, *delimiter, quote));
        }
    }
    match best {
        Some((_, delimiter, quote)) if given.is_some() => (Some(delimiter), quote),
        Some((score, delimiter, quote)) if score >= LEAST_SCORE => (Some(delimiter), quote),
        _ => (None, quote(sample, Delimiter::Comma)),
    }
}

/// Whole lines from the beginning.
fn sample(text: &str) -> &str {
    if text.len() <= SAMPLE_BYTES {
        return text;
    }
    let end = text.floor_char_boundary(SAMPLE_BYTES);
    match text[..end].rfind(['\n', '\r']) {
        Some(line_end) => &text[..=line_end],
        None => &text[..end],
    }
}

/// The quote that more cells begin and end with.
fn quote(sample: &str, delimiter: Delimiter) -> Option<char> {
    let count = |quote: u8| {
        let bytes = sample.as_bytes();
        let outside =
            |byte: Option<&u8>| byte.is_none_or(|byte| matches!(*byte, b'\n' | b'\r') || *byte == delimiter.byte());
        let (mut opening, mut closing) = (0_usize, 0_usize);
        for (at, byte) in bytes.iter().enumerate() {
            if *byte == quote {
                opening += usize::from(outside(at.checked_sub(1).map(|before| &bytes[before])));
                closing += usize::from(outside(bytes.get(at + 1)));
            }
        }
        opening.min(closing)
    };
    let (double, single) = (count(b'"'), count(b'\''));
    match (double, single) {
        (0, 0) => None,
        _ if single > double && single > 1 => Some('\''),
        (0, _) => None,
        _ => Some('"'),
    }
}

/// How regular `table` is, from 0 for one column to about 1.
fn score(table: &Table, delimiter: Delimiter) -> f64 {
    let width = table.usual_width();
    if width < 2 || (width > MOST_COLUMNS && table.len() < 3) {
        // A line or two with hundreds of delimiters are prose rather than a table.
        return 0.0;
    }
    if delimiter == Delimiter::Comma && width == 2 && is_decimals(table) {
        return 0.0;
    }
    let records = table.len();
    let usual: Vec<usize> = (0..records).filter(|record| table.width(*record) == width).collect();
    let regular = usual.len() as f64 / records as f64;
    let taken = &usual[..usual.len().min(SAMPLE_RECORDS)];
    let cells = taken.iter().flat_map(|record| table.record(*record)).map(|cell| cell_score(cell, delimiter));
    let known = cells.sum::<f64>() / (taken.len() * width) as f64;
    // One or two lines say little of how regular the others would be.
    let certain = if records < 3 { 0.8 } else { 1.0 };
    regular * regular * known * certain + 0.01 * width.min(10) as f64
}

/// Whether it is a column of decimals with commas below a name without one.
fn is_decimals(table: &Table) -> bool {
    let digits = |cell: &str| !cell.is_empty() && cell.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-');
    table.width(0) == 1
        && (1..table.len()).filter(|record| table.width(*record) == 2).all(|record| table.record(record).all(digits))
}

fn cell_score(cell: &str, delimiter: Delimiter) -> f64 {
    match look(cell, Mark::Point) {
        Cell::Null => 0.6,
        Cell::Text if look(cell, Mark::Comma) == Cell::Text => {
            let holds_other =
                Delimiter::ALL.iter().any(|other| *other != delimiter && cell.contains(char::from(other.byte())));
            match cell.chars().count() {
                _ if holds_other => 0.3,
                length if length > LONG_TEXT || cell.starts_with(' ') => 0.4,
                _ => 0.8,
            }
        }
        _ => 1.0,
    }
}
