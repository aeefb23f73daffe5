//! Where traces go and how: what the command line states, else the variables that every OTLP exporter knows
//! (OpenTelemetry Protocol Writer, "Configuration Options").

use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use thiserror::Error;

use crate::limits::ANSWER_WAIT_MAX;
use crate::sink::{Grpc, Http, Sink, SinkError, Terms};

/// How OTLP is spoken.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Protocol {
    /// Protobuf over HTTP/1.1.
    HttpProtobuf,
    /// gRPC.
    Grpc,
}

impl Protocol {
    /// The name as `OTEL_EXPORTER_OTLP_PROTOCOL` has it.
    pub fn name(self) -> &'static str {
        match self {
            Self::HttpProtobuf => "http/protobuf",
            Self::Grpc => "grpc",
        }
    }
}

/// What makes requests smaller on their way.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Compression {
    /// Nothing.
    #[default]
    None,
    /// gzip.
    Gzip,
}

/// What somebody states, which overrules all variables.
#[derive(Clone, Copy, Debug, Default)]
pub struct Stated<'a> {
    /// The collector's URL. Over HTTP, `v1/traces` is appended to its path where it does not end with that.
    pub endpoint: Option<&'a str>,
    /// How it is spoken to.
    pub protocol: Option<Protocol>,
}

/// Fields that go with every request. They may be credentials, so `Debug` shows their names only.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Headers(pub Vec<(String, String)>);

impl fmt::Debug for Headers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.0.iter().map(|(name, _)| name)).finish()
    }
}

/// Where traces go and how.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Settings {
    /// How OTLP is spoken.
    pub protocol: Protocol,
    /// The URL: over HTTP with its path, over gRPC the server's.
    pub endpoint: String,
    /// Fields that go with every request.
    pub headers: Headers,
    /// How long the collector may take to answer.
    pub timeout: Duration,
    /// What makes requests smaller.
    pub compression: Compression,
    /// The file of the roots that vouch for the collector, PEM; `None` for the system's.
    pub certificate: Option<PathBuf>,
    /// The `service.name` that `OTEL_SERVICE_NAME` says.
    pub service_name: Option<String>,
}

/// What is wrong with settings.
#[derive(Clone, PartialEq, Eq, Error, Debug)]
pub enum SettingsError {
    /// No URL of a collector.
    #[error(
        "{value:?} ({source_name}) is no URL of a collector: write http://HOST:PORT or https://HOST:PORT"
    )]
    Endpoint {
        /// Where it was said.
        source_name: &'static str,
        /// What was said.
        value: String,
    },
    /// A protocol that is not spoken.
    #[error("{value:?} ({source_name}) is not spoken: write grpc or http/protobuf")]
    Protocol {
        /// Where it was said.
        source_name: &'static str,
        /// What was said.
        value: String,
    },
    /// A compression that is not spoken.
    #[error("{value:?} ({source_name}) is not known: write gzip or none")]
    Compression {
        /// Where it was said.
        source_name: &'static str,
        /// What was said.
        value: String,
    },
    /// Headers that cannot be read. They may be secret, so they are not repeated.
    #[error("{source_name} cannot be read: write name=value,name=value, values percent-encoded")]
    Headers {
        /// Where they were said.
        source_name: &'static str,
    },
    /// A time that cannot be read.
    #[error("{value:?} ({source_name}) is no time: write milliseconds")]
    Timeout {
        /// Where it was said.
        source_name: &'static str,
        /// What was said.
        value: String,
    },
}

