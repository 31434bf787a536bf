//! Numbers far from the others: outside Tukey's fences and with a large robust z-score, both at once.
//!
//! One alone names too many: fences name one of 150 normal numbers, and a robust z-score the tail of everything that
//! is skewed. Where positive numbers are skewed, both have to hold for their logarithms as well.

use crate::numbers::quantile;

/// A number far from the others.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Outlier {
    /// Its record, counted from 0.
    pub place: usize,
    /// The number.
    pub value: f64,
    /// How far from the median, in robust standard deviations.
    pub z: f64,
}

/// The outliers of a column.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Outliers {
    /// How many there are.
    pub count: usize,
    /// The farthest ones, in the order of the table.
    pub listed: Vec<Outlier>,
    /// What is within is no outlier by Tukey's rule.
    pub fences: Option<(f64, f64)>,
}

/// How many are listed.
pub const MOST_LISTED: usize = 10;
/// Fewer numbers, or fewer different ones, have no outliers.
const LEAST_NUMBERS: usize = 10;
const LEAST_DIFFERENT: usize = 5;
/// The skewness from which on the logarithms are asked too.
const SKEWED: f64 = 0.1;
const FENCE: f64 = 1.5;
/// The threshold of Iglewicz and Hoaglin.
const LEAST_Z: f64 = 3.5;
/// The spread of few numbers is not well known: of twenty, the threshold is half as high again.
const FEW: f64 = 10.0;
/// The median of the distances from the median of a normal distribution, in standard deviations.
const NORMAL_DISTANCE: f64 = 0.674_489_75;

/// Where most numbers lie.
struct Middle {
    low: f64,
    high: f64,
    median: f64,
    spread: f64,
    skewness: f64,
    least_z: f64,
}

impl Middle {
    fn of(sorted: &[f64]) -> Option<Self> {
        let [first, median, third] = [0.25, 0.5, 0.75].map(|share| quantile(sorted, share));
        let range = third - first;
        let mut distances: Vec<f64> = sorted.iter().map(|value| (value - median).abs()).collect();
        distances.sort_by(f64::total_cmp);
        let spread = quantile(&distances, 0.5) / NORMAL_DISTANCE;
        if !(range > 0.0 && spread > 0.0 && range.is_finite()) {
            return None;
        }
        // By quartiles (Bowley) and by tenths (Kelly): each sees what the other misses.
        let [tenth, ninth] = [0.1, 0.9].map(|share| quantile(sorted, share));
        let by_quartiles = ((first - median) + (third - median)) / range;
        let by_tenths = ((tenth - median) + (ninth - median)) / (ninth - tenth);
        let skewness = by_quartiles.abs().max(by_tenths.abs());
        let least_z = LEAST_Z * (1.0 + FEW / sorted.len() as f64);
        Some(Self { low: first - FENCE * range, high: third + FENCE * range, median, spread, skewness, least_z })
    }

    fn z(&self, value: f64) -> f64 {
        (value - self.median) / self.spread
    }

    fn is_far(&self, value: f64) -> bool {
        (value < self.low || value > self.high) && self.z(value).abs() > self.least_z
    }
}

/// The outliers among `values`, which come with their records; `sorted` are the same numbers.
pub fn find(values: &[(usize, f64)], sorted: &[f64]) -> Outliers {
    let different = sorted.chunk_by(|left, right| left == right).take(LEAST_DIFFERENT).count();
    if sorted.len() < LEAST_NUMBERS || different < LEAST_DIFFERENT {
        return Outliers::default();
    }
    let Some(middle) = Middle::of(sorted) else {
        return Outliers::default();
    };
    let positive = sorted[0] > 0.0;
    let logarithms = (positive && middle.skewness > SKEWED)
        .then(|| Middle::of(&sorted.iter().map(|value| value.ln()).collect::<Vec<_>>()))
        .flatten();
    let is_far = |value: f64| middle.is_far(value) && logarithms.as_ref().is_none_or(|logs| logs.is_far(value.ln()));
    let mut listed: Vec<Outlier> = values
        .iter()
        .filter(|(_, value)| is_far(*value))
        .map(|(place, value)| Outlier { place: *place, value: *value, z: middle.z(*value) })
        .collect();
    let count = listed.len();
    listed.sort_by(|left, right| right.z.abs().total_cmp(&left.z.abs()).then(left.place.cmp(&right.place)));
    listed.truncate(MOST_LISTED);
    listed.sort_by_key(|outlier| outlier.place);
    Outliers { count, listed, fences: Some((middle.low, middle.high)) }
}
