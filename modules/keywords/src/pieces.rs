//! The words of a text, and where phrases and sentences end between them.

/// What is between a word and the one before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Before {
    /// A space, or a line end within a sentence: a phrase may go on.
    Space,
    /// Punctuation, a table, a list, code.
    Cut,
    /// The end of a sentence, or the start of the text.
    Sentence,
}

/// One word.
#[derive(Clone, Copy, Debug)]
pub struct Piece<'t> {
    /// The word itself.
    pub word: &'t str,
    /// Its first byte.
    pub start: usize,
    /// What is between it and the one before.
    pub before: Before,
}

/// What a word is cut from before an apostrophe in French.
const ELIDED: &[&str] = &["l", "d", "qu", "j", "n", "s", "c", "m", "t", "jusqu", "lorsqu", "puisqu", "quelqu"];
/// What stands in code, addresses and markup and not in words.
const CODE: &[char] = &['_', '=', '{', '}', '<', '>', '\\', '$', '@', '#', '|', '~', '^', '`'];

/// All words of `text`.
pub fn pieces(text: &str) -> Vec<Piece<'_>> {
    let mut reader = Reader { pieces: Vec::new(), before: Before::Sentence };
    let mut fenced = false;
    let mut at = 0;
    while at < text.len() {
        let gap = text[at..].find(|letter: char| !is_space(letter)).unwrap_or(text.len() - at);
        let start = at + gap;
        let length = text[start..].find(is_space).unwrap_or(text.len() - start);
        let chunk = &text[start..start + length];
        reader.space(&text[at..start], chunk);
        at = start + length;
        if chunk.starts_with("```") || chunk.starts_with("~~~") {
            fenced = !fenced;
            reader.cut(Before::Sentence);
        } else if fenced || is_code(chunk) {
            reader.cut(Before::Cut);
        } else {
            reader.chunk(chunk, start);
        }
    }
    reader.pieces
}

struct Reader<'t> {
    pieces: Vec<Piece<'t>>,
    before: Before,
}

impl<'t> Reader<'t> {
    /// Remember the strongest break since the last word.
    fn cut(&mut self, break_: Before) {
        self.before = match (self.before, break_) {
            (Before::Sentence, _) | (_, Before::Sentence) => Before::Sentence,
            (Before::Cut, _) | (_, Before::Cut) => Before::Cut,
            _ => Before::Space,
        };
    }

    /// White space before `next`: columns and lines end phrases, but a line that goes on in small letters does not.
    fn space(&mut self, space: &str, next: &str) {
        match space.matches('\n').count().max(space.matches('\r').count()) {
            0 if space.contains('\t') || space.matches(' ').count() > 1 => self.cut(Before::Cut),
            0 => {}
            1 if next.starts_with(char::is_lowercase) => {}
            _ => self.cut(Before::Sentence),
        }
    }

    /// The words of a piece of text without white space.
    fn chunk(&mut self, chunk: &'t str, offset: usize) {
        let mut at = 0;
        let mut found = false;
        while let Some((start, end)) = next_word(chunk, at) {
            self.mark(&chunk[at..start], found);
            self.word(&chunk[start..end], offset + start);
            at = end;
            found = true;
        }
        self.mark(&chunk[at..], found);
        if !found {
            self.cut(Before::Cut);
        }
    }

    /// Punctuation between words, or at either end of a chunk.
    fn mark(&mut self, marks: &str, after_word: bool) {
        if marks.is_empty() || marks == "'" || marks == "’" {
            return;
        }
        let last_is_short = || {
            self.pieces.last().is_some_and(|piece| {
                piece.word.chars().count() <= 2 || matches!(piece.word, "Mrs" | "Mme" | "Mlle" | "vol" | "etc")
            })
        };
        if marks.contains(['!', '?', '…', '。', '！', '？']) || marks.contains('.') && after_word && !last_is_short()
        {
            self.cut(Before::Sentence);
        } else {
            self.cut(Before::Cut);
        }
    }

    /// One word, or the two that an apostrophe joins.
    fn word(&mut self, word: &'t str, start: usize) {
        if let Some(at) = word.find(['\'', '’']) {
            let (first, rest) = word.split_at(at);
            let second = &rest[rest.chars().next().map_or(0, char::len_utf8)..];
            if ELIDED.contains(&first.to_lowercase().as_str()) {
                self.push(first, start);
                self.word(second, start + word.len() - second.len());
                return;
            }
            if matches!(second, "s" | "S") {
                self.push(first, start);
                return;
            }
        }
        self.push(word, start);
    }

    fn push(&mut self, word: &'t str, start: usize) {
        if !word.is_empty() {
            self.pieces.push(Piece { word, start, before: self.before });
            self.before = Before::Space;
        }
    }
}

fn is_space(letter: char) -> bool {
    letter.is_whitespace() || matches!(letter, '\u{feff}' | '\0')
}

/// Letters, digits and the marks on them, with single hyphens and apostrophes inside.
fn next_word(chunk: &str, from: usize) -> Option<(usize, usize)> {
    let start = from + chunk[from..].find(is_in_word)?;
    let mut end = start;
    let mut letters = chunk[start..].char_indices().peekable();
    while let Some((at, letter)) = letters.next() {
        let joined = matches!(letter, '-' | '‐' | '‑' | '\'' | '’')
            && letters.peek().is_some_and(|(_, next)| next.is_alphanumeric());
        if !is_in_word(letter) && !joined {
            break;
        }
        end = start + at + letter.len_utf8();
    }
    Some((start, end))
}

fn is_in_word(letter: char) -> bool {
    if letter.is_ascii() {
        letter.is_ascii_alphanumeric()
    } else {
        letter.is_alphanumeric() || unicode_normalization::char::is_combining_mark(letter) || letter == '\u{200d}'
    }
}

/// Whether a piece without white space is an address, a path, a call or an identifier of a program.
fn is_code(chunk: &str) -> bool {
    let bare = chunk.trim_matches(|letter: char| "*_\"'«»“”()[],;:.!?#".contains(letter));
    if bare.contains(CODE)
        || bare.contains("://")
        || bare.contains("::")
        || bare.contains("()")
        || bare.contains("](")
        || bare.starts_with("www.")
    {
        return true;
    }
    let bytes = bare.as_bytes();
    let inside = |at: usize| {
        at >= 2
            && bytes[at - 1].is_ascii_lowercase()
            && bytes[at - 2].is_ascii_lowercase()
            && bytes.get(at + 1).is_some_and(u8::is_ascii_lowercase)
    };
    let called = bare.find('(').is_some_and(|at| at > 0 && !bare[..at].ends_with(['-', '/']));
    called || bytes.iter().enumerate().any(|(at, byte)| *byte == b'.' && inside(at)) || bare.matches('/').count() > 1
}
