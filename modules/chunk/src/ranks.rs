//! How well a cut fits after each piece.

use crate::document::{Block, Document, Kind};
use crate::lines::marker_length;
use crate::pieces::{tokens_between, After, Piece};
use crate::sentences::{ends_of_sentences, Language};

/// From the worst place for a cut to the best.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Rank {
    /// Inside something that fits into a chunk as a whole: never.
    Held,
    /// Inside a word that no chunk can hold.
    Torn,
    /// Between two words.
    Word,
    /// After a comma, a colon, a dash.
    Clause,
    /// At the end of a line of prose.
    Line,
    /// After a heading, or after what announces a list.
    Glued,
    /// After a sentence, or a line of code.
    Sentence,
    /// Before an item of a list, or at an empty line in code.
    Item,
    /// Between two blocks.
    Block,
    /// Before a heading with something above it that is none.
    Section,
}

/// The rank of the place after each piece, for chunks of up to `most` tokens.
pub fn ranks(document: &Document<'_>, pieces: &[Piece], most: usize, language: Option<Language>) -> Vec<Rank> {
    let mut ranks: Vec<Rank> = pieces.iter().map(|piece| by_itself(&document.text, piece)).collect();
    let blocks = &document.outline.blocks;
    let mut first = 0;
    for (index, block) in blocks.iter().enumerate() {
        first += pieces[first..].partition_point(|piece| (piece.start as usize) < block.start);
        let end = first + pieces[first..].partition_point(|piece| (piece.end as usize) <= block.end);
        if first == end {
            continue;
        }
        let inside = &mut ranks[first..end - 1];
        if block.kind.is_made_of_lines() {
            lines(&pieces[first..end], inside);
        } else {
            sentences(&document.text, *block, &pieces[first..end], inside, language);
        }
        if let Some(next) = blocks.get(index + 1) {
            ranks[end - 1] = between(&document.text, block, next);
        }
        first = end;
    }
    hold(document, pieces, most, &mut ranks);
    ranks
}

fn by_itself(text: &str, piece: &Piece) -> Rank {
    match piece.after {
        After::Torn => Rank::Torn,
        After::Line | After::EmptyLine => Rank::Line,
        After::Space
            if text[..piece.end as usize].ends_with([',', ';', ':', '–', '—', ')', '\u{3001}', '\u{ff0c}']) =>
        {
            Rank::Clause
        }
        After::Space => Rank::Word,
    }
}

/// In code and tables a line is what a sentence is in prose.
fn lines(pieces: &[Piece], ranks: &mut [Rank]) {
    for (rank, piece) in ranks.iter_mut().zip(pieces) {
        match piece.after {
            After::EmptyLine => *rank = Rank::Item,
            After::Line => *rank = Rank::Sentence,
            After::Space | After::Torn => {}
        }
    }
}

fn sentences(text: &str, block: Block, pieces: &[Piece], ranks: &mut [Rank], language: Option<Language>) {
    let mut at = 0;
    for end in ends_of_sentences(&text[block.start..block.end], language) {
        let end = block.start + end;
        at += pieces[at..].partition_point(|piece| (piece.end as usize) < end);
        if pieces[at].end as usize == end && at < ranks.len() {
            ranks[at] = Rank::Sentence;
        }
    }
    for (index, rank) in
        ranks.iter_mut().enumerate().filter(|(_, rank)| **rank == Rank::Line || **rank == Rank::Sentence)
    {
        let next = pieces[index + 1].start as usize;
        let begins_line = matches!(pieces[index].after, After::Line | After::EmptyLine);
        if begins_line && marker_length(&text[next..block.end]) > 0 {
            *rank = Rank::Item;
        }
    }
}

/// The rank of the place between two blocks.
fn between(text: &str, block: &Block, next: &Block) -> Rank {
    let announces = || {
        let announced = matches!(next.kind, Kind::List | Kind::Code | Kind::Table | Kind::Quote);
        announced
            && !next.nested
            && block.kind == Kind::Paragraph
            && text[block.start..block.end].ends_with([':', '\u{ff1a}'])
    };
    if block.kind == Kind::Heading || announces() {
        Rank::Glued
    } else if next.kind == Kind::Heading || block.kind == Kind::FrontMatter {
        Rank::Section
    } else if next.nested {
        Rank::Sentence
    } else if block.kind == Kind::List && next.kind == Kind::List {
        Rank::Item
    } else {
        Rank::Block
    }
}

fn hold(document: &Document<'_>, pieces: &[Piece], most: usize, ranks: &mut [Rank]) {
    for &(start, end) in &document.outline.held {
        let first = pieces.partition_point(|piece| (piece.start as usize) < start);
        let stop = pieces.partition_point(|piece| (piece.end as usize) <= end);
        if first + 1 < stop && tokens_between(pieces, first, stop) <= most {
            ranks[first..stop - 1].fill(Rank::Held);
        }
    }
}
