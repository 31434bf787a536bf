//! What holds for every summary of every text.

use seeded::Seeded;
use summarize::{summarize, Language};

const STORY: &str = "The lighthouse keeper lit the lamp every evening. Ships saw the lamp of the lighthouse from far away. \
    His cat slept. When the lamp failed one night, the keeper of the lighthouse rang the bell until the ships had passed. It rained.";

#[test]
fn the_central_sentences_come_in_the_order_of_the_text() {
    let summary = summarize(STORY, 2, None);
    let starts: Vec<usize> = summary.sentences.iter().map(|sentence| sentence.start).collect();
    assert!(starts.is_sorted());
    assert_eq!(summary.sentences.len(), 2);
    let text = summary.pieces().concat();
    assert!(text.contains("lamp") && !text.contains("cat") && !text.contains("rained"), "{text}");
}

#[test]
fn the_best_sentence_has_score_one_and_none_is_negative() {
    let summary = summarize(STORY, 20, None);
    let scores: Vec<f64> = summary.sentences.iter().map(|sentence| sentence.score).collect();
    assert_eq!(scores.len(), 5);
    assert_eq!(scores.iter().copied().fold(0.0, f64::max), 1.0);
    assert!(scores.iter().all(|score| (0.0..=1.0).contains(score)));
}

#[test]
fn pieces_put_together_are_the_summary_on_one_line() {
    let summary = summarize("First line\r\ngoes on here.  Second\tone.\r\n\r\nThird one", 3, None);
    assert_eq!(summary.pieces(), ["First line goes on here.", " Second one.", " Third one"]);
}

#[test]
fn a_sentence_said_twice_is_chosen_once() {
    let text = "The bridge over the river is closed for repair. Cats sleep all day in warm places. \
        The bridge over the river is closed for repair. Trains leave the station every ten minutes.";
    let summary = summarize(text, 2, None);
    assert_ne!(summary.sentences[0].text, summary.sentences[1].text);
}

#[test]
fn an_empty_text_has_an_empty_summary() {
    for text in ["", " \n ", "..."] {
        let summary = summarize(text, 3, None);
        assert_eq!((summary.sentences.len(), summary.language), (0, Language::Undetermined));
    }
}

#[test]
fn the_language_can_be_told_or_is_recognised() {
    assert_eq!(summarize("Le chat est dans la maison.", 1, None).language, Language::French);
    assert_eq!(summarize("The cat is in the house.", 1, None).language, Language::English);
    assert_eq!(summarize("Le chat.", 1, Some(Language::English)).language, Language::English);
    assert_eq!(summarize("12 34 56", 1, None).language, Language::Undetermined);
}

#[test]
fn accents_count_the_same_composed_and_decomposed() {
    let composed = "L'été est chaud à Évian. Évian en été attire des gens. Rien d'autre ici. Il pleut.";
    let decomposed = composed.replace('é', "e\u{301}").replace('É', "E\u{301}").replace('à', "a\u{300}");
    let numbers =
        |text: &str| summarize(text, 2, None).sentences.iter().map(|sentence| sentence.score).collect::<Vec<_>>();
    assert_eq!(numbers(composed), numbers(&decomposed));
}

#[test]
fn offsets_are_code_points_of_the_text_whatever_it_holds() {
    let mut random = Seeded::new(5);
    for _ in 0..3_000 {
        let text = random.unruly_text(60);
        let most = random.between(1, 20);
        let summary = summarize(&text, most, None);
        let letters: Vec<char> = text.chars().collect();
        assert!(summary.sentences.len() <= most);
        let mut last_end = 0;
        for sentence in &summary.sentences {
            assert!(last_end <= sentence.start && sentence.start < sentence.end, "in order, apart, not empty");
            assert_eq!(letters[sentence.start..sentence.end].iter().collect::<String>(), sentence.text);
            assert_eq!(sentence.text.trim(), sentence.text);
            assert!(sentence.score.is_finite());
            last_end = sentence.end;
        }
    }
}

#[test]
fn a_mebibyte_of_anything_is_summarised() {
    const MEBIBYTE: usize = 1 << 20;
    for piece in [
        "A word. ",
        "a",
        ". ",
        "é",
        "No stop here\n\n",
        "- ",
        "\u{1f600}",
        "Mr. ",
        "One two three four five six seven eight nine ten. ",
    ] {
        let text = piece.repeat(MEBIBYTE / piece.len());
        let summary = summarize(&text, 3, None);
        assert!(summary.pieces().concat().len() < 10_000, "{piece}");
    }
}
