//! Writes the messages that Postroom sends (RFC 5322), so that no machine answers them.

use std::time::{Duration, UNIX_EPOCH};

use lettre::Address;
use lettre::message::header::{HeaderName, HeaderValue};
use lettre::message::{Mailbox, Message, SinglePart};

use crate::error::{Error, Result};
use crate::model::{EmailAddress, Field, Reason, Timestamp};

/// What every message of ours says of itself: written by a program (RFC 3834 5), not to be answered by one
/// (Exchange), and no mail between people (for responders from before RFC 3834).
const NOBODY_ANSWERS: [(&str, &str); 3] =
    [("Auto-Submitted", "auto-generated"), ("X-Auto-Response-Suppress", "All"), ("Precedence", "bulk")];

/// A short plain message from a mailbox.
#[derive(Clone, Copy, Debug)]
pub struct Letter<'a> {
    /// The sender's name as people see it.
    pub name: &'a str,
    pub from: &'a EmailAddress,
    pub to: &'a EmailAddress,
    pub subject: &'a str,
    pub text: &'a str,
    /// The Message-ID of the message it follows, with its angle brackets, so that people see them together.
    pub in_reply_to: Option<&'a str>,
}

/// A message as it goes out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written {
    /// With its angle brackets.
    pub message_id: String,
    pub message: Vec<u8>,
}

impl Letter<'_> {
    /// Writes it, with a Message-ID that nobody else has.
    ///
    /// # Errors
    /// [`Error::Invalid`] when an address cannot stand in a header.
    pub fn write(&self, now: Timestamp) -> Result<Written> {
        let unfit = || Error::invalid(Field::Address, Reason::NotAnAddress);
        let from = address(self.from).ok_or_else(unfit)?;
        let to = address(self.to).ok_or_else(unfit)?;
        let message_id = format!("<{:032x}@{}>", rand::random::<u128>(), from.domain());
        let date = UNIX_EPOCH + Duration::from_millis(u64::try_from(now.0).unwrap_or_default());
        let mut builder = Message::builder();
        if let Some(before) = self.in_reply_to {
            builder = builder.in_reply_to(before.to_owned()).references(before.to_owned());
        }
        let mut message = builder
            .from(Mailbox::new(Some(one_line(self.name)).filter(|name| !name.is_empty()), from))
            .to(Mailbox::new(None, to))
            .subject(one_line(self.subject))
            .date(date)
            .message_id(Some(message_id.clone()))
            .singlepart(SinglePart::plain(self.text.to_owned()))
            .map_err(|_| unfit())?;
        for (name, value) in NOBODY_ANSWERS {
            let name = HeaderName::new_from_ascii_str(name);
            message.headers_mut().insert_raw(HeaderValue::new(name, value.to_owned()));
        }
        Ok(Written { message_id, message: message.formatted() })
    }
}

/// The address as headers hold it: its domain in A-labels, which every server can carry.
fn address(address: &EmailAddress) -> Option<Address> {
    let domain = idna::domain_to_ascii(address.domain()).ok()?;
    Address::new(address.local_part(), domain).ok()
}

/// No line end can begin a header of its own.
fn one_line(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect::<String>().trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp(1_700_000_000_000);

    fn write(name: &str, from: &str, to: &str, subject: &str, text: &str) -> (String, String) {
        let (from, to) = (EmailAddress::parse(from).unwrap(), EmailAddress::parse(to).unwrap());
        let written = Letter { name, from: &from, to: &to, subject, text, in_reply_to: None }.write(NOW).unwrap();
        (written.message_id, String::from_utf8(written.message).unwrap())
    }

    #[test]
    fn a_letter_says_who_wrote_it_and_that_nobody_should_answer() {
        let (id, letter) = write("Help", "help@example.com", "ada@example.com", "Test", "Hello\n.\nthere");
        for line in [
            "From: Help <help@example.com>",
            "To: ada@example.com",
            "Subject: Test",
            "Date: Tue, 14 Nov 2023 22:13:20 +0000",
            &format!("Message-ID: {id}"),
            "Auto-Submitted: auto-generated",
            "X-Auto-Response-Suppress: All",
            "Precedence: bulk",
            "Content-Type: text/plain; charset=utf-8",
        ] {
            assert!(letter.lines().any(|found| found == line), "{line} is not in {letter}");
        }
        assert!(id.starts_with('<') && id.ends_with("@example.com>"), "{id}");
    }

    #[test]
    fn a_letter_that_follows_another_names_it() {
        let address = EmailAddress::parse("help@example.com").unwrap();
        let letter = Letter {
            name: "",
            from: &address,
            to: &address,
            subject: "Works again",
            text: "",
            in_reply_to: Some("<before@example.com>"),
        };
        let written = String::from_utf8(letter.write(NOW).unwrap().message).unwrap();
        for line in ["In-Reply-To: <before@example.com>", "References: <before@example.com>"] {
            assert!(written.lines().any(|found| found == line), "{line} is not in {written}");
        }
    }

    #[test]
    fn no_two_letters_have_the_same_message_id() {
        let one = || write("", "help@example.com", "help@example.com", "Test", "Hello").0;
        assert_ne!(one(), one());
    }

    #[test]
    fn what_is_not_ascii_travels_in_ascii() {
        let (_, letter) = write("지원팀", "help@예시.한국", "ada@예시.한국", "시험 메일", "안녕하세요");
        assert!(letter.is_ascii(), "{letter}");
        assert!(letter.contains("Subject: =?utf-8?"), "{letter}");
        assert!(letter.contains("<help@xn--"), "{letter}");
    }

    #[test]
    fn no_name_and_no_subject_can_add_a_header() {
        let (_, letter) =
            write("A\r\nBcc: x@example.com", "help@example.com", "ada@example.com", "S\r\nBcc: y@example.com", "");
        assert!(!letter.to_lowercase().contains("\nbcc:"), "{letter}");
    }
}
