//! How well the phrases meet those that a reader named. `cargo test -p keywords --test quality -- --nocapture` prints
//! the figures; the texts whose names begin with `held_` were kept from tuning.

mod gold_set;

use gold_set::{judged, met, most_frequent_words, Judged};
use keywords::keywords;

const MOST: usize = 10;

#[derive(Default)]
struct Figures {
    at_5: f64,
    at_10: f64,
    recall: f64,
}

/// The mean over all texts of precision among the first five and ten, and of the share of topics met by ten.
fn figures(texts: &[Judged], phrases: impl Fn(&Judged) -> Vec<String>) -> Figures {
    let mut sum = Figures::default();
    for judged in texts {
        let phrases = phrases(judged);
        let (right, topics) = met(judged, &phrases, MOST);
        sum.at_5 += met(judged, &phrases, 5).0 as f64 / 5.0;
        sum.at_10 += right as f64 / MOST as f64;
        sum.recall += topics as f64 / judged.topics.len() as f64;
        println!("{:28} {:2} of {MOST} right: {}", judged.name, right, phrases.join("; "));
    }
    let count = texts.len() as f64;
    Figures { at_5: sum.at_5 / count, at_10: sum.at_10 / count, recall: sum.recall / count }
}

fn found(judged: &Judged) -> Vec<String> {
    keywords(&judged.text, MOST, 3, None).keywords.iter().map(|keyword| keyword.phrase.to_owned()).collect()
}

/// The baseline: the most frequent words that are not small ones.
fn counted(judged: &Judged) -> Vec<String> {
    const SMALL: &str = "the and for that with was were are not from have has had you your our their they this but will who which its his her she him \
        les des une dans que qui pour par sur pas est sont ont mais avec plus nous vous elle ils leur ses son cette aux été être";
    let small: Vec<&str> = SMALL.split_whitespace().collect();
    let mut words = most_frequent_words(&judged.text, &|word| small.contains(&word.to_lowercase().as_str()));
    words.truncate(MOST);
    words
}

#[test]
fn the_phrases_meet_a_readers_better_than_the_most_frequent_words_do() {
    for (part, least) in [("held_", 0.3), ("dev_", 0.3)] {
        let texts = judged(part);
        let (ours, plain) = (figures(&texts, found), figures(&texts, counted));
        println!("{part} ours  p@5 {:.3} p@10 {:.3} recall {:.3}", ours.at_5, ours.at_10, ours.recall);
        println!("{part} plain p@5 {:.3} p@10 {:.3} recall {:.3}", plain.at_5, plain.at_10, plain.recall);
        if part == "held_" {
            println!("quality: keywords | precision of the first 5, texts held back | {:.3}", ours.at_5);
            println!("quality: keywords | the same of the most frequent words | {:.3}", plain.at_5);
            println!("quality: keywords | topics met by 10 phrases, texts held back | {:.3}", ours.recall);
            println!("quality: keywords | the same of the most frequent words | {:.3}", plain.recall);
        }
        assert!(texts.len() >= 8, "a set worth judging by");
        assert!(ours.at_5 > plain.at_5 && ours.at_10 > plain.at_10 && ours.recall > plain.recall, "{part}");
        assert!(ours.at_10 >= least, "{part}");
    }
}
