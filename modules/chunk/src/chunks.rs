//! From a document to its chunks.

use crate::detect::detect;
use crate::document::{Document, Kind};
use crate::options::{Format, Options};
use crate::pack::{pack, Packed};
use crate::pieces::{pieces, tokens_between, Piece};
use crate::points::Points;
use crate::ranks::ranks;
use crate::{html, markdown, plain};

/// One chunk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chunk {
    /// Its text, in bytes of the flat text.
    flat: (usize, usize),
    /// Its first character, counted in Unicode code points of the input.
    pub start: usize,
    /// Just after its last character, in code points.
    pub end: usize,
    /// The estimate of its tokens.
    pub tokens: usize,
    /// What it holds.
    pub kind: Kind,
    heading: Option<usize>,
}

/// A document cut into chunks.
#[derive(Debug)]
pub struct Chunks<'t> {
    /// How the document was read.
    pub format: Format,
    /// The estimate of the tokens of the whole document.
    pub tokens: usize,
    /// The chunks, in order.
    pub chunks: Vec<Chunk>,
    document: Document<'t>,
}

impl Chunks<'_> {
    /// The text of a chunk.
    pub fn text(&self, chunk: &Chunk) -> &str {
        &self.document.text[chunk.flat.0..chunk.flat.1]
    }

    /// The titles of the headings that a chunk stands under, from the top.
    pub fn headings(&self, chunk: &Chunk) -> Vec<&str> {
        self.document.outline.path(chunk.heading)
    }

    /// What was cut: the input, or the text of the HTML.
    pub fn whole(&self) -> &str {
        &self.document.text
    }
}

/// Cut `text` as `options` say.
pub fn chunk<'t>(text: &'t str, options: &Options) -> Chunks<'t> {
    let format = options.format.unwrap_or_else(|| detect(text));
    let document = match format {
        Format::Markdown => Document { text: text.into(), outline: markdown::read(text), origin: Vec::new() },
        Format::Text => Document { text: text.into(), outline: plain::read(text), origin: Vec::new() },
        Format::Html => html::read(text),
    };
    let pieces = pieces(&document.text, options.max_tokens, options.max_tokens - options.overlap_tokens);
    let ranks = ranks(&document, &pieces, options.max_tokens, options.language);
    let packed = pack(&pieces, &ranks, options);
    let (mut starts, mut ends) = (Points::new(text), Points::new(text));
    let mut reader = Contents { document: &document, block: 0 };
    let chunks = packed
        .iter()
        .map(|packed| {
            let (kind, heading) = reader.of(&pieces, packed);
            let flat =
                (begin(&document, &pieces[packed.pieces.start], kind), pieces[packed.pieces.end - 1].end as usize);
            Chunk {
                flat,
                start: starts.before(document.source_start(flat.0)),
                end: ends.before(document.source_end(flat.1)),
                tokens: tokens_between(&pieces, packed.pieces.start, packed.pieces.end),
                kind,
                heading,
            }
        })
        .collect();
    let tokens = tokens_between(&pieces, 0, pieces.len());
    Chunks { format, tokens, chunks, document }
}

/// No more indentation than this is kept before the first line of code.
const MOST_INDENTATION: usize = 80;

/// Where a chunk begins: at its first piece, and in code at the indentation of its line.
fn begin(document: &Document<'_>, piece: &Piece, kind: Kind) -> usize {
    let start = piece.start as usize;
    if kind != Kind::Code {
        return start;
    }
    let before = &document.text[..start];
    let indentation =
        before.bytes().rev().take_while(|byte| matches!(byte, b' ' | b'\t')).take(MOST_INDENTATION).count();
    let line = &before[..start - indentation];
    if line.is_empty() || line.ends_with(['\n', '\r']) {
        start - indentation
    } else {
        start
    }
}

/// Tells what chunks hold, going through the blocks once.
struct Contents<'d> {
    document: &'d Document<'d>,
    block: usize,
}

impl Contents<'_> {
    /// The kind of a chunk's own part, and the heading that its first block below headings stands under.
    fn of(&mut self, pieces: &[Piece], packed: &Packed) -> (Kind, Option<usize>) {
        let (start, end) = (pieces[packed.fresh].start as usize, pieces[packed.pieces.end - 1].end as usize);
        let blocks = &self.document.outline.blocks;
        while blocks.get(self.block).is_some_and(|block| block.end <= start) {
            self.block += 1;
        }
        let here = blocks[self.block.min(blocks.len())..].iter().take_while(|block| block.start < end);
        let mut kind: Option<Kind> = None;
        let mut heading = None;
        for block in here {
            match kind {
                None | Some(Kind::Heading) => (kind, heading) = (Some(block.kind), block.heading),
                Some(known) if block.kind != known && block.kind != Kind::Heading => kind = Some(Kind::Mixed),
                Some(_) => {}
            }
        }
        (kind.unwrap_or(Kind::Paragraph), heading)
    }
}
