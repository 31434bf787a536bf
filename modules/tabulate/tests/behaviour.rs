//! Tables as people send them: each is a case that somebody would look at twice.

use seeded::Seeded;
use tabulate::{profile, sentences, Delimiter, Details, NoteKind, Order, Profile, TooManyColumns, Wishes};

fn of(text: &str) -> Profile<'_> {
    profile(text, Wishes::default()).expect("few columns")
}

fn types(text: &str) -> Vec<&'static str> {
    of(text).columns.iter().map(|column| column.kind.name()).collect()
}

fn notes(text: &str) -> Vec<(NoteKind, Option<usize>)> {
    of(text).notes.iter().map(|note| (note.kind, note.column)).collect()
}

/// The type of a column of these cells below a name.
fn kind(name: &str, cells: &[&str]) -> &'static str {
    let quoted: Vec<String> = cells.iter().map(|cell| format!("\"{}\"", cell.replace('"', "\"\""))).collect();
    let text = format!("{name}\n{}\n", quoted.join("\n"));
    profile(&text, Wishes { header: Some(true), ..Wishes::default() }).expect("a column").columns[0].kind.name()
}

#[test]
fn quotes_hold_delimiters_line_ends_and_quotes() {
    let text = "name,remark\r\n\"Smith, Jo\",\"first\r\nsecond \"\"line\"\"\"\r\nLi,\r\n";
    let found = of(text);
    assert_eq!((found.rows, found.columns.len()), (2, 2));
    assert_eq!(found.columns[1].top[0].value, "first\r\nsecond \"line\"");
    assert_eq!((found.columns[1].nulls, found.source.line_end), (1, Some("\r\n")));
}

#[test]
fn the_dialect_is_told_by_the_table() {
    for (text, delimiter, header) in [
        ("a;b\n1;2\n3;4\n", Some(Delimiter::Semicolon), true),
        ("a\tb\tc\n1\t\t2\n", Some(Delimiter::Tab), true),
        ("id | name\n1 | bolt\n2 | nut\n", Some(Delimiter::Bar), true),
        ("1,5;2,5\n3,5;4,5\n", Some(Delimiter::Semicolon), false),
        ("x\n1,5\n2,5\n", None, true),
        ("Paris,France\nRome,Italy\nOslo,Norway\n", Some(Delimiter::Comma), false),
        ("city,country\nParis,France\nRome,Italy\n", Some(Delimiter::Comma), true),
        ("sep=|\na|b\n1|2\n", Some(Delimiter::Bar), true),
        ("\u{feff}sep=;\r\na;b\r\n1;2\r\n", Some(Delimiter::Semicolon), true),
        ("sep=;\ra;b\r1;2\r", Some(Delimiter::Semicolon), true),
        ("It rained, as it does.\nNobody came; we left.\n", None, false),
    ] {
        let found = of(text).dialect;
        assert_eq!((found.delimiter, found.header), (delimiter, header), "{text}");
    }
}

#[test]
fn digits_that_are_no_quantity_stay_text() {
    for (name, cells) in [
        ("zip", &["01234", "90210", "10001"][..]),
        ("ref", &["00017", "00018"]),
        ("version", &["1.2.3", "1.10", "2.0.1"]),
        ("phone", &["4155550132", "2125550177"]),
        ("contact", &["+33 6 12 34 56 78", "06 12 34 56 78"]),
        ("line", &["(415) 555-0132", "555-0177-12"]),
        ("tweet", &["1234567890123456789", "9234567890123456789"]),
        ("host", &["10.0.0.1", "192.168.100.200"]),
        ("ledger", &["'1200", "'1300"]),
        ("formula", &["=\"0012\"", "=\"0013\""]),
        ("span", &["1-2", "10-20"]),
        ("took", &["10:42", "11:15"]),
    ] {
        assert_eq!(kind(name, cells), "text", "{name}");
    }
}

