//! What a column of numbers is like: its range, middle, quartiles and spread.

/// The measures of at least one number.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Numbers {
    /// The smallest.
    pub min: f64,
    /// The largest.
    pub max: f64,
    /// The arithmetic mean.
    pub mean: f64,
    /// The quartiles, of which the second is the median, interpolated between neighbours (type 7 of Hyndman and Fan).
    pub quartiles: [f64; 3],
    /// The standard deviation of a sample; none of one number.
    pub deviation: Option<f64>,
}

impl Numbers {
    /// The measures of `sorted`.
    pub fn of(sorted: &[f64]) -> Option<Self> {
        let (min, max) = (*sorted.first()?, *sorted.last()?);
        // Welford's way: a large mean costs a small deviation nothing.
        let (mut mean, mut squares) = (0.0, 0.0);
        for (before, value) in sorted.iter().enumerate() {
            let away = value - mean;
            mean += away / (before + 1) as f64;
            squares += away * (value - mean);
        }
        let deviation = (sorted.len() > 1).then(|| (squares / (sorted.len() - 1) as f64).sqrt());
        let quartiles = [0.25, 0.5, 0.75].map(|share| quantile(sorted, share));
        Some(Self { min, max, mean: mean.clamp(min, max), quartiles, deviation })
    }
}

/// The value below which `share` of `sorted` lies; `sorted` is not empty.
pub fn quantile(sorted: &[f64], share: f64) -> f64 {
    let place = share * (sorted.len() - 1) as f64;
    let below = sorted[place.floor() as usize];
    let above = sorted[place.ceil() as usize];
    // Halves first: the difference of two large numbers need not be finite.
    let part = place.fract();
    below * (1.0 - part) + above * part
}

/// Twelve significant digits: more are noise of the computation.
pub fn rounded(value: f64) -> f64 {
    format!("{value:.11e}").parse().unwrap_or(value)
}
