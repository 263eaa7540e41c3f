//! The conversation: RFC 5321 and the extensions that EHLO offers.

use rustls_pki_types::CertificateDer;
use rustls_pki_types::pem::PemObject as _;

use crate::client::Client;
use crate::desk::{Desk, MESSAGE};
use crate::world::World;

#[tokio::test]
async fn ehlo_offers_what_there_is_and_no_sign_in() {
    let desk = Desk::on_sqlite().await;
    let mut client = Client::greeted(desk.address).await;
    let offered = client.ask("EHLO mail.example.com").await;
    assert_eq!(
        offered,
        "250-postroom.localhost\n250-SIZE 52428800\n250-PIPELINING\n250-8BITMIME\n250-SMTPUTF8\n\
         250-ENHANCEDSTATUSCODES\n250-STARTTLS\n250 HELP"
    );
    client.expect("AUTH PLAIN AGEAYg==", "502 5.5.1").await;
}

#[tokio::test]
async fn a_client_of_old_says_helo_and_is_served() {
    let desk = Desk::on_sqlite().await;
    let (mailbox, address) = desk.primary().await;
    let mut client = Client::greeted(desk.address).await;
    client.expect("HELO old.example.com", "250 postroom.localhost").await;
    assert!(client.deliver(&address, MESSAGE).await.starts_with("250 2.0.0 Taken as "));
    assert_eq!(desk.received(mailbox).await[0].helo, "old.example.com");
    assert!(desk.file().contains(") with SMTP id "));
}

#[tokio::test]
async fn commands_at_the_wrong_time_are_told_so() {
    let desk = Desk::on_sqlite().await;
    let (_, address) = desk.primary().await;
    let mut client = Client::greeted(desk.address).await;
    client.expect("MAIL FROM:<ada@example.com>", "503 5.5.1").await;
    client.expect("EHLO mail.example.com", "250-").await;
    client.expect(&format!("RCPT TO:<{address}>"), "503 5.5.1").await;
    client.expect("DATA", "503 5.5.1").await;
    client.expect("MAIL FROM:<ada@example.com>", "250").await;
    client.expect("MAIL FROM:<ada@example.com>", "503 5.5.1").await;
    client.expect("DATA", "554 5.5.1").await;
    desk.has_nothing().await;
}

#[tokio::test]
async fn every_other_command_has_its_answer() {
    let desk = Desk::on_sqlite().await;
    let mut client = desk.client().await;
    for (command, reply) in [
        ("NOOP", "250 2.0.0"),
        ("noop for a reason", "250 2.0.0"),
        ("RSET", "250 2.0.0"),
        ("VRFY ada", "252 2.5.0"),
        ("EXPN team", "502 5.5.1"),
        ("HELP", "214 2.0.0"),
        ("HELP MAIL", "214 2.0.0"),
        ("FROBNICATE", "500 5.5.2"),
        ("", "500 5.5.2"),
        ("MAIL ada@example.com", "501 5.5.4"),
        ("MAIL FROM:<ada@example.com> SIZE=many", "501 5.5.4"),
        ("MAIL FROM:<ada@example.com> BODY=BINARYMIME", "555 5.5.4"),
        ("MAIL FROM:<ada@example.com> COLOUR=red", "555 5.5.4"),
        ("MAIL FROM:<ada@example.com> RET=FULL", "555 5.5.4"),
        ("QUIT", "221 2.0.0"),
    ] {
        client.expect(command, reply).await;
    }
    assert!(client.is_closed().await);
}

#[tokio::test]
async fn one_connection_brings_several_messages_and_rset_forgets_the_one_begun() {
    let desk = Desk::on_sqlite().await;
    let (mailbox, address) = desk.primary().await;
    let mut client = desk.client().await;
    assert!(client.deliver(&address, MESSAGE).await.starts_with("250"));
    client.expect("MAIL FROM:<nobody@example.com>", "250").await;
    client.expect(&format!("RCPT TO:<{address}>"), "250").await;
    client.expect("RSET", "250").await;
    client.expect("DATA", "503").await;
    client.expect("MAIL FROM:<>", "250").await;
    client.expect(&format!("RCPT TO:<{address}>"), "250").await;
    client.expect("DATA", "354").await;
    client.send("Subject: Undelivered\r\n\r\n.\r\n").await;
    assert!(client.reply().await.starts_with("250"));
    let senders: Vec<_> = desk.received(mailbox).await.into_iter().map(|mail| mail.sender).collect();
    assert_eq!(senders, ["ada@example.com", ""]);
}

#[tokio::test]
async fn a_group_of_commands_is_answered_in_order() {
    let desk = Desk::on_sqlite().await;
    let (mailbox, address) = desk.primary().await;
    let mut client = desk.client().await;
    client
        .send(format!(
            "MAIL FROM:<ada@example.com> SIZE=100 BODY=8BITMIME\r\nRCPT TO:<nobody@it.postroom.localhost>\r\n\
             RCPT TO:<{address}>\r\nDATA\r\n"
        ))
        .await;
    for beginning in ["250 2.1.0", "550 5.1.1", "250 2.1.5", "354"] {
        let reply = client.reply().await;
        assert!(reply.starts_with(beginning), "{reply}");
    }
    client.send(format!("{MESSAGE}\r\n.\r\nRSET\r\nNOOP\r\nQUIT\r\n")).await;
    for beginning in ["250 2.0.0 Taken", "250 2.0.0 Forgotten", "250 2.0.0 Still", "221"] {
        let reply = client.reply().await;
        assert!(reply.starts_with(beginning), "{reply}");
    }
    assert_eq!(desk.received(mailbox).await.len(), 1);
}

