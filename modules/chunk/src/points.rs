//! From bytes to Unicode code points, in one walk over a text.

/// Counts the code points before bytes that come in order.
#[derive(Clone, Debug)]
pub struct Points<'t> {
    text: &'t str,
    byte: usize,
    point: usize,
}

impl<'t> Points<'t> {
    /// At the start of `text`.
    pub fn new(text: &'t str) -> Self {
        Self { text, byte: 0, point: 0 }
    }

    /// The code points before `byte`, which is not before the one asked for last.
    pub fn before(&mut self, byte: usize) -> usize {
        self.point += self.text[self.byte..byte].chars().count();
        self.byte = byte;
        self.point
    }
}
