//! What each kind takes and what it leaves, example by example: data stands in ⟦ ⟧, its value beside it.

use extract::{extract, Date, Kind, Language, Order, Reason, Region, Settings};

fn found(text: &str, settings: &Settings) -> Vec<(String, String)> {
    let value = |item: &extract::Item<'_, extract::Reading>| match item.says.currency {
        Some(currency) => format!("{} {currency}", item.says.value),
        None => item.says.value.clone(),
    };
    extract(text, settings).items.iter().map(|item| (item.text.to_owned(), value(item))).collect()
}

/// Each text holds exactly one piece of data.
fn takes_with(settings: &Settings, cases: &[(&str, &str)]) {
    for (marked, value) in cases {
        let (_, rest) = marked.split_once('⟦').expect("a marked piece");
        let (surface, _) = rest.split_once('⟧').expect("a marked piece");
        let text = marked.replace(['⟦', '⟧'], "");
        assert_eq!(found(&text, settings), [(surface.to_owned(), (*value).to_owned())], "{text}");
    }
}

fn takes(cases: &[(&str, &str)]) {
    takes_with(&Settings::default(), cases);
}

fn leaves(texts: &[&str]) {
    for text in texts {
        assert_eq!(found(text, &Settings::default()), [], "{text}");
    }
}

fn french() -> Settings {
    Settings { language: Some(Language::French), ..Settings::default() }
}

#[test]
fn dates_of_numbers_and_words_become_iso_dates() {
    takes(&[
        ("on ⟦March 9, 2025⟧.", "2025-03-09"),
        ("⟦9 March 2025⟧, then", "2025-03-09"),
        ("the ⟦9th of March, 2025⟧", "2025-03-09"),
        ("⟦Sept. 9, 2025⟧", "2025-09-09"),
        ("(⟦9-Mar-25⟧)", "2025-03-09"),
        ("le ⟦1er janvier⟧", "--01-01"),
        ("⟦2025-03-09⟧/2025", "2025-03-09"),
        ("⟦2025/03/09⟧", "2025-03-09"),
        ("am ⟦25.12.2025⟧", "2025-12-25"),
        ("⟦25/12/98⟧", "1998-12-25"),
        ("⟦March 2025⟧ was mild", "2025-03"),
        ("⟦March 3–5, 2025⟧", "2025-03-03/2025-03-05"),
        ("⟦29 February 2024⟧", "2024-02-29"),
    ]);
    takes_with(
        &french(),
        &[
            ("le ⟦9 mars 2025⟧", "2025-03-09"),
            ("du ⟦3 au 5 mars 2025⟧", "2025-03-03/2025-03-05"),
            ("en ⟦AOÛT 2025⟧", "2025-08"),
            ("le ⟦1er de\u{301}cembre 2025⟧", "2025-12-01"),
        ],
    );
}

#[test]
fn times_join_the_day_that_they_stand_beside() {
    takes(&[
        ("⟦2025-03-09T10:42:07.5+02:00⟧", "2025-03-09T10:42:07.5+02:00"),
        ("⟦20250309T101500Z⟧", "2025-03-09T10:15:00Z"),
        ("⟦2025-03-09 10:42 UTC⟧", "2025-03-09T10:42Z"),
        ("[⟦09/Mar/2025:10:15:00 +0000⟧]", "2025-03-09T10:15:00+00:00"),
        ("⟦Monday, March 10, 2025 at 3 p.m.⟧ sharp", "2025-03-10T15:00"),
        ("⟦3 pm on 9 March 2025⟧", "2025-03-09T15:00"),
        ("until ⟦12 a.m.⟧", "00:00"),
        ("at ⟦14:30⟧", "14:30"),
    ]);
    takes_with(&french(), &[("⟦lundi 10 mars 2025 à 14 h 30⟧", "2025-03-10T14:30"), ("vers ⟦14 heures⟧", "14:00")]);
}

