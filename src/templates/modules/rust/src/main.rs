//! The module {{name}}: reads its call from stdin, streams what it finds, writes the result.

mod words;

use std::process::ExitCode;

use aion_guest::{input, output, serve_typed, Refusal};

input! {
    /// What a caller sends, as schemas/input.json describes it.
    struct Question {
        text: String,
        most: usize = 10,
    }
}

output! {
    /// What a caller gets, as schemas/output.json describes it.
    struct Answer { words: usize, common: Vec<Common> }
}

output! {
    /// One common word.
    struct Common { word: String, count: usize }
}

fn main() -> ExitCode {
    serve_typed(|question: Question, lines| {
        if !(1..=100).contains(&question.most) {
            return Err(Refusal::new("most", "is out of range", "send an integer from 1 to 100").into());
        }
        let (words, counts) = words::count(&question.text);
        let mut common = Vec::new();
        for (word, count) in counts.into_iter().take(question.most) {
            // Whoever watches the task sees each word now.
            lines.token(&format!("{word}: {count}\n"))?;
            common.push(Common { word, count });
        }
        Ok(Answer { words, common })
    })
}
