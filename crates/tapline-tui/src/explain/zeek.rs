//! Zeek's `conn_state`.

use tapline_analysis::ConnState;

use super::Explanation;

/// Zeek's code for the life of a connection.
pub(crate) fn zeek_state(state: ConnState) -> Explanation {
    match state {
        ConnState::S0 => Explanation::new(
            "S0",
            "A connection attempt, and no reply. A dropped SYN, a host that is down, or a scan looks like \
             this.",
            "Zeek manual, conn.log",
        ),
        ConnState::S1 => Explanation::new(
            "S1",
            "Established, and not ended within the capture. Unlike SF it has no end, so what it carried may \
             go on.",
            "Zeek manual, conn.log",
        ),
        ConnState::Sf => Explanation::new(
            "SF",
            "Established and ended normally: both sides closed. This is what a healthy connection looks \
             like.",
            "Zeek manual, conn.log",
        ),
        ConnState::Rej => Explanation::new(
            "REJ",
            "The attempt was rejected: the SYN was answered with RST. The port is closed, or a firewall says \
             no.",
            "Zeek manual, conn.log",
        ),
        ConnState::S2 => Explanation::new(
            "S2",
            "Established, the originator (usually the client) closed, and the responder did not answer that. \
             The server's application may have left its socket open.",
            "Zeek manual, conn.log",
        ),
        ConnState::S3 => Explanation::new(
            "S3",
            "Established, the responder (usually the server) closed, and the originator did not answer that. \
             The client's application may have left its socket open.",
            "Zeek manual, conn.log",
        ),
        ConnState::Rsto => Explanation::new(
            "RSTO",
            "Established, then the originator sent RST. A client that aborts, or that closes without reading \
             everything, does this.",
            "Zeek manual, conn.log",
        ),
        ConnState::Rstr => Explanation::new(
            "RSTR",
            "The responder sent RST. A server or proxy that gave up, ran into a time limit or died does \
             this.",
            "Zeek manual, conn.log",
        ),
        ConnState::Rstos0 => Explanation::new(
            "RSTOS0",
            "The originator sent a SYN and then a RST, and no SYN-ACK was seen. A client that gave up, a \
             half-open scan, or a capture of one direction looks like this.",
            "Zeek manual, conn.log",
        ),
        ConnState::Rstrh => Explanation::new(
            "RSTRH",
            "The responder sent a SYN-ACK and then a RST, and no SYN was seen. Either the SYN was not \
             captured, or somebody used a forged address.",
            "Zeek manual, conn.log",
        ),
        ConnState::Sh => Explanation::new(
            "SH",
            "The originator sent a SYN and then a FIN, and no SYN-ACK was seen. Mostly a capture that shows \
             one direction only.",
            "Zeek manual, conn.log",
        ),
        ConnState::Shr => Explanation::new(
            "SHR",
            "The responder sent a SYN-ACK and then a FIN, and no SYN was seen. Mostly a capture that shows \
             one direction only.",
            "Zeek manual, conn.log",
        ),
        ConnState::Oth => Explanation::new(
            "OTH",
            "No SYN: the connection was open before the capture began, and was not closed within it.",
            "Zeek manual, conn.log",
        ),
    }
}
