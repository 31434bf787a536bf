//! The module `summarize`: reads its call from stdin, streams the chosen sentences, writes the result.

use std::process::ExitCode;

use aion_guest::json::{Object, Value};
use aion_guest::{serve, Parameters};
use summarize::{summarize, Language, Summary};

const MOST_SENTENCES: usize = 20;
const DEFAULT_SENTENCES: usize = 3;

fn main() -> ExitCode {
    serve(|input, lines| {
        let parameters = Parameters::new(input, &["text", "max_sentences", "language"])?;
        let text = parameters.required_text("text")?;
        let most = parameters.integer("max_sentences", 1..=MOST_SENTENCES, DEFAULT_SENTENCES)?;
        let language = Language::named(parameters.choice("language", &["en", "fr", "auto"], "auto")?);
        let summary = summarize(text, most, language);
        for piece in summary.pieces() {
            lines.token(&piece)?;
        }
        Ok(Box::new(result(&summary)))
    })
}

fn result(summary: &Summary<'_>) -> Value {
    let sentences: Vec<Value> = summary
        .sentences
        .iter()
        .map(|sentence| {
            Object::new()
                .with("text", sentence.text)
                .with("start", sentence.start)
                .with("end", sentence.end)
                .with("score", sentence.score)
                .into()
        })
        .collect();
    Object::new()
        .with("summary", summary.pieces().concat())
        .with("sentences", sentences)
        .with("language", summary.language.code())
        .into()
}
