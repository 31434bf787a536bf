//! The module `classify`: reads its call from stdin, writes the result to stdout.

mod labels;
mod report;

use std::process::ExitCode;

use aion_guest::json::Value;
use aion_guest::{serve, Parameters, Refusal};
use classify::{classify, Mode};
use labels::labels;
use report::report;

/// From which score on a label is given, when the caller does not say.
const LEAST_SCORE: f64 = 0.4;

fn main() -> ExitCode {
    serve(|input, _lines| {
        let parameters = Parameters::new(input, &["text", "labels", "multi", "min_score"])?;
        let text = parameters.required_text("text")?;
        let labels = labels(parameters.value("labels"))?;
        let mode = if parameters.boolean("multi", false)? { Mode::Multi } else { Mode::Single };
        let least = least_score(parameters.value("min_score"))?;
        Ok(Box::new(report(text, &classify(text, &labels, mode), &labels, least, mode)))
    })
}

fn least_score(given: Option<&Value>) -> Result<f64, Refusal> {
    let number = match given {
        None => return Ok(LEAST_SCORE),
        Some(Value::Number(number)) => Some(*number),
        Some(Value::String(digits)) if digits.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.') => {
            digits.parse().ok()
        }
        Some(_) => None,
    };
    let refused = || Refusal::new("min_score", "is not a number within its limits", "send a number from 0 to 1");
    number.filter(|number| (0.0..=1.0).contains(number)).ok_or_else(refused)
}
