//! The lines that a module says while it works; each is flushed as it is written, because a
//! watcher at the other end is waiting for it.

use std::io::{self, Write};

use crate::json::{write_object, Object, Value, WriteJson};

/// How much a `log` line matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    /// Of interest when something is looked into.
    Info,
    /// The work went on, but not as the caller may expect.
    Warning,
}

impl Level {
    fn name(self) -> &'static str {
        match self {
            Level::Info => "info",
            Level::Warning => "warning",
        }
    }
}

/// Writes the lines of ABI v1 to `W`.
pub struct Lines<W: Write> {
    out: W,
}

impl<W: Write> Lines<W> {
    /// Lines that go to `out`.
    pub fn new(out: W) -> Self {
        Self { out }
    }

    /// A piece of text for whoever watches; all of them in order are the text of the answer.
    pub fn token(&mut self, text: &str) -> io::Result<()> {
        self.line(Object::new().with("type", "token").with("text", text))
    }

    /// A snapshot of the result so far.
    pub fn partial(&mut self, data: Value) -> io::Result<()> {
        self.line(Object::new().with("type", "partial").with("data", data))
    }

    /// A note for the operator. Never write what the caller sent into it.
    pub fn log(&mut self, level: Level, message: &str) -> io::Result<()> {
        self.line(Object::new().with("type", "log").with("level", level.name()).with("message", message))
    }

    /// The result, which ends the conversation: the lines are consumed.
    pub fn result(mut self, data: &dyn WriteJson) -> io::Result<()> {
        let members: [(&str, &dyn WriteJson); 2] = [("type", &"result"), ("data", data)];
        let mut line = String::new();
        write_object(members, &mut line);
        self.write(line)
    }

    fn line(&mut self, object: Object) -> io::Result<()> {
        self.write(object.to_json())
    }

    fn write(&mut self, mut line: String) -> io::Result<()> {
        line.push('\n');
        self.out.write_all(line.as_bytes())?;
        self.out.flush()
    }
}
