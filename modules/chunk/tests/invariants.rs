//! What holds for every document, option by option: nothing lost, nothing twice, nothing too large, exact offsets.

mod checks;

use checks::{check, check_all_ways};
use chunk::{chunk, Format, Options};
use seeded::Seeded;

const MEBIBYTE: usize = 1 << 20;

/// Lines that mean something to one of the readers.
const LINES: &[&str] = &[
    "# One\n",
    "## Two ##\n",
    "Title\n===\n",
    "- an item\n",
    "  - an item of an item\n",
    "1. first\r\n",
    "```rust\n",
    "let a = 1;\n",
    "    four spaces\n",
    "\tone tab\n",
    "| a | b |\n",
    "|---|---|\n",
    "> said. And said again.\n",
    "---\n",
    "key: value\n",
    "\n",
    "\r\n\r\n",
    "A sentence. Another, longer one, with a comma: and more! Is it? Mr. Smith knows.\n",
    "Es war am 3. März so. Das galt z. B. auch hier.\n",
    "\u{65e5}\u{672c}\u{8a9e}\u{306e}\u{6587}\u{3002}\u{6b21}\u{306e}\u{6587}\u{3002}\n",
    "<p>para <b>bold</b> &amp; more</p>\n",
    "<ul><li>x<li>y</ul><pre> a\n  b</pre>\n",
    "<table><tr><td>1<td>2</table>\n",
    "<!-- no -->",
    "<script>x</script>",
    "<h2>Head</h2>",
    "a-very-long-word-that-goes-on-and-on-without-any-space-at-all-until-it-is-longer-than-a-small-chunk-can-be/",
];

#[test]
fn documents_of_every_kind_of_line_are_cut_without_loss() {
    let mut random = Seeded::new(11);
    for _ in 0..400 {
        let text: String = (0..random.below(30))
            .map(|_| if random.below(5) == 0 { random.unruly_text(8) } else { random.pick(LINES).to_owned() })
            .collect();
        check_all_ways(&text, &mut random);
    }
}

#[test]
fn unruly_texts_are_cut_without_loss() {
    let mut random = Seeded::new(12);
    for _ in 0..400 {
        let text = random.unruly_text(120);
        check_all_ways(&text, &mut random);
    }
}

#[test]
fn texts_without_anything_to_be_seen_have_no_chunks() {
    for text in ["", " ", "\r\n\t ", "\u{a0}\u{3000}\n"] {
        assert_eq!(chunk(text, &Options::default()).chunks, []);
    }
    assert_eq!(chunk("<p> </p><!-- x --><script>1</script>", &Options::default()).chunks, []);
}

#[test]
fn a_word_longer_than_a_chunk_is_cut_between_what_readers_take_for_characters() {
    let family = "\u{1f468}\u{200d}\u{1f469}\u{200d}\u{1f467}";
    for piece in ["a", "e\u{301}", family, "\u{1f1eb}\u{1f1f7}", "x1", "{\"a\":1},"] {
        let text = piece.repeat(400);
        let options = Options { max_tokens: 16, ..Options::default() };
        let cut = check(&text, &options);
        assert!(cut.chunks.len() > 3, "{piece}");
        for chunk in &cut.chunks {
            let starts = text.char_indices().nth(chunk.start).expect("inside").0;
            assert!(!piece.starts_with(family) || starts % family.len() == 0, "whole families");
            assert!(!cut.text(chunk).starts_with(['\u{301}', '\u{200d}']), "{piece}");
        }
    }
}

#[test]
fn even_one_character_of_thousands_of_accents_never_exceeds_the_size() {
    let text = format!("a{} b", "\u{301}".repeat(3_000));
    check(&text, &Options { max_tokens: 16, overlap_tokens: 7, ..Options::default() });
    check(&text, &Options { max_tokens: 4_096, ..Options::default() });
}

#[test]
fn a_mebibyte_of_anything_takes_time_in_proportion_to_its_length() {
    let (nested, html) = ("- a\n".to_owned() + &"  - b\n".repeat(50), "<ul><li><div><blockquote>".to_owned());
    for piece in [
        "A word. ",
        "a",
        " ",
        "\n",
        "# a\n",
        "- a\n",
        "```\n",
        "| a | b |\n|---|---|\n",
        "<p>",
        "<a href=\"",
        "</",
        "&amp;",
        "a\u{301}",
        "\u{65e5}",
        "\u{1f600}",
        "> a\n",
        "a,",
        "a: ",
        ".",
        "1. ",
        "---\n",
        "<script>",
        "<!--",
        "    a\n\n\n",
        &nested,
        &html,
        "a\n---\n",
        "<svg>",
        "a\r",
    ] {
        let text = piece.repeat(MEBIBYTE / piece.len());
        for format in [Format::Markdown, Format::Text, Format::Html] {
            let options = Options { format: Some(format), overlap_tokens: 20, ..Options::default() };
            let cut = chunk(&text, &options);
            assert!(cut.chunks.iter().all(|chunk| chunk.tokens <= options.max_tokens), "{piece:?}");
        }
    }
}
