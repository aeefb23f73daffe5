//! How fast records of 16 KiB open:
//! `cargo test --release -p tapline-crypto --lib speed -- --ignored --nocapture`.

use std::hint::black_box;
use std::time::{Duration, Instant};

use super::Opener;
use super::seal::Sealer;
use crate::{Master, Randoms, Side, Suite};

const SUITES: [(&str, u16); 9] = [
    ("TLS_AES_128_GCM_SHA256", 0x1301),
    ("TLS_AES_256_GCM_SHA384", 0x1302),
    ("TLS_CHACHA20_POLY1305_SHA256", 0x1303),
    ("TLS_AES_128_CCM_SHA256", 0x1304),
    ("TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256", 0xc02f),
    ("TLS_RSA_WITH_CAMELLIA_128_GCM_SHA256", 0xc07a),
    ("TLS_RSA_WITH_AES_128_CBC_SHA", 0x002f),
    ("TLS_RSA_WITH_3DES_EDE_CBC_SHA", 0x000a),
    ("TLS_RSA_WITH_RC4_128_SHA", 0x0005),
];

#[test]
#[ignore = "a measurement: it cannot fail"]
fn speed() {
    for (name, number) in SUITES {
        let suite = Suite::of(number).unwrap();
        let (opener, mut sealer) = ends(suite);
        let sealed = sealer.seal(23, &vec![7; 1 << 14], 0);
        let mut out = Vec::new();
        let (mut records, mut spent) = (0_u32, Duration::ZERO);
        while spent < Duration::from_millis(300) {
            // Always the first record: a copy of the opener costs nothing beside 16 KiB.
            let mut opener = opener.clone();
            let began = Instant::now();
            black_box(opener.open(23, 0x0303, black_box(&sealed), &mut out)).unwrap();
            spent += began.elapsed();
            records += 1;
        }
        println!("{name:40} {:6.2} GB/s", f64::from(records) * 16384e-9 / spent.as_secs_f64());
    }
}

fn ends(suite: Suite) -> (Opener, Sealer) {
    if suite.is_tls13() {
        let secret = vec![3; suite.prf.length()];
        return (Opener::tls13(0x0304, suite, &secret).unwrap(), Sealer::tls13(suite, &secret));
    }
    let (master, randoms) = (Master::given(&[4; 48]).unwrap(), Randoms { client: [1; 32], server: [2; 32] });
    let opener = Opener::tls12(0x0303, suite, &master, &randoms, Side::Client, false).unwrap();
    (opener, Sealer::tls12(0x0303, suite, &master, &randoms))
}
