//! MinHash: a short signature of a set, such that two signatures agree in a place as often as their sets are alike.

use crate::hash::mixed;

/// The first number of the family of hash functions; the family is the same in every run.
const FAMILY: u64 = 0x5EED_0F5E_7511_A817;

/// A family of hash functions `x -> a x + b` over 64 bits, of which the upper half counts.
pub struct Family(Vec<(u64, u64)>);

impl Family {
    /// The first `length` functions.
    pub fn new(length: usize) -> Self {
        let number = |index: usize| mixed(FAMILY.wrapping_add((index as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15)));
        Self((0..length).map(|index| (number(2 * index) | 1, number(2 * index + 1))).collect())
    }

    /// The signature of a set: for each function, the least that it makes of a member.
    pub fn signature(&self, set: &[u64]) -> Vec<u32> {
        let least = |(factor, summand): &(u64, u64)| {
            let hashes = set.iter().map(|member| (member.wrapping_mul(*factor).wrapping_add(*summand) >> 32) as u32);
            hashes.min().unwrap_or(u32::MAX)
        };
        self.0.iter().map(least).collect()
    }
}
