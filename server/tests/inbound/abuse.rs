//! Clients that are slow, endless, full of tricks or simply too many, and a disk that is full.

use std::time::Duration;

use postroom_server::inbound::Limits;
use tokio::time::timeout;

use crate::client::Client;
use crate::desk::{Desk, MESSAGE};
use crate::world::World;

const SOON: Duration = Duration::from_millis(80);

async fn desk(change: impl FnOnce(&mut Limits)) -> Desk {
    Desk::with(World::on_sqlite().await, change).await
}

async fn desk_with_room(bytes: u64) -> Desk {
    Desk::start(World::on_sqlite().await, |_| {}, |store| store.with_room(bytes), |_| {}).await
}

#[tokio::test]
async fn no_message_is_smuggled_inside_another() {
    let desk = Desk::on_sqlite().await;
    let (_, address) = desk.primary().await;
    for end in [
        "\n.\n",
        "\n.\r\n",
        "\r.\r",
        "\r.\r\n",
        "\r\n.\n",
        "\r\n.\r\r\n",
        "\r\n\r.\r\n",
        "\n\n.\r\n",
        "\r\n\n.\n",
        "\r\n.\rMAIL",
    ] {
        let mut client = desk.client().await;
        client.address(&address).await;
        let inner =
            format!("MAIL FROM:<boss@example.com>\r\nRCPT TO:<{address}>\r\nDATA\r\nSubject: inner\r\n\r\n.\r\n");
        client.send(format!("Subject: outer\r\n\r\na{end}{inner}")).await;
        let reply = client.reply().await;
        assert!(reply.starts_with("554 5.6.0"), "{end:?}: {reply}");
        assert!(client.is_closed().await, "{end:?}");
    }
    desk.has_nothing().await;
}

#[tokio::test]
async fn commands_end_with_cr_lf_and_with_nothing_else() {
    let desk = Desk::on_sqlite().await;
    for command in ["NOOP\n", "NOOP\rNOOP\r\n", "NO\nOP\r\n", "\n", "EHLO a\n\r\n"] {
        let mut client = desk.client().await;
        client.send(command).await;
        let reply = client.reply().await;
        assert!(reply.starts_with("500 5.5.2"), "{command:?}: {reply}");
        assert!(client.is_closed().await, "{command:?}");
    }
}

#[tokio::test]
async fn a_message_sent_before_it_was_asked_for_is_refused() {
    let desk = Desk::on_sqlite().await;
    let (_, address) = desk.primary().await;
    let mut client = desk.client().await;
    client
        .send(format!(
            "MAIL FROM:<ada@example.com>\r\nRCPT TO:<{address}>\r\nDATA\r\nSubject: early\r\n\r\n.\r\nQUIT\r\n"
        ))
        .await;
    for beginning in ["250", "250", "554 5.5.0"] {
        assert!(client.reply().await.starts_with(beginning));
    }
    assert!(client.is_closed().await);
    desk.has_nothing().await;
}

#[tokio::test]
async fn what_belongs_to_a_command_that_is_not_offered_is_not_read_as_commands() {
    let desk = Desk::on_sqlite().await;
    let mut client = desk.client().await;
    client.send("BDAT 29 LAST\r\nMAIL FROM:<eve@example.com>\r\n").await;
    assert!(client.reply().await.starts_with("502 5.5.1"));
    assert!(client.is_closed().await);
}

#[tokio::test]
async fn a_line_without_an_end_is_cut_off() {
    let desk = Desk::on_sqlite().await;
    let mut client = desk.client().await;
    client.send("NOOP ".to_owned() + &"a".repeat(100_000)).await;
    assert!(client.reply().await.starts_with("500 5.5.2"));
    assert!(client.is_closed().await);
}

#[tokio::test]
async fn the_longest_command_that_is_allowed_is_taken() {
    let desk = desk(|limits| limits.command_bytes = 600).await;
    let mut client = desk.client().await;
    client.expect(&format!("NOOP {}", "a".repeat(600 - 7)), "250").await;
    client.expect(&format!("NOOP {}", "a".repeat(600 - 6)), "500 5.5.2").await;
}

