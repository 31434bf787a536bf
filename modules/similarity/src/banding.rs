//! Which pairs are worth counting: those whose signatures agree in all rows of some band.
//!
//! With `r` rows a band and `b` bands, two sets of Jaccard index `s` meet with a probability of `1 - (1 - s^r)^b`. The
//! number of rows is the largest with which a pair just at the threshold is missed less than once in two hundred times
//! within the size of signature that is paid for; more alike pairs are missed far less often.

use std::ops::ControlFlow;

use crate::hash::chained;
use crate::minhash::Family;

/// The most hashes in a signature.
pub const MOST_HASHES: usize = 128;
/// How often a pair just at the threshold may be missed.
const MISSED: f64 = 0.005;

/// How signatures are cut into bands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Banding {
    /// Hashes in a band.
    pub rows: usize,
    /// Bands in a signature.
    pub bands: usize,
}

impl Banding {
    /// The banding for a threshold, which is at least 0.05.
    pub fn of(threshold: f64) -> Self {
        let fitting = |rows: usize| {
            let agree = threshold.powi(rows as i32);
            if agree >= 1.0 {
                return Some(Banding { rows, bands: 1 });
            }
            let bands = (MISSED.ln() / (1.0 - agree).ln()).ceil();
            (agree > 0.0 && bands * rows as f64 <= MOST_HASHES as f64)
                .then_some(Banding { rows, bands: bands.max(1.0) as usize })
        };
        (1..=8).rev().find_map(fitting).unwrap_or(Banding { rows: 1, bands: MOST_HASHES })
    }

    /// Visit all pairs of sets that meet in a band, each once, the smaller index first, until `visit` says to stop. What
    /// comes again is told by a visit of nothing, because it takes time as well.
    pub fn candidates(
        self,
        sets: &[&[u64]],
        mut visit: impl FnMut(Option<(usize, usize)>) -> ControlFlow<()>,
    ) -> ControlFlow<()> {
        let family = Family::new(self.rows * self.bands);
        let keys: Vec<Vec<u64>> = sets.iter().map(|set| self.keys(&family.signature(set))).collect();
        let mut seen = Seen::new(sets.len());
        for band in 0..self.bands {
            let mut order: Vec<(u64, usize)> = keys.iter().enumerate().map(|(set, keys)| (keys[band], set)).collect();
            order.sort_unstable();
            for meeting in order.chunk_by(|one, other| one.0 == other.0) {
                for (index, (_, one)) in meeting.iter().enumerate() {
                    for (_, other) in &meeting[index + 1..] {
                        visit(seen.is_new(*one, *other).then_some((*one, *other)))?;
                    }
                }
            }
        }
        ControlFlow::Continue(())
    }

    /// One number for each band of a signature.
    fn keys(self, signature: &[u32]) -> Vec<u64> {
        let key = |band: &[u32]| band.iter().fold(0, |state, hash| chained(state, u64::from(*hash)));
        signature.chunks(self.rows).map(key).collect()
    }
}

/// One bit for each pair of sets.
struct Seen(Vec<u64>);

impl Seen {
    fn new(sets: usize) -> Self {
        Self(vec![0; (sets * sets / 2).div_ceil(64) + 1])
    }

    /// Whether a pair, the smaller index first, comes for the first time.
    fn is_new(&mut self, one: usize, other: usize) -> bool {
        let bit = other * (other - 1) / 2 + one;
        let new = self.0[bit / 64] >> (bit % 64) & 1 == 0;
        self.0[bit / 64] |= 1 << (bit % 64);
        new
    }
}
