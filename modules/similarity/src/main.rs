//! The module `similarity`: reads its call from stdin, writes pairs and groups to stdout.

mod documents;
mod report;

use std::process::ExitCode;

use aion_guest::json::Value;
use aion_guest::{serve, Parameters, Refusal};
use documents::{documents, two_texts, Documents};
use report::report;
use similarity::{clusters, compare, passages, Options, Pair, Shingle, MOST_PAIRS};

const FIELDS: &[&str] = &["documents", "text", "other", "threshold", "shingle", "size", "max_pairs", "marks"];
/// The lowest threshold of many documents; below it nearly every pair would have to be counted.
const LEAST_THRESHOLD: f64 = 0.05;
/// The largest size of a shingle.
const MOST_SIZE: usize = 20;

fn main() -> ExitCode {
    serve(|input, _lines| {
        let parameters = Parameters::new(input, FIELDS)?;
        let options = options(&parameters)?;
        let two = two_texts(&parameters)?;
        let many = documents(&parameters, two.is_some())?;
        let (documents, shared) = match two {
            Some((text, other)) => {
                let found = passages(text, other, options.marks);
                (Documents::two(text, other), Some(found))
            }
            None => (many, None),
        };
        // Of two texts the pair is always reported; the threshold only decides whether they form a group.
        let least = if shared.is_some() { 0.0 } else { options.threshold };
        let mut compared = compare(&documents.texts(), &Options { threshold: least, ..options });
        if shared.is_some() && compared.pairs.is_empty() {
            compared.pairs.push(Pair { one: 0, other: 1, similarity: 0.0, containment: 0.0 });
        }
        let groups = clusters(&mut compared.groups);
        Ok(Box::new(report(&documents, &compared, groups, shared, options.threshold)?))
    })
}

fn options(parameters: &Parameters<'_>) -> Result<Options, Refusal> {
    let default = Options::default();
    let shingle = match parameters.choice("shingle", &["words", "characters"], "words")? {
        "characters" => Shingle::Characters,
        _ => Shingle::Words,
    };
    Ok(Options {
        threshold: threshold(parameters, default.threshold)?,
        shingle,
        size: parameters.integer("size", 1..=MOST_SIZE, shingle.default_size())?,
        max_pairs: parameters.integer("max_pairs", 1..=MOST_PAIRS, default.max_pairs)?,
        marks: parameters.boolean("marks", default.marks)?,
    })
}

fn threshold(parameters: &Parameters<'_>, default: f64) -> Result<f64, Refusal> {
    let given = match parameters.value("threshold") {
        None => return Ok(default),
        Some(Value::Number(number)) => Some(*number),
        Some(Value::String(decimal)) if is_decimal(decimal) => decimal.parse().ok(),
        Some(_) => None,
    };
    given.filter(|number| (LEAST_THRESHOLD..=1.0).contains(number)).ok_or_else(|| {
        Refusal::new(
            "threshold",
            "is not a number within its limits",
            format!("send a number from {LEAST_THRESHOLD} to 1"),
        )
    })
}

/// Digits with at most one point between them.
fn is_decimal(written: &str) -> bool {
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    match written.split_once('.') {
        Some((whole, fraction)) => digits(whole) && digits(fraction),
        None => digits(written),
    }
}
