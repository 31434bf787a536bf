//! Scores, groups, and what does not count when texts are compared.

use seeded::Seeded;
use similarity::{clusters, compare, containment, jaccard, overlap, shingles, Method, Options, Shingle};

const MEBIBYTE: usize = 1 << 20;

fn words(size: usize, threshold: f64) -> Options {
    Options { size, threshold, ..Options::default() }
}

/// The score of two texts.
fn score(one: &str, other: &str, options: &Options) -> f64 {
    let (one, other) = (shingles(one, options), shingles(other, options));
    jaccard(one.len(), other.len(), overlap(&one, &other))
}

#[test]
fn scores_are_what_the_sets_share_of_all_that_they_have() {
    let options = words(1, 0.1);
    assert_eq!(score("a b c", "b c d", &options), 0.5);
    assert_eq!(score("a b c", "c b a a", &options), 1.0, "sets know neither order nor number");
    assert_eq!(score("a b c", "c b a", &words(2, 0.1)), 0.0);
    assert_eq!(score("a b", "", &options), 0.0);
    assert_eq!((containment(3, 10, 3), containment(3, 10, 0), containment(0, 0, 0)), (1.0, 0.0, 0.0));
}

#[test]
fn case_punctuation_white_space_and_the_form_of_letters_do_not_count() {
    for shingle in [Shingle::Words, Shingle::Characters] {
        let options = Options { shingle, ..words(3, 0.5) };
        for (one, other) in [
            ("The red boat is late.", "the  RED\r\nboat \u{2013} is, late!"),
            ("caf\u{e9} au lait tous les jours", "cafe\u{301} au lait tous les jours"),
            ("the \u{fb01}ve of\u{a0}\u{ff21}pril twice", "the five of April twice"),
            (
                "\u{5e9}\u{5dc}\u{5d5}\u{5dd} \u{200f}\u{5d0}\u{5d1}\u{5d2} \u{5d3}",
                "\u{5e9}\u{5dc}\u{5d5}\u{5dd} \u{5d0}\u{5d1}\u{5d2} \u{5d3}",
            ),
        ] {
            assert_eq!(score(one, other, &options), 1.0, "{one} {other}");
        }
    }
}

#[test]
fn accents_count_unless_they_shall_not() {
    let (one, other) = ("\u{e9}t\u{e9} pass\u{e9} \u{e0} No\u{eb}l", "ete passe a Noel");
    assert_eq!(score(one, other, &words(1, 0.5)), 0.0);
    assert_eq!(score(one, other, &Options { marks: false, ..words(1, 0.5) }), 1.0);
}

#[test]
fn ideographs_are_words_of_their_own() {
    let text = "\u{65e5}\u{672c}\u{8a9e}\u{306e}\u{6587}";
    assert_eq!(shingles(text, &words(1, 0.5)).len(), 5);
    assert!(score(text, "\u{65e5}\u{672c}\u{8a9e}\u{306e}\u{672c}", &words(2, 0.5)) > 0.5);
}

#[test]
fn a_text_shorter_than_a_shingle_is_one_shingle_and_one_without_words_is_like_nothing() {
    assert_eq!(shingles("one two", &words(5, 0.5)).len(), 1);
    assert_eq!(score("one two", "One, two!", &words(5, 0.5)), 1.0);
    let compared = compare(&["", "?!", "\u{1f600}", "", "a"], &Options::default());
    assert_eq!((compared.pairs.len(), compared.found), (0, 0));
}

