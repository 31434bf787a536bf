//! The promise of recall on the seeded set. `cargo test -p redact --test quality -- --nocapture` prints the table.

mod seeded_set;

use std::collections::BTreeMap;

use redact::{redact, Kind};
use seeded_set::labelled_texts;

const SEED: u64 = 20_250_301;
const TEXTS: usize = 3_000;
const LEAST_RECALL: f64 = 0.98;
const LEAST_PRECISION: f64 = 0.98;

#[derive(Default)]
struct Tally {
    right: usize,
    missed: usize,
    wrong: usize,
}

impl Tally {
    fn recall(&self) -> f64 {
        self.right as f64 / (self.right + self.missed).max(1) as f64
    }

    fn precision(&self) -> f64 {
        self.right as f64 / (self.right + self.wrong).max(1) as f64
    }

    fn print(&self, name: &str) {
        let present = self.right + self.missed;
        println!("{name:8} {present:6} present, recall {:.4}, precision {:.4}", self.recall(), self.precision());
    }
}

/// Counts an entity as right only with the exact kind, start and end.
fn tallies(seed: u64) -> BTreeMap<Kind, Tally> {
    let mut tallies: BTreeMap<Kind, Tally> = BTreeMap::new();
    for labelled in labelled_texts(seed, TEXTS) {
        let entities = redact(&labelled.text, &Kind::ALL.into()).entities;
        let found: Vec<_> = entities.iter().map(|entity| (entity.kind, entity.start, entity.end)).collect();
        let cut = |(_, start, end): (Kind, usize, usize)| {
            labelled.text.chars().skip(start).take(end - start).collect::<String>()
        };
        for truth in &labelled.truth {
            let tally = tallies.entry(truth.0).or_default();
            if found.contains(truth) {
                tally.right += 1;
            } else {
                tally.missed += 1;
                println!("missed {:8} {:?}", truth.0.name(), cut(*truth));
            }
        }
        for claim in found.iter().filter(|claim| !labelled.truth.contains(claim)) {
            tallies.entry(claim.0).or_default().wrong += 1;
            println!("wrong  {:8} {:?}", claim.0.name(), cut(*claim));
        }
    }
    tallies
}

#[test]
fn recall_on_the_seeded_set_is_at_least_98_percent_for_every_kind() {
    let tallies = tallies(SEED);
    let mut all = Tally::default();
    for (kind, tally) in &tallies {
        tally.print(kind.name());
        all.right += tally.right;
        all.missed += tally.missed;
        all.wrong += tally.wrong;
    }
    all.print("all");
    let least = tallies.values().map(Tally::recall).fold(1.0, f64::min);
    println!("quality: redact | recall of the worst of 9 kinds, exact offsets, 3,000 seeded texts | {least:.3}");
    println!("quality: redact | precision over all kinds, the same texts | {:.3}", all.precision());
    assert_eq!(tallies.len(), Kind::ALL.len(), "the set holds every kind");
    for (kind, tally) in &tallies {
        assert!(tally.recall() >= LEAST_RECALL, "recall of {}", kind.name());
    }
    assert!(all.precision() >= LEAST_PRECISION, "precision over all kinds");
}

#[test]
fn a_seed_gives_the_same_set_every_time() {
    let texts = |seed| labelled_texts(seed, 20).into_iter().map(|labelled| labelled.text).collect::<Vec<_>>();
    assert_eq!(texts(SEED), texts(SEED));
    assert_ne!(texts(SEED), texts(SEED + 1));
}