#[test]
fn numbers_are_known_however_they_are_written() {
    for (kind_of, cells) in [
        ("integer", &["1", "-2", "+3", "\u{2212}4"][..]),
        ("integer", &["1,234", "12,345,678"]),
        ("number", &["1 234,5", "2\u{202f}000,25"]),
        ("number", &["1.5e-3", "2E5"]),
        ("number", &["(12.50)", "3.5"]),
        ("money", &["$1,234.50", "-$5", "($7.25)"]),
        ("money", &["12,50 €", "1.234,00 €"]),
        ("money", &["EUR 5", "7 EUR"]),
        ("percent", &["5%", "12.5 %", "-3%"]),
        ("boolean", &["yes", "No", "YES"]),
        ("boolean", &["vrai", "faux"]),
        ("integer", &["0", "1", "0"]),
    ] {
        assert_eq!(kind("x", cells), kind_of, "{cells:?}");
    }
}

#[test]
fn dates_are_known_however_they_are_written_and_only_when_they_exist() {
    for (kind_of, cells) in [
        ("date", &["2025-03-09", "2024-02-29"][..]),
        ("date", &["9 March 2025", "March 10th, 2025"]),
        ("date", &["le 1er mars 2025", "14 juil. 2025"]),
        ("date", &["09.03.25", "28.02.25"]),
        ("date", &["9/3/2025", "31/12/2025"]),
        ("datetime", &["2025-03-09T10:42:07Z", "2025-03-09 10:42"]),
        ("datetime", &["Sun, 09 Mar 2025 10:42:07 +0100"]),
        ("datetime", &["03/28/2025 3:05 PM"]),
        ("text", &["2025-02-29", "2025-13-01"]),
        ("text", &["31/04/2025", "45/45/2025"]),
        ("text", &["2025-03-09T25:00", "2025-03-09T10:61"]),
        ("text", &["March", "Friday"]),
    ] {
        assert_eq!(kind("x", cells), kind_of, "{cells:?}");
    }
}

#[test]
fn the_order_of_day_and_month_is_found_or_said_to_be_unknown() {
    let order = |cells: &str| match &of(&format!("day\n{cells}")).columns[0].details {
        Details::Dates(dates) => (dates.order, dates.range.clone(), dates.impossible),
        _ => panic!("{cells} are no dates"),
    };
    let range = |first: &str, last: &str| Some((first.to_owned(), last.to_owned()));
    assert_eq!(order("03/04/2025\n13/04/2025\n"), (Order::DayFirst, range("2025-04-03", "2025-04-13"), 0));
    assert_eq!(order("03/04/2025\n04/13/2025\n"), (Order::MonthFirst, range("2025-03-04", "2025-04-13"), 0));
    assert_eq!(order("03/04/2025\n05/06/2025\n"), (Order::Ambiguous, None, 0));
    assert_eq!(order("03.04.2025\n05.06.2025\n"), (Order::DayFirst, range("2025-04-03", "2025-06-05"), 0));
    assert_eq!(order("13/04/2025\n14/04/2025\n04/15/2025\n").2, 1);
    assert_eq!(
        order("2025-03-09T23:30:00-02:00\n2025-03-10T01:00:00Z\n").1,
        range("2025-03-10T01:00:00Z", "2025-03-09T23:30:00-02:00")
    );
    assert_eq!(notes("day\n03/04/2025\n05/06/2025\n"), [(NoteKind::AmbiguousDates, Some(0))]);
}

#[test]
fn what_is_broken_is_noted_with_its_rows() {
    assert_eq!(notes("a,b\n1,2\n3\n1,2\n"), [(NoteKind::RaggedRows, None), (NoteKind::DuplicateRows, None)]);
    assert_eq!(notes("a,a,\n1,2,3\n"), [(NoteKind::DuplicateHeaders, Some(1)), (NoteKind::EmptyHeaders, Some(2))]);
    assert_eq!(notes("a,b\n1,\"2\n3,4\n")[0], (NoteKind::UnclosedQuote, None));
    assert_eq!(notes("Made on Monday\n\nid,n\n1,2\n2,3\n"), [(NoteKind::Preamble, None)]);
    assert_eq!(notes("id,n\n1, 2\n2,3\n"), [(NoteKind::Whitespace, Some(1))]);
    assert_eq!(notes("id,n\n1,$2\n2,€3\n3,$4\n"), [(NoteKind::MixedCurrencies, Some(1))]);
    assert_eq!(notes("p\n\"1,234\"\n\"2,500\"\n"), [(NoteKind::AmbiguousNumbers, Some(0))]);
    let numbers = "1.5\n2.5\n3.5\n4.5\n5.5\n6.5\n7.5\n8.5\n9.5\n10.5\n";
    let with_commas = format!("n;m\n{};1\n11,25;1\n", numbers.trim_end().replace('\n', ";1\n"));
    assert!(notes(&with_commas).contains(&(NoteKind::MixedDecimalMarks, Some(0))));
    let text = format!("n\n{numbers}many\n");
    let found = of(&text);
    let note = found.notes.iter().find(|note| note.kind == NoteKind::MixedTypes).expect("a note");
    assert_eq!((note.count, note.rows.as_slice()), (1, &[11][..]));
}

