//! What can be said on the command line. Letters are those that tcpdump and tshark taught everyone.

mod export;
mod values;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use tapline_engine::analysis::Protocol;

pub(crate) use export::{Detail, ExportArguments, Format, is_said};
#[cfg(feature = "otlp")]
pub(crate) use export::{RelayArguments, Spoken, TraceArguments};
pub(crate) use values::{Autostop, Rule};
use values::{autostop, decode_as, rule};

/// Where did the time of this connection, handshake or request go, and what happened on the wire?
///
/// Reads a capture file or a live interface, follows every TCP connection, reads TLS handshakes, HTTP/1.1 and
/// HTTP/2, and shows them on a timeline.
#[derive(Parser, Debug)]
#[command(name = "tapline", version, args_conflicts_with_subcommands = true, after_help = EXAMPLES)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) command: Option<Command>,
    #[command(flatten)]
    pub(crate) dashboard: DashboardArguments,
}

/// Headings of what most commands take, behind what is their own.
const READING: &str = "Reading";
const OPENING: &str = "Opening TLS";
const CAPTURING: &str = "Capturing";

const EXAMPLES: &str = "\
Examples:
  tapline capture.pcapng                         dashboard on a file
  tapline -i eth0 -f 'tcp port 443'              dashboard on an interface
  tapline report capture.pcapng                  the same as text
  tapline report -Y 'http.time > 200ms' FILE     only what matches a display filter
  tapline report day.pcap1 day.pcap2 --all       a rotated set, every row
  tapline --keylog keys.txt capture.pcapng       TLS opened with a key log
  ssh host tcpdump -U -w - | tapline report -    a capture from a pipe
  tapline export --to ndjson capture.pcapng      one JSON object a line

Exit status: 0 fine, 1 done but the input was damaged or cut, 2 could not start or not write what was
asked for.";

#[derive(Subcommand, Debug)]
pub(crate) enum Command {
    /// Print connections, TLS sessions and requests as text
    #[command(after_help = "\
Examples:
  tapline report capture.pcapng
  tapline report --all capture.pcapng | less
  tapline report -i lo -c 1000                   the next thousand packets
  tapline report -i eth0 -a duration:10          what the next ten seconds bring
  tapline report -Y 'tcp.analysis.retransmission or http.response.code >= 500' capture.pcapng
  tapline report --decode-as 8443=tls capture.pcapng")]
    Report(ReportArguments),
    /// Write what was found for other programs; secrets are redacted, but not in packets
    #[command(after_help = "\
Examples:
  tapline export --to ndjson capture.pcapng | jq 'select(.type == \"http_exchange\") | .url'
  tapline export --to ndjson --types connection,tls_session -o out.ndjson capture.pcapng
  tapline export --to ndjson -Y 'tls.handshake.version < \"TLS 1.2\"' capture.pcapng
  tapline export --to har -o page.har capture.pcapng
  tapline export --to html -o page.html capture.pcapng   for a ticket
  tapline export --to mermaid --connection 3 --detail brief capture.pcapng
  tapline export --to csv --types http_exchange --columns url,status,timings_ns_wait capture.pcapng
  tapline export --to parquet --partition-by date,hour,host -o lake -i eth0
  tapline export --to otlp --endpoint http://localhost:4318 -i eth0
  tapline export --to ndjson -i eth0 -w kept.pcapng    live, and kept
  tapline export --to pcapng -Y 'http.time > 1s' --keylog keys.txt -o slow.pcapng capture.pcapng")]
    Export(ExportArguments),
    /// Compare two captures of the same thing: what got slower, and in which phase
    #[command(after_help = "\
Examples:
  tapline diff before.pcapng after.pcapng
  tapline diff --keylog keys.txt -Y 'http.host == api.example.com' before.pcapng after.pcapng")]
    Diff(DiffArguments),
    /// List the interfaces that can be captured on
    Interfaces,
    /// Print what completes the command line in a shell
    #[command(after_help = "\
Examples:
  tapline completions bash > /etc/bash_completion.d/tapline
  tapline completions zsh > ~/.zfunc/_tapline
  tapline completions fish > ~/.config/fish/completions/tapline.fish")]
    Completions {
        /// The shell
        shell: clap_complete::Shell,
    },
    /// Write the manual, a page a command
    #[command(after_help = "\
Examples:
  tapline manual ~/.local/share/man/man1 && man tapline-export")]
    Manual {
        /// The folder, which has to be there
        #[arg(value_name = "FOLDER")]
        folder: PathBuf,
    },
    /// Send the traces that an export writes, where that may open no socket
    #[cfg(feature = "otlp")]
    #[command(hide = true)]
    RelayTraces(RelayArguments),
}

