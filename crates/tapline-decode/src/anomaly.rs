//! What a peer did that its RFC forbids, or what could not be read.

use std::borrow::Cow;

/// An observation with a stable code; where it happened is the span it is reported with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Anomaly {
    /// A stable name in `snake_case`, `layer_what`: one of the constants of this module.
    pub code: &'static str,
    /// One plain sentence without a full stop: what was there and what was expected.
    pub detail: Cow<'static, str>,
}

impl Anomaly {
    pub(crate) fn new(code: &'static str, detail: impl Into<Cow<'static, str>>) -> Self {
        Self { code, detail: detail.into() }
    }
}

macro_rules! codes {
    ($($(#[$doc:meta])+ $name:ident = $code:literal;)*) => {
        $($(#[$doc])+ pub const $name: &str = $code;)*

        /// Every code of this module.
        pub const ALL: &[&str] = &[$($name),*];
    };
}

codes! {
    /// Octets are missing and the reading went on at the next place that can be trusted.
    HTTP1_GAP = "http1_gap";
    /// A line that is neither a request line nor a status line stands where one belongs.
    HTTP1_BAD_START_LINE = "http1_bad_start_line";
    /// A line ends in LF without CR (RFC 9112 §2.2).
    HTTP1_BARE_LF = "http1_bare_lf";
    /// A field value is continued on the next line (RFC 9112 §5.2).
    HTTP1_OBS_FOLD = "http1_obs_fold";
    /// A field line without a colon, or with an invalid name (RFC 9112 §5).
    HTTP1_BAD_FIELD = "http1_bad_field";
    /// A head or trailer section longer than is held; the direction is not read further.
    HTTP1_HEAD_TOO_LONG = "http1_head_too_long";
    /// The connection ended inside a head.
    HTTP1_HEAD_CUT = "http1_head_cut";
    /// Several Content-Length values that differ (RFC 9112 §6.3).
    HTTP1_CONTENT_LENGTH_CONFLICT = "http1_content_length_conflict";
    /// A Content-Length that is no number below 2^64 (RFC 9112 §6.3).
    HTTP1_CONTENT_LENGTH_INVALID = "http1_content_length_invalid";
    /// Transfer-Encoding and Content-Length together (RFC 9112 §6.3): a sign of request smuggling.
    HTTP1_LENGTH_AND_CHUNKED = "http1_length_and_chunked";
    /// A Transfer-Encoding that does not end in chunked (RFC 9112 §6.3).
    HTTP1_TRANSFER_CODING = "http1_transfer_coding";
    /// A chunk size that is no hexadecimal number below 2^64 (RFC 9112 §7.1).
    HTTP1_BAD_CHUNK_SIZE = "http1_bad_chunk_size";
    /// Chunk data that is not followed by a line end (RFC 9112 §7.1).
    HTTP1_BAD_CHUNK_END = "http1_bad_chunk_end";
    /// A chunk size behind white space, or with more digits than a number of 64 bits has (RFC 9112 §7.1).
    HTTP1_CHUNK_SIZE_ODD = "http1_chunk_size_odd";
    /// A chunk-size line with extensions that ends in LF without CR (RFC 9112 §7.1.1): readers that look for CRLF
    /// find another chunk.
    HTTP1_CHUNK_EXTENSION_LF = "http1_chunk_extension_lf";
    /// A CR without LF behind it in a head or a chunk-size line (RFC 9112 §2.2).
    HTTP1_BARE_CR = "http1_bare_cr";
    /// A NUL or another control character in a head (RFC 9110 §5.5).
    HTTP1_CONTROL_CHARACTER = "http1_control_character";
    /// White space between a field name and its colon (RFC 9112 §5.1): some readers take the field, others do not.
    HTTP1_SPACE_BEFORE_COLON = "http1_space_before_colon";
    /// A Transfer-Encoding that some readers take for chunked and others do not (RFC 9112 §6.1, §11.2).
    HTTP1_TRANSFER_ENCODING_OBFUSCATED = "http1_transfer_encoding_obfuscated";
    /// Several Transfer-Encoding fields, or chunked applied twice (RFC 9112 §6.1).
    HTTP1_TRANSFER_ENCODING_REPEATED = "http1_transfer_encoding_repeated";
    /// Transfer-Encoding in a message of HTTP/1.0 (RFC 9112 §6.1).
    HTTP1_TRANSFER_ENCODING_IN_1_0 = "http1_transfer_encoding_in_1_0";
    /// Content-Length more than once, or as a list, with one value (RFC 9112 §6.3); several values are
    /// `http1_content_length_conflict` too.
    HTTP1_CONTENT_LENGTH_REPEATED = "http1_content_length_repeated";
    /// Several Host fields (RFC 9112 §3.2).
    HTTP1_HOST_REPEATED = "http1_host_repeated";
    /// A request of HTTP/1.1 without Host (RFC 9112 §3.2).
    HTTP1_HOST_MISSING = "http1_host_missing";
    /// A target in absolute form whose authority is not what Host says (RFC 9112 §3.2.2).
    HTTP1_HOST_DIFFERS = "http1_host_differs";
    /// A response that no request waits for (RFC 9112 §9.2).
    HTTP1_RESPONSE_UNSOLICITED = "http1_response_unsolicited";
    /// A response that no request waits for, behind the answer to a request whose target has an escaped line end
    /// (RFC 9112 §11.1).
    HTTP1_RESPONSE_SPLITTING = "http1_response_splitting";
    /// More requests wait for an answer than are kept.
    HTTP1_PIPELINE_TOO_DEEP = "http1_pipeline_too_deep";
    /// A client waited for no answer to its CONNECT and sent more than is held.
    HTTP1_TUNNEL_UNANSWERED = "http1_tunnel_unanswered";
    /// A body ended before its declared length (RFC 9112 §8).
    HTTP1_BODY_CUT = "http1_body_cut";

    /// A content coding that is not known, or more of them than are undone (RFC 9110 §8.4).
    CONTENT_CODING_UNKNOWN = "content_coding_unknown";
    /// A body that does not decode by its content coding, is over before it, or goes on behind it (RFC 9110 §8.4).
    CONTENT_CODING_BROKEN = "content_coding_broken";
    /// A body that decodes to more than is decoded, in all or for its size.
    CONTENT_CODING_BOMB = "content_coding_bomb";
    /// A gRPC message that begins with an unknown flag (PROTOCOL-HTTP2, Length-Prefixed-Message).
    GRPC_BAD_FLAG = "grpc_bad_flag";
    /// A body that ends inside a gRPC message.
    GRPC_MESSAGE_CUT = "grpc_message_cut";

    /// Octets are missing inside or between WebSocket frames.
    WEBSOCKET_GAP = "websocket_gap";
    /// A gap hides where frames begin; the direction is not read further.
    WEBSOCKET_LOST = "websocket_lost";
    /// The connection ended inside a frame.
    WEBSOCKET_FRAME_CUT = "websocket_frame_cut";
    /// A client sent a frame without a mask (RFC 6455 §5.1).
    WEBSOCKET_UNMASKED_CLIENT = "websocket_unmasked_client";
    /// A server sent a masked frame (RFC 6455 §5.1).
    WEBSOCKET_MASKED_SERVER = "websocket_masked_server";
    /// A reserved bit that no negotiated extension defines (RFC 6455 §5.2).
    WEBSOCKET_RESERVED_BITS = "websocket_reserved_bits";
    /// A reserved opcode (RFC 6455 §5.2).
    WEBSOCKET_RESERVED_OPCODE = "websocket_reserved_opcode";
    /// A length in more octets than it needs, or above 63 bits (RFC 6455 §5.2).
    WEBSOCKET_BAD_LENGTH = "websocket_bad_length";
    /// A continuation that continues nothing (RFC 6455 §5.4).
    WEBSOCKET_CONTINUATION_UNEXPECTED = "websocket_continuation_unexpected";
    /// A message that begins inside another one (RFC 6455 §5.4).
    WEBSOCKET_MESSAGE_INTERRUPTED = "websocket_message_interrupted";
    /// A control frame above 125 octets (RFC 6455 §5.5).
    WEBSOCKET_CONTROL_TOO_LONG = "websocket_control_too_long";
    /// A control frame in fragments (RFC 6455 §5.5).
    WEBSOCKET_CONTROL_FRAGMENTED = "websocket_control_fragmented";
    /// A frame after a close frame (RFC 6455 §5.5.1).
    WEBSOCKET_AFTER_CLOSE = "websocket_after_close";
    /// A close frame with half a code, one that is never sent, or a reason that is not UTF-8 (RFC 6455 §5.5.1,
    /// §7.4).
    WEBSOCKET_BAD_CLOSE = "websocket_bad_close";

    /// Octets are missing inside or between frames.
    HTTP2_GAP = "http2_gap";
    /// No plausible frame follows; the direction is not read further.
    HTTP2_LOST = "http2_lost";
    /// A plausible chain of frames was found again.
    HTTP2_RESYNCHRONISED = "http2_resynchronised";
    /// The client's first octets are not the connection preface (RFC 9113 §3.4).
    HTTP2_BAD_PREFACE = "http2_bad_preface";
    /// A payload whose size does not fit its frame type (RFC 9113 §4.2).
    HTTP2_FRAME_SIZE = "http2_frame_size";
    /// A frame longer than the receiver allows (RFC 9113 §4.2).
    HTTP2_FRAME_TOO_LARGE = "http2_frame_too_large";
    /// Padding as long as the payload or longer (RFC 9113 §6.1).
    HTTP2_PADDING = "http2_padding";
    /// A frame on stream 0 that belongs on a stream, or the reverse (RFC 9113 §6).
    HTTP2_WRONG_STREAM = "http2_wrong_stream";
    /// A CONTINUATION that continues nothing (RFC 9113 §6.10).
    HTTP2_CONTINUATION_UNEXPECTED = "http2_continuation_unexpected";
    /// Another frame inside a field block (RFC 9113 §6.10).
    HTTP2_BLOCK_INTERRUPTED = "http2_block_interrupted";
    /// A field block longer than is held.
    HTTP2_BLOCK_TOO_LONG = "http2_block_too_long";
    /// A window increment of 0 (RFC 9113 §6.9).
    HTTP2_WINDOW_INCREMENT_ZERO = "http2_window_increment_zero";
    /// A setting whose value is outside its range (RFC 9113 §6.5.2).
    HTTP2_SETTING_VALUE = "http2_setting_value";
    /// A stream that depends on itself (RFC 7540 §5.3.1).
    HTTP2_SELF_DEPENDENCY = "http2_self_dependency";
    /// The connection ended inside a frame.
    HTTP2_FRAME_CUT = "http2_frame_cut";
    /// The HTTP2-Settings field of an upgrade cannot be read (RFC 7540 §3.2.1).
    HTTP2_UPGRADE_SETTINGS = "http2_upgrade_settings";

    /// Index 0 in a field block (RFC 7541 §6.1).
    HPACK_INDEX_ZERO = "hpack_index_zero";
    /// An index at an entry that was never seen (RFC 7541 §2.3.3).
    HPACK_UNKNOWN_INDEX = "hpack_unknown_index";
    /// An integer above 32 bits (RFC 7541 §5.1).
    HPACK_INTEGER_TOO_LARGE = "hpack_integer_too_large";
    /// A field block that ends inside a representation.
    HPACK_BROKEN_OFF = "hpack_broken_off";
    /// EOS inside a Huffman-coded string (RFC 7541 §5.2).
    HPACK_HUFFMAN_EOS = "hpack_huffman_eos";
    /// Wrong padding of a Huffman-coded string (RFC 7541 §5.2).
    HPACK_HUFFMAN_PADDING = "hpack_huffman_padding";
    /// A table size update after a field (RFC 7541 §4.2).
    HPACK_SIZE_UPDATE_LATE = "hpack_size_update_late";
    /// A table size update above the receiver's limit (RFC 7541 §6.3).
    HPACK_SIZE_UPDATE_ABOVE_LIMIT = "hpack_size_update_above_limit";
    /// No table size update where one is due (RFC 7541 §4.2).
    HPACK_SIZE_UPDATE_MISSING = "hpack_size_update_missing";
    /// More decoded fields than are kept.
    HPACK_DECODED_TOO_LONG = "hpack_decoded_too_long";

    /// Octets are missing inside or between records.
    TLS_GAP = "tls_gap";
    /// What stands where a record begins is no record.
    TLS_BAD_RECORD = "tls_bad_record";
    /// No plausible record follows; the direction is not read further.
    TLS_LOST = "tls_lost";
    /// A plausible chain of records was found again.
    TLS_RESYNCHRONISED = "tls_resynchronised";
    /// The connection ended inside a record.
    TLS_RECORD_CUT = "tls_record_cut";
    /// A handshake message in clear does not fit its type.
    TLS_BAD_HANDSHAKE = "tls_bad_handshake";
    /// Octets are left over behind the last field of a message or extension.
    TLS_TRAILING_OCTETS = "tls_trailing_octets";
    /// A handshake message longer than is held.
    TLS_HANDSHAKE_TOO_LONG = "tls_handshake_too_long";
    /// Another record inside a handshake message (RFC 8446 §5.1).
    TLS_HANDSHAKE_INTERRUPTED = "tls_handshake_interrupted";
    /// An extension whose octets do not fit its type.
    TLS_BAD_EXTENSION = "tls_bad_extension";
    /// An alert, a heartbeat or a change of cipher in clear that does not parse.
    TLS_BAD_BODY = "tls_bad_body";
    /// An unassigned content type (RFC 8446 §5.1).
    TLS_UNKNOWN_CONTENT = "tls_unknown_content";
    /// A record in clear without content (RFC 8446 §5.1).
    TLS_EMPTY_RECORD = "tls_empty_record";
    /// A heartbeat that claims more payload than it has (CVE-2014-0160).
    TLS_HEARTBEAT_CLAIM = "tls_heartbeat_claim";
    /// A secret was given for the connection that does not open it.
    TLS_WRONG_SECRET = "tls_wrong_secret";
    /// A record does not open with the secret that opened others (RFC 8446 §5.2).
    TLS_BAD_RECORD_MAC = "tls_bad_record_mac";
    /// Finished does not say what the handshake's messages give (RFC 8446 §4.4.4).
    TLS_WRONG_FINISHED = "tls_wrong_finished";
    /// A hello in the form of SSL 2.0 (RFC 6176).
    TLS_SSLV2_HELLO = "tls_sslv2_hello";
    /// An extension stands more than once in one message (RFC 8446 §4.2).
    TLS_DUPLICATE_EXTENSION = "tls_duplicate_extension";
    /// An extension in a message that it has no place in, or at the wrong place (RFC 8446 §4.2).
    TLS_MISPLACED_EXTENSION = "tls_misplaced_extension";
    /// A compressed certificate that cannot be opened (RFC 8879 §4).
    TLS_CERTIFICATE_COMPRESSION = "tls_certificate_compression";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_snake_case_and_occur_once() {
        for (nth, code) in ALL.iter().enumerate() {
            assert!(
                code.bytes().all(|b| b == b'_' || b.is_ascii_lowercase() || b.is_ascii_digit()),
                "{code}"
            );
            assert!(!ALL[..nth].contains(code), "{code}");
        }
    }
}
