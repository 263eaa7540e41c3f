//! Who mail is taken for: default mailboxes that are in use, and nobody else.

use postroom_server::db::Tx;
use postroom_server::model::{NameForm, PublishAs, Rule};
use postroom_server::{Error, inbound, mailboxes, workspaces};

use crate::desk::{Desk, MESSAGE};
use crate::world::World;

crate::on_both_databases!(
    the_address_of_a_workspace_takes_mail_however_it_is_written,
    every_default_mailbox_has_a_forwarding_address_that_takes_mail,
    a_mailbox_from_before_gets_its_forwarding_address_when_it_is_asked_for,
    an_address_of_somebody_else_makes_no_mailbox_of_ours_an_open_door,
    a_draft_takes_no_mail_and_a_paused_mailbox_does,
    an_archived_workspace_takes_no_mail,
    a_mailbox_on_its_own_server_has_no_forwarding_address,
);

async fn the_address_of_a_workspace_takes_mail_however_it_is_written(world: World) {
    let desk = Desk::new(world).await;
    let (mailbox, address) = desk.primary().await;
    let mut client = desk.client().await;
    assert!(client.deliver(&address.to_uppercase(), MESSAGE).await.starts_with("250"));
    assert_eq!(desk.received(mailbox).await[0].recipient, address.to_uppercase());
}

async fn every_default_mailbox_has_a_forwarding_address_that_takes_mail(world: World) {
    let desk = Desk::new(world).await;
    let (primary, _) = desk.primary().await;
    // Its own address is the customer's: only what is forwarded comes here.
    let theirs = desk.default_mailbox("Help.Desk@example.com", PublishAs::Active).await;
    let slug = desk.world.workspace.slug.clone();
    for (mailbox, stem) in [(primary, "support"), (theirs, "help-desk")] {
        let address = desk.forwarding_address(mailbox).await;
        let (local, domain) = address.split_once('@').unwrap();
        let letters = local.strip_prefix(&format!("{stem}-")).unwrap();
        assert!(letters.len() == 12 && letters.chars().all(|c| matches!(c, 'a'..='z' | '2'..='7')), "{address}");
        assert_eq!(domain, format!("{slug}.postroom.localhost"));
        assert_eq!(desk.forwarding_address(mailbox).await, address, "it stays");
        assert!(desk.client().await.deliver(&address, MESSAGE).await.starts_with("250"));
        assert_eq!(desk.received(mailbox).await[0].recipient, address);
    }
}

async fn a_mailbox_from_before_gets_its_forwarding_address_when_it_is_asked_for(world: World) {
    let desk = Desk::new(world).await;
    let (mailbox, _) = desk.primary().await;
    let first = desk.forwarding_address(mailbox).await;
    let mut tx = desk.world.ctx.db.write().await.unwrap();
    match &mut tx {
        Tx::Sqlite(tx) => sqlx::query("DELETE FROM forwarding_addresses").execute(&mut **tx).await.map(drop),
        Tx::Postgres(tx) => sqlx::query("DELETE FROM forwarding_addresses").execute(&mut **tx).await.map(drop),
    }
    .unwrap();
    tx.commit().await.unwrap();

    let second = desk.forwarding_address(mailbox).await;

    assert_ne!(first, second);
    let mut client = desk.client().await;
    client.expect("MAIL FROM:<ada@example.com>", "250").await;
    client.expect(&format!("RCPT TO:<{first}>"), "550 5.1.1").await;
    client.expect(&format!("RCPT TO:<{second}>"), "250").await;
}

async fn an_address_of_somebody_else_makes_no_mailbox_of_ours_an_open_door(world: World) {
    let desk = Desk::new(world).await;
    desk.default_mailbox("help@example.com", PublishAs::Active).await;
    // A mailbox may claim any address; mail comes only at those of its own workspace.
    let (other, _) = desk.world.other_workspace().await;
    let claimed = format!("boss@{}.postroom.localhost", other.slug);
    desk.default_mailbox(&claimed, PublishAs::Active).await;
    let mut client = desk.client().await;
    client.expect("MAIL FROM:<ada@example.com>", "250").await;
    for (address, refusal) in [
        ("help@example.com", "554 5.7.1"),
        ("somebody@elsewhere.example", "554 5.7.1"),
        ("support@notpostroom.localhost", "554 5.7.1"),
        ("nobody@it.postroom.localhost", "550 5.1.1"),
        ("support@postroom.localhost", "550 5.1.1"),
        ("postmaster", "550 5.1.1"),
        ("support%example.com@it.postroom.localhost", "550 5.1.1"),
        (claimed.as_str(), "550 5.1.1"),
    ] {
        client.expect(&format!("RCPT TO:<{address}>"), refusal).await;
    }
    client.expect("DATA", "554 5.5.1").await;
    desk.has_nothing().await;
}

async fn a_draft_takes_no_mail_and_a_paused_mailbox_does(world: World) {
    let desk = Desk::new(world).await;
    let slug = desk.world.workspace.slug.clone();
    let address = format!("sales@{slug}.postroom.localhost");
    let draft = desk.default_mailbox(&address, PublishAs::Draft).await;
    let forwarded = desk.forwarding_address(draft).await;
    let mut client = desk.client().await;
    client.expect("MAIL FROM:<ada@example.com>", "250").await;
    client.expect(&format!("RCPT TO:<{address}>"), "550 5.1.1").await;
    client.expect(&format!("RCPT TO:<{forwarded}>"), "550 5.1.1").await;

    let (ctx, manager) = (&desk.world.ctx, &desk.world.manager);
    mailboxes::resume(ctx, manager, draft).await.unwrap();
    mailboxes::pause(ctx, manager, draft).await.unwrap();

    client.expect(&format!("RCPT TO:<{address}>"), "250").await;
    client.expect(&format!("RCPT TO:<{forwarded}>"), "250").await;
}

async fn an_archived_workspace_takes_no_mail(world: World) {
    let desk = Desk::new(world).await;
    let (ctx, admin) = (&desk.world.ctx, &desk.world.admin);
    let form = NameForm { name: "Sales".to_owned() };
    let other = workspaces::create(ctx, admin, &form, "Team").await.unwrap();
    let (_, address) = desk.primary_of(&other).await;
    workspaces::set_archived(ctx, admin, other.id, true).await.unwrap();
    let mut client = desk.client().await;
    client.expect("MAIL FROM:<ada@example.com>", "250").await;
    client.expect(&format!("RCPT TO:<{address}>"), "550 5.1.1").await;
    workspaces::set_archived(ctx, admin, other.id, false).await.unwrap();
    client.expect(&format!("RCPT TO:<{address}>"), "250").await;
}

async fn a_mailbox_on_its_own_server_has_no_forwarding_address(world: World) {
    let desk = Desk::new(world).await;
    let custom = desk.world.mailbox("help@example.com").await;
    let (ctx, manager) = (&desk.world.ctx, &desk.world.manager);
    let asked = inbound::forwarding_address(ctx, manager, custom).await;
    assert!(matches!(asked, Err(Error::Rule(Rule::NotConfigured))), "{asked:?}");
    let (other, _) = desk.world.other_workspace().await;
    let (primary, _) = desk.primary().await;
    let elsewhere = inbound::forwarding_address(ctx, &desk.world.manager_of(&other).await, primary).await;
    assert!(matches!(elsewhere, Err(Error::NotFound("mailbox"))), "{elsewhere:?}");
}
