//! The fields: identifier, name, kind, records that have it, and a sentence.

use super::FieldKind::{Address, Boolean, Duration, Named, Number, Octets, Presence, Text, Word};
use super::RecordKind::{
    self, Anomaly, Connection, DnsLookup, Finding, Http1Message, Http2Connection, Http2Frame, HttpExchange,
    Tcp, TcpSample, TlsMessage, TlsSession, WebSocketFrame,
};
use super::{FieldInfo, Names, Records};

/// What is of every connection, and so of everything in it.
const OF_CONNECTIONS: &[RecordKind] = &[
    Connection,
    Tcp,
    TcpSample,
    TlsMessage,
    TlsSession,
    Http1Message,
    Http2Frame,
    WebSocketFrame,
    Http2Connection,
    HttpExchange,
    Finding,
    Anomaly,
];

/// What everything has.
const ALL: &[RecordKind] = &RecordKind::ALL;

/// What is said of HTTP in any version.
const HTTP: &[RecordKind] = &[HttpExchange, Http1Message];

/// What is said of field blocks of HTTP/2.
const HTTP2_HEADS: &[RecordKind] = &[HttpExchange, Http2Frame];

/// What a TLS handshake as a whole is known for.
const SESSION: &[RecordKind] = &[TlsSession];

macro_rules! fields {
    ($($id:ident $name:literal $kind:expr, $records:expr, $about:literal;)*) => {
        /// A field.
        #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
        pub enum FieldId {
            $(#[doc = $about] $id,)*
        }

        impl FieldId {
            /// What is known of it.
            pub const fn info(self) -> &'static FieldInfo {
                match self {
                    $(Self::$id => const {
                        &FieldInfo {
                            id: Self::$id,
                            name: $name,
                            kind: $kind,
                            records: Records::of($records),
                            about: $about,
                        }
                    },)*
                }
            }

            /// The field of that name.
            pub fn named(name: &str) -> Option<Self> {
                CATALOGUE.iter().find(|field| field.name == name).map(|field| field.id)
            }
        }

        /// Every field, by protocol.
        pub static CATALOGUE: &[&FieldInfo] = &[$(FieldId::$id.info()),*];
    };
}