impl Settings {
    /// What is stated, else what `lookup` knows of the variables. A variable that is empty says nothing.
    pub fn read(stated: Stated<'_>, lookup: impl Fn(&str) -> Option<String>) -> Result<Self, SettingsError> {
        let first = |names: [&'static str; 2]| {
            let said = |name| Some((name, lookup(name).filter(|value| !value.trim().is_empty())?));
            names.into_iter().find_map(said)
        };
        let protocol = match (stated.protocol, first(PROTOCOL)) {
            (Some(protocol), _) => protocol,
            (None, Some((source_name, value))) => protocol(source_name, value)?,
            (None, None) => Protocol::HttpProtobuf,
        };
        let (source_name, said) = match (stated.endpoint, first(ENDPOINT)) {
            (Some(url), _) => ("--endpoint", url.to_owned()),
            (None, Some((source_name, url))) => (source_name, url),
            (None, None) => ("the default", default_endpoint(protocol).to_owned()),
        };
        let endpoint = endpoint(protocol, source_name, said.trim())?;
        let headers = first(HEADERS).map_or(Ok(Headers::default()), |(name, text)| headers(name, &text))?;
        let timeout = first(TIMEOUT).map_or(Ok(ANSWER_WAIT_MAX), |(name, text)| timeout(name, text))?;
        let compression =
            first(COMPRESSION).map_or(Ok(Compression::None), |(name, text)| compression(name, text))?;
        let certificate = first(CERTIFICATE).map(|(_, path)| PathBuf::from(path));
        let service_name = lookup("OTEL_SERVICE_NAME").filter(|name| !name.is_empty());
        Ok(Self { protocol, endpoint, headers, timeout, compression, certificate, service_name })
    }

    /// What sends there. Roots are read here, for they may be out of reach later; nothing is sent yet.
    pub fn open(&self) -> Result<Box<dyn Sink>, SinkError> {
        let read = |path: &PathBuf| {
            let why = |error| format!("cannot read the roots in {}: {error}", path.display());
            let unusable = |why| SinkError::Unusable { endpoint: without_credentials(&self.endpoint), why };
            std::fs::read(path).map_err(|error| unusable(why(error)))
        };
        let roots = self.certificate.as_ref().map(read).transpose()?;
        let (headers, compression) = (self.headers.clone(), self.compression);
        let terms = Terms { headers, compression, roots, ..Terms::answering_within(self.timeout) };
        Ok(match self.protocol {
            Protocol::HttpProtobuf => Box::new(Http::new(&self.endpoint, &terms)?),
            Protocol::Grpc => Box::new(Grpc::new(&self.endpoint, &terms)?),
        })
    }
}

// Each variable of traces alone, then the one of everything that OTLP carries.
const ENDPOINT: [&str; 2] = [TRACES_ENDPOINT, "OTEL_EXPORTER_OTLP_ENDPOINT"];
const TRACES_ENDPOINT: &str = "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT";
const HEADERS: [&str; 2] = ["OTEL_EXPORTER_OTLP_TRACES_HEADERS", "OTEL_EXPORTER_OTLP_HEADERS"];
const PROTOCOL: [&str; 2] = ["OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "OTEL_EXPORTER_OTLP_PROTOCOL"];
const CERTIFICATE: [&str; 2] = ["OTEL_EXPORTER_OTLP_TRACES_CERTIFICATE", "OTEL_EXPORTER_OTLP_CERTIFICATE"];
const COMPRESSION: [&str; 2] = ["OTEL_EXPORTER_OTLP_TRACES_COMPRESSION", "OTEL_EXPORTER_OTLP_COMPRESSION"];
const TIMEOUT: [&str; 2] = ["OTEL_EXPORTER_OTLP_TRACES_TIMEOUT", "OTEL_EXPORTER_OTLP_TIMEOUT"];

/// Where collectors listen.
fn default_endpoint(protocol: Protocol) -> &'static str {
    match protocol {
        Protocol::HttpProtobuf => "http://localhost:4318",
        Protocol::Grpc => "http://localhost:4317",
    }
}

fn protocol(source_name: &'static str, value: String) -> Result<Protocol, SettingsError> {
    let all = [Protocol::HttpProtobuf, Protocol::Grpc];
    let named = all.into_iter().find(|protocol| protocol.name() == value.trim());
    named.ok_or(SettingsError::Protocol { source_name, value })
}

