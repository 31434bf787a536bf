//! The written set: one file a language, each line one text, under headings that say part and kind.

use std::fs;
use std::path::Path;

/// One text with the language that it is in.
pub struct Written {
    /// ISO 639-1.
    pub code: String,
    /// The text.
    pub text: String,
}

/// The texts under the heading `part`, such as `held back phrases`, of every language.
pub fn written(part: &str) -> Vec<Written> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/written_set");
    let mut files: Vec<_> =
        fs::read_dir(folder).expect("the set is there").map(|entry| entry.expect("readable").path()).collect();
    files.sort();
    let mut found = Vec::new();
    for file in files {
        let code = file.file_stem().and_then(|stem| stem.to_str()).expect("a code").to_owned();
        let mut inside = false;
        for line in fs::read_to_string(&file).expect("UTF-8").lines() {
            match line.strip_prefix("== ") {
                Some(heading) => inside = heading == part,
                None if inside => found.push(Written { code: code.clone(), text: line.to_owned() }),
                None => {}
            }
        }
    }
    found
}
