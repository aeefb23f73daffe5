//! HTTP/2 frames in words.

use tapline_analysis::decode::http2::{Frame, HeaderBlock, Message, Payload, Setting, SettingId};
use tapline_analysis::human;

use super::{Mood, Words, safe};

pub(super) fn words(message: &Message) -> Words {
    match message {
        Message::Preface => Words::new("connection preface"),
        Message::Upgraded(_) => Words::new("upgraded to HTTP/2"),
        Message::Frame(frame) => of_frame(frame),
    }
}

fn of_frame(frame: &Frame) -> Words {
    let kind = frame.kind;
    let name = if frame.stream == 0 { kind.to_string() } else { format!("{kind}[{}]", frame.stream) };
    let words = match &frame.payload {
        Payload::Data { .. } => {
            let end = if frame.flags & END_STREAM != 0 { "END_STREAM" } else { "" };
            return Words::new(name).detail(end).octets(frame.length.into()).run("DATA", frame.stream);
        }
        Payload::Headers { block: Some(block), .. }
        | Payload::Continuation { block: Some(block), .. }
        | Payload::PushPromise { block: Some(block), .. } => of_block(&name, block),
        Payload::RstStream { error } => Words::new(format!("{name} {error}")).mood(Mood::Odd),
        Payload::GoAway { error, last_stream, .. } => {
            let mood = if error.0 == 0 { Mood::Fine } else { Mood::Bad };
            Words::new(format!("{name} {error}")).detail(format!("last stream {last_stream}")).mood(mood)
        }
        Payload::Settings(_) if frame.flags & ACK != 0 => Words::new(format!("{name} ACK")),
        Payload::Settings(settings) => Words::new(name).detail(of_settings(settings)),
        Payload::Ping(_) => Words::new(if frame.flags & ACK != 0 { format!("{name} ACK") } else { name }),
        Payload::WindowUpdate { increment } => {
            let words = Words::new(name).detail(format!("+{}", human::bytes((*increment).into())));
            return words.octets(frame.length.into()).run("WINDOW_UPDATE", frame.stream);
        }
        Payload::PriorityUpdate { prioritized_stream, value } => {
            Words::new(format!("{name}[{prioritized_stream}]")).detail(safe(value))
        }
        Payload::Malformed(_) => Words::new(format!("{name}, malformed")).mood(Mood::Odd),
        _ => Words::new(name),
    };
    words.octets(frame.length.into())
}

const END_STREAM: u8 = 0x1;
const ACK: u8 = 0x1;

/// `HEADERS[1] GET /`, `HEADERS[1] 200`.
fn of_block(name: &str, block: &HeaderBlock) -> Words {
    let field = |name: &str| block.fields.get(name).map(safe);
    let status = field(":status");
    let mood = match status.as_deref().and_then(|status| status.parse().ok()) {
        Some(400_u16..) => Mood::Bad,
        _ => Mood::Fine,
    };
    let (label, detail) = match (field(":method"), status) {
        (Some(method), _) => {
            let path = field(":path").unwrap_or_default();
            (format!("{name} {method} {path}"), field(":authority"))
        }
        (None, Some(status)) => (format!("{name} {status}"), field("content-type")),
        (None, None) => (format!("{name} trailers"), None),
    };
    Words::new(label).detail(detail.unwrap_or_default()).mood(mood)
}

fn of_settings(settings: &[Setting]) -> String {
    let one = |setting: &Setting| format!("{} {}", SettingId(setting.id), setting.value);
    settings.iter().map(one).collect::<Vec<_>>().join(" · ")
}
