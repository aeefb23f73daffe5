//! Who reads what is written goes away: that ends it, quietly and well.

use std::io::Read;
use std::process::Stdio;

use crate::program::{folder_with, many, tapline};

#[test]
fn a_reader_that_has_seen_enough_is_no_failure() {
    let (_folder, input) = folder_with(&many(1500));
    let check = |arguments: &[&str], reads: usize| {
        let mut command = tapline(arguments);
        let mut child = command.arg(&input).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut begin = vec![0; reads];
        child.stdout.take().unwrap().read_exact(&mut begin).unwrap();
        let output = child.wait_with_output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!((output.status.code(), &*said), (Some(0), ""), "{arguments:?}");
    };
    for reads in [0, 1, 70_000] {
        check(&["export", "--to", "ndjson"], reads);
        check(&["export", "--to", "pcapng"], reads);
    }
    for reads in [0, 1] {
        check(&["report", "--all"], reads);
    }
}

/// What is written to a file meanwhile is whole all the same.
#[test]
fn a_file_that_is_written_meanwhile_is_whole() {
    let (folder, input) = folder_with(&many(1500));
    let written = folder.path().join("written.pcapng");
    let arguments = ["export", "--to", "ndjson", "-w", written.to_str().unwrap(), "-"];
    let mut child = tapline(&arguments)
        .stdin(std::fs::File::open(&input).unwrap())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    assert!(child.wait().unwrap().success());
    assert!(tapline(&["report"]).arg(&written).output().unwrap().status.success());
}
