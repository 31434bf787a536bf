//! Randomness that is the same on every machine, for generated test sets and property tests.
//!
//! SplitMix64 (Steele, Lea, Flood: "Fast splittable pseudorandom number generators", 2014).

/// A stream of numbers that its seed determines.
#[derive(Clone, Debug)]
pub struct Seeded(u64);

impl Seeded {
    /// The stream of `seed`.
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// The next 64 bits.
    pub fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// A number below `limit`, which is not zero.
    pub fn below(&mut self, limit: usize) -> usize {
        (self.bits() % limit as u64) as usize
    }

    /// A number from `low` to `high`, both included.
    pub fn between(&mut self, low: usize, high: usize) -> usize {
        low + self.below(high - low + 1)
    }

    /// One of `items`, which is not empty.
    pub fn pick<'a, T: ?Sized>(&mut self, items: &[&'a T]) -> &'a T {
        items[self.below(items.len())]
    }

    /// `count` decimal digits.
    pub fn digits(&mut self, count: usize) -> String {
        (0..count).map(|_| char::from(b'0' + self.below(10) as u8)).collect()
    }

    /// `items` in another order (Fisher and Yates).
    pub fn shuffle<T>(&mut self, items: &mut [T]) {
        for last in (1..items.len()).rev() {
            items.swap(last, self.below(last + 1));
        }
    }

    /// `bytes` after a few random changes: flipped, removed, cut off, or copied to another place.
    pub fn damaged(&mut self, bytes: &[u8]) -> Vec<u8> {
        let mut bytes = bytes.to_vec();
        for _ in 0..self.between(1, 6) {
            let at = self.below(bytes.len() + 1);
            let end = (at + self.below(40)).min(bytes.len());
            match self.below(8) {
                0..3 if at < bytes.len() => bytes[at] = self.bits() as u8,
                3 | 4 => drop(bytes.drain(at..end)),
                5 => bytes.truncate(at),
                _ => {
                    let piece = bytes[at..end].to_vec();
                    let place = self.below(bytes.len() + 1);
                    drop(bytes.splice(place..place, piece));
                }
            }
        }
        bytes
    }

    /// Up to `longest` pieces of text of the kinds that break careless offsets: combining marks, right-to-left
    /// scripts with their marks, emoji joined by zero-width joiners, CRLF, unusual spaces, and plain words.
    pub fn unruly_text(&mut self, longest: usize) -> String {
        const PIECES: &[&str] = &[
            "plain words ",
            "e\u{301}te\u{301} ",
            "n\u{303}",
            "\u{5e9}\u{5dc}\u{5d5}\u{5dd} ",
            "\u{627}\u{644}\u{633}\u{644}\u{627}\u{645} ",
            "\u{200f}",
            "\u{202b}",
            "\u{202c}",
            "\u{200e}",
            "\u{1f469}\u{200d}\u{1f4bb} ",
            "\u{1f1eb}\u{1f1f7}",
            "\u{1f44d}\u{1f3fd}",
            "\r\n",
            "\r\n\r\n",
            "\r",
            "\n",
            "\t",
            "\u{a0}",
            "\u{202f}",
            "\u{3000}",
            "\u{feff}",
            "\0",
            "\u{65e5}\u{672c}\u{8a9e}\u{3002}",
            ". ",
            "! ",
            "? ",
            "\u{2026} ",
            "\u{ab} oui \u{bb} ",
            "\"quoted.\" ",
            "3.14 ",
            "Dr. ",
            "[EMAIL_1]",
            "[",
            "]",
            "1",
            "42 ",
            "\u{212b}",
            "\u{fb01}",
            "\u{1d7d8}",
            "\u{10ffff}",
            "\\u0041",
            "{}",
        ];
        (0..self.below(longest + 1)).map(|_| self.pick(PIECES)).collect()
    }
}
