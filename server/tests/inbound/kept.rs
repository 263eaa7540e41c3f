//! What was taken is there: a file and its rows, both or neither.

use std::fs::{self, File};
use std::time::{Duration, UNIX_EPOCH};

use futures::future::join_all;
use postroom_server::model::{MailboxId, PublishAs};
use postroom_server::{inbound, mailboxes};

use crate::desk::{Desk, MESSAGE};
use crate::world::{START, World};

crate::on_both_databases!(
    a_mail_is_in_a_file_and_in_the_database_before_it_is_acknowledged,
    a_mail_for_two_mailboxes_is_one_file_with_two_rows,
    a_recipient_that_is_named_twice_gets_one_mail,
    a_mail_without_any_header_is_kept_too,
    files_that_no_row_speaks_of_are_swept_after_an_hour,
    a_thousand_mails_over_a_few_connections_are_all_there,
);

async fn a_mail_is_in_a_file_and_in_the_database_before_it_is_acknowledged(world: World) {
    let desk = Desk::new(world).await;
    let (mailbox, address) = desk.primary().await;
    let reply = desk.client().await.deliver(&address, MESSAGE).await;

    let id = reply.strip_prefix("250 2.0.0 Taken as ").unwrap().to_owned();
    let mail = desk.received(mailbox).await.remove(0);
    assert_eq!((mail.mailbox_id, mail.received_at, mail.tls), (mailbox, START, false));
    assert_eq!((mail.recipient.as_str(), mail.sender.as_str()), (address.as_str(), "ada@example.com"));
    assert_eq!((mail.remote_address.as_str(), mail.helo.as_str()), ("127.0.0.1", "mail.example.com"));
    assert_eq!(mail.message_id.as_deref(), Some("<1@example.com>"));
    assert_eq!((mail.subject.as_deref(), mail.author.as_deref()), (Some("Printer"), Some("ada@example.com")));
    let files = desk.files();
    let folder: String = id.chars().take(2).collect();
    assert!(files[0].ends_with(format!("{folder}/{id}.eml")), "{files:?}");
    let file = desk.file();
    assert_eq!(u64::try_from(mail.size).unwrap(), fs::metadata(&files[0]).unwrap().len());
    assert_eq!(
        file,
        format!(
            "Return-Path: <ada@example.com>\r\nDelivered-To: {address}\r\n\
             Received: from mail.example.com ([127.0.0.1])\r\n\
             \tby postroom.localhost (Postroom) with ESMTP id {id}\r\n\tfor <{address}>;\r\n\
             \tTue, 14 Nov 2023 22:13:20 +0000\r\n{MESSAGE}\r\n"
        )
    );
}

async fn a_mail_for_two_mailboxes_is_one_file_with_two_rows(world: World) {
    let desk = Desk::new(world).await;
    let (first, address) = desk.primary().await;
    let (other, _) = desk.world.other_workspace().await;
    let (second, other_address) = desk.primary_of(&other).await;
    let mut client = desk.client().await;
    client.expect("MAIL FROM:<ada@example.com>", "250").await;
    client.expect(&format!("RCPT TO:<{address}>"), "250").await;
    client.expect(&format!("RCPT TO:<{other_address}>"), "250").await;
    client.expect("DATA", "354").await;
    client.send(format!("{MESSAGE}\r\n.\r\n")).await;
    assert!(client.reply().await.starts_with("250"));
    assert_eq!(desk.received(first).await[0].recipient, address);
    assert_eq!(desk.received_in(&other, second).await[0].recipient, other_address);
    let file = desk.file();
    assert!(file.contains(&format!("Delivered-To: {address}\r\nDelivered-To: {other_address}\r\n")), "{file}");
    assert!(!file.contains("\tfor <"), "{file}");
}

