//! OTLP/gRPC (OTLP specification, "OTLP/gRPC").

use std::io;
use std::time::Duration;

use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::collector::trace::v1::trace_service_client::TraceServiceClient;
use prost::Message;
use tokio::runtime::{Builder, Runtime};
use tonic::codec::CompressionEncoding;
use tonic::metadata::{Ascii, MetadataKey, MetadataMap, MetadataValue};
use tonic::transport::{Certificate, Channel, ClientTlsConfig, Endpoint};
use tonic::{Code, Request, Status};

use super::retry::{Failure, retry};
use super::terms::is_secure;
use super::{Answer, Patience, Sink, SinkError, Terms, said};
use crate::settings::{Compression, Headers, without_credentials};

/// Sends requests to a server.
#[derive(Debug)]
pub struct Grpc {
    /// Runs on the calling thread, while a request is under way.
    runtime: Runtime,
    client: TraceServiceClient<Channel>,
    metadata: MetadataMap,
    endpoint: String,
    patience: Patience,
    reached: bool,
}

impl Grpc {
    /// Sends to the server of this URL.
    pub fn new(endpoint: &str, terms: &Terms) -> Result<Self, SinkError> {
        let Terms { headers, compression, patience, roots } = terms;
        let shown = without_credentials(endpoint);
        let unusable = |why: String| SinkError::Unusable { endpoint: shown.clone(), why };
        let runtime = Builder::new_current_thread().enable_all().build();
        let runtime = runtime.map_err(|error| unusable(error.to_string()))?;
        let mut server = Endpoint::from_shared(endpoint.to_owned())
            .and_then(|server| server.user_agent(concat!("tapline/", env!("CARGO_PKG_VERSION"))))
            .map_err(|error| unusable(reasons(&error)))?
            .connect_timeout(patience.connect);
        if is_secure(endpoint) {
            let tls = match roots {
                None => ClientTlsConfig::new().with_native_roots(),
                Some(pem) => ClientTlsConfig::new().ca_certificate(Certificate::from_pem(pem)),
            };
            server = server.tls_config(tls).map_err(|error| unusable(reasons(&error)))?;
        }
        let client = {
            let _inside = runtime.enter();
            TraceServiceClient::new(server.connect_lazy())
        };
        let client = match compression {
            Compression::None => client,
            Compression::Gzip => client.send_compressed(CompressionEncoding::Gzip),
        };
        let metadata = metadata(headers).map_err(unusable)?;
        Ok(Self { runtime, client, metadata, endpoint: shown, patience: *patience, reached: false })
    }
}

fn metadata(headers: &Headers) -> Result<MetadataMap, String> {
    let mut metadata = MetadataMap::new();
    for (name, value) in &headers.0 {
        let key: Option<MetadataKey<Ascii>> = name.parse().ok();
        let value: Option<MetadataValue<Ascii>> = value.parse().ok();
        let (Some(key), Some(value)) = (key, value) else {
            return Err(format!("the header {name:?} is no metadata of gRPC"));
        };
        metadata.append(key, value);
    }
    Ok(metadata)
}

impl Sink for Grpc {
    fn send(&mut self, request: &ExportTraceServiceRequest) -> io::Result<Answer> {
        let Self { runtime, client, metadata, endpoint, patience, reached } = self;
        let attempt = || {
            let mut call = Request::new(request.clone());
            *call.metadata_mut() = metadata.clone();
            let export = async { tokio::time::timeout(patience.answer, client.export(call)).await };
            match runtime.block_on(export) {
                Ok(Ok(answer)) => Ok(answer.into_inner().into()),
                Ok(Err(status)) => Err(failure(&status)),
                Err(_) => {
                    Err(Failure::Unreachable(format!("no answer in {} ms", patience.answer.as_millis())))
                }
            }
        };
        Ok(retry(endpoint, hint(endpoint), patience, reached, attempt)?)
    }
}

/// Where the port is the one of HTTP.
fn hint(endpoint: &str) -> &'static str {
    if endpoint.ends_with(":4318") {
        "; port 4318 usually speaks HTTP: OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf"
    } else {
        ""
    }
}

