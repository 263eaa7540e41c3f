//! Recognises the message in which Google asks whether an account may forward to an address.
//!
//! It comes from `forwarding-noreply@google.com` in the language of the account. Its subject says
//! `(#123456789) Gmail Forwarding Confirmation - Receive Mail from ada@example.com`; some translations leave the
//! number to the text. Two links follow: one below `/mail/vf-` that confirms, one below `/mail/uf-` that takes it
//! back. Anybody can write such a message, so the link is taken only where it leads to Google, over https.

use mail_parser::Message;
use url::Url;

use crate::model::{EmailAddress, ForwardingConfirmation, Timestamp};

const SENDER: &str = "forwarding-noreply@google.com";
const HOSTS: [&str; 3] = ["mail-settings.google.com", "mail.google.com", "isolated.mail.google.com"];
/// How many digits a confirmation code may have.
const CODE_DIGITS: std::ops::RangeInclusive<usize> = 6..=12;

/// What Google asks; `None` for every other message.
pub(super) fn confirmation(message: &Message<'_>, received_at: Timestamp) -> Option<ForwardingConfirmation> {
    let sender = message.from()?.first()?.address()?;
    if !sender.trim().eq_ignore_ascii_case(SENDER) {
        return None;
    }
    let subject = message.subject().unwrap_or_default();
    let text = message.body_text(0).unwrap_or_default();
    let found = ForwardingConfirmation {
        code: code_in(subject).or_else(|| code_in(&text)),
        link: text.split(|c: char| c.is_whitespace() || "<>\"'()".contains(c)).find_map(link),
        account: account_in(subject).or_else(|| account_in(&text)),
        received_at,
    };
    // Other mail of that sender, such as "forwarding was switched off", asks nothing.
    (found.code.is_some() || found.link.is_some()).then_some(found)
}

/// The first number that stands alone and has as many digits as a code.
fn code_in(text: &str) -> Option<String> {
    text.split_whitespace()
        .filter(|word| !word.contains("://"))
        .map(|word| word.trim_matches(|c: char| !c.is_alphanumeric()))
        .find(|word| CODE_DIGITS.contains(&word.len()) && word.bytes().all(|byte| byte.is_ascii_digit()))
        .map(str::to_owned)
}

/// The link that confirms, where the word is one.
fn link(word: &str) -> Option<String> {
    let url = Url::parse(word).ok().filter(|url| url.scheme() == "https" && url.port().is_none())?;
    let at_google = url.host_str().is_some_and(|host| HOSTS.contains(&host));
    let confirms = url.path().starts_with("/mail/vf-") && url.username().is_empty() && url.password().is_none();
    (at_google && confirms).then(|| url.into())
}

/// The first address that is not Google's own.
fn account_in(text: &str) -> Option<EmailAddress> {
    text.split(|c: char| c.is_whitespace() || "<>\"'(),;:".contains(c))
        .filter(|word| word.contains('@'))
        .filter_map(|word| EmailAddress::parse(word.trim_end_matches('.')).ok())
        .find(|address| !address.domain().eq_ignore_ascii_case("google.com"))
}

#[cfg(test)]
mod tests {
    use mail_parser::MessageParser;

    use super::*;

    const NOW: Timestamp = Timestamp(1_700_000_000_000);
    const LINK: &str = "https://mail-settings.google.com/mail/vf-%5BANGjdJ8-x_y%5D-abc";

    fn read(from: &str, subject: &str, text: &str) -> Option<ForwardingConfirmation> {
        let raw = format!(
            "From: {from}\r\nTo: fwd@it.desk.example\r\nSubject: {subject}\r\nMIME-Version: 1.0\r\n\
             Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n{text}\r\n"
        );
        confirmation(&MessageParser::default().parse(raw.as_bytes()).unwrap(), NOW)
    }

    fn asked(subject: &str, text: &str) -> ForwardingConfirmation {
        read("Gmail Team <forwarding-noreply@google.com>", subject, text).unwrap()
    }

    #[test]
    fn code_link_and_account_are_found_in_the_english_message() {
        let text = format!(
            "help@customer.example has requested to automatically forward mail to your email\r\n\
             address fwd@it.desk.example.\r\nConfirmation code: 987654321\r\n\r\n\
             To allow this, click the link below:\r\n\r\n{LINK}\r\n\r\n\
             To cancel: https://mail-settings.google.com/mail/uf-%5BANG%5D-abc\r\n"
        );
        let subject = "(#987654321) Gmail Forwarding Confirmation - Receive Mail from help@customer.example";
        assert_eq!(
            asked(subject, &text),
            ForwardingConfirmation {
                code: Some("987654321".to_owned()),
                link: Some(LINK.to_owned()),
                account: Some(EmailAddress::parse("help@customer.example").unwrap()),
                received_at: NOW,
            }
        );
    }

    #[test]
    fn a_korean_message_without_a_number_in_its_subject_is_read_from_its_text() {
        let text = format!(
            "help@customer.example님이 회원님의 이메일 주소로 메일 자동 전달을 요청했습니다.\r\n\
             확인 코드: 123456789\r\n\r\n{LINK}\r\n"
        );
        let found = asked("Gmail 전달 확인 - help@customer.example에서 메일 수신", &text);
        assert_eq!(found.code.as_deref(), Some("123456789"));
        assert_eq!(found.link.as_deref(), Some(LINK));
    }

    #[test]
    fn a_link_that_does_not_lead_to_google_or_takes_back_is_not_shown() {
        for link in [
            "https://mail-settings.google.com.evil.example/mail/vf-1",
            "https://evil.example/mail/vf-1",
            "http://mail-settings.google.com/mail/vf-1",
            "https://mail-settings.google.com@evil.example/mail/vf-1",
            "https://mail.google.com:8443/mail/vf-1",
            "https://mail-settings.google.com/mail/uf-1",
            "javascript:alert(1)",
        ] {
            let found = asked("(#987654321) Confirmation", &format!("Click {link}\r\n"));
            assert_eq!(found.link, None, "{link}");
        }
    }

    #[test]
    fn other_senders_and_other_mail_of_google_ask_nothing() {
        let subject = "(#987654321) Gmail Forwarding Confirmation";
        assert_eq!(read("forwarding-noreply@google.com.evil.example", subject, LINK), None);
        assert_eq!(read("\"forwarding-noreply@google.com\" <a@evil.example>", subject, LINK), None);
        assert_eq!(read("forwarding-noreply@google.com", "Forwarding was switched off", "Good bye."), None);
    }

    #[test]
    fn a_long_number_or_a_part_of_a_link_is_no_code() {
        let found = asked("Confirmation", &format!("1234567890123 12345 {LINK}"));
        assert_eq!(found.code, None);
    }
}
