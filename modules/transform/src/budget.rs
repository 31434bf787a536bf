//! How much one call may do. Fuel and memory would end a call too, but could not say why.

use crate::problem::Problem;

/// Values looked at: every part of the expression applied to a value, every item compared or copied, and one for
/// each sixteen bytes of text.
pub const MOST_STEPS: u64 = 20_000_000;
/// Bytes of all arrays, objects and strings that evaluation makes, whether kept or not.
pub const MOST_ROOM: u64 = 96 << 20;

/// What an item of an array and a member of an object take.
pub const ITEM: usize = 24;
pub const MEMBER: usize = 32;
/// What an array or object takes beside them, and a string beside its bytes.
pub const CONTAINER: usize = 48;
pub const STRING: usize = 24;

/// What is left of both.
#[derive(Debug)]
pub struct Budget {
    steps: u64,
    room: u64,
}

impl Budget {
    /// A whole budget.
    pub fn new() -> Self {
        Self { steps: MOST_STEPS, room: MOST_ROOM }
    }

    /// Take `steps` for what stands at `offset` of the expression.
    pub fn step(&mut self, steps: usize, offset: usize) -> Result<(), Problem> {
        let left = self.steps.checked_sub(steps as u64);
        self.steps = left.ok_or_else(|| {
            let what = format!("takes more than {MOST_STEPS} steps");
            Problem::new(offset, what, "filter earlier, or send a smaller document")
        })?;
        Ok(())
    }

    /// Take the steps of looking at `bytes` of text.
    pub fn look(&mut self, bytes: usize, offset: usize) -> Result<(), Problem> {
        self.step(1 + bytes / 16, offset)
    }

    /// Take `bytes` of room, and the steps of filling them.
    pub fn room(&mut self, bytes: usize, offset: usize) -> Result<(), Problem> {
        self.look(bytes, offset)?;
        let left = self.room.checked_sub(bytes as u64);
        self.room = left.ok_or_else(|| {
            let what = format!("makes more than {MOST_ROOM} bytes of values on the way");
            Problem::new(offset, what, "filter earlier, or send a smaller document")
        })?;
        Ok(())
    }
}
