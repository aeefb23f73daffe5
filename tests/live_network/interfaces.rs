//! Several interfaces at once.

use tapline_testkit::network::{Place, Running};

use crate::lab::{Lab, urls, whole};

/// nginx on the client's machine too, and requests to both.
fn ask_both(lab: &Lab) {
    let configuration = std::fs::read_to_string(lab.path("nginx.conf")).unwrap();
    let near = lab.path("near.conf");
    std::fs::write(&near, configuration.replace("nginx.pid", "near.pid")).unwrap();
    let mut command = lab.network.command(Place::Client, "nginx");
    command.arg("-e").arg(lab.path("near.log")).arg("-c").arg(&near);
    let _near = Running::start(&mut command, &lab.path("near-server.log"), None).unwrap();
    lab.curl(["-o", "/dev/null", "--retry-connrefused", "--retry", "8", "http://127.0.0.1/page.html?near"]);
    lab.curl(["-o", "/dev/null", "http://10.77.0.80/page.html?far"]);
}

fn check(interfaces: &[&str], sockets: usize) {
    let Some(lab) = Lab::new() else { return };
    let file = lab.path("out.pcapng").display().to_string();
    let named = interfaces.iter().flat_map(|name| ["-i", name]);
    let arguments: Vec<&str> = ["export", "--to", "ndjson", "-w", &file].into_iter().chain(named).collect();
    let Some(tapline) = lab.tapline(&arguments, sockets) else { return };
    ask_both(&lab);
    let output = tapline.interrupt();
    output.succeeded();
    let mut asked = urls(&output.lines());
    asked.sort_unstable();
    assert_eq!(asked, ["http://10.77.0.80/page.html?far", "http://127.0.0.1/page.html?near"]);
    assert!(whole(&lab.path("out.pcapng")) > 20);
}

#[test]
fn two_interfaces_are_one_capture() {
    check(&["eth0", "lo"], 2);
}

#[test]
fn any_interface_is_all_of_them() {
    check(&["any"], 1);
}
