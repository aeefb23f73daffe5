//! HTTP/2 streams put together to exchanges (RFC 9113 §8.1), and the connection that carries them.

mod floods;
mod flow;
mod pings;
mod priority;
mod push;
mod settings;
mod states;
mod stream;
mod told;
mod watch;
mod windows;

use foldhash::fast::RandomState;
use hashbrown::HashMap;
use tapline_decode::Anomaly;
use tapline_decode::http2::{Frame, HeaderBlock, Message, Payload};
use tapline_reassembly::Origin;

use crate::body::{Body, Room};
use crate::grpc::flavor;
use crate::http1::UpgradedRequest;
use crate::limits::{BODIES_DECODED_MAX, STREAMS_MAX};
use crate::stall::Pulse;
use crate::story::Moment;
use crate::{Event, Grpc, HeadFacts, Http2Frame, Options, Sender, text};
pub use pings::PingTimes;
pub use priority::{OutOfOrder, PriorityFollowed, PriorityScheme, StreamPriority, Urgency};
pub use push::PushCounts;
pub use settings::{SettingValues, SettingsSent};
pub use states::{Closed, StreamState};
use stream::{Stream, new_part, tell};
pub use told::{
    FrameEffect, GoAwaySeen, HeaderTotals, Http2Connection, Http2LeftOut, Http2Side, StandstillTotals,
};
use watch::Watch;
pub use windows::{Levels, Which};

const END_STREAM: u8 = 0x1;

/// The streams of one connection.
#[derive(Default)]
pub(crate) struct Http2 {
    streams: HashMap<u32, Stream, RandomState>,
    /// The block that CONTINUATION frames go on with: its stream, and what it promises.
    open_block: Option<(u32, Option<u32>)>,
    requests: u64,
    host: Option<String>,
    /// The stream of the first request.
    first_stream: Option<u32>,
    /// The newest stream that there was no room to follow.
    left_out: Option<u32>,
    /// What was wrong with bodies, until it is taken.
    faults: Vec<(Sender, Anomaly)>,
    /// Of some stream's body more is wanted than its size.
    hears: bool,
    /// The connection as a whole, until it is closed.
    watch: Option<Box<Watch>>,
    /// Frames may have been missing before anything of the connection was seen.
    lost: bool,
}

impl Http2 {
    pub(crate) fn requests(&self) -> u64 {
        self.requests
    }

    /// The stream of the first request.
    pub(crate) fn first_stream(&self) -> Option<u32> {
        self.first_stream
    }

    /// A stream that there was no room to follow, said once.
    pub(crate) fn take_left_out(&mut self) -> Option<u32> {
        self.left_out.take()
    }

    /// The authority of the first request.
    pub(crate) fn host(&self) -> Option<&str> {
        self.host.as_deref()
    }

    /// The request of an upgrade is stream 1, half-closed (RFC 7540 §3.2).
    pub(crate) fn upgraded(&mut self, request: UpgradedRequest) {
        self.first_stream = Some(1);
        let stream = self.streams.entry(1).or_default();
        stream.request_done = true;
        let exchange = &mut stream.exchange;
        exchange.method = request.method;
        exchange.url = request.url;
        exchange.request = Some(request.part);
    }

    pub(crate) fn see(&mut self, message: Message, pulse: &Pulse, moment: &mut Moment<'_>) {
        let watch = self.watch(moment);
        let frame = match message {
            Message::Preface => return watch.begin(),
            Message::Upgraded(settings) => {
                return watch.upgraded(moment.direction.flip(), &settings, moment.here);
            }
            Message::Frame(frame) => frame,
        };
        let seen = watch.see(&frame, moment);
        if let Some(stream) = self.streams.get_mut(&frame.stream) {
            stream.wait_over(&frame, seen.standstill.as_ref(), pulse, moment);
        }
        self.follow(&frame, moment);
        if let Some(wait) = &seen.slot_wait
            && let Some(stream) = self.streams.get_mut(&frame.stream)
        {
            stream.held_back(wait, moment);
        }
        if moment.options.interests.http2_frames {
            moment.events.push(Event::Http2Frame(Box::new(Http2Frame {
                connection: moment.connection.id,
                origin: moment.here,
                first: moment.first,
                from: moment.from,
                frame,
                after: seen.after,
            })));
        }
    }

    /// Frames may be missing.
    pub(crate) fn lose(&mut self) {
        self.lost = true;
        if let Some(watch) = &mut self.watch {
            watch.lose();
        }
    }

