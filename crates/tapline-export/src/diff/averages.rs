//! Averages that add up, and medians beside them.

use tapline_engine::analysis::Timings;

use crate::limits::DIFF_SAMPLES_MAX;

/// The average of durations, nanoseconds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Average {
    count: u64,
    sum_ns: i128,
}

impl Average {
    pub(super) fn extend(&mut self, ns: Option<i64>) {
        if let Some(ns) = ns {
            self.count += 1;
            self.sum_ns += i128::from(ns);
        }
    }

    /// `None` where there is none.
    pub(super) fn ns(self) -> Option<i64> {
        let count = i128::from(self.count);
        (count > 0).then(|| i64::try_from(self.sum_ns / count).unwrap_or(i64::MAX))
    }
}

/// How long requests took, phase by phase.
#[derive(Debug, Default)]
pub(super) struct Phases {
    count: u64,
    /// In the order of [`Timings::phases`].
    sums_ns: [i128; 7],
    wholes: Sample,
}

impl Phases {
    pub(super) fn push(&mut self, timings: &Timings) {
        self.count += 1;
        for (sum, (_, ns)) in self.sums_ns.iter_mut().zip(timings.phases()) {
            *sum += i128::from(ns.unwrap_or(0));
        }
        self.wholes.push(timings.total_ns());
    }

    pub(super) fn count(&self) -> u64 {
        self.count
    }

    /// What the average request spent in each phase, by the names of exports.
    pub(super) fn averages(&self) -> [(&'static str, i64); 7] {
        let names = Timings::default().phases().map(|(name, _)| name);
        let count = i128::from(self.count.max(1));
        let mut averages = [("", 0); 7];
        for ((average, name), sum) in averages.iter_mut().zip(names).zip(self.sums_ns) {
            *average = (name, i64::try_from(sum / count).unwrap_or(i64::MAX));
        }
        averages
    }

    /// What the average request took.
    pub(super) fn average_ns(&self) -> i64 {
        self.averages().iter().fold(0, |sum, (_, ns)| sum.saturating_add(*ns))
    }

    /// The request that half of the others were faster than; of many, of an even part of them.
    pub(super) fn median_ns(&self) -> i64 {
        let mut kept = self.wholes.kept.clone();
        kept.sort_unstable();
        kept.get(kept.len() / 2).copied().unwrap_or(0)
    }
}

/// Durations, all of them or every second, fourth, eighth one: the same for the same capture.
#[derive(Debug, Default)]
struct Sample {
    kept: Vec<i64>,
    seen: u64,
    /// One of so many is kept, as a power of two.
    thinned: u32,
}

impl Sample {
    fn push(&mut self, ns: i64) {
        let turn = self.seen;
        self.seen += 1;
        if turn.trailing_zeros().min(63) < self.thinned && turn > 0 {
            return;
        }
        if self.kept.len() == DIFF_SAMPLES_MAX {
            let mut place = 0;
            self.kept.retain(|_| {
                place += 1;
                place % 2 == 1
            });
            self.thinned += 1;
            if turn.trailing_zeros() < self.thinned {
                return;
            }
        }
        self.kept.push(ns);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn timings(wait: i64) -> Timings {
        Timings { wait: Some(wait), send: Some(1), ..Timings::default() }
    }

    #[test]
    fn phases_add_up_to_the_whole() {
        let mut phases = Phases::default();
        for wait in [10, 20, 60] {
            phases.push(&timings(wait));
        }
        assert_eq!((phases.average_ns(), phases.median_ns(), phases.count()), (31, 21, 3));
    }

    #[test]
    fn of_many_an_even_part_is_kept() {
        let mut phases = Phases::default();
        let many = 10 * DIFF_SAMPLES_MAX;
        (0..many).for_each(|wait| phases.push(&timings(i64::try_from(wait).unwrap())));
        let kept = phases.wholes.kept.len();
        assert!((DIFF_SAMPLES_MAX / 2..=DIFF_SAMPLES_MAX).contains(&kept), "{kept}");
        let middle = i64::try_from(many / 2).unwrap();
        assert!((phases.median_ns() - middle).abs() < middle / 100, "{}", phases.median_ns());
        assert_eq!(phases.count(), many as u64);
    }

    #[test]
    fn an_average_of_nothing_is_not_known() {
        let mut average = Average::default();
        average.extend(None);
        assert_eq!(average.ns(), None);
        average.extend(Some(4));
        average.extend(Some(8));
        assert_eq!(average.ns(), Some(6));
    }
}
