//! Where sentences end, in seven languages, and where they only seem to.

use chunk::{ends_of_sentences, estimate, Language};

fn split(text: &str, language: Option<Language>) -> Vec<&str> {
    let mut start = 0;
    let ends = ends_of_sentences(text, language).into_iter().chain([text.len()]);
    ends.map(|end| text[std::mem::replace(&mut start, end)..end].trim()).collect()
}

/// `marked` has a bar wherever a sentence ends; without the bars it is the text.
fn splits(language: Option<Language>, marked: &[&str]) {
    for marked in marked {
        let expected: Vec<&str> = marked.split('|').map(str::trim).collect();
        assert_eq!(split(&marked.replace('|', ""), language), expected);
    }
}

#[test]
fn stops_end_sentences_and_abbreviations_do_not() {
    splits(
        None,
        &[
            "One.| Two!| Three?| Four",
            "Dr. Smith met Mrs. Jones at St. Mary's.| They left.",
            "It is the U.S. Army.| It left the U.S.| The end.",
            "See fig. 3 and no. 12.| He said no.| Then he left.",
            "\"Stop!\" he said.| (This is one.)| « Oui. »| Elle rit.",
            "M. Dupont et Mme. Roche arrivent.| Ils partent.",
            "It rose 3.5 percent to 1.204.7 points.| Good.",
            "Am 3. März kam er bzw. sie.| Gut.",
            "El Sr. García llegó.| ¿Quién?| ¡Nadie!",
            "**Bold.**| Then more.",
        ],
    );
}

#[test]
fn the_language_decides_where_only_it_can() {
    splits(Some(Language::De), &["Der 12. Band, Nr. 4, Abs. 2, ist da.| Er ist gut, d.h. neu."]);
    splits(Some(Language::It), &["Il dott. Rossi e il sig. Verdi, pag. 3.| Fine."]);
    splits(Some(Language::Nl), &["Dhr. Jansen en mevr. Smit, bijv. hier, blz. 4.| Klaar."]);
    splits(Some(Language::En), &["He was 12.| Then he grew."]);
}

#[test]
fn other_scripts_have_their_own_stops() {
    splits(None, &["\u{65e5}\u{672c}\u{3002}|\u{6771}\u{4eac}\u{ff01}\u{ff1f}| \u{4eac}"]);
    splits(
        None,
        &[
            "\u{5e9}\u{5dc}\u{5d5}\u{5dd}.| \u{5de}\u{5d4}?| \u{5db}\u{5df}",
            "\u{645}\u{627}\u{61f}| \u{644}\u{627}.| \u{646}",
        ],
    );
    splits(None, &["\u{928}\u{92e}\u{964}| \u{915}\u{964}"]);
}

#[test]
fn numbers_of_items_belong_to_their_items() {
    splits(None, &["1. Wash it.| Dry it.|\n2. Fold it."]);
}

#[test]
fn the_estimate_is_near_a_token_for_four_characters_of_prose() {
    let prose = "The keeper of the lighthouse wrote a letter every week, and nobody on the mainland ever answered him.";
    assert_eq!((estimate(prose), prose.len() / 4), (23, 25));
    assert_eq!(estimate("1234567 12"), 4, "digits go in threes");
    assert_eq!(estimate("\u{65e5}\u{672c}"), 2);
    assert_eq!((estimate(""), estimate(" \n "), estimate("a b"), estimate(" a \n b ")), (0, 0, 2, 3));
    assert_eq!(estimate("internationalisation"), 4);
}
