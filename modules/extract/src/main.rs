//! The module `extract`: reads its call from stdin, writes the result to stdout.

mod report;

use std::process::ExitCode;

use aion_guest::{serve, Parameters, Refusal};
use extract::{currency_named, extract, Date, Kind, Language, Order, Region, Settings};
use report::Report;

const FIELDS: &[&str] = &["text", "kinds", "language", "date_order", "reference_date", "default_region", "currency"];

fn main() -> ExitCode {
    serve(|input, _lines| {
        let parameters = Parameters::new(input, FIELDS)?;
        let text = parameters.required_text("text")?;
        let settings = settings(&parameters)?;
        Ok(Box::new(Report::new(&extract(text, &settings), &settings.kinds)))
    })
}

fn settings(parameters: &Parameters<'_>) -> Result<Settings, Refusal> {
    let kinds = match parameters.words("kinds")? {
        None => Kind::ALL.into(),
        Some(words) => {
            let known = |word: &&str| Kind::selection(word).ok_or_else(unknown_kind);
            words.iter().map(known).collect::<Result<Vec<_>, _>>()?.into_iter().flatten().collect()
        }
    };
    let language = match parameters.choice("language", &["auto", "en", "fr"], "auto")? {
        "en" => Some(Language::English),
        "fr" => Some(Language::French),
        _ => None,
    };
    let order = match parameters.choice("date_order", &["auto", "dmy", "mdy", "ymd"], "auto")? {
        "dmy" => Some(Order::Dmy),
        "mdy" => Some(Order::Mdy),
        "ymd" => Some(Order::Ymd),
        _ => None,
    };
    let reference = optional(parameters, "reference_date", Date::parse, "send a day that exists as YYYY-MM-DD")?;
    let region = optional(parameters, "default_region", Region::named, "use one of: FR, GB, US, CA")?;
    let currency = optional(parameters, "currency", currency_named, "send an ISO 4217 code in capitals, such as CAD")?;
    Ok(Settings { kinds, language, order, reference, region, currency })
}

fn unknown_kind() -> Refusal {
    let names: Vec<&str> = Kind::ALL.into_iter().map(Kind::name).collect();
    Refusal::new("kinds", "has a kind that is not known", format!("use words of: {}, all", names.join(", ")))
}

fn optional<T>(
    parameters: &Parameters<'_>,
    field: &str,
    read: impl Fn(&str) -> Option<T>,
    remedy: &str,
) -> Result<Option<T>, Refusal> {
    let Some(text) = parameters.optional_text(field)? else { return Ok(None) };
    read(text).map(Some).ok_or_else(|| Refusal::new(field, "is not a value that is known here", remedy))
}
