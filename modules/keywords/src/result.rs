//! From a text to its key phrases, with the form in which each is best shown and its places.

use std::collections::BTreeMap;

use crate::language::Language;
use crate::phrases::{occurrences, Occurrence};
use crate::pieces::{pieces, Before, Piece};
use crate::{rank, select, vocabulary};

/// The most places that are given for a phrase.
pub const MOST_OFFSETS: usize = 20;

/// One key phrase.
#[derive(Clone, Debug, PartialEq)]
pub struct Keyword<'t> {
    /// It in its most frequent form.
    pub phrase: &'t str,
    /// How much it says, beside the best phrase of the text, which has 1.
    pub score: f64,
    /// How often it stands there, in any form.
    pub count: usize,
    /// Its first places, each with the first character and the one after the last, in Unicode code points.
    pub offsets: Vec<(usize, usize)>,
}

/// The key phrases of a text, the best first.
#[derive(Clone, Debug, PartialEq)]
pub struct Keywords<'t> {
    /// The phrases.
    pub keywords: Vec<Keyword<'t>>,
    /// The language in which the text was read.
    pub language: Language,
}

/// Up to `most` phrases of up to `longest` words; the language is looked for where none is given.
pub fn keywords(text: &str, most: usize, longest: usize, language: Option<Language>) -> Keywords<'_> {
    let pieces = pieces(text);
    let language = language.unwrap_or_else(|| Language::of(pieces.iter().map(|piece| piece.word)));
    let all = vocabulary::words(&pieces, language);
    let sorted = occurrences(&pieces, &all, language, longest);
    let chosen = select::best(rank::candidates(&pieces, &sorted), &sorted, most);
    let best = chosen.first().map_or(1.0, |candidate| candidate.score);
    let mut keywords: Vec<Keyword<'_>> = Vec::with_capacity(chosen.len());
    for candidate in &chosen {
        let places = &sorted[candidate.from as usize..][..candidate.count as usize];
        keywords.push(Keyword {
            phrase: shown(text, &pieces, places),
            score: (candidate.score / best * 10_000.0).round() / 10_000.0,
            count: places.len(),
            offsets: places.iter().take(MOST_OFFSETS).map(|place| span(&pieces, place)).collect(),
        });
    }
    in_code_points(text, &mut keywords);
    Keywords { keywords, language }
}

/// The bytes of a phrase at one place.
fn span(pieces: &[Piece<'_>], place: &Occurrence) -> (usize, usize) {
    let last = &pieces[place.last as usize];
    (pieces[place.first as usize].start, last.start + last.word.len())
}

/// The most frequent form of a phrase; of two, the one that does not owe its capital to a sentence, then the shorter.
fn shown<'t>(text: &'t str, pieces: &[Piece<'_>], places: &[Occurrence]) -> &'t str {
    let mut forms: BTreeMap<&'t str, (usize, usize)> = BTreeMap::new();
    for place in places {
        let (start, end) = span(pieces, place);
        let form = forms.entry(&text[start..end]).or_default();
        form.0 += 1;
        form.1 += usize::from(pieces[place.first as usize].before != Before::Sentence);
    }
    let rank = |(form, (count, inside)): &(&'t str, (usize, usize))| (*inside, *count, std::cmp::Reverse(form.len()));
    forms.into_iter().max_by_key(rank).map_or("", |(form, _)| form)
}

/// Turn the places of all phrases from bytes into code points, in one walk over the text.
fn in_code_points(text: &str, keywords: &mut [Keyword<'_>]) {
    let mut ends: Vec<&mut usize> = keywords
        .iter_mut()
        .flat_map(|keyword| keyword.offsets.iter_mut())
        .flat_map(|(start, end)| [start, end])
        .collect();
    ends.sort_unstable_by_key(|end| **end);
    let (mut byte, mut point) = (0, 0);
    for end in ends {
        point += text[byte..*end].chars().count();
        byte = *end;
        *end = point;
    }
}
