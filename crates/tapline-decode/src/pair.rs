//! One of something for each direction.

use crate::Direction;

/// A value for each direction.
#[derive(Clone, Debug, Default)]
pub(crate) struct Pair<T> {
    forward: T,
    reverse: T,
}

impl<T> Pair<T> {
    pub(crate) fn new(mut of: impl FnMut(Direction) -> T) -> Self {
        Self { forward: of(Direction::Forward), reverse: of(Direction::Reverse) }
    }

    pub(crate) fn of(&self, direction: Direction) -> &T {
        match direction {
            Direction::Forward => &self.forward,
            Direction::Reverse => &self.reverse,
        }
    }

    pub(crate) fn of_mut(&mut self, direction: Direction) -> &mut T {
        match direction {
            Direction::Forward => &mut self.forward,
            Direction::Reverse => &mut self.reverse,
        }
    }
}
