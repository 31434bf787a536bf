//! Columns as they come from elsewhere: unusual ways of writing numbers and dates, and what only resembles them.

use tabulate::{Mark, NoteKind};

use super::kinds::{decimal, each, normal, plain, typed, with_one, Filler};

pub static ODD_FILLERS: &[Filler] = &[
    typed("date", "dates without padding", &["date", "visited"], |seeded, rows, _| {
        with_one(rows, "2/28/2024".to_owned(), || {
            format!("{}/{}/{}", seeded.between(1, 12), seeded.between(1, 28), seeded.between(2019, 2025))
        })
    }),
    typed("date", "dates with short years", &["date", "jour"], |seeded, rows, _| {
        with_one(rows, "28.02.24".to_owned(), || {
            format!("{:02}.{:02}.{:02}", seeded.between(1, 28), seeded.between(1, 12), seeded.between(10, 25))
        })
    }),
    typed("datetime", "moments of mail", &["sent", "date"], |seeded, rows, _| {
        const DAYS: [&str; 3] = ["Mon", "Tue", "Sat"];
        each(rows, || {
            let (weekday, day, hour) = (seeded.pick(&DAYS), seeded.between(1, 28), seeded.below(24));
            format!("{weekday}, {day:02} Mar 2024 {hour:02}:{:02}:00 +0100", seeded.below(60))
        })
    }),
    typed("datetime", "moments of half days", &["at", "timestamp"], |seeded, rows, _| {
        with_one(rows, "02/28/2024 3:05 PM".to_owned(), || {
            let (month, day, hour) = (seeded.between(1, 12), seeded.between(1, 28), seeded.between(1, 12));
            format!("{month:02}/{day:02}/2023 {hour}:{:02} {}", seeded.below(60), seeded.pick(&["AM", "PM"]))
        })
    }),
    typed("number", "scientific", &["concentration", "p_value"], |seeded, rows, style| {
        each(rows, || {
            format!("{}e-{}", decimal(1.0 + seeded.below(89) as f64 / 10.0, 1, style.mark), seeded.between(2, 9))
        })
    }),
    typed("number", "coordinates", &["latitude", "lon"], |seeded, rows, style| {
        each(rows, || decimal(40.0 + normal(seeded), 5, style.mark))
    }),
    Filler {
        tells_mark: true,
        ..typed("money", "losses in brackets", &["profit", "result"], |seeded, rows, style| {
            each(rows, || {
                let amount = decimal(1.0 + seeded.below(90_000) as f64 / 100.0, 2, style.mark);
                if seeded.below(3) == 0 {
                    format!("(€{amount})")
                } else {
                    format!("€{amount}")
                }
            })
        })
    },
    typed("percent", "whole shares with a space", &["part", "Anteil"], |seeded, rows, _| {
        each(rows, || format!("{} %", seeded.below(101)))
    }),
    typed("integer", "flags", &["flag", "is_member"], |seeded, rows, _| each(rows, || seeded.below(2).to_string())),
    typed("boolean", "letters", &["ok", "valid"], |seeded, rows, _| each(rows, || seeded.pick(&["Y", "N"]).to_owned())),
    Filler {
        notes: &[NoteKind::NumbersAsText],
        ..plain("text", "numbers with an apostrophe", &["ledger", "konto"], |seeded, rows, _| {
            each(rows, || format!("'{}", seeded.between(1_000, 999_999)))
        })
    },
    plain("text", "bare telephones", &["phone", "mobile_number"], |seeded, rows, _| {
        each(rows, || format!("{}{}", seeded.between(201, 989), seeded.digits(7)))
    }),
    plain("text", "ranges", &["bracket", "span"], |seeded, rows, _| {
        each(rows, || {
            let low = seeded.between(1, 90);
            format!("{low}-{}", low + seeded.between(1, 9))
        })
    }),
    plain("text", "fractions", &["part", "size"], |seeded, rows, _| {
        with_one(rows, "3/16".to_owned(), || format!("{}/{}", seeded.between(1, 9), seeded.between(2, 16)))
    }),
    plain("text", "durations", &["took", "length"], |seeded, rows, _| {
        each(rows, || format!("{}h{:02}", seeded.below(9), seeded.below(60)))
    }),
    plain("text", "hashes", &["commit", "digest"], |seeded, rows, _| {
        each(rows, || format!("{:012x}", seeded.bits() >> 16))
    }),
    plain("text", "measures with units", &["weight", "dose"], |seeded, rows, style| {
        each(rows, || {
            format!("{} {}", decimal(seeded.below(900) as f64 / 10.0, 1, style.mark), seeded.pick(&["kg", "mg"]))
        })
    }),
    plain("text", "points on a map", &["position", "geo"], |seeded, rows, _| {
        each(rows, || format!("{:.4} / {:.4}", 48.0 + normal(seeded), 2.0 + normal(seeded)))
    }),
    plain("text", "versions of two parts", &["version", "tag"], |seeded, rows, _| {
        let mut cells = each(rows, || format!("{}.{}", seeded.below(4), seeded.below(20)));
        for row in (0..rows).step_by(7) {
            cells[row] = format!("{}.{}.{}", seeded.below(4), seeded.below(20), seeded.below(9));
        }
        cells
    }),
    Filler {
        notes: &[NoteKind::AmbiguousDates],
        ..typed("date", "ambiguous without padding", &["date", "on"], |seeded, rows, _| {
            with_one(rows, "3-4-2024".to_owned(), || {
                format!("{}-{}-{}", seeded.between(1, 12), seeded.between(1, 12), seeded.between(2019, 2025))
            })
        })
    },
    Filler {
        tells_mark: true,
        ..typed("number", "many thousands of points", &["capital", "volume"], |seeded, rows, style| {
            let (thousands, mark) = match style.mark {
                Mark::Point => (",", "."),
                Mark::Comma => (".", ","),
            };
            each(rows, || {
                format!("{}{thousands}{}{mark}{}", seeded.between(1, 999), seeded.digits(3), seeded.digits(1))
            })
        })
    },
];
