//! The passages that two texts share word for word, whatever stands between the words.

use crate::hash::{chained, of_characters};
use crate::normal::normal;
use crate::words::words;

/// The fewest words of a passage.
pub const LEAST_WORDS: usize = 4;
/// The most passages that are reported: the longest.
pub const MOST_PASSAGES: usize = 200;
/// Of a run of words that comes again and again, so many places are tried.
const TRIED: usize = 8;

/// A passage; offsets are Unicode code points.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Passage {
    /// Its first character in the one text.
    pub start: usize,
    /// Just after its last character there.
    pub end: usize,
    /// Its first character in the other text.
    pub other_start: usize,
    /// Just after its last character there.
    pub other_end: usize,
    /// How many words it has.
    pub words: usize,
}

/// What `text` shares with `other`, in the order of `text`, never overlapping there.
pub fn passages(text: &str, other: &str, marks: bool) -> Vec<Passage> {
    let (left, right) = (Words::of(text, marks), Words::of(other, marks));
    let places = right.places();
    let mut found = Vec::new();
    let mut at = 0;
    while at + LEAST_WORDS <= left.keys.len() {
        let run = left.run(at);
        let first = places.partition_point(|(hash, _)| *hash < run);
        let tried = places[first..].iter().take_while(|(hash, _)| *hash == run).take(TRIED);
        let longest = tried.map(|(_, place)| (left.shared(at, &right, *place), *place)).reduce(|best, next| {
            if next.0 > best.0 {
                next
            } else {
                best
            }
        });
        match longest {
            Some((words, place)) if words >= LEAST_WORDS => {
                found.push(left.passage(at, &right, place, words));
                at += words;
            }
            _ => at += 1,
        }
    }
    if found.len() > MOST_PASSAGES {
        found.sort_by(|one: &Passage, other| other.words.cmp(&one.words).then(one.start.cmp(&other.start)));
        found.truncate(MOST_PASSAGES);
        found.sort_by_key(|passage| passage.start);
    }
    found
}

/// The words of a text in the form in which they are compared, and where they stand.
struct Words {
    keys: Vec<u64>,
    spans: Vec<(usize, usize)>,
}

impl Words {
    fn of(text: &str, marks: bool) -> Self {
        let bytes = words(text);
        let keys = bytes.iter().map(|(start, end)| of_characters(normal(&text[*start..*end], marks).chars())).collect();
        let (mut byte, mut point) = (0, 0);
        let mut points = |to: usize| {
            point += text[byte..to].chars().count();
            byte = to;
            point
        };
        let spans = bytes.iter().map(|(start, end)| (points(*start), points(*end))).collect();
        Self { keys, spans }
    }

    /// The hash of the fewest words of a passage from `at` on.
    fn run(&self, at: usize) -> u64 {
        self.keys[at..at + LEAST_WORDS].iter().fold(0, |state, key| chained(state, *key))
    }

    /// Where each run stands, by its hash.
    fn places(&self) -> Vec<(u64, usize)> {
        let last = (self.keys.len() + 1).saturating_sub(LEAST_WORDS);
        let mut places: Vec<(u64, usize)> = (0..last).map(|at| (self.run(at), at)).collect();
        places.sort_unstable();
        places
    }

    /// How many words from `at` on are those of `other` from `place` on.
    fn shared(&self, at: usize, other: &Self, place: usize) -> usize {
        self.keys[at..].iter().zip(&other.keys[place..]).take_while(|(one, other)| one == other).count()
    }

    fn passage(&self, at: usize, other: &Self, place: usize, words: usize) -> Passage {
        let (start, end) = (self.spans[at].0, self.spans[at + words - 1].1);
        let (other_start, other_end) = (other.spans[place].0, other.spans[place + words - 1].1);
        Passage { start, end, other_start, other_end, words }
    }
}
