//! A network of namespaces: a client's and a server's, and a third one between them where something is to happen on
//! the way: in a relay, or in the kernel as a router. What is made is removed when it is dropped.

mod process;

use std::fs::{self, File};
use std::io::{ErrorKind, Result};
use std::os::fd::AsFd;
use std::panic::resume_unwind;
use std::path::Path;
use std::process::Command;
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;

use rustix::process::Signal;
use rustix::thread::{LinkNameSpaceType, move_into_link_name_space};

pub use process::{Running, Stop, output, signal_to};

/// The client's namespace in the network that [`Network::make`] makes.
pub const CLIENT: &str = "tapline-client";
/// The server's namespace there.
pub const SERVER: &str = "tapline-server";
/// The namespace between them there.
pub const RELAY: &str = "tapline-relay";

/// What begins the names of namespaces that tests make; the process that made them follows.
const OF_TESTS: &str = "tapline-test-";

/// A namespace of a network.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// Where clients run.
    Client,
    /// Where servers run.
    Server,
    /// What is between them.
    Relay,
}

use Place::{Client, Relay, Server};

const ALL: [Place; 3] = [Client, Server, Relay];

/// `ip netns exec` shows these folders' files as those of /etc.
const HOSTS_FOLDER: &str = "/etc/netns";

/// Names for the server, and an address nobody has.
const HOSTS: &str = "\
127.0.0.1 localhost
10.77.0.80 www.example.test other.example.test
10.77.0.99 silent.example.test
fd77::80 www6.example.test
";

/// Namespace, hardware address, IPv4, IPv6 of each end.
const ENDS: [(Place, &str, &str, &str); 2] = [
    (Client, "02:77:00:00:00:10", "10.77.0.10", "fd77::10"),
    (Server, "02:77:00:00:00:80", "10.77.0.80", "fd77::80"),
];

/// Device, hardware address, IPv4, IPv6 of the router towards each end. With a router the ends are on networks of
/// their own: the prefixes are so long that they keep their addresses.
const ROUTER: [(&str, &str, &str, &str); 2] = [
    ("left", "02:77:00:00:00:01", "10.77.0.1", "fd77::1"),
    ("right", "02:77:00:00:00:41", "10.77.0.65", "fd77::81"),
];

/// A hardware address for the address nobody has, so that its SYNs leave.
const SILENT: (&str, &str) = ("10.77.0.99", "02:77:00:00:00:99");

/// Every device does its own work, so that segments are captured as they would be on a wire.
const OFFLOADS_OFF: [&str; 10] = ["tso", "off", "gso", "off", "gro", "off", "tx", "off", "rx", "off"];

/// How the ends are connected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wiring {
    /// One link.
    Direct,
    /// One link whose ends leave segmentation and checksums to the device.
    Offloaded,
    /// Two links with a relay between them.
    Relayed,
    /// As relayed, with a trunk in the middle: client, relay, trunk, relay, server.
    Trunked,
    /// Two links with a router between them: the kernel forwards.
    Routed,
}

impl Wiring {
    fn is_between(self) -> bool {
        matches!(self, Self::Relayed | Self::Trunked | Self::Routed)
    }

    /// Lengths of the prefixes of IPv4 and IPv6.
    fn prefixes(self) -> (u8, u8) {
        if self == Self::Routed { (26, 121) } else { (24, 64) }
    }
}

/// Whether the ends know each other's hardware addresses beforehand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Neighbours {
    /// They do.
    Known,
    /// They ask (ARP, neighbour solicitations).
    Asked,
}

/// The namespaces.
pub struct Network {
    /// What the names of its namespaces begin with.
    name: String,
}

impl Network {
    /// Makes the namespaces of fixtures anew; stale ones are removed with the processes in them.
    pub fn make(wiring: Wiring, neighbours: Neighbours) -> Result<Self> {
        Self::named("tapline".to_owned(), wiring, neighbours)
    }

    /// Makes namespaces for a test beside those of others. What a test run left behind that was killed is removed.
    pub fn for_test(wiring: Wiring) -> Result<Self> {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        remove_abandoned()?;
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        Self::named(format!("{OF_TESTS}{}-{count}", std::process::id()), wiring, Neighbours::Known)
    }

    fn named(name: String, wiring: Wiring, neighbours: Neighbours) -> Result<Self> {
        let network = Self { name };
        network.remove()?;
        network.set_up(wiring, neighbours)?;
        Ok(network)
    }

