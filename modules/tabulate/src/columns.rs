//! What a column holds: its type by the forms of its cells, and what belongs to that type.

mod decide;

use crate::cell::{look, Cell, Code, Mark};
use crate::dates::Dates;
use crate::numbers::Numbers;
use crate::outliers::{self, Outliers};
use crate::table::Table;
use crate::values::{self, Top};

/// What the cells of a column are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Type {
    /// There is none.
    Empty,
    /// Numbers without a fraction.
    Integer,
    /// Numbers.
    Number,
    /// Words for true and false.
    Boolean,
    /// Days.
    Date,
    /// Days with times.
    DateTime,
    /// Numbers with a currency.
    Money,
    /// Numbers with a percent sign.
    Percent,
    /// Few texts that come again and again.
    Category,
    /// Texts, and digits that are no number.
    Text,
    /// Several of these.
    Mixed,
}

/// What is known of one column.
#[derive(Clone, Debug)]
pub struct Column {
    /// Its name, or `column_1` and so on.
    pub name: String,
    /// Its type.
    pub kind: Type,
    /// Cells without a value.
    pub nulls: usize,
    /// How many different values there are.
    pub distinct: usize,
    /// The most frequent ones.
    pub top: Vec<Top>,
    /// What belongs to the type.
    pub details: Details,
    /// What is to be said of the column.
    pub findings: Findings,
}

/// What belongs to a type.
#[derive(Clone, Debug)]
pub enum Details {
    /// Nothing.
    None,
    /// Of numbers.
    Numbers {
        /// Their measures.
        numbers: Numbers,
        /// The ones that stand out.
        outliers: Outliers,
        /// The currency that most have.
        currency: Option<&'static str>,
    },
    /// Of dates.
    Dates(Dates),
    /// Of texts: the length of the shortest and of the longest, in code points.
    Lengths(usize, usize),
}

/// How many cells of a column have something to be said of.
#[derive(Clone, Debug, Default)]
pub struct Findings {
    /// Cells that are not of the column's type, and the first of their records.
    pub exceptions: usize,
    /// The records of the first exceptions, counted from 0.
    pub exception_places: Vec<usize>,
    /// Cells with white space at an end.
    pub spaced: usize,
    /// Digits with leading zeros.
    pub leading_zeros: usize,
    /// Digits too many for a number.
    pub many_digits: usize,
    /// Numbers that are kept as text on purpose.
    pub kept_as_text: usize,
    /// Numbers with separated thousands.
    pub grouped: usize,
    /// Amounts in another currency than most.
    pub other_currencies: usize,
    /// Numbers only with the other decimal mark.
    pub other_marks: usize,
    /// Whether a number is taken for an identifier because of the column's name.
    pub named_identifier: bool,
}

/// Words in the name of a column whose digits are no quantity.
const IDENTIFIERS: &[&str] = &[
    "phone",
    "telephone",
    "téléphone",
    "tel",
    "tél",
    "mobile",
    "portable",
    "fax",
    "zip",
    "zipcode",
    "postal",
    "postcode",
    "cp",
    "siren",
    "siret",
    "iban",
    "ean",
    "isbn",
    "ssn",
    "gtin",
    "upc",
    "barcode",
];

const MOST_PLACES: usize = 5;

/// The column `index` of the records from `first` on.
pub fn column(table: &Table, index: usize, first: usize, name: String, mark: Mark) -> Column {
    let records = table.len().saturating_sub(first);
    let raw = |place: usize| table.cell(first + place, index);
    let cells: Vec<Cell> = (0..records).map(|place| look(raw(place), mark)).collect();
    let filled: Vec<&str> =
        (0..records).filter(|place| cells[*place] != Cell::Null).map(|place| raw(place).trim()).collect();
    let nulls = records - filled.len();
    let values = values::count(filled.clone());
    let mut findings = findings(&cells);
    if !decide::are_digits(&cells) {
        // Among texts, digits are nothing to speak of.
        (findings.leading_zeros, findings.many_digits) = (0, 0);
    }
    findings.spaced = (0..records).filter(|place| raw(*place) != raw(*place).trim()).count();
    let mut kind = decide::kind(&cells, values.distinct);
    if kind == Type::Integer && is_identifier(&name) {
        findings.named_identifier = true;
        kind = Type::Text;
    }
    let details = details(kind, &cells, &filled, &mut findings);
    if kind != Type::Mixed {
        let strange = |place: &usize| !decide::fits(&cells[*place], kind);
        findings.exceptions = (0..records).filter(strange).count();
        findings.other_marks =
            (0..records).filter(strange).filter(|place| is_number(raw(*place), mark.other())).count();
        findings.exception_places = (0..records).filter(strange).take(MOST_PLACES).collect();
    }
    Column { name, kind, nulls, distinct: values.distinct, top: values.top, details, findings }
}

