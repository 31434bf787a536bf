//! The same expressions in another implementation, the crate `jmespath`. It is no part of the module: it asks for
//! randomness, computes in `f64`, sorts members and has no bounds. Where none of that shows, both have to agree.

mod generated;

use generated::{document, expression};
use jmespath::Variable;
use seeded::Seeded;
use transform::{read, write, Expression, Value};

const SEED: u64 = 20_250_401;
const RUNS: usize = 4_000;

fn ours(document: &str, expression: &str) -> Option<String> {
    let document = read(document).expect("a generated document");
    let value = Expression::parse(expression).ok()?.apply(&document).ok()?;
    Some(write(&value, usize::MAX).expect("no limit"))
}

fn theirs(document: &str, expression: &str) -> Option<String> {
    let document = Variable::from_json(document).expect("a generated document");
    let found = jmespath::compile(expression).ok()?.search(document).ok()?;
    Some(found.to_string())
}

/// Whether both are the same JSON; `3` and `3.0` are.
fn same(left: &str, right: &str) -> bool {
    let both = read(&format!("[{left},{right}]")).expect("two results");
    let compared = Expression::parse("[0] == [1]").and_then(|equal| equal.apply(&both));
    matches!(compared, Ok(Value::Bool(true)))
}

#[test]
fn both_implementations_agree_on_generated_expressions() {
    let mut seeded = Seeded::new(SEED);
    let (mut results, mut refusals, mut values) = (0, 0, 0);
    for _ in 0..RUNS {
        let document = document(&mut seeded, 4);
        let expression = expression(&mut seeded, 3);
        match (ours(&document, &expression), theirs(&document, &expression)) {
            (Some(left), Some(right)) => {
                assert!(same(&left, &right), "{expression}\n{document}\nours   {left}\ntheirs {right}");
                results += 1;
                values += usize::from(!["null", "[]", "false", "true"].contains(&left.as_str()));
            }
            (None, None) => refusals += 1,
            (left, right) => panic!("{expression}\n{document}\nours   {left:?}\ntheirs {right:?}"),
        }
    }
    println!("{results} same results, {values} of them with something in it; {refusals} refused by both");
    assert!(results > RUNS / 2 && values > RUNS / 8 && refusals > RUNS / 50);
}
