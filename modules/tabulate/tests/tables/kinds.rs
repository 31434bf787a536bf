//! What columns are filled with.

use seeded::Seeded;
use tabulate::{Mark, NoteKind};

use super::Style;

/// One way to fill a column, and what is true of it.
pub struct Filler {
    /// The type that the column has.
    pub kind: &'static str,
    /// What it is, for the list of mistakes.
    pub about: &'static str,
    pub names: &'static [&'static str],
    pub fill: fn(&mut Seeded, usize, &Style) -> Vec<String>,
    /// Whether outliers may be put in, and how one is made.
    pub has_outliers: bool,
    pub outlier: fn(&mut Seeded, &Style) -> String,
    /// Whether its numbers show the decimal mark.
    pub tells_mark: bool,
    /// Whether one wrong cell is a mixed type.
    pub strict: bool,
    /// Notes that belong to such a column.
    pub notes: &'static [NoteKind],
}

pub type Fill = fn(&mut Seeded, usize, &Style) -> Vec<String>;

pub const fn plain(kind: &'static str, about: &'static str, names: &'static [&'static str], fill: Fill) -> Filler {
    let outlier: fn(&mut Seeded, &Style) -> String = |_, _| String::new();
    Filler { kind, about, names, fill, has_outliers: false, outlier, tells_mark: false, strict: false, notes: &[] }
}

pub const fn typed(kind: &'static str, about: &'static str, names: &'static [&'static str], fill: Fill) -> Filler {
    Filler { strict: true, ..plain(kind, about, names, fill) }
}