#[test]
fn a_weekday_beside_a_date_is_checked() {
    let matches = |text: &str| extract(text, &Settings::default()).items[0].says.weekday_matches;
    assert_eq!(matches("Monday, March 10, 2025"), Some(true));
    assert_eq!(matches("mardi 10 mars 2025"), Some(false));
    assert_eq!(matches("Monday 10 March"), None);
    assert_eq!(matches("March 10, 2025"), None);
}

#[test]
fn the_order_of_day_and_month_is_told_or_found_or_said_to_be_open() {
    let read = |text: &str, settings: &Settings| {
        extract(text, settings)
            .items
            .iter()
            .map(|item| (item.says.value.clone(), item.says.ambiguous))
            .collect::<Vec<_>>()
    };
    let told = |order| Settings { order: Some(order), ..Settings::default() };
    assert_eq!(read("It was 03/04/2025", &Settings::default()), [("2025-03-04".to_owned(), true)]);
    assert_eq!(read("C'était le 03/04/2025", &Settings::default()), [("2025-04-03".to_owned(), false)]);
    assert_eq!(read("It was 03/04/2025", &told(Order::Dmy)), [("2025-04-03".to_owned(), false)]);
    assert_eq!(read("25/03/09", &told(Order::Ymd)), [("2025-03-09".to_owned(), false)]);
    let other = read("From 03/04/2025 to 25/04/2025", &Settings::default());
    assert_eq!(other, [("2025-04-03".to_owned(), false), ("2025-04-25".to_owned(), false)]);
    let british = Settings { region: Some(Region::UnitedKingdom), ..Settings::default() };
    assert_eq!(read("It was 03/04/2025", &british), [("2025-04-03".to_owned(), false)]);
    assert_eq!(read("04/25/2025", &told(Order::Dmy)), []);
}

#[test]
fn what_cannot_be_is_refused_with_its_reason() {
    let refused = |text: &str| {
        let extraction = extract(text, &Settings::default());
        assert_eq!(extraction.items.len(), 0, "{text}");
        extraction.refused.iter().map(|item| (item.text.to_owned(), item.says)).collect::<Vec<_>>()
    };
    for (text, reason) in [
        ("31 April 2024", Reason::Day),
        ("29 Feb 2023", Reason::Day),
        ("31/02/2025", Reason::Day),
        ("le 31 avril", Reason::Day),
        ("June 31", Reason::Day),
        ("2025-13-01", Reason::Month),
        ("2025-03-09T25:00:00Z", Reason::Time),
        ("13 pm", Reason::Time),
    ] {
        let surface = text.trim_start_matches("le ").to_owned();
        assert_eq!(refused(text), [(surface, reason)], "{text}");
    }
    assert_eq!(refused("ISBN 978-0-306-40615-8"), [("978-0-306-40615-8".to_owned(), Reason::Check)]);
    assert_eq!(refused("SIRET 732 829 320 00075"), [("732 829 320 00075".to_owned(), Reason::Check)]);
}

#[test]
fn days_that_depend_on_today_need_a_reference_date() {
    leaves(&["tomorrow", "next Friday", "il y a trois jours", "la semaine dernière"]);
    let today = Date::new(2025, 3, 12).expect("a Wednesday");
    let settings = Settings { reference: Some(today), ..Settings::default() };
    takes_with(
        &settings,
        &[
            ("see you ⟦tomorrow at 3 p.m.⟧", "2025-03-13T15:00"),
            ("the ⟦day after tomorrow⟧", "2025-03-14"),
            ("⟦next Wednesday⟧", "2025-03-19"),
            ("⟦last Friday⟧", "2025-03-07"),
            ("⟦in two weeks⟧", "2025-03-26"),
            ("⟦3 days ago⟧", "2025-03-09"),
            ("⟦last month⟧", "2025-02"),
            ("⟦this week⟧", "2025-W11"),
            ("⟦aujourd'hui⟧", "2025-03-12"),
            ("⟦avant-hier⟧", "2025-03-10"),
            ("⟦lundi prochain⟧", "2025-03-17"),
            ("⟦il y a un mois⟧", "2025-02-12"),
            ("l'⟦an dernier⟧", "2024"),
            ("on ⟦December 30⟧", "2024-12-30"),
            ("on ⟦April 1⟧", "2025-04-01"),
        ],
    );
}

