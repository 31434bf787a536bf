//! Lists: each item is a block, what stands indented below it are blocks of the same list.

use super::leaves::{begins_block, fence, is_rule};
use super::Reader;
use crate::document::Kind;
use crate::lines::{indentation, is_empty, marker_length};

impl Reader<'_> {
    /// Whether the line at `index` begins an item, its indentation and what it starts with.
    fn item(&self, index: usize) -> Option<usize> {
        let line = self.line(index)?;
        let (columns, bytes) = indentation(line);
        (marker_length(&line[bytes..]) > 0 && !is_rule(&line[bytes..])).then_some(columns)
    }

    /// Whether a list begins at this line.
    pub fn begins_list(&self, index: usize) -> bool {
        self.item(index).is_some_and(|columns| columns < 4)
    }

    /// Whether a list begins at this line although a paragraph is open: not with an empty item, numbers only with 1.
    pub fn interrupts(&self, index: usize) -> bool {
        let written = self.line(index).unwrap_or_default().trim_start();
        let marker = marker_length(written);
        let first = !written.starts_with(|letter: char| letter.is_ascii_digit())
            || written.starts_with("1.")
            || written.starts_with("1)");
        self.begins_list(index) && first && !is_empty(&written[marker..])
    }

    /// The list that begins at this line.
    pub fn list(&mut self) {
        let list_start = self.lines[self.at].start;
        let list_hold = self.outline.held.len();
        self.outline.hold(list_start, list_start);
        let margin = self.item(self.at).unwrap_or_default();
        let mut item_hold: Option<usize> = None;
        let mut end = list_start;
        while self.at < self.lines.len() {
            let Some(columns) = self.goes_on(margin) else { break };
            let top = columns <= margin + 1 && self.item(self.at).is_some();
            let start = self.lines[self.at].start;
            end = self.list_block(top);
            if top {
                item_hold = Some(self.outline.held.len());
                self.outline.hold(start, end);
            } else if let Some(hold) = item_hold {
                self.outline.held[hold].1 = end;
            }
        }
        self.outline.held[list_hold].1 = end;
    }

    /// Go to the next line of the list that is not empty, and give its indentation; none when the list is over.
    fn goes_on(&mut self, margin: usize) -> Option<usize> {
        let mut ahead = self.at;
        while self.line(ahead).is_some_and(is_empty) {
            ahead += 1;
        }
        let columns = indentation(self.line(ahead)?).0;
        if self.item(ahead).is_none() && columns < margin + 2 {
            return None;
        }
        self.at = ahead;
        Some(columns)
    }

    /// Read one block of a list; gives where it ends.
    fn list_block(&mut self, top: bool) -> usize {
        let Some(line) = self.line(self.at) else { return self.text.len() };
        let (_, bytes) = indentation(line);
        let mut end = self.at + 1;
        let mut kind = Kind::List;
        if let Some(opened) = fence(&line[bytes..]) {
            (kind, end) = (Kind::Code, self.end_of_fence(opened));
        } else {
            while self.line(end).is_some_and(|line| {
                let written = line.trim_start();
                !is_empty(line) && self.item(end).is_none() && !begins_block(line) && fence(written).is_none()
            }) {
                end += 1;
            }
        }
        let (start, stop) = self.span(self.at, end);
        if top {
            self.outline.block(kind, start, stop);
        } else {
            self.outline.nested_block(kind, start, stop);
        }
        if kind == Kind::Code {
            self.outline.hold(start, stop);
        }
        self.at = end;
        stop
    }
}
