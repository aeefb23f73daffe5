//! DNS lookups.

use tapline_analysis::Lookup;

use super::{address, durations, frames, has_address, number, numbers, present, text};
use crate::{FieldId, Item, Value};

impl Item for Lookup {
    fn values(&self, field: FieldId, tell: &mut dyn FnMut(Value<'_>)) {
        use FieldId as F;
        let answers = |ipv4: bool| self.addresses.iter().filter(move |one| one.is_ipv4() == ipv4);
        match field {
            F::FrameNumber | F::FrameTimeEpoch => frames(field, [self.span.from, self.span.until], tell),
            F::TaplineRecord => text(["dns_lookup"], tell),
            F::Ip => present(self.client.is_ipv4(), tell),
            F::Ipv6 => present(self.client.is_ipv6(), tell),
            F::IpAddr | F::IpSrc | F::IpDst | F::Ipv6Addr | F::Ipv6Src | F::Ipv6Dst => {
                for end in [self.client, self.server] {
                    address(field, end, tell);
                }
            }
            F::TaplineClient => has_address(self.client, tell),
            F::TaplineServer => has_address(self.server, tell),
            F::TaplineProtocol => text(["dns"], tell),
            F::Dns => present(true, tell),
            F::DnsQryName => text([self.name.as_str()], tell),
            F::DnsQryType => number(self.kind, tell),
            F::DnsFlagsRcode => numbers(self.code, tell),
            F::DnsA => answers(true).for_each(|one| has_address(*one, tell)),
            F::DnsAaaa => answers(false).for_each(|one| has_address(*one, tell)),
            F::DnsTime => durations(self.code.map(|_| self.span.ns()), tell),
            F::DnsRetransmission => tell(Value::Bool(self.retries > 0)),
            _ => {}
        }
    }

    fn texts(&self, tell: &mut dyn FnMut(&str)) {
        tell("dns");
        tell(&self.name);
        for end in [self.client, self.server].iter().chain(&self.addresses) {
            tell(&end.to_string());
        }
        self.kind_name().into_iter().chain(self.code_name()).for_each(&mut *tell);
    }
}
