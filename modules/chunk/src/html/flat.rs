//! The flat text of an HTML document as it is written, with where it came from.

use crate::document::{Kind, Outline, Stretch};

/// What the text that comes will be.
#[derive(Clone, Copy, Debug)]
struct Coming {
    kind: Kind,
    level: Option<usize>,
    lists: usize,
    item: bool,
}

/// Text that grows, block by block.
#[derive(Debug)]
pub struct Flat {
    text: String,
    origin: Vec<Stretch>,
    outline: Outline,
    /// Where the block that is open starts.
    open: Option<usize>,
    coming: Coming,
    /// Whether it goes on with an item of a list, or belongs to a list in a list.
    nested: bool,
    /// What stands between the last character and the next, if there is a next.
    blank: Blank,
    /// Where the tag stands that the next list marker or cell border is for.
    mark: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Blank {
    Nothing,
    Space,
    Cell,
    Line,
}

impl Flat {
    /// No text yet; the source has `length` bytes.
    pub fn new(length: usize) -> Self {
        let coming = Coming { kind: Kind::Paragraph, level: None, lists: 0, item: false };
        let text = String::with_capacity(length);
        Self {
            text,
            origin: Vec::new(),
            outline: Outline::default(),
            open: None,
            coming,
            nested: false,
            blank: Blank::Nothing,
            mark: 0,
        }
    }

    /// The bytes so far.
    pub fn length(&self) -> usize {
        self.text.len()
    }

    /// The text that comes is of this kind; `level` is that of a heading, `item` the place of the tag that begins an item.
    pub fn begin(&mut self, kind: Kind, level: Option<usize>, lists: usize, item: Option<usize>) {
        self.mark = item.unwrap_or(self.mark);
        let item = item.is_some() || (self.coming.item && lists > 0);
        self.coming = Coming { kind, level, lists, item };
    }

    /// Characters of the source, from byte `at`.
    pub fn text(&mut self, characters: &str, at: usize) {
        for (offset, letter) in characters.char_indices() {
            let start = at + offset;
            self.letter(letter, start, start + letter.len_utf8());
        }
    }

    /// One character, written in the source from `start` to `end`.
    pub fn letter(&mut self, letter: char, start: usize, end: usize) {
        let blank = letter.is_whitespace();
        if self.coming.kind == Kind::Code {
            if blank && self.open.is_none() && matches!(letter, '\n' | '\r') {
                return;
            }
        } else if blank {
            return self.space();
        }
        self.prepare(start);
        let verbatim = end - start == letter.len_utf8();
        self.push(letter, start, end, verbatim);
    }

    /// White space, which shows only between two other characters.
    pub fn space(&mut self) {
        self.blank = self.blank.max(Blank::Space);
    }

    /// The end of a line.
    pub fn line_break(&mut self) {
        if self.coming.kind == Kind::Code && self.open.is_some() {
            let at = self.origin.last().map_or(0, |last| last.source_end as usize);
            self.insert("\n", at);
        } else {
            self.blank = Blank::Line;
        }
    }

    /// The next cell of a row, whose tag is at byte `at`.
    pub fn cell(&mut self, at: usize) {
        self.mark = at;
        self.blank = self.blank.max(Blank::Cell);
    }

    /// End the block that is open.
    pub fn end_block(&mut self) {
        self.blank = Blank::Nothing;
        let Some(start) = self.open.take() else { return };
        let end = start + self.text[start..].trim_end().len();
        self.text.truncate(end);
        while self.origin.last().is_some_and(|last| last.flat as usize >= end) {
            self.origin.pop();
        }
        if end == start {
            return;
        }
        let Coming { kind, level, .. } = self.coming;
        match (kind, level) {
            (Kind::Heading, Some(level)) => self.outline.heading(level, &self.text[start..end], start, end),
            (Kind::List, _) if self.nested => self.outline.nested_block(kind, start, end),
            _ => self.outline.block(kind, start, end),
        }
        if matches!(kind, Kind::Code | Kind::Table) {
            self.outline.hold(start, end);
        }
    }

    /// Keep everything from `start` on in one chunk if it fits.
    pub fn hold_from(&mut self, start: usize) {
        self.outline.hold(start, self.text.len());
    }

    /// The text, its blocks and where it came from.
    pub fn finished(self) -> (String, Outline, Vec<Stretch>) {
        (self.text, self.outline, self.origin)
    }

    /// Write what has to stand before a character that is about to come.
    fn prepare(&mut self, at: usize) {
        if self.open.is_none() {
            self.blank = Blank::Nothing;
            if !self.text.is_empty() {
                let list_goes_on = self.coming.kind == Kind::List
                    && self.outline.blocks.last().is_some_and(|block| block.kind == Kind::List);
                self.insert(if list_goes_on { "\n" } else { "\n\n" }, at);
            }
            self.open = Some(self.text.len());
            self.nested = self.coming.lists > 1 || !self.coming.item;
            if self.coming.item {
                self.insert_for_mark(&format!("{}- ", "  ".repeat(self.coming.lists.clamp(1, 8) - 1)), at);
                self.coming.item = false;
            }
        }
        match std::mem::replace(&mut self.blank, Blank::Nothing) {
            Blank::Nothing => {}
            Blank::Space if self.source_end() == Some(at - 1) => self.push(' ', at - 1, at, true),
            Blank::Space => self.insert(" ", at),
            Blank::Cell => self.insert_for_mark(" | ", at),
            Blank::Line => self.insert("\n", at),
        }
    }

    /// Write characters that the source has not, before what stands at byte `at` of it.
    fn insert(&mut self, characters: &str, at: usize) {
        self.insert_from(characters, at, at);
    }

    /// Write what stands for a tag.
    fn insert_for_mark(&mut self, characters: &str, at: usize) {
        self.insert_from(characters, self.mark, at);
    }

    fn insert_from(&mut self, characters: &str, start: usize, end: usize) {
        let [flat, source, source_end] = [self.text.len(), start, end].map(|number| number as u32);
        self.origin.push(Stretch { flat, source, source_end, verbatim: false });
        self.text.push_str(characters);
    }

    /// Where in the source the text so far ends, if its last characters stand there as they are.
    fn source_end(&self) -> Option<usize> {
        let last = self.origin.last().filter(|last| last.verbatim)?;
        Some(last.source as usize + self.text.len() - last.flat as usize)
    }

    fn push(&mut self, letter: char, start: usize, end: usize, verbatim: bool) {
        if !(verbatim && self.source_end() == Some(start)) {
            let [flat, source, source_end] = [self.text.len(), start, end].map(|number| number as u32);
            self.origin.push(Stretch { flat, source, source_end, verbatim });
        }
        self.text.push(letter);
    }
}
