//! TCP segments by their control bits.

use tapline_analysis::Flags;

use super::Explanation;

/// A segment by its control bits; the most telling ones first.
pub(crate) fn tcp_segment(flags: Flags) -> Explanation {
    let syn = flags.has(Flags::SYN);
    if flags.has(Flags::RST) {
        rst()
    } else if syn && flags.has(Flags::FIN) {
        syn_and_fin()
    } else if syn && flags.has(Flags::ACK) {
        syn_ack()
    } else if syn {
        the_syn()
    } else if flags.has(Flags::FIN) {
        fin()
    } else if flags.has(Flags::URG) {
        urgent()
    } else if flags.has(Flags::PSH) {
        push()
    } else if flags.has(Flags::ACK) {
        ack()
    } else {
        no_bits()
    }
}

fn rst() -> Explanation {
    Explanation::new(
        "RST",
        "The sender knows no such connection, or gives it up: the receiver has to forget it at once. Data on \
         its way may be lost, and nothing answers a RST.",
        "RFC 9293 §3.5.2",
    )
}

fn syn_and_fin() -> Explanation {
    Explanation::new(
        "SYN and FIN",
        "A segment that opens and closes at once. No TCP sends it: scanners do, to see how a host or a \
         firewall takes it.",
        "RFC 9293 §3.1",
    )
}

fn syn_ack() -> Explanation {
    Explanation::new(
        "SYN-ACK",
        "The server's answer to a SYN: it agrees, tells where its own numbers begin, and which options it \
         takes. SYN to SYN-ACK is one round trip between capture point and server.",
        "RFC 9293 §3.5",
    )
}

fn the_syn() -> Explanation {
    Explanation::new(
        "SYN",
        "The client asks for a connection: it tells where its numbers begin, and offers options (segment \
         size, window scale, SACK, timestamps) that can be agreed only now. If it is lost, it is repeated \
         after about a second.",
        "RFC 9293 §3.5",
    )
}

fn fin() -> Explanation {
    Explanation::new(
        "FIN",
        "The sender has nothing left to send and closes its direction; what it sent before still arrives. \
         The other side may go on sending until it closes too.",
        "RFC 9293 §3.6",
    )
}

fn urgent() -> Explanation {
    Explanation::new(
        "URG",
        "A part of the data is marked as urgent. New applications are not to use it, and middleboxes may \
         clear it; telnet and a few old protocols still send it.",
        "RFC 9293 §3.8.5",
    )
}

fn push() -> Explanation {
    Explanation::new(
        "data with PSH",
        "Octets of the stream that the receiver should hand to its application at once: the sender has \
         written all that it has for now. A segment with PSH often ends a request or an answer.",
        "RFC 9293 §3.9.1",
    )
}

fn ack() -> Explanation {
    Explanation::new(
        "ACK",
        "It says which octet its sender expects next and how much room it has. With a length it carries data \
         as well; without one it is the answer to data, and may be delayed for up to half a second.",
        "RFC 9293 §3.4",
    )
}

fn no_bits() -> Explanation {
    Explanation::new(
        "no control bits",
        "A segment without ACK or any other bit. After the first SYN every segment has ACK, so a scanner or \
         damage made this one.",
        "RFC 9293 §3.10.7",
    )
}
