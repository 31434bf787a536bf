//! Fills chunks with pieces.
//!
//! Greedy: from where a chunk begins, the best cut within its size is taken, where "best" weighs the rank of a place
//! against how full the chunk is. Chunks leave room for the overlap, which is put in front of them afterwards; what may
//! not be cut takes the room of the overlap rather than being cut.

mod overlap;

use std::ops::Range;

use crate::options::{By, Options};
use crate::pieces::{tokens_between, Piece};
use crate::ranks::Rank;
use overlap::begin_of_overlap;

/// A chunk as a range of pieces, which begins with those of the overlap.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Packed {
    /// Its pieces.
    pub pieces: Range<usize>,
    /// The first of them that the chunk before has not.
    pub fresh: usize,
}

/// All chunks of a text.
pub fn pack(pieces: &[Piece], ranks: &[Rank], options: &Options) -> Vec<Packed> {
    let packer = Packer { pieces, ranks, options };
    let mut packed = Vec::new();
    let mut start = 0;
    for end in 1..=pieces.len() {
        let divided = options.by == By::Headings && ranks[end - 1] == Rank::Section;
        if divided || end == pieces.len() {
            packer.section(start..end, &mut packed);
            start = end;
        }
    }
    packed
}

struct Packer<'p> {
    pieces: &'p [Piece],
    ranks: &'p [Rank],
    options: &'p Options,
}

impl Packer<'_> {
    fn section(&self, section: Range<usize>, packed: &mut Vec<Packed>) {
        let most = self.options.max_tokens;
        let (mut start, mut before) = (section.start, section.start);
        while start < section.end {
            let first = start == section.start;
            let room = if first { most } else { most - self.options.overlap_tokens };
            let end = self.cut(start, section.end, room).or_else(|| self.cut(start, section.end, most));
            let end = end.unwrap_or_else(|| self.furthest(start, section.end, most).max(start + 1));
            let from =
                if first { start } else { begin_of_overlap(self.pieces, self.ranks, self.options, before..start, end) };
            packed.push(Packed { pieces: from..end, fresh: start });
            (before, start) = (start, end);
        }
    }

    /// Just after the last piece that fits into `room` tokens from `start` on.
    fn furthest(&self, start: usize, end: usize, room: usize) -> usize {
        start + (start..end).take_while(|last| tokens_between(self.pieces, start, last + 1) <= room).count()
    }

    /// Where to end a chunk that begins at `start`; none if nothing that may be cut off fits.
    fn cut(&self, start: usize, end: usize, room: usize) -> Option<usize> {
        let limit = self.furthest(start, end, room);
        if limit == end {
            return Some(end);
        }
        let mut last = LastOf::default();
        for cut in start + 1..=limit {
            let half = tokens_between(self.pieces, start, cut) * 2 >= room;
            last.see(self.ranks[cut - 1], cut, half);
        }
        if self.options.by == By::Tokens {
            last.fullest()
        } else {
            last.best()
        }
    }
}

/// The last place of each sort within a chunk.
#[derive(Clone, Copy, Debug, Default)]
struct LastOf {
    section: Option<usize>,
    block: Option<usize>,
    item: Option<usize>,
    sentence: Option<usize>,
    glued: Option<usize>,
    line: Option<usize>,
    clause: Option<usize>,
    word: Option<usize>,
    torn: Option<usize>,
}

impl LastOf {
    /// A place after which a chunk could end; `half` tells that it is half full there.
    fn see(&mut self, rank: Rank, cut: usize, half: bool) {
        let place = Some(cut);
        let halves = [
            (Rank::Section, &mut self.section),
            (Rank::Block, &mut self.block),
            (Rank::Item, &mut self.item),
            (Rank::Clause, &mut self.clause),
        ];
        for (least, last) in halves {
            if half && rank >= least {
                *last = place;
            }
        }
        let always = [
            (Rank::Sentence, &mut self.sentence),
            (Rank::Glued, &mut self.glued),
            (Rank::Line, &mut self.line),
            (Rank::Word, &mut self.word),
            (Rank::Torn, &mut self.torn),
        ];
        for (least, last) in always {
            if rank >= least {
                *last = place;
            }
        }
    }

    fn best(self) -> Option<usize> {
        let ordered = [
            self.section,
            self.block,
            self.item,
            self.sentence,
            self.glued,
            self.line,
            self.clause,
            self.word,
            self.torn,
        ];
        ordered.into_iter().flatten().next()
    }

    fn fullest(self) -> Option<usize> {
        self.word.or(self.torn)
    }
}
