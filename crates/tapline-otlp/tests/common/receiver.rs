//! Collectors inside of the test: the generated server of `opentelemetry-proto` over gRPC, a server of hyper's and
//! prost's decoder over HTTP. Both do as a script says, then take everything.

use std::collections::VecDeque;
use std::io::Read;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use flate2::read::MultiGzDecoder;
use http_body_util::{BodyExt, Full};
use hyper::body::{Bytes, Incoming};
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto;
use hyper_util::service::TowerToHyperService;
use opentelemetry_proto::tonic::collector::trace::v1::trace_service_server::{
    TraceService, TraceServiceServer,
};
use opentelemetry_proto::tonic::collector::trace::v1::{
    ExportTracePartialSuccess, ExportTraceServiceRequest, ExportTraceServiceResponse,
};
use prost::Message;
use rustls::ServerConfig;
use rustls::pki_types::PrivateKeyDer;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::Notify;
use tokio_rustls::TlsAcceptor;
use tonic::codec::CompressionEncoding;
use tonic::{Code, Request, Response, Status};

/// What a collector does with one request.
#[derive(Clone, Debug)]
pub(crate) enum Reply {
    /// Takes all but so many spans.
    Reject(i64, &'static str),
    /// Takes all, and says so in an answer of so many octets.
    Long(usize),
    /// Answers with this status of HTTP, and `Retry-After` where there is one.
    Http(u16, Option<&'static str>),
    /// Answers with this status of gRPC.
    Grpc(Code),
    /// Never answers.
    Hang,
}

/// What a collector got.
#[derive(Default)]
pub(crate) struct Got {
    /// Requests that were taken.
    pub(crate) requests: Vec<ExportTraceServiceRequest>,
    /// The path and the header fields of each request, taken or not.
    pub(crate) heads: Vec<(String, Vec<(String, String)>)>,
}

/// A collector.
#[derive(Clone)]
pub(crate) struct Receiver {
    pub(crate) address: SocketAddr,
    got: Arc<Mutex<Got>>,
    script: Arc<Mutex<VecDeque<Reply>>>,
    stop: Arc<Notify>,
}

impl Receiver {
    /// Ends all connections and goes away; another one may stand at its address then.
    pub(crate) fn stop(&self) {
        self.stop.notify_one();
    }

    /// At the address of one that went away.
    pub(crate) fn again(address: SocketAddr, grpc: bool) -> Self {
        Self::start_at(address, [], grpc, None)
    }

    /// Over HTTP.
    pub(crate) fn http(script: impl IntoIterator<Item = Reply>) -> Self {
        Self::start(script, false, None)
    }

    /// Over gRPC.
    pub(crate) fn grpc(script: impl IntoIterator<Item = Reply>) -> Self {
        Self::start(script, true, None)
    }

    /// Over TLS, with a certificate of its own: the collector, and that certificate as PEM.
    pub(crate) fn secure(grpc: bool) -> (Self, Vec<u8>) {
        let own = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
        let key = PrivateKeyDer::try_from(own.signing_key.serialize_der()).unwrap();
        let ciphers = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let config =
            ServerConfig::builder_with_provider(ciphers).with_safe_default_protocol_versions().unwrap();
        let mut config =
            config.with_no_client_auth().with_single_cert(vec![own.cert.der().clone()], key).unwrap();
        config.alpn_protocols = vec![if grpc { b"h2".to_vec() } else { b"http/1.1".to_vec() }];
        (Self::start([], grpc, Some(TlsAcceptor::from(Arc::new(config)))), own.cert.pem().into_bytes())
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// What it got so far; leaves nothing.
    pub(crate) fn got(&self) -> Got {
        std::mem::take(&mut self.got.lock().unwrap())
    }

    fn start(script: impl IntoIterator<Item = Reply>, grpc: bool, tls: Option<TlsAcceptor>) -> Self {
        Self::start_at("127.0.0.1:0".parse().unwrap(), script, grpc, tls)
    }

    fn start_at(
        address: SocketAddr,
        script: impl IntoIterator<Item = Reply>,
        grpc: bool,
        tls: Option<TlsAcceptor>,
    ) -> Self {
        let listener = std::net::TcpListener::bind(address).unwrap();
        listener.set_nonblocking(true).unwrap();
        let receiver = Self {
            address: listener.local_addr().unwrap(),
            got: Arc::default(),
            script: Arc::new(Mutex::new(script.into_iter().collect())),
            stop: Arc::default(),
        };
        let serving = receiver.clone();
        std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            let stop = serving.stop.clone();
            runtime.block_on(async {
                tokio::select! {
                    () = serving.serve(listener, grpc, tls) => {}
                    () = stop.notified() => {}
                }
            });
        });
        receiver
    }

    async fn serve(self, listener: std::net::TcpListener, grpc: bool, tls: Option<TlsAcceptor>) {
        let listener = tokio::net::TcpListener::from_std(listener).unwrap();
        while let Ok((stream, _)) = listener.accept().await {
            let (receiver, tls) = (self.clone(), tls.clone());
            tokio::spawn(async move {
                match tls {
                    None => receiver.talk(stream, grpc).await,
                    // Who does not trust it goes away.
                    Some(tls) => {
                        if let Ok(stream) = tls.accept(stream).await {
                            receiver.talk(stream, grpc).await;
                        }
                    }
                }
            });
        }
    }

    async fn talk(self, stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static, grpc: bool) {
        let (stream, server) = (TokioIo::new(stream), auto::Builder::new(TokioExecutor::new()));
        let _ = if grpc {
            let service = TraceServiceServer::new(self).accept_compressed(CompressionEncoding::Gzip);
            let service = TowerToHyperService::new(service);
            server.serve_connection(stream, service).await
        } else {
            let service = service_fn(move |request| self.clone().post(request));
            server.serve_connection(stream, service).await
        };
    }

    fn next(&self) -> Option<Reply> {
        self.script.lock().unwrap().pop_front()
    }

    fn note(&self, path: &str, fields: &hyper::HeaderMap) {
        let fields =
            fields.iter().map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned()));
        self.got.lock().unwrap().heads.push((path.to_owned(), fields.collect()));
    }

    fn take(&self, request: ExportTraceServiceRequest, reply: Option<&Reply>) -> ExportTraceServiceResponse {
        self.got.lock().unwrap().requests.push(request);
        let partial_success = match reply {
            Some(Reply::Reject(rejected_spans, message)) => Some(ExportTracePartialSuccess {
                rejected_spans: *rejected_spans,
                error_message: (*message).to_owned(),
            }),
            _ => None,
        };
        ExportTraceServiceResponse { partial_success }
    }

    async fn post(
        self,
        request: hyper::Request<Incoming>,
    ) -> Result<hyper::Response<Full<Bytes>>, hyper::Error> {
        assert_eq!(request.method(), hyper::Method::POST);
        assert_eq!(request.headers()["content-type"], "application/x-protobuf");
        self.note(request.uri().path(), request.headers());
        let is_zipped = request.headers().get("content-encoding").is_some_and(|coding| coding == "gzip");
        let body = request.into_body().collect().await?.to_bytes();
        let body = if is_zipped { unzipped(&body).into() } else { body };
        let reply = self.next();
        let answer = hyper::Response::builder().header("content-type", "application/x-protobuf");
        Ok(match reply {
            Some(Reply::Http(status, wait)) => {
                let answer = hyper::Response::builder().status(status);
                let answer = wait.into_iter().fold(answer, |answer, wait| answer.header("retry-after", wait));
                answer.body(Full::default()).unwrap()
            }
            Some(Reply::Hang) => {
                tokio::time::sleep(Duration::from_hours(1)).await;
                answer.body(Full::default()).unwrap()
            }
            reply => {
                let request = ExportTraceServiceRequest::decode(body).unwrap();
                let mut response = self.take(request, reply.as_ref()).encode_to_vec();
                if let Some(Reply::Long(octets)) = reply {
                    response = long(octets);
                }
                answer.body(Full::from(response)).unwrap()
            }
        })
    }
}

fn unzipped(octets: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    MultiGzDecoder::new(octets).read_to_end(&mut out).unwrap();
    out
}

/// An answer of so many octets.
fn long(octets: usize) -> Vec<u8> {
    let of = |letters: usize| {
        let error_message = "x".repeat(letters);
        let partial = ExportTracePartialSuccess { rejected_spans: 1, error_message };
        ExportTraceServiceResponse { partial_success: Some(partial) }.encode_to_vec()
    };
    let around = of(octets).len() - octets;
    let answer = of(octets - around);
    assert_eq!(answer.len(), octets, "its lengths take as many octets");
    answer
}

#[tonic::async_trait]
impl TraceService for Receiver {
    async fn export(
        &self,
        request: Request<ExportTraceServiceRequest>,
    ) -> Result<Response<ExportTraceServiceResponse>, Status> {
        self.note("", &request.metadata().clone().into_headers());
        match self.next() {
            Some(Reply::Grpc(code)) => Err(Status::new(code, "as the script says")),
            Some(Reply::Hang) => {
                tokio::time::sleep(Duration::from_hours(1)).await;
                Err(Status::new(Code::Cancelled, ""))
            }
            reply => Ok(Response::new(self.take(request.into_inner(), reply.as_ref()))),
        }
    }
}
