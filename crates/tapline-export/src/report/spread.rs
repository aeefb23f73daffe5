//! How a quantity is spread.

use tapline_engine::analysis::human;

/// Durations, nanoseconds, eight octets each.
#[derive(Default)]
pub(crate) struct Spread {
    values: Vec<i64>,
}

impl Spread {
    pub(crate) fn push(&mut self, ns: i64) {
        self.values.push(ns);
    }

    /// `median 3.10 ms, 95 % under 12.0 ms, slowest 31.0 ms`; less where there is little to say.
    pub(crate) fn text(mut self) -> Option<String> {
        let last = self.values.len().checked_sub(1)?;
        let mut at = |percent: usize| {
            let (_, value, _) = self.values.select_nth_unstable(last * percent / 100);
            *value
        };
        let (median, high, last) = (at(50), at(95), at(100));
        Some(match self.values.len() {
            1 => human::duration(last),
            2..20 => format!("median {}, slowest {}", human::duration(median), human::duration(last)),
            _ => format!(
                "median {}, 95 % within {}, slowest {}",
                human::duration(median),
                human::duration(high),
                human::duration(last)
            ),
        })
    }
}
