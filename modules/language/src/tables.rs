//! The tables that `tables/main.rs` makes of the word lists.

/// What is known about the languages of one script.
pub struct Tables {
    /// Their codes; everything else here is in this order.
    pub codes: &'static [&'static str],
    /// Letters with up to two letters before them, three times 21 bits, ascending.
    pub keys: &'static [u64],
    /// For each key the cost in each language, in sixteenths of a nat.
    pub costs: &'static [u8],
    /// Words in the order of their bytes, with a bit for each language that lists them.
    pub words: &'static [(&'static str, u32)],
}

include!(concat!(env!("OUT_DIR"), "/tables.rs"));
