//! From the words of a text to its language, with a confidence that says how often such an answer is right.

use crate::alphabets;
use crate::catalogue::{Language, Support, LANGUAGES};
use crate::evidence::{fit, tables, Fit};
use crate::ideographs::leanings;
use crate::sample::sample;
use crate::script::Script;
use crate::votes::vote;
use crate::words::Words;

/// An answer with this confidence is called reliable.
pub const RELIABLE: f64 = 0.85;
/// Below this confidence no language is named.
const NAMED: f64 = 0.4;
/// Neighbouring letters say the same thing again, so evidence counts less the longer a text is.
const FIRST_TEMPERATURE: f64 = 1.2;
const TEMPERATURE_PER_ROOT: f64 = 0.12;
/// Without one word that is listed, spelling alone speaks, and that may be the spelling of a name.
const UNLISTED: f64 = 2.0;
/// What a letter costs a language that nobody described: what fits worse is none of ours.
const STRANGER_PER_LETTER: f64 = 3.35;
/// A text that costs one of ours less than this is of no language that only its trigrams are known of.
const FAMILIAR_PER_LETTER: f64 = 2.3;
/// Of so many words one may have a letter that the language does not have.
const WORDS_PER_FOREIGN_ONE: usize = 20;
/// What the vote of `whatlang` is worth in a long text, in nats; with few letters in proportion.
const VOTE: f64 = 10.0;
const VOTE_LETTERS: f64 = 60.0;
/// Where the script decides, a letter or two may still be a quotation.
const SCRIPT_ALONE: f64 = 2.0;
const SCRIPT_PER_LETTER: f64 = 0.5;
/// Chinese is written without any character that tells more often than Japanese.
const CHINESE_LEAD: f64 = 1.2;
const PER_CHARACTER: f64 = 2.5;
/// No answer is certain.
const MOST: f64 = 0.999;

/// A language with how likely it is.
#[derive(Clone, Debug, PartialEq)]
pub struct Candidate {
    /// ISO 639-1.
    pub code: &'static str,
    /// 0 to 1; those of all candidates are at most 1 together.
    pub score: f64,
}

/// What is known about the language of a text.
#[derive(Clone, Debug, PartialEq)]
pub struct Detection {
    /// ISO 639-1, or nothing when there is too little to tell.
    pub language: Option<&'static str>,
    /// How likely the best candidate is right.
    pub confidence: f64,
    /// Whether that is enough to rely on.
    pub reliable: bool,
    /// The script of most letters that were looked at.
    pub script: Option<Script>,
    /// The likely languages, the likeliest first.
    pub candidates: Vec<Candidate>,
}

/// The language of `text`: one of `allowed`, or of all when that is empty.
pub fn detect(text: &str, allowed: &[&'static Language]) -> Detection {
    let pieces = sample(text);
    let words = Words::of(&pieces.join("\n"));
    let script = words.script();
    let mut candidates = script.map_or_else(Vec::new, |(script, weight)| candidates(&words, script, weight, allowed));
    candidates.retain(|candidate| candidate.score >= 0.001);
    candidates.sort_by(|one, other| other.score.total_cmp(&one.score).then(one.code.cmp(other.code)));
    let confidence = candidates.first().map_or(0.0, |best| best.score);
    Detection {
        language: candidates.first().filter(|best| best.score >= NAMED).map(|best| best.code),
        confidence,
        reliable: confidence >= RELIABLE,
        script: script.map(|(script, _)| script),
        candidates,
    }
}

fn candidates(words: &Words, script: Script, weight: usize, allowed: &[&'static Language]) -> Vec<Candidate> {
    let asked = |language: &&Language| {
        let shared = language.script == script || (script == Script::Han && language.code == "ja");
        shared && (allowed.is_empty() || allowed.iter().any(|one| one.code == language.code))
    };
    let asked: Vec<&'static Language> = LANGUAGES.iter().filter(asked).collect();
    let (mut fit, stranger) = match tables(script) {
        Some(tables) => {
            let mut fit = fit(tables, &words.telling, script);
            fit.nats.retain(|(code, _)| asked.iter().any(|language| language.code == *code));
            let stranger = -STRANGER_PER_LETTER * fit.letters as f64;
            (fit, stranger)
        }
        None => (fit_of_script(words, script, weight, &asked), 0.0),
    };
    // Of Chinese characters it knows no more than their script.
    let vote = if script == Script::Han { None } else { vote(&words.prose, fit.letters, &asked) };
    if let Some(vote) = vote {
        let worth = VOTE * vote.clarity * (fit.letters as f64 / VOTE_LETTERS).min(1.0);
        let best = fit.nats.iter().map(|(_, nats)| *nats).fold(stranger, f64::max);
        match fit.nats.iter_mut().find(|(code, _)| *code == vote.language.code) {
            Some((_, nats)) => *nats += worth,
            None if best < -FAMILIAR_PER_LETTER * fit.letters as f64 && spells(&words.telling, vote.language.code) => {
                fit.nats.push((vote.language.code, best + worth));
            }
            None => {}
        }
    }
    softened(&fit, stranger)
}

/// Whether nearly all words have only letters of the language.
fn spells(words: &[String], code: &str) -> bool {
    let foreign = words.iter().filter(|word| !word.chars().all(|letter| alphabets::has(code, letter))).count();
    foreign * WORDS_PER_FOREIGN_ONE <= words.len()
}

/// The fit where the script says all, but for Chinese characters without kana.
fn fit_of_script(words: &Words, script: Script, weight: usize, asked: &[&'static Language]) -> Fit {
    let (japanese, chinese) = if script == Script::Han { leanings(&words.prose) } else { (0, 0) };
    let nats = asked.iter().filter(|language| language.support != Support::LongTexts).map(|language| {
        let nats = match (script, language.code) {
            (Script::Han, "ja") => PER_CHARACTER * japanese as f64,
            (Script::Han, _) => CHINESE_LEAD + PER_CHARACTER * chinese as f64,
            _ => SCRIPT_ALONE + SCRIPT_PER_LETTER * weight as f64,
        };
        (language.code, nats)
    });
    Fit { nats: nats.collect(), letters: weight, listed: true }
}

/// Probabilities of fits: a soft maximum in which the unknown language takes part.
fn softened(fit: &Fit, stranger: f64) -> Vec<Candidate> {
    let unlisted = if fit.listed { 1.0 } else { UNLISTED };
    let temperature = unlisted * (FIRST_TEMPERATURE + TEMPERATURE_PER_ROOT * (fit.letters as f64).sqrt());
    let best = fit.nats.iter().map(|(_, nats)| *nats).fold(stranger, f64::max);
    let share = |nats: f64| ((nats - best) / temperature).exp();
    let total: f64 = fit.nats.iter().map(|(_, nats)| share(*nats)).sum::<f64>() + share(stranger);
    fit.nats.iter().map(|(code, nats)| Candidate { code, score: (share(*nats) / total).min(MOST) }).collect()
}
