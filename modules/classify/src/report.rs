//! The module's result.

use aion_guest::json::{Object, Value};
use classify::{Label, Mode, Scored};

/// For so many of the likeliest labels the words are given that decided, and so many words.
const MOST_EXPLAINED: usize = 3;
const MOST_WORDS: usize = 5;

/// What was decided, with all scores and the reasons for the highest ones.
pub fn report(text: &str, scored: &[Scored], labels: &[Label], least: f64, mode: Mode) -> Object {
    let name = |one: &Scored| labels[one.label].name.as_str();
    let none = match mode {
        Mode::Single => 1.0 - scored.iter().map(|one| one.score).sum::<f64>(),
        Mode::Multi => scored.iter().map(|one| 1.0 - one.score).product(),
    };
    let good = |one: &&Scored| one.score >= least && (mode == Mode::Multi || one.score > none);
    let most = if mode == Mode::Multi { scored.len() } else { 1 };
    let given: Vec<&Scored> = scored.iter().take(most).filter(good).collect();
    let scores =
        scored.iter().map(|one| Object::new().with("label", name(one)).with("score", rounded(one.score)).into());
    let explained = scored.iter().filter(|one| !one.evidence.is_empty()).take(MOST_EXPLAINED);
    let evidence = explained.map(|one| Object::new().with("label", name(one)).with("terms", terms(text, one)).into());
    Object::new()
        .with("label", given.first().map_or(Value::Null, |one| name(one).into()))
        .with("labels", given.iter().map(|one| name(one).into()).collect::<Vec<Value>>())
        .with("none", rounded(none))
        .with("scores", scores.collect::<Vec<Value>>())
        .with("evidence", evidence.collect::<Vec<Value>>())
}

/// Where the words stand that say most, each with its share of what was found.
fn terms(text: &str, scored: &Scored) -> Vec<Value> {
    let all: f64 = scored.evidence.iter().map(|(_, weight)| weight).sum();
    let told = scored.evidence.iter().take(MOST_WORDS).map(|((start, end), weight)| {
        let word: String = text.chars().skip(*start).take(end - start).collect();
        Object::new()
            .with("text", word)
            .with("start", *start)
            .with("end", *end)
            .with("share", rounded(weight / all))
            .into()
    });
    told.collect()
}

fn rounded(score: f64) -> f64 {
    (score * 1_000.0).round().max(0.0) / 1_000.0
}
