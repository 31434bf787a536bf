//! HTML, and telling the formats apart.

mod checks;

use checks::check;
use chunk::{Chunks, Format, Kind, Options};

fn html(text: &str) -> Chunks<'_> {
    check(text, &Options { format: Some(Format::Html), ..Options::default() })
}

fn flat(source: &str) -> String {
    html(source).whole().to_owned()
}

#[test]
fn tags_go_and_words_stay_apart_where_readers_see_them_apart() {
    assert_eq!(
        flat("<p>One <b>bo</b>ld</p><p>two<br>three</p>four<div>five</div>"),
        "One bold\n\ntwo\nthree\n\nfour\n\nfive"
    );
    assert_eq!(flat("  a \n\t b  <i> c</i> "), "a b c");
    assert_eq!(flat("<p title='a > b'>x</p><a href=x>y</a>"), "x\n\ny");
}

#[test]
fn character_references_become_characters() {
    assert_eq!(flat("&eacute;&lt;&#233;&#xE9;&#x1F600;&euro;&rarr;&nbsp;x"), "é<éé\u{1f600}€→ x");
    assert_eq!(flat("&#150;&#0;&#xD800;&#99999999;"), "–\u{fffd}\u{fffd}\u{fffd}");
    assert_eq!(flat("AT&T &unknown; &; &#; &#x; &amp &#+5;"), "AT&T &unknown; &; &#; &#x; &amp &#+5;");
}

#[test]
fn scripts_styles_and_comments_are_dropped() {
    assert_eq!(
        flat("a<script>if (x < 1) { '<p>' }</SCRIPT>b<style>p{}</style><!-- c <p> -- > -->d<!DOCTYPE x><?php?>e"),
        "abde"
    );
    assert_eq!(flat("<script>never closed"), "never closed", "only the tag is dropped when there is no end");
    assert_eq!(flat("a <!-- never closed"), "a");
    assert_eq!(flat("a < b and c<5"), "a < b and c<5");
}

#[test]
fn lists_tables_and_code_keep_their_form() {
    assert_eq!(flat("<ul><li>a<li>b<ol><li>c</ol></ul>d"), "- a\n- b\n  - c\n\nd");
    assert_eq!(flat("<table><tr><th>A<th>B<tr><td>1<td><p>2</p>3</table>"), "A | B\n1 | 2 3");
    assert_eq!(flat("<pre>\n  a  b\n\n  &lt;c></pre>x"), "  a  b\n\n  <c>\n\nx");
    let cut = html(
        "<h1>A</h1><h2>B <i>c</i></h2><blockquote><p>q</p></blockquote><h2>D</h2><pre>x</pre><h2>E</h2><ul><li>l</ul>",
    );
    let said: Vec<_> = cut.chunks.iter().map(|chunk| (chunk.kind, cut.headings(chunk))).collect();
    assert_eq!(said, [(Kind::Quote, vec!["A", "B c"]), (Kind::Code, vec!["A", "D"]), (Kind::List, vec!["A", "E"])]);
}

#[test]
fn offsets_of_html_are_those_of_the_source() {
    let source = "<p>Caf&eacute;s \u{1f600}</p>\r\n<p>x &amp;</p>";
    let cut = check(source, &Options { format: Some(Format::Html), max_tokens: 16, ..Options::default() });
    let letters: Vec<char> = source.chars().collect();
    let slice: String = letters[cut.chunks[0].start..cut.chunks[0].end].iter().collect();
    assert_eq!(slice, "Caf&eacute;s \u{1f600}</p>\r\n<p>x &amp;");
}

#[test]
fn formats_are_told_apart() {
    let detected = |text: &str| check(text, &Options::default()).format;
    for text in [
        "# Title\n\ntext",
        "text\n\n```\ncode\n```\n",
        "|a|b|\n|-|-|\n",
        "---\na: b\n---\n",
        "- a\n- b\n\nSee [x](y).",
        "# About `<p>` and `</p>`\n\n<p>x</p>",
        "Title\n=====\n",
        "\u{feff}# Title",
    ] {
        assert_eq!(detected(text), Format::Markdown, "{text}");
    }
    for text in ["<!doctype HTML><p>x", "<html>", "<div>a</div>", "text <p>a</p><p>b</p>", "\u{feff}<p># x</p>"] {
        assert_eq!(detected(text), Format::Html, "{text}");
    }
    for text in [
        "",
        "Plain words.",
        "#1 of them",
        "a < b and b > c",
        "Dear Ann,\n\n- tea\n- milk\n\nBye",
        "2. Then\n3. now",
        "x ** 2",
        "=====",
        "a\n\n=====\n",
        "Use </p> once.",
    ] {
        assert_eq!(detected(text), Format::Text, "{text}");
    }
}
