//! Exact decimals of up to 38 digits: what sums, means and rounding are computed with.

use std::fmt;

/// `mantissa / 10^places`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Decimal {
    mantissa: i128,
    places: u32,
}

/// More places than this are not worth keeping exactly.
const MOST_PLACES: u32 = 38;
/// How many places a division may add before it is not exact.
const PLACES_OF_DIVISION: u32 = 17;

impl From<i128> for Decimal {
    fn from(mantissa: i128) -> Self {
        Self { mantissa, places: 0 }
    }
}

impl Decimal {
    /// The value of a JSON number, if it fits.
    pub fn read(text: &str) -> Option<Self> {
        let (mantissa, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
        let exponent: i32 = exponent.parse().ok()?;
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let fraction = fraction.trim_end_matches('0');
        let negative = whole.starts_with('-');
        let mut value: i128 = 0;
        for digit in whole.trim_start_matches('-').bytes().chain(fraction.bytes()) {
            value = value.checked_mul(10)?.checked_add(i128::from(digit - b'0'))?;
        }
        let value = if negative { -value } else { value };
        let places = i32::try_from(fraction.len()).ok()?.checked_sub(exponent)?;
        if value == 0 {
            return Some(Self::from(0));
        }
        if places > 0 {
            let places = u32::try_from(places).ok().filter(|places| *places <= MOST_PLACES)?;
            return Some(Self { mantissa: value, places });
        }
        let mantissa = value.checked_mul(10_i128.checked_pow(places.unsigned_abs())?)?;
        Some(Self { mantissa, places: 0 })
    }

    /// The sum, if it fits.
    pub fn plus(self, other: Self) -> Option<Self> {
        let places = self.places.max(other.places);
        let mantissa = self.at(places)?.checked_add(other.at(places)?)?;
        Some(Self { mantissa, places })
    }

    /// The quotient, if it ends within a few more places.
    pub fn over(self, divisor: usize) -> Option<Self> {
        let divisor = i128::try_from(divisor).ok().filter(|divisor| *divisor > 0)?;
        (self.places..=self.places + PLACES_OF_DIVISION).find_map(|places| {
            let dividend = self.at(places)?;
            (dividend % divisor == 0).then_some(Self { mantissa: dividend / divisor, places })
        })
    }

    /// Without its sign.
    pub fn absolute(self) -> Self {
        Self { mantissa: self.mantissa.abs(), ..self }
    }

    /// The largest integer that is not above it.
    pub fn floor(self) -> Self {
        Self::from(self.mantissa.div_euclid(self.unit()))
    }

    /// The smallest integer that is not below it.
    pub fn ceiling(self) -> Self {
        Self::from(-(-self.mantissa).div_euclid(self.unit()))
    }

    fn unit(self) -> i128 {
        10_i128.pow(self.places)
    }

    fn at(self, places: u32) -> Option<i128> {
        self.mantissa.checked_mul(10_i128.checked_pow(places - self.places)?)
    }
}

impl fmt::Display for Decimal {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let unit = self.unit().unsigned_abs();
        let size = self.mantissa.unsigned_abs();
        let sign = if self.mantissa < 0 { "-" } else { "" };
        let (whole, fraction) = (size / unit, size % unit);
        if fraction == 0 {
            return write!(out, "{sign}{whole}");
        }
        let fraction = format!("{fraction:0width$}", width = self.places as usize);
        write!(out, "{sign}{whole}.{}", fraction.trim_end_matches('0'))
    }
}
