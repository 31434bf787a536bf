//! What holds for every text: exact places, order, no overlap, values that are what they say, time by length.

use extract::{extract, Date, Kind, Settings};
use seeded::Seeded;

/// Pieces of data and near-data, to be set against each other without mercy.
const PIECES: &[&str] = &[
    "2025-03-09",
    "9 mars 2025",
    "March 9",
    "31/02/2025",
    "T10:15",
    "Monday ",
    "à 14 h 30",
    "3-",
    "$",
    "1,234.50",
    "€",
    " €",
    "12 k€",
    "three hundred ",
    "dollars",
    "http://",
    "www.",
    "example.com/a(b",
    ")",
    "a@b.io",
    "+33 6 12 34 56 78",
    "(415) ",
    "555-0132",
    "ext. 12",
    "invoice no. ",
    "A-1234",
    "IBAN ",
    "GB82WEST12345698765432",
    "ISBN 978-0-306-40615-7",
    "tomorrow",
    "il y a ",
    "TVA ",
    "FR40303265045",
    "-",
    "/",
    ":",
    ".",
    " ",
    "\n",
];

fn settings() -> Settings {
    Settings { reference: Date::parse("2025-03-12"), ..Settings::default() }
}

#[test]
fn places_are_code_points_that_cut_exactly_the_text_of_the_item() {
    let mut random = Seeded::new(11);
    let mut items = 0;
    for _ in 0..3_000 {
        let text: String = (0..random.below(12))
            .map(|_| random.unruly_text(3) + random.pick(PIECES) + random.pick(&["", " "]))
            .collect();
        let letters: Vec<char> = text.chars().collect();
        let extraction = extract(&text, &settings());
        let mut last = 0;
        for item in &extraction.items {
            assert!(last <= item.start && item.start < item.end, "{text:?}");
            assert_eq!(letters[item.start..item.end].iter().collect::<String>(), item.text, "{text:?}");
            assert!(!item.says.value.is_empty(), "{text:?}");
            last = item.end;
        }
        for refused in &extraction.refused {
            assert_eq!(letters[refused.start..refused.end].iter().collect::<String>(), refused.text);
            let apart =
                |item: &extract::Item<'_, extract::Reading>| item.end <= refused.start || refused.end <= item.start;
            assert!(extraction.items.iter().all(apart), "{text:?}");
        }
        items += extraction.items.len();
    }
    assert!(items > 4_000, "{items} items");
}

#[test]
fn every_date_exists_and_every_amount_is_a_decimal() {
    let mut random = Seeded::new(12);
    for _ in 0..3_000 {
        let text: String =
            (0..random.below(10)).map(|_| random.pick(PIECES).to_owned() + random.pick(&["", " "])).collect();
        for item in extract(&text, &settings()).items {
            match item.kind {
                Kind::Date if matches!(item.says.form, "date" | "datetime") => {
                    assert!(Date::parse(&item.says.value[..10]).is_some(), "{text:?} gave {}", item.says.value);
                }
                Kind::Amount => {
                    assert!(
                        item.says.value.parse::<f64>().is_ok_and(f64::is_finite),
                        "{text:?} gave {}",
                        item.says.value
                    );
                    assert_eq!(item.says.currency.map(str::len), Some(3));
                }
                _ => {}
            }
        }
    }
}

#[test]
fn the_calendar_counts_without_a_gap() {
    let mut day = Date::new(1899, 12, 31).expect("a Sunday");
    assert_eq!(day.weekday(), 7);
    for count in 1..=120_000 {
        let next = day.plus_days(1).expect("within the years");
        assert_eq!((next.days(), next.weekday()), (day.days() + 1, day.weekday() % 7 + 1));
        assert_eq!(Date::new(next.year, next.month, next.day), Ok(next), "day {count}");
        assert_eq!(Date::parse(&next.to_string()), Some(next));
        day = next;
    }
    assert_eq!(Date::new(2025, 2, 29).is_ok(), Date::new(1900, 2, 29).is_ok());
    assert!(Date::new(2000, 2, 29).is_ok());
    assert_eq!(Date::parse("2024-12-30").and_then(Date::week), Some((2025, 1)));
}

#[test]
fn a_mebibyte_of_the_worst_is_read_once() {
    for piece in [
        "http://a.b/([",
        "http://a.b:?([",
        "https://a.b/%(",
        "www.!",
        "www.aa!",
        "1 ",
        "1,",
        "((((",
        "3 mars ",
        "http://a",
        "order no. ",
        "one ",
        "0",
        "w",
        "il y a ",
    ] {
        let text = piece.repeat((1 << 20) / piece.len());
        let extraction = extract(&text, &settings());
        assert!(extraction.items.len() + extraction.refused.len() <= text.len(), "{piece:?}");
    }
}
