//! A connection.

use tapline_analysis::ConnectionRecord;

use super::{durations, frames, number, numbers, present, text};
use crate::known::Identity;
use crate::{FieldId, Item, Value};

const SYN: u8 = 1 | 2;
const FIN: u8 = 16;
const RST: u8 = 32;

impl Item for ConnectionRecord {
    fn values(&self, field: FieldId, tell: &mut dyn FnMut(Value<'_>)) {
        use FieldId as F;
        let handshake = &self.handshake;
        let options = [handshake.client_options, handshake.server_options];
        let seen = |bits: u8| self.completeness.0 & bits != 0;
        match field {
            F::FrameNumber | F::FrameTimeEpoch => frames(field, [self.first, self.last], tell),
            F::TcpStream => number(self.id, tell),
            F::TaplineRecord => text(["connection"], tell),
            F::Icmp => present(self.unreachable.is_some(), tell),
            F::TcpCompleteness => number(self.completeness.0, tell),
            F::TcpConnectionState => text([self.conn_state.name()], tell),
            F::TcpConnectionHistory => text([self.history.as_str()], tell),
            F::TcpConnectionHandshake => text([self.handshake_kind.name()], tell),
            F::TcpConnectionTeardown => text([self.teardown.kind().name()], tell),
            F::TcpFlagsSyn => tell(Value::Bool(seen(SYN))),
            F::TcpFlagsFin => tell(Value::Bool(seen(FIN))),
            F::TcpFlagsReset => {
                let stray = self.teardown.stray_resets > 0;
                tell(Value::Bool(seen(RST) || stray || self.teardown.reset.is_some()));
            }
            F::TcpOptionsMssVal => numbers(options.into_iter().flatten().filter_map(|one| one.mss), tell),
            F::TcpOptionsWscaleShift => {
                numbers(options.into_iter().flatten().filter_map(|one| one.window_scale), tell);
            }
            F::TcpAnalysisFlags => present(!self.verdicts.is_empty(), tell),
            F::TcpAnalysisInitialRtt => durations(handshake.initial_rtt_ns, tell),
            F::TaplineState => text([self.state.name()], tell),
            F::TaplineDuration => durations([self.duration_ns()], tell),
            F::TaplineBytes => number(self.payload_bytes(), tell),
            F::TaplinePackets => number(self.packets(), tell),
            F::TaplineMissingBytes => number(self.client.missing_bytes + self.server.missing_bytes, tell),
            F::TaplineResent => number(self.resent(), tell),
            F::TaplineRequests => number(self.requests, tell),
            F::TaplineAnomaly => text(self.anomalies.iter().map(|(code, _)| *code), tell),
            field => {
                self.identity().values(field, tell);
                let is_it = |flag| super::tcp::of_flag(flag) == field;
                present(self.verdicts.iter().any(|&(flag, _)| is_it(flag)), tell);
            }
        }
    }

    fn texts(&self, tell: &mut dyn FnMut(&str)) {
        tell(&self.client.endpoint.to_string());
        tell(&self.server.endpoint.to_string());
        self.server_name.iter().for_each(|name| tell(name));
        self.protocols.iter().for_each(|protocol| tell(protocol.name()));
        [self.state.name(), self.conn_state.name()].into_iter().for_each(&mut *tell);
        self.verdicts.iter().for_each(|(flag, _)| tell(flag.name()));
        self.anomalies.iter().for_each(|(code, _)| tell(code));
        self.unreachable.iter().for_each(|error| tell(&error.reason.to_string()));
    }
}

trait Known {
    fn identity(&self) -> Identity<'_>;
}

impl Known for ConnectionRecord {
    fn identity(&self) -> Identity<'_> {
        Identity {
            client: self.client.endpoint,
            server: self.server.endpoint,
            vlans: self.vlans,
            protocols: &self.protocols,
            server_name: self.server_name.as_deref(),
        }
    }
}
