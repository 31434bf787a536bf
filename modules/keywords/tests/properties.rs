//! What holds for every text: places cut a form of the phrase, scores fall, nothing comes twice, time grows by length.

use keywords::{keywords, Language, MOST_OFFSETS};
use seeded::Seeded;

const WORDS: &[&str] = &[
    "wind",
    "farm",
    "Farms",
    "wind farm",
    "ligne de nuit",
    "of",
    "de",
    "the",
    "la",
    "l'été",
    "É\u{301}TÉ",
    "4",
    "GPU",
    "d'",
    "-",
    "port's",
    "quickly",
    "new",
    "traversaient",
    "e-mail",
    "word_like",
    "http://a.b/c",
];

fn text_of(random: &mut Seeded) -> String {
    (0..random.below(60))
        .map(|_| match random.below(6) {
            0 => random.unruly_text(2),
            1 => random.pick(&[". ", ", ", "\n", "\n\n", "\t", "! "]).to_owned(),
            _ => random.pick(WORDS).to_owned() + " ",
        })
        .collect()
}

#[test]
fn places_cut_the_text_and_scores_fall_from_one() {
    let mut random = Seeded::new(21);
    let mut count = 0;
    for run in 0..3_000 {
        let text = text_of(&mut random);
        let letters: Vec<char> = text.chars().collect();
        let (most, longest) = (random.between(1, 50), random.between(1, 5));
        let language = [None, Some(Language::English), Some(Language::French)][run % 3];
        let found = keywords(&text, most, longest, language);
        assert!(found.keywords.len() <= most);
        let mut last = 1.0;
        for keyword in &found.keywords {
            let cut = |(start, end): &(usize, usize)| letters[*start..*end].iter().collect::<String>();
            let forms: Vec<String> = keyword.offsets.iter().map(cut).collect();
            assert!(keyword.count > MOST_OFFSETS || forms.iter().any(|form| form == keyword.phrase), "{text:?}");
            assert!(forms.iter().all(|form| !form.trim().is_empty() && form.trim() == form), "{text:?}");
            assert_eq!(forms.len(), keyword.count.min(MOST_OFFSETS));
            assert!(keyword.offsets.windows(2).all(|pair| pair[0].0 < pair[1].0), "{text:?}");
            assert!(keyword.score <= last && keyword.score > 0.0, "{text:?}");
            last = keyword.score;
            count += 1;
        }
        let mut shown: Vec<&str> = found.keywords.iter().map(|keyword| keyword.phrase).collect();
        shown.sort_unstable();
        shown.dedup();
        assert_eq!(shown.len(), found.keywords.len(), "{text:?}");
        assert!(found.keywords.first().is_none_or(|first| first.score == 1.0));
    }
    assert!(count > 5_000, "{count} phrases");
}

#[test]
fn a_mebibyte_of_anything_is_read_once() {
    let words: String = (0..100_000).map(|at| format!("w{at} x{} K{at}. ", at * 7 % 9_973)).collect();
    let pieces = [
        "word ",
        "a ",
        "wind farm ",
        "A. ",
        "é",
        "\u{1f600}",
        "-a",
        "'",
        "de ",
        "pompe à ",
        "1 ",
        "\n",
        "(",
        "x.y",
        "字",
        "word of ",
    ];
    for text in pieces.iter().map(|piece| piece.repeat((1 << 20) / piece.len())).chain([words]) {
        let found = keywords(&text, 50, 5, None);
        assert!(found.keywords.len() <= 50);
        assert!(found.keywords.iter().all(|keyword| keyword.offsets.len() <= MOST_OFFSETS));
    }
}
