//! The module `tabulate`: reads its call from stdin, streams the summary, writes the profile.

mod report;

use std::process::ExitCode;

use aion_guest::{serve, Parameters, Refusal};
use tabulate::{profile, sentences, Delimiter, Mark, TooManyColumns, Wishes, MOST_COLUMNS};

fn main() -> ExitCode {
    serve(|input, lines| {
        let parameters = Parameters::new(input, &["text", "delimiter", "header", "decimal"])?;
        let text = parameters.required_text("text")?;
        let profile = profile(text, wishes(&parameters)?).map_err(|TooManyColumns(found)| {
            let problem = format!("has {found} columns, more than {MOST_COLUMNS}");
            Refusal::new("text", problem, "send fewer columns, or say which delimiter it has")
        })?;
        for sentence in sentences(&profile) {
            lines.token(&sentence)?;
        }
        Ok(Box::new(report::report(&profile)))
    })
}

fn wishes(parameters: &Parameters<'_>) -> Result<Wishes, Refusal> {
    let delimiter = parameters.choice("delimiter", &["auto", ",", ";", "tab", "|"], "auto")?;
    let header = parameters.choice("header", &["auto", "yes", "no"], "auto")?;
    let decimal = parameters.choice("decimal", &["auto", ".", ","], "auto")?;
    Ok(Wishes {
        delimiter: Delimiter::named(delimiter),
        header: match header {
            "yes" => Some(true),
            "no" => Some(false),
            _ => None,
        },
        mark: match decimal {
            "." => Some(Mark::Point),
            "," => Some(Mark::Comma),
            _ => None,
        },
    })
}