#[tokio::test]
async fn dots_are_taken_away_and_every_other_byte_is_kept() {
    let desk = Desk::on_sqlite().await;
    let (_, address) = desk.primary().await;
    let mut client = desk.client().await;
    client.address(&address).await;
    client.send("Subject: dots\r\n\r\n..\r\n..a\r\nb.\r\n\ttab  \r\nM\u{fc}ller \u{1f600}\r\n.\r\n").await;
    assert!(client.reply().await.starts_with("250"));
    let file = desk.file();
    assert!(file.ends_with("Subject: dots\r\n\r\n.\r\n.a\r\nb.\r\n\ttab  \r\nM\u{fc}ller \u{1f600}\r\n"), "{file}");
}

#[tokio::test]
async fn an_international_sender_needs_the_word_for_it() {
    let desk = Desk::on_sqlite().await;
    let (mailbox, address) = desk.primary().await;
    let mut client = desk.client().await;
    client.expect("MAIL FROM:<지원@예시.한국>", "553 5.6.7").await;
    client.expect("MAIL FROM:<지원@예시.한국> SMTPUTF8", "250").await;
    client.expect("RCPT TO:<지원@it.postroom.localhost>", "550 5.1.1").await;
    client.expect(&format!("RCPT TO:<{address}>"), "250").await;
    client.expect("DATA", "354").await;
    client.send("From: 지원 <지원@예시.한국>\r\nSubject: 프린터\r\n\r\n도와주세요\r\n.\r\n").await;
    assert!(client.reply().await.starts_with("250"));
    let mail = desk.received(mailbox).await.remove(0);
    assert_eq!(mail.sender, "지원@예시.한국");
    assert_eq!(mail.subject.as_deref(), Some("프린터"));
    assert!(desk.file().contains(" with UTF8SMTP id "));
}

#[tokio::test]
async fn a_command_that_is_no_text_is_refused() {
    let desk = Desk::on_sqlite().await;
    let mut client = desk.client().await;
    client.send(b"MAIL FROM:<\xff\xfe@example.com> SMTPUTF8\r\n").await;
    assert!(client.reply().await.starts_with("500 5.5.2"));
}

#[tokio::test]
async fn starttls_encrypts_with_a_certificate_of_our_own_and_begins_anew() {
    let desk = Desk::on_sqlite().await;
    let (mailbox, address) = desk.primary().await;
    let mut client = desk.client().await;
    client.expect("MAIL FROM:<eve@example.com>", "250").await;
    client.expect("STARTTLS", "220").await;
    let own = CertificateDer::from_pem_file(desk.world.folder().join("inbound.pem")).unwrap();
    let mut client = client.secured(own, "it.postroom.localhost").await;
    client.expect("MAIL FROM:<ada@example.com>", "503 5.5.1").await;
    let offered = client.ask("EHLO mail.example.com").await;
    assert!(!offered.contains("STARTTLS"), "{offered}");
    client.expect("STARTTLS", "503 5.5.1").await;
    client.expect(&format!("RCPT TO:<{address}>"), "503 5.5.1").await;
    assert!(client.deliver(&address, MESSAGE).await.starts_with("250"));
    assert!(desk.received(mailbox).await[0].tls);
    assert!(desk.file().contains(" with ESMTPS id "));
}

#[tokio::test]
async fn the_operators_certificate_is_shown_and_a_renewed_one_without_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let (chain, key) = (folder.path().join("chain.pem"), folder.path().join("key.pem"));
    let make = || {
        let made = rcgen::generate_simple_self_signed(vec!["mail.example.com".to_owned()]).unwrap();
        std::fs::write(&chain, made.cert.pem()).unwrap();
        std::fs::write(&key, made.signing_key.serialize_pem()).unwrap();
        made.cert.der().clone()
    };
    let first = make();
    let desk = Desk::start(
        World::on_sqlite().await,
        |_| {},
        |store| store,
        |config| {
            config.certificate = Some(chain.clone());
            config.key = Some(key.clone());
        },
    )
    .await;
    let mut client = desk.client().await;
    client.expect("STARTTLS", "220").await;
    client.secured(first, "mail.example.com").await.expect("NOOP", "250").await;

    let second = make();
    let an_hour_later = std::time::UNIX_EPOCH + std::time::Duration::from_secs(4_000_000_000);
    std::fs::File::open(&chain).unwrap().set_modified(an_hour_later).unwrap();

    let mut client = desk.client().await;
    client.expect("STARTTLS", "220").await;
    client.secured(second, "mail.example.com").await.expect("NOOP", "250").await;
}

#[tokio::test]
async fn words_slipped_in_behind_starttls_are_never_obeyed() {
    let desk = Desk::on_sqlite().await;
    let mut client = desk.client().await;
    client.send("STARTTLS\r\nMAIL FROM:<eve@example.com>\r\n").await;
    assert!(client.reply().await.starts_with("554 5.5.0"));
    assert!(client.is_closed().await);
}
