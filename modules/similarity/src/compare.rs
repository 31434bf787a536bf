//! From documents to the pairs of them that are alike.

use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::ops::ControlFlow;

use crate::banding::{Banding, MOST_HASHES};
use crate::options::Options;
use crate::shingles::{containment, jaccard, overlap, shingles};

/// So many steps are spent on counting, so that thousands of texts that are all alike end in time. A pair of sets takes
/// one, and one for each of their shingles if they are counted.
const MOST_SPENT: usize = 150_000_000;
/// A pair that is found takes so many more.
const STEPS_TO_KEEP: usize = 40;

/// Two documents that are alike, by their places, the earlier first.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pair {
    /// The earlier document.
    pub one: usize,
    /// The later document.
    pub other: usize,
    /// The Jaccard index of their shingles.
    pub similarity: f64,
    /// How much of the smaller is in the larger.
    pub containment: f64,
}

/// How the pairs to count were picked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// All of them were counted: none can have been missed.
    All,
    /// Those that MinHash and banding picked.
    MinHash,
}

/// What was found among some documents.
#[derive(Clone, Debug)]
pub struct Compared {
    /// The pairs, the most alike first; those equally alike in the order of the documents.
    pub pairs: Vec<Pair>,
    /// How many pairs reach the threshold, reported or not.
    pub found: usize,
    /// How many pairs were counted.
    pub compared: usize,
    /// How they were picked.
    pub method: Method,
    /// Whether all that were picked were counted.
    pub complete: bool,
    /// For each document, one that it is alike with, or itself: the groups, as a forest.
    pub groups: Groups,
}

/// Disjoint groups of documents.
#[derive(Clone, Debug)]
pub struct Groups(Vec<usize>);

impl Groups {
    fn new(documents: usize) -> Self {
        Self((0..documents).collect())
    }

    /// The document that stands for the group of this one.
    pub fn root(&mut self, document: usize) -> usize {
        let mut at = document;
        while self.0[at] != at {
            self.0[at] = self.0[self.0[at]];
            at = self.0[at];
        }
        at
    }

    fn join(&mut self, one: usize, other: usize) {
        let (one, other) = (self.root(one), self.root(other));
        self.0[one.max(other)] = one.min(other);
    }

    /// How many documents there are.
    pub fn documents(&self) -> usize {
        self.0.len()
    }
}

/// Compare all `documents` with each other.
pub fn compare(documents: &[&str], options: &Options) -> Compared {
    let sets: Vec<Vec<u64>> = documents.iter().map(|text| shingles(text, options)).collect();
    let equal = equal_sets(&sets);
    let distinct: Vec<&[u64]> = equal.iter().map(|places| sets[places[0]].as_slice()).collect();
    let mut found = Found {
        best: Vec::new(),
        cutoff: None,
        found: 0,
        most: options.max_pairs,
        groups: Groups::new(documents.len()),
    };
    for places in &equal {
        for (index, one) in places.iter().enumerate() {
            places[index + 1..].iter().for_each(|other| found.add(*one, *other, 1.0, 1.0));
        }
    }
    let (mut compared, mut spent) = (0, 0);
    let (method, flow) = candidates(&distinct, options.threshold, |pair| {
        spent += 1;
        if let Some((one, other)) = pair {
            let (left, right) = (distinct[one], distinct[other]);
            compared += 1;
            // What the sizes alone rule out needs no counting.
            if left.len().min(right.len()) as f64 >= options.threshold * left.len().max(right.len()) as f64 {
                spent += left.len() + right.len();
                let shared = overlap(left, right);
                let similarity = jaccard(left.len(), right.len(), shared);
                if similarity >= options.threshold && shared > 0 {
                    let held = containment(left.len(), right.len(), shared);
                    spent += STEPS_TO_KEEP * equal[one].len() * equal[other].len();
                    for one in &equal[one] {
                        equal[other].iter().for_each(|other| found.add(*one, *other, similarity, held));
                    }
                }
            }
        }
        if spent < MOST_SPENT {
            ControlFlow::Continue(())
        } else {
            ControlFlow::Break(())
        }
    });
    let pairs = found.ranked();
    Compared { pairs, found: found.found, compared, method, complete: flow.is_continue(), groups: found.groups }
}

/// Groups of documents with the same shingles, by their first document; those without any are in none.
fn equal_sets(sets: &[Vec<u64>]) -> Vec<Vec<usize>> {
    let mut by_set: BTreeMap<&[u64], Vec<usize>> = BTreeMap::new();
    for (place, set) in sets.iter().enumerate().filter(|(_, set)| !set.is_empty()) {
        by_set.entry(set).or_default().push(place);
    }
    let mut groups: Vec<Vec<usize>> = by_set.into_values().collect();
    groups.sort_unstable();
    groups
}

/// Visit the pairs worth counting. Counting all of `n` sets goes `n - 1` times through every shingle, and signatures as
/// often as they have hashes: so few sets are all counted.
fn candidates(
    sets: &[&[u64]],
    threshold: f64,
    mut visit: impl FnMut(Option<(usize, usize)>) -> ControlFlow<()>,
) -> (Method, ControlFlow<()>) {
    if sets.len() > MOST_HASHES {
        return (Method::MinHash, Banding::of(threshold).candidates(sets, visit));
    }
    let mut pairs = (0..sets.len()).flat_map(|one| (one + 1..sets.len()).map(move |other| (one, other)));
    (Method::All, pairs.try_for_each(|pair| visit(Some(pair))))
}

/// What was found so far: all of it in number and in groups, and the best of it.
struct Found {
    best: Vec<Pair>,
    /// What is not better than this is not among the best.
    cutoff: Option<Pair>,
    found: usize,
    most: usize,
    groups: Groups,
}

impl Found {
    fn add(&mut self, one: usize, other: usize, similarity: f64, containment: f64) {
        self.found += 1;
        self.groups.join(one, other);
        let pair = Pair { one: one.min(other), other: one.max(other), similarity, containment };
        if self.cutoff.is_some_and(|cutoff| cutoff.rank(&pair).is_le()) {
            return;
        }
        self.best.push(pair);
        if self.best.len() >= 2 * self.most + 1_000 {
            self.best.select_nth_unstable_by(self.most - 1, Pair::rank);
            self.best.truncate(self.most);
            self.cutoff = self.best.last().copied();
        }
    }

    /// The best of what was found, in order.
    fn ranked(&mut self) -> Vec<Pair> {
        self.best.sort_unstable_by(Pair::rank);
        self.best.truncate(self.most);
        std::mem::take(&mut self.best)
    }
}

impl Pair {
    /// The order in which pairs are reported.
    fn rank(&self, other: &Self) -> Ordering {
        let scores = other.similarity.total_cmp(&self.similarity).then(other.containment.total_cmp(&self.containment));
        scores.then((self.one, self.other).cmp(&(other.one, other.other)))
    }
}
