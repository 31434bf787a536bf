//! What the answers promise beside being right: order, sums, restriction, offsets, and time.

use language::{detect, segments, Language, Script, Segment, LANGUAGES, MOST_SEGMENTS};
use seeded::Seeded;

fn only(codes: &[&str]) -> Vec<&'static Language> {
    codes.iter().map(|code| Language::named(code).expect("known")).collect()
}

fn told(text: &str) -> Option<&'static str> {
    detect(text, &[]).language
}

#[test]
fn codes_are_in_order_and_norwegian_has_two() {
    assert!(LANGUAGES.windows(2).all(|pair| pair[0].code < pair[1].code));
    assert_eq!(Language::named("no").map(|language| language.code), Some("nb"));
    assert!(Language::named("xx").is_none() && Language::named("EN").is_none());
}

#[test]
fn a_restriction_leaves_no_other_answer() {
    let text = "La sala de espera está cerrada";
    assert_eq!(told(text), Some("es"));
    let found = detect(text, &only(&["it", "pt"]));
    assert!(found.candidates.iter().all(|candidate| ["it", "pt"].contains(&candidate.code)));
    assert!(detect(text, &only(&["ru", "ja"])).candidates.is_empty());
}

#[test]
fn a_single_script_tells_its_language_and_says_which() {
    for (text, code, script) in [
        ("გამარჯობა, როგორ ხარ", "ka", Script::Georgian),
        ("Բարեւ ձեզ", "hy", Script::Armenian),
        ("আপনি কেমন আছেন", "bn", Script::Bengali),
        ("வணக்கம் நண்பர்களே", "ta", Script::Tamil),
        ("ಹೇಗಿದ್ದೀರಿ", "kn", Script::Kannada),
        ("γεια σου", "el", Script::Greek),
        ("東京駅", "ja", Script::Han),
        ("カタカナ", "ja", Script::Japanese),
    ] {
        let found = detect(text, &[]);
        assert_eq!((found.language, found.script), (Some(code), Some(script)), "{text}");
    }
    assert!(Script::ALL.iter().all(|script| script.code().len() == 4));
}

#[test]
fn longer_texts_of_further_languages_are_told() {
    for (text, code) in [
        ("El gat es va menjar el peix que hi havia a la cuina i després va dormir tota la tarda.", "ca"),
        ("Die kinders speel buite in die tuin en hulle ma maak vir hulle kos in die kombuis.", "af"),
        ("Šiandien oras labai gražus, todėl eisime pasivaikščioti į parką su vaikais.", "lt"),
        ("Сьогодні я вам розповім про те, як ми з друзями ходили в гори минулого літа.", "uk"),
        ("Данас је лепо време и деца се играју у парку поред реке са својим пријатељима.", "sr"),
    ] {
        assert_eq!(told(text), Some(code), "{text}");
    }
}

#[test]
fn addresses_code_and_tags_do_not_hide_the_language() {
    assert_eq!(told("Voir https://example.com/the/house/of/cards pour en savoir davantage"), Some("fr"));
    assert_eq!(told("<div class=\"content\"><p>Das ist ein <b>kleines</b> Haus</p></div>"), Some("de"));
    assert_eq!(told("const the_value = read(file);\nHier steht, was das Programm tut.\nreturn value;"), Some("de"));
    assert_eq!(told("E\u{301}cole fermée\u{202c} aujourd\u{2019}hui"), Some("fr"));
    assert_eq!(told("GUTEN MORGEN LIEBE LEUTE"), Some("de"));
}

#[test]
fn scores_are_in_order_and_at_most_one_together() {
    let mut random = Seeded::new(11);
    for _ in 0..2_000 {
        let found = detect(&random.unruly_text(12), &[]);
        assert!(found.candidates.windows(2).all(|pair| pair[0].score >= pair[1].score));
        assert!(found.candidates.iter().map(|candidate| candidate.score).sum::<f64>() <= 1.000_001);
        assert!(!found.reliable || found.language.is_some());
        assert_eq!(found.confidence, found.candidates.first().map_or(0.0, |best| best.score));
    }
}

#[test]
fn a_text_in_two_languages_is_cut_where_they_meet() {
    let text =
        "\u{1f469}\u{200d}\u{1f4bb} The parcel came too late.\r\nLe paquet est arrivé trop tard.\r\nIl était ouvert.";
    let found = segments(text, &[]);
    let cut =
        |segment: &Segment| text.chars().skip(segment.start).take(segment.end - segment.start).collect::<String>();
    let codes: Vec<_> = found.iter().map(|segment| segment.language).collect();
    assert_eq!(codes, [Some("en"), Some("fr")]);
    assert_eq!(cut(&found[1]), "Le paquet est arrivé trop tard.\r\nIl était ouvert.");
}

#[test]
fn segments_touch_and_are_the_whole_text() {
    let mut random = Seeded::new(12);
    let sentences =
        ["This is the end of it. ", "Das ist das Ende davon! ", "C'est la fin de tout.\r\n", "これで終わりです。"];
    for _ in 0..300 {
        let text: String = (0..random.below(12)).map(|_| random.unruly_text(4) + random.pick(&sentences)).collect();
        let found = segments(&text, &[]);
        let ends: Vec<usize> = found.iter().map(|segment| segment.end).collect();
        let starts: Vec<usize> = found.iter().map(|segment| segment.start).collect();
        assert!(found.is_empty() || starts[0] == 0);
        assert!(starts.iter().skip(1).eq(ends.iter().take(ends.len().saturating_sub(1))));
        assert_eq!(ends.last().copied().unwrap_or(0), text.chars().count());
    }
}

#[test]
fn a_mebibyte_is_handled_and_its_segments_are_bounded() {
    for piece in ["1 ", "The end. C'est fini. ", "a", "<", "&", "\u{1f600}", "e\u{301}", "字", "A\n", "wörd.", "שלום "]
    {
        let text = piece.repeat((1 << 20) / piece.len());
        let found = segments(&text, &[]);
        assert!(found.len() <= MOST_SEGMENTS);
        assert_eq!(found.last().map(|last| last.end), Some(text.chars().count()));
        assert!(detect(&text, &[]).confidence <= 1.0);
    }
}
