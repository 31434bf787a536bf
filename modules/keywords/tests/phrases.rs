//! What becomes a phrase and what does not, example by example.

use keywords::{keywords, Keywords, Language};

fn phrases(text: &str) -> Vec<&str> {
    keywords(text, 10, 3, None).keywords.iter().map(|keyword| keyword.phrase).collect()
}

fn of<'t>(found: &'t Keywords<'t>, phrase: &str) -> &'t keywords::Keyword<'t> {
    found.keywords.iter().find(|keyword| keyword.phrase == phrase).unwrap_or_else(|| panic!("{phrase} in {found:?}"))
}

#[test]
fn plural_case_and_accents_are_one_phrase_with_all_its_places() {
    let text = "The payment services failed. A payment service writes to the log, and the Payment Service was slow.";
    let found = keywords(text, 10, 3, None);
    let service = of(&found, "payment service");
    assert_eq!((service.score, service.count), (1.0, 3));
    let cut: Vec<String> =
        service.offsets.iter().map(|(start, end)| text.chars().skip(*start).take(end - start).collect()).collect();
    assert_eq!(cut, ["payment services", "payment service", "Payment Service"]);
    let french = keywords(
        "La FORE\u{302}T est là. Cette forêt et les forêts se suivent dans la ville.",
        10,
        3,
        Some(Language::French),
    );
    assert_eq!(french.keywords[0].count, 3);
}

#[test]
fn small_words_join_a_phrase_inside_and_never_begin_or_end_it() {
    let text = "La pompe à chaleur coûte cher. Une pompe à chaleur et la mise à jour du pare-feu sont dans le contrat de maintenance.";
    let found = phrases(text);
    assert_eq!(found[0], "pompe à chaleur");
    assert!(found.contains(&"contrat de maintenance"), "{found:?}");
    assert!(found.iter().any(|phrase| phrase.starts_with("mise à jour")), "{found:?}");
    let bad = ["la ", "une ", "de ", "du ", "à "];
    assert!(
        found
            .iter()
            .all(|phrase| !bad.iter().any(|small| phrase.starts_with(small) || phrase.ends_with(small.trim_end()))),
        "{found:?}"
    );
}

#[test]
fn names_and_acronyms_stay_whole() {
    let text = "We moved to PostgreSQL in May. Mary Ann Cole runs PostgreSQL for the TLS team; TLS is what Mary Ann Cole knows.";
    let found = phrases(text);
    for name in ["PostgreSQL", "TLS", "Mary Ann Cole"] {
        assert!(found.contains(&name), "{name} in {found:?}");
    }
}

#[test]
fn a_phrase_and_a_part_of_it_are_not_both_shown_without_reason() {
    let found = phrases(
        "The wind farm is new. The wind farm stands in the sea, and no wind farm is larger than this wind farm.",
    );
    assert_eq!(
        found.iter().filter(|phrase| phrase.contains("wind") || phrase.contains("farm")).count(),
        1,
        "{found:?}"
    );
}

#[test]
fn a_phrase_does_not_cross_punctuation_paragraphs_columns_or_items() {
    let text = "red apple, green pear\n\nblue plum\tblack cherry\n- white peach\n- brown fig (yellow melon) pink grape";
    for phrase in phrases(text) {
        assert!(phrase.split(' ').count() <= 2, "{phrase}");
        assert!(!phrase.contains(['\n', '\t', ',', '(', '-']), "{phrase:?}");
    }
}

#[test]
fn a_line_that_goes_on_in_small_letters_is_the_same_sentence() {
    let text = "The offshore wind\nfarm is open. We like the offshore wind\r\nfarm.";
    let found = keywords(text, 5, 3, Some(Language::English));
    assert_eq!(found.keywords[0].count, 2);
    assert!(found.keywords[0].phrase.starts_with("offshore wind"), "{found:?}");
}

#[test]
fn small_words_numbers_and_nothing_have_no_phrases() {
    for text in [
        "",
        "the of and to in is was not",
        "le la les de du et dans sur",
        "12 345 67.8 2025-03-09",
        "?! ... -- ***",
        "a b c d e",
    ] {
        assert_eq!(phrases(text), [""; 0], "{text}");
    }
}

#[test]
fn code_addresses_and_markup_are_no_phrases() {
    let text = "Call it so:\n```rust\nlet hidden_value = compute(secret);\nfence secret\n```\nSee https://example.com/wind-farm, foo_bar, std::vec, \
                a.method.call(), <b>x</b>, jane@example.com and {\"key\": 1}. The harbour is open.";
    let found = phrases(text);
    assert_eq!(found, ["harbour"]);
}

#[test]
fn a_text_of_another_language_is_read_without_its_words_being_known() {
    let german = "Die Windkraft wächst. Neue Windkraft steht an der Küste, und die Windkraft bringt Arbeit an die Küste. Der Hafen baut um, \
                  und der Hafen hofft auf die Windkraft. Die Arbeit ist da, sagt der Hafen.";
    let found = keywords(german, 4, 1, None);
    assert_eq!(found.language, Language::Other);
    let phrases: Vec<&str> = found.keywords.iter().map(|keyword| keyword.phrase).collect();
    assert!(phrases.contains(&"Windkraft") && phrases.contains(&"Hafen"), "{phrases:?}");
    assert!(
        !phrases.iter().any(|phrase| matches!(*phrase, "die" | "der" | "und" | "an" | "Die" | "Der")),
        "{phrases:?}"
    );
}

#[test]
fn the_numbers_of_phrases_and_words_are_kept() {
    let text = include_str!("texts/dev_release_en.txt");
    for (most, longest) in [(1, 1), (3, 2), (50, 5), (10, 1)] {
        let found = keywords(text, most, longest, None);
        assert!(found.keywords.len() <= most);
        for keyword in &found.keywords {
            let words = keyword.phrase.split(' ').filter(|word| !matches!(*word, "of")).count();
            assert!(words <= longest, "{}", keyword.phrase);
        }
    }
}

#[test]
fn composed_and_combining_accents_give_the_same_phrases() {
    let composed = "La pompe à chaleur posée à l'été coûte cher. Une pompe à chaleur posée au marché coûte moins cher.";
    let decomposed = composed.replace('à', "a\u{300}").replace('é', "e\u{301}").replace('û', "u\u{302}");
    let counts = |text: &str| {
        keywords(text, 10, 3, None).keywords.iter().map(|keyword| (keyword.count, keyword.score)).collect::<Vec<_>>()
    };
    assert_eq!(counts(composed), counts(&decomposed));
}
