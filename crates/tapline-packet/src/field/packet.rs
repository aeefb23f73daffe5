//! A packet's tree: the dissector goes through the headers, each step's octets become fields.

use std::ops::Range;

use super::{Cursor, Field, ip, link, size};
use crate::dissect::{self, Around, Dissected, Next, Step};
use crate::{LinkType, Undecoded};

/// The fields of a captured frame: a heading a header, from the outside in, then what the innermost carries and what
/// stands behind it.
///
/// The headers are those that [`crate::dissect()`] goes through; where that stops, the tree says why.
pub fn packet_fields(link_type: LinkType, octets: &[u8]) -> Vec<Field> {
    let mut tree = Tree { octets, fields: Vec::new(), behind: Vec::new() };
    let watch = |next: Next, whole: &_, step: &Step<'_>| tree.layer(next, whole, step);
    let answer = dissect::walk(Next::Link(link_type), octets, Around::unbounded(), watch);
    if let Dissected::Undecoded(why @ Undecoded::TooDeep) = answer {
        tree.rest(why);
    }
    tree.fields.into_iter().chain(tree.behind.into_iter().rev()).collect()
}

struct Tree<'a> {
    octets: &'a [u8],
    fields: Vec<Field>,
    /// What stands behind the payload, that of the outermost header first.
    behind: Vec<Field>,
}

impl Tree<'_> {
    /// What one step of the dissector went over: `whole` without what it led to.
    fn layer(&mut self, next: Next, whole: &[u8], step: &Step<'_>) {
        let Some(Range { start, end }) = range(self.octets, whole) else { return };
        let (own, behind) = match step {
            Step::Inner(_, inner) => match range(whole, inner) {
                Some(inner) => (inner.start, start + inner.end..end),
                None => (whole.len(), end..end),
            },
            Step::Done(_) if matches!(next, Next::Ip) => {
                let own = ip::end(whole);
                (own, start + own..end)
            }
            Step::Done(_) => (whole.len(), end..end),
        };
        let mut cursor = Cursor::at(start, whole.get(..own).unwrap_or(whole));
        match next {
            Next::Ip => ip::ip(&mut cursor, whole, Some(step)),
            _ => link::header(&mut cursor, next, step),
        }
        if let Step::Done(Dissected::Undecoded(why)) = step
            && !matches!(why, Undecoded::LinkType(_))
            && !cursor.is_damaged()
        {
            cursor.refuse("Not Dissected", why.reason());
        }
        cursor.rest("data.data", "Data");
        self.fields.extend(cursor.finish());
        if !behind.is_empty() {
            self.behind.push(trailer(self.octets, behind));
        }
    }

    /// What no field covers, with the reason.
    fn rest(&mut self, why: Undecoded) {
        let start = self.fields.last().map_or(0, |field| field.octets.end);
        let end = self.behind.last().map_or(self.octets.len(), |field| field.octets.start);
        self.fields.push(Field::leaf("tapline.not_dissected", "Not Dissected", why.reason(), start..end));
    }
}

/// What fills an Ethernet frame up to its least length, or was put behind the packet.
fn trailer(octets: &[u8], behind: Range<usize>) -> Field {
    let zeros = octets.get(behind.clone()).is_some_and(|octets| octets.iter().all(|&octet| octet == 0));
    let (name, label) = if zeros { ("eth.padding", "Padding") } else { ("eth.trailer", "Trailer") };
    Field::leaf(name, label, size(behind.len()), behind)
}

/// Where a part stands in the octets that it was cut from; `None` for what is no part of them.
pub(super) fn range(whole: &[u8], part: &[u8]) -> Option<Range<usize>> {
    let start = part.as_ptr().addr().checked_sub(whole.as_ptr().addr())?;
    let end = start.checked_add(part.len())?;
    (end <= whole.len()).then_some(start..end)
}
