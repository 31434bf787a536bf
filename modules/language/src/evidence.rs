//! How well the words of a text fit each language that shares their script.

use crate::alphabets;
use crate::script::Script;
use crate::tables::{Tables, ARABIC, CYRILLIC, LATIN};

const LETTER_BITS: u32 = 21;
const EDGE: u64 = ' ' as u64;
const PER_NAT: f64 = 16.0;
/// What a letter costs that no language of the script has.
const UNKNOWN_LETTER: f64 = 12.0;
/// What a word costs a language that does not have one of its letters.
const FOREIGN_LETTER: f64 = 6.0;
/// What a listed word is worth beyond its spelling: less, the more languages list it.
const LISTED: f64 = 1.2;

/// The tables of a script that several languages with full support share.
pub fn tables(script: Script) -> Option<&'static Tables> {
    match script {
        Script::Latin => Some(&LATIN),
        Script::Cyrillic => Some(&CYRILLIC),
        Script::Arabic => Some(&ARABIC),
        _ => None,
    }
}

/// How well the words of a text fit the languages of its script.
#[derive(Debug, Default)]
pub struct Fit {
    /// For each language how well they fit, in nats.
    pub nats: Vec<(&'static str, f64)>,
    /// How many letters were looked at.
    pub letters: usize,
    /// Whether any language lists one of the words, or nothing is listed for this script.
    pub listed: bool,
}

/// How well those of `words` fit that are written in `script`.
pub fn fit(tables: &'static Tables, words: &[String], script: Script) -> Fit {
    let mut fits = vec![0.0; tables.codes.len()];
    let (mut letters, mut listed) = (0, false);
    for word in words.iter().filter(|word| word.chars().any(|letter| Script::of(letter) == Some(script))) {
        spelling(tables, word, &mut fits);
        listed |= listing(tables, word, &mut fits);
        letters += word.chars().count();
    }
    Fit { nats: tables.codes.iter().copied().zip(fits).collect(), letters, listed }
}

fn spelling(tables: &Tables, word: &str, fits: &mut [f64]) {
    let (mut first, mut second) = (0, EDGE);
    for letter in word.chars().map(u64::from).chain([EDGE]) {
        let costs = [(first, second), (0, second), (0, 0)].into_iter().find_map(|(first, second)| {
            let key = (first << (2 * LETTER_BITS)) | (second << LETTER_BITS) | letter;
            tables.keys.binary_search(&key).ok()
        });
        match costs {
            Some(at) => {
                let costs = &tables.costs[at * fits.len()..][..fits.len()];
                fits.iter_mut().zip(costs).for_each(|(fit, cost)| *fit -= f64::from(*cost) / PER_NAT);
            }
            None => fits.iter_mut().for_each(|fit| *fit -= UNKNOWN_LETTER),
        }
        (first, second) = (second, letter);
    }
    for (fit, code) in fits.iter_mut().zip(tables.codes) {
        if !word.chars().all(|letter| alphabets::has(code, letter)) {
            *fit -= FOREIGN_LETTER;
        }
    }
}

fn listing(tables: &Tables, word: &str, fits: &mut [f64]) -> bool {
    let Ok(at) = tables.words.binary_search_by(|(listed, _)| (*listed).cmp(word)) else {
        return false;
    };
    let languages = tables.words[at].1;
    let worth = LISTED + (fits.len() as f64 / f64::from(languages.count_ones())).ln() / 2.0;
    for (index, fit) in fits.iter_mut().enumerate() {
        if languages & (1 << index) != 0 {
            *fit += worth;
        }
    }
    true
}
