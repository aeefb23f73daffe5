//! What is written while it is analysed tells the same when it is read again.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;

use serde_json::Value;
use tapline_testkit::{Signal, installed};

use crate::lab::{Lab, export, lines, tshark_packets, urls, whole};

/// What the `capture` record says of where packets came from. Everything else of every line is the packets' own.
const OF_THE_INPUT: [&str; 4] = [
    // The devices' names; the file's path.
    "files",
    // A device has none.
    "format",
    // Only what is captured can be more than is analysed: a file waits, and says null.
    "queue_dropped_packets",
    // Interfaces that went down: a file does not keep that.
    "incidents",
];

/// The lines without what belongs to the input.
fn of_packets(mut lines: Vec<Value>) -> Vec<Value> {
    for line in lines.iter_mut().filter(|line| line["type"] == "capture") {
        let fields = line.as_object_mut().unwrap();
        for field in OF_THE_INPUT {
            assert!(fields.remove(field).is_some(), "there is no {field}");
        }
    }
    lines
}

/// Whether TLS is opened, with a key log that curl writes meanwhile.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Keys {
    Given,
    None,
}

/// What is told of pages that so many clients fetch at the same time: live, and of the file that is written meanwhile.
fn live_and_again(clients: usize, keys: Keys) -> Option<(Vec<Value>, Vec<Value>)> {
    let lab = Lab::new()?;
    let (file, live, log) = (lab.path("out.pcapng"), lab.path("live.ndjson"), lab.path("keys"));
    let keys: Vec<PathBuf> = if keys == Keys::Given { vec!["--keylog".into(), log] } else { Vec::new() };
    let mut arguments = ["export", "--to", "ndjson", "-i", "eth0", "-w"].map(PathBuf::from).to_vec();
    arguments.extend([file.clone(), "-o".into(), live.clone()].into_iter().chain(keys.clone()));
    let tapline = lab.tapline(&arguments, 1)?;
    std::thread::scope(|scope| {
        for _ in 0..clients {
            scope.spawn(|| lab.fetch_pages());
        }
    });
    tapline.interrupt().succeeded();
    let told = lines(&fs::read(live).unwrap());
    let (read, status, complaints) = export(&file, &keys);
    assert!(status.success(), "{complaints}");
    let capture = told.last().unwrap();
    assert_eq!(capture["queue_dropped_packets"], 0, "{capture}");
    assert_eq!(capture["dropped_packets"], 0, "{capture}");
    if installed(&["tshark"]) {
        assert_eq!(tshark_packets(&file), capture["packets"].as_u64());
    }
    Some((of_packets(told), of_packets(read)))
}

fn same(told: &[Value], read: &[Value]) {
    for (live, again) in told.iter().zip(read) {
        assert_eq!(live, again);
    }
    assert_eq!(told.len(), read.len());
}

#[test]
fn the_written_file_tells_what_was_told_live() {
    let Some((told, read)) = live_and_again(2, Keys::None) else { return };
    assert_eq!(told.iter().filter(|line| line["type"] == "tls_session").count(), 8);
    same(&told, &read);
}

/// Secrets that come a moment after what they open hold it back, and nothing else: what else a connection does is told
/// meanwhile, and what other connections do. All of it is told, and what is of one kind in its order.
#[test]
fn what_opens_while_it_is_captured_is_what_opens_later() {
    let Some((mut told, mut read)) = live_and_again(3, Keys::Given) else { return };
    assert_eq!(urls(&told).len(), 30);
    for lines in [&mut told, &mut read] {
        // The sort keeps the order of what is equal.
        lines.sort_by_key(|line| {
            let connection = line["connection"].as_u64().or(line["id"].as_u64());
            (connection, line["type"].as_str().map(str::to_owned))
        });
    }
    same(&told, &read);
}

