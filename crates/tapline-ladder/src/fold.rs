//! Runs of the same become one arrow.

use super::Rung;

/// The same arrows, those that stand one behind another and are called the same put together.
pub(super) fn folded(rungs: Vec<Rung>) -> Vec<Rung> {
    let mut folded: Vec<Rung> = Vec::with_capacity(rungs.len());
    for rung in rungs {
        match folded.last_mut() {
            Some(last) if belongs(last, &rung) => {
                last.until = rung.until;
                last.count += rung.count;
                last.octets += rung.octets;
            }
            _ => folded.push(rung),
        }
    }
    folded
}

fn belongs(last: &Rung, next: &Rung) -> bool {
    last.run.is_some()
        && last.run == next.run
        && (last.from, last.layer, last.mood, last.lost) == (next.from, next.layer, next.mood, next.lost)
}

#[cfg(test)]
mod tests {
    use tapline_analysis::{Origin, Sender};

    use super::*;
    use crate::{Layer, Mood, What};

    fn rung(packet: u64, from: Sender, run: Option<(&'static str, u32)>) -> Rung {
        let at = Origin { packet, ..Origin::default() };
        Rung {
            at,
            until: at,
            from,
            layer: Layer::Http,
            what: What::Message(0),
            label: "DATA".into(),
            detail: String::new(),
            mood: Mood::Fine,
            octets: 10,
            count: 1,
            lost: false,
            run,
        }
    }

    #[test]
    fn only_what_is_the_same_is_put_together() {
        let (data, other) = (Some(("DATA", 1)), Some(("DATA", 3)));
        let all = [(1, data), (2, data), (3, other), (4, data), (5, None), (6, None)];
        let mut rungs: Vec<Rung> = all.map(|(packet, run)| rung(packet, Sender::Server, run)).into();
        rungs.push(rung(7, Sender::Client, data));
        rungs.push(rung(8, Sender::Client, data));
        let folded: Vec<_> = folded(rungs)
            .iter()
            .map(|rung| (rung.at.packet, rung.until.packet, rung.count, rung.octets))
            .collect();
        assert_eq!(
            folded,
            [(1, 2, 2, 20), (3, 3, 1, 10), (4, 4, 1, 10), (5, 5, 1, 10), (6, 6, 1, 10), (7, 8, 2, 20)]
        );
    }
}
