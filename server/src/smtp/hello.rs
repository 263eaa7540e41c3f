//! Says EHLO, or HELO to those who know nothing better (RFC 5321 4.1.1.1).

use std::net::IpAddr;

use super::{
    classify::{self, Place, Scene},
    conversation::Conversation,
    extensions::Extensions,
};
use crate::model::{Finding, Problem};

/// Introduces us and learns what the server can do.
pub(super) async fn say<'a>(
    talk: &mut Conversation,
    our_name: &str,
    scene: impl Fn(String) -> Scene<'a>,
) -> Result<Extensions, Problem> {
    let name = argument(our_name);
    let mut reply = talk.command(&format!("EHLO {name}")).await?;
    if classify::knows_no_ehlo(&reply) {
        talk.note("The server does not know EHLO; trying HELO.");
        reply = talk.command(&format!("HELO {name}")).await?;
    }
    if reply.is_positive() {
        Ok(Extensions::of(&reply))
    } else {
        let words = talk.words(&reply);
        Err(classify::problem(Place::Ehlo, &reply, scene(words)))
    }
}

/// What the step shows.
pub(super) fn finding(talk: &Conversation, extensions: &Extensions) -> Finding {
    Finding::Ehlo {
        server: talk.quote(extensions.server()),
        extensions: extensions.lines().iter().map(|line| talk.quote(line)).collect(),
        size_limit_bytes: extensions.size_limit_bytes(),
    }
}

/// Our name as the command's argument: an address becomes an address literal (RFC 5321 4.1.3), an
/// international name its A-labels, and what cannot be in a command is left out.
pub(super) fn argument(name: &str) -> String {
    let name = name.trim().trim_end_matches('.');
    match name.parse::<IpAddr>() {
        Ok(IpAddr::V4(address)) => return format!("[{address}]"),
        Ok(IpAddr::V6(address)) => return format!("[IPv6:{address}]"),
        Err(_) => {}
    }
    let ascii = if name.is_ascii() { name.to_owned() } else { idna::domain_to_ascii(name).unwrap_or_default() };
    let fit: String = ascii.chars().filter(char::is_ascii_graphic).collect();
    if fit.is_empty() { "[127.0.0.1]".to_owned() } else { fit }
}

#[cfg(test)]
mod tests {
    use super::argument;

    #[test]
    fn our_name_is_always_fit_for_a_command() {
        for (name, expected) in [
            ("desk.example.com", "desk.example.com"),
            (" desk.example.com. ", "desk.example.com"),
            ("192.0.2.1", "[192.0.2.1]"),
            ("2001:db8::1", "[IPv6:2001:db8::1]"),
            ("[192.0.2.1]", "[192.0.2.1]"),
            ("지원.한국", "xn--3f5b.xn--3e0b707e"),
            ("desk\r\nMAIL FROM:<>", "deskMAILFROM:<>"),
            ("", "[127.0.0.1]"),
        ] {
            let found = argument(name);
            if name.starts_with('지') {
                assert!(found.is_ascii() && found.ends_with(".xn--3e0b707e"), "{found}");
            } else {
                assert_eq!(found, expected, "{name}");
            }
        }
    }
}
