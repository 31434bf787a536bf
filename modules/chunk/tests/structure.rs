//! What is kept together, and what each chunk says of itself.

mod checks;

use checks::check;
use chunk::{By, Chunks, Format, Kind, Options};

fn texts<'c>(cut: &'c Chunks<'_>) -> Vec<&'c str> {
    cut.chunks.iter().map(|chunk| cut.text(chunk)).collect()
}

fn markdown(max_tokens: usize) -> Options {
    Options { format: Some(Format::Markdown), max_tokens, ..Options::default() }
}

/// `count` sentences of ten tokens each.
fn sentences(count: usize) -> String {
    let all: Vec<String> =
        (0..count).map(|number| format!("The red boat number {:02} left us at noon.", number % 100)).collect();
    all.join(" ")
}

#[test]
fn a_chunk_never_goes_over_a_heading_and_knows_its_path() {
    let text = "Before.\n\n# A\n\nOne.\n\n## B\n\nTwo.\n\n### C ###\n\n## D\n\nThree.\n\n# E\n\nFour.\n";
    let cut = check(text, &markdown(256));
    let paths: Vec<Vec<&str>> = cut.chunks.iter().map(|chunk| cut.headings(chunk)).collect();
    assert_eq!(paths, [vec![], vec!["A"], vec!["A", "B"], vec!["A", "D"], vec!["E"]]);
    assert_eq!(
        cut.text(&cut.chunks[3]),
        "### C ###\n\n## D\n\nThree.",
        "a heading with nothing below it goes with the next"
    );
}

#[test]
fn underlined_headings_are_headings_and_rules_are_not() {
    let cut = check("One\ntwo\n===\n\ntext\n\n---\n\nmore\n\nTitle\n---\nlast", &markdown(256));
    assert_eq!(
        cut.chunks.iter().map(|chunk| cut.headings(chunk)).collect::<Vec<_>>(),
        [vec!["One two"], vec!["One two", "Title"]]
    );
}

#[test]
fn what_looks_like_a_heading_in_code_is_code() {
    let text = "# A\n\n```sh\n# not a heading\n\n## neither\n```\n\n    # nor this\n\nend\n";
    let cut = check(text, &markdown(256));
    assert_eq!(cut.chunks.len(), 1);
    assert_eq!(
        check("#1 fan and #hashtag\n", &markdown(256)).headings(&check("#1 fan", &markdown(64)).chunks[0]),
        Vec::<&str>::new()
    );
}

#[test]
fn code_that_fits_is_never_cut_and_what_does_not_is_cut_between_lines() {
    let code = format!("```python\n{}```", "value = compute(value, 12)\n".repeat(6));
    for before in 0..12 {
        let text = format!("{}\n\n{code}\n\n{}", sentences(before), sentences(3));
        let cut = check(&text, &markdown(100));
        assert_eq!(texts(&cut).iter().filter(|chunk| chunk.contains(&code)).count(), 1, "{before}");
    }
    let cut = check(&code, &markdown(24));
    assert!(cut.chunks.len() > 2 && cut.chunks.iter().all(|chunk| chunk.kind == Kind::Code));
    assert!(texts(&cut).iter().all(|chunk| chunk.ends_with(')') || chunk.ends_with("```") || *chunk == "```python"));
}

#[test]
fn indentation_of_the_first_line_of_code_is_kept() {
    let code = "```\nif a:\n    first(a, b, c, d, e)\n    second(a, b, c, d, e)\n```";
    let cut = check(code, &markdown(20));
    assert!(texts(&cut).iter().any(|chunk| chunk.starts_with("    second")), "{:?}", texts(&cut));
}

#[test]
fn tables_and_lists_that_fit_are_never_cut() {
    let table = format!("| name | size |\n|------|-----:|\n{}", "| boat | 12 m |\n".repeat(5));
    let list =
        format!("{}  more of the last\n\n  and a paragraph\n", "- one thing to do\n  - and its part\n".repeat(4));
    for block in [table.trim_end(), list.trim_end()] {
        for before in 0..12 {
            let text = format!("{}\n\n{block}\n\n{}", sentences(before), sentences(3));
            let cut = check(&text, &markdown(100));
            assert_eq!(texts(&cut).iter().filter(|chunk| chunk.contains(block)).count(), 1, "{before} {block}");
        }
    }
}

