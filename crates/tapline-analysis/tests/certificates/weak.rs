//! Weak keys and digests, which nobody but OpenSSL makes any more.

use std::path::Path;
use std::process::{Command, Stdio};

use tapline_analysis::Timestamp;
use tapline_analysis::certificate::{Judge, Question};

use super::authority::WWW;
use super::{check_sentences, faults, question, trust};

/// Runs `openssl` in a folder; false where there is none.
fn openssl(folder: &Path, arguments: &str) -> bool {
    let mut command = Command::new("openssl");
    command
        .current_dir(folder)
        .args(arguments.split_whitespace())
        .stdout(Stdio::null())
        .stderr(Stdio::piped());
    match command.output() {
        Ok(output) => {
            assert!(
                output.status.success(),
                "openssl {arguments}: {}",
                String::from_utf8_lossy(&output.stderr)
            );
            true
        }
        Err(_) => false,
    }
}

/// A root and a certificate for `www.example.test` in DER: with these keys, the latter signed with this digest.
fn chain(root_key: &str, own_key: &str, digest: &str) -> Option<[Vec<u8>; 2]> {
    let folder = tempfile::tempdir().unwrap();
    let run = |arguments: &str| openssl(folder.path(), arguments);
    if !run("version") {
        eprintln!("skipped: there is no openssl to make weak certificates with");
        return None;
    }
    std::fs::write(folder.path().join("san"), format!("subjectAltName=DNS:{WWW}\n")).unwrap();
    for (name, key) in [("root", root_key), ("own", own_key)] {
        if key == "dsa" {
            run("dsaparam -out dsa.pem 1024");
            run(&format!("gendsa -out {name}.key dsa.pem"));
        } else {
            run(&format!("genpkey {key} -out {name}.key"));
        }
    }
    run(&format!(
        "req -x509 -new -key root.key -subj /CN=Root -days 36500 -outform DER -out root.der {digest}"
    ));
    run("x509 -inform DER -in root.der -out root.pem");
    run("req -new -key own.key -subj /CN=www.example.test -out own.csr");
    run(&format!(
        "x509 -req -in own.csr -CA root.pem -CAkey root.key -CAcreateserial -extfile san -days 3650 {digest} -outform DER -out own.der"
    ));
    let read = |name: &str| std::fs::read(folder.path().join(name)).unwrap();
    Some([read("own.der"), read("root.der")])
}

/// The chain is made now, so it is judged an hour after its certificate became valid.
fn check(root_key: &str, own_key: &str, digest: &str, expected: &[&str], parts: &[&str]) {
    let Some([own, root]) = chain(root_key, own_key, digest) else { return };
    let mut judge = Judge::new(Some(trust(&[&root])));
    let chain = judge.chain([&own[..], &root]);
    let contents = chain.leaf().unwrap().contents.as_ref().unwrap();
    let at = Timestamp((contents.not_before.0 + 3600) * 1_000_000_000);
    let verdict = judge.verdict(&chain, &Question { at, ..question(Some(WWW)) });
    assert_eq!(faults(&verdict), expected, "{root_key} {own_key} {digest}: {verdict:#?}");
    check_sentences(&verdict, parts);
    let mut stranger = Judge::new(Some(trust(&[super::authority::Authority::root("Stranger").der()])));
    let verdict = stranger.verdict(&chain, &Question { at, ..question(Some(WWW)) });
    assert_eq!(faults(&verdict)[0], "unknown_issuer", "{verdict:#?}");
}

const RSA_2048: &str = "-algorithm RSA -pkeyopt rsa_keygen_bits:2048";

fn rsa(bits: u32) -> String {
    format!("-algorithm RSA -pkeyopt rsa_keygen_bits:{bits}")
}

#[test]
fn strong_ones_are_trusted() {
    check(RSA_2048, RSA_2048, "-sha256", &[], &[]);
    check(
        RSA_2048,
        RSA_2048,
        "-sha256 -sigopt rsa_padding_mode:pss -sigopt rsa_pss_saltlen:digest",
        &[],
        &[],
    );
    // A root is trusted as it is, its key and its own signature included.
    check(&rsa(1024), RSA_2048, "-sha256", &[], &[]);
}

#[test]
fn weak_keys() {
    let sentence = "the key of the server's certificate is weak: 1024 bits of RSA, fewer than 2048";
    check(RSA_2048, &rsa(1024), "-sha256", &["weak_key"], &[sentence]);
    check(RSA_2048, &rsa(512), "-sha256", &["weak_key"], &["512 bits of RSA"]);
    let p192 = "-algorithm EC -pkeyopt ec_paramgen_curve:prime192v1";
    check(RSA_2048, p192, "-sha256", &["weak_key"], &["192 bits of EC, fewer than 224"]);
    check(RSA_2048, "dsa", "-sha256", &["weak_key"], &["DSA is not used any more"]);
}

#[test]
fn weak_digests() {
    let sentence = "the server's certificate is signed with SHA-1 (sha1WithRSAEncryption)";
    check(RSA_2048, RSA_2048, "-sha1", &["weak_signature"], &[sentence]);
    check(&rsa(1024), RSA_2048, "-sha1", &["weak_signature"], &[sentence]);
    let both = ["weak_signature", "weak_key"];
    check(RSA_2048, &rsa(1024), "-sha1", &both, &[]);
    // Nobody verifies MD5 or DSA here; who signed is known by the name all the same.
    let sentence = "signed with MD5 (md5WithRSAEncryption)";
    let unverified =
        "the signature of the server's certificate (md5WithRSAEncryption) cannot be verified here";
    check(RSA_2048, RSA_2048, "-md5", &["weak_signature"], &[sentence, unverified]);
    check("dsa", RSA_2048, "-sha1", &["weak_signature"], &["SHA-1 (dsa-with-sha1)"]);
}

/// Who signed itself proves nothing by it, so a weak digest takes nothing away.
#[test]
fn a_weak_digest_on_a_root_is_nothing() {
    let Some([_, root]) = chain(RSA_2048, RSA_2048, "-sha1") else { return };
    let mut judge = Judge::new(Some(trust(&[&root])));
    let chain = judge.chain([&root[..]]);
    let contents = chain.leaf().unwrap().contents.as_ref().unwrap();
    assert_eq!(contents.signature.weak_digest, Some("SHA-1"));
    let at = Timestamp((contents.not_before.0 + 3600) * 1_000_000_000);
    let verdict = judge.verdict(&chain, &Question { at, ..question(None) });
    assert_eq!((verdict.verdict.code(), faults(&verdict)), ("trusted", vec![]), "{verdict:#?}");
}

/// A signature that cannot be verified and is not weak is neither trusted nor a fault.
#[test]
fn what_cannot_be_verified_is_not_trusted() {
    let Some([own, root]) = chain(RSA_2048, RSA_2048, "-sha224") else { return };
    let mut judge = Judge::new(Some(trust(&[&root])));
    let chain = judge.chain([&own[..]]);
    let contents = chain.leaf().unwrap().contents.as_ref().unwrap();
    let at = Timestamp((contents.not_before.0 + 3600) * 1_000_000_000);
    let verdict = judge.verdict(&chain, &Question { at, ..question(Some(WWW)) });
    assert_eq!((verdict.verdict.code(), faults(&verdict)), ("not_judged", vec![]), "{verdict:#?}");
}
