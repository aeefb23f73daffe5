//! HTTP/2: frames, errors, and the forms of HPACK.

use tapline_analysis::decode::http2::{ErrorCode, Form, FrameType};

use super::Explanation;

/// A frame by its type.
pub(crate) fn http2_frame(kind: FrameType) -> Explanation {
    match kind {
        FrameType::DATA => Explanation::new(
            "DATA",
            "Octets of a body. Only DATA counts against the windows of stream and connection, so it is what \
             flow control holds back.",
            "RFC 9113 §6.1",
        ),
        FrameType::HEADERS => Explanation::new(
            "HEADERS",
            "Opens a stream with a request's fields, or carries those of an answer or its trailers, \
             compressed by HPACK. With END_STREAM no body follows.",
            "RFC 9113 §6.2",
        ),
        FrameType::PRIORITY => Explanation::new(
            "PRIORITY",
            "How a stream depends on others, in the scheme of the first HTTP/2. RFC 9113 gives that scheme \
             up: many servers ignore it, and PRIORITY_UPDATE took its place.",
            "RFC 9113 §6.3",
        ),
        FrameType::RST_STREAM => Explanation::new(
            "RST_STREAM",
            "Ends one stream at once and says why; the others go on. What is already on its way for it is \
             wasted, up to a round trip's worth.",
            "RFC 9113 §6.4",
        ),
        FrameType::SETTINGS => Explanation::new(
            "SETTINGS",
            "What the sender takes: window and frame sizes, streams at once, size of the header table. Each \
             side begins with it and requests need not wait for it; with ACK it says that the other side's \
             are applied.",
            "RFC 9113 §6.5",
        ),
        FrameType::PUSH_PROMISE => Explanation::new(
            "PUSH_PROMISE",
            "The server announces an answer to a request that it expects, on a stream of its own. It spares \
             a round trip where the guess is right and bandwidth is wasted where not; browsers have given it \
             up.",
            "RFC 9113 §6.6",
        ),
        FrameType::PING => Explanation::new(
            "PING",
            "Eight octets that the other side has to send back at once. The pair measures a round trip \
             including the peers' HTTP/2 code, and keeps an idle connection alive.",
            "RFC 9113 §6.7",
        ),
        FrameType::GOAWAY => Explanation::new(
            "GOAWAY",
            "No new streams on this connection. Streams above the last one that it names were not processed, \
             so these requests can be sent again elsewhere; those below may still finish.",
            "RFC 9113 §6.8",
        ),
        FrameType::WINDOW_UPDATE => Explanation::new(
            "WINDOW_UPDATE",
            "The receiver allows so many more octets of DATA, on one stream, or on stream 0 for all \
             together. Where it comes late, the sender stands still for up to a round trip.",
            "RFC 9113 §6.9",
        ),
        FrameType::CONTINUATION => Explanation::new(
            "CONTINUATION",
            "The rest of a field block that did not fit one frame. Nothing else may come in between, so all \
             streams wait for its end; endless ones are an attack.",
            "RFC 9113 §6.10",
        ),
        FrameType::ALTSVC => Explanation::new(
            "ALTSVC",
            "The server says where else it can be reached, for example by HTTP/3. The client may use that \
             for later requests; this connection goes on.",
            "RFC 7838 §4",
        ),
        FrameType::ORIGIN => Explanation::new(
            "ORIGIN",
            "The other origins that the server answers for on this connection. A client that uses it spares \
             the handshakes of further connections.",
            "RFC 8336 §2",
        ),
        FrameType::PRIORITY_UPDATE => Explanation::new(
            "PRIORITY_UPDATE",
            "The client changes how urgent a stream is, and whether its answer is of use in parts. The \
             server may take it into account when streams compete.",
            "RFC 9218 §7.1",
        ),
        _ => Explanation::new(
            "unknown frame",
            "A type that no RFC here defines. Receivers ignore it, so it may be an extension, or noise \
             (GREASE) that keeps them used to that.",
            "RFC 9113 §5.5",
        ),
    }
}

