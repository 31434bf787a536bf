//! Putting the values back gives the text that came in, whatever came in.

use redact::{redact, Kind, Redaction};
use seeded::Seeded;

const VALUES: &[&str] = &[
    "jane@example.com",
    "06 12 34 56 78",
    "4111 1111 1111 1111",
    "FR1420041010050500013M02606",
    "192.0.2.1",
    "2001:db8::1",
    "536-90-4399",
    "AB123456C",
    "255081416802538",
    "[EMAIL_1]",
    "[EMAIL_2]",
    "[PHONE_1]",
    "[EMAIL_",
    "EMAIL_3]",
    "_1]",
];

fn restored(redaction: &Redaction<'_>) -> String {
    redaction.mapping.iter().fold(redaction.text.clone(), |text, (placeholder, value)| text.replace(placeholder, value))
}

fn all(text: &str) -> Redaction<'_> {
    redact(text, &Kind::ALL.into())
}

#[test]
fn the_same_value_gets_the_same_placeholder() {
    let redaction = all("a@b.io, c@d.io and a@b.io again");
    assert_eq!(redaction.text, "[EMAIL_1], [EMAIL_2] and [EMAIL_1] again");
    assert_eq!(redaction.mapping.len(), 2);
}

#[test]
fn a_placeholder_that_the_text_already_has_is_not_used() {
    let text = "[EMAIL_1] and [EMAIL_3] are names; a@b.io, c@d.io are addresses";
    let redaction = all(text);
    assert_eq!(redaction.text, "[EMAIL_1] and [EMAIL_3] are names; [EMAIL_2], [EMAIL_4] are addresses");
    assert_eq!(restored(&redaction), text);
}

#[test]
fn an_empty_text_stays_empty() {
    let redaction = all("");
    assert_eq!((redaction.text.as_str(), redaction.entities.len(), redaction.mapping.len()), ("", 0, 0));
}

#[test]
fn any_text_can_be_restored_and_its_offsets_are_code_points() {
    let mut random = Seeded::new(3);
    let mut entities = 0;
    for _ in 0..3_000 {
        let text: String = (0..random.below(12))
            .map(|_| random.unruly_text(6) + random.pick(VALUES) + random.pick(&["", " ", "]", "["]))
            .collect();
        let redaction = all(&text);
        assert_eq!(restored(&redaction), text);
        let letters: Vec<char> = text.chars().collect();
        let mut last_end = 0;
        for entity in &redaction.entities {
            assert!(last_end <= entity.start && entity.start < entity.end, "in order, apart, not empty");
            let value: String = letters[entity.start..entity.end].iter().collect();
            assert_eq!(redaction.mapping[&entity.placeholder], value);
            last_end = entity.end;
        }
        entities += redaction.entities.len();
    }
    assert!(entities > 5_000, "the texts hold values: {entities}");
}

#[test]
fn redacting_twice_finds_nothing_new() {
    let mut random = Seeded::new(4);
    for _ in 0..500 {
        let text: String = (0..8).map(|_| format!("{} ", random.pick(VALUES))).collect();
        let once = all(&text).text;
        assert_eq!(all(&once).text, once);
    }
}

#[test]
fn a_mebibyte_of_one_character_or_value_is_handled() {
    const MEBIBYTE: usize = 1 << 20;
    for piece in [
        "@",
        "1",
        "a",
        "1 ",
        "1.",
        ":",
        "a@",
        "[",
        "+1",
        "é",
        "\u{1f600}",
        "4111 1111 1111 1111 ",
        "x@y.zz ",
        "GB82",
        "ab:",
        "AB12 ",
    ] {
        let text = piece.repeat(MEBIBYTE / piece.len());
        assert_eq!(restored(&all(&text)), text, "{piece}");
    }
}
