//! A profile as JSON.

use aion_guest::json::{Object, Value};
use tabulate::{sentences, Column, Details, Note, Numbers, Outliers, Profile, Top};

/// The result of a call.
pub fn report(profile: &Profile<'_>) -> Object {
    Object::new()
        .with("dialect", dialect(profile))
        .with("rows", profile.rows)
        .with("columns", profile.columns.iter().map(|each| Value::from(column(each))).collect::<Vec<_>>())
        .with("notes", profile.notes.iter().map(|each| Value::from(note(each, profile))).collect::<Vec<_>>())
        .with("summary", sentences(profile).concat())
}

fn or_null(text: Option<impl Into<Value>>) -> Value {
    text.map_or(Value::Null, Into::into)
}

fn dialect(profile: &Profile<'_>) -> Object {
    let dialect = &profile.dialect;
    Object::new()
        .with("delimiter", or_null(dialect.delimiter.map(|delimiter| delimiter.name())))
        .with("quote", or_null(dialect.quote.map(String::from)))
        .with("header", dialect.header)
        .with("decimal", dialect.mark.character().to_string())
        .with("line_end", or_null(profile.source.line_end))
        .with("bom", profile.source.bom)
        .with("sep_line", profile.source.announced.is_some())
}

fn column(column: &Column) -> Object {
    let object = Object::new()
        .with("name", column.name.as_str())
        .with("type", column.kind.name())
        .with("nulls", column.nulls)
        .with("distinct", column.distinct)
        .with("top", column.top.iter().map(|each| Value::from(top(each))).collect::<Vec<_>>());
    match &column.details {
        Details::None => object,
        Details::Numbers { numbers: measured, outliers: far, currency } => {
            let object = match currency {
                Some(currency) => object.with("currency", *currency),
                None => object,
            };
            object.with("numbers", numbers(measured)).with("outliers", outliers(far))
        }
        Details::Dates(dates) => {
            let (first, last) = dates.range.clone().unzip();
            object.with(
                "dates",
                Object::new()
                    .with("first", or_null(first))
                    .with("last", or_null(last))
                    .with("order", dates.order.name()),
            )
        }
        Details::Lengths(shortest, longest) => {
            object.with("lengths", Object::new().with("min", *shortest).with("max", *longest))
        }
    }
}

fn top(top: &Top) -> Object {
    Object::new().with("value", top.value.as_str()).with("count", top.count)
}

fn numbers(numbers: &Numbers) -> Object {
    let [first, median, third] = numbers.quartiles.map(tabulate::rounded);
    Object::new()
        .with("min", numbers.min)
        .with("max", numbers.max)
        .with("mean", tabulate::rounded(numbers.mean))
        .with("q1", first)
        .with("median", median)
        .with("q3", third)
        .with("deviation", or_null(numbers.deviation.map(tabulate::rounded)))
}

fn outliers(outliers: &Outliers) -> Object {
    let items = outliers.listed.iter().map(|outlier| {
        let z = (outlier.z * 100.0).round() / 100.0;
        Value::from(Object::new().with("row", outlier.place + 1).with("value", outlier.value).with("z", z))
    });
    let (low, high) = outliers.fences.unzip();
    Object::new()
        .with("count", outliers.count)
        .with("low", or_null(low.map(tabulate::rounded)))
        .with("high", or_null(high.map(tabulate::rounded)))
        .with("items", items.collect::<Vec<_>>())
}

fn note(note: &Note, profile: &Profile<'_>) -> Object {
    let object = Object::new().with("kind", note.kind.name());
    let object = match note.column {
        Some(index) => object.with("column", index).with("name", profile.columns[index].name.as_str()),
        None => object,
    };
    let rows = note.rows.iter().map(|row| Value::from(*row)).collect::<Vec<_>>();
    object.with("count", note.count).with("rows", rows).with("message", note.message.as_str())
}
