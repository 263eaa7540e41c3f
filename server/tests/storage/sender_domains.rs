//! Sender domains: keys that are made once, looks that are kept, and signing that begins by itself.

use std::sync::Arc;

use postroom_server::db::Tx;
use postroom_server::model::{AuthMethod, DkimVerdict, EmailAddress, Keeper, Language, SenderDomain, ServerForm};
use postroom_server::net::{DialOptions, Dialer, Guard};
use postroom_server::{Error, outbox, relay, sender_domains};
use postroom_testing::{Zone, impatient};

use crate::mail_server::MailServer;
use crate::secrets::everything;
use crate::world::World;

crate::on_both_databases!(
    a_domain_is_there_because_a_default_mailbox_uses_it,
    a_key_is_made_once_and_signing_begins_when_it_is_published,
    signing_ends_with_the_record_and_not_with_the_dns,
    mail_through_the_relay_is_signed_and_the_relay_is_what_spf_has_to_allow,
    due_domains_are_looked_up_about_once_a_day,
    several_processes_agree_on_one_key,
    the_private_key_is_sealed_and_told_nobody,
);

/// Where the primary mailbox of the first workspace has its address.
const FIRST: &str = "it.postroom.localhost";
/// Where it is moved: names below `localhost` are never asked for.
const DOMAIN: &str = "example.org";
const SELECTOR: &str = "postroom1._domainkey.example.org";
const MESSAGE: &[u8] = b"From: support@example.org\r\nSubject: Hi\r\n\r\nHello\r\n";

/// The primary mailbox, at an address of the organisation's own domain.
async fn move_mailbox(world: &World) {
    const MOVE: &str =
        "UPDATE mailboxes SET address = 'support@example.org', address_folded = 'support@example.org' WHERE is_primary";
    let mut tx = world.ctx.db.write().await.unwrap();
    match &mut tx {
        Tx::Sqlite(tx) => drop(sqlx::query(MOVE).execute(&mut **tx).await.unwrap()),
        Tx::Postgres(tx) => drop(sqlx::query(MOVE).execute(&mut **tx).await.unwrap()),
    }
    tx.commit().await.unwrap();
}

/// A world whose name server is the zone, and which remembers no answer of another one.
async fn with(world: &mut World, zone: &Zone) {
    let options = DialOptions {
        guard: Guard::allow_all(),
        name_servers: vec![zone.serve().await],
        deadlines: impatient(),
        ..DialOptions::default()
    };
    world.ctx.dialer = Arc::new(Dialer::new(options).unwrap());
}

async fn look(world: &World) -> SenderDomain {
    sender_domains::look(&world.ctx, &world.admin, DOMAIN).await.unwrap()
}

async fn signed(world: &World, from: &str) -> Vec<u8> {
    let mut tx = world.ctx.db.read().await.unwrap();
    let from = EmailAddress::parse(from).unwrap();
    sender_domains::sign(&world.ctx, &mut tx, &from, MESSAGE.to_vec()).await.unwrap()
}

fn value(domain: &SenderDomain) -> String {
    domain.publish_dkim.as_ref().unwrap().value.clone()
}

/// Publishes the key of a domain, and asks anew with a name server that remembers nothing.
async fn publish(world: &mut World, zone: Zone) -> (Zone, SenderDomain) {
    let known = look(world).await;
    let zone = zone.txt(SELECTOR, &value(&known));
    with(world, &zone).await;
    let seen = look(world).await;
    (zone, seen)
}

async fn a_domain_is_there_because_a_default_mailbox_uses_it(mut world: World) {
    with(&mut world, &Zone::default()).await;
    let all = sender_domains::list(&world.ctx, &world.admin).await.unwrap();
    assert_eq!(all.len(), 1, "{all:?}");
    assert_eq!((all[0].domain.as_str(), all[0].mailboxes), (FIRST, 1));
    assert_eq!((all[0].keeper, all[0].public), (Keeper::Operator, false));
    assert!(all[0].report.is_none() && all[0].publish_dkim.is_none() && !all[0].signing);

    // A custom mailbox needs nothing here.
    world.mailbox("help@example.com").await;
    for domain in ["example.com", "nowhere", "", "a b", "..", "IT.postroom.localhost.example"] {
        let refused = sender_domains::look(&world.ctx, &world.admin, domain).await;
        assert!(matches!(refused, Err(Error::NotFound(_))), "{domain:?}: {refused:?}");
    }
    assert!(sender_domains::details(&world.ctx, &world.admin, "IT.Postroom.Localhost").await.is_ok());

    move_mailbox(&world).await;
    let all = sender_domains::list(&world.ctx, &world.admin).await.unwrap();
    assert_eq!(all.iter().map(|one| one.domain.as_str()).collect::<Vec<_>>(), [DOMAIN]);
    assert_eq!((all[0].keeper, all[0].public), (Keeper::Organisation, true));
}

