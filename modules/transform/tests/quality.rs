//! How much of the language is right. `cargo test -p transform --test quality -- --nocapture` prints the figures.

mod cases;

use cases::{functions, grammar, wrong};
use transform::{read, write, Expression, Position, Value};

fn result(document: &str, expression: &str) -> Option<String> {
    let document = read(document).expect("a document of the table");
    let value = Expression::parse(expression).ok()?.apply(&document).ok()?;
    write(&value, usize::MAX).ok()
}

/// `expected` as the module writes it, or none where the table says that there is no result.
fn expected(json: &str) -> Option<String> {
    if json == "refused" {
        return None;
    }
    write(&read(json).expect("a result of the table"), usize::MAX).ok()
}

#[test]
fn every_expression_of_the_tables_gives_what_the_specification_says() {
    let groups: Vec<_> = grammar::GROUPS.iter().chain(functions::GROUPS).collect();
    let (mut all, mut right) = (0, 0);
    for group in groups {
        for (expression, json) in group.cases {
            let found = result(group.document, expression);
            all += 1;
            if found == expected(json) {
                right += 1;
            } else {
                println!("wrong  {}: {expression} gives {found:?}, not {json}", group.feature);
            }
        }
    }
    println!(
        "quality: transform | {all} expressions give what the specification says | {:.3}",
        right as f64 / all as f64
    );
    assert!(all >= 200);
    assert_eq!(right, all);
}

fn said(document: &Value, expression: &str) -> Option<(Position, String)> {
    let outcome = Expression::parse(expression).and_then(|parsed| parsed.apply(document));
    let problem = outcome.err()?;
    Some((Position::of(expression, problem.offset), format!("{}; {}", problem.what, problem.remedy)))
}

#[test]
fn every_wrong_expression_is_refused_where_it_is_wrong() {
    let document = read(wrong::DOCUMENT).expect("a document");
    let (mut all, mut right) = (0, 0);
    for (expression, line, column, words) in wrong::GRAMMAR.iter().chain(wrong::TYPES) {
        let found = said(&document, expression);
        let place = Position { line: *line, column: *column };
        all += 1;
        match &found {
            Some((position, text)) if *position == place && text.contains(words) => right += 1,
            _ => println!("wrong  {expression:?} says {found:?}"),
        }
    }
    println!(
        "quality: transform | {all} wrong expressions are refused with the right line, column and reason | {:.3}",
        right as f64 / all as f64
    );
    assert!(all >= 70);
    assert_eq!(right, all);
}
