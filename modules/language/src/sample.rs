//! What is read of a long text: pieces from all over it, since a few kilobytes tell a language.

/// A text of more bytes is read in part.
const WHOLE: usize = 12_288;
const PIECES: usize = 12;
const PIECE: usize = 1_024;

/// The text, or pieces of it in their order, cut at spaces where there are any.
pub fn sample(text: &str) -> Vec<&str> {
    if text.len() <= WHOLE {
        return vec![text];
    }
    let step = (text.len() - PIECE) / (PIECES - 1);
    (0..PIECES).map(|piece| whole_words(text, piece * step)).collect()
}

fn whole_words(text: &str, start: usize) -> &str {
    let boundary = |mut at: usize| {
        while !text.is_char_boundary(at) {
            at += 1;
        }
        at
    };
    let piece = &text[boundary(start)..boundary((start + PIECE).min(text.len()))];
    let begin = if start == 0 { 0 } else { piece.find(char::is_whitespace).unwrap_or(0) };
    let end = piece.rfind(char::is_whitespace).filter(|end| *end > begin).unwrap_or(piece.len());
    &piece[begin..end]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_short_text_is_read_whole_and_a_long_one_from_start_to_end() {
        assert_eq!(sample("a b"), ["a b"]);
        let long = "wörd ".repeat(100_000);
        let pieces = sample(&long);
        assert_eq!(pieces.len(), PIECES);
        assert!(pieces.iter().all(|piece| piece.len() <= PIECE && piece.split_whitespace().all(|word| word == "wörd")));
    }
}
