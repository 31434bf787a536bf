//! Functions of arrays, and those that treat a string as a list of characters.

use std::cmp::Ordering;

use super::{Call, Outcome};
use crate::budget::{CONTAINER, ITEM};
use crate::compare::{equal, order, weight};
use crate::evaluate::Evaluation;
use crate::number::Number;
use crate::problem::Problem;
use crate::value::Value;

pub fn contains(evaluation: &mut Evaluation, call: &Call<'_, '_>) -> Outcome {
    let wanted = call.any(1)?;
    match call.any(0)? {
        Value::String(text) => {
            evaluation.budget.look(text.len(), call.offset)?;
            Ok(Value::Bool(matches!(wanted, Value::String(part) if text.contains(&**part))))
        }
        Value::Array(array) => {
            for item in array.items() {
                if equal(item, wanted, &mut evaluation.budget, call.offset)? {
                    return Ok(Value::Bool(true));
                }
            }
            Ok(Value::Bool(false))
        }
        other => Err(call.wrong(0, "a string or an array", other)),
    }
}

/// Of a string: its Unicode code points.
pub fn length(evaluation: &mut Evaluation, call: &Call<'_, '_>) -> Outcome {
    let length = match call.any(0)? {
        Value::String(text) => {
            evaluation.budget.look(text.len(), call.offset)?;
            text.chars().count()
        }
        Value::Array(array) => array.items().len(),
        Value::Object(object) => object.members().len(),
        other => return Err(call.wrong(0, "a string, an array or an object", other)),
    };
    Ok(Value::Number(Number::from(length)))
}

pub fn reverse(evaluation: &mut Evaluation, call: &Call<'_, '_>) -> Outcome {
    match call.any(0)? {
        Value::String(text) => {
            evaluation.budget.look(text.len(), call.offset)?;
            evaluation.string(&text.chars().rev().collect::<String>(), call.offset)
        }
        Value::Array(array) => evaluation.array(array.items().iter().rev().cloned().collect(), call.offset),
        other => Err(call.wrong(0, "a string or an array", other)),
    }
}

pub fn max(evaluation: &mut Evaluation, call: &Call<'_, '_>) -> Outcome {
    extreme(evaluation, call, Ordering::Greater)
}

pub fn min(evaluation: &mut Evaluation, call: &Call<'_, '_>) -> Outcome {
    extreme(evaluation, call, Ordering::Less)
}

/// The first item that is `wanted` than all before it and that none after it is `wanted` than.
fn extreme(evaluation: &mut Evaluation, call: &Call<'_, '_>, wanted: Ordering) -> Outcome {
    let items = call.sortable(0)?;
    evaluation.budget.look(items.iter().map(|item| weight(item) + 16).sum(), call.offset)?;
    let mut best = items.first();
    for item in items {
        if best.and_then(|best| order(item, best)) == Some(wanted) {
            best = Some(item);
        }
    }
    Ok(best.cloned().unwrap_or(Value::Null))
}

pub fn sort(evaluation: &mut Evaluation, call: &Call<'_, '_>) -> Outcome {
    let items = call.sortable(0)?;
    let keys: Vec<&Value> = items.iter().collect();
    let sorted = in_order(evaluation, &keys, call.offset)?.into_iter().map(|place| items[place].clone()).collect();
    evaluation.array(sorted, call.offset)
}

/// The places of `keys`, which are all numbers or all strings, in the order of the keys; equal ones stay in order.
pub fn in_order(evaluation: &mut Evaluation, keys: &[&Value], offset: usize) -> Result<Vec<usize>, Problem> {
    let rounds = keys.len().max(1).ilog2() as usize + 1;
    let looked_at = keys.iter().map(|key| weight(key) + 16).sum::<usize>();
    evaluation.budget.look(looked_at.saturating_mul(rounds), offset)?;
    let mut places: Vec<usize> = (0..keys.len()).collect();
    places.sort_by(|left, right| order(keys[*left], keys[*right]).unwrap_or(Ordering::Equal));
    Ok(places)
}

/// The first items together, the second ones, and so on, as far as the shortest array goes.
pub fn zip(evaluation: &mut Evaluation, call: &Call<'_, '_>) -> Outcome {
    let arrays = (0..call.arguments.len()).map(|index| call.array(index)).collect::<Result<Vec<_>, _>>()?;
    let shortest = arrays.iter().map(|array| array.items().len()).min().unwrap_or(0);
    evaluation.budget.room(shortest * (CONTAINER + arrays.len() * ITEM), call.offset)?;
    let row =
        |place: usize| evaluation.array(arrays.iter().map(|array| array.items()[place].clone()).collect(), call.offset);
    let rows = (0..shortest).map(row).collect::<Result<_, _>>()?;
    evaluation.array(rows, call.offset)
}
