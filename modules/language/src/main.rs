//! The module `language`: reads its call from stdin, writes the result to stdout.

use std::process::ExitCode;

use aion_guest::json::{Object, Value};
use aion_guest::{serve, Parameters, Refusal};
use language::{detect, segments, Detection, Language, Segment, LANGUAGES};

const DEFAULT_CANDIDATES: usize = 3;
const MOST_CANDIDATES: usize = 10;

fn main() -> ExitCode {
    serve(|input, _lines| {
        let parameters = Parameters::new(input, &["text", "languages", "max_candidates", "segments"])?;
        let text = parameters.required_text("text")?;
        let allowed = languages(&parameters)?;
        let most = parameters.integer("max_candidates", 1..=MOST_CANDIDATES, DEFAULT_CANDIDATES)?;
        let cut = parameters.boolean("segments", false)?;
        let result = result(&detect(text, &allowed), most);
        Ok(Box::new(match cut {
            true => result.with("segments", segments(text, &allowed).iter().map(segment).collect::<Vec<_>>()),
            false => result,
        }))
    })
}

/// The languages that are asked for; none means all.
fn languages(parameters: &Parameters<'_>) -> Result<Vec<&'static Language>, Refusal> {
    let words = parameters.words("languages")?.unwrap_or_default();
    let named = words.into_iter().map(|word| {
        Language::named(word).ok_or_else(|| {
            let known: Vec<&str> = LANGUAGES.iter().map(|language| language.code).collect();
            Refusal::new("languages", "has a code that is not known", format!("use codes of: {}", known.join(", ")))
        })
    });
    named.collect()
}

fn result(detection: &Detection, most: usize) -> Object {
    let candidates: Vec<Value> = detection
        .candidates
        .iter()
        .take(most)
        .map(|one| Object::new().with("language", one.code).with("score", rounded(one.score)).into())
        .collect();
    Object::new()
        .with("language", detection.language.unwrap_or("und"))
        .with("confidence", rounded(detection.confidence))
        .with("reliable", detection.reliable)
        .with("script", detection.script.map_or("Zyyy", |script| script.code()))
        .with("candidates", candidates)
}

fn segment(segment: &Segment) -> Value {
    Object::new()
        .with("language", segment.language.unwrap_or("und"))
        .with("confidence", rounded(segment.confidence))
        .with("start", segment.start)
        .with("end", segment.end)
        .into()
}

fn rounded(score: f64) -> f64 {
    (score * 1_000.0).round() / 1_000.0
}
