//! The cells of a table, read by RFC 4180 with the crate csv-core: quotes may hold delimiters and ends of lines.

use csv_core::{ReadRecordResult, ReaderBuilder};

use crate::dialect::Delimiter;

/// A control character that no table has in its cells.
const NO_DELIMITER: u8 = 0x1f;

/// All cells of a table in one piece of memory.
#[derive(Debug)]
pub struct Table {
    text: String,
    /// Where each cell ends in `text`; it starts where the one before ends.
    ends: Vec<usize>,
    /// Where each record's cells end in `ends`.
    records: Vec<usize>,
    /// Records left out at the beginning.
    skipped: usize,
    /// Whether the text ends within quotes.
    pub ends_in_quotes: bool,
}

impl Table {
    /// The records of `text`, of one cell each when there is no delimiter. Lines without anything are left out.
    pub fn read(text: &str, delimiter: Option<Delimiter>, quote: char) -> Self {
        // Only ASCII is given as a quote.
        let byte = delimiter.map_or(NO_DELIMITER, Delimiter::byte);
        let mut reader = ReaderBuilder::new().delimiter(byte).quote(quote as u8).build();
        let mut input = text.as_bytes();
        // Unescaping never makes a field longer, and a cell has a delimiter or the end of a line after it.
        let mut bytes = vec![0; text.len()];
        let mut ends: Vec<usize> = vec![0; 64];
        let (mut filled, mut ended, mut start) = (0, 0, 0);
        let mut records = Vec::new();
        let (mut closed, mut ends_in_quotes) = (false, false);
        loop {
            let (result, read, written, new) = reader.read_record(input, &mut bytes[filled..], &mut ends[ended..]);
            input = &input[read..];
            // csv-core counts the ends of a record from the record's start.
            for end in &mut ends[ended..ended + new] {
                *end += start;
            }
            (filled, ended) = (filled + written, ended + new);
            match result {
                ReadRecordResult::Record => {
                    records.push(ended);
                    start = filled;
                }
                ReadRecordResult::OutputEndsFull => ends.resize(2 * ends.len(), 0),
                ReadRecordResult::OutputFull => bytes.resize(bytes.len() + 64, 0),
                // The end of a line that may be missing; within quotes it is a character like any other.
                ReadRecordResult::InputEmpty if !closed => (input, closed) = (b"\n", true),
                ReadRecordResult::InputEmpty => ends_in_quotes |= written > 0,
                ReadRecordResult::End => break,
            }
        }
        bytes.truncate(filled);
        ends.truncate(ended);
        // Only ASCII was left out of a valid text, so nothing is lost.
        Self { text: String::from_utf8_lossy(&bytes).into_owned(), ends, records, skipped: 0, ends_in_quotes }
    }

    /// Without the first `count` records.
    pub fn without(self, count: usize) -> Self {
        Self { skipped: count, ..self }
    }

    /// How many records there are.
    pub fn len(&self) -> usize {
        self.records.len() - self.skipped
    }

    /// How many cells a record has.
    pub fn width(&self, record: usize) -> usize {
        self.records[self.skipped + record] - self.first_cell(record)
    }

    /// A cell as it stands; empty when the record is too short.
    pub fn cell(&self, record: usize, column: usize) -> &str {
        if column >= self.width(record) {
            return "";
        }
        let cell = self.first_cell(record) + column;
        let start = if cell == 0 { 0 } else { self.ends[cell - 1] };
        &self.text[start..self.ends[cell]]
    }

    /// The cells of a record.
    pub fn record(&self, record: usize) -> impl Iterator<Item = &str> {
        (0..self.width(record)).map(move |column| self.cell(record, column))
    }

    /// How many cells most records have; the larger number when there are as many of both.
    pub fn usual_width(&self) -> usize {
        let mut widths: Vec<usize> = (0..self.len()).map(|record| self.width(record)).collect();
        widths.sort_unstable();
        let groups = widths.chunk_by(|left, right| left == right);
        groups.max_by_key(|group| (group.len(), group[0])).map_or(0, |group| group[0])
    }

    fn first_cell(&self, record: usize) -> usize {
        match self.skipped + record {
            0 => 0,
            place => self.records[place - 1],
        }
    }
}
