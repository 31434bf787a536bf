//! Turns the lists of related words in `lexicon/` into static tables of stems, so that a call starts with them ready.

#[path = "../src/stem.rs"]
mod stem;
#[path = "../src/words.rs"]
mod words;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::Path;
use std::{env, fs};

use words::folded_words;

const LISTS: [&str; 2] = ["customers", "news"];

fn main() {
    for watched in ["lexicon", "tables", "src/stem.rs", "src/words.rs"] {
        println!("cargo::rerun-if-changed={watched}");
    }
    let mut names = Vec::new();
    let mut topics: BTreeMap<String, u64> = BTreeMap::new();
    for line in LISTS.iter().flat_map(|list| read(list).lines().map(str::to_owned).collect::<Vec<_>>()) {
        let (name, related) = line.split_once(':').expect("a line is a name, a colon and words");
        for word in folded_words(related) {
            *topics.entry(stem::stem(&word)).or_default() |= 1 << names.len();
        }
        names.push(name.to_owned());
    }
    assert!(names.len() <= 64, "a bit for each topic");
    let number = |name: &str| names.iter().position(|known| known == name).expect("a topic of the lists");
    let related: Vec<(usize, usize)> = read("related")
        .lines()
        .filter_map(|line| line.split_once(' '))
        .map(|(one, other)| (number(one), number(other)))
        .collect();
    let stopwords: BTreeSet<String> = folded_words(&read("stopwords")).into_iter().collect();
    topics.retain(|stem, _| stem.chars().count() > 1);
    let topics: Vec<(String, u64)> = topics.into_iter().collect();
    let stopwords: Vec<String> = stopwords.into_iter().collect();
    let mut tables = String::new();
    writeln!(tables, "pub const TOPICS: usize = {};", names.len()).expect("a String takes everything");
    writeln!(tables, "pub static TOPICS_OF: &[(&str, u64)] = &{topics:?};").expect("a String takes everything");
    writeln!(tables, "pub static RELATED: &[(usize, usize)] = &{related:?};").expect("a String takes everything");
    for name in ["praise", "complaint"] {
        writeln!(tables, "pub const {}: usize = {};", name.to_uppercase(), number(name))
            .expect("a String takes everything");
    }
    writeln!(tables, "pub static STOPWORDS: &[&str] = &{stopwords:?};").expect("a String takes everything");
    let out = env::var("OUT_DIR").expect("cargo says where");
    fs::write(Path::new(&out).join("tables.rs"), tables).expect("the folder is cargo's own");
}

fn read(list: &str) -> String {
    fs::read_to_string(format!("lexicon/{list}.txt")).expect("the list is there")
}
