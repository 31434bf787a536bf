//! Where sentences end, and where they only seem to.

use summarize::sentences;

fn split(text: &str) -> Vec<&str> {
    sentences(text).into_iter().map(|span| &text[span.start..span.end]).collect()
}

/// `marked` has a bar wherever a sentence ends; without the bars it is the text.
fn splits(marked: &[&str]) {
    for marked in marked {
        let expected: Vec<&str> = marked.split('|').map(str::trim).collect();
        assert_eq!(split(&marked.replace('|', "")), expected);
    }
}

#[test]
fn plain_sentences_end_at_their_stops() {
    splits(&["One.| Two!| Three?| Four", "Vraiment ?| Oui !| Bien…| Fin.", "What?!| Yes...| No."]);
}

#[test]
fn abbreviations_and_initials_do_not_end_a_sentence() {
    splits(&[
        "Dr. Smith met Mrs. Jones at St. Mary's.| They left.",
        "M. Dupont et Mme. Roche arrivent.| Ils partent.",
        "Use a tool, e.g. a hammer, i.e. force.| Done.",
        "See fig. 3 and p. 12, art. 5.| Then stop.",
        "J. R. R. Tolkien wrote it.| He was English.",
        "It is the U.S. Army.| It left the U.S.| The end.",
        "They met at 7 p.m.| The room was full.",
        "He said no.| Then he left.",
        "Taller than I.| He grew.",
        "Pommes, poires, etc. sont là.| Et le reste.",
    ]);
}

#[test]
fn decimals_versions_and_addresses_do_not_end_a_sentence() {
    splits(&[
        "It rose 3.5 percent to 1.204.7 points.| Good.",
        "See example.com or v1.2.3 now.| Good.",
        "Le taux est de 3,5 %.| Bien.",
    ]);
}

#[test]
fn quotations_keep_what_belongs_to_them() {
    splits(&[
        "\"Stop!\" he said.| She stopped.",
        "She said: \"I will.\"| He nodded.",
        "« Vraiment ? » demanda-t-il.| « Oui. »| Elle rit.",
        "(This is one.)| This is two.",
        "“First.”| “Second.”| Third.",
    ]);
}

#[test]
fn paragraphs_lists_and_headings_end_sentences_without_a_stop() {
    assert_eq!(
        split("# Title\nBody goes\non here.\n\nNo stop\n\nNext"),
        ["Title", "Body goes\non here.", "No stop", "Next"]
    );
    assert_eq!(split("Todo:\n- wash\n- dry\n2. fold"), ["Todo:", "wash", "dry", "fold"]);
}

#[test]
fn every_kind_of_line_end_is_a_line_end() {
    for end in ["\n", "\r\n", "\r"] {
        let text = ["One line", "goes on.", "", "A second", ""].join(end);
        assert_eq!(split(&text), [format!("One line{end}goes on."), "A second".to_owned()], "{end:?}");
    }
}

#[test]
fn a_text_without_capitals_is_split_all_the_same() {
    splits(&["hello there.| how are you?| fine"]);
    splits(&["He uses iPhone. iPhone is fine."]);
}

#[test]
fn text_without_words_has_no_sentences() {
    for text in ["", " \r\n\t ", "...", "?! — …", "\u{200f}\u{200e}"] {
        assert_eq!(split(text), Vec::<&str>::new(), "{text:?}");
    }
}

#[test]
fn what_never_ends_is_cut_at_spaces() {
    let endless = "word ".repeat(1_000);
    let pieces = split(&endless);
    assert!(pieces.len() > 3 && pieces.iter().all(|piece| piece.len() <= 1_200 && piece.ends_with("word")));
    let solid = "é".repeat(2_000);
    assert_eq!(split(&solid).concat(), solid);
}
