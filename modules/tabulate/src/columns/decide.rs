//! The type of a column by how many of its cells have which form.

use super::Type;
use crate::cell::{Cell, Code};

/// The share of cells that a type needs.
const ENOUGH: f64 = 0.9;
/// The share from which on a second kind of cell makes a column mixed.
const SECOND: f64 = 0.1;
/// The share of codes that turns numbers into texts: of identifiers only one in ten begins with a zero.
const CODES: f64 = 0.01;

#[derive(Default)]
struct Counts {
    integers: usize,
    fractions: usize,
    money: usize,
    percents: usize,
    booleans: usize,
    dates: usize,
    times: usize,
    codes: usize,
    texts: usize,
}

/// The type of `cells`, of which so many are different.
pub fn kind(cells: &[Cell], distinct: usize) -> Type {
    let mut counts = Counts::default();
    for cell in cells {
        counts.add(cell);
    }
    counts.kind(distinct)
}

/// Whether nearly all of `cells` are digits, numbers or not.
pub fn are_digits(cells: &[Cell]) -> bool {
    let filled = cells.iter().filter(|cell| **cell != Cell::Null).count();
    let digits = cells.iter().filter(|cell| matches!(cell, Cell::Figure(_) | Cell::Code(_))).count();
    digits as f64 >= ENOUGH * filled as f64
}

impl Counts {
    fn add(&mut self, cell: &Cell) {
        match cell {
            Cell::Null => {}
            Cell::Figure(figure) if figure.integer => self.integers += 1,
            Cell::Figure(_) => self.fractions += 1,
            Cell::Money(..) => self.money += 1,
            Cell::Percent(_) => self.percents += 1,
            Cell::Boolean => self.booleans += 1,
            Cell::Moment(moment) if moment.seconds.is_some() => self.times += 1,
            Cell::Moment(_) => self.dates += 1,
            Cell::Code(_) => self.codes += 1,
            Cell::Text => self.texts += 1,
        }
    }

    fn kind(&self, distinct: usize) -> Type {
        let numbers = self.integers + self.fractions;
        let dates = self.dates + self.times;
        let all = numbers + self.money + self.percents + self.booleans + dates + self.codes + self.texts;
        let share = |count: usize| count as f64 / all as f64;
        if all == 0 {
            return Type::Empty;
        }
        if self.codes > 0 && share(self.codes) >= CODES && share(self.codes + numbers) >= ENOUGH {
            return self.text(distinct, all);
        }
        if share(numbers) >= ENOUGH {
            return if self.fractions > 0 { Type::Number } else { Type::Integer };
        }
        if share(self.booleans) >= ENOUGH {
            return Type::Boolean;
        }
        if share(dates) >= ENOUGH {
            return if self.times > 0 { Type::DateTime } else { Type::Date };
        }
        // Some amounts without their sign do not make a column mixed.
        if share(self.money) >= 0.5 && share(self.money + numbers) >= ENOUGH {
            return Type::Money;
        }
        if share(self.percents) >= 0.5 && share(self.percents + numbers) >= ENOUGH {
            return Type::Percent;
        }
        let texts = self.codes + self.texts;
        let second = [numbers, self.money, self.percents, dates].into_iter().max().unwrap_or(0);
        if share(second) > SECOND {
            return Type::Mixed;
        }
        self.text(distinct, texts + self.booleans + second)
    }

    /// Text or category.
    fn text(&self, distinct: usize, all: usize) -> Type {
        let repeated = all >= 10 && distinct <= 50 && (distinct * 5 <= all || (distinct <= 5 && distinct * 2 <= all));
        if repeated && self.codes == 0 {
            Type::Category
        } else {
            Type::Text
        }
    }
}

/// Whether a cell is what a column of type `kind` may hold.
pub fn fits(cell: &Cell, kind: Type) -> bool {
    match (cell, kind) {
        (Cell::Null, _) | (_, Type::Text | Type::Category | Type::Mixed | Type::Empty) => true,
        (Cell::Figure(figure), Type::Integer) => figure.integer,
        (Cell::Figure(_), Type::Number | Type::Money | Type::Percent) => true,
        (Cell::Money(..), Type::Money) | (Cell::Percent(_), Type::Percent) | (Cell::Boolean, Type::Boolean) => true,
        (Cell::Moment(moment), Type::Date) => moment.seconds.is_none(),
        (Cell::Moment(_), Type::DateTime) => true,
        (Cell::Code(Code::LeadingZeros), Type::Date | Type::DateTime) => false,
        _ => false,
    }
}
