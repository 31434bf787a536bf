//! Typed input and output: what a module takes and gives, written down once as a struct.
//!
//! `input!` makes a struct that reads itself from the call and refuses, by name, what does not fit;
//! `output!` one that writes itself. On the wire a task's `params` are strings, so numbers, truth
//! values and lists are also read from text: `"3"`, `"true"`, `"a, b"`.

use std::io;
use std::process::ExitCode;

use crate::json::{write_array, Object, Value, WriteJson};
use crate::lines::Lines;
use crate::parameters::Refusal;
use crate::serve::{serve, Failure};

/// Like [`serve`], for an input made by [`input!`](crate::input) and a result made by [`output!`](crate::output).
pub fn serve_typed<I: Input, O: WriteJson + 'static>(
    work: impl FnOnce(I, &mut Lines<io::Stdout>) -> Result<O, Failure>,
) -> ExitCode {
    serve(|input, lines| Ok(Box::new(work(I::read(input)?, lines)?)))
}

/// A struct that can be read from the input object; made by [`input!`](crate::input).
pub trait Input: Sized {
    /// Reads it, or says which field does not fit.
    fn read(input: &Object) -> Result<Self, Refusal>;
}

/// A type that a field of an input may have.
pub trait Field: Sized {
    /// What a caller is asked to send, as in `send a JSON string`.
    const EXPECTED: &'static str;

    /// The value, or nothing when it does not fit.
    fn from_value(value: &Value) -> Option<Self>;

    /// The value of a field that is not there, or nothing when it must be.
    fn absent() -> Option<Self> {
        None
    }
}

/// The value of `field`: read, or `default` when it is not there.
pub fn read_field<F: Field>(input: &Object, field: &str, default: Option<F>) -> Result<F, Refusal> {
    let remedy = || format!("send {}", F::EXPECTED);
    match input.get(field) {
        Some(value) => F::from_value(value).ok_or_else(|| Refusal::new(field, "does not fit", remedy())),
        None => default.or_else(F::absent).ok_or_else(|| Refusal::new(field, "is missing", remedy())),
    }
}

impl Field for String {
    const EXPECTED: &'static str = "a JSON string";

    fn from_value(value: &Value) -> Option<Self> {
        match value {
            Value::String(text) => Some(text.clone()),
            _ => None,
        }
    }
}

impl Field for f64 {
    const EXPECTED: &'static str = "a number";

    fn from_value(value: &Value) -> Option<Self> {
        match value {
            Value::Number(number) => Some(*number),
            Value::String(text) => text.trim().parse().ok().filter(|number: &f64| number.is_finite()),
            _ => None,
        }
    }
}

impl Field for usize {
    const EXPECTED: &'static str = "an integer that is not negative";

    fn from_value(value: &Value) -> Option<Self> {
        let number = f64::from_value(value)?;
        (number.fract() == 0.0 && (0.0..=u32::MAX as f64).contains(&number)).then_some(number as usize)
    }
}

impl Field for i64 {
    const EXPECTED: &'static str = "an integer";

    fn from_value(value: &Value) -> Option<Self> {
        let number = f64::from_value(value)?;
        (number.fract() == 0.0 && number.abs() <= (1u64 << 53) as f64).then_some(number as i64)
    }
}

impl Field for bool {
    const EXPECTED: &'static str = "true or false";

    fn from_value(value: &Value) -> Option<Self> {
        match value {
            Value::Bool(truth) => Some(*truth),
            Value::String(text) if text == "true" => Some(true),
            Value::String(text) if text == "false" => Some(false),
            _ => None,
        }
    }
}

impl Field for Value {
    const EXPECTED: &'static str = "any JSON value";

    fn from_value(value: &Value) -> Option<Self> {
        Some(value.clone())
    }
}

impl<F: Field> Field for Option<F> {
    const EXPECTED: &'static str = F::EXPECTED;

    fn from_value(value: &Value) -> Option<Self> {
        F::from_value(value).map(Some)
    }

    fn absent() -> Option<Self> {
        Some(None)
    }
}

impl<F: Field> Field for Vec<F> {
    const EXPECTED: &'static str = "an array, or its items in a string with commas between them";

    fn from_value(value: &Value) -> Option<Self> {
        match value {
            Value::Array(items) => items.iter().map(F::from_value).collect(),
            Value::String(list) => list.split(',').map(|item| F::from_value(&Value::from(item.trim()))).collect(),
            _ => None,
        }
    }
}

impl WriteJson for String {
    fn write_json(&self, out: &mut String) {
        self.as_str().write_json(out);
    }
}

macro_rules! written_as_number {
    ($($type:ty),*) => {$(
        impl WriteJson for $type {
            fn write_json(&self, out: &mut String) {
                Value::Number(*self as f64).write_json(out);
            }
        }
    )*};
}

written_as_number!(f64, usize, i64, u32, i32);

impl WriteJson for bool {
    fn write_json(&self, out: &mut String) {
        Value::Bool(*self).write_json(out);
    }
}

impl<J: WriteJson> WriteJson for Vec<J> {
    fn write_json(&self, out: &mut String) {
        write_array(self, out);
    }
}

impl<J: WriteJson> WriteJson for Option<J> {
    fn write_json(&self, out: &mut String) {
        match self {
            Some(value) => value.write_json(out),
            None => out.push_str("null"),
        }
    }
}

/// A struct that is the input of a module.
///
/// ```
/// aion_guest::input! {
///     /// What the caller sends.
///     pub struct Question {
///         /// The text.
///         pub text: String,
///         /// How many; ten when the caller does not say.
///         pub most: usize = 10,
///         /// May be left out.
///         pub language: Option<String>,
///     }
/// }
/// ```
///
/// A field without a default must be there unless it is an `Option`. Fields that are not named are refused.
#[macro_export]
macro_rules! input {
    ($(#[$about:meta])* $visible:vis struct $name:ident {
        $($(#[$field_about:meta])* $field_visible:vis $field:ident : $type:ty $(= $default:expr)?),* $(,)?
    }) => {
        $(#[$about])*
        #[derive(Clone, Debug, PartialEq)]
        $visible struct $name { $($(#[$field_about])* $field_visible $field: $type),* }

        impl $crate::Input for $name {
            fn read(input: &$crate::json::Object) -> Result<Self, $crate::Refusal> {
                $crate::Parameters::new(input, &[$(stringify!($field)),*])?;
                Ok(Self { $($field: $crate::read_field(
                    input, stringify!($field), [$(Some($default),)? None].into_iter().next().flatten(),
                )?),* })
            }
        }
    };
}

/// A struct that is the result of a module, or a part of it; it is written member by member, in this order.
#[macro_export]
macro_rules! output {
    ($(#[$about:meta])* $visible:vis struct $name:ident {
        $($(#[$field_about:meta])* $field_visible:vis $field:ident : $type:ty),* $(,)?
    }) => {
        $(#[$about])*
        #[derive(Clone, Debug, PartialEq)]
        $visible struct $name { $($(#[$field_about])* $field_visible $field: $type),* }

        impl $crate::json::WriteJson for $name {
            fn write_json(&self, out: &mut String) {
                let members: &[(&str, &dyn $crate::json::WriteJson)] = &[$((stringify!($field), &self.$field)),*];
                $crate::json::write_object(members.iter().copied(), out);
            }
        }
    };
}
