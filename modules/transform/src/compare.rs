//! Equality and order of values, both exact.

use std::cmp::Ordering;
use std::rc::Rc;

use crate::ast::Comparator;
use crate::budget::Budget;
use crate::problem::Problem;
use crate::value::Value;

/// Whether two values are the same JSON: members in any order, numbers by value.
pub fn equal(left: &Value, right: &Value, budget: &mut Budget, offset: usize) -> Result<bool, Problem> {
    budget.step(1, offset)?;
    Ok(match (left, right) {
        (Value::Null, Value::Null) => true,
        (Value::Bool(left), Value::Bool(right)) => left == right,
        (Value::Number(left), Value::Number(right)) => {
            budget.look(left.weight() + right.weight(), offset)?;
            left == right
        }
        (Value::String(left), Value::String(right)) => {
            budget.look(left.len().min(right.len()), offset)?;
            left == right
        }
        (Value::Array(left), Value::Array(right)) => {
            if Rc::ptr_eq(left, right) {
                return Ok(true);
            }
            let (left, right) = (left.items(), right.items());
            if left.len() != right.len() {
                return Ok(false);
            }
            for (left, right) in left.iter().zip(right) {
                if !equal(left, right, budget, offset)? {
                    return Ok(false);
                }
            }
            true
        }
        (Value::Object(left), Value::Object(right)) => {
            if Rc::ptr_eq(left, right) {
                return Ok(true);
            }
            if left.members().len() != right.members().len() {
                return Ok(false);
            }
            for (name, value) in left.members() {
                match right.get(name) {
                    Some(other) if equal(value, other, budget, offset)? => {}
                    _ => return Ok(false),
                }
            }
            true
        }
        _ => false,
    })
}

/// What `left comparator right` gives: null unless both are numbers or both are strings, or only equality is asked.
pub fn compare(
    comparator: Comparator,
    left: &Value,
    right: &Value,
    budget: &mut Budget,
    offset: usize,
) -> Result<Value, Problem> {
    if matches!(comparator, Comparator::Equal | Comparator::NotEqual) {
        let same = equal(left, right, budget, offset)?;
        return Ok(Value::Bool(same == (comparator == Comparator::Equal)));
    }
    let Some(order) = order(left, right) else {
        return Ok(Value::Null);
    };
    budget.look(weight(left) + weight(right), offset)?;
    Ok(Value::Bool(match comparator {
        Comparator::Less => order == Ordering::Less,
        Comparator::LessOrEqual => order != Ordering::Greater,
        Comparator::Greater => order == Ordering::Greater,
        _ => order != Ordering::Less,
    }))
}

/// The order of two numbers, or of two strings by their code points.
pub fn order(left: &Value, right: &Value) -> Option<Ordering> {
    match (left, right) {
        (Value::Number(left), Value::Number(right)) => Some(left.cmp(right)),
        (Value::String(left), Value::String(right)) => Some(left.cmp(right)),
        _ => None,
    }
}

/// How many bytes [`order`] may look at.
pub fn weight(value: &Value) -> usize {
    match value {
        Value::Number(number) => number.weight(),
        Value::String(text) => text.len(),
        _ => 1,
    }
}