#[tokio::test]
async fn a_message_announced_too_large_is_refused_before_it_is_sent() {
    let desk = desk(|limits| limits.message_bytes = 10_000).await;
    let mut client = desk.client().await;
    client.expect("MAIL FROM:<ada@example.com> SIZE=10001", "552 5.3.4").await;
    client.expect("MAIL FROM:<ada@example.com> SIZE=9999999999", "552 5.3.4").await;
    client.expect("MAIL FROM:<ada@example.com> SIZE=10000", "250").await;
}

#[tokio::test]
async fn a_message_that_turns_out_too_large_is_refused_at_its_end() {
    let desk = desk(|limits| limits.message_bytes = 10_000).await;
    let (mailbox, address) = desk.primary().await;
    let mut client = desk.client().await;
    let reply = client.deliver(&address, &"text\r\n".repeat(2_000)).await;
    assert!(reply.starts_with("552 5.3.4"), "{reply}");
    desk.has_nothing().await;
    assert!(client.deliver(&address, MESSAGE).await.starts_with("250"), "the connection can still be used");
    assert_eq!(desk.received(mailbox).await.len(), 1);
}

#[tokio::test]
async fn a_message_without_an_end_is_cut_off() {
    let desk = desk(|limits| limits.message_bytes = 10_000).await;
    let (_, address) = desk.primary().await;
    let mut client = desk.client().await;
    client.address(&address).await;
    let mut sent = 0;
    while sent < 10_000 && client.send("text\r\n".repeat(1_000)).await {
        sent += 1;
    }
    assert!(sent < 10_000, "the server has read sixty megabytes");
    desk.has_nothing().await;
}

#[tokio::test]
async fn a_line_of_a_message_may_be_long_but_not_endless() {
    let desk = desk(|limits| limits.text_line_bytes = 5_000).await;
    let (_, address) = desk.primary().await;
    let mut client = desk.client().await;
    let reply = client.deliver(&address, &format!("Subject: a\r\n\r\n{}", "b".repeat(5_001))).await;
    assert!(reply.starts_with("554 5.6.0"), "{reply}");
    desk.has_nothing().await;
    assert!(client.deliver(&address, &format!("Subject: a\r\n\r\n{}", "b".repeat(5_000))).await.starts_with("250"));
}

#[tokio::test]
async fn a_header_without_an_end_is_refused() {
    let desk = desk(|limits| limits.head_bytes = 5_000).await;
    let (_, address) = desk.primary().await;
    let mut client = desk.client().await;
    let reply = client.deliver(&address, &"X-A: b\r\n".repeat(1_000)).await;
    assert!(reply.starts_with("552 5.3.4"), "{reply}");
    desk.has_nothing().await;
    let body = "text\r\n".repeat(1_000);
    assert!(client.deliver(&address, &format!("Subject: a\r\n\r\n{body}")).await.starts_with("250"));
}

#[tokio::test]
async fn our_own_mail_that_comes_back_is_refused() {
    let desk = Desk::on_sqlite().await;
    let (mailbox, address) = desk.primary().await;
    let forwarded = desk.forwarding_address(mailbox).await;
    let mut client = desk.client().await;
    assert!(client.deliver(&forwarded, MESSAGE).await.starts_with("250"));
    // What was delivered here is forwarded to us again, as it stands.
    let delivered = desk.file();
    let reply = client.deliver(&forwarded, delivered.trim_end()).await;
    assert!(reply.starts_with("554 5.4.6"), "{reply}");
    let hops = "Received: from a.example.com by b.example.com; Tue, 14 Nov 2023 22:13:20 +0000\r\n";
    let reply = client.deliver(&address, &format!("{}{MESSAGE}", hops.repeat(51))).await;
    assert!(reply.starts_with("554 5.4.6"), "{reply}");
    assert!(client.deliver(&address, &format!("{}{MESSAGE}", hops.repeat(50))).await.starts_with("250"));
    assert_eq!(desk.received(mailbox).await.len(), 2);
}

#[tokio::test]
async fn a_client_that_says_nothing_is_left() {
    let desk = desk(|limits| limits.command_time = SOON).await;
    let mut client = desk.client().await;
    assert!(client.reply().await.starts_with("421 4.4.2"));
    assert!(client.is_closed().await);
}

