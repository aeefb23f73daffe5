//! Which names say that a value is secret, or that it is a URL.
//!
//! Names are known by how they end, `-`, `_` and `.` aside: there are more of them than anybody lists, and a value too
//! many that is taken out costs less than one too few. The last three letters come first, because most names are none.

/// What a header field's value is, where there may be a secret in it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Form {
    /// A secret.
    Secret(Secret),
    /// A URL or a target.
    Url,
    /// URLs among other things.
    Urls,
    /// A host, which may have somebody's name and password before it.
    Authority,
}

/// What a secret looks like.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Secret {
    /// Perhaps a scheme, then what proves who asks (RFC 9110 §11.4).
    Credentials,
    /// Names and values (RFC 6265 §4.2).
    Cookies,
    /// A name and a value, then attributes (RFC 6265 §4.1).
    SetCookie,
    /// Names of protocols, among which browsers have tokens travel: with a WebSocket they can send no other field.
    Protocols,
    /// All of it.
    Whole,
}

/// What a header field of this name holds; `None` for what is nobody's secret.
pub(super) fn form(name: &[u8]) -> Option<Form> {
    use Secret::{Cookies, Credentials, Protocols, SetCookie, Whole};
    let ending = ending(name)?;
    let fields: &[(&str, Form)] = match &ending {
        // Also X-Forwarded-Authorization and the like, by which proxies hand credentials on.
        b"ion" => &[
            ("authorization", Form::Secret(Credentials)),
            ("location", Form::Url),
            ("destination", Form::Url),
        ],
        // X-Registry-Auth, X-Sentry-Auth.
        b"uth" => &[("auth", Form::Secret(Credentials))],
        b"kie" => &[("setcookie", Form::Secret(SetCookie)), ("cookie", Form::Secret(Cookies))],
        // RFC 2965.
        b"ie2" => &[("cookie2", Form::Secret(Whole))],
        b"col" => &[("secwebsocketprotocol", Form::Secret(Protocols))],
        // A proof that is good for one request, and until then for anybody (RFC 9449).
        b"pop" => &[("dpop", Form::Secret(Whole))],
        // Claims that a load balancer of AWS signs.
        b"ata" => &[("oidcdata", Form::Secret(Whole))],
        // A key by another name.
        b"eam" => &[("honeycombteam", Form::Secret(Whole))],
        // Passwords of registries, in base64.
        b"fig" => &[("registryconfig", Form::Secret(Whole))],
        b"rer" => &[("referer", Form::Url)],
        // `:path`, X-Original-Path, X-Envoy-Original-Path; X-Original-URL; X-Forwarded-URI.
        b"ath" => &[("path", Form::Url)],
        b"url" => &[("url", Form::Url)],
        b"uri" => &[("uri", Form::Url)],
        b"ink" => &[("link", Form::Urls)],
        b"esh" => &[("refresh", Form::Urls)],
        b"ost" => &[("host", Form::Authority)],
        b"ity" => &[("authority", Form::Authority)],
        _ => &[],
    };
    let known = fields.iter().find(|(word, _)| ends_in(name, word)).map(|&(_, form)| form);
    known.or_else(|| is_secret(ending, name).then_some(Form::Secret(Whole)))
}

/// Whether a parameter of this name, in a query or a fragment, has a secret as its value.
pub(super) fn is_secret_parameter(name: &[u8]) -> bool {
    let Some(ending) = ending(name) else { return false };
    let (words, names): (&[&str], &[&str]) = match &ending {
        b"ion" => (&["authorization"], &[]),
        // Whoever has a signed URL may do what it says: S3, CloudFront, Google, Azure (`sig`).
        b"ure" => (&["signature"], &[]),
        b"sig" => (&[], &["sig"]),
        // An authorisation code (RFC 6749 §4.1.2).
        b"ode" => (&["authcode"], &["code"]),
        // Keys of Google's and others' APIs.
        b"key" => (&[], &["key"]),
        b"uth" => (&[], &["auth", "oauth"]),
        // A login that a browser carries from one site to another: SAML, CAS.
        b"nse" => (&[], &["samlresponse"]),
        b"ket" => (&[], &["ticket"]),
        b"ass" => (&[], &["pass", "userpass"]),
        b"pin" => (&[], &["pin"]),
        b"otp" => (&["otp"], &[]),
        b"sid" => (&[], &["sid", "connectsid"]),
        // Akamai's.
        b"nea" => (&[], &["hdnea"]),
        b"nts" => (&[], &["hdnts"]),
        _ => (&[], &[]),
    };
    words.iter().any(|word| ends_in(name, word))
        || names.iter().any(|known| is_called(name, known))
        || is_secret(ending, name)
}

