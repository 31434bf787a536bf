//! A labelled set made from a seed: sentences in English and French that hold data in the forms people use, among what
//! looks like it and is not. Values are made by their own rules (`values`), without the module's code.

mod negatives;
mod values;

use crate::marked::{unmark, Marked};
use seeded::Seeded;

/// The kinds of data.
pub const KINDS: &[&str] = &["date", "amount", "email", "url", "phone", "id"];

const ENGLISH: &[&str] = &[
    "We agreed on {} in the end.",
    "Please note: {}",
    "It says {} on the form, which is what they told us.",
    "({})",
    "\"{}\" was all he wrote.",
    "- {}\r\n",
    "\u{200f}{}\u{200f} is in the file.",
    "Is it {}?",
    "Thank you for {}; we have it on file.",
    "\t{}\t",
    "e\u{301}le\u{300}ve \u{1f44d}\u{1f3fd} {}",
];
const FRENCH: &[&str] = &[
    "Nous avons retenu {} pour la suite.",
    "Merci de noter : {}.",
    "Il a écrit « {} » dans le formulaire.",
    "Est-ce bien {} ?",
    "Bonjour,\r\n\r\nvoici : {}\r\n\r\nCordialement",
    "La fiche ({}) est dans le dossier bleu.",
    "- {}\n",
    "Le client a confirmé {} ; c'est donc réglé.",
];
const PLAIN: &[&str] = &[
    "The meeting moved to the large room.",
    "Nothing else has changed since then, and the shop is open.",
    "\u{1f389} Well done, all of you!",
    "שלום לכולם.",
];
const PLAIN_FRENCH: &[&str] = &[
    "La livraison est prévue dans la semaine.",
    "Rien n'a changé depuis, et la boutique est ouverte.",
    "\u{1f389} Bravo à toute l'équipe !",
    "السلام عليكم.",
];

/// `count` texts from `seed`.
pub fn labelled_texts(seed: u64, count: usize) -> Vec<Marked> {
    let mut random = Seeded::new(seed);
    (0..count).map(|at| labelled_text(&mut random, at % 2 == 1)).collect()
}

fn labelled_text(random: &mut Seeded, french: bool) -> Marked {
    let (around, plain) = if french { (FRENCH, PLAIN_FRENCH) } else { (ENGLISH, PLAIN) };
    // The first sentences say which language it is, as in any text of some length.
    let mut text = random.pick(&plain[..2]).to_owned() + " ";
    for _ in 0..random.between(4, 10) {
        match random.below(5) {
            0 => text.push_str(random.pick(plain)),
            1 | 2 => text.push_str(&negatives::negative(random)),
            _ => {
                let kind = random.pick(KINDS);
                let (label, surface, value) = values::value(kind, random, french);
                let marked = format!("{label}{{{{{kind}|{surface}|{value}}}}}");
                text.push_str(&random.pick(around).replace("{}", &marked));
            }
        }
        text.push_str(random.pick(&[" ", "\n", "\r\n", "\n\n"]));
    }
    unmark(&text)
}