#[test]
fn numbers_of_other_things_are_no_dates() {
    leaves(&[
        "version 1.2.2025",
        "12.30",
        "3/4",
        "24/7",
        "a ratio of 16:10",
        "In March 12 people came",
        "they may 5 times",
        "4412-03-09-22",
        "x2025-03-09",
        "2025-03-09Tuesday",
        "0.2025-03-09",
        "Mars 2020 landed",
        "the 45th of them",
        "10:20:30:40",
    ]);
}

#[test]
fn amounts_are_exact_decimals_with_their_currency() {
    takes(&[
        ("costs ⟦$1,234.50⟧.", "1234.50 USD"),
        ("⟦EUR 3M⟧", "3000000 EUR"),
        ("⟦£3.25bn⟧", "3250000000 GBP"),
        ("⟦US$5⟧", "5 USD"),
        ("⟦12,34,567 INR⟧", "1234567 INR"),
        ("⟦1'234.50 CHF⟧", "1234.50 CHF"),
        ("⟦¥500⟧", "500 JPY"),
        ("⟦-$5⟧", "-5 USD"),
        ("⟦three hundred dollars⟧", "300 USD"),
        ("⟦2.5 million Canadian dollars⟧", "2500000 CAD"),
        ("from 10-⟦12 €⟧", "12 EUR"),
        ("⟦12 €⟧-", "12 EUR"),
        ("⟦1.234,56 €⟧", "1234.56 EUR"),
    ]);
    takes_with(
        &french(),
        &[
            ("⟦1 234,50 €⟧", "1234.50 EUR"),
            ("⟦12\u{202f}345\u{a0}€⟧", "12345 EUR"),
            ("⟦12 k€⟧", "12000 EUR"),
            ("⟦2 Md€⟧", "2000000000 EUR"),
            ("⟦3,5 millions d'euros⟧", "3500000 EUR"),
            ("⟦quatre-vingt-dix-sept mille euros⟧", "97000 EUR"),
            ("⟦5 € 50⟧", "5.50 EUR"),
            ("⟦12€50⟧", "12.50 EUR"),
            ("⟦1 billion d'euros⟧", "1000000000000 EUR"),
        ],
    );
    let canadian = Settings { currency: Some("CAD"), ..Settings::default() };
    takes_with(&canadian, &[("⟦$5⟧", "5 CAD"), ("⟦US$5⟧", "5 USD"), ("⟦5 €⟧", "5 EUR")]);
}

#[test]
fn numbers_without_a_currency_are_no_amounts() {
    leaves(&[
        "12.50",
        "12 pounds of flour",
        "trois livres",
        "3 ALL",
        "$HOME",
        "a$5",
        "1,2,3 apples",
        "12 k",
        "€",
        "5 %",
        "he won 3",
    ]);
}

#[test]
fn urls_end_where_the_sentence_goes_on() {
    takes(&[
        ("See ⟦https://en.example.org/wiki/Rust_(language)⟧.", "https://en.example.org/wiki/Rust_(language)"),
        ("(⟦http://x.org/a⟧)", "http://x.org/a"),
        ("([⟦http://x.org/a⟧])", "http://x.org/a"),
        ("<⟦HTTPS://Example.COM/A⟧>", "https://example.com/A"),
        ("⟦www.example.com⟧, or", "http://www.example.com"),
        ("⟦www.example.com?q=(1)⟧!)", "http://www.example.com?q=(1)"),
        ("⟦www.example.com/a!b⟧", "http://www.example.com/a!b"),
        ("(⟦www.example.com⟧.?!) and", "http://www.example.com"),
        ("⟦https://example.com⟧:?", "https://example.com"),
        ("在⟦www.example.cn⟧，foo!bar", "http://www.example.cn"),
        ("« ⟦http://exemple.fr/été⟧ »", "http://exemple.fr/été"),
        ("见⟦https://example.cn/a⟧。", "https://example.cn/a"),
        ("⟦http://[2001:db8::1]:8080/x⟧", "http://[2001:db8::1]:8080/x"),
        ("⟦ftp://user@host.example/a@b.io⟧", "ftp://user@host.example/a@b.io"),
        ("**⟦https://example.org/a⟧**", "https://example.org/a"),
    ]);
    leaves(&[
        "http://",
        "https://.",
        "http://nodot/",
        "http://a..b/",
        "http://256.1.1.1/",
        "xhttp://a.b",
        "www.",
        "www.example.com!not",
        "a://b.org",
        "http://a.b:99999",
    ]);
}

