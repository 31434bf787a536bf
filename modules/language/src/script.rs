//! Which script a letter belongs to, as far as that tells languages apart.

/// A script, or the scripts that one language mixes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Script {
    /// Letters from a to z and what is built on them.
    Latin,
    /// Russian, Bulgarian and their neighbours.
    Cyrillic,
    /// Greek.
    Greek,
    /// Arabic and Persian.
    Arabic,
    /// Hebrew.
    Hebrew,
    /// Hindi and its neighbours.
    Devanagari,
    /// Chinese characters alone.
    Han,
    /// Hiragana and katakana, with Chinese characters or without.
    Japanese,
    /// Korean.
    Hangul,
    /// Thai.
    Thai,
    /// Armenian.
    Armenian,
    /// Georgian.
    Georgian,
    /// Bengali.
    Bengali,
    /// Punjabi as in India.
    Gurmukhi,
    /// Gujarati.
    Gujarati,
    /// Odia.
    Oriya,
    /// Tamil.
    Tamil,
    /// Telugu.
    Telugu,
    /// Kannada.
    Kannada,
    /// Malayalam.
    Malayalam,
    /// Sinhala.
    Sinhala,
    /// Burmese.
    Myanmar,
    /// Amharic.
    Ethiopic,
    /// Khmer.
    Khmer,
}

/// The first and last code point of a block of letters, ascending.
const BLOCKS: [(u32, u32, Script); 50] = [
    (0x41, 0x5A, Script::Latin),
    (0x61, 0x7A, Script::Latin),
    (0xAA, 0xAA, Script::Latin),
    (0xBA, 0xBA, Script::Latin),
    (0xC0, 0xD6, Script::Latin),
    (0xD8, 0xF6, Script::Latin),
    (0xF8, 0x24F, Script::Latin),
    (0x370, 0x373, Script::Greek),
    (0x376, 0x37D, Script::Greek),
    (0x37F, 0x37F, Script::Greek),
    (0x386, 0x3FF, Script::Greek),
    (0x400, 0x52F, Script::Cyrillic),
    (0x531, 0x588, Script::Armenian),
    (0x5D0, 0x5F2, Script::Hebrew),
    (0x620, 0x64A, Script::Arabic),
    (0x66E, 0x6D3, Script::Arabic),
    (0x6D5, 0x6D5, Script::Arabic),
    (0x6FA, 0x6FF, Script::Arabic),
    (0x750, 0x77F, Script::Arabic),
    (0x900, 0x963, Script::Devanagari),
    (0x971, 0x97F, Script::Devanagari),
    (0x980, 0x9E3, Script::Bengali),
    (0xA00, 0xA65, Script::Gurmukhi),
    (0xA70, 0xA76, Script::Gurmukhi),
    (0xA80, 0xAE3, Script::Gujarati),
    (0xB00, 0xB63, Script::Oriya),
    (0xB80, 0xBE5, Script::Tamil),
    (0xC00, 0xC65, Script::Telugu),
    (0xC80, 0xCE5, Script::Kannada),
    (0xD00, 0xD65, Script::Malayalam),
    (0xD80, 0xDE5, Script::Sinhala),
    (0xE01, 0xE3A, Script::Thai),
    (0xE40, 0xE4E, Script::Thai),
    (0x1000, 0x103F, Script::Myanmar),
    (0x10A0, 0x10FF, Script::Georgian),
    (0x1100, 0x11FF, Script::Hangul),
    (0x1200, 0x135F, Script::Ethiopic),
    (0x1780, 0x17D3, Script::Khmer),
    (0x1C90, 0x1CBF, Script::Georgian),
    (0x1E00, 0x1EFF, Script::Latin),
    (0x1F00, 0x1FFF, Script::Greek),
    (0x3005, 0x3007, Script::Han),
    (0x3041, 0x3096, Script::Japanese),
    (0x30A1, 0x30FA, Script::Japanese),
    (0x30FC, 0x30FE, Script::Japanese),
    (0x3400, 0x4DBF, Script::Han),
    (0x4E00, 0x9FFF, Script::Han),
    (0xAC00, 0xD7A3, Script::Hangul),
    (0xFF66, 0xFF9F, Script::Japanese),
    (0x20000, 0x2FA1F, Script::Han),
];

impl Script {
    /// Every script.
    pub const ALL: [Script; 24] = [
        Script::Latin,
        Script::Cyrillic,
        Script::Greek,
        Script::Arabic,
        Script::Hebrew,
        Script::Devanagari,
        Script::Han,
        Script::Japanese,
        Script::Hangul,
        Script::Thai,
        Script::Armenian,
        Script::Georgian,
        Script::Bengali,
        Script::Gurmukhi,
        Script::Gujarati,
        Script::Oriya,
        Script::Tamil,
        Script::Telugu,
        Script::Kannada,
        Script::Malayalam,
        Script::Sinhala,
        Script::Myanmar,
        Script::Ethiopic,
        Script::Khmer,
    ];

    /// The script of a letter or of a sign that belongs to one; nothing for digits, marks and symbols.
    pub fn of(letter: char) -> Option<Script> {
        let point = u32::from(letter);
        let after = BLOCKS.partition_point(|(first, _, _)| *first <= point);
        let (_, last, script) = BLOCKS[after.checked_sub(1)?];
        (point <= last).then_some(script)
    }

    /// The four letters of ISO 15924.
    pub fn code(self) -> &'static str {
        match self {
            Script::Latin => "Latn",
            Script::Cyrillic => "Cyrl",
            Script::Greek => "Grek",
            Script::Arabic => "Arab",
            Script::Hebrew => "Hebr",
            Script::Devanagari => "Deva",
            Script::Han => "Hani",
            Script::Japanese => "Jpan",
            Script::Hangul => "Hang",
            Script::Thai => "Thai",
            Script::Armenian => "Armn",
            Script::Georgian => "Geor",
            Script::Bengali => "Beng",
            Script::Gurmukhi => "Guru",
            Script::Gujarati => "Gujr",
            Script::Oriya => "Orya",
            Script::Tamil => "Taml",
            Script::Telugu => "Telu",
            Script::Kannada => "Knda",
            Script::Malayalam => "Mlym",
            Script::Sinhala => "Sinh",
            Script::Myanmar => "Mymr",
            Script::Ethiopic => "Ethi",
            Script::Khmer => "Khmr",
        }
    }

    /// How much a letter of it says: a Chinese character is a word, a Hangul one a syllable.
    pub(crate) fn weight(self) -> usize {
        match self {
            Script::Han | Script::Japanese | Script::Hangul => 3,
            _ => 1,
        }
    }
}
