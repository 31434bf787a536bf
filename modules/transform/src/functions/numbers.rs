//! Functions of numbers. They compute with exact decimals, and with `f64` where 38 digits are not enough.

use super::{Call, Outcome};
use crate::evaluate::Evaluation;
use crate::number::{Decimal, Number};
use crate::problem::Problem;
use crate::value::Value;

pub fn abs(_: &mut Evaluation, call: &Call<'_, '_>) -> Outcome {
    let number = call.number(0)?;
    let exact = number.to_decimal().map(|value| Number::from(value.absolute()));
    result(exact.or_else(|| Number::from_float(number.to_float().abs())), call)
}

pub fn ceil(_: &mut Evaluation, call: &Call<'_, '_>) -> Outcome {
    let number = call.number(0)?;
    let exact = number.to_decimal().map(|value| Number::from(value.ceiling()));
    result(exact.or_else(|| Number::from_float(number.to_float().ceil())), call)
}

pub fn floor(_: &mut Evaluation, call: &Call<'_, '_>) -> Outcome {
    let number = call.number(0)?;
    let exact = number.to_decimal().map(|value| Number::from(value.floor()));
    result(exact.or_else(|| Number::from_float(number.to_float().floor())), call)
}

pub fn sum(evaluation: &mut Evaluation, call: &Call<'_, '_>) -> Outcome {
    let numbers = call.numbers(0)?;
    evaluation.budget.look(weight(&numbers), call.offset)?;
    let exact = exact_sum(&numbers).map(Number::from);
    result(exact.or_else(|| Number::from_float(rough_sum(&numbers))), call)
}

pub fn avg(evaluation: &mut Evaluation, call: &Call<'_, '_>) -> Outcome {
    let numbers = call.numbers(0)?;
    if numbers.is_empty() {
        return Ok(Value::Null);
    }
    evaluation.budget.look(weight(&numbers), call.offset)?;
    let exact = exact_sum(&numbers).and_then(|sum| sum.over(numbers.len())).map(Number::from);
    result(exact.or_else(|| Number::from_float(rough_sum(&numbers) / numbers.len() as f64)), call)
}

fn weight(numbers: &[&Number]) -> usize {
    numbers.iter().map(|number| number.weight() + 16).sum()
}

fn exact_sum(numbers: &[&Number]) -> Option<Decimal> {
    numbers.iter().try_fold(Decimal::from(0), |sum, number| sum.plus(number.to_decimal()?))
}

fn rough_sum(numbers: &[&Number]) -> f64 {
    numbers.iter().map(|number| number.to_float()).sum()
}

fn result(number: Option<Number>, call: &Call<'_, '_>) -> Outcome {
    number.map(Value::Number).ok_or_else(|| {
        let what = format!("what {}() gives is beyond 1.8e308", call.function.name);
        Problem::new(call.offset, what, "use smaller numbers")
    })
}
