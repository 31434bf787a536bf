//! Numbers, words, spaces and marks: what the grammars of dates and amounts are written in.

use super::lexicon::{entry_of, senses, Key, Sense};

/// What a token is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// ASCII digits.
    Number,
    /// Letters of any script and the accents that combine with them.
    Word,
    /// Space within a line.
    Space,
    /// A line end.
    Break,
    /// Any other single character.
    Mark,
}

#[derive(Clone, Copy, Debug)]
struct Token {
    start: u32,
    end: u32,
    shape: Shape,
    /// Where the lexicon has its word; 0 for a word that it does not know.
    entry: u16,
}

/// All tokens of a text. Places are indices of tokens; a place after the last is allowed and holds nothing.
pub struct Tokens<'t> {
    /// The text itself.
    pub text: &'t str,
    list: Vec<Token>,
}

impl<'t> Tokens<'t> {
    /// The tokens of `text`.
    pub fn new(text: &'t str) -> Self {
        let mut list: Vec<Token> = Vec::with_capacity(text.len() / 3);
        for (start, letter) in text.char_indices() {
            let end = (start + letter.len_utf8()) as u32;
            let shape = shape_of(letter);
            match list.last_mut() {
                Some(last) if last.shape == shape && shape != Shape::Mark => last.end = end,
                _ => list.push(Token { start: start as u32, end, shape, entry: 0 }),
            }
        }
        for token in &mut list {
            if token.shape == Shape::Word {
                token.entry = entry_of(&text[token.start as usize..token.end as usize]);
            }
        }
        Self { text, list }
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.list.len()
    }

    /// What stands at `place`.
    pub fn shape(&self, place: usize) -> Option<Shape> {
        self.list.get(place).map(|token| token.shape)
    }

    /// The characters of the token at `place`; none after the last.
    pub fn at(&self, place: usize) -> &'t str {
        self.list.get(place).map_or("", |token| &self.text[token.start as usize..token.end as usize])
    }

    /// The first byte of the token at `place`.
    pub fn start(&self, place: usize) -> usize {
        self.list.get(place).map_or(self.text.len(), |token| token.start as usize)
    }

    /// The byte after the token before `place`: where something of the tokens up to `place` ends.
    pub fn end_before(&self, place: usize) -> usize {
        self.list[place - 1].end as usize
    }

    /// The number at `place`, if one stands there and has at most `longest` digits.
    pub fn number(&self, place: usize, longest: usize) -> Option<u32> {
        let digits = self.at(place);
        (self.shape(place) == Some(Shape::Number) && digits.len() <= longest.min(9)).then(|| digits.parse().ok())?
    }

    /// Whether the mark at `place` is one of `marks`.
    pub fn is_mark(&self, place: usize, marks: &str) -> bool {
        self.shape(place) == Some(Shape::Mark) && marks.contains(self.at(place))
    }

    /// The place after a space at `place`, else `place`.
    pub fn after_space(&self, place: usize) -> usize {
        place + usize::from(self.shape(place) == Some(Shape::Space))
    }

    /// The place after a mark out of `marks` at `place`, else `place`.
    pub fn after_mark(&self, place: usize, marks: &str) -> usize {
        place + usize::from(self.is_mark(place, marks))
    }

    /// What the lexicon knows of the word at `place`.
    pub fn senses(&self, place: usize) -> impl Iterator<Item = Sense> + use<> {
        senses(self.list.get(place).map_or(0, |token| token.entry))
    }

    /// Whether the word at `place` has this part in a grammar.
    pub fn is_key(&self, place: usize, key: Key) -> bool {
        self.senses(place).any(|sense| sense == Sense::Key(key))
    }

    /// The month that the word at `place` names.
    pub fn month(&self, place: usize) -> Option<u8> {
        self.senses(place).find_map(|sense| if let Sense::Month(month) = sense { Some(month) } else { None })
    }

    /// The weekday that the word at `place` names, 1 for Monday.
    pub fn weekday(&self, place: usize) -> Option<u8> {
        self.senses(place).find_map(|sense| if let Sense::Weekday(day) = sense { Some(day) } else { None })
    }

    /// The place of the nearest word before `place`, with nothing but spaces and marks of `between` in between.
    pub fn word_before(&self, place: usize, between: &str) -> Option<usize> {
        (place.saturating_sub(4)..place)
            .rev()
            .find(|before| self.shape(*before) != Some(Shape::Space) && !self.is_mark(*before, between))
            .filter(|before| self.shape(*before) == Some(Shape::Word))
    }
}

fn shape_of(letter: char) -> Shape {
    match letter {
        '0'..='9' => Shape::Number,
        'a'..='z' | 'A'..='Z' => Shape::Word,
        ' ' | '\t' | '\u{a0}' | '\u{202f}' | '\u{2009}' => Shape::Space,
        '\n' | '\r' | '\u{2028}' | '\u{2029}' | '\u{85}' | '\u{b}' | '\u{c}' => Shape::Break,
        _ if letter.is_ascii() => Shape::Mark,
        '\u{300}'..='\u{36f}' => Shape::Word,
        _ if letter.is_alphabetic() => Shape::Word,
        _ if letter.is_whitespace() => Shape::Space,
        _ => Shape::Mark,
    }
}