#[test]
fn telephone_numbers_become_what_is_dialled_from_anywhere() {
    takes(&[
        ("call ⟦+33 (0)6 12 34 56 78⟧", "+33612345678"),
        ("⟦(415) 555-0132 ext. 12⟧", "+14155550132"),
        ("⟦020 7946 0958⟧", "+442079460958"),
        ("⟦0033 6 12 34 56 78⟧", "+33612345678"),
        ("tel. ⟦0612345678⟧", "+33612345678"),
    ]);
    let item = extract("020 7946 0958 x14", &Settings::default()).items[0].says.clone();
    assert_eq!((item.form, item.extension.as_deref()), ("e164", Some("14")));
    let british = Settings { region: Some(Region::UnitedKingdom), ..Settings::default() };
    takes_with(&british, &[("⟦0800 123 456⟧", "+44800123456")]);
    leaves(&["0612345678 rows", "part 415-555-0132"]);
}

#[test]
fn ids_are_known_by_check_digits_or_by_their_label() {
    let form = |text: &str| {
        let items = extract(text, &Settings::default()).items;
        items.iter().map(|item| format!("{} {}", item.says.form, item.says.value)).collect::<Vec<_>>()
    };
    for (text, wanted) in [
        ("7D3F0A52-1C9E-4B7F-8F2E-0A9B6C1D2E3F", "uuid 7d3f0a52-1c9e-4b7f-8f2e-0a9b6c1d2e3f"),
        ("FR14 2004 1010 0505 0001 3M02 606", "iban FR1420041010050500013M02606"),
        ("978-0-306-40615-7", "isbn 9780306406157"),
        ("ISBN 0-306-40615-2", "isbn 0306406152"),
        ("FR 40 303 265 045", "vat FR40303265045"),
        ("VAT no. DE136695976", "vat DE136695976"),
        ("TVA : BE 0403.170.701", "vat BE0403170701"),
        ("SIREN 732 829 320", "siren 732829320"),
        ("RR123456785GB", "tracking RR123456785GB"),
        ("invoice no. A-1234", "invoice A-1234"),
        ("Facture n° 2025-0117.", "invoice 2025-0117"),
        ("numéro de commande 12", "order 12"),
        ("ticket #4521", "ticket 4521"),
        ("see INV-2025-0117", "invoice INV-2025-0117"),
        ("réf. : TX-4410/B", "reference TX-4410/B"),
        ("order 415-555-0132", "order 415-555-0132"),
    ] {
        assert_eq!(form(text), [wanted], "{text}");
    }
    leaves(&[
        "order 2 pizzas",
        "in case 12345",
        "order 15kg",
        "invoice: 20%",
        "RR123456789GB",
        "the ticket",
        "client 12",
        "invoice total",
    ]);
}

#[test]
fn only_the_kinds_that_were_asked_for_come_and_none_turns_into_another() {
    let phones = Settings { kinds: [Kind::Phone].into(), ..Settings::default() };
    assert_eq!(found("order 0612345678, 2025-03-09, tel. 06 12 34 56 78", &phones).len(), 1);
    let everything = found("0612345678@example.com", &Settings::default());
    assert_eq!(everything, [("0612345678@example.com".to_owned(), "0612345678@example.com".to_owned())]);
}