#[tokio::test]
async fn a_client_that_stops_in_the_middle_of_a_message_is_left_and_nothing_stays() {
    let desk = desk(|limits| limits.data_time = SOON).await;
    let (_, address) = desk.primary().await;
    let mut client = desk.client().await;
    client.address(&address).await;
    client.send("Subject: never\r\n").await;
    assert!(client.reply().await.starts_with("421 4.4.2"));
    assert!(client.is_closed().await);
    desk.has_nothing().await;
}

#[tokio::test]
async fn a_message_that_only_trickles_in_is_cut_off() {
    let desk = desk(|limits| {
        limits.slow_after = SOON;
        limits.slowest_bytes_per_second = 1_000_000_000;
    })
    .await;
    let (_, address) = desk.primary().await;
    let mut client = desk.client().await;
    client.address(&address).await;
    let trickle = async {
        while client.send("a").await {
            tokio::task::yield_now().await;
        }
    };
    timeout(Duration::from_secs(20), trickle).await.expect("the server closes");
    desk.has_nothing().await;
}

#[tokio::test]
async fn a_connection_has_an_end_however_busy_it_is() {
    let desk = desk(|limits| {
        limits.connection_time = SOON;
        limits.idle_commands = u32::MAX;
    })
    .await;
    let mut client = desk.client().await;
    let mut last = String::new();
    loop {
        let reply = client.ask("NOOP").await;
        if reply.is_empty() {
            break;
        }
        last = reply;
    }
    assert!(last.starts_with("421 4.4.2"), "{last}");
}

#[tokio::test]
async fn a_client_that_leaves_in_the_middle_of_a_message_leaves_nothing_behind() {
    let desk = Desk::on_sqlite().await;
    let (_, address) = desk.primary().await;
    let mut client = desk.client().await;
    client.address(&address).await;
    client.send("Subject: never\r\n\r\n").await;
    drop(client);
    desk.switch.stop();
    desk.task.await.unwrap();
    let world = desk.world;
    let files = std::fs::read_dir(world.folder().join("received")).unwrap();
    let files = files.flat_map(|folder| std::fs::read_dir(folder.unwrap().path()).unwrap());
    assert_eq!(files.count(), 0);
}

#[tokio::test]
async fn too_many_connections_are_turned_away_until_one_has_gone() {
    let desk = desk(|limits| limits.connections_per_address = 2).await;
    let mut first = desk.client().await;
    let _second = desk.client().await;
    let mut third = Client::connected(desk.address).await;
    assert!(third.reply().await.starts_with("421 4.7.0"));
    assert!(third.is_closed().await);
    first.expect("QUIT", "221").await;
    assert!(first.is_closed().await);
    drop(first);
    // The place is free once the server has seen the client go.
    let free = async {
        loop {
            let mut client = Client::connected(desk.address).await;
            if client.reply().await.starts_with("220") {
                break;
            }
        }
    };
    timeout(Duration::from_secs(20), free).await.expect("a place becomes free");
}

#[tokio::test]
async fn too_many_messages_in_a_minute_are_told_to_come_again() {
    let desk = desk(|limits| limits.messages_per_minute = 2).await;
    let (_, address) = desk.primary().await;
    let mut client = desk.client().await;
    for _ in 0..2 {
        assert!(client.deliver(&address, MESSAGE).await.starts_with("250"));
    }
    client.expect("MAIL FROM:<ada@example.com>", "450 4.7.0").await;
    let mut other = desk.client().await;
    other.expect("MAIL FROM:<ada@example.com>", "450 4.7.0").await;
}

#[tokio::test]
async fn who_tries_address_after_address_is_left() {
    let desk = desk(|limits| limits.bad_recipients = 3).await;
    let mut client = desk.client().await;
    client.expect("MAIL FROM:<ada@example.com>", "250").await;
    for name in ["a", "b", "c"] {
        client.expect(&format!("RCPT TO:<{name}@it.postroom.localhost>"), "550 5.1.1").await;
    }
    client.expect("RCPT TO:<d@it.postroom.localhost>", "421 4.7.0").await;
    assert!(client.is_closed().await);
}