/// The URL to send to. Over HTTP `v1/traces` is below it, but where the variable of traces alone says it: that one is
/// taken as it is, with `/` for no path.
fn endpoint(protocol: Protocol, source_name: &'static str, url: &str) -> Result<String, SettingsError> {
    let wrong = || SettingsError::Endpoint { source_name, value: without_credentials(url) };
    let (scheme, rest) = url.split_once("://").ok_or_else(wrong)?;
    let is_known = scheme.eq_ignore_ascii_case("http") || scheme.eq_ignore_ascii_case("https");
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    if !is_known || authority.is_empty() || url.contains(|c: char| c.is_whitespace() || c.is_control()) {
        return Err(wrong());
    }
    let has_path = rest.contains('/');
    Ok(match protocol {
        Protocol::Grpc => format!("{scheme}://{authority}"),
        Protocol::HttpProtobuf if source_name == TRACES_ENDPOINT => {
            if has_path {
                url.to_owned()
            } else {
                format!("{url}/")
            }
        }
        Protocol::HttpProtobuf if source_name == "--endpoint" && url.ends_with("/v1/traces") => {
            url.to_owned()
        }
        Protocol::HttpProtobuf => format!("{}/v1/traces", url.trim_end_matches('/')),
    })
}

/// A URL without what stands before its host.
pub(crate) fn without_credentials(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else { return url.to_owned() };
    let (authority, path) = rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len()));
    let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    format!("{scheme}://{host}{path}")
}

/// `name=value,name=value` (as W3C Baggage writes it, without properties): values are percent-encoded.
fn headers(source_name: &'static str, text: &str) -> Result<Headers, SettingsError> {
    let header = |pair: &str| {
        let (name, value) = pair.split_once('=')?;
        let (name, value) = (name.trim().to_ascii_lowercase(), decoded(value.trim())?);
        let is_token = !name.is_empty()
            && name.chars().all(|c| c.is_ascii_graphic() && !"\"(),/:;<=>?@[\\]{}".contains(c));
        let is_value = value.chars().all(|c| c == '\t' || (' '..='~').contains(&c));
        (is_token && is_value).then_some((name, value))
    };
    let pairs = text.split(',').map(str::trim).filter(|pair| !pair.is_empty());
    let headers: Option<Vec<_>> = pairs.map(header).collect();
    headers.map(Headers).ok_or(SettingsError::Headers { source_name })
}

/// What percent-encoding (RFC 3986 §2.1) hides; `None` where it is no text.
fn decoded(text: &str) -> Option<String> {
    let mut octets = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [octet, behind @ ..] = rest {
        rest = if let (b'%', [high, low, behind @ ..]) = (octet, behind)
            && let (Some(high), Some(low)) = (char::from(*high).to_digit(16), char::from(*low).to_digit(16))
        {
            octets.push(u8::try_from(high << 4 | low).unwrap_or_default());
            behind
        } else {
            octets.push(*octet);
            behind
        };
    }
    String::from_utf8(octets).ok()
}

fn compression(source_name: &'static str, value: String) -> Result<Compression, SettingsError> {
    match value.trim() {
        "gzip" => Ok(Compression::Gzip),
        "none" => Ok(Compression::None),
        _ => Err(SettingsError::Compression { source_name, value }),
    }
}

