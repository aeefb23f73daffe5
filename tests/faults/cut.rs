//! Files that others cut short, or go on with, while they are read.

use std::fs::{self, File};
use std::io::{BufRead, BufReader, Read, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use crate::program::{complains, folder_with, good, many, tapline};

/// Enough that neither the pipe nor what is read ahead holds all that is told of it.
const EXCHANGES: usize = 12_000;

fn cut(path: &Path, bytes: u64) {
    File::options().write(true).open(path).unwrap().set_len(bytes).unwrap();
}

fn running(arguments: &[&str], paths: &[&Path]) -> Child {
    tapline(arguments).args(paths).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
}

/// Whoever does not read what is told keeps it from reading on.
#[test]
fn one_that_is_cut_while_it_is_read_is_told_to_the_cut() {
    let content = many(EXCHANGES);
    for threads in ["1", "2"] {
        for left in [0, 100, content.len() as u64 / 2] {
            let (_folder, path) = folder_with(&content);
            let mut child = running(&["export", "--to", "ndjson", "--threads", threads], &[&path]);
            let mut told = BufReader::new(child.stdout.take().unwrap());
            let mut text = String::new();
            told.read_line(&mut text).unwrap();
            cut(&path, left);
            told.read_to_string(&mut text).unwrap();
            let output = child.wait_with_output().unwrap();
            let name = path.to_str().unwrap();
            complains(
                &output,
                1,
                &[name, "became shorter while it was read", "read it when nobody changes it"],
            );
            let records: Vec<serde_json::Value> =
                text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
            let capture = records.last().unwrap();
            assert_eq!(capture["type"], "capture");
            assert_eq!(capture["damages"].as_array().unwrap().len(), 1, "{capture}");
            let exchanges = records.iter().filter(|record| record["type"] == "http_exchange").count();
            assert!((1..EXCHANGES).contains(&exchanges), "{exchanges} with {threads} threads, cut at {left}");
        }
    }
}

/// A second file that does not come yet keeps it from reading on, by whatever way the first one is read.
#[test]
fn one_of_several_that_is_cut_is_named() {
    let content = many(6000);
    let packed = packed(&content);
    for (content, words) in [(&content, "became shorter"), (&packed, "cannot be read on")] {
        for command in [&["report"][..], &["export", "--to", "ndjson"]] {
            let (folder, path) = folder_with(content);
            let pipe = folder.path().join("pipe");
            assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
            let child = running(command, &[&path, &pipe]);
            // Opens when it is opened to be read, which is after the first file was.
            let mut other = File::options().write(true).open(&pipe).unwrap();
            cut(&path, content.len() as u64 / 2);
            other.write_all(&good()).unwrap();
            drop(other);
            let output = child.wait_with_output().unwrap();
            complains(&output, 1, &[path.to_str().unwrap(), words]);
            assert!(String::from_utf8_lossy(&output.stdout).contains("example.test"));
        }
    }
}

/// Larger than what is read of it at once.
fn packed(content: &[u8]) -> Vec<u8> {
    let mut child =
        Command::new("gzip").arg("-1").stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let mut input = child.stdin.take().unwrap();
    let content = content.to_vec();
    let writer = std::thread::spawn(move || input.write_all(&content).unwrap());
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap();
    assert!(output.stdout.len() > 200_000, "{}", output.stdout.len());
    output.stdout
}

/// Both readings of an export of packets.
#[test]
fn packets_of_a_file_that_is_cut_are_those_that_are_there() {
    let content = many(EXCHANGES);
    let (folder, path) = folder_with(&content);
    let mut child = running(&["export", "--to", "pcapng"], &[&path]);
    let mut told = child.stdout.take().unwrap();
    let mut octets = vec![0; 1];
    told.read_exact(&mut octets).unwrap();
    cut(&path, content.len() as u64 / 2);
    told.read_to_end(&mut octets).unwrap();
    complains(&child.wait_with_output().unwrap(), 1, &["became shorter"]);
    let written = folder.path().join("written.pcapng");
    fs::write(&written, octets).unwrap();
    let report = tapline(&["report"]).arg(&written).output().unwrap();
    assert_eq!(report.status.code(), Some(0), "{}", String::from_utf8_lossy(&report.stderr));
}

/// A capture in progress: its last block is not there yet.
#[test]
fn one_that_is_still_written_is_told_as_far_as_it_goes() {
    let content = many(3);
    let (_folder, path) = folder_with(&content[..content.len() - 200]);
    let mut writer = File::options().append(true).open(&path).unwrap();
    let output = tapline(&["report"]).arg(&path).output().unwrap();
    complains(&output, 1, &[path.to_str().unwrap(), "is cut"]);
    assert!(String::from_utf8_lossy(&output.stdout).contains("GET http://example.test/a"));
    writer.write_all(&content[content.len() - 200..]).unwrap();
    assert_eq!(tapline(&["report"]).arg(&path).output().unwrap().status.code(), Some(0));
}
