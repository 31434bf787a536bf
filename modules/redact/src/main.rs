//! The module `redact`: reads its call from stdin, writes the result to stdout.

mod report;

use std::collections::BTreeSet;
use std::process::ExitCode;

use aion_guest::{serve, Parameters, Refusal};
use redact::{redact, Kind, SELECTION_WORDS};
use report::Report;

fn main() -> ExitCode {
    serve(|input, _lines| {
        let parameters = Parameters::new(input, &["text", "kinds"])?;
        let text = parameters.required_text("text")?;
        let kinds = selected(&parameters)?;
        Ok(Box::new(Report::new(&redact(text, &kinds), &kinds)?))
    })
}

fn selected(parameters: &Parameters<'_>) -> Result<BTreeSet<Kind>, Refusal> {
    let Some(words) = parameters.words("kinds")? else {
        return Ok(Kind::ALL.into());
    };
    let mut kinds = BTreeSet::new();
    for word in words {
        kinds.extend(Kind::selection(word).ok_or_else(|| {
            Refusal::new("kinds", "has a kind that is not known", format!("use words of: {SELECTION_WORDS}"))
        })?);
    }
    Ok(kinds)
}
