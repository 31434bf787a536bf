//! Words too common to tell what a text is about, folded (see `fold`) and sorted by length,
//! then by letters: a binary search then mostly compares lengths.

/// Of English.
#[rustfmt::skip]
pub const ENGLISH: &[&str] = &[
    "a", "d", "i", "m", "s", "t", "am", "an", "as", "at", "be", "by", "do", "he", "if", "in", "is", "it", "ll",
    "me", "my", "no", "of", "on", "or", "re", "so", "to", "up", "us", "ve", "we", "all", "and", "any", "are",
    "but", "can", "did", "don", "few", "for", "get", "got", "had", "has", "her", "him", "his", "how", "isn",
    "its", "let", "may", "nor", "not", "now", "off", "one", "our", "out", "own", "per", "say", "she", "the",
    "too", "two", "was", "who", "why", "yet", "you", "also", "aren", "been", "both", "didn", "does", "down",
    "each", "else", "even", "ever", "from", "gets", "hadn", "hasn", "have", "here", "hers", "into", "just",
    "many", "more", "most", "much", "must", "once", "only", "ours", "over", "said", "same", "says", "some",
    "such", "than", "that", "them", "then", "they", "this", "thus", "upon", "very", "wasn", "were", "what",
    "when", "whom", "will", "with", "your", "about", "above", "after", "again", "being", "below", "could",
    "doesn", "doing", "every", "haven", "might", "often", "other", "quite", "shall", "since", "still", "their",
    "there", "these", "those", "under", "until", "weren", "where", "which", "while", "whose", "would", "yours",
    "before", "cannot", "couldn", "during", "either", "having", "itself", "myself", "others", "rather",
    "should", "theirs", "though", "within", "wouldn", "against", "because", "between", "further", "herself",
    "himself", "however", "neither", "shouldn", "through", "whether", "without", "although", "yourself",
    "ourselves", "themselves",
];

/// Of French.
#[rustfmt::skip]
pub const FRENCH: &[&str] = &[
    "a", "c", "d", "j", "l", "m", "n", "s", "t", "y", "ai", "as", "au", "ca", "ce", "ci", "de", "du", "en",
    "et", "eu", "il", "je", "la", "le", "ma", "me", "ne", "ni", "on", "or", "ou", "pu", "qu", "sa", "se", "si",
    "ta", "te", "tu", "un", "va", "aux", "car", "ces", "cet", "des", "est", "etc", "ete", "eux", "fut", "hui",
    "ils", "les", "lui", "mes", "moi", "mon", "non", "nos", "ont", "par", "pas", "peu", "que", "qui", "ses",
    "son", "sur", "tel", "tes", "toi", "ton", "une", "vos", "avec", "avez", "bien", "ceci", "cela", "ceux",
    "chez", "dans", "deja", "deux", "doit", "donc", "dont", "elle", "etes", "etre", "fait", "fois", "font",
    "leur", "lors", "mais", "meme", "nous", "peut", "plus", "pour", "pres", "puis", "quel", "quoi", "rien",
    "sans", "sera", "sien", "soit", "sont", "sous", "suis", "tant", "tels", "tous", "tout", "tres", "trop",
    "vers", "vous", "aient", "ainsi", "alors", "apres", "assez", "aucun", "aussi", "autre", "avais", "avait",
    "avant", "avoir", "avons", "ayant", "celle", "celui", "cette", "comme", "elles", "entre", "etais", "etait",
    "etant", "faire", "jusqu", "leurs", "memes", "moins", "notre", "parce", "quand", "quels", "selon", "sinon",
    "telle", "toute", "voici", "voila", "votre", "aucune", "autres", "celles", "chacun", "chaque", "depuis",
    "devait", "encore", "jamais", "jusque", "lequel", "plutot", "quelle", "seront", "tandis", "telles",
    "toutes", "aujourd", "avaient", "comment", "doivent", "etaient", "lorsque", "parfois", "pendant", "peuvent",
    "presque", "puisque", "quelles", "quelque", "souvent", "beaucoup", "laquelle", "lesquels", "pourquoi",
    "pourtant", "quelques", "cependant", "deviendra", "plusieurs", "lesquelles",
];
