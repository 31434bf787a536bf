//! A profile in plain English, sentence by sentence.

use crate::columns::{Column, Details};
use crate::dialect::Delimiter;
use crate::notes::{Note, NoteKind};
use crate::numbers::rounded;
use crate::profile::Profile;

/// How many columns and notes are put into words.
const MOST_COLUMNS: usize = 12;
const MOST_NOTES: usize = 8;

/// The sentences; together they are the summary.
pub fn sentences(profile: &Profile<'_>) -> Vec<String> {
    if profile.columns.is_empty() {
        return vec!["The table is empty.".to_owned()];
    }
    let mut sentences = vec![shape(profile)];
    sentences.extend(profile.columns.iter().take(MOST_COLUMNS).map(|column| about(column, profile.rows)));
    if let Some(more) = profile.columns.len().checked_sub(MOST_COLUMNS).filter(|more| *more > 0) {
        sentences.push(format!(" {} not described here.", counted(more, "more column is", "more columns are")));
    }
    let worth: Vec<&Note> = profile.notes.iter().collect();
    if worth.is_empty() {
        sentences.push(" Nothing is wrong with its form.".to_owned());
    }
    for note in worth.iter().take(MOST_NOTES) {
        let of = note.column.map_or(String::new(), |index| format!("{}: ", profile.columns[index].name));
        let lead = if note.kind <= NoteKind::MixedTypes { "Problem" } else { "Note" };
        sentences.push(format!(" {lead}: {of}{}.", note.message));
    }
    if let Some(more) = worth.len().checked_sub(MOST_NOTES).filter(|more| *more > 0) {
        sentences.push(format!(" {} in the list.", counted(more, "more note is", "more notes are")));
    }
    sentences
}

fn shape(profile: &Profile<'_>) -> String {
    let delimiter = match profile.dialect.delimiter {
        None => "without a delimiter",
        Some(Delimiter::Comma) => "separated by commas",
        Some(Delimiter::Semicolon) => "separated by semicolons",
        Some(Delimiter::Tab) => "separated by tabs",
        Some(Delimiter::Bar) => "separated by bars",
    };
    let header = if profile.dialect.header { "with a header" } else { "without a header" };
    let rows = counted(profile.rows, "row", "rows");
    format!("{rows} and {}, {delimiter}, {header}.", counted(profile.columns.len(), "column", "columns"))
}

fn about(column: &Column, rows: usize) -> String {
    let name = &column.name;
    let kind = column.kind.name();
    let what = match &column.details {
        Details::Numbers { numbers, outliers, currency } => {
            let unit = currency.map_or(String::new(), |currency| format!(" {currency}"));
            let far = match outliers.count {
                0 => String::new(),
                count => format!(", {}", counted(count, "outlier", "outliers")),
            };
            let [low, median, high] = [numbers.min, numbers.quartiles[1], numbers.max].map(rounded);
            format!("{kind} from {low} to {high}{unit}, median {median}{far}")
        }
        Details::Dates(dates) => match &dates.range {
            Some((first, last)) => format!("{kind} from {first} to {last}"),
            None => format!("{kind}, day and month not certain"),
        },
        _ => format!("{kind}, {}", counted(column.distinct, "value", "different values")),
    };
    let nulls = match column.nulls {
        0 => String::new(),
        count if count == rows => String::new(),
        count => format!(", {count} missing"),
    };
    format!(" {name}: {what}{nulls}.")
}

fn counted(count: usize, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}