#[tokio::test]
async fn who_goes_on_with_nonsense_is_left() {
    let desk = desk(|limits| {
        limits.bad_commands = 2;
        limits.idle_commands = 3;
    })
    .await;
    let mut client = desk.client().await;
    for _ in 0..2 {
        client.expect("GET / HTTP/1.1", "500 5.5.2").await;
    }
    client.expect("GET / HTTP/1.1", "421 4.7.0").await;
    assert!(client.is_closed().await);
    let mut client = desk.client().await;
    for _ in 0..2 {
        client.expect("NOOP", "250").await;
    }
    client.expect("NOOP", "421 4.7.0").await;
    assert!(client.is_closed().await);
}

#[tokio::test]
async fn a_message_has_only_so_many_recipients() {
    let desk = desk(|limits| limits.recipients = 1).await;
    let (mailbox, address) = desk.primary().await;
    let forwarded = desk.forwarding_address(mailbox).await;
    let mut client = desk.client().await;
    client.expect("MAIL FROM:<ada@example.com>", "250").await;
    client.expect(&format!("RCPT TO:<{address}>"), "250").await;
    client.expect(&format!("RCPT TO:<{forwarded}>"), "452 4.5.3").await;
}

#[tokio::test]
async fn a_full_disk_is_said_before_the_message_where_it_is_known() {
    let desk = desk_with_room(100).await;
    let mut client = desk.client().await;
    client.expect("MAIL FROM:<ada@example.com> SIZE=100", "452 4.3.1").await;
    client.expect("MAIL FROM:<ada@example.com> SIZE=99", "250").await;
}

#[tokio::test]
async fn a_disk_that_fills_up_takes_the_message_back_whole() {
    let desk = desk_with_room(10_000).await;
    let (mailbox, address) = desk.primary().await;
    let mut client = desk.client().await;
    let large = format!("Subject: large\r\n\r\n{}", "text\r\n".repeat(5_000));
    let reply = client.deliver(&address, &large).await;
    assert!(reply.starts_with("452 4.3.1"), "{reply}");
    desk.has_nothing().await;
    assert_eq!(desk.received(mailbox).await, []);
}

#[tokio::test]
async fn a_folder_that_is_gone_is_our_fault_and_the_sender_comes_again() {
    let desk = Desk::on_sqlite().await;
    let (_, address) = desk.primary().await;
    let mut client = desk.client().await;
    client.expect("MAIL FROM:<ada@example.com>", "250").await;
    client.expect(&format!("RCPT TO:<{address}>"), "250").await;
    let folder = desk.world.folder().join("received");
    std::fs::remove_dir(&folder).unwrap();
    std::fs::write(&folder, "in the way").unwrap();
    client.expect("DATA", "451 4.3.0").await;
}

#[tokio::test]
async fn a_mailbox_that_is_deleted_while_its_mail_arrives_gets_none() {
    let desk = Desk::on_sqlite().await;
    let gone = desk.default_mailbox("help@example.com", postroom_server::model::PublishAs::Active).await;
    let address = desk.forwarding_address(gone).await;
    let mut client = desk.client().await;
    client.address(&address).await;
    let (ctx, manager) = (&desk.world.ctx, &desk.world.manager);
    postroom_server::mailboxes::delete(ctx, manager, gone).await.unwrap();
    client.send(format!("{MESSAGE}\r\n.\r\n")).await;
    assert!(client.reply().await.starts_with("451 4.3.0"));
    desk.has_nothing().await;
}

#[tokio::test]
async fn stopping_finishes_the_message_in_hand_and_sends_everybody_else_away() {
    let desk = Desk::on_sqlite().await;
    let (mailbox, address) = desk.primary().await;
    let mut busy = desk.client().await;
    busy.address(&address).await;
    let mut idle = desk.client().await;

    desk.switch.stop();

    assert!(idle.reply().await.starts_with("421 4.3.2"));
    assert!(idle.is_closed().await);
    busy.send(format!("{MESSAGE}\r\n.\r\n")).await;
    assert!(busy.reply().await.starts_with("250"));
    assert!(busy.reply().await.starts_with("421 4.3.2"));
    drop(busy);
    assert_eq!(desk.received(mailbox).await.len(), 1);
    desk.task.await.unwrap();
    assert!(tokio::net::TcpStream::connect(desk.address).await.is_err(), "nobody is let in any more");
}
