//! How much of the chunk before is repeated at the start of a chunk.

use std::ops::Range;

use crate::options::{By, Options};
use crate::pieces::{tokens_between, Piece};
use crate::ranks::Rank;

/// The piece at which a chunk begins that has the pieces from `before.end` to `end` for itself: as far back in `before`
/// as the overlap and the size of a chunk allow, and at a sentence if that still gives half of the overlap.
pub fn begin_of_overlap(
    pieces: &[Piece],
    ranks: &[Rank],
    options: &Options,
    before: Range<usize>,
    end: usize,
) -> usize {
    let fresh = before.end;
    let (mut furthest, mut at_sentence) = (fresh, None);
    for begin in (before.start + 1..fresh).rev() {
        let repeated = tokens_between(pieces, begin, fresh);
        if repeated > options.overlap_tokens || tokens_between(pieces, begin, end) > options.max_tokens {
            break;
        }
        let rank = begin.checked_sub(1).map_or(Rank::Section, |last| ranks[last]);
        if rank >= Rank::Word {
            furthest = begin;
        }
        if rank >= Rank::Sentence && repeated * 2 >= options.overlap_tokens {
            at_sentence = Some(begin);
        }
    }
    match at_sentence {
        Some(sentence) if options.by != By::Tokens => sentence,
        _ => furthest,
    }
}
