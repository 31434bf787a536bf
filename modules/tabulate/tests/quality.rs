//! How often the module is right on tables of which everything is known.
//! `cargo test -p tabulate --test quality -- --nocapture` prints the figures.

mod tables;

use std::collections::BTreeSet;

use tables::{labelled_tables, Labelled};
use tabulate::{profile, Details, NoteKind, Profile, Type, Wishes};

/// For tuning, and held back for judging.
const DEVELOPMENT: u64 = 20_250_501;
const HELD_BACK: u64 = 20_250_502;
const TABLES: usize = 1_000;

#[derive(Default)]
struct Tally {
    right: usize,
    missed: usize,
    wrong: usize,
}

impl Tally {
    fn count<T: Ord>(&mut self, truth: &BTreeSet<T>, found: &BTreeSet<T>) {
        self.right += truth.intersection(found).count();
        self.missed += truth.difference(found).count();
        self.wrong += found.difference(truth).count();
    }

    fn recall(&self) -> f64 {
        self.right as f64 / (self.right + self.missed) as f64
    }

    fn precision(&self) -> f64 {
        self.right as f64 / (self.right + self.wrong) as f64
    }
}

#[derive(Default)]
struct Judged {
    dialect: Tally,
    header: Tally,
    types: Tally,
    outliers: Tally,
    notes: Tally,
}

fn truth_or_not(tally: &mut Tally, right: bool) {
    if right {
        tally.right += 1;
    } else {
        tally.missed += 1;
    }
}

/// What notes are judged: those that are put in, and found in no table by chance.
fn judged_notes(profile: &Profile<'_>) -> BTreeSet<(NoteKind, Option<usize>)> {
    let unjudged = [NoteKind::EmptyRows, NoteKind::AmbiguousNumbers, NoteKind::Identifier];
    let notes = profile.notes.iter().filter(|note| !unjudged.contains(&note.kind));
    notes.map(|note| (note.kind, note.column)).collect()
}

fn outliers(profile: &Profile<'_>) -> BTreeSet<(usize, usize)> {
    let mut found = BTreeSet::new();
    for (index, column) in profile.columns.iter().enumerate() {
        if let Details::Numbers { outliers, .. } = &column.details {
            found.extend(outliers.listed.iter().map(|outlier| (index, outlier.place)));
        }
    }
    found
}

fn judge(seed: u64) -> Judged {
    let mut judged = Judged::default();
    for (number, labelled) in labelled_tables(seed, TABLES).iter().enumerate() {
        let profile = profile(&labelled.text, Wishes::default()).expect("few columns");
        let dialect = &profile.dialect;
        let mark = labelled.mark.is_none_or(|mark| mark == dialect.mark);
        let known = dialect.delimiter == labelled.delimiter && dialect.quote == labelled.quote && mark;
        truth_or_not(&mut judged.dialect, known);
        truth_or_not(&mut judged.header, dialect.header == labelled.header);
        if !known || dialect.header != labelled.header {
            let kinds: Vec<&str> = labelled.types.iter().map(|(_, about)| *about).collect();
            println!("table {number}: {dialect:?}, header {}, {kinds:?}", labelled.header);
            continue;
        }
        assert_eq!(profile.rows, labelled.rows, "table {number}");
        judge_columns(number, labelled, &profile, &mut judged.types);
        let (found, notes) = (outliers(&profile), judged_notes(&profile));
        for (column, row) in labelled.outliers.symmetric_difference(&found) {
            println!(
                "table {number}: {} {}, row {row}",
                if found.contains(&(*column, *row)) { "no outlier" } else { "missed" },
                labelled.types[*column].1
            );
        }
        for note in labelled.defects.symmetric_difference(&notes) {
            let about = note.1.map(|column| labelled.types[column].1);
            println!(
                "table {number}: {} {note:?} {about:?}",
                if notes.contains(note) { "no defect" } else { "missed" }
            );
        }
        judged.outliers.count(&labelled.outliers, &found);
        judged.notes.count(&labelled.defects, &notes);
    }
    judged
}

fn judge_columns(number: usize, labelled: &Labelled, profile: &Profile<'_>, tally: &mut Tally) {
    for (column, (kind, about)) in profile.columns.iter().zip(&labelled.types) {
        let right = column.kind.name() == *kind || (*kind == "text" && column.kind == Type::Category);
        truth_or_not(tally, right);
        if !right {
            println!("table {number}: {about} is {kind}, not {}", column.kind.name());
        }
    }
}

#[test]
fn held_back_tables_are_described_as_they_are() {
    let judged = judge(HELD_BACK);
    let print = |what: &str, figure: f64| println!("quality: tabulate | {what} | {figure:.3}");
    let print_further = |what: &str, figure: f64| println!("further: tabulate | {what} | {figure:.3}");
    print("delimiter, quote and decimal mark right, share of tables", judged.dialect.recall());
    print_further("header or none right, share of tables", judged.header.recall());
    print("type right, share of columns", judged.types.recall());
    print("planted outliers found (recall)", judged.outliers.recall());
    print("outliers that were planted (precision)", judged.outliers.precision());
    print_further("planted defects noted (recall)", judged.notes.recall());
    print_further("notes about planted defects (precision)", judged.notes.precision());
    assert!(judged.outliers.right > 200 && judged.notes.right > 1_000 && judged.types.right > 4_000);
    for (figure, least) in [
        (judged.dialect.recall(), 0.97),
        (judged.header.recall(), 0.97),
        (judged.types.recall(), 0.98),
        (judged.outliers.recall(), 0.95),
        (judged.outliers.precision(), 0.90),
        (judged.notes.recall(), 0.97),
        (judged.notes.precision(), 0.95),
    ] {
        assert!(figure >= least, "{figure} is below {least}");
    }
}

/// The tables that the module was tuned on; what it gets wrong is printed.
#[test]
fn tables_for_tuning_are_described_as_they_are() {
    let judged = judge(DEVELOPMENT);
    for (name, tally) in [
        ("dialect", &judged.dialect),
        ("header", &judged.header),
        ("types", &judged.types),
        ("outliers", &judged.outliers),
        ("notes", &judged.notes),
    ] {
        println!("{name}: recall {:.4}, precision {:.4}, {} right", tally.recall(), tally.precision(), tally.right);
    }
    assert!(judged.dialect.recall() >= 0.97 && judged.types.recall() >= 0.98);
}
