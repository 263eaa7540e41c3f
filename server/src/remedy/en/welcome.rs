//! The server's first words.

use super::provider::{self, FROM_THE_FIRST_BYTE};
use crate::{
    model::{Protocol, Security},
    remedy::{
        scene::{Scene, title_name},
        words::{Words, steps, words},
    },
};

pub(super) fn no_greeting(scene: &Scene) -> Words {
    let Scene { port, .. } = scene;
    let words = words!(
        "The server took the connection and said nothing";
        "A mail server greets first. Silence means that something else listens on port {port}, that the port expects SSL/TLS at once, or that the server lets unknown visitors wait.";
    );
    let words = if scene.security == Security::Tls || scene.known.is_some() {
        words
    } else {
        words.then(steps!["The port may be waiting for encryption: {FROM_THE_FIRST_BYTE}. Then check again."])
    };
    words
        .then(steps![
            "If it stays silent, ask the server's administrator whether Postroom's IP address has to be allowed first.",
        ])
        .first(provider::check_port(scene))
}

pub(super) fn wrong_protocol(scene: &Scene, found: &str) -> Words {
    let Scene { host, protocol_name, .. } = scene;
    let found = title_name(found);
    let other_way = match scene.protocol {
        Protocol::Imap => "IMAP is for reading mail, SMTP for sending it; the two often have different server names.",
        Protocol::Smtp => {
            "SMTP is for sending mail, IMAP and POP3 for reading it; they often have different server names."
        }
    };
    words!(
        "This is a server for {found}, not for {protocol_name}";
        "{host} answered on this port, but in another protocol. {other_way}";
        "Check that you have not exchanged the server names of incoming and outgoing mail.",
    )
    .first(provider::check_port(scene))
}

pub(super) fn not_a_mail_server(scene: &Scene) -> Words {
    let Scene { host, port, domain, protocol_name, .. } = scene;
    words!(
        "What answers here is not a mail server";
        "Something listens at {host}, port {port}, but it does not speak a mail protocol. It may be a web server.";
        "Enter the {protocol_name} server's name, not the address of the webmail page. Often it begins with “mail.”, “imap.” or “smtp.”.",
        "When in doubt, ask your provider for the {protocol_name} server of {domain}.",
    )
    .first(provider::check_port(scene))
}

pub(super) fn turned_away(scene: &Scene) -> Words {
    let Scene { host, .. } = scene;
    words!(
        "The server turned Postroom away at the door";
        "It closed the conversation before any name or password was given. Either it is too busy just now, or it does not accept connections from Postroom's IP address.";
        "Read the server's words above: they often name the reason or a page about it.",
        "Check again in a few minutes.",
        "If it stays so, ask the administrator of {host} to allow Postroom's IP address and to remove it from any block list.",
    )
}

pub(super) fn ehlo_refused(scene: &Scene) -> Words {
    let Scene { host, .. } = scene;
    words!(
        "The server does not accept the name Postroom gives itself";
        "A program that sends mail introduces itself with the name of its machine. This server wants a full public name, such as postroom.example.com.";
        "Ask whoever runs Postroom to set ehlo_name in postroom.toml to the machine's public host name and to restart Postroom.",
        "Choose a name that leads to the machine in DNS; some servers check it.",
        "If the name is right, ask the administrator of {host} which names are accepted.",
    )
}
