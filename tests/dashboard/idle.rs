//! Nobody touches a key: nothing is done and nothing is written.

use std::time::Duration;

use tapline_testkit::fixtures;

use crate::terminal::Dashboard;

/// Hundredths of a second that may pass in two: the keyboard's thread looks whether it is still wanted.
const TICKS_MAX: u64 = 3;

/// User and system time of a process, hundredths of a second: fields 14 and 15 of its stat.
fn ticks(id: u32) -> u64 {
    let stat = std::fs::read_to_string(format!("/proc/{id}/stat")).unwrap();
    let (_, behind_name) = stat.rsplit_once(')').unwrap();
    behind_name.split_whitespace().skip(11).take(2).map(|field| field.parse::<u64>().unwrap()).sum()
}

#[test]
fn a_loaded_dashboard_rests() {
    for name in ["link/page-load.pcapng", "http1/many-connections.pcapng", "tls/tls13.pcapng"] {
        let path = fixtures().into_iter().find(|path| path.ends_with(name)).unwrap();
        let mut dashboard = Dashboard::open(&path);
        dashboard.wait_until_loaded();
        // The screens that read packets again too.
        for nth in [4, 2, 0] {
            dashboard.go(nth);
        }
        let id = dashboard.terminal.id().unwrap();
        std::thread::sleep(Duration::from_millis(500));
        let before = (ticks(id), dashboard.terminal.written());
        std::thread::sleep(Duration::from_secs(2));
        let spent = ticks(id) - before.0;
        assert_eq!(dashboard.terminal.written(), before.1, "{name}: something is written");
        assert!(spent <= TICKS_MAX, "{name}: {spent} hundredths of a second");
        dashboard.press("q");
        dashboard.wait_for_end();
    }
}
