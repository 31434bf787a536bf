//! A labelled set made from a seed: letters, mails and logs in English and French that hold personal
//! data in the forms people use, among numbers that look like it and are not (hard negatives).
//!
//! Values come from their own rules (`values`), written without the detectors' code; check digits are
//! computed here by search, not by the formula that the detectors use.

mod negatives;
mod values;

use redact::Kind;
use seeded::Seeded;

/// A text with the personal data that is in it.
pub struct Labelled {
    /// The text.
    pub text: String,
    /// Kind, first code point, code point after the last.
    pub truth: Vec<(Kind, usize, usize)>,
}

/// Sentences around a value; `{}` is where it stands.
const AROUND: &[&str] = &[
    "You can reach her at {} until Friday.",
    "Contact: {}",
    "Please use {}, the old one is gone.",
    "It was {} all along!",
    "We have \"{}\" on file.",
    "({})",
    "- {}\r\n",
    "{} is what he wrote.",
    "Please check {} / thanks",
    "Vous pouvez utiliser {} jusqu'à vendredi.",
    "Merci de noter : {}.",
    "Il a donné « {} » hier.",
    "Le client confirme {} ce matin, sans réserve.",
    "value={};",
    "{}\n",
    "Her new details ({}) arrived.",
    "\u{200f}{}\u{200f}",
    "Est-ce bien {} ?",
    "Bonjour,\r\n\r\nvoici : {}\r\n\r\nCordialement",
    "\t{}\t",
    "e\u{301}le\u{300}ve \u{1f44d}\u{1f3fd} {}",
];
const PLAIN: &[&str] = &[
    "Thank you for your patience.",
    "The meeting moved to room 12.",
    "Nous revenons vers vous sous 48 heures.",
    "\u{1f389} Bravo à toute l'équipe !",
    "Nothing else changed since Monday.",
    "La livraison est prévue mardi.",
    "שלום לכולם.",
    "The total was 1,249.90 EUR.",
];

/// `count` texts from `seed`.
pub fn labelled_texts(seed: u64, count: usize) -> Vec<Labelled> {
    let mut random = Seeded::new(seed);
    (0..count).map(|_| labelled_text(&mut random)).collect()
}

fn labelled_text(random: &mut Seeded) -> Labelled {
    let mut labelled = Labelled { text: String::new(), truth: Vec::new() };
    for _ in 0..random.between(4, 10) {
        match random.below(5) {
            0 => labelled.text.push_str(random.pick(PLAIN)),
            1 | 2 => labelled.text.push_str(&negatives::negative(random)),
            _ => {
                let kind = Kind::ALL[random.below(Kind::ALL.len())];
                add(&mut labelled, kind, random);
            }
        }
        labelled.text.push_str(random.pick(&[" ", "\n", "\r\n", "\n\n"]));
    }
    labelled
}

fn add(labelled: &mut Labelled, kind: Kind, random: &mut Seeded) {
    let (label, value) = values::value(kind, random);
    let (before, after) = random.pick(AROUND).split_once("{}").expect("a place for the value");
    labelled.text.push_str(before);
    labelled.text.push_str(label);
    let start = labelled.text.chars().count();
    labelled.text.push_str(&value);
    labelled.truth.push((kind, start, labelled.text.chars().count()));
    labelled.text.push_str(after);
}
