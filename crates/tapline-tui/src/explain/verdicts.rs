//! What is odd about a segment, by tshark's names.

use tapline_analysis::Flag;

use super::Explanation;

/// A verdict on a segment.
pub(crate) fn verdict(flag: Flag) -> Explanation {
    match flag {
        Flag::Retransmission => Explanation::new(
            "retransmission",
            "Octets that were sent before are sent again: their sender took them for lost, mostly because \
             its timer ran out. Such a wait costs 200 ms on most systems, and doubles with each attempt.",
            "RFC 6298 §5",
        ),
        Flag::FastRetransmission => Explanation::new(
            "fast retransmission",
            "Duplicate ACKs told the sender that a segment is missing, and it sent that again without \
             waiting for its timer. The repair costs about one round trip, and the sender slows down.",
            "RFC 5681 §3.2",
        ),
        Flag::SpuriousRetransmission => Explanation::new(
            "spurious retransmission",
            "Octets that the other side had acknowledged already are sent again: the ACK was lost or late, \
             or the timer too short. It wastes bandwidth, and the sender slows down without need.",
            "RFC 5682 §1",
        ),
        Flag::OutOfOrder => Explanation::new(
            "out of order",
            "A segment that comes after later ones, but too soon to have been sent again: packets overtook \
             one another. Where it causes three duplicate ACKs, the sender takes it for a loss and slows \
             down.",
            "RFC 5681 §3.2",
        ),
        Flag::DuplicateAck => Explanation::new(
            "duplicate ACK",
            "An ACK that repeats the one before it: something arrived, but not the octet that was expected \
             next. Three of them make the sender repeat the missing segment at once.",
            "RFC 5681 §2",
        ),
        Flag::LostSegment => Explanation::new(
            "previous segment not seen",
            "Octets before this segment were not seen. Either they were lost on their way here, and come \
             again later, or the capture missed them, and the receiver acknowledges them all the same.",
            "RFC 9293 §3.4",
        ),
        Flag::AckLostSegment => Explanation::new(
            "ACK for what was not seen",
            "An ACK for octets that this capture does not have. They did reach the receiver: the capture \
             dropped packets, or they took a way around it.",
            "RFC 9293 §3.4",
        ),
        Flag::ZeroWindow => Explanation::new(
            "zero window",
            "The sender of this segment has no room for more data, because its application does not read. \
             The other side must stop until a window update comes.",
            "RFC 9293 §3.8.6",
        ),
        Flag::ZeroWindowProbe => Explanation::new(
            "zero-window probe",
            "One octet that is sent into a closed window to learn whether it has opened. The update that \
             opens it may be lost, and without probes both sides would wait for ever; the pauses between \
             them grow.",
            "RFC 9293 §3.8.6.1",
        ),
        Flag::ZeroWindowProbeAck => Explanation::new(
            "answer to a zero-window probe",
            "The receiver is there and still has no room. As long as such answers come the connection stays \
             open, and nothing is transferred.",
            "RFC 9293 §3.8.6.1",
        ),
        Flag::WindowFull => Explanation::new(
            "window full",
            "This segment ends exactly where the receiver's window ends: nothing more may be sent until an \
             ACK moves the window. Where it recurs, the receiver's buffer is too small for this path, or is \
             not being read.",
            "RFC 9293 §3.8.6",
        ),
        Flag::WindowUpdate => Explanation::new(
            "window update",
            "An ACK that changes nothing but the window: the application took data from the buffer, and \
             there is room again. After a zero window it ends the stall.",
            "RFC 9293 §3.8.6.2.2",
        ),
        Flag::KeepAlive => Explanation::new(
            "keep-alive",
            "A segment just before the next octet, empty or with one octet, that asks whether the other side \
             is still there. It is sent on an idle connection where an application asked for it, and holds \
             nothing up.",
            "RFC 9293 §3.8.4",
        ),
        Flag::KeepAliveAck => Explanation::new(
            "answer to a keep-alive",
            "The other side is still there and knows the connection. The exchange also keeps firewalls and \
             address translators from forgetting it.",
            "RFC 9293 §3.8.4",
        ),
        Flag::ReusedPorts => Explanation::new(
            "reused ports",
            "A SYN with the addresses and ports of an earlier connection: a new one begins. A client that \
             opens very many connections runs out of ports, and a server that still remembers the old one \
             may refuse or ignore it.",
            "RFC 9293 §3.6.1",
        ),
    }
}