/// The first four are numbers and dates.
pub static FILLERS: &[Filler] = &[
    Filler {
        has_outliers: true,
        outlier: |seeded, style| decimal(500.0 * (1.0 + seeded.below(20) as f64), 2, style.mark),
        tells_mark: true,
        ..typed("number", "measured", &["temperature", "weight_kg", "reading", "Poids", "x"], |seeded, rows, style| {
            let (middle, spread) = (20.0 + seeded.below(60) as f64, 2.0 + seeded.below(6) as f64);
            each(rows, || decimal(middle + spread * normal(seeded), 2, style.mark))
        })
    },
    Filler {
        has_outliers: true,
        outlier: |seeded, _| (9_000 + seeded.below(90_000)).to_string(),
        ..typed("integer", "counted", &["quantity", "visits", "Nombre", "n"], |seeded, rows, _| {
            let most = seeded.between(20, 80);
            each(rows, || (100 + (seeded.below(most) + seeded.below(most) + seeded.below(most)) / 3).to_string())
        })
    },
    typed("integer", "numbered", &["id", "row", "numero", "key"], |seeded, rows, _| {
        let first = seeded.below(5_000);
        (1..=rows).map(|row| (first + row).to_string()).collect()
    }),
    typed("date", "iso dates", &["date", "created", "day"], |seeded, rows, _| {
        each(rows, || {
            let (year, month, day) = day(seeded);
            format!("{year}-{month:02}-{day:02}")
        })
    }),
    Filler {
        tells_mark: true,
        ..typed("number", "skewed", &["income", "duration", "size"], |seeded, rows, style| {
            each(rows, || decimal(10.0 * (1.1 * normal(seeded)).exp() + 0.5, 2, style.mark))
        })
    },
    Filler {
        tells_mark: true,
        ..typed("number", "thousands", &["revenue", "population", "Chiffre"], |seeded, rows, style| {
            each(rows, || grouped(1_000 + seeded.below(4_000_000), seeded.below(100), style))
        })
    },
    typed("integer", "signed", &["delta", "balance_days"], |seeded, rows, _| {
        each(rows, || (seeded.below(200) as i64 - 100).to_string())
    }),
    typed("integer", "years", &["year", "Année"], |seeded, rows, _| {
        each(rows, || seeded.between(1950, 2025).to_string())
    }),
    Filler {
        tells_mark: true,
        ..typed("money", "prices", &["price", "Prix", "amount"], |seeded, rows, style| {
            each(rows, || {
                let number = decimal(1.0 + seeded.below(90_000) as f64 / 100.0, 2, style.mark);
                match (style.mark, style.way) {
                    (Mark::Comma, _) => format!("{number} €"),
                    (_, 0) => format!("${number}"),
                    (_, 1) => format!("£{number}"),
                    _ => format!("{number} USD"),
                }
            })
        })
    },
    Filler {
        tells_mark: true,
        ..typed("percent", "shares", &["share", "rate", "Taux"], |seeded, rows, style| {
            each(rows, || format!("{}%", decimal(seeded.below(1_000) as f64 / 10.0, 1, style.mark)))
        })
    },
    typed("boolean", "yes or no", &["active", "paid", "is_open"], |seeded, rows, style| {
        let words = [["yes", "no"], ["true", "false"], ["Oui", "Non"]][style.way];
        each(rows, || words[seeded.below(2)].to_owned())
    }),
    typed("date", "day first", &["date", "Date de naissance", "due"], |seeded, rows, style| {
        let sign = ["/", ".", "-"][style.way];
        with_one(rows, format!("28{sign}02{sign}2024"), || {
            let (year, month, day) = day(seeded);
            format!("{day:02}{sign}{month:02}{sign}{year}")
        })
    }),
    typed("date", "month first", &["date", "shipped"], |seeded, rows, _| {
        with_one(rows, "02/28/2024".to_owned(), || {
            let (year, month, day) = day(seeded);
            format!("{month:02}/{day:02}/{year}")
        })
    }),
    Filler {
        notes: &[NoteKind::AmbiguousDates],
        ..typed("date", "ambiguous", &["date", "when"], |seeded, rows, _| {
            with_one(rows, "03/04/2024".to_owned(), || {
                format!("{:02}/{:02}/{}", seeded.between(1, 12), seeded.between(1, 12), seeded.between(2019, 2025))
            })
        })
    },
    typed("date", "months by name", &["date", "Période"], |seeded, rows, style| {
        const ENGLISH: [&str; 4] = ["January", "March", "August", "December"];
        const FRENCH: [&str; 4] = ["janvier", "mars", "août", "décembre"];
        each(rows, || {
            let (year, _, day) = day(seeded);
            match style.way {
                0 => format!("{} {day}, {year}", seeded.pick(&ENGLISH)),
                1 => format!("{day} {} {year}", seeded.pick(&FRENCH)),
                _ => format!("{day}-{}-{year}", &seeded.pick(&ENGLISH)[..3]),
            }
        })
    }),
    typed("datetime", "moments", &["timestamp", "updated_at", "Heure"], |seeded, rows, style| {
        each(rows, || {
            let (year, month, day) = day(seeded);
            let (hour, minute) = (seeded.below(24), seeded.below(60));
            match style.way {
                0 => format!("{year}-{month:02}-{day:02}T{hour:02}:{minute:02}:07Z"),
                1 => format!("{year}-{month:02}-{day:02} {hour:02}:{minute:02}"),
                _ => format!("{year}-{month:02}-{day:02}T{hour:02}:{minute:02}:07.250+02:00"),
            }
        })
    }),
    plain("category", "states", &["status", "kind", "Statut"], |seeded, rows, style| {
        const WORDS: [[&str; 4]; 3] = [
            ["open", "closed", "waiting", "lost"],
            ["North", "South", "East", "West"],
            ["payé", "en attente", "annulé", "litige"],
        ];
        each(rows, || seeded.pick(&WORDS[style.way]).to_owned())
    }),
    plain("text", "people", &["name", "full_name", "Client"], |seeded, rows, _| {
        const FIRST: [&str; 8] = ["Ana", "Zoë", "Li", "Ravi", "José", "Mary Ann", "O'Neill", "Ève"];
        (0..rows).map(|row| format!("{} {}{}", seeded.pick(&FIRST), ["Mar", "Dun", "Okoro"][row % 3], row)).collect()
    }),
    plain("text", "sentences", &["comment", "description", "Remarques"], |seeded, rows, _| {
        const PARTS: [&str; 8] = [
            "late again",
            "he said \"no\"",
            "first line\nsecond line",
            "paid, then returned",
            "voir ligne 2; merci",
            "ok | fine",
            "שלום",
            "tab\there",
        ];
        (0..rows).map(|row| format!("{} {row} {}", seeded.pick(&PARTS), seeded.pick(&PARTS))).collect()
    }),
    plain("text", "addresses", &["email", "contact"], |seeded, rows, _| {
        (0..rows).map(|row| format!("user{}.{row}@example.org", seeded.below(100))).collect()
    }),
    plain("text", "articles", &["sku", "Référence"], |seeded, rows, _| {
        each(rows, || format!("{}-{}", seeded.pick(&["AB", "X", "KLM"]), seeded.digits(4)))
    }),
    plain("text", "versions", &["version", "release"], |seeded, rows, _| {
        with_one(rows, "1.10.3".to_owned(), || format!("{}.{}.{}", seeded.below(4), seeded.below(20), seeded.below(9)))
    }),
    plain("text", "times", &["start", "Heure"], |seeded, rows, _| {
        each(rows, || format!("{:02}:{:02}", seeded.below(24), seeded.below(60)))
    }),
    plain("text", "networks", &["ip", "host"], |seeded, rows, _| {
        each(rows, || format!("10.{}.{}.{}", seeded.below(256), seeded.below(256), seeded.below(256)))
    }),
    Filler {
        notes: &[NoteKind::LeadingZeros],
        ..plain("text", "postal codes", &["zip", "code", "CP"], |seeded, rows, _| {
            let mut cells = with_one(rows, "01234".to_owned(), || format!("{}", seeded.between(10_000, 99_999)));
            for row in (0..rows).step_by(12) {
                cells[row] = format!("0{}", seeded.between(1_000, 9_999));
            }
            cells
        })
    },
    Filler {
        notes: &[NoteKind::LeadingZeros],
        ..plain("text", "padded identifiers", &["customer", "ref"], |seeded, rows, _| {
            each(rows, || format!("000{}", seeded.digits(4)))
        })
    },
    Filler {
        notes: &[NoteKind::LongDigits],
        ..plain("text", "long identifiers", &["account", "tweet"], |seeded, rows, _| {
            each(rows, || format!("1{}", seeded.digits(18)))
        })
    },
    plain("text", "telephones", &["phone", "Tél."], |seeded, rows, style| {
        each(rows, || match style.way {
            0 => format!("+33 6 {} {} {} {}", seeded.digits(2), seeded.digits(2), seeded.digits(2), seeded.digits(2)),
            1 => format!("({}) {}-{}", seeded.between(201, 989), seeded.between(200, 999), seeded.digits(4)),
            _ => format!("+1{}{}", seeded.between(201, 989), seeded.digits(7)),
        })
    }),
    Filler {
        notes: &[NoteKind::MixedTypes],
        ..plain("mixed", "halves", &["value", "answer"], |seeded, rows, _| {
            (0..rows)
                .map(|row| if row % 2 == 0 { seeded.below(500).to_string() } else { format!("see {row}") })
                .collect()
        })
    },
    Filler {
        notes: &[NoteKind::EmptyColumn],
        ..plain("empty", "nothing", &["unused", "legacy"], |_, rows, _| vec![String::new(); rows])
    },
];