fields! {
    FrameNumber "frame.number" Number, ALL, "A packet's number in the capture, from 1: of what spans packets the first and the last";
    FrameTimeRelative "frame.time_relative" Duration, ALL, "Time since the capture began, of the same packets";
    FrameTimeEpoch "frame.time_epoch" Duration, ALL, "Time since 1970-01-01T00:00:00Z, of the same packets";

    Ip "ip" Presence, ALL, "It is over IPv4";
    IpAddr "ip.addr" Address, ALL, "Address of either side, IPv4 or IPv6";
    IpSrc "ip.src" Address, ALL, "Address of who sent it; of what goes both ways, of either side";
    IpDst "ip.dst" Address, ALL, "Address of who received it; of what goes both ways, of either side";
    Ipv6 "ipv6" Presence, ALL, "It is over IPv6";
    Ipv6Addr "ipv6.addr" Address, ALL, "Address of either side, where it is one of IPv6";
    Ipv6Src "ipv6.src" Address, ALL, "As ip.src, where it is an address of IPv6";
    Ipv6Dst "ipv6.dst" Address, ALL, "As ip.dst, where it is an address of IPv6";
    Vlan "vlan" Presence, OF_CONNECTIONS, "It has a VLAN tag";
    VlanId "vlan.id" Number, OF_CONNECTIONS, "VLAN identifier";
    Icmp "icmp" Presence, &[Connection], "An ICMP or ICMPv6 error about the connection was seen";

    Tcp "tcp" Presence, OF_CONNECTIONS, "It is of a TCP connection";
    TcpStream "tcp.stream" Number, OF_CONNECTIONS, "The connection's number, from 0 in order of first packets";
    TcpPort "tcp.port" Number, OF_CONNECTIONS, "Port of either side";
    TcpSrcport "tcp.srcport" Number, OF_CONNECTIONS, "Port of who sent it; of what goes both ways, of either side";
    TcpDstport "tcp.dstport" Number, OF_CONNECTIONS, "Port of who received it; of what goes both ways, of either side";
    TcpLen "tcp.len" Octets, &[Tcp], "Octets of payload of an odd segment";
    TcpWindowSize "tcp.window_size" Octets, &[Tcp], "The window that an odd segment announces, scaled where the scale is known";
    TcpCompleteness "tcp.completeness" Number, &[Connection], "How much of the connection was captured: SYN 1, SYN-ACK 2, ACK 4, DATA 8, FIN 16, RST 32";
    TcpConnectionState "tcp.connection.state" Word(Names::ConnState), &[Connection], "Zeek's conn_state";
    TcpConnectionHistory "tcp.connection.history" Text, &[Connection], "Zeek's history: a letter for what each side did";
    TcpConnectionHandshake "tcp.connection.handshake" Word(Names::Handshake), &[Connection], "How the connection was opened, or was not";
    TcpConnectionTeardown "tcp.connection.teardown" Word(Names::Teardown), &[Connection], "How the connection was closed";
    TcpFlagsSyn "tcp.flags.syn" Boolean, &[Connection], "Whether a SYN was seen";
    TcpFlagsFin "tcp.flags.fin" Boolean, &[Connection], "Whether a FIN was seen";
    TcpFlagsReset "tcp.flags.reset" Boolean, &[Connection], "Whether a RST was seen";
    TcpOptionsMssVal "tcp.options.mss_val" Octets, &[Connection], "The largest segment that a SYN announces";
    TcpOptionsWscaleShift "tcp.options.wscale.shift" Number, &[Connection], "The window scale that a SYN announces";
    TcpAnalysisFlags "tcp.analysis.flags" Presence, &[Connection, Tcp], "Any of the verdicts below was given";
    TcpAnalysisRetransmission "tcp.analysis.retransmission" Presence, &[Connection, Tcp], "Octets that were sent before, or lie before those that were";
    TcpAnalysisFastRetransmission "tcp.analysis.fast_retransmission" Presence, &[Connection, Tcp], "A retransmission that duplicate ACKs asked for";
    TcpAnalysisSpuriousRetransmission "tcp.analysis.spurious_retransmission" Presence, &[Connection, Tcp], "A retransmission of octets that were acknowledged already";
    TcpAnalysisOutOfOrder "tcp.analysis.out_of_order" Presence, &[Connection, Tcp], "Octets that come late, but too soon to have been sent again";
    TcpAnalysisDuplicateAck "tcp.analysis.duplicate_ack" Presence, &[Connection, Tcp], "An ACK that says again what the one before it said";
    TcpAnalysisDuplicateAckNum "tcp.analysis.duplicate_ack_num" Number, &[Tcp], "Which duplicate it is, from 1";
    TcpAnalysisLostSegment "tcp.analysis.lost_segment" Presence, &[Connection, Tcp], "Octets before the segment were not seen";
    TcpAnalysisAckLostSegment "tcp.analysis.ack_lost_segment" Presence, &[Connection, Tcp], "An ACK for octets that were not seen";
    TcpAnalysisZeroWindow "tcp.analysis.zero_window" Presence, &[Connection, Tcp], "The sender has no room for more";
    TcpAnalysisZeroWindowProbe "tcp.analysis.zero_window_probe" Presence, &[Connection, Tcp], "One octet sent into a window of zero";
    TcpAnalysisZeroWindowProbeAck "tcp.analysis.zero_window_probe_ack" Presence, &[Connection, Tcp], "The answer to that while there is still no room";
    TcpAnalysisWindowFull "tcp.analysis.window_full" Presence, &[Connection, Tcp], "A segment that ends where the receiver's window ends";
    TcpAnalysisWindowUpdate "tcp.analysis.window_update" Presence, &[Connection, Tcp], "An ACK that changes nothing but the window";
    TcpAnalysisKeepAlive "tcp.analysis.keep_alive" Presence, &[Connection, Tcp], "A segment that asks whether the other side is there";
    TcpAnalysisKeepAliveAck "tcp.analysis.keep_alive_ack" Presence, &[Connection, Tcp], "The answer to that";
    TcpAnalysisReusedPorts "tcp.analysis.reused_ports" Presence, &[Connection, Tcp], "The addresses and ports of an earlier connection";
    TcpAnalysisRto "tcp.analysis.rto" Duration, &[Tcp], "How long the sender waited before it sent again";
    TcpAnalysisInitialRtt "tcp.analysis.initial_rtt" Duration, &[Connection], "From the newest SYN to the first segment with ACK and without SYN";
    TcpAnalysisAckRtt "tcp.analysis.ack_rtt" Duration, &[TcpSample], "From a segment to its acknowledgment";
    TcpAnalysisBytesInFlight "tcp.analysis.bytes_in_flight" Octets, &[TcpSample], "Octets that are not acknowledged yet";

    Tls "tls" Presence, OF_CONNECTIONS, "It is TLS, or of a connection that speaks TLS";
    TlsRecordContentType "tls.record.content_type" Named(Names::ContentType), &[TlsMessage], "Content type of the record";
    TlsRecordVersion "tls.record.version" Named(Names::TlsVersion), &[TlsMessage], "Version in the record header, which TLS 1.3 does not tell the truth in";
    TlsHandshake "tls.handshake" Presence, &[TlsMessage, TlsSession], "It is a handshake, or a message of one";
    TlsHandshakeType "tls.handshake.type" Named(Names::HandshakeType), &[TlsMessage, TlsSession], "Type of a handshake message that could be read";
    TlsHandshakeLength "tls.handshake.length" Octets, &[TlsMessage], "Octets of a handshake message";
    TlsHandshakeVersion "tls.handshake.version" Named(Names::TlsVersion), SESSION, "The negotiated version: for TLS 1.3 that, and not the 1.2 of its hellos";
    TlsHandshakeCiphersuite "tls.handshake.ciphersuite" Named(Names::CipherSuite), SESSION, "The suite that the server chose";
    TlsHandshakeKeyShareGroup "tls.handshake.extensions_key_share_group" Named(Names::NamedGroup), SESSION, "The group of the key exchange";
    TlsHandshakeSigHashAlg "tls.handshake.sig_hash_alg" Named(Names::SignatureScheme), SESSION, "How the server signed, where it was seen";
    TlsHandshakeServerName "tls.handshake.extensions_server_name" Text, SESSION, "The name that the client asked for (SNI)";
    TlsHandshakeAlpnStr "tls.handshake.extensions_alpn_str" Text, SESSION, "An application protocol that was offered or chosen (ALPN)";
    TlsHandshakeJa3 "tls.handshake.ja3" Text, SESSION, "JA3 of the ClientHello";
    TlsHandshakeJa3s "tls.handshake.ja3s" Text, SESSION, "JA3S of the ServerHello";
    TlsHandshakeJa4 "tls.handshake.ja4" Text, SESSION, "JA4 of the ClientHello";
    TlsHandshakeTime "tls.handshake.time" Duration, SESSION, "From the ClientHello to the end of the handshake";
    TlsHandshakeRoundTrips "tls.handshake.round_trips" Number, SESSION, "How often the client waited for the server before its first application data";
    TlsHandshakeOutcome "tls.handshake.outcome" Word(Names::TlsOutcome), SESSION, "What came of the handshake";
    TlsHandshakeKind "tls.handshake.kind" Word(Names::TlsKind), SESSION, "How the session's keys came about";
    TlsHandshakeResumed "tls.handshake.resumed" Boolean, SESSION, "Whether an earlier session was resumed, where that was seen";
    TlsHandshakeHelloRetry "tls.handshake.hello_retry" Boolean, SESSION, "Whether the server asked for another ClientHello";
    TlsHandshakeEch "tls.handshake.ech" Boolean, SESSION, "Whether the ClientHello carries an encrypted one, or what looks like it";
    TlsEarlyData "tls.early_data" Word(Names::EarlyData), SESSION, "What became of data that the client sent before the server answered";
    TlsDecrypted "tls.decrypted" Word(Names::Decrypted), SESSION, "How much of what travelled encrypted was opened";
    TlsAlertMessage "tls.alert_message" Presence, &[TlsMessage, TlsSession], "An alert, readable or not; of a session one of its handshake that is no close_notify";
    TlsAlertMessageLevel "tls.alert_message.level" Named(Names::AlertLevel), &[TlsMessage, TlsSession], "Level of an alert that could be read";
    TlsAlertMessageDesc "tls.alert_message.desc" Named(Names::Alert), &[TlsMessage, TlsSession], "Description of an alert that could be read";
    TlsCertificateVerdict "tls.certificate.verdict" Word(Names::Chain), SESSION, "What became of the server's chain of certificates: its gravest fault, or none";
    TlsCertificateSubject "tls.certificate.subject" Text, SESSION, "Whose key a certificate of the server's chain is";
    TlsCertificateIssuer "tls.certificate.issuer" Text, SESSION, "Who signed a certificate of the server's chain";
    X509ceDnsName "x509ce.dNSName" Text, SESSION, "A name that the server's certificates are for";

    Http "http" Presence, OF_CONNECTIONS, "It is HTTP/1, or of a connection that speaks it";
    HttpRequest "http.request" Presence, HTTP, "There is a request. Fields of http. are those of any version of HTTP";
    HttpRequestMethod "http.request.method" Text, HTTP, "The method";
    HttpRequestUri "http.request.uri" Text, HTTP, "The request's target: path and query";
    HttpRequestFullUri "http.request.full_uri" Text, HTTP, "Scheme, host and target";
    HttpRequestVersion "http.request.version" Text, HTTP, "Version of HTTP: HTTP/1.1, HTTP/2";
    HttpRequestLine "http.request.line" Text, HTTP, "A header field of the request: name: value";
    HttpResponse "http.response" Presence, HTTP, "There is a response";
    HttpResponseCode "http.response.code" Number, HTTP, "The status code";
    HttpResponsePhrase "http.response.phrase" Text, HTTP, "The reason phrase beside the status code, HTTP/1";
    HttpResponseLine "http.response.line" Text, HTTP, "A header field of the response: name: value";
    HttpTime "http.time" Duration, &[HttpExchange], "From the last packet of the request to the last of the response, where it came whole";
    HttpHost "http.host" Text, HTTP, "The host that was asked for";
    HttpUserAgent "http.user_agent" Text, HTTP, "User-Agent";
    HttpReferer "http.referer" Text, HTTP, "Referer";
    HttpAccept "http.accept" Text, HTTP, "Accept";
    HttpAcceptEncoding "http.accept_encoding" Text, HTTP, "Accept-Encoding";
    HttpAuthorization "http.authorization" Text, HTTP, "Authorization";
    HttpCookie "http.cookie" Text, HTTP, "Cookie";
    HttpSetCookie "http.set_cookie" Text, HTTP, "Set-Cookie";
    HttpContentType "http.content_type" Text, HTTP, "Content-Type of request or response";
    HttpContentEncoding "http.content_encoding" Text, HTTP, "Content-Encoding of request or response";
    HttpContentLength "http.content_length" Octets, HTTP, "Content-Length of request or response, as the field says";
    HttpTransferEncoding "http.transfer_encoding" Text, HTTP, "Transfer-Encoding of request or response";
    HttpCacheControl "http.cache_control" Text, HTTP, "Cache-Control of request or response";
    HttpConnection "http.connection" Text, HTTP, "Connection of request or response";
    HttpUpgrade "http.upgrade" Text, HTTP, "Upgrade of request or response";
    HttpServer "http.server" Text, HTTP, "Server";
    HttpLocation "http.location" Text, HTTP, "Location";
    HttpXForwardedFor "http.x_forwarded_for" Text, HTTP, "X-Forwarded-For";

    Http2 "http2" Presence, OF_CONNECTIONS, "It is HTTP/2, or of a connection that speaks it";
    Http2Streamid "http2.streamid" Number, &[Http2Frame, HttpExchange, Finding], "Stream identifier";
    Http2Type "http2.type" Named(Names::FrameType), &[Http2Frame], "Type of the frame";
    Http2Length "http2.length" Octets, &[Http2Frame], "Octets of the frame's payload";
    Http2Flags "http2.flags" Number, &[Http2Frame], "Flags of the frame";
    Http2FlagsEndStream "http2.flags.end_stream" Boolean, &[Http2Frame], "Whether a frame of DATA or HEADERS ends its side of the stream";
    Http2HeadersMethod "http2.headers.method" Text, HTTP2_HEADS, ":method";
    Http2HeadersPath "http2.headers.path" Text, HTTP2_HEADS, ":path";
    Http2HeadersAuthority "http2.headers.authority" Text, HTTP2_HEADS, ":authority";
    Http2HeadersScheme "http2.headers.scheme" Text, HTTP2_HEADS, ":scheme";
    Http2HeadersStatus "http2.headers.status" Number, HTTP2_HEADS, ":status";
    Http2HeaderName "http2.header.name" Text, HTTP2_HEADS, "Name of a field";
    Http2HeaderValue "http2.header.value" Text, HTTP2_HEADS, "Value of a field";
    Http2RstStreamError "http2.rst_stream.error" Named(Names::ErrorCode), HTTP2_HEADS, "Why the stream was reset";
    Http2GoawayError "http2.goaway.error" Named(Names::ErrorCode), &[Http2Frame, Http2Connection], "Why the connection ends";
    Http2GoawayLastStreamId "http2.goaway.last_stream_id" Number, &[Http2Frame, Http2Connection], "The highest stream that was or may be processed";
    Http2WindowUpdateIncrement "http2.window_update.window_size_increment" Octets, &[Http2Frame], "Octets that are added to a window";
    Http2SettingsId "http2.settings.id" Named(Names::Setting), &[Http2Frame], "Identifier of a setting";
    Http2PushPromiseStream "http2.push_promise.promised_stream_id" Number, &[Http2Frame], "The stream that is promised";

    Grpc "grpc" Presence, &[HttpExchange], "It is a gRPC call";
    GrpcService "grpc.service" Text, &[HttpExchange], "The service of a call, with its package";
    GrpcMethod "grpc.method" Text, &[HttpExchange], "The method of a call";
    GrpcStatusCode "grpc.status_code" Named(Names::GrpcStatus), &[HttpExchange], "grpc-status";

    WebSocket "websocket" Presence, OF_CONNECTIONS, "It is a WebSocket frame, or of a connection that speaks WebSocket";
    WebSocketOpcode "websocket.opcode" Named(Names::Opcode), &[WebSocketFrame], "Opcode of the frame";
    WebSocketFin "websocket.fin" Boolean, &[WebSocketFrame], "Whether the frame ends its message";
    WebSocketMask "websocket.mask" Boolean, &[WebSocketFrame], "Whether the payload is masked";
    WebSocketPayloadLength "websocket.payload_length" Octets, &[WebSocketFrame], "Octets of the payload";
    WebSocketCloseCode "websocket.payload.close.status_code" Named(Names::CloseCode), &[WebSocketFrame], "Why the sender closes";

    Dns "dns" Presence, ALL, "It is a DNS lookup, or of a connection that speaks DNS";
    DnsQryName "dns.qry.name" Text, &[DnsLookup], "The name that was asked for";
    DnsQryType "dns.qry.type" Named(Names::DnsType), &[DnsLookup], "The type of record that was asked for";
    DnsFlagsRcode "dns.flags.rcode" Named(Names::DnsCode), &[DnsLookup], "The response code";
    DnsA "dns.a" Address, &[DnsLookup], "An IPv4 address in the answer";
    DnsAaaa "dns.aaaa" Address, &[DnsLookup], "An IPv6 address in the answer";
    DnsTime "dns.time" Duration, &[DnsLookup], "From the first query to the answer";
    DnsRetransmission "dns.retransmission" Boolean, &[DnsLookup], "Whether a query was sent again";

    TaplineRecord "tapline.record" Word(Names::Record), ALL, "What sort of record it is";
    TaplineFrom "tapline.from" Word(Names::Sender), &[Tcp, TcpSample, TlsMessage, Http1Message, Http2Frame, WebSocketFrame, Anomaly], "Who sent it";
    TaplineClient "tapline.client" Address, ALL, "Address of the client";
    TaplineClientPort "tapline.client.port" Number, OF_CONNECTIONS, "Port of the client";
    TaplineServer "tapline.server" Address, ALL, "Address of the server";
    TaplineServerPort "tapline.server.port" Number, OF_CONNECTIONS, "Port of the server";
    TaplineServerName "tapline.server_name" Text, OF_CONNECTIONS, "The name that the client used: SNI, else the host of a request";
    TaplineProtocol "tapline.protocol" Word(Names::Protocol), ALL, "A protocol that the connection speaks";
    TaplineState "tapline.state" Word(Names::State), &[Connection], "Where the connection is in its life";
    TaplineDuration "tapline.duration" Duration, &[Connection, HttpExchange], "How long it took: a connection from its first packet to its newest, an exchange as the sum of its phases";
    TaplineBytes "tapline.bytes" Octets, &[Connection], "Octets of payload of both sides, repeats counted";
    TaplinePackets "tapline.packets" Number, &[Connection], "Segments of both sides";
    TaplineMissingBytes "tapline.missing_bytes" Octets, &[Connection], "Octets of either stream that were never seen";
    TaplineResent "tapline.resent" Number, &[Connection], "Segments that were sent again, those left out that only seem so";
    TaplineRequests "tapline.requests" Number, &[Connection], "Requests on the connection";
    TaplineRequestBytes "tapline.request.bytes" Octets, HTTP, "Octets of the request's body";
    TaplineResponseBytes "tapline.response.bytes" Octets, HTTP, "Octets of the response's body";
    TaplineInferred "tapline.inferred" Boolean, &[HttpExchange], "Whether the exchange was inferred from sizes of records that stayed closed";
    TaplineComplete "tapline.complete" Boolean, HTTP, "Whether it came whole";
    TaplinePushed "tapline.pushed" Boolean, &[HttpExchange], "Whether the server promised it";
    TaplineBlocked "tapline.blocked" Duration, &[HttpExchange], "Phase of an exchange: waiting for something else";
    TaplineDns "tapline.dns" Duration, &[HttpExchange], "Phase of an exchange: the DNS lookup";
    TaplineConnect "tapline.connect" Duration, &[HttpExchange], "Phase of an exchange: the TCP handshake";
    TaplineTls "tapline.tls" Duration, &[HttpExchange], "Phase of an exchange: the TLS handshake";
    TaplineSend "tapline.send" Duration, &[HttpExchange], "Phase of an exchange: first to last octet of the request";
    TaplineWait "tapline.wait" Duration, &[HttpExchange], "Phase of an exchange: last octet of the request to first of the response";
    TaplineReceive "tapline.receive" Duration, &[HttpExchange], "Phase of an exchange: first to last octet of the response";
    TaplineStall "tapline.stall" Word(Names::Cause), &[HttpExchange], "Why nothing of the exchange came for a while";
    TaplineStallTime "tapline.stall.time" Duration, &[HttpExchange], "How long one such stretch was";
    TaplineFinding "tapline.finding" Word(Names::Finding), &[Connection, TlsSession, Http2Connection, HttpExchange, DnsLookup, Finding], "Code of a finding, and of what was found of a record by itself";
    TaplineFindingSeverity "tapline.finding.severity" Named(Names::Severity), &[Connection, TlsSession, Http2Connection, HttpExchange, DnsLookup, Finding], "How much such a finding matters";
    TaplineFindingCost "tapline.finding.cost" Duration, &[Connection, TlsSession, Http2Connection, HttpExchange, DnsLookup, Finding], "The time that such a finding cost";
    TaplineAnomaly "tapline.anomaly" Text, &[Connection, Anomaly], "Code of something that its RFC forbids or that could not be read";
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn names_are_unique_and_found() {
        let names: BTreeSet<_> = CATALOGUE.iter().map(|field| field.name).collect();
        assert_eq!(names.len(), CATALOGUE.len());
        for field in CATALOGUE {
            assert_eq!(FieldId::named(field.name), Some(field.id));
            assert!(field.records.iter().next().is_some(), "{}", field.name);
            assert!(!field.about.ends_with('.') && !field.about.contains('|'), "{}", field.name);
        }
        assert_eq!(FieldId::named("http.tme"), None);
    }

    #[test]
    fn every_verdict_has_tsharks_name() {
        for flag in tapline_analysis::Flag::ALL {
            assert!(FieldId::named(&format!("tcp.analysis.{}", flag.name())).is_some(), "{}", flag.name());
        }
    }
}
