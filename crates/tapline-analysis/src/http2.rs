//! HTTP/2 streams put together to exchanges (RFC 9113 §8.1).

use foldhash::fast::RandomState;
use hashbrown::HashMap;
use tapline_decode::Anomaly;
use tapline_decode::http2::{ErrorCode, Frame, HeaderBlock, Message, Payload};

use crate::body::{Body, Room};
use crate::event::header_list;
use crate::grpc::flavor;
use crate::http1::{UpgradedRequest, timings};
use crate::limits::{BODIES_DECODED_MAX, STREAMS_MAX};
use crate::story::Moment;
use crate::{Event, Exchange, Grpc, Http2Frame, MessageKind, MessagePart, Options, Sender, text};

const END_STREAM: u8 = 0x1;

/// The streams of one connection.
#[derive(Default)]
pub(crate) struct Http2 {
    streams: HashMap<u32, Box<Stream>, RandomState>,
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
}

/// A stream with a request, a response, or both.
#[derive(Default)]
struct Stream {
    method: Option<String>,
    url: Option<String>,
    status: Option<u16>,
    content_type: Option<String>,
    request: Option<MessagePart>,
    response: Option<MessagePart>,
    request_done: bool,
    response_done: bool,
    pushed: bool,
    reset: Option<ErrorCode>,
    grpc: Option<Box<Grpc>>,
    /// What is wanted of the bodies of client and server.
    bodies: [Option<Box<Body>>; 2],
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
        stream.method = request.method;
        stream.url = request.url;
        stream.request = Some(request.part);
        stream.request_done = true;
    }

    pub(crate) fn see(&mut self, message: Message, moment: &mut Moment<'_>) {
        let Message::Frame(frame) = message else { return };
        self.follow(&frame, moment);
        if moment.options.interests.http2_frames {
            moment.events.push(Event::Http2Frame(Box::new(Http2Frame {
                connection: moment.connection.id,
                origin: moment.here,
                first: moment.first,
                from: moment.from,
                frame,
            })));
        }
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

    /// Nothing more will come.
    pub(crate) fn close(&mut self, moment: &mut Moment<'_>) {
        let mut open: Vec<_> = self.streams.drain().collect();
        open.sort_unstable_by_key(|&(id, _)| id);
        for (id, stream) in open {
            self.tell(id, *stream, moment);
        }
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
                    stream.reset = Some(*error);
                    self.tell(frame.stream, *stream, moment);
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
        self.requests += 1;
        self.first_stream.get_or_insert(id);
        let field = |name| block.fields.get(name).map(text::text);
        let authority = field(":authority").or_else(|| field("host"));
        if self.host.is_none() {
            self.host.clone_from(&authority);
        }
        let room = self.room(moment.options);
        let Some(stream) = self.open(id) else { return };
        stream.method = field(":method");
        stream.url = match (field(":scheme"), authority, field(":path")) {
            (Some(scheme), Some(authority), path) => {
                Some(format!("{scheme}://{authority}{}", path.unwrap_or_default()))
            }
            (None, Some(authority), None) => Some(authority),
            (_, _, path) => path,
        };
        stream.pushed = pushed;
        stream.request_done = pushed;
        stream.request = Some(new_part(block, moment));
        let flavor = if block.end_stream { None } else { flavor(&block.fields) };
        stream.grpc = Grpc::of_request(flavor, block.fields.get(":path"), &block.fields);
        let [body, _] = &mut stream.bodies;
        *body = Body::wanted(&block.fields, flavor, room, moment.options);
        self.hears |= body.is_some();
    }

    fn response_or_trailers(&mut self, id: u32, block: &HeaderBlock, moment: &mut Moment<'_>) {
        let status =
            block.fields.get(":status").and_then(|status| std::str::from_utf8(status).ok()?.parse().ok());
        let room = self.room(moment.options);
        let Some(stream) = self.open(id) else { return };
        match status {
            Some(100..200) => {}
            Some(status) => {
                stream.status = Some(status);
                stream.content_type = block.fields.get("content-type").map(text::text);
                stream.response = Some(new_part(block, moment));
                self.hears |= stream.respond(block, room, moment);
            }
            None => {
                if let Some(grpc) = &mut stream.grpc {
                    grpc.conclude(&block.fields);
                }
                let from_client = stream.response.is_none() && stream.request.is_some();
                let part = if from_client { &mut stream.request } else { &mut stream.response };
                if let Some(part) = part {
                    part.last = moment.here;
                    part.header_bytes += u64::from(block.wire_bytes);
                    part.header_bytes_decoded += u64::from(block.decoded_bytes);
                    if moment.options.interests.headers {
                        part.headers.extend(header_list(&block.fields));
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
        if moment.from == crate::Sender::Client {
            stream.request_done = true;
        } else {
            stream.response_done = true;
        }
        if (stream.request_done || stream.request.is_none())
            && stream.response_done
            && let Some(stream) = self.streams.remove(&id)
        {
            self.tell(id, *stream, moment);
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

impl Stream {
    /// A final response begins; whether more is wanted of its body than its size.
    fn respond(&mut self, block: &HeaderBlock, room: Room, moment: &Moment<'_>) -> bool {
        let flavor = flavor(&block.fields);
        if flavor.is_some() && self.request.is_none() {
            self.grpc.get_or_insert_default();
        }
        if let Some(grpc) = &mut self.grpc {
            grpc.respond(&block.fields, block.end_stream);
        }
        let [_, body] = &mut self.bodies;
        *body = Body::wanted(&block.fields, flavor, room, moment.options);
        body.is_some()
    }

    /// The bodies are over: what came of them; gives what was wrong with them.
    fn end_bodies(&mut self) -> Vec<(Sender, Anomaly)> {
        let mut faults = Vec::new();
        let Self { bodies: [client, server], request, response, grpc, .. } = self;
        for (from, kind, body, part, complete) in [
            (Sender::Client, MessageKind::Request, client, request, self.request_done),
            (Sender::Server, MessageKind::Response, server, response, self.response_done),
        ] {
            let Some(outcome) = body.take().map(|body| body.end(complete)) else { continue };
            if let Some(grpc) = grpc {
                grpc.body(kind, outcome.messages.as_ref());
            }
            if let Some(part) = part {
                part.body_sha256 = outcome.sha256;
                part.body_bytes_decoded = outcome.decoded_bytes;
            }
            faults.extend(outcome.faults.into_iter().map(|fault| (from, fault)));
        }
        faults
    }

    /// The half that the sender of the moment sends.
    fn half(&mut self, moment: &Moment<'_>) -> Option<&mut MessagePart> {
        match moment.from {
            crate::Sender::Client => self.request.as_mut(),
            crate::Sender::Server => self.response.as_mut(),
        }
    }
}

fn new_part(block: &HeaderBlock, moment: &Moment<'_>) -> MessagePart {
    MessagePart {
        first: moment.first,
        last: moment.here,
        headers: if moment.options.interests.headers { header_list(&block.fields) } else { Vec::new() },
        header_bytes: u64::from(block.wire_bytes),
        header_bytes_decoded: u64::from(block.decoded_bytes),
        body_bytes: 0,
        content_encoding: block.fields.get("content-encoding").map(text::text),
        body_bytes_decoded: None,
        body_sha256: None,
        complete: false,
    }
}

fn tell(id: u32, mut stream: Stream, moment: &mut Moment<'_>) {
    // A stream of which only PRIORITY or a broken block was seen is no exchange.
    if !moment.options.interests.exchanges || (stream.request.is_none() && stream.response.is_none()) {
        return;
    }
    let (request_done, response_done) = (stream.request_done, stream.response_done);
    for (part, done) in [(&mut stream.request, request_done), (&mut stream.response, response_done)] {
        if let Some(part) = part {
            part.complete = done;
        }
    }
    moment.events.push(Event::Exchange(Box::new(Exchange {
        connection: moment.connection.id,
        stream: Some(id),
        version: "2",
        timings: timings(stream.request.as_ref(), stream.response.as_ref()),
        complete: stream.request_done
            && stream.response_done
            && stream.request.is_some()
            && stream.reset.is_none(),
        method: stream.method,
        url: stream.url,
        status: stream.status,
        content_type: stream.content_type,
        grpc: stream.grpc,
        request: stream.request,
        response: stream.response,
        inferred: false,
        pushed: stream.pushed,
        reset: stream.reset,
    })));
}
