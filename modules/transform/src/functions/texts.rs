//! Functions of strings.

use super::{Call, Outcome};
use crate::budget::{ITEM, STRING};
use crate::evaluate::Evaluation;
use crate::number::Number;
use crate::problem::Problem;
use crate::value::Value;

pub fn starts_with(evaluation: &mut Evaluation, call: &Call<'_, '_>) -> Outcome {
    let (text, part) = (call.text(0)?, call.text(1)?);
    evaluation.budget.look(part.len(), call.offset)?;
    Ok(Value::Bool(text.starts_with(&**part)))
}

pub fn ends_with(evaluation: &mut Evaluation, call: &Call<'_, '_>) -> Outcome {
    let (text, part) = (call.text(0)?, call.text(1)?);
    evaluation.budget.look(part.len(), call.offset)?;
    Ok(Value::Bool(text.ends_with(&**part)))
}

pub fn join(evaluation: &mut Evaluation, call: &Call<'_, '_>) -> Outcome {
    let (between, parts) = (call.text(0)?, call.texts(1)?);
    let length = parts.iter().map(|part| part.len() + between.len()).sum();
    evaluation.budget.room(length, call.offset)?;
    let mut joined = String::with_capacity(length);
    for (index, part) in parts.into_iter().enumerate() {
        if index > 0 {
            joined.push_str(between);
        }
        joined.push_str(part);
    }
    evaluation.string(&joined, call.offset)
}

pub fn lower(evaluation: &mut Evaluation, call: &Call<'_, '_>) -> Outcome {
    let text = call.text(0)?;
    evaluation.budget.room(3 * text.len(), call.offset)?;
    evaluation.string(&text.to_lowercase(), call.offset)
}

pub fn upper(evaluation: &mut Evaluation, call: &Call<'_, '_>) -> Outcome {
    let text = call.text(0)?;
    evaluation.budget.room(3 * text.len(), call.offset)?;
    evaluation.string(&text.to_uppercase(), call.offset)
}

/// Without white space at both ends, or without the characters of the second argument.
pub fn trim(evaluation: &mut Evaluation, call: &Call<'_, '_>) -> Outcome {
    let text = call.text(0)?;
    if !call.has(1) {
        return evaluation.string(text.trim(), call.offset);
    }
    let unwanted = call.text(1)?;
    evaluation.budget.step(text.len().saturating_mul(1 + unwanted.len() / 16), call.offset)?;
    evaluation.string(text.trim_matches(|letter| unwanted.contains(letter)), call.offset)
}

/// At a separator, at most so many times; at an empty one, into characters.
pub fn split(evaluation: &mut Evaluation, call: &Call<'_, '_>) -> Outcome {
    let (text, separator, most) = (call.text(0)?, call.text(1)?, most(call, 2)?);
    let cuts = if separator.is_empty() { text.chars().count() } else { text.matches(&**separator).count() };
    let room = text.len() + (cuts.min(most) + 1) * (ITEM + STRING);
    evaluation.budget.room(room, call.offset)?;
    let parts: Vec<Value> = if separator.is_empty() {
        let ends = text.char_indices().map(|(at, letter)| at + letter.len_utf8()).take(most);
        let mut from = 0;
        let mut parts: Vec<Value> =
            ends.map(|end| Value::string(&text[std::mem::replace(&mut from, end)..end])).collect();
        if from < text.len() {
            parts.push(Value::string(&text[from..]));
        }
        parts
    } else {
        text.splitn(most.saturating_add(1), &**separator).map(Value::string).collect()
    };
    evaluation.array(parts, call.offset)
}

pub fn replace(evaluation: &mut Evaluation, call: &Call<'_, '_>) -> Outcome {
    let (text, old, new, most) = (call.text(0)?, call.text(1)?, call.text(2)?, most(call, 3)?);
    let times = text.matches(&**old).count().min(most);
    evaluation.budget.room(text.len() + times.saturating_mul(new.len()), call.offset)?;
    evaluation.string(&text.replacen(&**old, new, times), call.offset)
}

/// How many times at most; without the argument, as often as possible.
fn most(call: &Call<'_, '_>, index: usize) -> Result<usize, Problem> {
    if !call.has(index) {
        return Ok(usize::MAX - 1);
    }
    let number = call.number(index)?;
    let rounded = number.to_float() as usize;
    if Number::from(rounded) == *number {
        return Ok(rounded);
    }
    let what = format!("{}() takes a number of times that is an integer from 0", call.function.name);
    Err(Problem::new(call.offset, what, "use 0, 1, 2, ..."))
}