#[test]
fn pairs_are_ranked_and_equal_texts_come_first() {
    let documents = ["a b c d e f", "x y z", "a b c d e g", "A b C d e f!", "a b c d e f and then much more of it"];
    let mut compared = compare(&documents, &words(2, 0.4));
    let pairs: Vec<(usize, usize)> = compared.pairs.iter().map(|pair| (pair.one, pair.other)).collect();
    assert_eq!(pairs, [(0, 3), (0, 2), (2, 3), (0, 4), (3, 4)]);
    assert_eq!((compared.pairs[0].similarity, compared.pairs[3].containment), (1.0, 1.0), "4 holds all of 0");
    assert_eq!((compared.method, compared.complete), (Method::All, true));
    assert_eq!(clusters(&mut compared.groups), [vec![0, 2, 3, 4]]);
    let fewer = compare(&documents, &Options { max_pairs: 2, ..words(2, 0.4) });
    assert_eq!((fewer.pairs.len(), fewer.found), (2, 5), "what is not reported is counted all the same");
    assert_eq!(fewer.pairs[..], compared.pairs[..2]);
}

#[test]
fn the_best_pairs_are_kept_whatever_the_order_in_which_they_are_found() {
    let mut random = Seeded::new(21);
    let documents: Vec<String> =
        (0..100).map(|_| (0..12).map(|_| format!("w{} ", random.below(14))).collect()).collect();
    let documents: Vec<&str> = documents.iter().map(String::as_str).collect();
    let all = compare(&documents, &Options { max_pairs: 10_000, ..words(1, 0.05) });
    let best = compare(&documents, &Options { max_pairs: 7, ..words(1, 0.05) });
    assert!(all.found > 4_000);
    assert_eq!(best.pairs[..], all.pairs[..7]);
    assert!(all.pairs.windows(2).all(|pair| pair[0].similarity >= pair[1].similarity));
}

#[test]
fn the_order_of_the_documents_does_not_change_what_is_found() {
    let mut random = Seeded::new(22);
    let mut documents: Vec<String> = (0..300)
        .map(|place| format!("the story of number {} and what became of it in the year {}", place / 2, place / 6))
        .collect();
    let scores = |documents: &[String]| {
        let texts: Vec<&str> = documents.iter().map(String::as_str).collect();
        let found = compare(&texts, &Options { max_pairs: 500, ..words(2, 0.6) });
        assert_eq!(found.method, Method::MinHash);
        found.pairs.iter().map(|pair| pair.similarity.to_bits()).collect::<Vec<_>>()
    };
    let first = scores(&documents);
    random.shuffle(&mut documents);
    assert_eq!(scores(&documents), first);
    assert!(first.len() >= 150);
}

#[test]
fn a_mebibyte_of_texts_that_are_all_alike_ends_in_time_and_says_what_it_left() {
    let template = |number: usize| {
        format!("Your parcel {number} has left our house and will be with you by Friday, so please stay in.")
    };
    let templates: Vec<String> = (0..5_000).map(template).collect();
    let equal = vec!["The same sentence in every one of all these documents.".to_owned(); 5_000];
    let long: Vec<String> = (0..2_000).map(|number| format!("{}{number}", "x y z ".repeat(85))).collect();
    let single = vec!["word ".repeat(MEBIBYTE / 5), "w".repeat(MEBIBYTE)];
    let mut incomplete = 0;
    for documents in [templates, equal, long, single] {
        let texts: Vec<&str> = documents.iter().map(String::as_str).collect();
        for shingle in [Shingle::Words, Shingle::Characters] {
            for threshold in [0.05, 0.5, 1.0] {
                let options = Options { shingle, size: shingle.default_size(), threshold, ..Options::default() };
                let mut compared = compare(&texts, &options);
                assert!(compared.pairs.len() <= 100);
                incomplete += usize::from(!compared.complete);
                let groups = clusters(&mut compared.groups);
                assert!(groups.iter().map(Vec::len).sum::<usize>() <= texts.len());
            }
        }
    }
    assert!(incomplete > 0, "some of it is too much, and says so");
}

#[test]
fn a_ligature_is_as_long_as_what_it_stands_for() {
    assert_eq!(similarity::length("plain words"), 11);
    assert_eq!(similarity::length("\u{e9}t\u{e9} 한국 \u{fb01}n"), 9);
    assert_eq!(similarity::length("\u{fdfa}a\u{fdfa}"), 37);
}
