//! The lines of a text; a line ends with CRLF, LF or CR.

/// A line, in bytes of the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Line {
    /// Its first byte.
    pub start: usize,
    /// Just after its last byte, without its end.
    pub end: usize,
}

impl Line {
    /// The line as written.
    pub fn of(self, text: &str) -> &str {
        &text[self.start..self.end]
    }
}

/// All lines of `text`.
pub fn lines(text: &str) -> Vec<Line> {
    let bytes = text.as_bytes();
    let (mut found, mut start) = (Vec::new(), 0);
    while start < bytes.len() {
        let length = bytes[start..].iter().position(|byte| matches!(byte, b'\n' | b'\r'));
        let end = length.map_or(bytes.len(), |length| start + length);
        found.push(Line { start, end });
        start = end + if bytes[end..].starts_with(b"\r\n") { 2 } else { 1 };
    }
    found
}

/// Whether a line has nothing to be seen on it.
pub fn is_empty(line: &str) -> bool {
    line.trim().is_empty()
}

/// How far a line is indented, a tab going to the next multiple of four, and the bytes of that.
pub fn indentation(line: &str) -> (usize, usize) {
    let (mut columns, mut bytes) = (0, 0);
    for byte in line.bytes() {
        match byte {
            b' ' => columns += 1,
            b'\t' => columns += 4 - columns % 4,
            _ => break,
        }
        bytes += 1;
    }
    (columns, bytes)
}

/// The length of a list marker with the space after it ("- ", "3. "), at the start of what is written; else 0.
pub fn marker_length(written: &str) -> usize {
    let bytes = written.as_bytes();
    let digits = bytes.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let sign = match (digits, bytes.get(digits)) {
        (0, Some(b'-' | b'*' | b'+')) => 1,
        (0, Some(_)) if written.starts_with('•') => '•'.len_utf8(),
        (1..=9, Some(b'.' | b')')) => digits + 1,
        _ => return 0,
    };
    match bytes.get(sign) {
        Some(b' ' | b'\t') => sign + 1,
        None => sign,
        Some(_) => 0,
    }
}
