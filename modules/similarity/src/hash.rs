//! Hashes that are the same in every run and on every machine.

/// Spreads the bits of a number over all of it (the finalizer of SplitMix64).
pub fn mixed(number: u64) -> u64 {
    let mut number = number;
    number = (number ^ (number >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    number = (number ^ (number >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    number ^ (number >> 31)
}

/// The next of a series of hashes, which depends on the order of what came.
pub fn chained(state: u64, item: u64) -> u64 {
    mixed(state.rotate_left(23) ^ item.wrapping_mul(0x9E37_79B9_7F4A_7C15))
}

/// The hash of some characters.
pub fn of_characters(letters: impl Iterator<Item = char>) -> u64 {
    mixed(letters.fold(0xCBF2_9CE4_8422_2325, |state, letter| {
        (state ^ u64::from(u32::from(letter))).wrapping_mul(0x0000_0100_0000_01B3)
    }))
}
