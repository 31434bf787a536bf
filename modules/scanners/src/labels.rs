//! What the words just before a number call it: "order 4155550132" is not a telephone number,
//! "SSN: 123456789" is a social security number although nine digits alone say nothing.

/// How far back a label may begin, in bytes.
const REACH: usize = 48;
/// How many words before the number may name it.
const WORDS: usize = 4;

/// Words between a label and its number that name nothing.
const FILLERS: &[&str] = &[
    "no", "n°", "nº", "nr", "num", "number", "numero", "numéro", "id", "is", "est", "the", "le", "la", "of", "de",
    "du", "code",
];
/// Labels of numbers that are nobody's telephone, address or identity.
const REFERENCES: &[&str] = &[
    "order",
    "orders",
    "commande",
    "commandes",
    "cde",
    "invoice",
    "invoices",
    "facture",
    "factures",
    "ref",
    "reference",
    "réf",
    "référence",
    "ticket",
    "tickets",
    "case",
    "dossier",
    "part",
    "sku",
    "serial",
    "série",
    "batch",
    "lot",
    "tracking",
    "suivi",
    "colis",
    "parcel",
    "shipment",
    "item",
    "article",
    "version",
    "versions",
    "v",
    "release",
    "build",
    "revision",
    "rev",
    "section",
    "chapter",
    "chapitre",
    "paragraph",
    "clause",
    "po",
    "transaction",
    "contract",
    "contrat",
    "model",
    "modèle",
    "firmware",
    "driver",
    "commit",
    "hash",
    "timestamp",
    "epoch",
    "coordinates",
    "score",
    "scores",
];
/// Labels of public registers whose numbers have the length and the checksum of cards.
const REGISTERS: &[&str] = &["siret", "siren", "imei", "meid", "ean", "gtin", "isbn", "iccid", "tva", "vat"];
const TELEPHONES: &[&str] = &[
    "phone",
    "phones",
    "telephone",
    "tel",
    "tél",
    "téléphone",
    "mobile",
    "cell",
    "cellphone",
    "portable",
    "fax",
    "call",
    "calls",
    "text",
    "sms",
    "whatsapp",
    "dial",
    "ring",
    "appeler",
    "appelez",
    "joindre",
    "reach",
    "landline",
    "fixe",
    "hotline",
    "number",
    "numéro",
];
const SOCIAL_SECURITY: &[&str] = &["ssn", "ssns", "social", "security", "taxpayer", "itin"];
const INSURANCE: &[&str] = &["nino", "insurance", "ni"];
const ADDRESSES: &[&str] =
    &["ip", "ipv6", "address", "adresse", "host", "hôte", "server", "serveur", "gateway", "from"];

/// Whether the number at `start` is called an order, a version, an invoice or the like.
pub fn is_reference(bytes: &[u8], start: usize) -> bool {
    first_word_is_one_of(bytes, start, REFERENCES)
}

/// Whether the number at `start` is called by the name of a public register.
pub fn is_register(bytes: &[u8], start: usize) -> bool {
    first_word_is_one_of(bytes, start, REGISTERS)
}

/// Whether the words before `start` speak of a telephone.
pub fn is_telephone(bytes: &[u8], start: usize) -> bool {
    some_word_is_one_of(bytes, start, TELEPHONES)
}

/// Whether the words before `start` speak of American social security.
pub fn is_social_security(bytes: &[u8], start: usize) -> bool {
    some_word_is_one_of(bytes, start, SOCIAL_SECURITY)
}

/// Whether the words before `start` speak of British national insurance.
pub fn is_insurance(bytes: &[u8], start: usize) -> bool {
    some_word_is_one_of(bytes, start, INSURANCE)
}

/// Whether the words before `start` speak of a network address.
pub fn is_address(bytes: &[u8], start: usize) -> bool {
    some_word_is_one_of(bytes, start, ADDRESSES)
}

fn first_word_is_one_of(bytes: &[u8], start: usize, labels: &[&str]) -> bool {
    let words = words_before(bytes, start);
    words.iter().find(|word| !FILLERS.contains(&word.as_str())).is_some_and(|word| labels.contains(&word.as_str()))
}

fn some_word_is_one_of(bytes: &[u8], start: usize, labels: &[&str]) -> bool {
    words_before(bytes, start).iter().any(|word| labels.contains(&word.as_str()))
}

/// The last words before `start` in the same line and sentence, nearest first, in lower case.
fn words_before(bytes: &[u8], start: usize) -> Vec<String> {
    let floor = start.saturating_sub(REACH);
    let mut words = Vec::new();
    let mut at = start;
    while words.len() < WORDS {
        let Some(end) = word_end(bytes, floor, at) else { break };
        let length = bytes[floor..end].iter().rev().take_while(|byte| is_word_byte(**byte)).count();
        at = end - length;
        let word = String::from_utf8_lossy(&bytes[at..end]).to_lowercase();
        words.push(word.trim_matches(is_mark).to_owned());
    }
    words
}

/// What is neither letter nor digit nor the degree sign of "n°": quotes, bidirectional marks.
fn is_mark(letter: char) -> bool {
    !letter.is_alphanumeric() && letter != '°'
}

/// Where the nearest word before `at` ends, unless a line or a sentence ends first.
fn word_end(bytes: &[u8], floor: usize, at: usize) -> Option<usize> {
    let mut end = at;
    while end > floor {
        match bytes[end - 1] {
            byte if is_word_byte(byte) => return Some(end),
            b'\n' | b'\r' | b'!' | b'?' | b';' => return None,
            b'.' if !abbreviated(bytes, floor, end - 1) => return None,
            _ => end -= 1,
        }
    }
    None
}

/// Whether the full stop at `dot` ends a short word, as in "tel." or "ref."
fn abbreviated(bytes: &[u8], floor: usize, dot: usize) -> bool {
    let word = bytes[floor..dot].iter().rev().take_while(|byte| is_word_byte(**byte));
    let (length, letters) =
        word.fold((0, true), |(length, letters), byte| (length + 1, letters && !byte.is_ascii_digit()));
    letters && (1..=4).contains(&length)
}

fn is_word_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte >= 0x80
}