    /// A namespace's name.
    pub fn name(&self, place: Place) -> String {
        let place = match place {
            Client => "client",
            Server => "server",
            Relay => "relay",
        };
        format!("{}-{place}", self.name)
    }

    /// A command that runs a program inside a namespace.
    pub fn command(&self, place: Place, program: &str) -> Command {
        command_in(&self.name(place), program)
    }

    /// Does something in a thread that is inside a namespace: its sockets are there.
    ///
    /// # Errors
    /// Where the namespace cannot be entered.
    pub fn inside<T: Send>(&self, place: Place, work: impl FnOnce() -> T + Send) -> Result<T> {
        let namespace = File::open(Path::new("/run/netns").join(self.name(place)))?;
        let enter = || move_into_link_name_space(namespace.as_fd(), Some(LinkNameSpaceType::Network));
        thread::scope(|scope| {
            let inside = scope.spawn(|| enter().map(|()| work()));
            let outcome = inside.join().unwrap_or_else(|panicked| resume_unwind(panicked));
            Ok(outcome?)
        })
    }

    fn set_up(&self, wiring: Wiring, neighbours: Neighbours) -> Result<()> {
        let hosts = Path::new(HOSTS_FOLDER).join(self.name(Client));
        fs::create_dir_all(&hosts)?;
        fs::write(hosts.join("hosts"), HOSTS)?;
        for place in ALL.into_iter().take(if wiring.is_between() { 3 } else { 2 }) {
            ip(&format!("netns add {}", self.name(place)))?;
            self.ip(place, "link set lo up")?;
        }
        if wiring.is_between() {
            let role = match wiring {
                Wiring::Routed => "net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1",
                _ => "net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1",
            };
            self.run(Relay, &format!("sysctl -qw {role}"))?;
            self.link((Client, "eth0"), (Relay, "left"))?;
            self.link((Server, "eth0"), (Relay, "right"))?;
        } else {
            self.link((Client, "eth0"), (Server, "eth0"))?;
        }
        if wiring == Wiring::Trunked {
            self.link((Relay, "trunk0"), (Relay, "trunk1"))?;
        }
        for (place, ..) in ENDS {
            self.set_up_end(place, wiring, neighbours)?;
            if wiring != Wiring::Offloaded {
                self.offloads_off(place, "eth0")?;
            }
        }
        if wiring == Wiring::Routed { self.set_up_router(neighbours) } else { Ok(()) }
    }

    fn set_up_end(&self, place: Place, wiring: Wiring, neighbours: Neighbours) -> Result<()> {
        let (prefix4, prefix6) = wiring.prefixes();
        for (end, mac, four, six) in ENDS {
            if end == place {
                // An earlier address would be a new one's neighbour: take the device down for the change.
                self.ip(end, "link set eth0 down")?;
                self.ip(end, &format!("link set eth0 address {mac} mtu 1500 up"))?;
                self.ip(end, &format!("addr add {four}/{prefix4} dev eth0"))?;
                self.ip(end, &format!("addr add {six}/{prefix6} dev eth0 nodad"))?;
            }
        }
        let other = ENDS.iter().filter(|(end, ..)| *end != place).map(|(_, mac, four, six)| (mac, four, six));
        let routers = ROUTER.iter().zip(ENDS).filter(|(_, (end, ..))| *end == place);
        let routers = routers.map(|((_, mac, four, six), _)| (mac, four, six));
        let next: Vec<_> = if wiring == Wiring::Routed { routers.collect() } else { other.collect() };
        let known = next.iter().flat_map(|(mac, four, six)| [(four, mac), (six, mac)]);
        let known: Vec<_> = known.chain([(&&SILENT.0, &&SILENT.1)]).collect();
        if wiring == Wiring::Routed {
            for (_, four, six) in &next {
                self.ip(place, &format!("route add default via {four}"))?;
                self.ip(place, &format!("route add default via {six}"))?;
            }
        }
        if neighbours == Neighbours::Known {
            for (address, mac) in known {
                self.ip(place, &format!("neigh replace {address} lladdr {mac} dev eth0 nud permanent"))?;
            }
        }
        // The machine's own choice of congestion control would show in the captures; Reno is allowed everywhere.
        self.run(place, "sysctl -qw net.ipv4.tcp_congestion_control=reno")
    }

