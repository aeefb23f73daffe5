//! Which connections changed since somebody last looked.

/// Slots that changed, each once, in the order in which they changed first.
#[derive(Debug, Default)]
pub(crate) struct Changed {
    slots: Vec<u32>,
    marks: Vec<bool>,
}

impl Changed {
    pub(crate) fn mark(&mut self, slot: u32) {
        let index = slot as usize;
        if index >= self.marks.len() {
            self.marks.resize(index + 1, false);
        }
        if let Some(mark @ false) = self.marks.get_mut(index) {
            *mark = true;
            self.slots.push(slot);
        }
    }

    /// The slots that changed since the last call.
    pub(crate) fn take(&mut self) -> Vec<u32> {
        let slots = std::mem::take(&mut self.slots);
        for &slot in &slots {
            if let Some(mark) = self.marks.get_mut(slot as usize) {
                *mark = false;
            }
        }
        slots
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_slot_is_told_once_until_it_is_taken() {
        let mut changed = Changed::default();
        for slot in [7, 3, 7, 3, 9] {
            changed.mark(slot);
        }
        assert_eq!(changed.take(), [7, 3, 9]);
        changed.mark(3);
        assert_eq!((changed.take(), changed.take()), (vec![3], vec![]));
    }
}
