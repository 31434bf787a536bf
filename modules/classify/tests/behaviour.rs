//! What the answers promise beside being right.

use classify::{classify, Label, Mode};
use seeded::Seeded;

fn named(names: &[&str]) -> Vec<Label> {
    names.iter().map(|name| Label { name: (*name).to_owned(), ..Label::default() }).collect()
}

fn best(text: &str, labels: &[Label]) -> String {
    labels[classify(text, labels, Mode::Single)[0].label].name.clone()
}

#[test]
fn a_label_is_found_by_words_that_have_to_do_with_its_name() {
    let labels = named(&["billing", "shipping", "politics"]);
    assert_eq!(best("My credit card was debited twice", &labels), "billing");
    assert_eq!(best("Le colis n'est jamais arrivé", &labels), "shipping");
    assert_eq!(best("Le ministre a démissionné avant le vote", &labels), "politics");
}

#[test]
fn a_label_of_another_language_is_told_by_its_examples() {
    let label =
        |name: &str, example: &str| Label { name: name.into(), examples: vec![example.into()], ..Label::default() };
    let labels = [label("A", "Die Rechnung ist falsch"), label("B", "Das Paket ist nicht angekommen")];
    assert_eq!(best("Wann kommt mein Paket an?", &labels), "B");
    assert_eq!(best("Ich habe zwei Rechnungen bekommen", &labels), "A");
    let labels = [label("A", "請求書が間違っています"), label("B", "荷物が届きません")];
    assert_eq!(best("荷物はまだですか", &labels), "B");
}

#[test]
fn what_is_denied_counts_for_the_opposite() {
    let labels = named(&["positive", "negative"]);
    assert_eq!(best("good", &labels), "positive");
    assert_eq!(best("not good", &labels), "negative");
    assert_eq!(best("ce n'est pas mauvais", &labels), "positive");
}

#[test]
fn scores_are_in_order_and_with_none_they_are_one() {
    let mut random = Seeded::new(31);
    let labels = named(&["billing", "shipping", "plain words", "日本語"]);
    for _ in 0..1_000 {
        let text = random.unruly_text(10);
        let scored = classify(&text, &labels, Mode::Single);
        assert_eq!(scored.len(), labels.len());
        assert!(scored.windows(2).all(|pair| pair[0].score >= pair[1].score));
        assert!(scored.iter().all(|one| (0.0..=1.0).contains(&one.score)));
        assert!(scored.iter().map(|one| one.score).sum::<f64>() <= 1.000_001);
    }
}

#[test]
fn the_order_of_the_labels_changes_no_score() {
    let (forth, back) = (named(&["billing", "shipping", "praise"]), named(&["praise", "shipping", "billing"]));
    let text = "Thank you, the parcel and the invoice are here";
    let scores = |labels: &[Label]| {
        let scored = classify(text, labels, Mode::Single);
        let mut scores: Vec<(String, String)> =
            scored.iter().map(|one| (labels[one.label].name.clone(), format!("{:.9}", one.score))).collect();
        scores.sort();
        scores
    };
    assert_eq!(scores(&forth), scores(&back));
}

#[test]
fn in_multi_mode_a_text_about_two_things_has_both() {
    let labels = named(&["billing", "shipping", "politics"]);
    let scored = classify("The invoice is wrong and the parcel has not arrived", &labels, Mode::Multi);
    let good: Vec<usize> = scored.iter().filter(|one| one.score >= 0.4).map(|one| one.label).collect();
    assert!(good.contains(&0) && good.contains(&1) && !good.contains(&2), "{scored:?}");
}

#[test]
fn evidence_cuts_the_words_that_decided() {
    let text = "\u{1f469}\u{200d}\u{1f4bb} Le re\u{301}sumé: my INVOICE,\r\nthe invoice and the pare\u{301}cel";
    let scored = classify(text, &named(&["billing"]), Mode::Single);
    let ((start, end), _) = scored[0].evidence[0];
    assert_eq!(text.chars().skip(start).take(end - start).collect::<String>(), "INVOICE");
}

#[test]
fn a_mebibyte_and_a_hundred_labels_are_handled() {
    let labels: Vec<Label> = (0..100)
        .map(|number| Label {
            name: format!("label{number}"),
            description: format!("word{number} thing{number} "),
            examples: vec![format!("sample{number} ").repeat(100); 10],
        })
        .collect();
    for piece in ["word7 sample7 ", "a", "1 ", "\u{1f600}", "e\u{301}", "字", "A\r\n"] {
        let text = piece.repeat((1 << 20) / piece.len());
        let scored = classify(&text, &labels, Mode::Single);
        assert_eq!(scored.len(), 100);
        if piece.starts_with("word7") {
            assert_eq!(labels[scored[0].label].name, "label7");
        }
    }
}
