//! Whether a comma or a point stands before a fraction, by the numbers in which it can only be one of them.

use super::Delimiter;
use crate::cell::Mark;
use crate::table::Table;

/// How many cells speak for each mark.
#[derive(Clone, Copy, Debug, Default)]
pub struct Votes {
    points: usize,
    commas: usize,
    /// Whether there are numbers such as `1.234` or `1,234`, which are read in both ways.
    pub doubtful: bool,
}

const SAMPLE_CELLS: usize = 20_000;

impl Votes {
    /// How many speak for `mark`.
    pub fn of(&self, mark: Mark) -> usize {
        match mark {
            Mark::Point => self.points,
            Mark::Comma => self.commas,
        }
    }

    /// The mark with more votes. Without any, tables with semicolons come from where the comma is the mark.
    pub fn mark(&self, delimiter: Option<Delimiter>) -> Mark {
        let tie = self.doubtful && delimiter == Some(Delimiter::Semicolon);
        if self.commas > self.points || (self.commas == self.points && tie) {
            Mark::Comma
        } else {
            Mark::Point
        }
    }
}

/// The votes of the first cells of `table`.
pub fn votes(table: &Table) -> Votes {
    let mut votes = Votes::default();
    let cells = (0..table.len()).flat_map(|record| table.record(record)).take(SAMPLE_CELLS);
    for cell in cells {
        vote(cell, &mut votes);
    }
    votes
}

fn vote(cell: &str, votes: &mut Votes) {
    if cell.len() > 40 || !cell.contains(['.', ',']) {
        return;
    }
    // In 1,5e-3 the exponent says nothing.
    let exponent =
        cell.find(['e', 'E']).filter(|at| cell[at + 1..].trim_start_matches(['+', '-']).parse::<u16>().is_ok());
    let cell = exponent.map_or(cell, |at| &cell[..at]);
    let is_part = |letter: char| letter.is_ascii_digit() || matches!(letter, '.' | ',');
    let (Some(first), Some(last)) = (cell.find(|letter: char| letter.is_ascii_digit()), cell.rfind(is_part)) else {
        return;
    };
    // Around the number there may be a sign, a currency or a percent sign, but not much more.
    let number = &cell[first..=last];
    let around = cell.len() - number.len();
    if around > 8 || !number.chars().all(|letter| is_part(letter) || matches!(letter, ' ' | '\u{a0}' | '\u{202f}')) {
        return;
    }
    let (points, commas) = (number.matches('.').count(), number.matches(',').count());
    match (points, commas) {
        (0, 1) => single(number, ',', &mut votes.commas, &mut votes.doubtful),
        (1, 0) => single(number, '.', &mut votes.points, &mut votes.doubtful),
        (1, 1..) if number.rfind('.') > number.rfind(',') && groups(number.split('.').next(), ',') => votes.points += 1,
        (1.., 1) if number.rfind(',') > number.rfind('.') && groups(number.split(',').next(), '.') => votes.commas += 1,
        (0, 2..) if groups(Some(number), ',') => votes.points += 1,
        (2.., 0) if groups(Some(number), '.') => votes.commas += 1,
        _ => {}
    }
}

/// A number with one sign, after which three digits may be thousands.
fn single(number: &str, sign: char, votes: &mut usize, doubtful: &mut bool) {
    let Some((whole, rest)) = number.split_once(sign) else {
        return;
    };
    let spaced = whole.contains([' ', '\u{a0}', '\u{202f}']);
    let thousands = rest.len() == 3 && !whole.starts_with('0') && whole.len() <= 3 && !spaced;
    if rest.is_empty() || !rest.bytes().all(|byte| byte.is_ascii_digit()) {
        return;
    }
    if thousands {
        *doubtful = true;
    } else {
        *votes += 1;
    }
}

/// Whether `whole` is digits in groups of three.
fn groups(whole: Option<&str>, separator: char) -> bool {
    let mut groups = whole.unwrap_or_default().split(separator);
    let digits = |group: &str| group.bytes().all(|byte| byte.is_ascii_digit());
    groups.next().is_some_and(|first| (1..=3).contains(&first.len()) && digits(first))
        && groups.all(|group| group.len() == 3 && digits(group))
}
