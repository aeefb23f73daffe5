//! Bounds of what is read of certificates and tried with them.

use rcgen::{CrlDistributionPoint, CustomExtension, KeyPair};
use tapline_analysis::certificate::{Certificate, Contents, Judge, Trust};
use tapline_analysis::limits::{CHAIN_CERTIFICATES_MAX, LOG_TIMESTAMPS_MAX, NAMES_MAX, ROOTS_MAX, URLS_MAX};

use super::authority::{Authority, authority, leaf, named};

fn read(params: &rcgen::CertificateParams) -> Contents {
    *Certificate::read(&Authority::root("Root").sign(params)).contents.unwrap()
}

#[test]
fn certificates_of_a_chain_and_names_of_one_are_read_up_to_a_number() {
    let chain = |certificates: usize| {
        let read = Judge::new(None).chain(std::iter::repeat_n(&b"garbage"[..], certificates));
        (read.certificates().len(), read.left_out())
    };
    assert_eq!(chain(CHAIN_CERTIFICATES_MAX), (CHAIN_CERTIFICATES_MAX, 0));
    assert_eq!(chain(CHAIN_CERTIFICATES_MAX + 1), (CHAIN_CERTIFICATES_MAX, 1));
    let names = |names: usize| {
        let names: Vec<_> = (0..names).map(|nth| format!("{nth}.test")).collect();
        let contents = read(&named(&names.iter().map(String::as_str).collect::<Vec<_>>()));
        (contents.names.len(), contents.names_left_out)
    };
    assert_eq!(names(NAMES_MAX), (NAMES_MAX, 0));
    assert_eq!(names(NAMES_MAX + 1), (NAMES_MAX, 1));
}

#[test]
fn addresses_and_timestamps_of_one_are_read_up_to_a_number() {
    let urls = |count: usize| {
        let mut params = leaf();
        let uris = (0..count).map(|nth| format!("http://{nth}.test/")).collect();
        params.crl_distribution_points = vec![CrlDistributionPoint { uris }];
        let contents = read(&params);
        (contents.crl_urls.len(), contents.others_left_out)
    };
    assert_eq!([URLS_MAX, URLS_MAX + 1].map(urls), [(URLS_MAX, 0), (URLS_MAX, 1)]);
    let length = |octets: &[u8]| u16::try_from(octets.len()).unwrap().to_be_bytes();
    let timestamps = |count: usize| {
        let one = [&[0][..], &[7; 32], &[0; 8], &[0, 0, 4, 3, 0, 2, 1, 2]].concat();
        let list = [&length(&one)[..], &one].concat().repeat(count);
        let list = [&length(&list)[..], &list].concat();
        let octets = [&[0x04, 0x82][..], &length(&list), &list].concat();
        let mut params = leaf();
        params
            .custom_extensions
            .push(CustomExtension::from_oid_content(&[1, 3, 6, 1, 4, 1, 11129, 2, 4, 2], octets));
        let contents = read(&params);
        (contents.timestamps.len(), contents.others_left_out)
    };
    assert_eq!(timestamps(LOG_TIMESTAMPS_MAX), (LOG_TIMESTAMPS_MAX, 0));
    assert_eq!(timestamps(LOG_TIMESTAMPS_MAX + 1), (LOG_TIMESTAMPS_MAX, 1));
}

#[test]
fn roots_are_trusted_up_to_a_number() {
    let key = KeyPair::generate().unwrap();
    let root = |nth: usize| authority(&format!("Root {nth}")).self_signed(&key).unwrap().der().to_vec();
    let mut trust = Trust::new();
    assert!((0..ROOTS_MAX).all(|nth| trust.add(&root(nth))));
    assert_eq!((trust.len(), trust.left_out()), (ROOTS_MAX, 0));
    assert!(!trust.add(&root(ROOTS_MAX)));
    assert_eq!((trust.len(), trust.left_out()), (ROOTS_MAX, 1));
}
