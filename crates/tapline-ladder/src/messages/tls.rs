//! TLS messages in words.

use tapline_analysis::decode::tls::{self, Body, Handshake};
use tapline_analysis::{human, printable};

use super::{Mood, Words};
use crate::Close;

/// A message in words; `None` where what it carried is shown by itself.
pub(super) fn words(message: &tls::Message, close: &Close, shows_inside: bool) -> Option<Words> {
    let length = u64::from(message.length);
    Some(match &message.body {
        Body::Handshake(handshake) => of_handshake(handshake, message, close),
        Body::ChangeCipherSpec => Words::new("ChangeCipherSpec"),
        Body::Alert(alert) => {
            let mood = if alert.level == 2 { Mood::Bad } else { Mood::Fine };
            Words::new(format!("alert: {alert}")).mood(mood)
        }
        Body::ApplicationData if message.decrypted && shows_inside => return None,
        Body::ApplicationData => Words::new("application data").run("application data", 0),
        Body::Heartbeat { .. } => Words::new("heartbeat"),
        Body::Encrypted => Words::new(format!("encrypted {}", message.content)),
        Body::Unknown(_) => Words::new(format!("record of type {}", message.content)).mood(Mood::Odd),
    })
    .map(|words| words.octets(length))
}

/// `client_hello` of the registry as RFCs write it in their text: `ClientHello`.
fn camel(name: &str) -> String {
    let capital =
        |part: &str| part.get(..1).unwrap_or_default().to_uppercase() + part.get(1..).unwrap_or_default();
    name.split('_').map(capital).collect()
}

fn of_handshake(handshake: &Handshake, message: &tls::Message, close: &Close) -> Words {
    let name = camel(&handshake.kind().to_string());
    let session = close.sessions.first();
    match handshake {
        Handshake::ClientHello(_) => {
            let name_asked = session.and_then(|session| session.server_name.as_deref());
            let sni = name_asked.map_or_else(String::new, |name| format!("SNI {}", printable(name)));
            Words::new(name).detail(sni)
        }
        Handshake::ServerHello(hello) if hello.is_hello_retry_request() => {
            Words::new("HelloRetryRequest").mood(Mood::Odd)
        }
        Handshake::ServerHello(hello) => {
            let version = session.and_then(|session| session.version).unwrap_or(hello.version);
            Words::new(name).detail(format!("{version} · {}", hello.cipher_suite))
        }
        Handshake::Certificate(_) => Words::new(name).detail(human::bytes(message.length.into())),
        Handshake::Finished(_) => match message.verified {
            Some(true) => Words::new(name).detail("verified"),
            Some(false) => Words::new(name).detail("does not verify").mood(Mood::Bad),
            None => Words::new(name),
        },
        Handshake::Malformed { .. } => Words::new(format!("{name}, malformed")).mood(Mood::Odd),
        _ => Words::new(name),
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn names_are_those_of_the_rfcs_text() {
        assert_eq!(super::camel("client_hello"), "ClientHello");
        assert_eq!(super::camel("finished"), "Finished");
        assert_eq!(super::camel("0x63"), "0x63");
    }
}
