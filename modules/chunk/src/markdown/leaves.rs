//! How single lines of Markdown look.

use crate::lines::indentation;

/// The line that opens a fenced code block.
#[derive(Clone, Copy, Debug)]
pub struct Fence {
    sign: u8,
    length: usize,
}

impl Fence {
    /// Whether `line` ends the block.
    pub fn is_closed_by(self, line: &str) -> bool {
        let line = line.trim();
        line.len() >= self.length && line.bytes().all(|byte| byte == self.sign)
    }
}

/// The fence that `written`, a line without its indentation, opens.
pub fn fence(written: &str) -> Option<Fence> {
    let sign = written.bytes().next().filter(|sign| matches!(sign, b'`' | b'~'))?;
    let length = written.bytes().take_while(|byte| *byte == sign).count();
    let inline = sign == b'`' && written[length..].contains('`');
    (length >= 3 && !inline).then_some(Fence { sign, length })
}

/// Level and title of a heading with number signs.
pub fn atx_heading(written: &str) -> Option<(usize, &str)> {
    let level = written.bytes().take_while(|byte| *byte == b'#').count();
    let title = &written[level..];
    if !(1..=6).contains(&level) || !(title.trim().is_empty() || title.starts_with([' ', '\t'])) {
        return None;
    }
    let title = title.trim();
    let open = title.trim_end_matches('#');
    Some((level, if open.is_empty() || open.ends_with([' ', '\t']) { open.trim_end() } else { title }))
}

/// The level of the heading that `line` makes of the paragraph before it.
pub fn setext_level(line: &str) -> Option<usize> {
    let (columns, bytes) = indentation(line);
    let written = line[bytes..].trim_end();
    match written.bytes().next() {
        Some(sign @ (b'=' | b'-')) if columns < 4 && written.bytes().all(|byte| byte == sign) => {
            Some(if sign == b'=' { 1 } else { 2 })
        }
        _ => None,
    }
}

/// Whether `line` is the second line of a table.
pub fn is_delimiter_row(line: &str) -> bool {
    line.contains('|')
        && line.contains('-')
        && line.bytes().all(|byte| matches!(byte, b'|' | b'-' | b':' | b' ' | b'\t'))
}

/// Whether `line` begins a block even without an empty line before it; lists apart.
pub fn begins_block(line: &str) -> bool {
    let (columns, bytes) = indentation(line);
    let written = &line[bytes..];
    columns < 4
        && (fence(written).is_some() || atx_heading(written).is_some() || written.starts_with('>') || is_rule(written))
}

/// Whether a line is a thematic break: three or more of the same sign.
pub fn is_rule(written: &str) -> bool {
    let Some(sign @ (b'-' | b'*' | b'_')) = written.bytes().next() else { return false };
    let signs = written.bytes().filter(|byte| *byte == sign).count();
    signs >= 3 && written.bytes().all(|byte| byte == sign || matches!(byte, b' ' | b'\t'))
}
