//! The module `keywords`: reads its call from stdin, writes the result to stdout.

use std::process::ExitCode;

use aion_guest::json::{Object, Value};
use aion_guest::{serve, Parameters};
use keywords::{keywords, Keyword, Language, MOST_WORDS};

const MOST_KEYWORDS: usize = 50;
const DEFAULT_KEYWORDS: usize = 10;
const DEFAULT_WORDS: usize = 3;

fn main() -> ExitCode {
    serve(|input, _lines| {
        let parameters = Parameters::new(input, &["text", "max_keywords", "max_words", "language"])?;
        let text = parameters.required_text("text")?;
        let most = parameters.integer("max_keywords", 1..=MOST_KEYWORDS, DEFAULT_KEYWORDS)?;
        let longest = parameters.integer("max_words", 1..=MOST_WORDS, DEFAULT_WORDS)?;
        let language = Language::named(parameters.choice("language", &["auto", "en", "fr"], "auto")?);
        let found = keywords(text, most, longest, language);
        let written: Vec<Value> = found.keywords.iter().map(|keyword| object(keyword).into()).collect();
        Ok(Box::new(Object::new().with("keywords", written).with("language", found.language.code())))
    })
}

fn object(keyword: &Keyword<'_>) -> Object {
    let place = |(start, end): &(usize, usize)| Value::from(vec![Value::from(*start), Value::from(*end)]);
    Object::new()
        .with("phrase", keyword.phrase)
        .with("score", keyword.score)
        .with("count", keyword.count)
        .with("offsets", keyword.offsets.iter().map(place).collect::<Vec<_>>())
}
