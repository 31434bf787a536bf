//! Whether the first record holds the names of the columns: it differs from what stands below it.

use crate::cell::{look, Cell, Mark};
use crate::table::Table;

/// How many records are compared with the first.
const SAMPLE: usize = 200;
const LONGEST_NAME: usize = 60;

/// Words that columns are called by, in English and French.
const NAMES: &[&str] = &[
    "id",
    "name",
    "nom",
    "first",
    "last",
    "prénom",
    "prenom",
    "surname",
    "email",
    "mail",
    "phone",
    "tel",
    "téléphone",
    "telephone",
    "date",
    "time",
    "heure",
    "day",
    "jour",
    "month",
    "mois",
    "year",
    "année",
    "annee",
    "city",
    "ville",
    "country",
    "pays",
    "state",
    "region",
    "région",
    "address",
    "adresse",
    "street",
    "rue",
    "zip",
    "postal",
    "postcode",
    "code",
    "type",
    "kind",
    "category",
    "catégorie",
    "categorie",
    "status",
    "statut",
    "state",
    "price",
    "prix",
    "amount",
    "montant",
    "total",
    "quantity",
    "quantité",
    "quantite",
    "qty",
    "count",
    "nombre",
    "number",
    "numéro",
    "numero",
    "no",
    "rate",
    "taux",
    "score",
    "value",
    "valeur",
    "title",
    "titre",
    "description",
    "label",
    "comment",
    "commentaire",
    "notes",
    "note",
    "url",
    "product",
    "produit",
    "customer",
    "client",
    "order",
    "commande",
    "user",
    "age",
    "âge",
    "sex",
    "gender",
    "weight",
    "poids",
    "height",
    "length",
    "currency",
    "department",
    "service",
    "owner",
    "version",
    "active",
    "actif",
    "created",
    "updated",
    "sku",
    "ref",
    "reference",
    "référence",
    "question",
    "answer",
];

#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    Nothing,
    Number,
    Other,
    Words,
}

/// Whether the first record of `table` is a header.
pub fn has_names(table: &Table, mark: Mark) -> bool {
    if table.len() == 0 {
        return false;
    }
    let width = table.width(0);
    let first: Vec<&str> = table.record(0).map(str::trim).collect();
    let named = first.iter().filter(|cell| is_known_name(cell)).count();
    let texts = first.iter().filter(|cell| form(cell, mark) == Form::Words).count();
    if table.len() == 1 {
        return width > 1 && texts == width && named * 2 >= width;
    }
    let body = 1..table.len().min(SAMPLE + 1);
    let for_names: f64 = (0..width).map(|column| vote(table, column, body.clone(), mark)).sum();
    for_names + 0.7 * named as f64 > 0.0
}

/// From -1, the first cell is like the others, to 1, it is another kind of thing.
fn vote(table: &Table, column: usize, body: std::ops::Range<usize>, mark: Mark) -> f64 {
    let first = table.cell(0, column).trim();
    let cells: Vec<&str> = body.map(|record| table.cell(record, column).trim()).collect();
    let filled: Vec<&str> = cells.into_iter().filter(|cell| form(cell, mark) != Form::Nothing).collect();
    let share = |wanted: Form| {
        filled.iter().filter(|cell| form(cell, mark) == wanted).count() as f64 / filled.len().max(1) as f64
    };
    // A column may be called n, t or no.
    let own = if has_digits(first) || form(first, mark) == Form::Nothing { form(first, mark) } else { Form::Words };
    match own {
        Form::Nothing if first.is_empty() => -0.3,
        Form::Nothing => -0.6,
        Form::Words if share(Form::Number) + share(Form::Other) >= 0.7 => 1.0,
        Form::Words if first.chars().count() > LONGEST_NAME || filled.contains(&first) => -0.8,
        Form::Words if filled.is_empty() => 0.0,
        Form::Words => 0.4 * unlike(first, &filled),
        _ if is_year(first) && share(Form::Number) > 0.7 => 0.0,
        _ => -1.0,
    }
}

/// How much a name differs in shape from the texts below it, from -1 to 1.
fn unlike(first: &str, below: &[&str]) -> f64 {
    let share = |is: &dyn Fn(&str) -> bool| below.iter().filter(|cell| is(cell)).count() as f64 / below.len() as f64;
    let mut difference = -0.25;
    for shape in [has_digits, has_space, starts_large, has_underscore, all_capitals] {
        let difference_of_shape = if shape(first) { 1.0 - share(&shape) } else { share(&shape) };
        difference += 0.5 * if difference_of_shape > 0.6 { difference_of_shape } else { 0.0 };
    }
    let lengths: Vec<usize> = below.iter().map(|cell| cell.chars().count()).collect();
    let same = lengths.iter().all(|length| *length == lengths[0]) && below.len() > 2;
    if same && first.chars().count() != lengths[0] {
        difference += 1.0;
    }
    // Texts that come again and again are categories, and the first is none of them.
    let mut distinct = below.to_vec();
    distinct.sort_unstable();
    distinct.dedup();
    if distinct.len() * 3 <= below.len() {
        difference += 0.8;
    }
    difference.clamp(-1.0, 1.0)
}

fn has_digits(cell: &str) -> bool {
    cell.contains(|letter: char| letter.is_ascii_digit())
}

fn has_space(cell: &str) -> bool {
    cell.contains(' ')
}

fn has_underscore(cell: &str) -> bool {
    cell.contains('_')
}

fn starts_large(cell: &str) -> bool {
    cell.starts_with(char::is_uppercase)
}

fn all_capitals(cell: &str) -> bool {
    cell.chars().count() > 1 && !cell.contains(char::is_lowercase)
}

fn is_year(cell: &str) -> bool {
    cell.len() == 4 && (cell.starts_with("19") || cell.starts_with("20"))
}

fn is_known_name(cell: &str) -> bool {
    let lower = cell.to_lowercase();
    let mut words = lower.split(|letter: char| !letter.is_alphabetic()).filter(|word| !word.is_empty());
    lower.chars().count() <= 30 && words.any(|word| NAMES.contains(&word))
}

fn form(cell: &str, mark: Mark) -> Form {
    match look(cell, mark) {
        Cell::Null => Form::Nothing,
        Cell::Figure(_) | Cell::Code(_) => Form::Number,
        Cell::Text => Form::Words,
        _ => Form::Other,
    }
}
