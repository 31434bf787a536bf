//! The module `transform`: reads its call from stdin, writes the result to stdout.

use std::process::ExitCode;

use aion_guest::serve_text;
use transform::Asked;

fn main() -> ExitCode {
    serve_text(|input, _lines| Ok(Box::new(Asked::read(input)?.answer()?)))
}
