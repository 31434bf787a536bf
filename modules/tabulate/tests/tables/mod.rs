//! Tables from a seed, of which everything is known: how they are written, what each column holds, which cells are
//! far from the others and what was broken on purpose. Among them what looks like a number and is none.

pub mod kinds;
mod odd_kinds;
mod write;

use std::collections::BTreeSet;

use kinds::{Filler, FILLERS};
use odd_kinds::ODD_FILLERS;
use seeded::Seeded;
use tabulate::{Delimiter, Mark, NoteKind};

/// A table and the truth about it.
pub struct Labelled {
    pub text: String,
    pub delimiter: Option<Delimiter>,
    pub quote: Option<char>,
    pub header: bool,
    /// None when no number in the table tells.
    pub mark: Option<Mark>,
    pub rows: usize,
    /// The type of each column, and what kind of content it is.
    pub types: Vec<(&'static str, &'static str)>,
    /// Column and row, both from 0, of the numbers that were put far from the others.
    pub outliers: BTreeSet<(usize, usize)>,
    /// What was broken, and in which column.
    pub defects: BTreeSet<(NoteKind, Option<usize>)>,
}

/// What a column's cells are made with.
pub struct Style {
    pub mark: Mark,
    /// Which of several ways of writing a column uses.
    pub way: usize,
}

pub fn labelled_tables(seed: u64, count: usize) -> Vec<Labelled> {
    let mut seeded = Seeded::new(seed);
    (0..count).map(|_| labelled(&mut seeded)).collect()
}

fn labelled(seeded: &mut Seeded) -> Labelled {
    let width = seeded.between(1, 9);
    let rows = seeded.between(20, 160);
    let mark = if seeded.below(3) == 0 { Mark::Comma } else { Mark::Point };
    let header = seeded.below(6) > 0;
    let mut fillers: Vec<&Filler> = (0..width)
        .map(|_| {
            let pick = seeded.below(FILLERS.len() + ODD_FILLERS.len());
            FILLERS.get(pick).unwrap_or_else(|| &ODD_FILLERS[pick - FILLERS.len()])
        })
        .collect();
    if width == 1 || !header {
        // Nobody can tell names from texts where there is nothing but texts.
        fillers[0] = &FILLERS[seeded.below(4)];
    }
    let mut outliers = BTreeSet::new();
    let mut defects = BTreeSet::new();
    let mut columns: Vec<Vec<String>> = Vec::new();
    let mut tells_mark = false;
    for (index, filler) in fillers.iter().enumerate() {
        let style = Style { mark, way: seeded.below(3) };
        let mut cells = (filler.fill)(seeded, rows, &style);
        tells_mark |= filler.tells_mark;
        if filler.has_outliers && rows >= 40 && seeded.below(2) == 0 {
            for _ in 0..seeded.between(1, 3) {
                let row = seeded.below(rows);
                cells[row] = (filler.outlier)(seeded, &style);
                outliers.insert((index, row));
            }
        }
        defects.extend(filler.notes.iter().map(|note| (*note, Some(index))));
        damage_cells(seeded, filler, index, &mut cells, &mut defects, &mut outliers);
        columns.push(cells);
    }
    let mut names: Vec<String> = fillers.iter().map(|filler| seeded.pick(filler.names).to_owned()).collect();
    distinct_names(&mut names, seeded, header, &mut defects);
    let mut table: Vec<Vec<String>> =
        (0..rows).map(|row| columns.iter().map(|cells| cells[row].clone()).collect()).collect();
    damage_rows(seeded, &mut table, &mut defects, &mut outliers);
    // Without its name, nothing tells a telephone number in digits from a quantity.
    let nameless = |filler: &Filler| !header && filler.about == "bare telephones";
    let kind = |filler: &&Filler| (if nameless(filler) { "integer" } else { filler.kind }, filler.about);
    let types = fillers.iter().map(kind).collect();
    let rows = table.len();
    if header {
        table.insert(0, names);
    }
    let written = write::write(seeded, &table, mark);
    Labelled {
        text: written.text,
        delimiter: (width > 1).then_some(written.delimiter),
        quote: written.quote,
        header,
        mark: tells_mark.then_some(mark),
        rows,
        types,
        outliers,
        defects,
    }
}

fn damage_cells(
    seeded: &mut Seeded,
    filler: &Filler,
    index: usize,
    cells: &mut [String],
    defects: &mut BTreeSet<(NoteKind, Option<usize>)>,
    outliers: &mut BTreeSet<(usize, usize)>,
) {
    const NOTHING: [&str; 4] = ["", "NA", "n/a", "-"];
    if seeded.below(3) == 0 {
        let word = seeded.pick(&NOTHING);
        for (row, cell) in cells.iter_mut().enumerate() {
            if seeded.below(12) == 0 && !outliers.contains(&(index, row)) && filler.kind != "empty" {
                word.clone_into(cell);
            }
        }
    }
    if filler.strict && cells.len() >= 40 && seeded.below(8) == 0 {
        let row = seeded.below(cells.len());
        "see below".clone_into(&mut cells[row]);
        outliers.remove(&(index, row));
        defects.insert((NoteKind::MixedTypes, Some(index)));
    }
    if filler.kind != "empty" && seeded.below(8) == 0 {
        let row = seeded.below(cells.len());
        if cells[row].chars().count() > 1 {
            cells[row] = format!("{}  ", cells[row]);
            defects.insert((NoteKind::Whitespace, Some(index)));
        }
    }
}

fn distinct_names(
    names: &mut [String],
    seeded: &mut Seeded,
    header: bool,
    defects: &mut BTreeSet<(NoteKind, Option<usize>)>,
) {
    for index in 1..names.len() {
        if names[..index].contains(&names[index]) {
            names[index] = format!("{}_{index}", names[index]);
        }
    }
    if header && names.len() > 2 && seeded.below(10) == 0 {
        let last = names.len() - 1;
        names[last] = names[0].clone();
        defects.insert((NoteKind::DuplicateHeaders, Some(last)));
    }
}

fn damage_rows(
    seeded: &mut Seeded,
    table: &mut Vec<Vec<String>>,
    defects: &mut BTreeSet<(NoteKind, Option<usize>)>,
    outliers: &mut BTreeSet<(usize, usize)>,
) {
    if seeded.below(6) == 0 {
        let row = seeded.below(table.len());
        let last = table.len();
        table.push(table[row].clone());
        let copied: Vec<_> = outliers.iter().filter(|place| place.1 == row).map(|place| (place.0, last)).collect();
        outliers.extend(copied);
    }
    if table[0].len() > 2 && seeded.below(6) == 0 {
        let row = table.len() - 1;
        table[row].push("surplus".to_owned());
        defects.insert((NoteKind::RaggedRows, None));
    }
    let filled = |row: &&Vec<String>| row.iter().any(|cell| !cell.trim().is_empty());
    let different: BTreeSet<&Vec<String>> = table.iter().filter(filled).collect();
    if different.len() < table.iter().filter(filled).count() {
        defects.insert((NoteKind::DuplicateRows, None));
    }
}
