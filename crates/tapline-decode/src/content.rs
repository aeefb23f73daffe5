//! Content codings (RFC 9110 §8.4): what a body says once they are undone.
//!
//! Octets are pushed as they come and their content is handed on at once: nothing but the codings' windows is kept.
//! What goes wrong is a value ([`Fault`]), and what came before it stands.

mod brotli;
mod deflate;
mod meter;
mod zstandard;

use std::fmt;

use crate::anomaly::{self, Anomaly};
use crate::limits::CONTENT_CODINGS_MAX;
use meter::Meter;

/// A content coding of IANA's registry.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Coding {
    /// RFC 1952, also as `x-gzip`.
    Gzip,
    /// RFC 1950; without its header (RFC 1951 alone) some senders say so too.
    Deflate,
    /// RFC 7932.
    Brotli,
    /// RFC 8878, with windows up to 8 MiB (RFC 9659).
    Zstd,
}

/// Why a body cannot be read to its end.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Fault {
    /// A coding that is not known here.
    Unknown(Vec<u8>),
    /// More codings, one over the other, than are undone.
    TooMany,
    /// The octets are not of that coding.
    Broken(Coding),
    /// The body came whole and the coding has not ended.
    Cut(Coding),
    /// Octets follow the end of the coding.
    Trailing(Coding),
    /// The content is larger, for its octets on the wire or in all, than is decoded.
    Bomb,
}

/// Undoes the codings of one body.
pub struct Decoder {
    /// The coding that was applied last comes first.
    stages: Vec<Stage>,
    meter: Meter,
    fault: Option<Fault>,
    /// Octets are missing: what follows them cannot be read.
    gapped: bool,
}

/// One coding being undone.
struct Stage {
    coding: Coding,
    machine: Machine,
}

enum Machine {
    Deflate(deflate::Inflater),
    Brotli(Box<brotli::Decompressor>),
    Zstd(zstandard::Decompressor),
}

/// Why a stage stops.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Stop {
    Broken,
    Trailing,
    /// Whoever takes the content has had enough.
    Enough,
}

/// Where a stage's content goes.
type Outlet<'a> = &'a mut dyn FnMut(&[u8]) -> Result<(), Fault>;

impl Decoder {
    /// What a `Content-Encoding` asks for. `identity` and an empty value ask for nothing: octets go on as they are.
    /// A coding that is not known is a fault from the beginning.
    pub fn of(content_encoding: &[u8]) -> Self {
        let mut decoder = Self { stages: Vec::new(), meter: Meter::default(), fault: None, gapped: false };
        let codings = content_encoding.split(|&b| b == b',').map(<[u8]>::trim_ascii);
        for name in codings.filter(|name| !name.is_empty() && !name.eq_ignore_ascii_case(b"identity")) {
            match Coding::named(name) {
                Some(_) if decoder.stages.len() == CONTENT_CODINGS_MAX => {
                    decoder.fault = Some(Fault::TooMany);
                }
                Some(coding) => decoder.stages.insert(0, Stage::new(coding)),
                None => decoder.fault = Some(Fault::Unknown(name.to_vec())),
            }
        }
        decoder
    }

    /// Whether there is nothing to undo, so that it needs no memory.
    pub fn is_identity(&self) -> bool {
        self.stages.is_empty()
    }

    /// Takes octets of the body, in order; content goes to `out` at once.
    pub fn push(&mut self, octets: &[u8], out: &mut dyn FnMut(&[u8])) {
        let Self { stages, meter, fault, gapped } = self;
        if fault.is_some() || *gapped {
            return;
        }
        let mut rest = octets;
        while !rest.is_empty() && fault.is_none() {
            let (piece, after) = rest.split_at(meter.admit(rest.len()));
            rest = after;
            *fault = run(stages, piece, meter, out).err();
        }
    }

    /// Octets of the body will never come: what follows them is not decoded.
    pub fn gap(&mut self) {
        self.gapped = true;
    }

    /// The body came whole.
    pub fn end(&mut self) {
        if self.fault.is_none() && !self.gapped && self.meter.has_begun() {
            let open = self.stages.iter().find(|stage| !stage.is_over());
            self.fault = open.map(|stage| Fault::Cut(stage.coding));
        }
    }

    /// What is wrong, as far as that is known.
    pub fn fault(&self) -> Option<&Fault> {
        self.fault.as_ref()
    }

