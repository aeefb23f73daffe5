//! Trying again, for a time that ends.

use std::time::{Duration, Instant};

use super::SinkError;
use crate::limits::{CONNECT_WAIT_MAX, RETRY_WAIT_FIRST, RETRY_WAIT_MAX};

/// How long a collector is waited for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Patience {
    /// To reach it.
    pub connect: Duration,
    /// Until it answers a request.
    pub answer: Duration,
    /// For one request in all, every try and the waits between.
    pub total: Duration,
    /// Before the second try, where it asks for no other wait; twice as long before each further one.
    pub first_wait: Duration,
}

impl Patience {
    /// The usual one, with this long for an answer.
    pub(crate) fn answering_within(answer: Duration) -> Self {
        let total = RETRY_WAIT_MAX.max(answer);
        Self { connect: CONNECT_WAIT_MAX, answer, total, first_wait: RETRY_WAIT_FIRST }
    }
}

/// How a try failed.
pub(super) enum Failure {
    /// It was not reached, or the connection broke.
    Unreachable(String),
    /// It asks for another try, perhaps after a wait.
    Busy(String, Option<Duration>),
    /// Another try would fail too; what to do instead.
    Final(String, &'static str),
}

impl Failure {
    /// A connection that did not come about, or broke: trying again helps, unless its certificate is the reason.
    pub(super) fn of_connection(why: String) -> Self {
        if why.contains("invalid peer certificate") {
            return Self::Final(why, "name the file of its roots with OTEL_EXPORTER_OTLP_CERTIFICATE");
        }
        Self::Unreachable(why)
    }
}

/// Tries until it works, another try makes no sense, or patience ends. Where a collector never was reached that is said
/// at once: somebody named the wrong place.
pub(super) fn retry<T>(
    endpoint: &str,
    hint: &'static str,
    patience: &Patience,
    reached: &mut bool,
    mut attempt: impl FnMut() -> Result<T, Failure>,
) -> Result<T, SinkError> {
    let endpoint = || endpoint.to_owned();
    let begun = Instant::now();
    let mut next_wait = patience.first_wait;
    loop {
        let (why, asked) = match attempt() {
            Ok(answer) => {
                *reached = true;
                return Ok(answer);
            }
            Err(Failure::Final(why, next_step)) => {
                return Err(SinkError::Refused { endpoint: endpoint(), why, next_step });
            }
            Err(Failure::Unreachable(why)) if !*reached => {
                return Err(SinkError::Unreachable { endpoint: endpoint(), why, hint });
            }
            Err(Failure::Unreachable(why)) => (why, None),
            Err(Failure::Busy(why, asked)) => {
                *reached = true;
                (why, asked)
            }
        };
        let wait = asked.unwrap_or(next_wait);
        next_wait = next_wait.saturating_mul(2);
        let waited = begun.elapsed();
        if waited.saturating_add(wait) >= patience.total {
            return Err(SinkError::GaveUp { endpoint: endpoint(), seconds: waited.as_secs(), why });
        }
        std::thread::sleep(wait);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn patience(total_ms: u64) -> Patience {
        let ms = Duration::from_millis;
        Patience { connect: ms(10), answer: ms(10), total: ms(total_ms), first_wait: ms(1) }
    }

    fn attempts(total_ms: u64, reached: bool, mut fail: impl FnMut() -> Failure) -> (usize, SinkError) {
        let (mut count, mut reached) = (0, reached);
        let result = retry::<()>("http://c", "", &patience(total_ms), &mut reached, || {
            count += 1;
            Err(fail())
        });
        (count, result.unwrap_err())
    }

    #[test]
    fn who_is_busy_is_asked_again_until_patience_ends() {
        let (count, error) = attempts(40, false, || Failure::Busy("503".into(), None));
        assert!((4..=7).contains(&count), "{count}");
        assert!(matches!(error, SinkError::GaveUp { .. }), "{error}");
    }

    #[test]
    fn a_wait_that_is_asked_for_and_too_long_is_not_begun() {
        let begun = Instant::now();
        let (count, _) = attempts(40, true, || Failure::Busy("429".into(), Some(Duration::from_hours(1))));
        assert!(count == 1 && begun.elapsed() < Duration::from_secs(5));
    }

    #[test]
    fn who_was_never_reached_is_not_waited_for() {
        let (count, error) = attempts(40, false, || Failure::Unreachable("refused".into()));
        assert!(count == 1 && matches!(error, SinkError::Unreachable { .. }), "{error}");
        let (count, error) = attempts(40, true, || Failure::Unreachable("refused".into()));
        assert!(count > 1 && matches!(error, SinkError::GaveUp { .. }), "{error}");
    }

    #[test]
    fn what_fails_again_is_not_tried_again() {
        let (count, error) = attempts(40, true, || Failure::Final("400".into(), "look"));
        assert!(count == 1 && matches!(error, SinkError::Refused { .. }), "{error}");
    }
}