    /// What was wrong with the newest frame, by what came before it.
    pub(crate) fn take_anomalies(&mut self) -> Vec<Anomaly> {
        self.watch.as_mut().map(|watch| watch.take_anomalies()).unwrap_or_default()
    }

    /// What a closed connection is still asked for.
    pub(crate) fn remember(&mut self) -> Self {
        Self { requests: self.requests, host: self.host.take(), ..Self::default() }
    }

    /// Octets of content that a side sent on a stream.
    pub(crate) fn body(&mut self, from: Sender, stream: u32, octets: &[u8]) {
        if !self.hears {
            return;
        }
        if let Some(Some(body)) =
            self.streams.get_mut(&stream).and_then(|stream| stream.bodies.get_mut(from.index()))
        {
            body.push(octets);
        }
    }

    /// Octets that a side sent will never come; any of its open bodies may have had them.
    pub(crate) fn gap(&mut self, from: Sender) {
        for stream in self.streams.values_mut() {
            if let Some(Some(body)) = stream.bodies.get_mut(from.index()) {
                body.gap();
            }
        }
    }

    /// What was wrong with bodies that ended.
    pub(crate) fn take_faults(&mut self) -> Vec<(Sender, Anomaly)> {
        std::mem::take(&mut self.faults)
    }

    /// Whether another body may be decoded.
    fn room(&self, options: &Options) -> Room {
        if !options.decode_bodies || self.streams.len() < BODIES_DECODED_MAX {
            return Room::Left;
        }
        let bodies = self.streams.values().flat_map(|stream| stream.bodies.iter().flatten());
        let decoded = bodies.filter(|body| body.decodes()).count();
        if decoded < BODIES_DECODED_MAX { Room::Left } else { Room::Full }
    }

    /// Nothing more will come; by the packet `cut`, where one ended the connection.
    pub(crate) fn close(&mut self, cut: Option<Origin>, moment: &mut Moment<'_>) {
        let mut open: Vec<_> = self.streams.drain().collect();
        open.sort_unstable_by_key(|&(id, _)| id);
        let server = if moment.from == Sender::Server { moment.direction } else { moment.direction.flip() };
        for (id, mut stream) in open {
            let shut = self.watch.as_ref().and_then(|watch| watch.waiting(server, id));
            if let (Some(standstill), Some(cut)) = (shut, cut) {
                stream.never_opened(&standstill, cut);
            }
            self.tell(id, stream, moment);
        }
        if let Some(watch) = self.watch.take()
            && moment.options.interests.http2_connections
        {
            moment.events.push(Event::Http2Connection(Box::new(watch.close())));
        }
    }

    /// The connection as a whole, from its first message on.
    fn watch(&mut self, moment: &Moment<'_>) -> &mut Watch {
        let lost = self.lost;
        self.watch.get_or_insert_with(|| {
            let mut watch = Box::new(Watch::new(moment.connection, moment.first));
            if lost {
                watch.lose();
            }
            watch
        })
    }

    fn follow(&mut self, frame: &Frame, moment: &mut Moment<'_>) {
        match &frame.payload {
            Payload::Data { content_length, .. } => self.data(frame, *content_length, moment),
            Payload::Headers { block, .. } => self.block(frame.stream, None, block.as_deref(), moment),
            Payload::PushPromise { promised_stream, block, .. } => {
                self.block(frame.stream, Some(*promised_stream), block.as_deref(), moment);
            }
            Payload::Continuation { block, .. } => {
                if let Some((stream, promised)) = self.open_block {
                    self.block(stream, promised, block.as_deref(), moment);
                }
            }
            Payload::RstStream { error } => {
                if let Some(mut stream) = self.streams.remove(&frame.stream) {
                    stream.exchange.reset = Some(*error);
                    stream.exchange.cut = Some(moment.here);
                    self.tell(frame.stream, stream, moment);
                }
            }
            _ => {}
        }
    }

    fn block(
        &mut self,
        id: u32,
        promised: Option<u32>,
        block: Option<&HeaderBlock>,
        moment: &mut Moment<'_>,
    ) {
        let Some(block) = block else {
            self.open_block = Some((id, promised));
            return;
        };
        self.open_block = None;
        if let Some(promised) = promised {
            self.request(promised, block, true, moment);
            if let Some(stream) = self.streams.get_mut(&promised) {
                stream.exchange.promised_on = Some(id);
            }
        } else if block.fields.get(":method").is_some() {
            self.request(id, block, false, moment);
        } else {
            self.response_or_trailers(id, block, moment);
        }
        if promised.is_none() && block.end_stream {
            self.end_stream(id, moment);
        }
    }

