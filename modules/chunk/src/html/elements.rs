//! What each element does to the text around it.

use super::flat::Flat;
use crate::document::Kind;

/// What an element is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Goes with what is in it.
    Dropped(&'static str),
    /// Changes nothing: emphasis, links, and what is not known.
    Inline,
    /// `br`
    LineBreak,
    /// Begins and ends paragraphs.
    Block,
    /// `h1` to `h6`
    Heading(usize),
    /// `ul`, `ol`, `dl`, `menu`
    List,
    /// `li`, `dt`, `dd`
    Item,
    /// `pre`
    Code,
    /// `table`
    Table,
    /// `tr`
    Row,
    /// `td`, `th`
    Cell,
    /// `blockquote`
    Quote,
}

const DROPPED: &[&str] = &[
    "script", "style", "title", "template", "noscript", "iframe", "svg", "canvas", "audio", "video", "object",
    "textarea",
];
const BLOCKS: &[&str] = &[
    "address",
    "article",
    "aside",
    "body",
    "caption",
    "center",
    "details",
    "dialog",
    "div",
    "fieldset",
    "figcaption",
    "figure",
    "footer",
    "form",
    "head",
    "header",
    "hgroup",
    "hr",
    "html",
    "legend",
    "main",
    "nav",
    "option",
    "p",
    "search",
    "section",
    "select",
    "summary",
];

impl Role {
    /// The role of an element by its name in lower case.
    pub fn of(name: &str) -> Self {
        if let Some(dropped) = DROPPED.iter().find(|dropped| **dropped == name) {
            return Role::Dropped(dropped);
        }
        match name {
            "br" => Role::LineBreak,
            "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => Role::Heading(usize::from(name.as_bytes()[1] - b'0')),
            "ul" | "ol" | "dl" | "menu" => Role::List,
            "li" | "dt" | "dd" => Role::Item,
            "pre" | "listing" | "xmp" => Role::Code,
            "table" => Role::Table,
            "tr" => Role::Row,
            "td" | "th" => Role::Cell,
            "blockquote" => Role::Quote,
            _ if BLOCKS.contains(&name) => Role::Block,
            _ => Role::Inline,
        }
    }
}

/// How many elements of each kind are open.
#[derive(Debug, Default)]
pub struct Element {
    lists: usize,
    quotes: usize,
    tables: usize,
    codes: usize,
    heading: Option<usize>,
    /// Where the outermost list that is open starts in the flat text.
    list_start: Option<usize>,
}

impl Element {
    /// A tag at byte `at` of the source begins or ends an element.
    pub fn enter(&mut self, role: Role, closes: bool, at: usize, flat: &mut Flat) {
        let inside_lines = self.codes > 0 || self.tables > 0;
        match role {
            Role::Dropped(_) | Role::Inline => return,
            Role::LineBreak => return flat.line_break(),
            Role::Code => count(&mut self.codes, closes),
            Role::Table => count(&mut self.tables, closes),
            Role::Row if self.tables > 0 => return flat.line_break(),
            Role::Cell if self.tables > 0 => return flat.cell(at),
            _ if inside_lines => return flat.space(),
            Role::Quote => count(&mut self.quotes, closes),
            Role::Heading(level) => self.heading = (!closes).then_some(level),
            Role::List => self.list(closes, flat),
            Role::Item | Role::Block | Role::Row | Role::Cell => {}
        }
        let still_inside = inside_lines && (self.codes > 0 || self.tables > 0);
        if !still_inside {
            flat.end_block();
            self.begin((role == Role::Item && !closes).then_some(at), flat);
        }
    }

    fn list(&mut self, closes: bool, flat: &mut Flat) {
        flat.end_block();
        if !closes && self.lists == 0 {
            self.list_start = Some(flat.length());
        }
        count(&mut self.lists, closes);
        if closes && self.lists == 0 {
            self.leave_list(flat);
        }
    }

    /// The outermost list is over.
    pub fn leave_list(&mut self, flat: &mut Flat) {
        if let Some(start) = self.list_start.take() {
            flat.hold_from(start);
        }
    }

    /// Say what the text that comes is.
    fn begin(&mut self, item: Option<usize>, flat: &mut Flat) {
        let kind = if self.codes > 0 {
            Kind::Code
        } else if self.tables > 0 {
            Kind::Table
        } else if self.heading.is_some() {
            Kind::Heading
        } else if self.lists > 0 {
            Kind::List
        } else if self.quotes > 0 {
            Kind::Quote
        } else {
            Kind::Paragraph
        };
        flat.begin(kind, self.heading, self.lists, item);
    }
}

fn count(open: &mut usize, closes: bool) {
    *open = if closes { open.saturating_sub(1) } else { *open + 1 };
}