fn findings(cells: &[Cell]) -> Findings {
    let mut findings = Findings::default();
    for cell in cells {
        match cell {
            Cell::Code(Code::LeadingZeros) => findings.leading_zeros += 1,
            Cell::Code(Code::ManyDigits) => findings.many_digits += 1,
            Cell::Code(Code::KeptAsText) => findings.kept_as_text += 1,
            Cell::Figure(figure) | Cell::Money(figure, _) if figure.grouped => findings.grouped += 1,
            _ => {}
        }
    }
    findings
}

fn is_number(cell: &str, mark: Mark) -> bool {
    matches!(look(cell, mark), Cell::Figure(_) | Cell::Money(..) | Cell::Percent(_))
}

fn is_identifier(name: &str) -> bool {
    let lower = name.to_lowercase();
    let mut words = lower.split(|letter: char| !letter.is_alphabetic());
    words.any(|word| IDENTIFIERS.contains(&word))
}

fn details(kind: Type, cells: &[Cell], filled: &[&str], findings: &mut Findings) -> Details {
    match kind {
        Type::Integer | Type::Number | Type::Money | Type::Percent => numbers(cells, findings),
        Type::Date | Type::DateTime => {
            let moments = cells.iter().filter_map(|cell| match cell {
                Cell::Moment(moment) => Some(*moment),
                _ => None,
            });
            let dates = Dates::of(&moments.collect::<Vec<_>>());
            Details::Dates(dates)
        }
        Type::Text | Type::Category => {
            let lengths = || filled.iter().map(|text| text.chars().count());
            Details::Lengths(lengths().min().unwrap_or(0), lengths().max().unwrap_or(0))
        }
        Type::Empty | Type::Boolean | Type::Mixed => Details::None,
    }
}

fn numbers(cells: &[Cell], findings: &mut Findings) -> Details {
    let mut values = Vec::new();
    let mut currencies = Vec::new();
    for (place, cell) in cells.iter().enumerate() {
        match cell {
            Cell::Figure(figure) | Cell::Percent(figure) => values.push((place, figure.value)),
            Cell::Money(figure, currency) => {
                values.push((place, figure.value));
                currencies.push(*currency);
            }
            _ => {}
        }
    }
    let mut sorted: Vec<f64> = values.iter().map(|(_, value)| *value).collect();
    sorted.sort_by(f64::total_cmp);
    currencies.sort_unstable();
    let groups = currencies.chunk_by(|left, right| left == right);
    let most = groups.max_by_key(|group| group.len());
    findings.other_currencies = currencies.len() - most.map_or(0, <[_]>::len);
    match Numbers::of(&sorted) {
        Some(numbers) => {
            let outliers = outliers::find(&values, &sorted);
            Details::Numbers { numbers, outliers, currency: most.map(|group| group[0]) }
        }
        None => Details::None,
    }
}

impl Type {
    /// What results call it.
    pub fn name(self) -> &'static str {
        match self {
            Type::Empty => "empty",
            Type::Integer => "integer",
            Type::Number => "number",
            Type::Boolean => "boolean",
            Type::Date => "date",
            Type::DateTime => "datetime",
            Type::Money => "money",
            Type::Percent => "percent",
            Type::Category => "category",
            Type::Text => "text",
            Type::Mixed => "mixed",
        }
    }
}
