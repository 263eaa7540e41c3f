//! The header of a message: what we write in front of it, and what we read in it. It is somebody else's word.

use std::net::IpAddr;

use mail_parser::{DateTime, MessageParser};

use super::session::Envelope;
use crate::db::folded_address;
use crate::model::{EmailAddress, Timestamp};

/// The longest text that is taken out of a header, in characters.
const LONGEST_FIELD: usize = 1_000;

/// What a list shows of a message.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Fields {
    /// With its angle brackets.
    pub message_id: Option<String>,
    pub subject: Option<String>,
    pub author: Option<String>,
}

/// How a message came to us.
pub(super) struct Way<'a> {
    pub envelope: &'a Envelope,
    pub id: &'a str,
    /// Our name.
    pub by: &'a str,
    pub peer: IpAddr,
    pub at: Timestamp,
}

impl Way<'_> {
    /// The fields of a final delivery (RFC 5321 4.4): where answers of machines go, for whom it is, and the way.
    pub(super) fn fields(&self) -> String {
        let Self { envelope, id, by, peer, at } = self;
        let mut fields = format!("Return-Path: <{}>\r\n", path(&envelope.sender));
        for recipient in &envelope.recipients {
            fields.push_str(&format!("Delivered-To: {}\r\n", recipient.address));
        }
        let peer = match peer.to_canonical() {
            IpAddr::V4(address) => format!("[{address}]"),
            IpAddr::V6(address) => format!("[IPv6:{address}]"),
        };
        let with = match (envelope.utf8, envelope.extended, envelope.tls) {
            (true, _, true) => "UTF8SMTPS",
            (true, _, false) => "UTF8SMTP",
            (false, true, true) => "ESMTPS",
            (false, true, false) => "ESMTP",
            (false, false, _) => "SMTP",
        };
        let date = DateTime::from_timestamp(at.0.div_euclid(1_000)).to_rfc822();
        fields.push_str(&format!("Received: from {} ({peer})\r\n", envelope.helo));
        fields.push_str(&format!("\tby {by} (Postroom) with {with} id {id}"));
        // More than one would tell each recipient of the others.
        if let [recipient] = envelope.recipients.as_slice() {
            fields.push_str(&format!("\r\n\tfor <{}>", recipient.address));
        }
        fields.push_str(&format!(";\r\n\t{date}\r\n"));
        fields
    }
}

/// An address as it stands in a path: its local part is quoted where it must be.
fn path(address: &str) -> String {
    match address.rsplit_once('@') {
        Some((local, domain)) if EmailAddress::parse(address).is_err() => {
            format!("\"{}\"@{domain}", local.replace('\\', "\\\\").replace('"', "\\\""))
        }
        _ => address.to_owned(),
    }
}

/// Where the header ends, with the empty line: `None` while it goes on.
pub(super) fn end(message: &[u8]) -> Option<usize> {
    if message.starts_with(b"\r\n") { Some(2) } else { end_within(message) }
}

/// The same in a later piece of the header.
pub(super) fn end_within(piece: &[u8]) -> Option<usize> {
    piece.windows(4).position(|four| four == b"\r\n\r\n").map(|position| position + 4)
}

/// True where a message has been here before, or has passed more servers than any honest one does (RFC 5321 6.3).
pub(super) fn is_looping(header: &[u8], envelope: &Envelope, most_received: usize) -> bool {
    let mut received = 0;
    for line in header.split(|&byte| byte == b'\n') {
        let Some(colon) = line.iter().position(|&byte| byte == b':') else { continue };
        let (name, value) = line.split_at(colon);
        let name = name.trim_ascii();
        if name.eq_ignore_ascii_case(b"Received") {
            received += 1;
        } else if name.eq_ignore_ascii_case(b"Delivered-To") {
            let value = String::from_utf8_lossy(value);
            let value = value.trim_matches(|c: char| c.is_whitespace() || matches!(c, ':' | '<' | '>'));
            let folded = EmailAddress::parse(value).ok().and_then(|address| folded_address(&address));
            if folded.is_some_and(|folded| envelope.recipients.iter().any(|known| known.folded == folded)) {
                return true;
            }
        }
    }
    received > most_received
}

/// What a list shows of a message, as far as it can be made out.
pub(super) fn fields(head: &[u8]) -> Fields {
    let Some(message) = MessageParser::new().with_minimal_headers().parse_headers(head) else {
        return Fields::default();
    };
    let author = message.from().and_then(|from| from.first()).and_then(|first| first.address());
    Fields {
        message_id: message.message_id().and_then(printable).map(|id| format!("<{}>", id.trim_matches(['<', '>']))),
        subject: message.subject().and_then(printable),
        author: author.and_then(printable),
    }
}

