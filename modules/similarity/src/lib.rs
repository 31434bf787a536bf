//! Finds texts that are nearly the same among many, and says what two texts share.
//!
//! A text becomes the set of its shingles: all runs of so many words or characters. How alike two texts are is the
//! Jaccard index of their sets, which is counted exactly for every pair that is reported. Among many texts MinHash
//! (Broder, 1997) and banding pick the pairs worth counting; among few, all are counted. Words are compared, not
//! meanings: a translation is another text.

mod banding;
mod clusters;
mod compare;
mod hash;
mod minhash;
mod normal;
mod options;
mod passages;
mod shingles;
mod words;

pub use clusters::clusters;
pub use compare::{compare, Compared, Method, Pair};
pub use normal::length;
pub use options::{Options, Shingle, MOST_DOCUMENTS, MOST_PAIRS};
pub use passages::{passages, Passage};
pub use shingles::{containment, jaccard, overlap, shingles};