fn timeout(source_name: &'static str, value: String) -> Result<Duration, SettingsError> {
    match value.trim().parse() {
        Ok(ms @ 1..) => Ok(Duration::from_millis(ms)),
        _ => Err(SettingsError::Timeout { source_name, value }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(stated: Stated<'_>, variables: &[(&str, &str)]) -> Result<Settings, SettingsError> {
        Settings::read(stated, |name| {
            variables.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned())
        })
    }

    #[test]
    fn each_way_to_say_an_endpoint_has_its_rule() {
        let check = |stated: Option<&str>, variables: &[(&str, &str)], expected: &str| {
            let settings = read(Stated { endpoint: stated, protocol: None }, variables).unwrap();
            assert_eq!(settings.endpoint, expected, "{stated:?} {variables:?}");
        };
        let (all, traces) = ("OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT");
        let grpc = ("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc");
        check(None, &[], "http://localhost:4318/v1/traces");
        check(None, &[(all, "")], "http://localhost:4318/v1/traces");
        check(None, &[grpc], "http://localhost:4317");
        check(None, &[(all, "http://c:4318")], "http://c:4318/v1/traces");
        check(None, &[(all, "http://c:4318/")], "http://c:4318/v1/traces");
        check(None, &[(all, "https://c/mycollector")], "https://c/mycollector/v1/traces");
        check(None, &[(all, "http://a"), (traces, "http://b/in")], "http://b/in");
        check(None, &[(traces, "http://b")], "http://b/");
        check(None, &[(all, "https://c:4317/v1"), grpc], "https://c:4317");
        check(Some("http://d"), &[(traces, "http://b/in")], "http://d/v1/traces");
        check(Some("http://d/v1/traces"), &[], "http://d/v1/traces");
        check(Some("http://d/api/"), &[], "http://d/api/v1/traces");
    }

    #[test]
    fn traces_alone_come_before_everything() {
        let variables = [
            ("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf"),
            ("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "grpc"),
            ("OTEL_EXPORTER_OTLP_HEADERS", "a=1"),
            ("OTEL_EXPORTER_OTLP_TRACES_HEADERS", "Authorization=Basic%20QQ==, b = 2 ,"),
            ("OTEL_EXPORTER_OTLP_TIMEOUT", "2500"),
            ("OTEL_EXPORTER_OTLP_COMPRESSION", "none"),
            ("OTEL_EXPORTER_OTLP_TRACES_COMPRESSION", "gzip"),
            ("OTEL_SERVICE_NAME", "edge"),
        ];
        let settings = read(Stated::default(), &variables).unwrap();
        assert_eq!(settings.protocol, Protocol::Grpc);
        let expected = [("authorization", "Basic QQ=="), ("b", "2")];
        assert_eq!(settings.headers.0, expected.map(|(name, value)| (name.to_owned(), value.to_owned())));
        assert_eq!(settings.timeout, Duration::from_millis(2500));
        assert_eq!(settings.compression, Compression::Gzip);
        assert_eq!(settings.service_name.as_deref(), Some("edge"));
        let stated = Stated { protocol: Some(Protocol::HttpProtobuf), ..Stated::default() };
        assert_eq!(read(stated, &variables).unwrap().protocol, Protocol::HttpProtobuf);
        assert!(!format!("{settings:?}").contains("QQ=="), "a secret shows");
    }

    #[test]
    fn what_is_wrong_is_said_with_the_next_step() {
        let check = |variable: &str, value: &str, expected: &str| {
            let error = read(Stated::default(), &[(variable, value)]).unwrap_err().to_string();
            assert!(error.contains(expected) && error.contains(variable), "{error}");
            assert!(!error.contains("secret"), "{error}");
        };
        check("OTEL_EXPORTER_OTLP_ENDPOINT", "localhost:4318", "write http://HOST:PORT");
        check("OTEL_EXPORTER_OTLP_ENDPOINT", "http://", "write http://HOST:PORT");
        check("OTEL_EXPORTER_OTLP_ENDPOINT", "ftp://me:secret@c/", "ftp://c/");
        check("OTEL_EXPORTER_OTLP_PROTOCOL", "http/json", "write grpc or http/protobuf");
        check("OTEL_EXPORTER_OTLP_HEADERS", "secret", "write name=value");
        check("OTEL_EXPORTER_OTLP_HEADERS", "a=secret%0d%0ab: c", "write name=value");
        check("OTEL_EXPORTER_OTLP_COMPRESSION", "zstd", "write gzip or none");
        check("OTEL_EXPORTER_OTLP_TIMEOUT", "soon", "write milliseconds");
    }
}