/// A text without what no list can show and PostgreSQL cannot keep; `None` where nothing is left.
fn printable(text: &str) -> Option<String> {
    let text: String = text.chars().filter(|c| !c.is_control()).take(LONGEST_FIELD).collect();
    let text = text.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inbound::session::Recipient;
    use crate::model::MailboxId;

    fn envelope(recipients: &[&str]) -> Envelope {
        let recipient = |address: &&str| Recipient {
            mailbox: MailboxId(1),
            address: (*address).to_owned(),
            folded: address.to_lowercase(),
        };
        Envelope {
            sender: "ada@example.com".to_owned(),
            recipients: recipients.iter().map(recipient).collect(),
            helo: "mail.example.com".to_owned(),
            extended: true,
            tls: true,
            utf8: false,
        }
    }

    fn trace(envelope: &Envelope) -> String {
        let (peer, at) = ("192.0.2.7".parse().unwrap(), Timestamp(1_700_000_000_000));
        Way { envelope, id: "abc", by: "desk.example", peer, at }.fields()
    }

    #[test]
    fn the_trace_says_who_brought_it_and_for_whom() {
        assert_eq!(
            trace(&envelope(&["support@it.desk.example"])),
            "Return-Path: <ada@example.com>\r\n\
             Delivered-To: support@it.desk.example\r\n\
             Received: from mail.example.com ([192.0.2.7])\r\n\
             \tby desk.example (Postroom) with ESMTPS id abc\r\n\
             \tfor <support@it.desk.example>;\r\n\
             \tTue, 14 Nov 2023 22:13:20 +0000\r\n"
        );
    }

    #[test]
    fn two_recipients_are_not_named_in_the_way() {
        let trace = trace(&envelope(&["support@it.desk.example", "support@hr.desk.example"]));
        assert!(!trace.contains("\tfor <"), "{trace}");
    }

    #[test]
    fn a_quoted_sender_is_quoted_again() {
        let sender = "a \"b\"@example.com".to_owned();
        let trace = trace(&Envelope { sender, ..envelope(&["support@it.desk.example"]) });
        assert!(trace.starts_with("Return-Path: <\"a \\\"b\\\"\"@example.com>\r\n"), "{trace}");
    }

    #[test]
    fn mail_that_was_here_before_is_looping() {
        let ours = envelope(&["support-abc@it.desk.example"]);
        for field in ["Delivered-To: Support-ABC@it.desk.example", "delivered-to:<support-abc@it.desk.example>"] {
            assert!(is_looping(format!("Subject: a\r\n{field}\r\n\r\n").as_bytes(), &ours, 50), "{field}");
        }
        assert!(!is_looping(b"Delivered-To: ada@example.com\r\nX-To: support-abc@it.desk.example\r\n\r\n", &ours, 50));
        let way = |hops| "Received: from a\r\n\tby b\r\n".repeat(hops);
        assert!(!is_looping(way(50).as_bytes(), &ours, 50) && is_looping(way(51).as_bytes(), &ours, 50));
    }

    #[test]
    fn fields_are_read_as_far_as_they_can_be() {
        let found = fields(
            "From: =?utf-8?B?6rmA?= <kim@example.kr>\r\nSubject: =?euc-kr?B?vsiz58fPvLy/5A==?=\r\n\
             Message-ID: <a@b>\r\n\r\n"
                .as_bytes(),
        );
        let some = |text: &str| Some(text.to_owned());
        let expected =
            Fields { message_id: some("<a@b>"), subject: some("안녕하세요"), author: some("kim@example.kr") };
        assert_eq!(found, expected);
        for nonsense in [&b""[..], b"\r\n", b":\r\n", b"\xff\xfe\r\n\r\n", b"Subject: \0\r\nFrom: <>\r\n\r\n"] {
            assert_eq!(fields(nonsense), Fields::default(), "{nonsense:?}");
        }
    }

    #[test]
    fn the_header_ends_with_the_first_empty_line() {
        assert_eq!(end(b"A: b\r\n\r\nc\r\n\r\n"), Some(8));
        assert_eq!(end(b"\r\nbody"), Some(2));
        assert_eq!(end(b"A: b\r\nC: d\r\n"), None);
    }
}
