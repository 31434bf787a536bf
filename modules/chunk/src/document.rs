//! What the readers of all formats give: a flat text, the blocks in it, and where each of its bytes came from.

use std::borrow::Cow;

/// What a block or a chunk is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A heading, without anything below it.
    Heading,
    /// Prose.
    Paragraph,
    /// Items of lists.
    List,
    /// Code, or other text whose lines matter.
    Code,
    /// Rows of a table.
    Table,
    /// Quoted paragraphs.
    Quote,
    /// The metadata at the start of a Markdown file.
    FrontMatter,
    /// Several of these.
    Mixed,
}

impl Kind {
    /// Its name in results.
    pub fn name(self) -> &'static str {
        match self {
            Kind::Heading => "heading",
            Kind::Paragraph => "paragraph",
            Kind::List => "list",
            Kind::Code => "code",
            Kind::Table => "table",
            Kind::Quote => "quote",
            Kind::FrontMatter => "front_matter",
            Kind::Mixed => "mixed",
        }
    }

    /// Whether its lines are its units, rather than sentences.
    pub fn is_made_of_lines(self) -> bool {
        matches!(self, Kind::Code | Kind::Table | Kind::FrontMatter)
    }
}

/// A block; offsets are bytes of the flat text, and blocks come in order without overlapping.
#[derive(Clone, Copy, Debug)]
pub struct Block {
    /// What it is.
    pub kind: Kind,
    /// Its first byte.
    pub start: usize,
    /// Just after its last byte.
    pub end: usize,
    /// The heading that it stands under, or that it is.
    pub heading: Option<usize>,
    /// Whether it continues an item of a list or a list below an item, so that a cut before it is a poor one.
    pub nested: bool,
}

/// A heading, in the tree of headings.
#[derive(Clone, Debug)]
pub struct Heading {
    level: usize,
    title: String,
    above: Option<usize>,
}

/// A title in a result is cut after so many characters: it is repeated with every chunk below it.
const LONGEST_TITLE: usize = 80;

/// The blocks of a text as they are read.
#[derive(Debug, Default)]
pub struct Outline {
    /// The blocks.
    pub blocks: Vec<Block>,
    /// Stretches that stay in one chunk if they fit into one.
    pub held: Vec<(usize, usize)>,
    headings: Vec<Heading>,
    under: Option<usize>,
}

impl Outline {
    /// Add a block that is no heading.
    pub fn block(&mut self, kind: Kind, start: usize, end: usize) {
        self.blocks.push(Block { kind, start, end, heading: self.under, nested: false });
    }

    /// Add a block that goes on with an item of a list.
    pub fn nested_block(&mut self, kind: Kind, start: usize, end: usize) {
        self.blocks.push(Block { kind, start, end, heading: self.under, nested: true });
    }

    /// Add a heading; what follows stands under it.
    pub fn heading(&mut self, level: usize, title: &str, start: usize, end: usize) {
        while self.under.is_some_and(|above| self.headings[above].level >= level) {
            self.under = self.under.and_then(|above| self.headings[above].above);
        }
        let words: Vec<&str> = title.split_whitespace().collect();
        let title = words.join(" ").chars().take(LONGEST_TITLE).collect();
        self.headings.push(Heading { level, title, above: self.under });
        self.under = Some(self.headings.len() - 1);
        self.block(Kind::Heading, start, end);
    }

    /// Keep what stands between `start` and `end` in one chunk if it fits.
    pub fn hold(&mut self, start: usize, end: usize) {
        self.held.push((start, end));
    }

    /// The titles from the top of the document down to `heading`, those without words left out.
    pub fn path(&self, heading: Option<usize>) -> Vec<&str> {
        let mut path = Vec::new();
        let mut at = heading;
        while let Some(index) = at {
            path.push(self.headings[index].title.as_str());
            at = self.headings[index].above;
        }
        path.retain(|title| !title.is_empty());
        path.reverse();
        path
    }
}

/// A stretch of the flat text and where it came from.
#[derive(Clone, Copy, Debug)]
pub struct Stretch {
    /// Its first byte in the flat text.
    pub flat: u32,
    /// Its first byte in the source.
    pub source: u32,
    /// Just after its last byte in the source, where it is not the source's own characters.
    pub source_end: u32,
    /// Whether its characters stand in the source as they are.
    pub verbatim: bool,
}

/// A document, read.
#[derive(Debug)]
pub struct Document<'t> {
    /// What is cut.
    pub text: Cow<'t, str>,
    /// Its blocks.
    pub outline: Outline,
    /// Where its bytes came from, in order; empty when it is the source itself.
    pub origin: Vec<Stretch>,
}

impl Document<'_> {
    /// Where in the source the flat text from byte `at` on begins.
    pub fn source_start(&self, at: usize) -> usize {
        self.stretch(at).map_or(at, |stretch| {
            stretch.source as usize + if stretch.verbatim { at - stretch.flat as usize } else { 0 }
        })
    }

    /// Where in the source the flat text up to byte `end` ends.
    pub fn source_end(&self, end: usize) -> usize {
        self.stretch(end.saturating_sub(1)).map_or(end, |stretch| {
            if stretch.verbatim {
                stretch.source as usize + (end - stretch.flat as usize)
            } else {
                stretch.source_end as usize
            }
        })
    }

    fn stretch(&self, at: usize) -> Option<&Stretch> {
        let after = self.origin.partition_point(|stretch| stretch.flat as usize <= at);
        after.checked_sub(1).map(|index| &self.origin[index])
    }
}
