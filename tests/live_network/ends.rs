//! Ends that nobody planned leave a file that can be read.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use tapline_testkit::{Signal, skipped};

use crate::lab::{Lab, PATIENCE, urls, whole};
use tapline_testkit::network::Stop;

#[test]
fn a_killed_run_leaves_whole_blocks() {
    let Some(lab) = Lab::new() else { return };
    let file = lab.path("out.pcapng").display().to_string();
    let Some(tapline) = lab.tapline(&["export", "--to", "ndjson", "-i", "eth0", "-w", &file], 1) else {
        return;
    };
    std::thread::scope(|scope| {
        let traffic = scope.spawn(|| {
            for _ in 0..4 {
                lab.curl(["-o", "/dev/null", "https://10.77.0.80/large.bin"]);
            }
        });
        // In the middle: some is in the file, more is to come.
        let has_begun = || Ok(fs::metadata(&file).is_ok_and(|file| file.len() > 300_000).then_some(()));
        Stop::default().wait("packets in the file", PATIENCE, has_begun).unwrap();
        tapline.signal(Signal::KILL);
        traffic.join().unwrap();
    });
    tapline.finish();
    // Not even its last block is cut.
    assert!(whole(&lab.path("out.pcapng")) > 100);
}

/// A file system of one MiB, taken away again in any case.
struct SmallDisk(PathBuf);

impl SmallDisk {
    fn mount(folder: PathBuf) -> Option<Self> {
        fs::create_dir(&folder).unwrap();
        let options = ["-t", "tmpfs", "-o", "size=1m,mode=0777", "tmpfs"];
        let status = Command::new("mount").args(options).arg(&folder).status().unwrap();
        if !status.success() {
            skipped("no file system can be mounted here");
            return None;
        }
        Some(Self(folder))
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(&self.0).status();
    }
}

#[test]
fn a_full_disk_is_said_and_leaves_whole_blocks() {
    let Some(lab) = Lab::new() else { return };
    let Some(disk) = SmallDisk::mount(lab.path("disk")) else { return };
    let file = disk.0.join("out.pcapng").display().to_string();
    let Some(tapline) = lab.tapline(&["export", "--to", "ndjson", "-i", "eth0", "-w", &file], 1) else {
        return;
    };
    for _ in 0..6 {
        lab.curl(["-o", "/dev/null", "http://10.77.0.80/large.bin"]);
    }
    let output = tapline.interrupt();
    // Analysis went on.
    assert_eq!(output.status.code(), Some(1), "{}", output.complaints);
    assert!(output.complaints.contains("no longer written"), "{}", output.complaints);
    let told = output.lines();
    assert_eq!(urls(&told).len(), 6);
    let written = whole(&disk.0.join("out.pcapng"));
    assert!(written > 100 && written < told.last().unwrap()["packets"].as_u64().unwrap(), "{written}");
}

#[test]
fn it_ends_by_itself_and_the_file_is_whole() {
    let Some(lab) = Lab::new() else { return };
    let file = lab.path("out.pcapng").display().to_string();
    let arguments = ["export", "--to", "ndjson", "-i", "eth0", "-a", "duration:1.5", "-w", &file];
    let Some(tapline) = lab.tapline(&arguments, 1) else { return };
    lab.curl(["-o", "/dev/null", "http://10.77.0.80/page.html"]);
    let output = tapline.finish();
    output.succeeded();
    assert!(whole(&lab.path("out.pcapng")) > 5);
}
