//! The columns left of the bars: which there are, how wide each is, what stands in them.

use tapline_analysis::{ConnectionRecord, human, printable};

use super::pen::{self, Pen};
use crate::model::{Model, Row, Sort};
use crate::theme::Role;
use crate::words;

/// A column.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Column {
    Id,
    Client,
    Server,
    Speaks,
    Tls,
    Ending,
    Requests,
    RoundTrip,
    Setup,
    Bytes,
    Loss,
    Duration,
}

/// A column with its width.
pub(super) type Sized = (Column, u16);

/// As they stand from left to right.
pub(super) const ALL: [Column; 12] = [
    Column::Id,
    Column::Client,
    Column::Server,
    Column::Speaks,
    Column::Tls,
    Column::Ending,
    Column::Requests,
    Column::RoundTrip,
    Column::Setup,
    Column::Bytes,
    Column::Loss,
    Column::Duration,
];

/// Which are kept where there is not room for all: the first ones.
const IMPORTANCE: [Column; 12] = [
    Column::Server,
    Column::Id,
    Column::Ending,
    Column::Duration,
    Column::Requests,
    Column::Tls,
    Column::Bytes,
    Column::RoundTrip,
    Column::Loss,
    Column::Client,
    Column::Speaks,
    Column::Setup,
];

/// How many of them are there on every screen.
const ESSENTIAL: usize = 4;

/// The narrowest that a server's name gets, and what every IPv4 address with its port needs.
const SERVER_MIN: u16 = 16;
const SERVER_COMFORTABLE: u16 = 21;

/// What an IPv4 address needs, and with its port.
const CLIENT_MIN: u16 = 15;
const CLIENT_MAX: u16 = 21;

/// The widest that a server's name gets.
const SERVER_MAX: u16 = 40;

/// The columns that fit in so many cells; one cell stands between two.
pub(super) fn fitting(model: &Model, width: u16) -> Vec<Sized> {
    let mut free = width;
    let mut chosen = Vec::new();
    for column in IMPORTANCE {
        let needs = column.width(model) + u16::from(!chosen.is_empty());
        // Names come before columns that a screen can do without.
        let kept = if chosen.len() < ESSENTIAL { 0 } else { SERVER_COMFORTABLE - SERVER_MIN };
        if needs + kept > free {
            break;
        }
        free -= needs;
        chosen.push(column);
    }
    let client = free.saturating_sub(SERVER_COMFORTABLE - SERVER_MIN).min(CLIENT_MAX - CLIENT_MIN);
    let client = if chosen.contains(&Column::Client) { client } else { 0 };
    let widen = |column: Column| match column {
        Column::Client => (column, column.width(model) + client),
        Column::Server => (column, (column.width(model) + free - client).min(SERVER_MAX)),
        _ => (column, column.width(model)),
    };
    ALL.into_iter().filter(|column| chosen.contains(column)).map(widen).collect()
}

impl Column {
    fn width(self, model: &Model) -> u16 {
        match self {
            Self::Id => {
                let last = model.rows.len().saturating_sub(1);
                u16::try_from(last.to_string().len()).unwrap_or(u16::MAX).max(2)
            }
            Self::Client => CLIENT_MIN,
            Self::Server => SERVER_MIN,
            Self::Speaks | Self::Setup => 9,
            Self::Tls => 12,
            Self::Loss => 6,
            Self::Ending => 11,
            Self::Requests => 5,
            Self::Bytes => 7,
            Self::RoundTrip | Self::Duration => 8,
        }
    }

