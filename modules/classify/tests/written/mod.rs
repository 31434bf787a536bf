//! The written set: one file for each set of labels, with texts for choosing the weights, for judging, and as examples.

use std::fs;
use std::path::Path;

use classify::Label;

/// Texts with the label that each has, if any.
pub struct Task {
    /// The labels, with descriptions and examples.
    pub labels: Vec<Label>,
    /// Text, label counted from 0.
    pub texts: Vec<(String, Option<usize>)>,
}

impl Task {
    /// The same task with labels that are told by less.
    pub fn told_by(&self, descriptions: bool, examples: bool) -> Vec<Label> {
        let told = self.labels.iter().cloned().map(|mut label| {
            if !descriptions {
                label.description.clear();
            }
            if !examples {
                label.examples.clear();
            }
            label
        });
        told.collect()
    }
}

/// A set of `tests/written_set`, with its texts of `part`.
pub fn task(name: &str, part: &str) -> Task {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/written_set").join(format!("{name}.txt"));
    let mut task = Task { labels: Vec::new(), texts: Vec::new() };
    let mut current = None;
    for line in fs::read_to_string(path).expect("the set is there").lines() {
        if let Some(heading) = line.strip_prefix("== ") {
            current = heading.split_once(" | ").map(|(name, description)| {
                let label = Label { name: name.into(), description: description.into(), examples: Vec::new() };
                task.labels.push(label);
                task.labels.len() - 1
            });
        } else if let Some((kind, text)) = line.split_once(": ") {
            match (kind == "example", current) {
                (true, Some(label)) => task.labels[label].examples.push(text.into()),
                _ if kind == part => task.texts.push((text.into(), current)),
                _ => {}
            }
        }
    }
    task
}
