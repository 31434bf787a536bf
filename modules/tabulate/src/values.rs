//! Which values a column has, and how often.

/// How many of the most frequent ones are listed.
const MOST_TOP: usize = 5;
/// How long a listed value is, in code points.
pub const LONGEST_VALUE: usize = 60;

/// A value and how often it comes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Top {
    /// The value, shortened.
    pub value: String,
    /// How often.
    pub count: usize,
}

/// The different values of a column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Values {
    /// How many there are, exactly.
    pub distinct: usize,
    /// The most frequent ones; of equally frequent ones those that sort first.
    pub top: Vec<Top>,
}

/// The values among `cells`.
pub fn count(mut cells: Vec<&str>) -> Values {
    cells.sort_unstable();
    let mut counted: Vec<(usize, &str)> =
        cells.chunk_by(|left, right| left == right).map(|group| (group.len(), group[0])).collect();
    let distinct = counted.len();
    counted.sort_by(|left, right| right.0.cmp(&left.0).then(left.1.cmp(right.1)));
    let top = counted.iter().take(MOST_TOP).map(|(count, value)| Top { value: shortened(value), count: *count });
    Values { distinct, top: top.collect() }
}

/// `text`, with an ellipsis when it is cut.
pub fn shortened(text: &str) -> String {
    match text.char_indices().nth(LONGEST_VALUE) {
        Some((end, _)) => format!("{}\u{2026}", text[..end].trim_end()),
        None => text.to_owned(),
    }
}