#[test]
fn a_list_that_does_not_fit_is_cut_between_its_items() {
    let list = "- the first thing of all\n\n  ```\n  with code below it\n  ```\n".repeat(8);
    let cut = check(&list, &markdown(40));
    assert!(cut.chunks.len() > 2);
    assert!(texts(&cut).iter().all(|chunk| chunk.starts_with("- the") && chunk.ends_with("```")), "{:?}", texts(&cut));
}

#[test]
fn what_announces_a_list_stays_with_it() {
    let text = format!("{}\n\nWhat we need:\n\n- bread\n- milk\n", sentences(5));
    let cut = check(&text, &markdown(56));
    assert!(texts(&cut).last().is_some_and(|last| last.starts_with("What we need:")), "{:?}", texts(&cut));
}

#[test]
fn front_matter_is_a_chunk_of_its_own() {
    let cut = check("---\ntitle: A\n---\n# A\n\ntext\n", &markdown(256));
    assert_eq!(cut.chunks.iter().map(|chunk| chunk.kind).collect::<Vec<_>>(), [Kind::FrontMatter, Kind::Paragraph]);
    let cut = check("---\n\nA rule, then text.\n\n---\n", &markdown(256));
    assert_eq!(cut.chunks[0].kind, Kind::Paragraph);
}

#[test]
fn chunks_say_what_they_hold() {
    let text = "# H\n\n> said\n\n# H\n\n- item\n\n# H\n\n|a|\n|-|\n|b|\n\n# H\n\ntext\n\n- item\n\n# H\n";
    let kinds: Vec<Kind> = check(text, &markdown(256)).chunks.iter().map(|chunk| chunk.kind).collect();
    assert_eq!(kinds, [Kind::Quote, Kind::List, Kind::Table, Kind::Mixed, Kind::Heading]);
}

#[test]
fn sentences_are_whole_and_paragraphs_preferred() {
    let text = format!("{}\n\n{}\n\n{}", sentences(4), sentences(4), sentences(20));
    let options = Options { by: By::Sentences, max_tokens: 64, ..Options::default() };
    let cut = check(&text, &options);
    assert!(texts(&cut).iter().all(|chunk| chunk.starts_with("The red") && chunk.ends_with("noon.")));
    assert_eq!(texts(&cut)[0], sentences(4));
}

#[test]
fn by_tokens_every_chunk_but_the_last_is_nearly_full() {
    let text = sentences(100);
    let cut = check(&text, &Options { by: By::Tokens, max_tokens: 50, ..Options::default() });
    let (_, full) = cut.chunks.split_last().expect("chunks");
    assert!(full.iter().all(|chunk| chunk.tokens >= 48), "a word of this text has at most two tokens");
}

#[test]
fn the_overlap_is_as_long_as_asked_as_far_as_words_allow() {
    let text = sentences(60);
    let cut = check(&text, &Options { by: By::Tokens, max_tokens: 60, overlap_tokens: 25, ..Options::default() });
    for pair in cut.chunks.windows(2) {
        let repeated: String = text.chars().skip(pair[1].start).take(pair[0].end - pair[1].start).collect();
        assert!((23..=25).contains(&chunk::estimate(&repeated)), "{repeated:?}");
    }
    let options = Options { by: By::Sentences, max_tokens: 60, overlap_tokens: 25, ..Options::default() };
    assert!(
        texts(&check(&text, &options)).iter().all(|chunk| chunk.starts_with("The red")),
        "overlaps begin with sentences"
    );
}

#[test]
fn no_overlap_goes_over_a_heading() {
    let text = format!("# A\n\n{}\n\n# B\n\n{}", sentences(10), sentences(10));
    let cut = check(&text, &Options { overlap_tokens: 20, ..markdown(60) });
    assert!(texts(&cut).iter().all(|chunk| !chunk.contains("# B") || chunk.starts_with("# B")));
}
