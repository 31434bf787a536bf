//! One call of a module from start to exit status.

use std::fmt;
use std::io::{self, Read};
use std::process::ExitCode;

use crate::json::{parse, Object, Value, WriteJson};
use crate::lines::Lines;
use crate::parameters::Refusal;

/// The exit status of a module that refused its input.
const REFUSED: u8 = 2;
/// The exit status of a module that could not read or write.
const BROKEN_PIPE: u8 = 3;

/// Room for the first read: every read leaves the sandbox, and most inputs fit into one.
const FIRST_READ: usize = 1 << 16;

const REMEDY: &str = "send one JSON object";

/// Why a call has no result.
#[derive(Debug)]
pub enum Failure {
    /// The input is not what the module's schema says.
    Input(Refusal),
    /// Stdin or stdout failed.
    Stream(io::Error),
}

impl From<Refusal> for Failure {
    fn from(refusal: Refusal) -> Self {
        Failure::Input(refusal)
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Failure::Stream(error)
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Failure::Input(refusal) => write!(out, "input refused: {refusal}"),
            Failure::Stream(error) => write!(out, "stdin or stdout failed: {error}"),
        }
    }
}

impl std::error::Error for Failure {}

/// A result, which may borrow from the input.
pub type Answer<'i> = Box<dyn WriteJson + 'i>;

/// Answer the one call on stdin with `work`; what fails is said on stderr and by the exit status.
pub fn serve(work: impl for<'i> FnOnce(&'i Object, &mut Lines<io::Stdout>) -> Result<Answer<'i>, Failure>) -> ExitCode {
    status(answer(work))
}

/// Like [`serve`], for a module that reads the text of its input itself: one that must not lose a number's digits.
pub fn serve_text(
    work: impl for<'i> FnOnce(&'i str, &mut Lines<io::Stdout>) -> Result<Answer<'i>, Failure>,
) -> ExitCode {
    status(answer_text(work))
}

fn status(answered: Result<(), Failure>) -> ExitCode {
    match answered {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("{failure}");
            ExitCode::from(match failure {
                Failure::Input(_) => REFUSED,
                Failure::Stream(_) => BROKEN_PIPE,
            })
        }
    }
}

fn answer(
    work: impl for<'i> FnOnce(&'i Object, &mut Lines<io::Stdout>) -> Result<Answer<'i>, Failure>,
) -> Result<(), Failure> {
    let bytes = input()?;
    let input = object(text(&bytes)?)?;
    let mut lines = Lines::new(io::stdout());
    let data = work(&input, &mut lines)?;
    Ok(lines.result(&*data)?)
}

fn answer_text(
    work: impl for<'i> FnOnce(&'i str, &mut Lines<io::Stdout>) -> Result<Answer<'i>, Failure>,
) -> Result<(), Failure> {
    let bytes = input()?;
    let mut lines = Lines::new(io::stdout());
    let data = work(text(&bytes)?, &mut lines)?;
    Ok(lines.result(&*data)?)
}

fn input() -> io::Result<Vec<u8>> {
    let mut bytes = Vec::with_capacity(FIRST_READ);
    io::stdin().lock().read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn text(bytes: &[u8]) -> Result<&str, Refusal> {
    std::str::from_utf8(bytes)
        .map_err(|error| Refusal::new("input", format!("is not UTF-8 from byte {}", error.valid_up_to()), REMEDY))
}

fn object(text: &str) -> Result<Object, Refusal> {
    match parse(text) {
        Ok(Value::Object(object)) => Ok(object),
        Ok(_) => Err(Refusal::new("input", "is JSON, but not an object", REMEDY)),
        Err(error) => Err(Refusal::new("input", error.to_string(), REMEDY)),
    }
}