/// Where packets come from.
#[derive(Args, Clone, Debug, Default)]
pub(crate) struct InputArguments {
    /// Capture files: pcap or pcapng, plain or gzip, zstd, lz4; - for standard input; several are read as one
    #[arg(value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,
    /// Another way to name a capture file
    #[arg(short = 'r', long = "read", value_name = "FILE", hide = true)]
    pub(crate) read: Vec<PathBuf>,
    /// Capture on an interface; any for all, several times for several (tapline interfaces lists them)
    #[arg(short = 'i', long = "interface", value_name = "IFACE", conflicts_with_all = ["files", "read"], help_heading = CAPTURING)]
    pub(crate) interface: Vec<String>,
    /// Capture filter, as in tcpdump
    #[arg(short = 'f', long = "capture-filter", value_name = "FILTER", requires = "interface", help_heading = CAPTURING)]
    pub(crate) filter: Option<String>,
    /// Octets of each packet to capture
    #[arg(short = 's', long = "snapshot-length", value_name = "OCTETS", requires = "interface", help_heading = CAPTURING)]
    pub(crate) snaplen: Option<u32>,
    /// Size of the kernel's buffer for packets that nobody has read yet
    #[arg(short = 'B', long = "buffer-size", value_name = "MIB", requires = "interface",
          value_parser = clap::value_parser!(u32).range(1..=2047), help_heading = CAPTURING)]
    pub(crate) buffer_mib: Option<u32>,
    /// Ask the interface only for frames to and from this machine
    #[arg(short = 'p', long = "no-promiscuous-mode", requires = "interface", help_heading = CAPTURING)]
    pub(crate) not_promiscuous: bool,
    /// Stop by itself: duration:SECONDS, packets:COUNT; with -w also filesize:KB, files:COUNT
    #[arg(short = 'a', long = "autostop", value_name = "CONDITION", value_parser = autostop, help_heading = CAPTURING)]
    pub(crate) autostop: Vec<Autostop>,
    #[command(flatten)]
    pub(crate) record: RecordArguments,
    /// Stop after so many packets
    #[arg(short = 'c', long = "count", value_name = "PACKETS", help_heading = READING)]
    pub(crate) count: Option<u64>,
    /// State the protocol on a port: tls, http or http2
    #[arg(long, value_name = "PORT=PROTO", value_parser = decode_as, help_heading = READING)]
    pub(crate) decode_as: Vec<(u16, Protocol)>,
    /// Open TLS with the secrets of a key log, which may still be growing; $SSLKEYLOGFILE by default
    #[arg(long, value_name = "FILE", help_heading = OPENING)]
    pub(crate) keylog: Vec<PathBuf>,
    /// Open TLS with a server's RSA private key (PEM, DER, PKCS#12), where the key exchange is RSA
    #[arg(long, value_name = "FILE", help_heading = OPENING)]
    pub(crate) rsa_key: Vec<PathBuf>,
    /// Password of the private key; better in $TAPLINE_RSA_KEY_PASSWORD, where other users do not see it
    #[arg(long, value_name = "PASSWORD", requires = "rsa_key", help_heading = OPENING)]
    pub(crate) rsa_key_password: Option<String>,
    /// Judge certificates by the roots of a file (PEM or DER) instead of the system's
    #[arg(long, value_name = "FILE", help_heading = OPENING)]
    pub(crate) trust: Vec<PathBuf>,
    /// Threads that analyse; as many as there are cores by default, at most 8. The output is the same for any
    #[arg(long, value_name = "THREADS", value_parser = clap::value_parser!(u16).range(1..), help_heading = READING)]
    pub(crate) threads: Option<u16>,
    /// Memory to use at most, 64 or more; where it gets short, connections that were silent longest are given up, and it is
    /// said how many
    #[arg(long, value_name = "MIB", value_parser = clap::value_parser!(u32).range(64..), help_heading = READING)]
    pub(crate) memory_max: Option<u32>,
    #[command(flatten)]
    pub(crate) rights: RightsArguments,
}

/// What a run on an interface may do once that is open.
#[derive(Args, Clone, Debug, Default)]
#[command(next_help_heading = CAPTURING)]
pub(crate) struct RightsArguments {
    /// Become this user once the interface is open, where this is root; who called sudo by default, else nobody
    #[arg(short = 'Z', long = "relinquish-privileges", value_name = "USER", requires = "interface")]
    pub(crate) user: Option<String>,
    /// Keep all rights of the user while packets are read
    #[arg(long, requires = "interface", conflicts_with = "user")]
    pub(crate) keep_privileges: bool,
    /// Say on standard error what is done with rights
    #[arg(short = 'v', long)]
    pub(crate) verbose: bool,
}