/// What a status means (OTLP specification, "Failures").
fn failure(status: &Status) -> Failure {
    let said = said(status.message());
    let why =
        if said.is_empty() { format!("{:?}", status.code()) } else { format!("{:?}: {said}", status.code()) };
    let source = std::error::Error::source(status);
    if let Some(error) = source.and_then(|error| error.downcast_ref::<tonic::transport::Error>()) {
        return Failure::of_connection(reasons(error));
    }
    match status.code() {
        Code::Cancelled
        | Code::DeadlineExceeded
        | Code::Aborted
        | Code::OutOfRange
        | Code::Unavailable
        | Code::DataLoss => Failure::Busy(why, retry_delay(status.details())),
        // Only where it says when to come back: else it is full for good.
        Code::ResourceExhausted if retry_delay(status.details()).is_some() => {
            Failure::Busy(why, retry_delay(status.details()))
        }
        Code::Unauthenticated | Code::PermissionDenied => {
            Failure::Final(why, "give credentials with OTEL_EXPORTER_OTLP_HEADERS=authorization=…")
        }
        Code::Unimplemented => Failure::Final(why, "it takes no traces: look at its receivers and pipelines"),
        _ => Failure::Final(why, "look at its log"),
    }
}

/// An error with what caused it: the outermost one only says `transport error`.
fn reasons(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let reason = error.to_string();
        if !text.contains(&reason) {
            text.push_str(": ");
            text.push_str(&reason);
        }
        cause = error.source();
    }
    text
}

/// `google.rpc.Status`, as far as it matters here: what stands beside a status.
#[derive(Clone, PartialEq, Message)]
struct Details {
    #[prost(message, repeated, tag = "3")]
    details: Vec<Any>,
}

/// `google.protobuf.Any`.
#[derive(Clone, PartialEq, Message)]
struct Any {
    #[prost(string, tag = "1")]
    type_url: String,
    #[prost(bytes = "vec", tag = "2")]
    value: Vec<u8>,
}

/// `google.rpc.RetryInfo`.
#[derive(Clone, PartialEq, Message)]
struct RetryInfo {
    #[prost(message, optional, tag = "1")]
    retry_delay: Option<Delay>,
}

/// `google.protobuf.Duration`.
#[derive(Clone, PartialEq, Message)]
struct Delay {
    #[prost(int64, tag = "1")]
    seconds: i64,
    #[prost(int32, tag = "2")]
    nanos: i32,
}

/// How long a server asks to wait.
fn retry_delay(details: &[u8]) -> Option<Duration> {
    let details = Details::decode(details).ok()?.details;
    let info = details.iter().find(|any| any.type_url.ends_with("/google.rpc.RetryInfo"))?;
    let Delay { seconds, nanos } = RetryInfo::decode(&info.value[..]).ok()?.retry_delay?;
    Some(Duration::new(u64::try_from(seconds).ok()?, u32::try_from(nanos).ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn details(type_url: &str, seconds: i64) -> Vec<u8> {
        let info = RetryInfo { retry_delay: Some(Delay { seconds, nanos: 5 }) };
        let any = Any { type_url: type_url.to_owned(), value: info.encode_to_vec() };
        Details { details: vec![any] }.encode_to_vec()
    }

    #[test]
    fn a_server_says_how_long_to_wait() {
        let of = |seconds| retry_delay(&details("type.googleapis.com/google.rpc.RetryInfo", seconds));
        assert_eq!(of(3), Some(Duration::new(3, 5)));
        assert_eq!(of(-3), None);
        assert_eq!(retry_delay(&details("type.googleapis.com/google.rpc.Help", 3)), None);
        assert_eq!(retry_delay(b"\xff\xff"), None);
    }

    #[test]
    fn who_is_full_is_asked_again_only_where_he_says_when() {
        let full = |details: Vec<u8>| Status::with_details(Code::ResourceExhausted, "full", details.into());
        assert!(matches!(failure(&full(Vec::new())), Failure::Final(..)));
        let known = full(details("type.googleapis.com/google.rpc.RetryInfo", 1));
        assert!(matches!(failure(&known), Failure::Busy(_, Some(_))));
    }
}
