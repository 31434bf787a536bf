//! Words whose full stop does not end a sentence, in seven languages, in lower case.

/// A language whose abbreviations are known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Language {
    /// English
    En,
    /// French
    Fr,
    /// German
    De,
    /// Spanish
    Es,
    /// Italian
    It,
    /// Portuguese
    Pt,
    /// Dutch
    Nl,
}

/// No abbreviation here has more characters.
pub const LONGEST: usize = 8;

struct Words {
    /// Never last in a sentence: titles, and words that announce something.
    announcing: &'static [&'static str],
    /// Not last when a digit follows.
    before_numbers: &'static [&'static str],
}

const MONTHS: &[&str] = &[
    "januar",
    "februar",
    "märz",
    "april",
    "mai",
    "juni",
    "juli",
    "august",
    "september",
    "oktober",
    "november",
    "dezember",
    "jahrhundert",
];

impl Language {
    /// All of them.
    pub const ALL: [Language; 7] =
        [Language::En, Language::Fr, Language::De, Language::Es, Language::It, Language::Pt, Language::Nl];

    /// Its ISO 639-1 code.
    pub fn code(self) -> &'static str {
        match self {
            Language::En => "en",
            Language::Fr => "fr",
            Language::De => "de",
            Language::Es => "es",
            Language::It => "it",
            Language::Pt => "pt",
            Language::Nl => "nl",
        }
    }

    /// The language of this code; none for `auto`.
    pub fn named(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|language| language.code() == code)
    }

    fn words(self) -> Words {
        let (announcing, before_numbers): (&[&str], &[&str]) = match self {
            Language::En => (
                &[
                    "mr", "mrs", "ms", "dr", "prof", "st", "rev", "hon", "gen", "col", "capt", "lt", "sgt", "sen",
                    "rep", "gov", "vs", "cf", "e.g", "i.e", "eg", "ie", "viz", "approx", "messrs", "mt", "ft",
                ],
                &[
                    "no", "nos", "p", "pp", "fig", "figs", "vol", "ch", "sec", "eq", "tel", "ref", "al", "jan", "feb",
                    "mar", "apr", "jun", "jul", "aug", "sep", "sept", "oct", "nov", "dec", "v", "ca",
                ],
            ),
            Language::Fr => (
                &["mm", "mme", "mlle", "me", "pr", "mgr", "cf", "env", "ex", "p.ex"],
                &["n", "art", "chap", "sect", "tél", "réf", "janv", "févr", "avr", "juil", "déc", "bd", "av", "ligne"],
            ),
            Language::De => (
                &[
                    "bzw", "z.b", "d.h", "u.a", "ca", "evtl", "ggf", "hr", "fr", "dipl", "ing", "vgl", "sog", "inkl",
                    "i.d.r", "o.ä", "u.u",
                ],
                &["nr", "abs", "art", "bd", "kap", "abb", "s", "str", "jh"],
            ),
            Language::Es => (
                &["sr", "sra", "srta", "dra", "ud", "uds", "vd", "d", "dña", "lic", "p.ej", "p. ej"],
                &["núm", "pág", "págs", "cap", "fig", "tel", "aprox"],
            ),
            Language::It => (
                &["sig", "sigg", "dott", "ing", "avv", "arch", "on", "es", "p.es", "gent"],
                &["pag", "pagg", "cap", "fig", "tel", "n", "sec"],
            ),
            Language::Pt => {
                (&["sr", "sra", "exmo", "exma", "dra", "eng", "p.ex"], &["núm", "pág", "cap", "fig", "tel", "n"])
            }
            Language::Nl => (
                &["dhr", "mevr", "mw", "drs", "ir", "bijv", "resp", "incl", "excl", "d.w.z", "m.b.t", "o.a", "t.a.v"],
                &["nr", "blz", "art", "hfst", "afb", "tel"],
            ),
        };
        Words { announcing, before_numbers }
    }

    /// Words that begin sentences far more often than they follow a dotted abbreviation.
    const OPENERS: [&'static str; 24] = [
        "the", "it", "he", "she", "they", "we", "this", "that", "these", "there", "in", "il", "elle", "ils", "le",
        "la", "les", "ce", "der", "die", "das", "er", "el", "los",
    ];
}

/// Whether the full stop after `word` belongs to the word, given what follows after a space.
pub fn keeps_stop(word: &str, next: &str, language: Option<Language>) -> bool {
    if word.is_empty() || word.chars().count() > LONGEST {
        return false;
    }
    let lower = word.to_lowercase();
    let number_follows = next.starts_with(char::is_numeric);
    let listed = |language: Language| {
        let words = language.words();
        words.announcing.contains(&lower.as_str()) || (number_follows && words.before_numbers.contains(&lower.as_str()))
    };
    let known = match language {
        // Titles are the same in most languages, and a text may quote another one.
        Some(language) => listed(language) || listed(Language::En),
        None => {
            [Language::En, Language::Fr, Language::Nl].into_iter().any(listed)
                || is_unmistakable(&lower) && listed_anywhere(&lower)
        }
    };
    known || is_initial(word) || (is_dotted(word) && !opens_sentences(next)) || is_ordinal(word, next, language)
}

/// Abbreviations of four letters or more, or with a full stop inside, are words of no other language.
fn is_unmistakable(lower: &str) -> bool {
    lower.contains('.') || lower.len() >= 4 || matches!(lower, "bzw" | "ggf" | "sra" | "vgl" | "sr" | "hr")
}

fn listed_anywhere(lower: &str) -> bool {
    Language::ALL.into_iter().any(|language| language.words().announcing.contains(&lower))
}

/// A single capital letter, as in "J. Dupont"; "I" ends sentences in English.
fn is_initial(word: &str) -> bool {
    let mut letters = word.chars();
    matches!((letters.next(), letters.next()), (Some(letter), None) if letter.is_uppercase() && letter != 'I')
}

/// Single letters with full stops between, as in "U.S" or "p.m".
fn is_dotted(word: &str) -> bool {
    word.contains('.') && word.split('.').all(|letter| letter.chars().count() == 1)
}

fn opens_sentences(next: &str) -> bool {
    let word: String = next.chars().take_while(|letter| letter.is_alphabetic()).take(LONGEST).collect();
    Language::OPENERS.contains(&word.to_lowercase().as_str())
}

/// German writes "3. März": certain before a month, and in German before anything.
fn is_ordinal(word: &str, next: &str, language: Option<Language>) -> bool {
    let short = word.len() <= 2 && word.bytes().all(|byte| byte.is_ascii_digit());
    let month = || {
        let word: String = next.chars().take_while(|letter| letter.is_alphabetic()).take(12).collect();
        MONTHS.contains(&word.to_lowercase().as_str())
    };
    short && (language == Some(Language::De) || month())
}
