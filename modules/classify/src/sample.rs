//! What is read of a long text: pieces from all over it, since its beginning and its middle tell what it is about.

use std::ops::Range;

/// A text of more bytes is read in part.
const WHOLE: usize = 32_768;
const PIECES: usize = 32;
const PIECE: usize = 1_024;

/// The text, or pieces of it in their order, cut at spaces where there are any; each with the number of code points
/// before it.
pub fn sample(text: &str) -> Vec<(usize, &str)> {
    if text.len() <= WHOLE {
        return vec![(0, text)];
    }
    let step = (text.len() - PIECE) / (PIECES - 1);
    let (mut byte, mut point) = (0, 0);
    let placed = (0..PIECES).map(|piece| {
        let range = whole_words(text, piece * step);
        point += text[byte..range.start].chars().count();
        byte = range.start;
        (point, &text[range])
    });
    placed.collect()
}

fn whole_words(text: &str, start: usize) -> Range<usize> {
    let boundary = |mut at: usize| {
        while !text.is_char_boundary(at) {
            at += 1;
        }
        at
    };
    let (first, last) = (boundary(start), boundary((start + PIECE).min(text.len())));
    let piece = &text[first..last];
    let begin = if start == 0 { 0 } else { piece.find(char::is_whitespace).unwrap_or(0) };
    let end = piece.rfind(char::is_whitespace).filter(|end| *end > begin).unwrap_or(piece.len());
    first + begin..first + end
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_short_text_is_read_whole_and_a_long_one_from_start_to_end() {
        assert_eq!(sample("a b"), [(0, "a b")]);
        let long = "wörd ".repeat(100_000);
        let letters: Vec<char> = long.chars().collect();
        let pieces = sample(&long);
        assert_eq!(pieces.len(), PIECES);
        for (point, piece) in pieces {
            assert!(piece.len() <= PIECE && piece.split_whitespace().all(|word| word == "wörd"));
            assert!(letters[point..].iter().take(9).eq(piece.chars().take(9).collect::<Vec<_>>().iter()));
        }
    }
}
