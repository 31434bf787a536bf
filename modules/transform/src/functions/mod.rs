//! The functions that an expression may call: those of the specification, and of its community edition those that
//! take texts and objects apart and put them together.

mod arguments;
mod by;
mod lists;
mod numbers;
mod objects;
mod texts;
mod types;

use crate::ast::{Kind, Node};
use crate::evaluate::Evaluation;
use crate::problem::Problem;
use crate::value::Value;

pub use arguments::{Argument, Call};

/// What a function gives.
type Outcome = Result<Value, Problem>;

/// A function: how it is called, and what it does.
#[derive(Debug)]
pub struct Function {
    /// Its name in expressions.
    pub name: &'static str,
    least: usize,
    most: usize,
    /// Which argument is an expression, `&a`.
    expression_at: Option<usize>,
    body: fn(&mut Evaluation, &Call<'_, '_>) -> Outcome,
}

const ANY_NUMBER: usize = usize::MAX;

const fn of(
    name: &'static str,
    least: usize,
    most: usize,
    body: fn(&mut Evaluation, &Call<'_, '_>) -> Outcome,
) -> Function {
    Function { name, least, most, expression_at: None, body }
}

const fn by(name: &'static str, expression_at: usize, body: fn(&mut Evaluation, &Call<'_, '_>) -> Outcome) -> Function {
    Function { name, least: 2, most: 2, expression_at: Some(expression_at), body }
}

/// In the order of their names, by which they are found.
static FUNCTIONS: &[Function] = &[
    of("abs", 1, 1, numbers::abs),
    of("avg", 1, 1, numbers::avg),
    of("ceil", 1, 1, numbers::ceil),
    of("contains", 2, 2, lists::contains),
    of("ends_with", 2, 2, texts::ends_with),
    of("floor", 1, 1, numbers::floor),
    of("from_items", 1, 1, objects::from_items),
    by("group_by", 1, by::group),
    of("items", 1, 1, objects::items),
    of("join", 2, 2, texts::join),
    of("keys", 1, 1, objects::keys),
    of("length", 1, 1, lists::length),
    of("lower", 1, 1, texts::lower),
    by("map", 0, by::map),
    of("max", 1, 1, lists::max),
    by("max_by", 1, by::max),
    of("merge", 1, ANY_NUMBER, objects::merge),
    of("min", 1, 1, lists::min),
    by("min_by", 1, by::min),
    of("not_null", 1, ANY_NUMBER, types::not_null),
    of("replace", 3, 4, texts::replace),
    of("reverse", 1, 1, lists::reverse),
    of("sort", 1, 1, lists::sort),
    by("sort_by", 1, by::sort),
    of("split", 2, 3, texts::split),
    of("starts_with", 2, 2, texts::starts_with),
    of("sum", 1, 1, numbers::sum),
    of("to_array", 1, 1, types::to_array),
    of("to_number", 1, 1, types::to_number),
    of("to_string", 1, 1, types::to_string),
    of("trim", 1, 2, texts::trim),
    of("type", 1, 1, types::type_name),
    of("upper", 1, 1, texts::upper),
    of("values", 1, 1, objects::values),
    of("zip", 1, ANY_NUMBER, lists::zip),
];

/// The function `name`, which the expression calls at `offset`.
pub fn find(name: &str, offset: usize) -> Result<&'static Function, Problem> {
    let found = FUNCTIONS.binary_search_by(|function| function.name.cmp(name));
    found.map(|place| &FUNCTIONS[place]).map_err(|_| {
        let names: Vec<&str> = FUNCTIONS.iter().map(|function| function.name).collect();
        let what = format!("there is no function {}()", name.chars().take(40).collect::<String>());
        Problem::new(offset, what, format!("use one of: {}", names.join(", ")))
    })
}

impl Function {
    /// Whether it can be called with `arguments`, as far as the expression alone tells.
    pub fn check(&self, arguments: &[Node], offset: usize) -> Result<(), Problem> {
        let given = arguments.len();
        if given < self.least || given > self.most {
            let what = format!("{}() takes {}, not {given}", self.name, self.takes());
            return Err(Problem::new(offset, what, "give it what it takes"));
        }
        for (index, argument) in arguments.iter().enumerate() {
            let is_expression = matches!(argument.kind, Kind::Reference(_));
            if is_expression == (self.expression_at == Some(index)) {
                continue;
            }
            let (what, remedy) = if is_expression {
                ("takes no expression here", "remove the `&`")
            } else {
                ("takes an expression here", "put `&` before it")
            };
            return Err(Problem::new(argument.offset, format!("{}() {what}", self.name), remedy));
        }
        Ok(())
    }

    /// What it gives.
    pub fn run(&self, evaluation: &mut Evaluation, call: &Call<'_, '_>) -> Outcome {
        (self.body)(evaluation, call)
    }

    fn takes(&self) -> String {
        let (least, most) = (self.least, self.most);
        let plural = if least == 1 && most == 1 { "" } else { "s" };
        match most {
            ANY_NUMBER => format!("{least} or more arguments"),
            _ if least == most => format!("{least} argument{plural}"),
            _ => format!("{least} to {most} arguments"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::FUNCTIONS;

    #[test]
    fn functions_stand_in_the_order_of_their_names() {
        assert!(FUNCTIONS.is_sorted_by(|left, right| left.name < right.name));
    }
}
