//! Tables that were damaged at random: nothing panics, and what is said of them adds up.
//! `FUZZ_RUNS` asks for more runs than the few hundred of every day.

#[expect(dead_code, reason = "the truth about a table is not asked of a damaged one")]
mod tables;

use std::env;

use seeded::Seeded;
use tables::labelled_tables;
use tabulate::{profile, sentences, Delimiter, Details, Mark, Profile, Wishes, LONGEST_VALUE, MOST_LISTED};

const SEED: u64 = 20_250_503;

fn runs() -> usize {
    env::var("FUZZ_RUNS").ok().and_then(|runs| runs.parse().ok()).unwrap_or(400)
}

fn damaged(text: &str, seeded: &mut Seeded) -> String {
    const PIECES: [&str; 14] =
        ["\"", "'", ",", ";", "\t", "|", "\r\n", "\n", "\0", "\u{feff}", "e\u{301}", "\u{202e}", "%", "1e999"];
    let mut bytes = text.as_bytes().to_vec();
    for _ in 0..seeded.between(1, 6) {
        let at = seeded.below(bytes.len() + 1);
        match seeded.below(5) {
            0 if at < bytes.len() => bytes[at] = seeded.bits() as u8,
            1 if at < bytes.len() => drop(bytes.remove(at)),
            2 => bytes.truncate(at),
            3 => {
                let piece = bytes[at..(at + seeded.below(200)).min(bytes.len())].to_vec();
                let place = seeded.below(bytes.len() + 1);
                bytes.splice(place..place, piece);
            }
            _ => drop(bytes.splice(at..at, seeded.pick(&PIECES).bytes())),
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

fn wishes(seeded: &mut Seeded) -> Wishes {
    Wishes {
        delimiter: Delimiter::ALL.get(seeded.below(8)).copied(),
        header: [None, None, Some(true), Some(false)][seeded.below(4)],
        mark: [None, None, Some(Mark::Point), Some(Mark::Comma)][seeded.below(4)],
    }
}

/// What holds of every profile.
fn check(profile: &Profile<'_>) {
    for column in &profile.columns {
        assert!(column.nulls <= profile.rows && column.distinct <= profile.rows - column.nulls);
        assert!(column.top.iter().all(|top| top.count > 0 && top.value.chars().count() <= LONGEST_VALUE + 1));
        assert!(column.top.windows(2).all(|pair| pair[0].count >= pair[1].count));
        if let Details::Numbers { numbers, outliers, .. } = &column.details {
            let [first, median, third] = numbers.quartiles;
            let ordered = [numbers.min, first, median, third, numbers.max];
            assert!(ordered.windows(2).all(|pair| pair[0] <= pair[1]), "{ordered:?}");
            assert!((numbers.min..=numbers.max).contains(&numbers.mean));
            assert!(outliers.listed.len() == outliers.count.min(MOST_LISTED));
            assert!(outliers.listed.iter().all(|outlier| outlier.place < profile.rows));
        }
    }
    for note in &profile.notes {
        assert!(note.count > 0 && !note.message.is_empty() && note.rows.len() <= 5);
        assert!(note.rows.iter().all(|row| (1..=profile.rows).contains(row)));
        assert!(note.column.is_none_or(|column| column < profile.columns.len()));
    }
    assert!(sentences(profile).len() <= 24);
}

#[test]
fn damaged_tables_do_no_harm() {
    let mut seeded = Seeded::new(SEED);
    let tables = labelled_tables(SEED, 60);
    for _ in 0..runs() {
        let text = damaged(&tables[seeded.below(tables.len())].text, &mut seeded);
        if let Ok(found) = profile(&text, wishes(&mut seeded)) {
            check(&found);
        }
    }
}

#[test]
fn unruly_texts_between_delimiters_do_no_harm() {
    let mut seeded = Seeded::new(SEED + 1);
    for _ in 0..runs() {
        let cells: Vec<String> = (0..seeded.below(60)).map(|_| seeded.unruly_text(3)).collect();
        let text = cells.join(seeded.pick(&[",", ";", "\n", "\t", "\",\""]));
        if let Ok(found) = profile(&text, wishes(&mut seeded)) {
            check(&found);
        }
    }
}