/// What is written while it is captured.
#[derive(Args, Clone, Debug, Default)]
#[command(next_help_heading = CAPTURING)]
pub(crate) struct RecordArguments {
    /// Write what is captured, on an interface or from standard input, to a pcapng file
    #[arg(short = 'w', long = "write", value_name = "FILE")]
    pub(crate) write: Option<PathBuf>,
    /// Begin a new file, FILE_NUMBER_TIME: filesize:KB, duration:SECONDS, interval:SECONDS, packets:COUNT; keep the newest:
    /// files:COUNT
    #[arg(short = 'b', long = "ring-buffer", value_name = "RULE", requires = "write", value_parser = rule)]
    pub(crate) ring: Vec<Rule>,
    /// When a file is complete, put the TLS secrets that were used at its front, so that it opens everywhere. Whoever has
    /// the file can read it then
    #[arg(long, requires = "write")]
    pub(crate) embed_secrets: bool,
}

/// What of it is shown.
#[derive(Args, Debug, Default)]
pub(crate) struct FilterArguments {
    /// Only what matches a display filter, as in tshark (docs/filter.md), or has words in it
    #[arg(short = 'Y', long = "display-filter", value_name = "FILTER")]
    pub(crate) display_filter: Option<String>,
}

/// What else is said, in a file. It is read before these are, so nobody asks for them here.
#[derive(Args, Debug, Default)]
pub(crate) struct ConfigArguments {
    /// Options that need not be said each time (docs/config.md); tapline/config.toml in the user's configuration folder by
    /// default
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Go without that file
    #[arg(long, conflicts_with = "config")]
    no_config: bool,
}

/// `tapline FILE`.
#[derive(Args, Debug)]
pub(crate) struct DashboardArguments {
    #[command(flatten)]
    pub(crate) input: InputArguments,
    #[command(flatten)]
    pub(crate) filter: FilterArguments,
    #[command(flatten)]
    pub(crate) colour: ColourArguments,
    #[command(flatten)]
    pub(crate) config: ConfigArguments,
    /// Newest packets of an interface or of standard input to keep, so that details open; 0 for none
    #[arg(long, value_name = "MIB", default_value_t = 256)]
    pub(crate) retain: u32,
}

/// `tapline report`.
#[derive(Args, Debug)]
pub(crate) struct ReportArguments {
    #[command(flatten)]
    pub(crate) input: InputArguments,
    #[command(flatten)]
    pub(crate) filter: FilterArguments,
    #[command(flatten)]
    pub(crate) layout: LayoutArguments,
    #[command(flatten)]
    pub(crate) config: ConfigArguments,
}

/// How text is laid out.
#[derive(Args, Debug)]
pub(crate) struct LayoutArguments {
    #[command(flatten)]
    pub(crate) colour: ColourArguments,
    /// Every row, not only the most telling ones
    #[arg(long)]
    pub(crate) all: bool,
    /// Columns to fill; that of the terminal, unlimited in a pipe
    #[arg(long, value_name = "COLUMNS", value_parser = clap::value_parser!(u16).range(40..))]
    pub(crate) width: Option<u16>,
}

/// `tapline diff`.
#[derive(Args, Debug)]
pub(crate) struct DiffArguments {
    #[command(flatten)]
    pub(crate) input: InputArguments,
    #[command(flatten)]
    pub(crate) filter: FilterArguments,
    #[command(flatten)]
    pub(crate) layout: LayoutArguments,
    #[command(flatten)]
    pub(crate) config: ConfigArguments,
}

/// When to colour.
#[derive(Args, Debug, Default)]
pub(crate) struct ColourArguments {
    /// When to use colours; auto looks at the terminal and `NO_COLOR`
    #[arg(long = "color", value_enum, value_name = "WHEN", default_value_t)]
    pub(crate) when: When,
}

#[derive(ValueEnum, Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum When {
    #[default]
    Auto,
    Always,
    Never,
}

impl ColourArguments {
    /// Whether to colour what goes to a terminal or not.
    pub(crate) fn enabled(&self, is_terminal: bool) -> bool {
        match self.when {
            When::Always => true,
            When::Never => false,
            // https://no-color.org: any value but the empty one.
            When::Auto => is_terminal && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        use clap::CommandFactory;
        Arguments::command().debug_assert();
    }
}
