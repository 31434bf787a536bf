//! Turns the word lists in `lexicon/` into static tables, so that nothing is counted when a call starts.
//!
//! For each group of languages that share a script: what a letter costs after the two before it (a smoothed trigram
//! model of the words, in sixteenths of a nat), and which languages list a word.

mod letters;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::Path;
use std::{env, fs};

use letters::LetterModel;

const GROUPS: [(&str, &[&str]); 3] = [
    (
        "LATIN",
        &[
            "cs", "da", "de", "en", "es", "fi", "fr", "hr", "hu", "id", "it", "nb", "nl", "pl", "pt", "ro", "sk", "sv",
            "tr", "vi",
        ],
    ),
    ("CYRILLIC", &["bg", "ru", "uk"]),
    ("ARABIC", &["ar", "fa"]),
];
const ZERO_WIDTH_NON_JOINER: char = '\u{200c}';

fn main() {
    println!("cargo::rerun-if-changed=lexicon");
    println!("cargo::rerun-if-changed=tables");
    let mut tables = String::new();
    for (group, codes) in GROUPS {
        let lists: Vec<Vec<String>> = codes.iter().map(|code| words(code)).collect();
        write_letters(group, codes, &lists, &mut tables);
        write_words(group, &lists, &mut tables);
    }
    let mut known = words("international");
    known.sort();
    writeln!(tables, "pub static INTERNATIONAL: &[&str] = &{known:?};").expect("a String takes everything");
    let out = env::var("OUT_DIR").expect("cargo says where");
    fs::write(Path::new(&out).join("tables.rs"), tables).expect("the folder is cargo's own");
}

/// The words of a list, in the order written; a word that stands twice counts once.
fn words(name: &str) -> Vec<String> {
    let text = fs::read_to_string(format!("lexicon/{name}.txt")).expect("every language has its list");
    let mut seen = BTreeSet::new();
    text.split_whitespace()
        .map(|word| word.to_lowercase().replace(ZERO_WIDTH_NON_JOINER, ""))
        .filter(|word| seen.insert(word.clone()))
        .collect()
}

fn write_letters(group: &str, codes: &[&str], lists: &[Vec<String>], out: &mut String) {
    let models: Vec<LetterModel> = lists.iter().map(|list| LetterModel::of(list)).collect();
    let keys: BTreeSet<u64> = models.iter().flat_map(LetterModel::contexts).collect();
    let costs: Vec<u8> = keys.iter().flat_map(|key| models.iter().map(|model| model.cost(*key))).collect();
    let keys: Vec<u64> = keys.into_iter().collect();
    writeln!(
        out,
        "pub static {group}: Tables = Tables {{ codes: &{codes:?}, keys: &{keys:?}, costs: &{costs:?}, \
         words: {group}_WORDS }};"
    )
    .expect("a String takes everything");
}

fn write_words(group: &str, lists: &[Vec<String>], out: &mut String) {
    let mut listed: BTreeMap<&str, u32> = BTreeMap::new();
    for (index, list) in lists.iter().enumerate() {
        for word in list {
            *listed.entry(word).or_default() |= 1 << index;
        }
    }
    let listed: Vec<(&str, u32)> = listed.into_iter().collect();
    writeln!(out, "static {group}_WORDS: &[(&str, u32)] = &{listed:?};").expect("a String takes everything");
}
