//! The languages that can be told, and how well.

use whatlang::Lang;

use crate::script::Script;

/// What the answer for a language rests on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Support {
    /// Short texts as well; measured on the written set.
    Full,
    /// The script alone tells it, and no other language of this list shares the script.
    ByScript,
    /// Longer texts only, by the trigrams of `whatlang`.
    LongTexts,
}

/// One language.
#[derive(Debug)]
pub struct Language {
    /// ISO 639-1.
    pub code: &'static str,
    /// The script it is written in here.
    pub script: Script,
    /// What the answer rests on.
    pub support: Support,
    pub(crate) lang: Lang,
}

const fn full(code: &'static str, script: Script, lang: Lang) -> Language {
    Language { code, script, support: Support::Full, lang }
}

const fn by_script(code: &'static str, script: Script, lang: Lang) -> Language {
    Language { code, script, support: Support::ByScript, lang }
}

const fn long(code: &'static str, script: Script, lang: Lang) -> Language {
    Language { code, script, support: Support::LongTexts, lang }
}

/// Every language, by code.
pub static LANGUAGES: [Language; 64] = [
    long("af", Script::Latin, Lang::Afr),
    by_script("am", Script::Ethiopic, Lang::Amh),
    full("ar", Script::Arabic, Lang::Ara),
    long("az", Script::Latin, Lang::Aze),
    long("be", Script::Cyrillic, Lang::Bel),
    full("bg", Script::Cyrillic, Lang::Bul),
    by_script("bn", Script::Bengali, Lang::Ben),
    long("ca", Script::Latin, Lang::Cat),
    full("cs", Script::Latin, Lang::Ces),
    long("cy", Script::Latin, Lang::Cym),
    full("da", Script::Latin, Lang::Dan),
    full("de", Script::Latin, Lang::Deu),
    full("el", Script::Greek, Lang::Ell),
    full("en", Script::Latin, Lang::Eng),
    long("eo", Script::Latin, Lang::Epo),
    full("es", Script::Latin, Lang::Spa),
    long("et", Script::Latin, Lang::Est),
    full("fa", Script::Arabic, Lang::Pes),
    full("fi", Script::Latin, Lang::Fin),
    full("fr", Script::Latin, Lang::Fra),
    by_script("gu", Script::Gujarati, Lang::Guj),
    full("he", Script::Hebrew, Lang::Heb),
    full("hi", Script::Devanagari, Lang::Hin),
    full("hr", Script::Latin, Lang::Hrv),
    full("hu", Script::Latin, Lang::Hun),
    by_script("hy", Script::Armenian, Lang::Hye),
    full("id", Script::Latin, Lang::Ind),
    full("it", Script::Latin, Lang::Ita),
    full("ja", Script::Japanese, Lang::Jpn),
    by_script("ka", Script::Georgian, Lang::Kat),
    by_script("km", Script::Khmer, Lang::Khm),
    by_script("kn", Script::Kannada, Lang::Kan),
    full("ko", Script::Hangul, Lang::Kor),
    long("la", Script::Latin, Lang::Lat),
    long("lt", Script::Latin, Lang::Lit),
    long("lv", Script::Latin, Lang::Lav),
    long("mk", Script::Cyrillic, Lang::Mkd),
    by_script("ml", Script::Malayalam, Lang::Mal),
    long("mr", Script::Devanagari, Lang::Mar),
    by_script("my", Script::Myanmar, Lang::Mya),
    full("nb", Script::Latin, Lang::Nob),
    long("ne", Script::Devanagari, Lang::Nep),
    full("nl", Script::Latin, Lang::Nld),
    by_script("or", Script::Oriya, Lang::Ori),
    by_script("pa", Script::Gurmukhi, Lang::Pan),
    full("pl", Script::Latin, Lang::Pol),
    full("pt", Script::Latin, Lang::Por),
    full("ro", Script::Latin, Lang::Ron),
    full("ru", Script::Cyrillic, Lang::Rus),
    by_script("si", Script::Sinhala, Lang::Sin),
    full("sk", Script::Latin, Lang::Slk),
    long("sl", Script::Latin, Lang::Slv),
    long("sr", Script::Cyrillic, Lang::Srp),
    full("sv", Script::Latin, Lang::Swe),
    by_script("ta", Script::Tamil, Lang::Tam),
    by_script("te", Script::Telugu, Lang::Tel),
    full("th", Script::Thai, Lang::Tha),
    long("tl", Script::Latin, Lang::Tgl),
    full("tr", Script::Latin, Lang::Tur),
    full("uk", Script::Cyrillic, Lang::Ukr),
    long("ur", Script::Arabic, Lang::Urd),
    full("vi", Script::Latin, Lang::Vie),
    long("yi", Script::Hebrew, Lang::Yid),
    full("zh", Script::Han, Lang::Cmn),
];

impl Language {
    /// The language of an ISO 639-1 code; `no` is taken as `nb`.
    pub fn named(code: &str) -> Option<&'static Language> {
        let code = if code == "no" { "nb" } else { code };
        LANGUAGES.binary_search_by(|language| language.code.cmp(code)).ok().map(|at| &LANGUAGES[at])
    }

    pub(crate) fn of_lang(lang: Lang) -> Option<&'static Language> {
        LANGUAGES.iter().find(|language| language.lang == lang)
    }
}
