//! Stems for English and French at once, since a caller does not say which. They are cut short rather than right: what
//! matters is that the forms of one word end up the same.

/// Endings, the longest first where one ends with another, with the fewest letters that must stay.
const ENDINGS: [(&str, usize); 39] = [
    ("issements", 3),
    ("issement", 3),
    ("ications", 3),
    ("ication", 3),
    ("ements", 4),
    ("ations", 3),
    ("ateurs", 4),
    ("atrices", 4),
    ("ement", 4),
    ("ation", 3),
    ("ateur", 4),
    ("atrice", 4),
    ("ances", 4),
    ("ences", 4),
    ("ments", 4),
    ("ance", 4),
    ("ence", 4),
    ("ment", 4),
    ("ings", 3),
    ("ions", 4),
    ("eurs", 4),
    ("ing", 3),
    ("ion", 4),
    ("eur", 4),
    ("ies", 3),
    ("ees", 3),
    ("ers", 4),
    ("ied", 3),
    ("ent", 4),
    ("es", 3),
    ("ed", 3),
    ("er", 3),
    ("ez", 3),
    ("ir", 4),
    ("ee", 3),
    ("ly", 4),
    ("ie", 3),
    ("s", 3),
    ("x", 4),
];

/// The stem of a folded word.
pub fn stem(word: &str) -> String {
    if !word.is_ascii() {
        return word.to_owned();
    }
    let ending = ENDINGS.iter().find(|(ending, least)| word.len() >= ending.len() + least && word.ends_with(ending));
    let cut = ending.map_or(word, |(ending, _)| &word[..word.len() - ending.len()]);
    let cut = match cut.as_bytes() {
        [.., before, last] if cut.len() > 4 && before == last && !b"aeious".contains(last) => &cut[..cut.len() - 1],
        _ => cut,
    };
    let trimmed = cut.trim_end_matches(['e', 'y', 'i']);
    if trimmed.len() >= 3 { trimmed } else { cut }.to_owned()
}

#[cfg(test)]
mod tests {
    use super::stem;

    #[test]
    fn the_forms_of_a_word_end_up_the_same() {
        for forms in [
            &["ship", "ships", "shipped", "shipping"][..],
            &["refund", "refunds", "refunded", "refunding"],
            &["delivery", "deliveries", "delivered"],
            &["annuler", "annulez", "annulation", "annulations"],
            &["livraison", "livraisons"],
            &["remboursement", "rembourser", "rembourse"],
            &["cancel", "cancels", "cancelled", "cancellation"],
        ] {
            let stems: Vec<String> = forms.iter().map(|form| stem(form)).collect();
            assert!(stems.iter().all(|found| *found == stems[0]), "{stems:?}");
        }
    }

    #[test]
    fn other_words_stay_apart_and_short_ones_as_they_are() {
        assert_ne!(stem("heures"), stem("heureux"));
        assert_ne!(stem("price"), stem("prize"));
        assert_eq!(stem("bus"), "bus");
        assert_eq!(stem("привет"), "привет");
    }
}
