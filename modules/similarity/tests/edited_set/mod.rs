//! Texts written for this project, and what happens to texts in practice: they are copied with typing mistakes, with a
//! sentence more or less, in another order, under a letterhead, in capitals, with other quotes and line ends.

use std::fs;
use std::path::Path;

use seeded::Seeded;

/// A document and which text it is a version of; texts on the same topic and translations are texts of their own.
pub struct Document {
    /// Its text.
    pub text: String,
    /// The text that it is a version of.
    pub version_of: usize,
}

const LETTERHEAD: &str =
    "Municipal news and notices. Published every week. Do not reply to this message, the box is not read.\n\n";
const FOOTER: &str = "\n\nThis text may be copied with its source. Printed on paper from old paper.";
const INSERTED: &[&str] = &[
    "More will be said about this next week.",
    "Nobody had expected it.",
    "We thank everybody who wrote to us about it.",
    "The figures were checked by a second person.",
];

/// The texts of the set whose files begin like this: of each file the text, another on the same topic, a translation.
pub fn texts(prefix: &str) -> Vec<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/written_set");
    let entries = fs::read_dir(&folder).expect("the set is there");
    let mut names: Vec<String> =
        entries.map(|entry| entry.expect("readable").file_name().into_string().expect("ASCII")).collect();
    names.sort();
    let mut found = Vec::new();
    for name in names.iter().filter(|name| name.starts_with(prefix)) {
        let whole = fs::read_to_string(folder.join(name)).expect("readable");
        let parts: Vec<&str> = whole.split("--- ").skip(1).collect();
        assert_eq!(parts.len(), 3, "{name}");
        found.extend(parts.iter().map(|part| part.split_once('\n').expect("a title").1.trim().to_owned()));
    }
    found
}

/// Each text as it is, and `versions` edited versions of it.
pub fn documents(texts: &[String], versions: usize, seed: u64) -> Vec<Document> {
    let mut random = Seeded::new(seed);
    let mut documents = Vec::new();
    for (version_of, text) in texts.iter().enumerate() {
        documents.push(Document { text: text.clone(), version_of });
        for _ in 0..versions {
            let edits = random.between(1, 2);
            let text = (0..edits).fold(text.clone(), |text, _| edited(&text, &mut random));
            documents.push(Document { text, version_of });
        }
    }
    random.shuffle(&mut documents);
    documents
}

fn edited(text: &str, random: &mut Seeded) -> String {
    match random.below(8) {
        0 | 1 => mistyped(text, random),
        2 => in_sentences(text, |sentences| {
            let last = sentences.len() - 1;
            sentences.swap(random.below(last), last);
        }),
        3 => in_sentences(text, |sentences| {
            let place = random.below(sentences.len() + 1);
            sentences.insert(place, random.pick(INSERTED).to_owned());
        }),
        4 => in_sentences(text, |sentences| drop(sentences.remove(random.below(sentences.len())))),
        5 => format!("{LETTERHEAD}{text}{FOOTER}"),
        6 => text.to_uppercase(),
        _ => text.replace(". ", ".\r\n").replace('\'', "\u{2019}").replace(", ", " \u{2013} "),
    }
}

fn in_sentences(text: &str, edit: impl FnOnce(&mut Vec<String>)) -> String {
    let mut sentences: Vec<String> =
        text.split(". ").map(|sentence| sentence.trim_end_matches('.').to_owned() + ".").collect();
    if sentences.len() > 1 {
        edit(&mut sentences);
    }
    sentences.join(" ")
}

/// Three to five words in a hundred get a wrong letter, or lose one.
fn mistyped(text: &str, random: &mut Seeded) -> String {
    let share = random.between(3, 5);
    let words: Vec<String> = text
        .split(' ')
        .map(|word| {
            let mut letters: Vec<char> = word.chars().collect();
            if letters.len() > 2 && random.below(100) < share {
                let place = random.between(1, letters.len() - 2);
                if random.below(2) == 0 {
                    letters.swap(place, place - 1);
                } else {
                    letters.remove(place);
                }
            }
            letters.into_iter().collect()
        })
        .collect();
    words.join(" ")
}