pub fn each(rows: usize, mut cell: impl FnMut() -> String) -> Vec<String> {
    (0..rows).map(|_| cell()).collect()
}

/// With one cell that tells what the others may not.
pub fn with_one(rows: usize, telling: String, cell: impl FnMut() -> String) -> Vec<String> {
    let mut cells = each(rows, cell);
    let last = cells.len() - 2;
    cells[last] = telling;
    cells
}

fn day(seeded: &mut Seeded) -> (usize, usize, usize) {
    (seeded.between(2015, 2025), seeded.between(1, 12), seeded.between(1, 28))
}

/// About normal: the sum of twelve uniform numbers.
pub fn normal(seeded: &mut Seeded) -> f64 {
    (0..12).map(|_| seeded.below(1_000_001) as f64 / 1_000_000.0).sum::<f64>() - 6.0
}

pub fn decimal(value: f64, places: usize, mark: Mark) -> String {
    let point = format!("{value:.places$}");
    match mark {
        Mark::Point => point,
        Mark::Comma => point.replace('.', ","),
    }
}

fn grouped(whole: usize, cents: usize, style: &Style) -> String {
    let separator = match (style.mark, style.way) {
        (Mark::Point, 0 | 1) => ",",
        (Mark::Comma, 0) => ".",
        (Mark::Comma, 1) => "\u{202f}",
        _ => " ",
    };
    let digits = whole.to_string();
    let mut written = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            written += separator;
        }
        written.push(digit);
    }
    format!("{written}{}{cents:02}", style.mark.character())
}