#[test]
fn numbers_are_measured_and_what_is_far_is_named() {
    let cells: Vec<String> = (1..=40).map(|number| (100 + number % 7).to_string()).chain(["5000".to_owned()]).collect();
    let text = format!("n\n{}\n", cells.join("\n"));
    let Details::Numbers { numbers, outliers, .. } = &of(&text).columns[0].details else {
        panic!("no numbers");
    };
    assert_eq!((numbers.min, numbers.max, numbers.quartiles), (100.0, 5000.0, [101.0, 103.0, 105.0]));
    assert_eq!(outliers.count, 1);
    assert_eq!((outliers.listed[0].place, outliers.listed[0].value), (40, 5000.0));
    let mean = cells.iter().map(|cell| cell.parse::<f64>().expect("a number")).sum::<f64>() / 41.0;
    assert!((numbers.mean - mean).abs() < 1e-9);
}

#[test]
fn a_large_mean_costs_a_small_deviation_nothing() {
    let text = format!("n\n{}", "1000000000.1\n1000000000.2\n1000000000.3\n".repeat(50));
    let Details::Numbers { numbers, .. } = &of(&text).columns[0].details else {
        panic!("no numbers");
    };
    // 150 numbers of which two thirds are 0.1 away from the mean.
    let expected = (0.01_f64 * 100.0 / 149.0).sqrt();
    assert!((numbers.deviation.expect("many") - expected).abs() < 1e-6);
}

#[test]
fn what_the_caller_says_of_the_dialect_holds() {
    let wishes = Wishes { delimiter: Some(Delimiter::Comma), header: Some(false), ..Wishes::default() };
    let found = profile("a;b,c\n1;2,3\n", wishes).expect("two columns");
    assert_eq!((found.columns.len(), found.rows, found.columns[0].name.as_str()), (2, 2, "column_1"));
}

#[test]
fn more_than_256_columns_are_refused() {
    let rows = |columns: usize| format!("{}1\n", "1,".repeat(columns - 1)).repeat(3);
    assert_eq!(profile(&rows(256), Wishes::default()).expect("just few enough").columns.len(), 256);
    assert_eq!(profile(&rows(257), Wishes::default()).err(), Some(TooManyColumns(257)));
    assert_eq!(of(&"as it is, ".repeat(300)).columns.len(), 1, "prose is no table");
}

#[test]
fn texts_that_are_no_tables_and_unruly_characters_are_described_all_the_same() {
    let mut seeded = Seeded::new(11);
    for _ in 0..300 {
        let text = seeded.unruly_text(60);
        if let Ok(found) = profile(&text, Wishes::default()) {
            let filled = |column: &tabulate::Column| column.top.iter().map(|top| top.count).sum::<usize>();
            assert!(found.columns.iter().all(|column| column.nulls + filled(column) <= found.rows));
            assert!(sentences(&found).concat().ends_with('.'));
        }
    }
    assert_eq!(types("日本,価格\n東京,1\n大阪,2\n"), ["text", "integer"]);
}

#[test]
fn a_mebibyte_of_anything_is_described() {
    for piece in [
        "1 ",
        "1,2\n",
        "a\n",
        "\"",
        "\"\"\n",
        ",\n",
        "x;",
        "2025-01-01\n",
        "1,234.5\r\n",
        "\u{1f469}\u{200d}\u{1f4bb},1\n",
    ] {
        let text = piece.repeat((1 << 20) / piece.len());
        match profile(&text, Wishes::default()) {
            Ok(found) => assert!(!sentences(&found).is_empty(), "{piece:?}"),
            Err(TooManyColumns(columns)) => assert!(columns > 256, "{piece:?}"),
        }
    }
}
