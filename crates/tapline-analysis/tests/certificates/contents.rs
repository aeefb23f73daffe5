//! What a certificate says.

use rcgen::{
    CertificateParams, CrlDistributionPoint, CustomExtension, DnType, DnValue, KeyUsagePurpose, SanType,
    SerialNumber,
};
use tapline_analysis::certificate::{Certificate, Contents, NameKind};

use super::authority::{Authority, WWW, leaf, named};

fn read(params: &CertificateParams) -> Contents {
    let der = Authority::root("Root").sign(params);
    let certificate = Certificate::read(&der);
    assert_eq!(certificate.length_bytes, der.len());
    *certificate.contents.unwrap()
}

#[test]
fn the_fields_are_read() {
    let mut params = leaf();
    params.serial_number = Some(SerialNumber::from_slice(&[0x0a, 0xbc]));
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature, KeyUsagePurpose::KeyEncipherment];
    let uris = vec!["http://crl.example.test/1.crl".to_owned()];
    params.crl_distribution_points = vec![CrlDistributionPoint { uris }];
    let contents = read(&params);
    assert_eq!((contents.version, &*contents.serial), (3, "0abc"));
    assert_eq!((&*contents.subject, &*contents.issuer), ("CN=www.example.test", "CN=Root"));
    assert_eq!(contents.not_before.to_string(), "2026-01-01T00:00:00Z");
    assert_eq!(contents.not_after.to_string(), "2027-01-01T00:00:00Z");
    assert_eq!((contents.key.to_string(), contents.key.bits), ("EC P-256".to_owned(), Some(256)));
    assert!(!contents.is_ca && !contents.self_issued);
    assert_eq!(contents.key_usage, ["digitalSignature", "keyEncipherment"]);
    assert_eq!(contents.extended_key_usage, ["serverAuth"]);
    assert_eq!(contents.crl_urls, ["http://crl.example.test/1.crl"]);
    assert_eq!(contents.display_name(), WWW);
    let names: Vec<_> = contents.extensions.iter().map(|extension| &*extension.name).collect();
    for name in
        ["authorityKeyIdentifier", "subjectAltName", "keyUsage", "extKeyUsage", "cRLDistributionPoints"]
    {
        assert!(names.contains(&name), "{names:?}");
    }
}

#[test]
fn an_authority_is_told_by_its_constraints() {
    let root = Authority::root("Root");
    let low = root.authority_of_depth("Low", 1);
    let contents = |der| Certificate::read(der).contents.unwrap();
    assert_eq!((contents(low.der()).is_ca, contents(low.der()).path_length_max), (true, Some(1)));
    let root = contents(root.der());
    assert_eq!((root.is_ca, root.path_length_max, root.self_issued), (true, None, true));
    assert_eq!(contents(low.der()).authority_key_id, root.subject_key_id);
    assert!(root.subject_key_id.is_some());
}

#[test]
fn names_of_every_kind() {
    let mut params = named(&["*.example.test", "2001:db8::1"]);
    params.subject_alt_names.push(SanType::Rfc822Name("who@example.test".try_into().unwrap()));
    params.subject_alt_names.push(SanType::URI("https://example.test/".try_into().unwrap()));
    params.subject_alt_names.push(SanType::OtherName((vec![1, 2, 3], "x".into())));
    let names: Vec<_> = read(&params).names.into_iter().map(|name| (name.kind, name.value)).collect();
    let expected = [
        (NameKind::Dns, "*.example.test"),
        (NameKind::Ip, "2001:db8::1"),
        (NameKind::Email, "who@example.test"),
        (NameKind::Uri, "https://example.test/"),
    ];
    for ((kind, value), (expected_kind, expected)) in names.iter().zip(expected) {
        assert_eq!((*kind, &**value), (expected_kind, expected));
    }
    assert_eq!((names.len(), names[4].0), (5, NameKind::Other));
}

#[test]
fn a_subject_moves_no_cursor() {
    let mut params = leaf();
    params
        .distinguished_name
        .push(DnType::OrganizationName, DnValue::Utf8String("A, B\x1b[2J\u{202e}".to_owned()));
    params.distinguished_name.push(DnType::CustomDnType(vec![1, 2, 3]), "x");
    let subject = read(&params).subject;
    assert_eq!(subject, "1.2.3=x,O=A\\, B\\1b[2J\\u{202e},CN=www.example.test");
}

/// RFC 6962 §3.3: one timestamp in the list, made by hand.
#[test]
fn timestamps_of_logs() {
    let mut sct = vec![0];
    sct.extend([7; 32]);
    sct.extend(1_767_225_600_000_u64.to_be_bytes());
    sct.extend([0, 0, 4, 3, 0, 2, 1, 2]);
    let length = |octets: &[u8]| u16::try_from(octets.len()).unwrap().to_be_bytes();
    let list = [&length(&sct)[..], &sct].concat();
    let list = [&length(&list)[..], &list].concat();
    let octets = [&[0x04, u8::try_from(list.len()).unwrap()][..], &list].concat();
    let mut params = leaf();
    params
        .custom_extensions
        .push(CustomExtension::from_oid_content(&[1, 3, 6, 1, 4, 1, 11129, 2, 4, 2], octets));
    let contents = read(&params);
    let [timestamp] = contents.timestamps[..] else { panic!("{:?}", contents.extensions) };
    assert_eq!((timestamp.log_id, timestamp.timestamp_ms), ([7; 32], 1_767_225_600_000));
}

#[test]
fn an_extension_that_is_broken_is_said() {
    let mut params = leaf();
    params.custom_extensions.push(CustomExtension::from_oid_content(&[2, 5, 29, 36], vec![0xff]));
    params.custom_extensions.push(CustomExtension::from_oid_content(&[1, 2, 3], vec![0xff]));
    let contents = read(&params);
    let of = |name| contents.extensions.iter().find(|extension| extension.name == name).unwrap().readable;
    assert_eq!((of("policyConstraints"), of("1.2.3"), of("subjectAltName")), (Some(false), None, Some(true)));
}
