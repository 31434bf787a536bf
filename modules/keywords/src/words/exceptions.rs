//! Endings, and the words that end as others do and are not what these are.

/// Endings of English words that describe.
#[rustfmt::skip]
pub const ENGLISH_DESCRIBING: &[&str] = &[
    "ous", "ful", "less", "able", "ible", "ish",
];

/// English words in -ed and -ly that are neither participles nor adverbs.
#[rustfmt::skip]
pub const ENGLISH_THINGS: &[&str] = &[
    "bed", "breed", "creed", "deed", "embed", "feed", "greed", "hundred", "need", "red", "reed", "seed", "shed",
    "sled", "speed", "steed", "weed", "ally", "anomaly", "assembly", "butterfly", "bully", "belly", "family", "fly",
    "italy", "jelly", "lily", "monopoly", "rally", "reply", "supply", "july",
];

/// French nouns that end like verbs.
#[rustfmt::skip]
pub const FRENCH_THINGS: &[&str] = &[
    "amer", "berger", "boulanger", "boucher", "cancer", "cluster", "container", "conseiller", "danger", "dossier",
    "enfer", "etranger", "fer", "foyer", "hiver", "horloger", "laser", "leader", "loyer", "manager", "mer", "partner",
    "plancher", "poster", "potager", "rocher", "serveur", "super", "verger", "ver", "dîner", "diner", "gouter", "nez",
    "rez", "lait", "portrait", "retrait", "souhait", "extrait", "trait", "attrait", "forfait", "bienfait", "parfait",
    "camera", "opera",
];

/// French nouns that end as participles do.
#[rustfmt::skip]
pub const FRENCH_NOUNS: &[&str] = &[
    "abonné", "abonnés", "allée", "allées", "année", "années", "armée", "arrivée", "assuré", "assurés", "associé",
    "associés", "blé", "café", "cafés", "carré", "canapé", "clé", "clés", "communiqué", "congé", "congés", "degré",
    "degrés", "délégué", "délégués", "député", "députés", "données", "durée", "employé", "employés", "entrée",
    "entrées", "fossé", "fumée", "idée", "idées", "invité", "invités", "lycée", "lycées", "marché", "marchés",
    "marée", "musée", "musées", "pensée", "pré", "prés", "procédé", "procédés", "réfugié", "réfugiés", "relevé",
    "relevés", "résumé", "retraité", "retraités", "salarié", "salariés", "soirée", "thé", "vallée", "vallées",
];
