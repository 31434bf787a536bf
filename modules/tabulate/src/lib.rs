//! Says what is in a CSV table: its dialect, what each column holds, what stands out, and what is wrong with it.
//!
//! Nothing is repaired and nothing is guessed silently: where a table can be read in two ways, a note says so. The
//! form of a cell decides its type; only identifiers (telephone, postal and the like) are known by a column's name.

mod cell;
mod columns;
mod dates;
mod dialect;
mod notes;
mod numbers;
mod outliers;
mod profile;
mod source;
mod summary;
mod table;
mod values;

pub use cell::Mark;
pub use columns::{Column, Details, Type};
pub use dates::{Dates, Order};
pub use dialect::{Delimiter, Dialect, Wishes};
pub use notes::{Note, NoteKind};
pub use numbers::{rounded, Numbers};
pub use outliers::{Outlier, Outliers, MOST_LISTED};
pub use profile::{profile, Profile, TooManyColumns, MOST_COLUMNS};
pub use summary::sentences;
pub use values::{shortened, Top, LONGEST_VALUE};
