//! What can be said of an export.

use std::path::PathBuf;
use std::str::FromStr;

use anyhow::{Result, bail};
use clap::parser::ValueSource;
use clap::{ArgMatches, Args, ValueEnum};
use tapline_export::records::RecordType;

use super::{ConfigArguments, FilterArguments, InputArguments};

/// Where traces go.
#[derive(Args, Debug)]
pub(crate) struct TraceArguments {
    /// The collector that traces go to; $OTEL_EXPORTER_OTLP_ENDPOINT by default, else http://localhost:4318
    #[arg(long, value_name = "URL")]
    pub(crate) endpoint: Option<String>,
    /// How OTLP is spoken; $OTEL_EXPORTER_OTLP_PROTOCOL by default, else http/protobuf
    #[arg(long, value_enum, value_name = "PROTOCOL")]
    pub(crate) protocol: Option<Spoken>,
    /// The service that traces are of; $OTEL_SERVICE_NAME by default, else tapline
    #[arg(long, value_name = "NAME")]
    pub(crate) service_name: Option<String>,
}

/// A protocol of OTLP.
#[derive(ValueEnum, Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Spoken {
    Grpc,
    #[value(name = "http/protobuf", alias = "http")]
    Http,
}

/// `tapline relay-traces`, which `tapline export` starts.
#[cfg(feature = "otlp")]
#[derive(Args, Debug)]
pub(crate) struct RelayArguments {
    #[command(flatten)]
    pub(crate) traces: TraceArguments,
}

/// `tapline export`.
#[derive(Args, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each is an option of its own")]
pub(crate) struct ExportArguments {
    /// The format
    #[arg(long, value_enum, value_name = "FORMAT")]
    pub(crate) to: Format,
    /// Write to a file instead of standard output; it appears when it is complete
    #[arg(short = 'o', long = "output", value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) filter: FilterArguments,
    /// Only this connection, by its id
    #[arg(long, value_name = "ID", conflicts_with = "display_filter")]
    pub(crate) connection: Option<u64>,
    /// Record types to write, with commas between; in NDJSON all by default, in CSV one, connection by default
    #[arg(long, value_name = "TYPES", value_delimiter = ',', value_parser = record_type)]
    pub(crate) types: Vec<RecordType>,
    /// Columns of a CSV table in their order, with commas between; all by default
    #[arg(long, value_name = "NAMES", value_delimiter = ',')]
    pub(crate) columns: Vec<String>,
    /// Part the tables of Parquet by date, hour and host, with commas between: a folder a value
    #[arg(long, value_name = "KEYS")]
    pub(crate) partition_by: Option<Partitions>,
    /// The machine that captured, in Parquet; this machine's name by default
    #[arg(long, value_name = "NAME")]
    pub(crate) host: Option<String>,
    /// Complete the files of Parquet after so long, so that their rows can be read; live after 300 by default, else at the end
    #[arg(long, value_name = "SECONDS", value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) complete_every: Option<u32>,
    #[command(flatten)]
    pub(crate) traces: TraceArguments,
    /// How much a diagram has in it
    #[arg(long, value_enum, value_name = "DETAIL")]
    pub(crate) detail: Option<Detail>,
    /// Add the SHA-256 of each body
    #[arg(long)]
    pub(crate) hash_bodies: bool,
    /// Undo content codings (gzip, deflate, br, zstd) to tell the size of what is in bodies
    #[arg(long)]
    pub(crate) decode_bodies: bool,
    /// Add the header table to each HTTP/2 frame that ends a field block
    #[arg(long)]
    pub(crate) hpack_tables: bool,
    /// Write bodies into a HAR, their content codings undone, up to 1 MiB each; nothing in them is redacted
    #[arg(long)]
    pub(crate) bodies: bool,
    /// Show credentials, cookies, keys and tokens in headers and URLs, which are redacted otherwise. Packets never are
    #[arg(long)]
    pub(crate) no_redact: bool,
    #[command(flatten)]
    pub(crate) config: ConfigArguments,
    #[command(flatten)]
    pub(crate) input: InputArguments,
}

/// What tables are parted by.
#[cfg(feature = "parquet")]
#[derive(Clone, Debug, Default)]
pub(crate) struct Partitions(pub(crate) tapline_parquet::Partitioning);

/// What tables are parted by, where none are written.
#[cfg(not(feature = "parquet"))]
#[derive(Clone, Debug, Default)]
pub(crate) struct Partitions;

impl FromStr for Partitions {
    type Err = String;

    #[cfg(feature = "parquet")]
    fn from_str(text: &str) -> Result<Self, String> {
        text.parse().map(Self).map_err(|error: tapline_parquet::NoKey| error.to_string())
    }

    #[cfg(not(feature = "parquet"))]
    fn from_str(_: &str) -> Result<Self, String> {
        Ok(Self)
    }
}

impl ExportArguments {
    /// Whether the options that are said are those of the format; what it does not know would be passed over in silence.
    /// What a configuration says is for the formats that know it.
    pub(crate) fn fit(&self, said: &ArgMatches) -> Result<()> {
        use Format as F;
        let records = [F::Ndjson, F::Csv, F::Parquet];
        for (option, formats) in [
            ("types", &records[..]),
            ("columns", &[F::Csv]),
            ("partition_by", &[F::Parquet]),
            ("host", &[F::Parquet]),
            ("complete_every", &[F::Parquet]),
            ("endpoint", &[F::Otlp]),
            ("protocol", &[F::Otlp]),
            ("service_name", &[F::Otlp]),
            ("detail", &[F::Mermaid]),
            ("bodies", &[F::Har]),
            ("hash_bodies", &records),
            ("decode_bodies", &[F::Ndjson, F::Csv, F::Parquet, F::Har]),
            ("hpack_tables", &records),
        ] {
            if is_said(said, option) && !formats.contains(&self.to) {
                let names: Vec<_> = formats.iter().filter_map(ValueEnum::to_possible_value).collect();
                let names: Vec<&str> = names.iter().map(clap::builder::PossibleValue::get_name).collect();
                bail!("--{} is of --to {}", option.replace('_', "-"), names.join(", "));
            }
        }
        Ok(())
    }
}

/// Whether the command line says an option, by its name in the definition.
pub(crate) fn is_said(said: &ArgMatches, option: &str) -> bool {
    said.value_source(option) == Some(ValueSource::CommandLine)
}

/// How much a diagram has in it.
#[derive(ValueEnum, Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Detail {
    /// Requests and responses
    Brief,
    /// What the ladder of the dashboard shows
    #[default]
    Usual,
    /// Every segment and every message
    Full,
}

/// An export format.
#[derive(ValueEnum, Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Format {
    /// One JSON object a line, described in docs/ndjson.md
    Ndjson,
    /// Requests as a browser's network panel opens them (HTTP Archive 1.2), with the times of the packets
    Har,
    /// One type of records as a table, a line each; the columns are named in docs/exports.md
    Csv,
    /// A sequence diagram of one connection, for Mermaid and what draws it: the ladder of the dashboard
    Mermaid,
    /// One page for a ticket: findings, waterfall, connections and ladders, complete in itself; it loads nothing
    Html,
    /// Tables for data lakes, a folder each, as Parquet; docs/fleet.md shows the whole way
    Parquet,
    /// Traces for OpenTelemetry: to a collector, or with -o to a file; described in docs/opentelemetry.md
    Otlp,
    /// Packets of what a filter lets through, with the TLS secrets that open them; nothing in them is redacted
    Pcapng,
}

fn record_type(name: &str) -> Result<RecordType, String> {
    name.parse()
}
