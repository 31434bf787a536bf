//! Lines of programs and commands, and tags: their words are English or nothing, whatever the text is in.

/// Programs that a line begins with when it is typed into a shell.
const COMMANDS: [&str; 16] = [
    "git", "npm", "npx", "pip", "sudo", "docker", "kubectl", "curl", "cargo", "apt", "yarn", "ssh", "chmod", "mkdir",
    "cd", "ls",
];
/// Words that begin a line of a program, when signs of one follow.
const STARTERS: [&str; 26] = [
    "import", "from", "def", "class", "return", "const", "let", "var", "function", "fn", "pub", "public", "private",
    "static", "void", "int", "if", "for", "while", "else", "try", "elif", "use", "struct", "package", "export",
];
const QUERIES: [&str; 6] = ["SELECT", "INSERT", "UPDATE", "DELETE", "CREATE", "ALTER"];
/// The longest tag that is looked for, in bytes.
const LONGEST_TAG: usize = 300;

/// Whether a line is of a program, a query or a command rather than of a language.
pub fn is_code(line: &str) -> bool {
    let line = line.trim();
    let first = line.split(|letter: char| !letter.is_ascii_alphabetic()).next().unwrap_or_default();
    let signs = signs(line);
    if line.starts_with("$ ") || (QUERIES.contains(&first) && upper_words(line) > 1) {
        return true;
    }
    if COMMANDS.contains(&first) && line.is_ascii() && !line.ends_with(['.', '!', '?']) {
        return true;
    }
    let length = line.bytes().filter(|byte| !byte.is_ascii_whitespace()).count();
    (signs >= 1 && STARTERS.contains(&first)) || (signs >= 2 && signs * 14 >= length)
}

fn upper_words(line: &str) -> usize {
    let upper = |word: &&str| word.len() > 1 && word.bytes().all(|byte| byte.is_ascii_uppercase());
    line.split_ascii_whitespace().filter(upper).count()
}

/// How many signs of a program there are; prose uses round brackets and semicolons too, but in other places.
fn signs(line: &str) -> usize {
    let bytes = line.as_bytes();
    let joined = |at: usize| at > 0 && (bytes[at - 1].is_ascii_alphanumeric() || bytes[at - 1] == b'_');
    let counted = |at: usize| match bytes[at] {
        b'{' | b'}' | b'=' | b'|' | b'\\' | b'_' | b'`' | b'~' | b'^' => true,
        b'(' | b'[' => joined(at),
        b';' => at + 1 == bytes.len() && line.is_ascii(),
        b':' => bytes.get(at + 1) == Some(&b':') || (at + 1 == bytes.len() && at > 0 && bytes[at - 1] == b')'),
        b'>' => at > 0 && matches!(bytes[at - 1], b'-' | b'='),
        _ => false,
    };
    (0..bytes.len()).filter(|at| counted(*at)).count()
}

/// The line without tags such as `<p class="a">` and entities such as `&nbsp;`, each as a space.
pub fn without_tags(line: &str) -> String {
    let mut out = String::with_capacity(line.len());
    let mut rest = line;
    while let Some(at) = rest.find(['<', '&']) {
        out.push_str(&rest[..at]);
        let after = &rest[at..];
        let length = if after.starts_with('<') { tag(after) } else { entity(after) };
        out.push(if length == 1 { char::from(after.as_bytes()[0]) } else { ' ' });
        rest = &after[length..];
    }
    out.push_str(rest);
    out
}

/// How long the tag at the start is; 1 when it is none.
fn tag(text: &str) -> usize {
    let opens = text.as_bytes().get(1).is_some_and(|byte| byte.is_ascii_alphabetic() || b"/!".contains(byte));
    let closed = text.bytes().take(LONGEST_TAG).position(|byte| byte == b'>');
    closed.filter(|_| opens).map_or(1, |at| at + 1)
}

fn entity(text: &str) -> usize {
    let name = text[1..].bytes().take(8).take_while(|byte| byte.is_ascii_alphanumeric() || *byte == b'#').count();
    if name > 1 && text.as_bytes().get(1 + name) == Some(&b';') {
        name + 2
    } else {
        1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn programs_queries_and_commands_are_code() {
        for line in [
            "let total = items.iter().sum();",
            "def main(argv):",
            "SELECT name FROM users WHERE id = 3",
            "git commit -m fix",
            "for (int i = 0; i < n; i++) {",
            "$ make all",
            "{\"key\": {\"a\": 1}}",
        ] {
            assert!(is_code(line), "{line}");
        }
    }

    #[test]
    fn prose_with_brackets_and_signs_is_no_code() {
        for line in [
            "Please call (in the morning) and let us know.",
            "for the children",
            "If you can, come; we will be there;",
            "Let us go to the park",
            "Git is a tool that many people use.",
            "import duties on fish",
        ] {
            assert!(!is_code(line), "{line}");
        }
    }

    #[test]
    fn tags_and_entities_become_spaces() {
        assert_eq!(without_tags("<p class=\"x\">Bon&nbsp;jour</p> a < b & c"), " Bon jour  a < b & c");
        assert_eq!(without_tags("<"), "<");
    }
}