    /// Octets of content so far. `None` where they cannot be told, because the octets are not of their coding or more
    /// than is decoded; a body that is cut has its part.
    pub fn decoded_bytes(&self) -> Option<u64> {
        match self.fault {
            None | Some(Fault::Cut(_) | Fault::Trailing(_)) => Some(self.meter.content_bytes()),
            Some(_) => None,
        }
    }
}

impl Coding {
    /// By its name, letter case ignored (RFC 9110 §8.4.1).
    pub fn named(name: &[u8]) -> Option<Self> {
        let is = |wanted: &str| name.eq_ignore_ascii_case(wanted.as_bytes());
        match name {
            _ if is("gzip") || is("x-gzip") => Some(Self::Gzip),
            _ if is("deflate") => Some(Self::Deflate),
            _ if is("br") => Some(Self::Brotli),
            _ if is("zstd") => Some(Self::Zstd),
            _ => None,
        }
    }

    /// The name as the registry has it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Gzip => "gzip",
            Self::Deflate => "deflate",
            Self::Brotli => "br",
            Self::Zstd => "zstd",
        }
    }
}

impl Fault {
    /// The same as it is told of a connection.
    pub fn anomaly(&self) -> Anomaly {
        let code = match self {
            Self::Unknown(_) | Self::TooMany => anomaly::CONTENT_CODING_UNKNOWN,
            Self::Broken(_) | Self::Cut(_) | Self::Trailing(_) => anomaly::CONTENT_CODING_BROKEN,
            Self::Bomb => anomaly::CONTENT_CODING_BOMB,
        };
        Anomaly::new(code, self.to_string())
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unknown(name) => {
                write!(f, "the content coding {:?} is not known", String::from_utf8_lossy(name))
            }
            Self::TooMany => write!(f, "there are more than {CONTENT_CODINGS_MAX} content codings"),
            Self::Broken(coding) => write!(f, "the body does not decode by {}", coding.name()),
            Self::Cut(coding) => write!(f, "the body is over before its {} is", coding.name()),
            Self::Trailing(coding) => write!(f, "octets follow the end of {}", coding.name()),
            Self::Bomb => f.write_str("the body decodes to more than is decoded, in all or for its size"),
        }
    }
}

impl fmt::Debug for Decoder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let codings: Vec<_> = self.stages.iter().map(|stage| stage.coding).collect();
        f.debug_struct("Decoder")
            .field("codings", &codings)
            .field("fault", &self.fault)
            .finish_non_exhaustive()
    }
}

impl Stage {
    fn new(coding: Coding) -> Self {
        let machine = match coding {
            Coding::Gzip => Machine::Deflate(deflate::Inflater::gzip()),
            Coding::Deflate => Machine::Deflate(deflate::Inflater::zlib_or_raw()),
            Coding::Brotli => Machine::Brotli(Box::default()),
            Coding::Zstd => Machine::Zstd(zstandard::Decompressor::default()),
        };
        Self { coding, machine }
    }

    fn push(&mut self, octets: &[u8], out: Outlet<'_>) -> Result<(), Fault> {
        let mut why = None;
        let mut outlet = |content: &[u8]| {
            if content.is_empty() {
                return Ok(());
            }
            out(content).map_err(|fault| {
                why = Some(fault);
                Stop::Enough
            })
        };
        let pushed = match &mut self.machine {
            Machine::Deflate(machine) => machine.push(octets, &mut outlet),
            Machine::Brotli(machine) => machine.push(octets, &mut outlet),
            Machine::Zstd(machine) => machine.push(octets, &mut outlet),
        };
        pushed.map_err(|stop| match stop {
            Stop::Broken => Fault::Broken(self.coding),
            Stop::Trailing => Fault::Trailing(self.coding),
            Stop::Enough => why.unwrap_or(Fault::Bomb),
        })
    }

    fn is_over(&self) -> bool {
        match &self.machine {
            Machine::Deflate(machine) => machine.is_over(),
            Machine::Brotli(machine) => machine.is_over(),
            Machine::Zstd(machine) => machine.is_over(),
        }
    }
}

/// Octets through all stages that are left.
fn run(
    stages: &mut [Stage],
    octets: &[u8],
    meter: &mut Meter,
    out: &mut dyn FnMut(&[u8]),
) -> Result<(), Fault> {
    let Some((stage, rest)) = stages.split_first_mut() else {
        meter.content(octets.len());
        out(octets);
        return Ok(());
    };
    stage.push(octets, &mut |content| {
        if !meter.produce(content.len()) {
            return Err(Fault::Bomb);
        }
        run(rest, content, meter, out)
    })
}
