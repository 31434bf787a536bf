//! Reading Markdown: the block structure of CommonMark with the tables of GitHub and front matter, by lines.
//!
//! What stands inside a line (emphasis, links) is not looked at: it changes no cut. Text that breaks a rule is a
//! paragraph, as in CommonMark; an unclosed fence goes on to the end.

mod leaves;
mod list;

use crate::document::{Kind, Outline};
use crate::lines::{indentation, is_empty, lines, Line};
pub use leaves::{atx_heading, fence, is_delimiter_row};
use leaves::{begins_block, setext_level, Fence};

/// The blocks of `text`.
pub fn read(text: &str) -> Outline {
    let mut reader = Reader { text, lines: lines(text), at: 0, outline: Outline::default() };
    reader.front_matter();
    while reader.at < reader.lines.len() {
        reader.block();
    }
    reader.outline
}

struct Reader<'t> {
    text: &'t str,
    lines: Vec<Line>,
    at: usize,
    outline: Outline,
}

impl<'t> Reader<'t> {
    /// The line at `index`, without a byte order mark; nothing after the last.
    fn line(&self, index: usize) -> Option<&'t str> {
        let line = self.lines.get(index)?.of(self.text);
        Some(if index == 0 { line.trim_start_matches('\u{feff}') } else { line })
    }

    /// Where the lines from `first` to just before `end` begin and end, empty ones at the end left out.
    fn span(&self, first: usize, end: usize) -> (usize, usize) {
        let mut last = end - 1;
        while last > first && self.line(last).is_some_and(is_empty) {
            last -= 1;
        }
        (self.lines[first].start, self.lines[last].end)
    }

    fn front_matter(&mut self) {
        let first = self.line(0).unwrap_or_default().trim_end();
        if first != "---" && first != "+++" {
            return;
        }
        let closes = |line: &str| line.trim_end() == first || (first == "---" && line.trim_end() == "...");
        let close = (1..self.lines.len()).find(|index| self.line(*index).is_some_and(closes));
        let has_key = self.line(1).is_some_and(|line| line.contains([':', '=', '#']));
        if let (Some(close), true) = (close, has_key) {
            let (start, end) = self.span(0, close + 1);
            self.outline.block(Kind::FrontMatter, start, end);
            self.outline.hold(start, end);
            self.at = close + 1;
        }
    }

    fn block(&mut self) {
        let Some(line) = self.line(self.at) else { return };
        let (columns, bytes) = indentation(line);
        if is_empty(line) {
            self.at += 1;
        } else if columns >= 4 {
            self.indented_code();
        } else if let Some(opened) = fence(&line[bytes..]) {
            let end = self.end_of_fence(opened);
            self.push(Kind::Code, end, true);
        } else if let Some((level, title)) = atx_heading(&line[bytes..]) {
            let (start, end) = self.span(self.at, self.at + 1);
            self.outline.heading(level, title, start, end);
            self.at += 1;
        } else if line.contains('|') && self.line(self.at + 1).is_some_and(is_delimiter_row) {
            self.table();
        } else if self.begins_list(self.at) {
            self.list();
        } else if line[bytes..].starts_with('>') {
            self.quote();
        } else {
            self.paragraph();
        }
    }

    /// Add the lines up to `end` as one block.
    fn push(&mut self, kind: Kind, end: usize, held: bool) {
        let (start, stop) = self.span(self.at, end);
        self.outline.block(kind, start, stop);
        if held {
            self.outline.hold(start, stop);
        }
        self.at = end;
    }

    fn indented_code(&mut self) {
        let mut end = self.at;
        let mut ahead = self.at;
        while let Some(line) = self.line(ahead) {
            if !is_empty(line) {
                if indentation(line).0 < 4 {
                    break;
                }
                end = ahead + 1;
            }
            ahead += 1;
        }
        self.push(Kind::Code, end, true);
    }

    /// Just after the line that closes the fence of this line.
    fn end_of_fence(&self, opened: Fence) -> usize {
        let close = (self.at + 1..self.lines.len())
            .find(|index| self.line(*index).is_some_and(|line| opened.is_closed_by(line)));
        close.map_or(self.lines.len(), |close| close + 1)
    }

    fn table(&mut self) {
        let mut end = self.at + 2;
        while self.line(end).is_some_and(|line| !is_empty(line) && line.contains('|')) {
            end += 1;
        }
        self.push(Kind::Table, end, true);
    }

    fn quote(&mut self) {
        let mut end = self.at + 1;
        while self
            .line(end)
            .is_some_and(|line| line.trim_start().starts_with('>') || (!is_empty(line) && !begins_block(line)))
        {
            end += 1;
        }
        self.push(Kind::Quote, end, false);
    }

    fn paragraph(&mut self) {
        let mut end = self.at + 1;
        while let Some(line) = self.line(end) {
            if let Some(level) = setext_level(line) {
                let (start, title_end) = self.span(self.at, end);
                let stop = self.lines[end].end;
                self.outline.heading(level, &self.text[start..title_end], start, stop);
                self.at = end + 1;
                return;
            }
            let table = line.contains('|') && self.line(end + 1).is_some_and(is_delimiter_row);
            if is_empty(line) || begins_block(line) || table || self.interrupts(end) {
                break;
            }
            end += 1;
        }
        self.push(Kind::Paragraph, end, false);
    }
}
