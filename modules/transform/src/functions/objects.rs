//! Functions of objects; the order of members is kept.

use std::rc::Rc;

use super::{Call, Outcome};
use crate::budget::{CONTAINER, ITEM, MEMBER};
use crate::evaluate::Evaluation;
use crate::value::{Member, Value};

pub fn keys(evaluation: &mut Evaluation, call: &Call<'_, '_>) -> Outcome {
    let members = call.object(0)?.members();
    evaluation.array(members.iter().map(|(name, _)| Value::String(name.clone())).collect(), call.offset)
}

pub fn values(evaluation: &mut Evaluation, call: &Call<'_, '_>) -> Outcome {
    let members = call.object(0)?.members();
    evaluation.array(members.iter().map(|(_, value)| value.clone()).collect(), call.offset)
}

/// Later objects win; a member stays where its name first stood.
pub fn merge(evaluation: &mut Evaluation, call: &Call<'_, '_>) -> Outcome {
    let mut merged: Vec<Member> = Vec::new();
    for index in 0..call.arguments.len() {
        let members = call.object(index)?.members();
        evaluation.budget.room(members.len() * MEMBER, call.offset)?;
        merged.extend_from_slice(members);
    }
    evaluation.object(merged, call.offset)
}

pub fn items(evaluation: &mut Evaluation, call: &Call<'_, '_>) -> Outcome {
    let members = call.object(0)?.members();
    evaluation.budget.room(members.len() * (CONTAINER + 2 * ITEM), call.offset)?;
    let pair = |(name, value): &Member| evaluation.array(vec![Value::String(name.clone()), value.clone()], call.offset);
    let pairs = members.iter().map(pair).collect::<Result<_, _>>()?;
    evaluation.array(pairs, call.offset)
}

pub fn from_items(evaluation: &mut Evaluation, call: &Call<'_, '_>) -> Outcome {
    const EXPECTED: &str = "an array of pairs of a string and a value";
    let member = |item: &Value| -> Result<(Rc<str>, Value), _> {
        if let Value::Array(pair) = item {
            if let [Value::String(name), value] = pair.items() {
                return Ok((name.clone(), value.clone()));
            }
        }
        Err(call.wrong_item(0, EXPECTED, item))
    };
    let members = call.array(0)?.items().iter().map(member).collect::<Result<_, _>>()?;
    evaluation.object(members, call.offset)
}
