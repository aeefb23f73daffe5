//! What a record says, by its type (RFC 1035 §3.3, RFC 3596, RFC 2782, RFC 6891, RFC 9460).

use std::net::{Ipv4Addr, Ipv6Addr};

use tapline_packet::field::{Cursor, hex, printable, size};

use super::names::name;

/// All of the cursor's octets, in short.
pub(super) fn rdata(cursor: &mut Cursor<'_>, whole: &[u8], kind: u16) -> Option<String> {
    match kind {
        1 => {
            let address = cursor.u32_as("dns.a", "Address", |address| Ipv4Addr::from(address).to_string())?;
            Some(Ipv4Addr::from(address).to_string())
        }
        28 => {
            let show = |octets: &[u8]| {
                octets.first_chunk().map_or(String::new(), |&octets| Ipv6Addr::from(octets).to_string())
            };
            cursor.octets_as("dns.aaaa", "AAAA Address", 16, show).map(show)
        }
        2 => name(cursor, whole, "dns.ns", "Name Server"),
        5 => name(cursor, whole, "dns.cname", "CNAME"),
        12 => name(cursor, whole, "dns.ptr.domain_name", "Domain Name"),
        39 => name(cursor, whole, "dns.dname", "DNAME"),
        15 => {
            cursor.u16("dns.mx.preference", "Preference")?;
            name(cursor, whole, "dns.mx.mail_exchange", "Mail Exchange")
        }
        6 => start_of_authority(cursor, whole),
        33 => {
            cursor.u16("dns.srv.priority", "Priority")?;
            cursor.u16("dns.srv.weight", "Weight")?;
            let port = cursor.u16("dns.srv.port", "Port")?;
            name(cursor, whole, "dns.srv.target", "Target").map(|target| format!("{target}:{port}"))
        }
        16 => texts(cursor),
        41 => options(cursor),
        64 | 65 => service(cursor, whole),
        _ => {
            let octets = cursor.rest_as("dns.rdata", "Data", hex);
            Some(size(octets.len()))
        }
    }
}

/// RFC 1035 §3.3.13.
fn start_of_authority(cursor: &mut Cursor<'_>, whole: &[u8]) -> Option<String> {
    let server = name(cursor, whole, "dns.soa.mname", "Primary Name Server")?;
    name(cursor, whole, "dns.soa.rname", "Responsible Authority's Mailbox")?;
    cursor.u32("dns.soa.serial_number", "Serial Number")?;
    for (field, label) in [
        ("dns.soa.refresh_interval", "Refresh Interval"),
        ("dns.soa.retry_interval", "Retry Interval"),
        ("dns.soa.expire_limit", "Expire Limit"),
        ("dns.soa.minimum_ttl", "Minimum TTL"),
    ] {
        cursor.u32_as(field, label, |seconds| format!("{seconds} s"))?;
    }
    Some(server)
}

/// RFC 1035 §3.3.14.
fn texts(cursor: &mut Cursor<'_>) -> Option<String> {
    let mut first = String::new();
    while !cursor.is_empty() {
        let length = usize::from(cursor.u8("dns.txt.length", "TXT Length")?);
        if length > 0 {
            let text = cursor.octets_as("dns.txt", "TXT", length, printable)?;
            if first.is_empty() {
                first = printable(text);
            }
        }
    }
    Some(first)
}

/// RFC 6891 §6.1.2.
fn options(cursor: &mut Cursor<'_>) -> Option<String> {
    let mut count = 0;
    while !cursor.is_empty() {
        cursor.heading("dns.opt", "Option", |cursor| {
            let code = cursor.u16("dns.opt.code", "Option Code")?;
            let length = usize::from(cursor.u16("dns.opt.len", "Option Length")?);
            if length > 0 {
                cursor.octets("dns.opt.data", "Option Data", length)?;
            }
            Some(code)
        })?;
        count += 1;
    }
    Some(format!("{count} options"))
}

/// RFC 9460 §2.2.
fn service(cursor: &mut Cursor<'_>, whole: &[u8]) -> Option<String> {
    let priority = cursor.u16("dns.svcb.svcpriority", "SvcPriority")?;
    let target = name(cursor, whole, "dns.svcb.targetname", "TargetName")?;
    while !cursor.is_empty() {
        cursor.heading("dns.svcb.svcparam", "SvcParam", |cursor| {
            cursor.u16_as("dns.svcb.svcparam.key", "SvcParamKey", |key| match key_name(key) {
                Some(name) => format!("{name} ({key})"),
                None => key.to_string(),
            })?;
            let length = cursor.u16("dns.svcb.svcparam.value.length", "SvcParamValue Length")?;
            if length > 0 {
                cursor.octets("dns.svcb.svcparam.value", "SvcParamValue", length.into())?;
            }
            Some(())
        })?;
    }
    Some(format!("{priority} {target}"))
}

fn key_name(key: u16) -> Option<&'static str> {
    Some(match key {
        0 => "mandatory",
        1 => "alpn",
        2 => "no-default-alpn",
        3 => "port",
        4 => "ipv4hint",
        5 => "ech",
        6 => "ipv6hint",
        7 => "dohpath",
        _ => return None,
    })
}