    fn set_up_router(&self, neighbours: Neighbours) -> Result<()> {
        let (prefix4, prefix6) = Wiring::Routed.prefixes();
        for ((device, mac, four, six), (_, end_mac, end_four, end_six)) in ROUTER.iter().zip(ENDS) {
            self.ip(Relay, &format!("link set {device} down"))?;
            self.ip(Relay, &format!("link set {device} address {mac} mtu 1500 up"))?;
            self.ip(Relay, &format!("addr add {four}/{prefix4} dev {device}"))?;
            self.ip(Relay, &format!("addr add {six}/{prefix6} dev {device} nodad"))?;
            for end in [end_four, end_six].iter().filter(|_| neighbours == Neighbours::Known) {
                self.ip(Relay, &format!("neigh replace {end} lladdr {end_mac} dev {device} nud permanent"))?;
            }
        }
        Ok(())
    }

    /// A pair of devices that are a link.
    fn link(&self, (one, device): (Place, &str), (other, peer): (Place, &str)) -> Result<()> {
        let (here, there) = (self.name(one), self.name(other));
        ip(&format!("link add {device} netns {here} type veth peer name {peer} netns {there}"))?;
        for (place, device) in [(one, device), (other, peer)] {
            self.ip(place, &format!("link set {device} up"))?;
            if place == Relay {
                self.offloads_off(place, device)?;
            }
        }
        Ok(())
    }

    fn offloads_off(&self, place: Place, device: &str) -> Result<()> {
        let namespace = self.name(place);
        let words = ["netns", "exec", &namespace, "ethtool", "-K", device];
        output("ip", words.into_iter().chain(OFFLOADS_OFF)).map(drop)
    }

    /// A program and its arguments inside a namespace, to its end.
    fn run(&self, place: Place, line: &str) -> Result<()> {
        output("ip", ["netns", "exec", &self.name(place)].into_iter().chain(line.split_whitespace()))
            .map(drop)
    }

    /// One line of `ip` inside a namespace.
    pub fn ip(&self, place: Place, line: &str) -> Result<()> {
        ip(&format!("-n {} {line}", self.name(place)))
    }

    /// Removes the namespaces that there are, and ends what runs in them.
    fn remove(&self) -> Result<()> {
        let names = ALL.map(|place| self.name(place));
        for name in namespaces()?.iter().filter(|name| names.contains(name)) {
            remove(name)?;
        }
        Ok(())
    }
}

impl Drop for Network {
    fn drop(&mut self) {
        // What is left behind is removed by the next run.
        let _ = self.remove();
    }
}

/// A command that runs a program inside a namespace.
pub fn command_in(namespace: &str, program: &str) -> Command {
    let mut command = Command::new("ip");
    command.args(["netns", "exec", namespace, program]);
    command
}

/// Whether somebody listens in the server's namespace.
pub fn is_listening() -> Result<bool> {
    Ok(!output("ip", ["netns", "exec", SERVER, "ss", "-Hltn"])?.trim().is_empty())
}

/// A program and its arguments inside a namespace, to its end.
pub fn run_in(namespace: &str, words: &[String]) -> Result<()> {
    output("ip", ["netns", "exec", namespace].into_iter().chain(words.iter().map(String::as_str))).map(drop)
}

/// Whether this user may make namespaces.
pub fn is_root() -> bool {
    rustix::process::geteuid().is_root()
}

fn ip(line: &str) -> Result<()> {
    output("ip", line.split_whitespace()).map(drop)
}

fn namespaces() -> Result<Vec<String>> {
    let listed = output("ip", ["netns", "list"])?;
    let names = listed.lines().filter_map(|line| line.split_whitespace().next());
    Ok(names.map(str::to_owned).collect())
}

/// Removes a namespace, and ends what runs in it.
fn remove(name: &str) -> Result<()> {
    for id in output("ip", ["netns", "pids", name])?.lines().filter_map(|line| line.trim().parse().ok()) {
        // It may have ended meanwhile.
        let _ = signal_to(id, Signal::KILL);
    }
    ip(&format!("netns delete {name}"))?;
    match fs::remove_dir_all(Path::new(HOSTS_FOLDER).join(name)) {
        Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    // It stays where it has other namespaces' files.
    let _ = fs::remove_dir(HOSTS_FOLDER);
    Ok(())
}

/// Removes namespaces of test runs that are over.
fn remove_abandoned() -> Result<()> {
    let is_over = |name: &String| {
        let of = name.strip_prefix(OF_TESTS).and_then(|rest| rest.split('-').next());
        of.is_some_and(|process| !Path::new("/proc").join(process).exists())
    };
    for name in namespaces()?.iter().filter(|name| is_over(name)) {
        // Another test may be at it too.
        let _ = remove(name);
    }
    Ok(())
}
