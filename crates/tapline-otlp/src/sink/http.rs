//! OTLP/HTTP: protobuf in a POST (OTLP specification, "OTLP/HTTP").

use std::io::{self, Write};
use std::sync::Arc;
use std::time::Duration;

use flate2::write::GzEncoder;
use opentelemetry_proto::tonic::collector::trace::v1::{
    ExportTraceServiceRequest, ExportTraceServiceResponse,
};
use prost::Message;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use ureq::http::{HeaderMap, Response, StatusCode, header};
use ureq::tls::{Certificate, RootCerts, TlsConfig};
use ureq::{Agent, Body};

use super::retry::{Failure, retry};
use super::terms::is_secure;
use super::{Answer, Patience, Sink, SinkError, Terms};
use crate::limits::ANSWER_BYTES_MAX;
use crate::settings::{Compression, Headers, without_credentials};

/// Sends requests to a URL.
#[derive(Debug)]
pub struct Http {
    agent: Agent,
    url: String,
    headers: Headers,
    compression: Compression,
    patience: Patience,
    reached: bool,
}

impl Http {
    /// Sends to this URL, with its whole path.
    pub fn new(url: &str, terms: &Terms) -> Result<Self, SinkError> {
        let Terms { headers, compression, patience, roots } = terms;
        let mut config = Agent::config_builder()
            .http_status_as_error(false)
            // Credentials would go to where nobody sent them.
            .max_redirects(0)
            .max_redirects_will_error(false)
            .proxy(None)
            .user_agent(concat!("tapline/", env!("CARGO_PKG_VERSION")))
            .timeout_resolve(Some(patience.connect))
            .timeout_connect(Some(patience.connect))
            .timeout_global(Some(patience.answer));
        if is_secure(url) {
            let unusable = |why| SinkError::Unusable { endpoint: without_credentials(url), why };
            config = config.tls_config(tls(roots.as_deref()).map_err(unusable)?);
        }
        let (agent, headers) = (config.build().new_agent(), headers.clone());
        let (compression, patience) = (*compression, *patience);
        Ok(Self { agent, url: url.to_owned(), headers, compression, patience, reached: false })
    }
}

/// The roots, and the ciphers of the library that everything else here uses.
fn tls(pem: Option<&[u8]>) -> Result<TlsConfig, String> {
    let roots = match pem {
        None => rustls_native_certs::load_native_certs().certs,
        Some(pem) => CertificateDer::pem_slice_iter(pem)
            .collect::<Result<_, _>>()
            .map_err(|error| error.to_string())?,
    };
    if roots.is_empty() {
        return Err("there are no roots to verify it by: install ca-certificates".to_owned());
    }
    let roots = roots.iter().map(|root| Certificate::from_der(root).to_owned()).collect();
    let ciphers = rustls::crypto::aws_lc_rs::default_provider();
    let config = TlsConfig::builder().unversioned_rustls_crypto_provider(Arc::new(ciphers));
    Ok(config.root_certs(RootCerts::Specific(Arc::new(roots))).build())
}

impl Sink for Http {
    fn send(&mut self, request: &ExportTraceServiceRequest) -> io::Result<Answer> {
        let Self { agent, url, headers, compression, patience, reached } = self;
        let body = match compression {
            Compression::None => request.encode_to_vec(),
            Compression::Gzip => zipped(&request.encode_to_vec())?,
        };
        let attempt = || {
            let mut post = agent.post(&*url).header(header::CONTENT_TYPE, "application/x-protobuf");
            if *compression == Compression::Gzip {
                post = post.header(header::CONTENT_ENCODING, "gzip");
            }
            for (name, value) in &headers.0 {
                post = post.header(name, value);
            }
            post.send(&body[..]).map_err(|error| Failure::of_connection(error.to_string())).and_then(answer)
        };
        Ok(retry(&without_credentials(url), hint(url), patience, reached, attempt)?)
    }
}

fn zipped(octets: &[u8]) -> io::Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(octets)?;
    encoder.finish()
}

/// Where the port is the one of gRPC.
fn hint(url: &str) -> &'static str {
    if url.contains(":4317/") {
        "; port 4317 usually speaks gRPC: OTEL_EXPORTER_OTLP_PROTOCOL=grpc"
    } else {
        ""
    }
}

/// What a status means (OTLP specification, "OTLP/HTTP Response").
fn answer(mut response: Response<Body>) -> Result<Answer, Failure> {
    let status = response.status();
    if status.is_success() {
        // It was taken, whatever is said of it. How much of it was is not known where the answer cannot be read.
        let said = response.body_mut().with_config().limit(ANSWER_BYTES_MAX).read_to_vec();
        let Ok(said) = said else { return Ok(Answer { is_unread: true, ..Answer::default() }) };
        let is_protobuf =
            response.headers().get(header::CONTENT_TYPE).is_some_and(|kind| kind == "application/x-protobuf");
        let said = is_protobuf.then(|| ExportTraceServiceResponse::decode(&said[..]).ok()).flatten();
        return Ok(said.unwrap_or_default().into());
    }
    let why = status.to_string();
    Err(match status {
        StatusCode::TOO_MANY_REQUESTS
        | StatusCode::BAD_GATEWAY
        | StatusCode::SERVICE_UNAVAILABLE
        | StatusCode::GATEWAY_TIMEOUT => Failure::Busy(why, retry_after(response.headers())),
        StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => {
            Failure::Final(why, "give credentials with OTEL_EXPORTER_OTLP_HEADERS=authorization=…")
        }
        StatusCode::NOT_FOUND | StatusCode::METHOD_NOT_ALLOWED => {
            Failure::Final(why, "its traces are at another path, usually /v1/traces: name the whole URL")
        }
        StatusCode::PAYLOAD_TOO_LARGE => Failure::Final(why, "let it take requests of 2 MiB"),
        _ if status.is_redirection() => Failure::Final(why, "name the URL that it redirects to"),
        _ => Failure::Final(why, "look at its log"),
    })
}

/// How long it asks to wait (RFC 9110 §10.2.3): seconds, or a date.
fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let value = headers.get(header::RETRY_AFTER)?.to_str().ok()?.trim();
    if let Ok(seconds) = value.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let date = jiff::fmt::rfc2822::parse(value).ok()?.timestamp();
    Some(Duration::try_from(date.duration_since(jiff::Timestamp::now())).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wait_is_seconds_or_a_date() {
        let check = |value: String| {
            let mut headers = HeaderMap::new();
            headers.insert(header::RETRY_AFTER, value.parse().unwrap());
            retry_after(&headers)
        };
        assert_eq!(check("7".into()), Some(Duration::from_secs(7)));
        assert_eq!(check("Sun, 06 Nov 1994 08:49:37 GMT".into()), Some(Duration::ZERO));
        let soon = jiff::Timestamp::now() + Duration::from_secs(100);
        let date = jiff::fmt::rfc2822::DateTimePrinter::new().timestamp_to_rfc9110_string(&soon).unwrap();
        assert!(check(date).is_some_and(|wait| (95..=100).contains(&wait.as_secs())));
        assert_eq!(check("tomorrow".into()), None);
    }
}
