//! Documents and expressions from a seed. Names stand in their alphabetical order wherever an object is made, and
//! order is only asked of numbers, so that implementations which sort members have the same results.

use seeded::Seeded;

const NAMES: [&str; 5] = ["a", "b", "c", "d", "e"];
const STRINGS: [&str; 5] = ["", "x", "yes", "été", "10"];

/// A JSON document.
pub fn document(seeded: &mut Seeded, levels: usize) -> String {
    match if levels == 0 { seeded.below(5) } else { seeded.below(12) } {
        0 => "null".to_owned(),
        1 => ["true", "false"][seeded.below(2)].to_owned(),
        2 | 3 => (seeded.below(7) as i64 - 3).to_string(),
        4 => format!("{:?}", STRINGS[seeded.below(STRINGS.len())]),
        5..=8 => {
            let items: Vec<String> = (0..seeded.below(5)).map(|_| document(seeded, levels - 1)).collect();
            format!("[{}]", items.join(","))
        }
        _ => {
            let first = seeded.below(3);
            let members: Vec<String> = NAMES[first..first + seeded.below(4).min(NAMES.len() - first)]
                .iter()
                .map(|name| format!("{name:?}:{}", document(seeded, levels - 1)))
                .collect();
            format!("{{{}}}", members.join(","))
        }
    }
}

/// An expression that the grammar has a place for; its types need not fit.
pub fn expression(seeded: &mut Seeded, levels: usize) -> String {
    if levels == 0 {
        return leaf(seeded);
    }
    let inner = |seeded: &mut Seeded| expression(seeded, levels - 1);
    match seeded.below(20) {
        0..=2 => leaf(seeded),
        3..=5 => format!("{}.{}", inner(seeded), seeded.pick(&NAMES)),
        6 => format!("({}).*.{}", inner(seeded), seeded.pick(&NAMES)),
        7 => format!("{}[{}]", inner(seeded), seeded.below(5) as i64 - 2),
        8 => format!("{}[*].{}", inner(seeded), seeded.pick(&NAMES)),
        9 => format!("{}[]", inner(seeded)),
        10 => format!("{}[{}:{}:{}]", inner(seeded), seeded.below(3), seeded.below(5), seeded.pick(&["1", "2", "-1"])),
        11 => format!("{}[?{}]", inner(seeded), inner(seeded)),
        12 => format!("{}[?@ {} `{}`]", inner(seeded), seeded.pick(&["<", "<=", ">", ">="]), seeded.below(4)),
        13 => format!("{} | {}", inner(seeded), inner(seeded)),
        14 => format!("({} {} {})", inner(seeded), seeded.pick(&["||", "&&", "==", "!="]), inner(seeded)),
        15 => format!("!({})", inner(seeded)),
        16 => format!("[{}, {}]", inner(seeded), inner(seeded)),
        17 => format!("{{a: {}, b: {}}}", inner(seeded), inner(seeded)),
        _ => call(seeded, levels),
    }
}

fn leaf(seeded: &mut Seeded) -> String {
    match seeded.below(8) {
        0..=4 => seeded.pick(&NAMES).to_owned(),
        5 => "@".to_owned(),
        6 => format!("`{}`", document(seeded, 1)),
        _ => format!("'{}'", seeded.pick(&STRINGS)),
    }
}

fn call(seeded: &mut Seeded, levels: usize) -> String {
    const OF_ONE: [&str; 12] =
        ["length", "keys", "values", "sort", "reverse", "max", "min", "sum", "abs", "type", "to_array", "not_null"];
    let inner = |seeded: &mut Seeded| expression(seeded, levels - 1);
    match seeded.below(5) {
        0..=2 => format!("{}({})", seeded.pick(&OF_ONE), inner(seeded)),
        3 => format!("contains({}, {})", inner(seeded), leaf(seeded)),
        _ => match seeded.below(2) {
            0 => format!("map(&{}, {})", inner(seeded), inner(seeded)),
            _ => format!("{}({}, &{})", seeded.pick(&["sort_by", "max_by", "min_by"]), inner(seeded), leaf(seeded)),
        },
    }
}