    fn request(&mut self, id: u32, block: &HeaderBlock, pushed: bool, moment: &mut Moment<'_>) {
        let fields = &block.fields;
        self.requests += 1;
        self.first_stream.get_or_insert(id);
        let authority = fields.get(":authority").or_else(|| fields.get("host"));
        if self.host.is_none() {
            self.host = authority.map(text::text);
        }
        let room = self.room(moment.options);
        let Some(stream) = self.open(id) else { return };
        moment.heads.hold(&mut stream.held, block);
        let flavor = if block.end_stream { None } else { flavor(fields) };
        let [body, _] = &mut stream.bodies;
        *body = Body::wanted(fields, flavor, room, moment.options);
        stream.request_done = pushed;
        let exchange = &mut stream.exchange;
        exchange.method = fields.get(":method").map(text::method);
        exchange.url = url(fields.get(":scheme"), authority, fields.get(":path"));
        exchange.pushed = pushed;
        exchange.request = Some(new_part(block, moment));
        exchange.facts = HeadFacts::of_request(fields);
        exchange.grpc = Grpc::of_request(flavor, fields.get(":path"), fields);
        self.hears |= body.is_some();
    }

    fn response_or_trailers(&mut self, id: u32, block: &HeaderBlock, moment: &mut Moment<'_>) {
        let fields = &block.fields;
        let status = fields.get(":status").and_then(|status| std::str::from_utf8(status).ok()?.parse().ok());
        let room = self.room(moment.options);
        let Some(stream) = self.open(id) else { return };
        moment.heads.hold(&mut stream.held, block);
        let exchange = &mut stream.exchange;
        match status {
            Some(100..200) => stream.interim = Some(moment.here),
            Some(status) => {
                exchange.status = Some(status);
                exchange.content_type = fields.get("content-type").map(text::text);
                exchange.response = Some(new_part(block, moment));
                exchange.facts = exchange.facts.and(HeadFacts::of_response(fields));
                self.hears |= stream.respond(block, room, moment);
            }
            None => {
                if let Some(grpc) = &mut exchange.grpc {
                    grpc.conclude(fields);
                }
                let from_client = exchange.response.is_none() && exchange.request.is_some();
                let part = if from_client { &mut exchange.request } else { &mut exchange.response };
                if let Some(part) = part {
                    part.last = moment.here;
                    part.header_bytes += u64::from(block.wire_bytes);
                    part.header_bytes_decoded += u64::from(block.decoded_bytes);
                    if moment.options.interests.headers {
                        part.headers.append(fields);
                    }
                }
            }
        }
    }

    fn data(&mut self, frame: &Frame, content_length: u32, moment: &mut Moment<'_>) {
        if let Some(stream) = self.streams.get_mut(&frame.stream)
            && let Some(part) = stream.half(moment)
        {
            part.last = moment.here;
            part.body_bytes += u64::from(content_length);
        }
        if frame.flags & END_STREAM != 0 {
            self.end_stream(frame.stream, moment);
        }
    }

    fn end_stream(&mut self, id: u32, moment: &mut Moment<'_>) {
        let Some(stream) = self.streams.get_mut(&id) else { return };
        if moment.from == Sender::Client {
            stream.request_done = true;
        } else {
            stream.response_done = true;
        }
        if (stream.request_done || stream.exchange.request.is_none())
            && stream.response_done
            && let Some(stream) = self.streams.remove(&id)
        {
            self.tell(id, stream, moment);
        }
    }

    fn tell(&mut self, id: u32, mut stream: Stream, moment: &mut Moment<'_>) {
        self.faults.extend(stream.end_bodies());
        self.hears &= !self.streams.is_empty();
        tell(id, stream, moment);
    }

    fn open(&mut self, id: u32) -> Option<&mut Stream> {
        if self.streams.len() >= STREAMS_MAX && !self.streams.contains_key(&id) {
            self.left_out = Some(id);
            return None;
        }
        Some(self.streams.entry(id).or_default())
    }
}

/// What a request is for, as far as its pseudo-fields tell (RFC 9113 §8.3.1).
fn url(scheme: Option<&[u8]>, authority: Option<&[u8]>, path: Option<&[u8]>) -> Option<String> {
    match (scheme, authority, path) {
        (Some(scheme), Some(authority), path) => {
            let parts = [scheme, b"://", authority, path.unwrap_or_default()].map(text::shown);
            Some(parts.concat())
        }
        (None, Some(authority), None) => Some(text::text(authority)),
        (_, _, path) => path.map(text::text),
    }
}
