//! Functions about the type of a value.

use super::{Call, Outcome};
use crate::budget::MOST_ROOM;
use crate::evaluate::Evaluation;
use crate::number::Number;
use crate::problem::Problem;
use crate::value::Value;
use crate::write::write;

/// The longest JSON that to_string() makes at once.
const LONGEST: usize = (MOST_ROOM / 16) as usize;

pub fn not_null(_: &mut Evaluation, call: &Call<'_, '_>) -> Outcome {
    let values = call.all()?;
    let found = values.into_iter().find(|value| !matches!(value, Value::Null));
    Ok(found.cloned().unwrap_or(Value::Null))
}

pub fn to_array(evaluation: &mut Evaluation, call: &Call<'_, '_>) -> Outcome {
    match call.any(0)? {
        array @ Value::Array(_) => Ok(array.clone()),
        other => evaluation.array(vec![other.clone()], call.offset),
    }
}

pub fn to_number(evaluation: &mut Evaluation, call: &Call<'_, '_>) -> Outcome {
    match call.any(0)? {
        number @ Value::Number(_) => Ok(number.clone()),
        Value::String(text) => {
            evaluation.budget.look(text.len(), call.offset)?;
            Ok(Number::read(text).map_or(Value::Null, Value::Number))
        }
        _ => Ok(Value::Null),
    }
}

pub fn to_string(evaluation: &mut Evaluation, call: &Call<'_, '_>) -> Outcome {
    match call.any(0)? {
        text @ Value::String(_) => Ok(text.clone()),
        other => {
            let written = write(other, LONGEST).map_err(|_| {
                let what = format!("to_string() makes more than {LONGEST} bytes");
                Problem::new(call.offset, what, "convert less at once")
            })?;
            evaluation.string(&written, call.offset)
        }
    }
}

pub fn type_name(_: &mut Evaluation, call: &Call<'_, '_>) -> Outcome {
    Ok(Value::string(call.any(0)?.type_name()))
}