/// Words that mean a secret wherever they stand.
fn is_secret(ending: [u8; 3], name: &[u8]) -> bool {
    let words: &[&str] = match &ending {
        // Access, refresh, identity, session and CSRF tokens, those of GitLab, Vault, AWS, Cloudflare.
        b"ken" => &["token"],
        b"ret" => &["secret"],
        b"ord" => &["password"],
        b"swd" => &["passwd"],
        b"pwd" => &["pwd"],
        b"ase" => &["passphrase"],
        // Other keys are none: Sec-WebSocket-Key, Idempotency-Key, Surrogate-Key.
        b"key" => &[
            "apikey",
            "accesskey",
            "accountkey",
            "applicationkey",
            "authkey",
            "customerkey",
            "encryptionkey",
            "functionskey",
            "insertkey",
            "licensekey",
            "masterkey",
            "privatekey",
            "secretkey",
            "sessionkey",
            "sharedkey",
            "signingkey",
            "subscriptionkey",
        ],
        b"jwt" => &["jwt"],
        // Of SAML and JWT: who the user is, signed.
        b"ion" => &["assertion"],
        b"als" => &["credentials"],
        // JSESSIONID, PHPSESSID.
        b"nid" | b"-id" | b"_id" => &["sessionid"],
        b"sid" => &["sessid"],
        _ => &[],
    };
    words.iter().any(|word| ends_in(name, word))
}

/// The last three octets, letters in lower case.
fn ending(name: &[u8]) -> Option<[u8; 3]> {
    Some(name.last_chunk::<3>()?.map(|octet| octet.to_ascii_lowercase()))
}

/// Octets of a name that count, in lower case, the last one first.
fn backwards(name: &[u8]) -> impl Iterator<Item = u8> {
    name.iter().rev().filter(|octet| !b"-_.".contains(octet)).map(u8::to_ascii_lowercase)
}

fn ends_in(name: &[u8], word: &str) -> bool {
    let mut octets = backwards(name);
    word.bytes().rev().all(|expected| octets.next() == Some(expected))
}

fn is_called(name: &[u8], known: &str) -> bool {
    backwards(name).eq(known.bytes().rev())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secret_fields_are_known_by_their_names() {
        let secret = |form| Some(Form::Secret(form));
        let check = |name: &str, expected| assert_eq!(form(name.as_bytes()), expected, "{name}");
        for name in ["authorization", "Proxy-Authorization", "X-Forwarded-Authorization", "X-Registry-Auth"] {
            check(name, secret(Secret::Credentials));
        }
        check("Cookie", secret(Secret::Cookies));
        check("set-cookie", secret(Secret::SetCookie));
        check("Set-Cookie2", secret(Secret::Whole));
        for name in [
            "X-API-Key",
            "apikey",
            "x_api_key",
            "X-Goog-Api-Key",
            "Ocp-Apim-Subscription-Key",
            "x-functions-key",
            "X-Amz-Server-Side-Encryption-Customer-Key",
            "X-Auth-Token",
            "X-Amz-Security-Token",
            "X-CSRF-Token",
            "X-XSRF-TOKEN",
            "PRIVATE-TOKEN",
            "X-Vault-Token",
            "CF-Access-Client-Secret",
            "Cf-Access-Jwt-Assertion",
            "X-Amzn-Oidc-Data",
            "x-auth-password",
            "X-Session-Id",
            "DPoP",
        ] {
            check(name, secret(Secret::Whole));
        }
        check(":path", Some(Form::Url));
        check("Referer", Some(Form::Url));
        check("Content-Location", Some(Form::Url));
        check(":authority", Some(Form::Authority));
        check("Sec-WebSocket-Protocol", secret(Secret::Protocols));
    }

    #[test]
    fn other_fields_are_left_alone() {
        for name in [
            "",
            "te",
            "Accept",
            "Connection",
            "Content-Encoding",
            "Content-Type",
            "ETag",
            "Sec-WebSocket-Key",
            "Idempotency-Key",
            "Surrogate-Key",
            "WWW-Authenticate",
            "X-Request-Id",
            "x-ratelimit-remaining-tokens",
            "X-Amz-Server-Side-Encryption-Customer-Key-MD5",
            "User-Agent",
        ] {
            assert_eq!(form(name.as_bytes()), None, "{name}");
        }
    }

    #[test]
    fn secret_parameters_are_known_by_their_names() {
        for name in [
            "access_token",
            "refresh_token",
            "id_token",
            "token",
            "X-Amz-Security-Token",
            "X-Amz-Signature",
            "Signature",
            "sig",
            "code",
            "key",
            "api_key",
            "apiKey",
            "password",
            "pwd",
            "client_secret",
            "jsessionid",
            "PHPSESSID",
            "SAMLResponse",
            "ticket",
        ] {
            assert!(is_secret_parameter(name.as_bytes()), "{name}");
        }
        for name in
            ["", "q", "page", "country_code", "state", "X-Amz-Credential", "keyword", "design", "monkey"]
        {
            assert!(!is_secret_parameter(name.as_bytes()), "{name}");
        }
    }
}