/// An error code; `None` for one that is not assigned.
pub(crate) fn http2_error(code: ErrorCode) -> Option<Explanation> {
    Some(match code {
        ErrorCode::NO_ERROR => Explanation::new(
            "NO_ERROR",
            "Nothing went wrong. In GOAWAY it is a graceful end, in RST_STREAM a server that has answered \
             and does not need the rest of the request.",
            "RFC 9113 §7",
        ),
        ErrorCode::PROTOCOL_ERROR => Explanation::new(
            "PROTOCOL_ERROR",
            "The other side broke a rule for which there is no more exact code. In GOAWAY it ends the \
             connection with all its requests.",
            "RFC 9113 §7",
        ),
        ErrorCode::INTERNAL_ERROR => Explanation::new(
            "INTERNAL_ERROR",
            "The sender failed for reasons of its own. Its log says more; whether the request was processed \
             is not known.",
            "RFC 9113 §7",
        ),
        ErrorCode::FLOW_CONTROL_ERROR => Explanation::new(
            "FLOW_CONTROL_ERROR",
            "The other side sent more DATA than the window allows, or made a window larger than 2^31-1. One \
             of the two counts wrongly.",
            "RFC 9113 §6.9.1",
        ),
        ErrorCode::SETTINGS_TIMEOUT => Explanation::new(
            "SETTINGS_TIMEOUT",
            "The other side did not acknowledge SETTINGS in time. It hangs, or the network between the two \
             does.",
            "RFC 9113 §6.5.3",
        ),
        ErrorCode::STREAM_CLOSED => Explanation::new(
            "STREAM_CLOSED",
            "A frame came for a stream that its sender had already ended. Frames that cross a reset on their \
             way are no reason for it.",
            "RFC 9113 §5.1",
        ),
        ErrorCode::FRAME_SIZE_ERROR => Explanation::new(
            "FRAME_SIZE_ERROR",
            "A frame is longer than SETTINGS_MAX_FRAME_SIZE allows, or has the wrong length for its type.",
            "RFC 9113 §4.2",
        ),
        ErrorCode::REFUSED_STREAM => Explanation::new(
            "REFUSED_STREAM",
            "The stream was refused before anything of it was processed, so the client may repeat any \
             request. Mostly more streams were opened than the server allows at once.",
            "RFC 9113 §8.7",
        ),
        ErrorCode::CANCEL => Explanation::new(
            "CANCEL",
            "The sender needs the stream no more: a user left the page, a time limit ran out. What was on \
             its way is wasted.",
            "RFC 9113 §7",
        ),
        ErrorCode::COMPRESSION_ERROR => Explanation::new(
            "COMPRESSION_ERROR",
            "A field block could not be decoded. As all blocks share one HPACK state, the whole connection \
             has to end.",
            "RFC 9113 §4.3",
        ),
        ErrorCode::CONNECT_ERROR => Explanation::new(
            "CONNECT_ERROR",
            "The TCP connection behind a CONNECT request was reset or closed abnormally. The proxy hands \
             that on to its client.",
            "RFC 9113 §8.5",
        ),
        ErrorCode::ENHANCE_YOUR_CALM => Explanation::new(
            "ENHANCE_YOUR_CALM",
            "The other side makes too much load, for example by pings, resets or empty frames. In gRPC it is \
             the usual answer to keep-alives that come too often.",
            "RFC 9113 §7",
        ),
        ErrorCode::INADEQUATE_SECURITY => Explanation::new(
            "INADEQUATE_SECURITY",
            "TLS is too old or its cipher suite is on the list that HTTP/2 forbids. The client should offer \
             better ones.",
            "RFC 9113 §9.2",
        ),
        ErrorCode::HTTP_1_1_REQUIRED => Explanation::new(
            "HTTP_1_1_REQUIRED",
            "The server wants this request by HTTP/1.1, for example because it needs a client certificate by \
             renegotiation. It costs the handshakes of another connection.",
            "RFC 9113 §7",
        ),
        _ => return None,
    })
}

/// How HPACK wrote a field.
pub(crate) fn hpack_form(form: Form) -> Explanation {
    match form {
        Form::Indexed => Explanation::new(
            "indexed",
            "The whole field stands in a table of both sides: only its number is sent, mostly one octet. \
             Fields that repeat from request to request end up here.",
            "RFC 7541 §6.1",
        ),
        Form::IncrementalIndexing => Explanation::new(
            "literal, added to the table",
            "The field is sent in full, or with a known name, and both sides add it to their table. It costs \
             its octets once; the next time a number does.",
            "RFC 7541 §6.2.1",
        ),
        Form::WithoutIndexing => Explanation::new(
            "literal, not added",
            "The field is sent and not remembered, because it will not come again or would push others out \
             of the table. The next time it costs its octets again.",
            "RFC 7541 §6.2.2",
        ),
        Form::NeverIndexed => Explanation::new(
            "literal, never added",
            "As one that is not added, and no proxy may add it either. It is for secrets such as short \
             passwords, which the size of compressed fields could betray.",
            "RFC 7541 §6.2.3",
        ),
    }
}
