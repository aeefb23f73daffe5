//! What every field tree holds to.

use std::ops::Range;

use tapline_packet::Field;

/// The widest word whose bits are fields.
const WORD: usize = 8;

/// Checks the fields of a tree that was made of so many octets.
pub(crate) fn check(fields: &[Field], octets: usize) {
    siblings(fields, &(0..octets));
    let mut covered = vec![false; octets];
    for field in fields {
        field.walk(&mut |field| {
            assert!(!field.name.is_empty() && !field.label.is_empty(), "{field:?}");
            assert!(!field.value.chars().any(char::is_control), "{field:?}");
            siblings(&field.fields, &field.octets);
            if field.fields.is_empty() {
                covered[field.octets.clone()].fill(true);
            }
        });
    }
    let missed: Vec<_> = (0..octets).filter(|&at| !covered[at]).collect();
    assert!(missed.is_empty(), "no leaf covers {missed:?} of {fields:#?}");
}

/// In order, inside, and one over the other only where they are bits of one word.
fn siblings(fields: &[Field], parent: &Range<usize>) {
    for field in fields {
        let Range { start, end } = field.octets;
        assert!(start <= end && parent.start <= start && end <= parent.end, "{field:?} leaves {parent:?}");
    }
    for pair in fields.windows(2) {
        let [before, after] = pair else { unreachable!() };
        let (before, after) = (&before.octets, &after.octets);
        assert!(before.start <= after.start, "{pair:?} are not in order");
        let word = after.end.max(before.end) - before.start;
        assert!(before.end <= after.start || word <= WORD, "{pair:?} overlap");
    }
}
