//! Items made by hand, and what a text means for them.
#![allow(dead_code, reason = "each test uses its part")]

use tapline_filter::{FieldId, Filter, FilterError, Item, Value};

/// An item with these values and texts.
pub(crate) struct Made {
    pub(crate) values: Vec<(&'static str, Value<'static>)>,
    pub(crate) texts: Vec<&'static str>,
}

impl Item for Made {
    fn values(&self, field: FieldId, tell: &mut dyn FnMut(Value<'_>)) {
        let is_it = |name: &str| name == field.info().name;
        self.values.iter().filter(|(name, _)| is_it(name)).for_each(|(_, value)| tell(*value));
    }

    fn texts(&self, tell: &mut dyn FnMut(&str)) {
        self.texts.iter().for_each(|text| tell(text));
    }
}

/// An exchange that was answered with 404 after 300 ms, on a connection with one retransmission.
pub(crate) fn exchange() -> Made {
    let address = |text: &str| Value::Address(text.parse().unwrap());
    Made {
        values: vec![
            ("tcp", Value::Present),
            ("http", Value::Present),
            ("tcp.analysis.retransmission", Value::Present),
            ("ip.addr", address("10.1.2.3")),
            ("ip.addr", address("192.0.2.7")),
            ("ip.src", address("10.1.2.3")),
            ("tcp.port", Value::Number(40_000)),
            ("tcp.port", Value::Number(443)),
            ("tcp.stream", Value::Number(3)),
            ("http.time", Value::Duration(300_000_000)),
            ("http.request.method", Value::Text("GET")),
            ("http.host", Value::Text("Example.org")),
            ("http.response.code", Value::Number(404)),
            ("tls.handshake.version", Value::Number(0x0304)),
            ("http2.type", Value::Number(1)),
            ("tapline.bytes", Value::Number(20_000)),
            ("tapline.inferred", Value::Bool(false)),
            ("tapline.complete", Value::Bool(true)),
            ("tapline.stall", Value::Text("zero_window")),
            ("tapline.stall", Value::Text("server")),
            ("tapline.finding.severity", Value::Number(2)),
            ("frame.time_relative", Value::Duration(-5)),
            ("ipv6.addr", address("fe80::1")),
        ],
        texts: vec!["GET https://Example.org/slow?a=b", "404", "10.1.2.3:40000", "héllo"],
    }
}

pub(crate) fn read(text: &str) -> Result<Filter, FilterError> {
    Filter::parse(text)
}