#[test]
fn a_ring_keeps_the_newest_packets() {
    let Some(lab) = Lab::new() else { return };
    let file = lab.path("ring.pcapng").display().to_string();
    let arguments =
        ["export", "--to", "ndjson", "-i", "eth0", "-b", "packets:40", "-b", "files:2", "-w", &file];
    let Some(tapline) = lab.tapline(&arguments, 1) else { return };
    lab.fetch_pages();
    let output = tapline.interrupt();
    output.succeeded();
    let packets = output.lines().last().unwrap()["packets"].as_u64().unwrap();
    let mut ring: Vec<_> = fs::read_dir(lab.path("")).unwrap().map(|entry| entry.unwrap().path()).collect();
    ring.retain(|path| path.extension().is_some_and(|extension| extension == "pcapng"));
    ring.sort();
    assert_eq!(ring.len(), 2, "{ring:?}");
    assert_eq!(whole(&ring[0]), 40);
    assert_eq!(whole(&ring[1]), (packets - 1) % 40 + 1);
}

/// Arguments for a ring in a folder that is root's alone.
fn ring_of_root(lab: &Lab) -> Vec<String> {
    let folder = lab.path("closed");
    fs::create_dir(&folder).unwrap();
    fs::set_permissions(&folder, fs::Permissions::from_mode(0o700)).unwrap();
    let file = folder.join("ring.pcapng").display().to_string();
    ["export", "--to", "ndjson", "-i", "eth0", "-b", "packets:40", "-w", &file].map(str::to_owned).to_vec()
}

#[test]
fn who_keeps_rights_writes_where_only_root_may() {
    let Some(lab) = Lab::new() else { return };
    let mut arguments = ring_of_root(&lab);
    arguments.push("--keep-privileges".to_owned());
    let Some(tapline) = lab.tapline(&arguments, 1) else { return };
    lab.fetch_pages();
    tapline.interrupt().succeeded();
    let ring = fs::read_dir(lab.path("closed")).unwrap().map(|entry| whole(&entry.unwrap().path()));
    assert!(ring.count() > 3);
}

#[test]
fn who_gives_up_rights_says_beforehand_that_it_may_not_write() {
    let Some(lab) = Lab::new() else { return };
    let told = lab.start(&ring_of_root(&lab)).finish();
    let says = told.complaints.contains("ring.pcapng") && told.complaints.contains("--keep-privileges");
    assert!(says || told.complaints.contains("libpcap"), "{}", told.complaints);
    assert_eq!(told.status.code(), Some(2), "{}", told.complaints);
}

#[test]
fn it_writes_what_a_filter_and_a_snapshot_length_leave() {
    let Some(lab) = Lab::new() else { return };
    let file = lab.path("out.pcapng").display().to_string();
    let arguments = [
        "export",
        "--to",
        "ndjson",
        "-i",
        "eth0",
        "-f",
        "tcp port 80",
        "-s",
        "200",
        "-B",
        "4",
        "-p",
        "-c",
        "15",
        "-w",
        &file,
    ];
    let Some(tapline) = lab.tapline(&arguments, 1) else { return };
    lab.fetch_pages();
    lab.curl(["-o", "/dev/null", "http://10.77.0.80/large.bin"]);
    let output = tapline.finish();
    output.succeeded();
    let capture = output.lines().last().unwrap().clone();
    assert_eq!(capture["packets"], 15, "{capture}");
    assert!(capture["truncated_packets"].as_u64().unwrap() > 0, "{capture}");
    // What was captured when it was enough is written too.
    assert!(whole(lab.path("out.pcapng").as_path()) >= 15);
}

#[test]
fn a_terminated_run_is_whole() {
    let Some(lab) = Lab::new() else { return };
    let file = lab.path("out.pcapng").display().to_string();
    let Some(tapline) = lab.tapline(&["export", "--to", "ndjson", "-i", "eth0", "-w", &file], 1) else {
        return;
    };
    lab.fetch_pages();
    crate::lab::settle();
    tapline.signal(Signal::TERM);
    let output = tapline.finish();
    output.succeeded();
    let told = output.lines().last().unwrap()["packets"].as_u64().unwrap();
    assert_eq!(whole(&lab.path("out.pcapng")), told);
}
