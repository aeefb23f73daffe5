//! Authorities and what they sign.

use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    KeyUsagePurpose, date_time_ymd,
};

pub(crate) const WWW: &str = "www.example.test";

type Day = (i32, u8, u8);

/// A CA with its key.
pub(crate) struct Authority {
    params: CertificateParams,
    issuer: Issuer<'static, KeyPair>,
    der: Vec<u8>,
}

impl Authority {
    pub(crate) fn root(name: &str) -> Self {
        Self::root_dated(name, (2020, 1, 1), (2040, 1, 1))
    }

    pub(crate) fn root_dated(name: &str, from: Day, to: Day) -> Self {
        Self::itself(dated(authority(name), from, to), KeyPair::generate().unwrap())
    }

    pub(crate) fn with_key(name: &str, key: KeyPair) -> Self {
        Self::itself(dated(authority(name), (2020, 1, 1), (2040, 1, 1)), key)
    }

    fn itself(params: CertificateParams, key: KeyPair) -> Self {
        let der = params.self_signed(&key).unwrap().der().to_vec();
        Self { issuer: Issuer::new(params.clone(), key), params, der }
    }

    /// Whoever has this certificate from `above`.
    pub(crate) fn signed(above: &Self, params: CertificateParams) -> Self {
        let key = KeyPair::generate().unwrap();
        let der = params.signed_by(&key, &above.issuer).unwrap().der().to_vec();
        Self { issuer: Issuer::new(params.clone(), key), params, der }
    }

    pub(crate) fn authority(&self, name: &str) -> Self {
        self.authority_dated(name, (2020, 1, 1), (2040, 1, 1))
    }

    pub(crate) fn authority_dated(&self, name: &str, from: Day, to: Day) -> Self {
        Self::signed(self, dated(authority(name), from, to))
    }

    pub(crate) fn authority_of_depth(&self, name: &str, depth: u8) -> Self {
        let mut params = authority(name);
        params.is_ca = IsCa::Ca(BasicConstraints::Constrained(depth));
        Self::signed(self, params)
    }

    /// The name and key of another one, signed by this one.
    pub(crate) fn cross_sign(&self, other: &Self, from: Day, to: Day) -> Vec<u8> {
        let params = dated(other.params.clone(), from, to);
        params.signed_by(other.issuer.key(), &self.issuer).unwrap().der().to_vec()
    }

    /// A certificate for a new key.
    pub(crate) fn sign(&self, params: &CertificateParams) -> Vec<u8> {
        params.signed_by(&KeyPair::generate().unwrap(), &self.issuer).unwrap().der().to_vec()
    }

    pub(crate) fn der(&self) -> &[u8] {
        &self.der
    }
}

pub(crate) fn authority(name: &str) -> CertificateParams {
    let mut params = named(&[]);
    params.distinguished_name.push(DnType::CommonName, name);
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    params.extended_key_usages.clear();
    dated(params, (2020, 1, 1), (2040, 1, 1))
}

/// A server's certificate for `www.example.test` and an address, valid from 2026-01-01 to 2027-01-01.
pub(crate) fn leaf() -> CertificateParams {
    named(&[WWW, "192.0.2.7"])
}

pub(crate) fn named(names: &[&str]) -> CertificateParams {
    let names: Vec<String> = names.iter().map(|&name| name.to_owned()).collect();
    let mut params = CertificateParams::new(names).unwrap();
    params.distinguished_name = rcgen::DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, WWW);
    params.use_authority_key_identifier_extension = true;
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    dated(params, (2026, 1, 1), (2027, 1, 1))
}

pub(crate) fn dated(mut params: CertificateParams, from: Day, to: Day) -> CertificateParams {
    params.not_before = date_time_ymd(from.0, from.1, from.2);
    params.not_after = date_time_ymd(to.0, to.1, to.2);
    params
}

/// A certificate that signs itself.
pub(crate) fn self_signed(params: &CertificateParams) -> Vec<u8> {
    params.self_signed(&KeyPair::generate().unwrap()).unwrap().der().to_vec()
}
