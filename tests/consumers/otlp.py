"""Traces in the hands of OpenTelemetry's own types (opentelemetry-proto) and of gRPC's own server (grpcio).

Lines of the OTLP file format are read, and the same captures are sent to receivers over HTTP and gRPC, as they are and
with gzip: the same spans.

TAPLINE=program otlp.py FIXTURES FILE.jsonl...
"""

import base64
import gzip
import http.server
import json
import os
import subprocess
import sys
import threading
from concurrent import futures

import grpc
from google.protobuf import json_format
from opentelemetry.proto.collector.trace.v1 import trace_service_pb2 as service
from opentelemetry.proto.collector.trace.v1 import trace_service_pb2_grpc as service_grpc

fixtures, files = sys.argv[1], sys.argv[2:]
failures = 0


def fail(why):
    global failures
    failures += 1
    print(why, file=sys.stderr)


def with_octets(value):
    """Ids are hexadecimal in OTLP's JSON, where the JSON of protobuf has Base64."""
    if isinstance(value, dict):
        of_id = {"traceId", "spanId", "parentSpanId"}
        return {
            key: base64.b64encode(bytes.fromhex(inside)).decode() if key in of_id else with_octets(inside)
            for key, inside in value.items()
        }
    return [with_octets(inside) for inside in value] if isinstance(value, list) else value


def spans_of(request):
    for resource in request.resource_spans:
        for scope in resource.scope_spans:
            yield from scope.spans


def of_lines(path):
    spans = []
    for line in open(path, encoding="utf-8"):
        request = json_format.ParseDict(with_octets(json.loads(line)), service.ExportTraceServiceRequest())
        spans += [span.SerializeToString() for span in spans_of(request)]
    return spans


received = []


class Http(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        request = service.ExportTraceServiceRequest()
        octets = self.rfile.read(int(self.headers["content-length"]))
        is_zipped = self.headers["content-encoding"] == "gzip"
        request.ParseFromString(gzip.decompress(octets) if is_zipped else octets)
        received.extend(span.SerializeToString() for span in spans_of(request))
        answer = service.ExportTraceServiceResponse().SerializeToString()
        self.send_response(200 if self.path == "/v1/traces" else 404)
        self.send_header("content-type", "application/x-protobuf")
        self.send_header("content-length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_):
        pass


class Grpc(service_grpc.TraceServiceServicer):
    def Export(self, request, _):
        received.extend(span.SerializeToString() for span in spans_of(request))
        return service.ExportTraceServiceResponse()


by_http = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Http)
threading.Thread(target=by_http.serve_forever, daemon=True).start()
by_grpc = grpc.server(futures.ThreadPoolExecutor(2))
service_grpc.add_TraceServiceServicer_to_server(Grpc(), by_grpc)
grpc_port = by_grpc.add_insecure_port("127.0.0.1:0")
by_grpc.start()
ports = {"http/protobuf": by_http.server_address[1], "grpc": grpc_port}
ways = [(protocol, coding) for protocol in ports for coding in ("none", "gzip")]

count = sent = 0
for path in files:
    lines = of_lines(path)
    count += len(lines)
    if not lines:
        fail(f"{path}: no spans")
    # `http1-keep-alive.jsonl` is of `http1/keep-alive.pcapng`.
    capture = os.path.join(fixtures, os.path.basename(path).replace("-", "/", 1)).removesuffix(".jsonl") + ".pcapng"
    keys = capture.removesuffix(".pcapng") + ".keys"
    with_keys = ["--keylog", keys] if os.path.exists(keys) else []
    for protocol, coding in ways if sent < 2000 else []:
        received.clear()
        endpoint = f"http://127.0.0.1:{ports[protocol]}"
        variables = {**os.environ, "OTEL_EXPORTER_OTLP_COMPRESSION": coding}
        command = [os.environ["TAPLINE"], "export", "--to", "otlp", "--protocol", protocol, "--endpoint", endpoint]
        subprocess.run([*command, *with_keys, capture], check=True, timeout=60, env=variables)
        sent += len(received)
        if sorted(received) != sorted(lines):
            fail(f"{path}: {len(received)} spans by {protocol} ({coding}), {len(lines)} in lines")

by_http.shutdown()
by_grpc.stop(None)
print(f"otlp: {len(files)} files, {count} spans in lines, {sent} sent, {failures} failed")
sys.exit(1 if failures else 0)