async fn a_recipient_that_is_named_twice_gets_one_mail(world: World) {
    let desk = Desk::new(world).await;
    let (mailbox, address) = desk.primary().await;
    let mut client = desk.client().await;
    client.expect("MAIL FROM:<ada@example.com>", "250").await;
    client.expect(&format!("RCPT TO:<{address}>"), "250").await;
    client.expect(&format!("RCPT TO:<{}>", address.to_uppercase()), "250").await;
    client.expect("DATA", "354").await;
    client.send(format!("{MESSAGE}\r\n.\r\n")).await;
    assert!(client.reply().await.starts_with("250"));
    assert_eq!(desk.received(mailbox).await.len(), 1);
}

async fn a_mail_without_any_header_is_kept_too(world: World) {
    let desk = Desk::new(world).await;
    let (mailbox, address) = desk.primary().await;
    for message in [".\r\n", "\r\n.\r\n", "no header at all \u{0} \u{1}\r\n.\r\n", "Subject: \u{0}a\u{7}\r\n.\r\n"] {
        let mut client = desk.client().await;
        client.address(&address).await;
        client.send(message).await;
        let reply = client.reply().await;
        assert!(reply.starts_with("250"), "{message:?}: {reply}");
    }
    assert_eq!(desk.received(mailbox).await.len(), 4);
    assert_eq!(desk.files().len(), 4);
}

async fn files_that_no_row_speaks_of_are_swept_after_an_hour(world: World) {
    let desk = Desk::new(world).await;
    let (_, address) = desk.primary().await;
    let gone = desk.default_mailbox("help@example.com", PublishAs::Active).await;
    let forwarded = desk.forwarding_address(gone).await;
    let mut client = desk.client().await;
    assert!(client.deliver(&address, MESSAGE).await.starts_with("250"));
    let kept = desk.files();
    assert!(client.deliver(&forwarded, MESSAGE).await.starts_with("250"));
    // What a crash leaves: a message on its way in, and one whose row was not committed any more.
    let folder = kept[0].parent().unwrap();
    for name in ["abcdef.eml.part", "abcdef.eml"] {
        fs::write(folder.join(name), "half").unwrap();
    }
    let (ctx, manager) = (&desk.world.ctx, &desk.world.manager);
    mailboxes::delete(ctx, manager, gone).await.unwrap();
    let aged = |millis: i64| {
        let at = UNIX_EPOCH + Duration::from_millis(u64::try_from(START.0 - millis).unwrap());
        for file in desk.files() {
            File::open(file).unwrap().set_modified(at).unwrap();
        }
    };

    aged(59 * 60 * 1_000);
    assert_eq!(inbound::sweep(ctx).await.unwrap(), 0);
    assert_eq!(desk.files().len(), 4);

    aged(61 * 60 * 1_000);
    assert_eq!(inbound::sweep(ctx).await.unwrap(), 3);
    assert_eq!(desk.files(), kept);
}

async fn a_thousand_mails_over_a_few_connections_are_all_there(world: World) {
    const CONNECTIONS: usize = 4;
    const EACH: usize = 250;
    let desk = Desk::new(world).await;
    let (mailbox, address): (MailboxId, String) = desk.primary().await;
    let senders = (0..CONNECTIONS).map(async |connection| {
        let mut client = desk.client().await;
        for number in 0..EACH {
            let message = format!("Subject: {connection}/{number}\r\n\r\n{}", "text\r\n".repeat(20));
            // One group from MAIL to DATA, as a busy server does it.
            client.send(format!("MAIL FROM:<ada@example.com>\r\nRCPT TO:<{address}>\r\nDATA\r\n")).await;
            for beginning in ["250", "250", "354"] {
                let reply = client.reply().await;
                assert!(reply.starts_with(beginning), "{reply}");
            }
            client.send(format!("{message}.\r\n")).await;
            let reply = client.reply().await;
            assert!(reply.starts_with("250"), "{reply}");
        }
    });
    join_all(senders).await;
    let mut subjects: Vec<_> = desk.received(mailbox).await.into_iter().filter_map(|mail| mail.subject).collect();
    subjects.sort();
    subjects.dedup();
    assert_eq!(subjects.len(), CONNECTIONS * EACH);
    assert_eq!(desk.files().len(), CONNECTIONS * EACH);
}
