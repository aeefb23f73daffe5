//! What is known of a session once its connection is over.

use tapline_reassembly::Direction;

use super::{Tls, TlsOutcome};
use crate::Sender;
use crate::story::Moment;

impl Tls {
    /// The last word on what came of it.
    pub(super) fn conclude(&mut self, moment: &Moment<'_>) {
        self.settle();
        self.session.outcome = self.outcome(moment);
        if [TlsOutcome::Refused, TlsOutcome::Abandoned].contains(&self.session.outcome) {
            let teardown = moment.connection.teardown();
            self.session.was_reset = teardown.ending_reset().is_some();
            let closed_by = if self.session.was_reset {
                teardown.ending_reset().map(|reset| reset.from)
            } else {
                teardown.closed_first()
            };
            self.session.closed_by = closed_by.map(|direction| self.sender(direction));
        }
        let [client, server] = [Sender::Client, Sender::Server].map(|side| self.close_notify(side, moment));
        self.session.close_notify = [client, server];
    }

    fn outcome(&self, moment: &Moment<'_>) -> TlsOutcome {
        let (session, progress) = (&self.session, &self.progress);
        let connection = moment.connection;
        let teardown = connection.teardown();
        let over = teardown.closed_first().is_some();
        let holes = [Direction::Forward, Direction::Reverse]
            .iter()
            .any(|&direction| connection.side(direction).stream.missing_bytes() > 0);
        if progress.declined {
            TlsOutcome::Refused
        } else if progress.failed || !progress.ended && session.encrypted_alert.is_some() {
            TlsOutcome::Failed
        } else if progress.ended {
            TlsOutcome::Established
        } else if !progress.hello_seen && session.renegotiation.is_none() {
            TlsOutcome::NotSeen
        } else if holes || !over {
            TlsOutcome::Cut
        } else if progress.answered || session.hello_retry || session.renegotiation.is_some() {
            TlsOutcome::Abandoned
        } else {
            TlsOutcome::Refused
        }
    }

    /// Whether a side said that it has nothing more to send. That it did not is known only where all that it sent
    /// could be read as far as needed, up to its FIN: a connection that ends without may have been truncated.
    fn close_notify(&self, side: Sender, moment: &Moment<'_>) -> Option<bool> {
        let said = self.session.close_notify.get(side.index()).copied().flatten();
        let direction = if side == Sender::Client { self.client } else { self.client.flip() };
        let connection = moment.connection;
        let hidden = self.progress.hidden.of(side) || self.progress.alert_hidden.of(side);
        let seen_whole = self.progress.ended
            && !hidden
            && connection.side(direction).stream.missing_bytes() == 0
            && connection.teardown().fin(direction).is_some();
        said.or_else(|| seen_whole.then_some(false))
    }

    fn sender(&self, direction: Direction) -> Sender {
        if direction == self.client { Sender::Client } else { Sender::Server }
    }
}
