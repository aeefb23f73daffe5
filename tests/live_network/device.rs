//! An interface that goes away.

use tapline_testkit::network::Place;

use crate::lab::{Lab, SERVER, settle, urls, whole};

#[test]
fn an_interface_that_was_down_is_captured_on_again() {
    let Some(lab) = Lab::new() else { return };
    let file = lab.path("out.pcapng").display().to_string();
    let Some(tapline) = lab.tapline(&["export", "--to", "ndjson", "-i", "eth0", "-w", &file], 1) else {
        return;
    };
    lab.curl(["-o", "/dev/null", "http://10.77.0.80/page.html?before"]);
    settle();
    lab.network.ip(Place::Client, "link set eth0 down").unwrap();
    settle();
    lab.network.ip(Place::Client, "link set eth0 up").unwrap();
    lab.curl(["-o", "/dev/null", "--retry-all-errors", "--retry", "8", "http://10.77.0.80/page.html?after"]);
    let output = tapline.interrupt();
    output.succeeded();
    let page = |when| format!("http://{SERVER}/page.html?{when}");
    assert_eq!(urls(&output.lines()), [page("before"), page("after")]);
    let said = &output.complaints;
    assert!(said.contains("eth0 went down") && said.contains("eth0 came up"), "{said}");
    whole(&lab.path("out.pcapng"));
}

#[test]
fn an_interface_that_is_removed_ends_the_run_and_is_said() {
    let Some(lab) = Lab::new() else { return };
    let file = lab.path("out.pcapng").display().to_string();
    let Some(tapline) = lab.tapline(&["export", "--to", "ndjson", "-i", "eth0", "-w", &file], 1) else {
        return;
    };
    lab.curl(["-o", "/dev/null", "http://10.77.0.80/page.html?before"]);
    settle();
    lab.network.ip(Place::Client, "link del eth0").unwrap();
    let output = tapline.finish();
    assert!(output.complaints.contains("eth0 is gone"), "{}", output.complaints);
    let told = output.lines();
    assert_eq!(urls(&told).len(), 1);
    assert!(told.last().unwrap()["incidents"][0].as_str().unwrap().contains("eth0 is gone"));
    assert!(whole(&lab.path("out.pcapng")) > 5);
}