    /// What stands above it.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Id => "#",
            Self::Client => "client",
            Self::Server => "server",
            Self::Speaks => "speaks",
            Self::Tls => "TLS ALPN",
            Self::RoundTrip => "RTT",
            Self::Loss => "loss",
            Self::Ending => "state",
            Self::Requests => "reqs",
            Self::Setup => "handshake",
            Self::Bytes => "data",
            Self::Duration => "lasted",
        }
    }

    /// Whether its text stands at its right end, as numbers do.
    pub(super) fn is_number(self) -> bool {
        matches!(
            self,
            Self::Id
                | Self::Requests
                | Self::RoundTrip
                | Self::Setup
                | Self::Bytes
                | Self::Loss
                | Self::Duration
        )
    }

    /// Whether the list is sorted by it.
    pub(super) fn is_sorted_by(self, sort: Sort) -> bool {
        self.sort() == Some(sort)
    }

    /// How the list is sorted by it, where it can be.
    pub(crate) fn sort(self) -> Option<Sort> {
        Some(match self {
            Self::Id => Sort::Start,
            Self::Server => Sort::Server,
            Self::Ending => Sort::Problems,
            Self::Requests => Sort::Requests,
            Self::RoundTrip => Sort::RoundTrip,
            Self::Setup => Sort::Handshake,
            Self::Bytes => Sort::Bytes,
            Self::Loss => Sort::Loss,
            Self::Duration => Sort::Duration,
            Self::Client | Self::Speaks | Self::Tls => return None,
        })
    }

    fn cell(self, row: &Row, record: &ConnectionRecord) -> (String, Role) {
        match self {
            Self::Id => (record.id.to_string(), Role::Dim),
            Self::Client => (record.client.endpoint.to_string(), Role::Plain),
            Self::Server => (server(row, record), Role::Name),
            Self::Speaks => (words::speaks(record), Role::Plain),
            Self::Ending => (words::state(row, record).to_owned(), ending_role(row)),
            Self::Requests if record.requests == 0 && row.inferred() > 0 => {
                (inferred_count(row.inferred()), Role::Dim)
            }
            Self::Requests if record.requests == 0 => (String::new(), Role::Dim),
            Self::Requests => (short_count(record.requests), Role::Plain),
            Self::Tls => (tls(row), Role::Plain),
            Self::RoundTrip => {
                let rtt = record.handshake.server_rtt_ns();
                (rtt.map(human::duration).unwrap_or_default(), Role::Plain)
            }
            Self::Loss => loss(record),
            Self::Setup => (row.setup_ns().map(human::duration).unwrap_or_default(), Role::Plain),
            Self::Bytes => (human::bytes(record.payload_bytes()), Role::Plain),
            Self::Duration => (short_duration(record.duration_ns()), Role::Plain),
        }
    }

    /// Writes a row's cell.
    pub(super) fn write(self, width: u16, row: &Row, selected: bool, pen: &mut Pen<'_>) {
        let Some(record) = row.record() else { return };
        let (mut text, role) = self.cell(row, record);
        if self == Self::Client && pen::columns(&text) > width {
            // The port is told below, too.
            text = record.client.endpoint.address.to_string();
        }
        let role = if selected { Role::Selected } else { role };
        if self.is_number() {
            pen.field_right(&text, width, role);
        } else {
            pen.field(&text, width, role);
        }
    }
}

/// The name with its port where that is not the usual one; the address where there is no name.
fn server(row: &Row, record: &ConnectionRecord) -> String {
    match (row.name(), record.server.endpoint.port) {
        (Some(name), 80 | 443) => name.to_owned(),
        (name, _) => human::with_port(name, record.server.endpoint),
    }
}

/// `1.3 h2`: the version of TLS and the application protocol that was chosen.
fn tls(row: &Row) -> String {
    let Some(session) = row.tls() else { return String::new() };
    let version = session.version.map_or_else(|| "TLS".to_owned(), |version| version.to_string());
    let version = version.strip_prefix("TLS ").unwrap_or(&version).to_owned();
    session.alpn.as_ref().map_or(version.clone(), |alpn| format!("{version} {}", printable(alpn)))
}

/// How many segments were sent again, and whether octets are missing in the capture.
fn loss(record: &ConnectionRecord) -> (String, Role) {
    let again = words::sent_again(record);
    let gap = record.client.missing_bytes + record.server.missing_bytes > 0;
    let text = match (again, gap) {
        (0, false) => String::new(),
        (0, true) => "gap".to_owned(),
        (again, false) => again.to_string(),
        (again, true) => format!("{again} gap"),
    };
    (text, Role::Warn)
}

fn ending_role(row: &Row) -> Role {
    match words::severity(row) {
        2.. => Role::Bad,
        1 => Role::Warn,
        _ => Role::Plain,
    }
}

/// Five digits, then thousands.
fn short_count(n: u64) -> String {
    if n < 100_000 { n.to_string() } else { format!("{}k", n / 1000) }
}

/// Requests that nobody could read: in five cells as well.
fn inferred_count(n: u32) -> String {
    format!("≈{}", if n < 10_000 { n.to_string() } else { format!("{}k", n / 1000) })
}

/// A duration in eight cells: hours and minutes lose the letters that need not be there.
fn short_duration(ns: i64) -> String {
    human::duration(ns).replace(" min ", "m").replace(" h ", "h").replace(" min", "m")
}
