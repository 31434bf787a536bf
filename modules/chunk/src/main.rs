//! The module `chunk`: reads its call from stdin, writes the chunks to stdout.

mod report;

use std::process::ExitCode;

use aion_guest::{serve, Parameters, Refusal};
use chunk::{chunk, By, Format, Language, Options, LEAST_TOKENS, MOST_OVERLAP, MOST_TOKENS};
use report::{Report, Texts};

const FIELDS: &[&str] = &["text", "format", "by", "max_tokens", "overlap_tokens", "language", "texts"];

fn main() -> ExitCode {
    serve(|input, _lines| {
        let parameters = Parameters::new(input, FIELDS)?;
        let text = parameters.required_text("text")?;
        let options = options(&parameters)?;
        let texts = Texts::named(parameters.choice("texts", &["auto", "yes", "no"], "auto")?);
        Ok(Box::new(Report::new(&chunk(text, &options), texts)?))
    })
}

fn options(parameters: &Parameters<'_>) -> Result<Options, Refusal> {
    let default = Options::default();
    let options = Options {
        format: Format::named(parameters.choice("format", &["auto", "markdown", "text", "html"], "auto")?),
        by: By::named(parameters.choice("by", &["headings", "sentences", "tokens"], "headings")?),
        max_tokens: parameters.integer("max_tokens", LEAST_TOKENS..=MOST_TOKENS, default.max_tokens)?,
        overlap_tokens: parameters.integer("overlap_tokens", 0..=MOST_OVERLAP, default.overlap_tokens)?,
        language: Language::named(parameters.choice(
            "language",
            &["auto", "en", "fr", "de", "es", "it", "pt", "nl"],
            "auto",
        )?),
    };
    if options.overlap_tokens * 2 >= options.max_tokens {
        let remedy = format!("send less than {}", options.max_tokens.div_ceil(2));
        return Err(Refusal::new("overlap_tokens", "is not less than half of max_tokens", remedy));
    }
    Ok(options)
}
