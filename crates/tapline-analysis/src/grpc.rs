//! gRPC calls: what an exchange says of one.

use tapline_decode::grpc::{self, Flavor, Messages};
use tapline_decode::{Fields, percent};

use crate::{MessageKind, text};

/// A gRPC call.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Grpc {
    /// What its bodies are; `None` where only the response says so and was not seen.
    pub flavor: Option<Flavor>,
    /// The service, with its package.
    pub service: Option<String>,
    /// The method.
    pub method: Option<String>,
    /// How long the client waits, nanoseconds (`grpc-timeout`).
    pub timeout_ns: Option<u64>,
    /// The client's messages.
    pub request: Option<GrpcMessages>,
    /// The server's messages.
    pub response: Option<GrpcMessages>,
    /// `grpc-status`.
    pub status: Option<u32>,
    /// `grpc-message`, its percent-encoding undone.
    pub message: Option<String>,
    /// Whether the status came in the fields that begin the response, without a body.
    pub trailers_only: bool,
}

/// The messages of one side of a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GrpcMessages {
    /// How many.
    pub count: u64,
    /// Those of them that are compressed.
    pub compressed: u64,
    /// Their octets, prefixes not counted.
    pub bytes: u64,
    /// Their lengths in order, at most [`tapline_decode::limits::GRPC_LENGTHS_KEPT_MAX`].
    pub lengths: Vec<u32>,
    /// Whether none was missed.
    pub exact: bool,
}

impl Grpc {
    /// The call that a request begins, if it is one.
    pub(crate) fn of_request(
        flavor: Option<Flavor>,
        path: Option<&[u8]>,
        fields: &Fields,
    ) -> Option<Box<Self>> {
        let flavor = flavor?;
        let (service, method) = path.and_then(grpc::service_and_method).unzip();
        Some(Box::new(Self {
            flavor: Some(flavor),
            service: service.map(text::text),
            method: method.map(text::text),
            timeout_ns: fields.get("grpc-timeout").and_then(grpc::timeout_ns),
            ..Self::default()
        }))
    }

    /// The fields that begin the response; `is_all` where they end it too.
    pub(crate) fn respond(&mut self, fields: &Fields, is_all: bool) {
        self.flavor = self.flavor.or_else(|| flavor(fields));
        self.trailers_only = is_all && fields.get("grpc-status").is_some();
        self.conclude(fields);
    }

    /// The trailers.
    pub(crate) fn conclude(&mut self, trailers: &Fields) {
        if let Some(status) = trailers.get("grpc-status") {
            self.status = grpc::status(status);
        }
        if let Some(message) = trailers.get("grpc-message").filter(|message| !message.is_empty()) {
            self.message = Some(text::text(&percent::decoded(message)));
        }
    }

    /// The messages of a body; the response's may end with the trailers.
    pub(crate) fn body(&mut self, kind: MessageKind, messages: Option<&Messages>) {
        let counted = messages.and_then(counted);
        match kind {
            MessageKind::Request => self.request = counted,
            MessageKind::Response => {
                self.response = counted;
                if let Some(trailers) = messages.and_then(Messages::trailers) {
                    self.conclude(&trailers);
                }
            }
        }
    }
}

/// What a body is by the content type of its fields.
pub(crate) fn flavor(fields: &Fields) -> Option<Flavor> {
    Flavor::of(fields.get("content-type")?)
}

/// What was counted; `None` where nothing could be.
fn counted(messages: &Messages) -> Option<GrpcMessages> {
    let exact = messages.is_exact();
    (exact || messages.count > 0).then(|| GrpcMessages {
        count: messages.count,
        compressed: messages.compressed,
        bytes: messages.bytes,
        lengths: messages.lengths.clone(),
        exact,
    })
}
