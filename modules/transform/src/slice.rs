//! `[start:stop:step]`, with the meaning that Python gives it.

/// Which items of an array are taken, and in which order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Slice {
    /// The first place, from the end when negative.
    pub start: Option<i64>,
    /// Just after the last place.
    pub stop: Option<i64>,
    /// How far from one to the next, never 0.
    pub step: i64,
}

impl Slice {
    /// The places that are taken of `length` items, in order.
    pub fn places(self, length: usize) -> impl Iterator<Item = usize> {
        let length = length as i64;
        // Walking up, a place is within 0..=length; walking down, within -1..length.
        let (low, high) = if self.step > 0 { (0, length) } else { (-1, length - 1) };
        let within = |place: i64| {
            let from_start = if place < 0 { place.saturating_add(length) } else { place };
            from_start.clamp(low, high)
        };
        let (first, last) = if self.step > 0 { (low, high) } else { (high, low) };
        let mut place = self.start.map_or(first, within);
        let stop = self.stop.map_or(last, within);
        std::iter::from_fn(move || {
            let inside = if self.step > 0 { place < stop } else { place > stop };
            let taken = inside.then_some(place as usize);
            place = place.saturating_add(self.step);
            taken
        })
    }
}
