//! Writes a table in one of the dialects that files come in.

use seeded::Seeded;
use tabulate::{Delimiter, Mark};

pub struct Written {
    pub text: String,
    pub delimiter: Delimiter,
    pub quote: Option<char>,
}

pub fn write(seeded: &mut Seeded, table: &[Vec<String>], mark: Mark) -> Written {
    let delimiter = match (mark, seeded.below(6)) {
        (Mark::Comma, 0) => Delimiter::Tab,
        (Mark::Comma, _) => Delimiter::Semicolon,
        (_, 0..=2) => Delimiter::Comma,
        (_, 3) => Delimiter::Semicolon,
        (_, 4) => Delimiter::Tab,
        _ => Delimiter::Bar,
    };
    let quote = if seeded.below(12) == 0 { '\'' } else { '"' };
    let everything = seeded.below(6) == 0;
    let line_end = seeded.pick(&["\n", "\r\n", "\r\n", "\n", "\r"]);
    let mut text = seeded.pick(&["", "", "", "\u{feff}"]).to_owned();
    if table[0].len() > 1 && seeded.below(12) == 0 {
        text += &format!("sep={}{line_end}", char::from(delimiter.byte()));
    }
    let mut quoted = 0;
    for row in table {
        for (index, cell) in row.iter().enumerate() {
            if index > 0 {
                text.push(char::from(delimiter.byte()));
            }
            let needs = cell.contains([char::from(delimiter.byte()), quote, '\n', '\r']);
            let alone = row.len() == 1 && cell.is_empty();
            if needs || everything || alone {
                quoted += 1;
                text.push(quote);
                text += &cell.replace(quote, &format!("{quote}{quote}"));
                text.push(quote);
            } else {
                text += cell;
            }
        }
        text += line_end;
    }
    Written { text, delimiter, quote: (quoted > 0).then_some(quote) }
}
