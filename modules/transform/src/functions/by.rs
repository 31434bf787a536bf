//! Functions that evaluate an expression for each item of an array.

use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::rc::Rc;

use super::arguments::article;
use super::lists::in_order;
use super::{Call, Outcome};
use crate::compare::{order, weight};
use crate::evaluate::Evaluation;
use crate::problem::Problem;
use crate::value::Value;

pub fn map(evaluation: &mut Evaluation, call: &Call<'_, '_>) -> Outcome {
    let each = call.expression(0)?;
    let mapped = call.array(1)?.items().iter().map(|item| evaluation.value(each, item)).collect::<Result<_, _>>()?;
    evaluation.array(mapped, call.offset)
}

pub fn sort(evaluation: &mut Evaluation, call: &Call<'_, '_>) -> Outcome {
    let items = call.array(0)?.items();
    let keys = keys(evaluation, call)?;
    let places = in_order(evaluation, &keys.iter().collect::<Vec<_>>(), call.offset)?;
    evaluation.array(places.into_iter().map(|place| items[place].clone()).collect(), call.offset)
}

pub fn max(evaluation: &mut Evaluation, call: &Call<'_, '_>) -> Outcome {
    extreme(evaluation, call, Ordering::Greater)
}

pub fn min(evaluation: &mut Evaluation, call: &Call<'_, '_>) -> Outcome {
    extreme(evaluation, call, Ordering::Less)
}

/// An object of arrays: the items by the string that the expression gives for them, in the order of first sight.
pub fn group(evaluation: &mut Evaluation, call: &Call<'_, '_>) -> Outcome {
    let by = call.expression(1)?;
    let mut places: BTreeMap<Rc<str>, usize> = BTreeMap::new();
    let mut groups: Vec<(Rc<str>, Vec<Value>)> = Vec::new();
    for item in call.array(0)?.items() {
        let Value::String(name) = evaluation.value(by, item)? else {
            return Err(wrong_key(call, "a string for each item", "something else"));
        };
        evaluation.budget.look(name.len() * 16, call.offset)?;
        let place = *places.entry(name.clone()).or_insert(groups.len());
        if place == groups.len() {
            groups.push((name, Vec::new()));
        }
        groups[place].1.push(item.clone());
    }
    let members = groups.into_iter().map(|(name, items)| Ok((name, evaluation.array(items, call.offset)?)));
    let members = members.collect::<Result<_, Problem>>()?;
    evaluation.object(members, call.offset)
}

fn extreme(evaluation: &mut Evaluation, call: &Call<'_, '_>, wanted: Ordering) -> Outcome {
    let items = call.array(0)?.items();
    let keys = keys(evaluation, call)?;
    evaluation.budget.look(keys.iter().map(|key| weight(key) + 16).sum(), call.offset)?;
    let mut best = 0;
    for (place, key) in keys.iter().enumerate() {
        if order(key, &keys[best]) == Some(wanted) {
            best = place;
        }
    }
    Ok(items.get(best).cloned().unwrap_or(Value::Null))
}

/// What the expression gives for each item: numbers for all, or strings for all.
fn keys(evaluation: &mut Evaluation, call: &Call<'_, '_>) -> Result<Vec<Value>, Problem> {
    const EXPECTED: &str = "numbers for all items or strings for all items";
    let by = call.expression(1)?;
    let mut keys: Vec<Value> = Vec::new();
    for item in call.array(0)?.items() {
        let key = evaluation.value(by, item)?;
        let sorts = matches!(key, Value::Number(_) | Value::String(_));
        let alike = keys.first().is_none_or(|first| first.type_name() == key.type_name());
        if !sorts || !alike {
            return Err(wrong_key(call, EXPECTED, &article(key.type_name())));
        }
        keys.push(key);
    }
    Ok(keys)
}

fn wrong_key(call: &Call<'_, '_>, expected: &str, found: &str) -> Problem {
    let what = format!("the expression of {}() has to give {expected}, and gives {found}", call.function.name);
    Problem::new(call.offset, what, "filter the items before, or convert with to_string() or to_number()")
}
