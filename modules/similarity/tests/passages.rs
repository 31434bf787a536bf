//! The passages that two texts share.

use seeded::Seeded;
use similarity::passages;

fn cut(text: &str, start: usize, end: usize) -> String {
    text.chars().skip(start).take(end - start).collect()
}

/// What is shared, as it stands in both texts.
fn shared(text: &str, other: &str) -> Vec<(String, String)> {
    let found = passages(text, other, true);
    found.iter().map(|one| (cut(text, one.start, one.end), cut(other, one.other_start, one.other_end))).collect()
}

#[test]
fn a_passage_is_the_longest_run_of_shared_words_whatever_stands_between_them() {
    let text = "He said: \u{ab}\u{a0}We met in the old Fire Station\u{a0}\u{bb} and left.";
    let other = "\u{1f44d}\u{1f3fd} we met in the OLD, fire\r\nstation; nobody left.";
    assert_eq!(
        shared(text, other),
        [("We met in the old Fire Station".to_owned(), "we met in the OLD, fire\r\nstation".to_owned())]
    );
    assert_eq!(shared("one two three", "one two three"), [], "three words are no passage");
    assert_eq!(shared("", "one two three four"), []);
}

#[test]
fn of_several_places_the_longest_is_taken() {
    let found = shared("a b c d e f", "a b c d x. a b c d e f. a b c d e y");
    assert_eq!(found, [("a b c d e f".to_owned(), "a b c d e f".to_owned())]);
}

#[test]
fn passages_are_in_order_apart_and_equal_word_for_word() {
    let mut random = Seeded::new(31);
    let mut count = 0;
    for _ in 0..500 {
        let pieces: Vec<String> = (0..4).map(|_| random.unruly_text(12) + " shared words of the piece ").collect();
        let text: String = (0..3).map(|_| pieces[random.below(4)].as_str()).collect();
        let other: String = (0..3).map(|_| pieces[random.below(4)].as_str()).collect();
        let found = passages(&text, &other, true);
        let only_words =
            |piece: String| piece.to_lowercase().chars().filter(|letter| letter.is_alphanumeric()).collect::<String>();
        let mut last = 0;
        for one in &found {
            assert!(last <= one.start && one.start < one.end && one.words >= 4);
            let (here, there) = (cut(&text, one.start, one.end), cut(&other, one.other_start, one.other_end));
            assert_eq!(only_words(here), only_words(there));
            last = one.end;
        }
        count += found.len();
    }
    assert!(count > 500, "{count}");
}

#[test]
fn a_mebibyte_of_the_same_word_takes_time_in_proportion_to_its_length() {
    let half = "a ".repeat(1 << 18);
    let found = passages(&half, &half, true);
    assert_eq!((found.len(), found[0].words), (1, 1 << 18));
    let many = "one two three four. x. ".repeat(20_000);
    assert!(passages(&many, &many.replace('x', "y"), true).len() <= 200);
}
