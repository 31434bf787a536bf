//! The promises that every cut keeps, as one check.
#![allow(dead_code, reason = "each test file uses a part of it")]

use chunk::{chunk, estimate, By, Chunks, Format, Options};
use seeded::Seeded;

/// `text` cut as `options` say, after everything that has to hold was found to hold.
pub fn check<'t>(text: &'t str, options: &Options) -> Chunks<'t> {
    let cut = chunk(text, options);
    let seen = |text: &str| text.chars().filter(|letter| !letter.is_whitespace()).collect::<String>();
    let letters: Vec<char> = text.chars().collect();
    let mut fresh = String::new();
    let (mut last_start, mut last_end) = (None, 0);
    for chunk in &cut.chunks {
        let held = cut.text(chunk);
        assert!(chunk.start < chunk.end && chunk.end <= letters.len(), "an offset outside of the text");
        assert!(!seen(held).is_empty(), "a chunk with nothing to be seen");
        assert!(chunk.tokens <= options.max_tokens, "{} tokens in {held:?}", chunk.tokens);
        assert!(estimate(held) <= chunk.tokens, "{held:?} is said to have {} tokens", chunk.tokens);
        assert!(last_start.is_none_or(|last| last < chunk.start), "chunks start one after the other");
        assert!(last_end < chunk.end, "every chunk has something new");
        if cut.format != Format::Html {
            let slice: String = letters[chunk.start..chunk.end].iter().collect();
            assert_eq!(held, slice, "text is what stands between the offsets");
            let new: String = letters[chunk.start.max(last_end)..chunk.end].iter().collect();
            let repeated: String = letters[chunk.start..chunk.start.max(last_end)].iter().collect();
            assert!(estimate(&repeated) <= options.overlap_tokens, "{repeated:?} is repeated");
            fresh += &new;
        } else if options.overlap_tokens == 0 {
            fresh += held;
        }
        (last_start, last_end) = (Some(chunk.start), chunk.end);
    }
    if cut.format != Format::Html || options.overlap_tokens == 0 {
        assert_eq!(seen(&fresh), seen(cut.whole()), "every character exactly once, overlap apart");
    }
    cut
}

/// Check `text` in every format, by every way of cutting, in random sizes.
pub fn check_all_ways(text: &str, random: &mut Seeded) {
    for format in [None, Some(Format::Markdown), Some(Format::Text), Some(Format::Html)] {
        for by in [By::Tokens, By::Sentences, By::Headings] {
            let max_tokens = random.between(16, 80);
            let overlap_tokens = if random.below(2) == 0 { 0 } else { random.below(max_tokens.div_ceil(2)) };
            check(text, &Options { format, by, max_tokens, overlap_tokens, language: None });
        }
    }
}