async fn a_key_is_made_once_and_signing_begins_when_it_is_published(mut world: World) {
    move_mailbox(&world).await;
    let zone = Zone::default();
    with(&mut world, &zone).await;
    let first = look(&world).await;
    assert_eq!(first.report.as_ref().unwrap().dkim.verdict, Some(DkimVerdict::Missing));
    assert!(!first.signing);
    assert_eq!(signed(&world, "support@example.org").await, MESSAGE, "nobody could verify it");

    let (_, seen) = publish(&mut world, zone).await;
    assert_eq!(value(&seen), value(&first), "the same key");
    assert_eq!(seen.report.as_ref().unwrap().dkim.verdict, Some(DkimVerdict::Good));
    assert!(seen.signing);
    assert_eq!(seen.looked_at, Some(world.ctx.clock.now()));

    let message = signed(&world, "Support@EXAMPLE.org").await;
    let text = String::from_utf8(message.clone()).unwrap();
    assert!(message.ends_with(MESSAGE), "{text}");
    assert!(text.starts_with("DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed; d=example.org;"), "{text}");
    assert!(text.contains("s=postroom1; t=1700000000;") && text.contains("h=From:From:Subject;"), "{text}");
    assert_eq!(signed(&world, "help@example.com").await, MESSAGE, "of another domain");

    let world = world.restart().await;
    assert_eq!(signed(&world, "support@example.org").await, message, "the same after a restart");
}

async fn signing_ends_with_the_record_and_not_with_the_dns(mut world: World) {
    move_mailbox(&world).await;
    let zone = Zone::default();
    with(&mut world, &zone).await;
    let (zone, seen) = publish(&mut world, zone).await;
    assert!(seen.signing);

    zone.forget(SELECTOR);
    let zone = zone.code(SELECTOR, 2);
    with(&mut world, &zone).await;
    let unanswered = look(&world).await;
    assert!(unanswered.signing);
    let dkim = unanswered.report.unwrap().dkim;
    assert_eq!((dkim.verdict, dkim.unanswered.as_deref()), (Some(DkimVerdict::Good), Some("SERVFAIL")));

    zone.forget(SELECTOR);
    with(&mut world, &zone).await;
    assert!(!look(&world).await.signing);
    assert_eq!(signed(&world, "support@example.org").await, MESSAGE);
}

async fn mail_through_the_relay_is_signed_and_the_relay_is_what_spf_has_to_allow(mut world: World) {
    move_mailbox(&world).await;
    let server = MailServer::start().await;
    let zone = Zone::default().address("relay.example.net", "127.0.0.1");
    with(&mut world, &zone).await;
    let form = ServerForm {
        host: "relay.example.net".to_owned(),
        port: server.port().to_string(),
        tls: false,
        method: AuthMethod::Plain,
        email: "support@example.org".to_owned(),
        ..ServerForm::default()
    };
    relay::save(&world.ctx, &world.admin, &form, Some("relay-Passwort".into())).await.unwrap();
    let send = async |world: &World| {
        relay::send_test(&world.ctx, &world.admin, "kim@example.net", Language::En).await.unwrap();
        assert_eq!(outbox::deliver_due(&world.ctx).await.unwrap(), 1);
    };
    send(&world).await;
    assert!(!server.taken()[0].contains("DKIM-Signature"), "{:?}", server.taken());

    let zone = zone.txt(DOMAIN, "v=spf1 mx -all");
    let known = look(&world).await;
    assert_eq!(known.relay.as_deref(), Some("relay.example.net"));
    let zone = zone.txt(SELECTOR, &value(&known));
    zone.forget("relay.example.net");
    let zone = zone.address("relay.example.net", "203.0.113.7");
    with(&mut world, &zone).await;
    let seen = look(&world).await;
    assert_eq!(seen.publish_spf.unwrap().value, "v=spf1 mx a:relay.example.net -all");

    zone.forget("relay.example.net");
    let zone = zone.address("relay.example.net", "127.0.0.1");
    with(&mut world, &zone).await;
    send(&world).await;
    assert!(server.taken()[1].contains("d=example.org;"), "{:?}", server.taken());
}

async fn due_domains_are_looked_up_about_once_a_day(mut world: World) {
    move_mailbox(&world).await;
    with(&mut world, &Zone::default().txt("other.localhost", "x")).await;
    let due = async |world: &World| sender_domains::look_due(&world.ctx).await.unwrap();
    assert_eq!(due(&world).await, 1, "one that was never looked up is due");
    assert_eq!(due(&world).await, 0);
    let hour = 60 * 60 * 1_000;
    world.ctx.clock.advance_millis(21 * hour);
    assert_eq!(due(&world).await, 0);
    world.ctx.clock.advance_millis(6 * hour);
    assert_eq!(due(&world).await, 1);

    world.ctx.clock.advance_millis(27 * hour);
    with(&mut world, &Zone::default().silent(SELECTOR)).await;
    assert_eq!(due(&world).await, 1);
    world.ctx.clock.advance_millis(hour);
    assert_eq!(due(&world).await, 1, "a DNS that did not answer is asked again in an hour");
}

async fn several_processes_agree_on_one_key(mut world: World) {
    move_mailbox(&world).await;
    with(&mut world, &Zone::default()).await;
    let (one, other) = futures::join!(look(&world), look(&world));
    assert_eq!(value(&one), value(&other));
}

async fn the_private_key_is_sealed_and_told_nobody(mut world: World) {
    move_mailbox(&world).await;
    with(&mut world, &Zone::default()).await;
    let known = look(&world).await;
    // Every PKCS #8 of an RSA key of this length begins like this.
    let begins = "MIIEvAIBADANBgkqhkiG9w0BAQEFAASC";
    assert!(!format!("{known:?}").contains("MIIEv"), "{known:?}");
    let stored = everything(&world).await;
    assert!(!stored.windows(begins.len()).any(|window| window == begins.as_bytes()));
    assert!(!stored.windows(4).any(|window| window == b"MIIE"), "not in any length");
}
