//! The pieces of a text between which it may be cut: words with the punctuation on them, and single ideographs.

use crate::clusters::{cluster_length, is_blank};
use crate::tokens::{is_ideographic, tokens_of_blank, weigh, Tally};

/// What stands between a piece and the next.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum After {
    /// Nothing: a word too long for a chunk goes on.
    Torn,
    /// White space on the line, or nothing between ideographs.
    Space,
    /// The end of a line.
    Line,
    /// An empty line.
    EmptyLine,
}

/// One piece; offsets are bytes.
#[derive(Clone, Copy, Debug)]
pub struct Piece {
    /// Its first byte.
    pub start: u32,
    /// Just after its last byte.
    pub end: u32,
    /// The tokens of everything before it and of the white space before it.
    pub before: u32,
    /// Its own tokens.
    pub tokens: u32,
    /// What follows it.
    pub after: After,
}

/// The tokens of a chunk of the pieces from `first` to just before `end`.
pub fn tokens_between(pieces: &[Piece], first: usize, end: usize) -> usize {
    if first >= end {
        return 0;
    }
    let last = &pieces[end - 1];
    (last.before + last.tokens - pieces[first].before) as usize
}

/// All pieces of `text`; none has more than `most` tokens, and what has is torn into pieces of at most `torn`.
pub fn pieces(text: &str, most: usize, torn: usize) -> Vec<Piece> {
    let mut pieces = Pieces { found: Vec::new(), total: 0, gap: 0 };
    let mut at = 0;
    while at < text.len() {
        let length = cluster_length(text, at);
        if is_blank(&text[at..at + length]) {
            at = pieces.blank(text, at);
            continue;
        }
        let (end, tokens) = end_of_piece(text, at);
        if tokens <= most {
            pieces.push(at, end, tokens, After::Space);
        } else {
            tear(text, at, end, torn, &mut pieces);
        }
        at = end;
    }
    pieces.found
}

struct Pieces {
    found: Vec<Piece>,
    total: usize,
    gap: usize,
}

impl Pieces {
    fn push(&mut self, start: usize, end: usize, tokens: usize, after: After) {
        let gap = if self.found.is_empty() { 0 } else { self.gap };
        self.total += gap;
        let [start, end, before] = [start, end, self.total].map(|number| number as u32);
        self.found.push(Piece { start, end, before, tokens: tokens as u32, after });
        self.total += tokens;
        self.gap = 0;
    }

    /// The white space at `at` belongs to no piece; gives where it ends.
    fn blank(&mut self, text: &str, at: usize) -> usize {
        let (mut end, mut letters, mut line_ends) = (at, 0, 0);
        while end < text.len() {
            let cluster = &text[end..end + cluster_length(text, end)];
            if !is_blank(cluster) {
                break;
            }
            line_ends += usize::from(cluster.contains(['\n', '\r', '\u{2029}']));
            letters += cluster.chars().count();
            end += cluster.len();
        }
        self.gap = tokens_of_blank(letters);
        if let Some(last) = self.found.last_mut() {
            last.after = match line_ends {
                0 => After::Space,
                1 => After::Line,
                _ => After::EmptyLine,
            };
        }
        end
    }
}

/// Where the piece that starts at `start` ends, and its tokens.
fn end_of_piece(text: &str, start: usize) -> (usize, usize) {
    let (mut at, mut tally) = (start, Tally::new());
    let mut before: Option<char> = None;
    while at < text.len() {
        let cluster = &text[at..at + cluster_length(text, at)];
        let Some(letter) = cluster.chars().next() else { break };
        if is_blank(cluster) || before.is_some_and(|before| may_be_cut(before, letter)) {
            break;
        }
        let (class, weight) = weigh(cluster);
        tally.add(class, weight);
        before = Some(letter);
        at += cluster.len();
    }
    (at, tally.tokens())
}

/// Whether a cut between two characters without space between them does no harm.
fn may_be_cut(before: char, after: char) -> bool {
    if before.is_ascii() && after.is_ascii() {
        return false;
    }
    let wide_stop = |letter| matches!(letter, '\u{3001}' | '\u{3002}' | '\u{ff01}' | '\u{ff0c}' | '\u{ff1f}');
    let either = is_ideographic(before) || is_ideographic(after) || wide_stop(before);
    either && !closes(after) && !opens(before)
}

fn opens(letter: char) -> bool {
    matches!(
        letter,
        '(' | '['
            | '{'
            | '"'
            | '\''
            | '“'
            | '‘'
            | '«'
            | '\u{3008}'
            | '\u{300a}'
            | '\u{300c}'
            | '\u{300e}'
            | '\u{3010}'
            | '\u{3014}'
            | '\u{ff08}'
            | '\u{ff3b}'
    )
}

fn closes(letter: char) -> bool {
    letter.is_ascii_punctuation() && !matches!(letter, '(' | '[' | '{')
        || matches!(
            letter,
            '”' | '’' | '»' | '…' | '\u{3001}'
                ..='\u{3003}'
                    | '\u{3005}'
                    | '\u{3009}'
                    | '\u{300b}'
                    | '\u{300d}'
                    | '\u{300f}'
                    | '\u{3011}'
                    | '\u{3015}'
                    | '\u{30fb}'
                    | '\u{30fc}'
                    | '\u{ff01}'
                    | '\u{ff09}'
                    | '\u{ff0c}'
                    | '\u{ff0e}'
                    | '\u{ff1a}'
                    | '\u{ff1b}'
                    | '\u{ff1f}'
                    | '\u{ff3d}'
        )
}

/// Cut a word that no chunk can hold: where its kind of character changes if that leaves half a piece, else between
/// clusters, and inside a cluster only if that alone is too long.
fn tear(text: &str, start: usize, end: usize, most: usize, pieces: &mut Pieces) {
    let (mut from, mut at) = (start, start);
    let (mut tally, mut tokens) = (Tally::new(), 0);
    let mut soft: Option<(usize, usize)> = None;
    while at < end {
        let cluster = &text[at..at + cluster_length(text, at)];
        let (class, weight) = weigh(cluster);
        let mut grown = tally;
        let begins = grown.add(class, weight);
        if begins && tokens * 2 >= most {
            soft = Some((at, tokens));
        }
        if grown.tokens() <= most {
            (tally, tokens) = (grown, grown.tokens());
            at += cluster.len();
        } else if from == at {
            at = tear_cluster(text, at, at + cluster.len(), most, pieces);
            from = at;
        } else {
            let (cut, held) = soft.unwrap_or((at, tokens));
            pieces.push(from, cut, held, After::Torn);
            (from, at) = (cut, cut);
            (tally, tokens, soft) = (Tally::new(), 0, None);
        }
    }
    if from < end {
        pieces.push(from, end, tokens, After::Space);
    } else if let Some(last) = pieces.found.last_mut() {
        last.after = After::Space;
    }
}

/// Cut one cluster between its code points, each of which weighs no more than two tokens.
fn tear_cluster(text: &str, start: usize, end: usize, most: usize, pieces: &mut Pieces) -> usize {
    let per_piece = (most / 2).max(1);
    let mut from = start;
    let points: Vec<usize> = text[start..end].char_indices().map(|(at, _)| start + at).collect();
    for cut in points.iter().copied().skip(per_piece).step_by(per_piece).chain([end]) {
        let mut tally = Tally::new();
        let (class, weight) = weigh(&text[from..cut]);
        tally.add(class, weight);
        pieces.push(from, cut, tally.tokens(), After::Torn);
        from = cut;
    }
    end
}
