//! The relay: what belongs to no mailbox's own server goes out through it, waits for it, and tells when it is broken.

use std::sync::Arc;

use futures::future::join_all;
use postroom_server::check::run_with;
use postroom_server::model::{
    AuthMethod, Backlog, Cause, CheckReport, Delivery, DeliveryState, Field, Fingerprint, Health, Invalid, Language,
    MailboxId, Problem, Protocol, PublishAs, Reason, Rule, SentFrom, ServerForm, ServerKind, Step, TlsMode, Trust,
    TrustChoice,
};
use postroom_server::{Context, Error, drafts, mailboxes, outbox, relay, test_mail, watch};
use postroom_testing::{Identity, Leaf, Script, ServerTls};

use crate::mail_server::MailServer;
use crate::outbox::{OPEN, mailbox};
use crate::world::World;

crate::on_both_databases!(
    a_message_of_postroom_itself_goes_out_through_the_relay,
    a_default_mailbox_sends_through_the_relay_under_its_own_address,
    without_a_relay_mail_is_parked_and_drains_when_one_has_passed_its_check,
    a_wrong_password_parks_the_mail_of_the_relay_and_of_no_mailbox,
    a_sender_that_the_relay_refuses_holds_up_no_other,
    many_workers_send_each_message_once,
    mail_of_a_deleted_mailbox_is_not_sent,
    a_mailbox_that_moves_to_the_default_server_sends_what_was_parked_through_the_relay,
    a_relay_that_trusts_this_machine_is_not_signed_in_to,
    a_sealed_password_is_kept_for_its_host_only,
    a_trusted_certificate_is_kept_for_its_host_and_port_only,
    mail_goes_out_only_to_the_certificate_that_is_trusted,
    what_is_wrong_with_the_form_is_said_and_nothing_is_stored,
    a_report_of_other_settings_is_not_stored,
    a_broken_relay_is_confirmed_told_and_drained_when_it_works_again,
    a_relay_is_looked_at_by_one_at_a_time_and_on_schedule,
    removing_the_relay_keeps_what_waits,
    nobody_is_sent_a_test_mail_without_a_relay_or_an_address,
    a_default_mailbox_sends_no_test_mail_to_itself,
);

const SENDER: &str = "postroom@example.com";
const PASSWORD: &str = "relay-Passwort";
const OPEN_RELAY: &str = "S: 220 mail.example.com ESMTP
    C: EHLO
    S: 250-mail.example.com
    S: 250 AUTH PLAIN
    C: AUTH PLAIN
    S: 235 2.7.0 Welcome
    C: MAIL FROM:<postroom@example.com>
    S: 250 Ok
    C: RCPT TO:<postroom@example.com>
    S: 250 Ok
    C: RSET
    S: 250 Ok\n";
const REFUSED: &str = "S: 220 mail.example.com ESMTP
    C: EHLO
    S: 250-mail.example.com
    S: 250 AUTH PLAIN
    C: AUTH PLAIN
    S: 535 5.7.8 Wrong password\n";
const BYE: &str = "C: QUIT\nS: 221 Bye\nCLOSE\n";

/// A Postroom whose relay is set, or not yet.
struct Desk {
    world: World,
}

impl Desk {
    fn bare(mut world: World) -> Self {
        world.ctx.dialer = Arc::new(postroom_testing::dialer());
        Self { world }
    }

    async fn with_relay(world: World, port: u16) -> Self {
        let desk = Self::bare(world);
        desk.set(port).await;
        desk
    }

    fn ctx(&self) -> &Context {
        &self.world.ctx
    }

    async fn set(&self, port: u16) {
        relay::save(self.ctx(), &self.world.admin, &form(port), Some(PASSWORD.into())).await.unwrap();
    }

    async fn check(&self) -> CheckReport {
        let target = relay::target(self.ctx(), &self.world.admin).await.unwrap();
        let report = run_with(self.ctx(), &target.plan(), |_| {}).await.unwrap();
        relay::store_report(self.ctx(), &self.world.admin, &target, &report).await.unwrap();
        report
    }

    async fn details(&self) -> postroom_server::model::Relay {
        relay::details(self.ctx(), &self.world.admin).await.unwrap()
    }

    async fn backlog(&self) -> Backlog {
        self.details().await.backlog
    }

    async fn send_test(&self) {
        relay::send_test(self.ctx(), &self.world.admin, "kim@example.net", Language::En).await.unwrap();
    }

    async fn deliver(&self) -> usize {
        outbox::deliver_due(self.ctx()).await.unwrap()
    }

    /// A mailbox on the default server.
    async fn default_mailbox(&self, address: &str) -> MailboxId {
        let draft = self.world.begun(address).await;
        self.on_default_server(draft.id).await
    }

    async fn on_default_server(&self, draft: postroom_server::model::DraftId) -> MailboxId {
        let (ctx, manager) = (self.ctx(), &self.world.manager);
        drafts::save_kind(ctx, manager, draft, ServerKind::Default, None).await.unwrap();
        drafts::publish(ctx, manager, draft, PublishAs::Active).await.unwrap()
    }

    /// Queues a message of a mailbox to Ada.
    async fn queue(&self, mailbox: MailboxId) {
        let (ctx, manager) = (self.ctx(), &self.world.manager);
        test_mail::begin(ctx, manager, mailbox, "ada@example.net", Language::En).await.unwrap();
    }

    async fn own(&self, state: DeliveryState) -> Vec<Delivery> {
        outbox::list(self.ctx(), &self.world.admin, state).await.unwrap()
    }

    async fn of_workspace(&self, state: DeliveryState) -> Vec<Delivery> {
        outbox::list(self.ctx(), &self.world.manager, state).await.unwrap()
    }
}

fn form(port: u16) -> ServerForm {
    ServerForm {
        host: "127.0.0.1".to_owned(),
        port: port.to_string(),
        tls: false,
        method: AuthMethod::Plain,
        email: SENDER.to_owned(),
        ..ServerForm::default()
    }
}

fn refused() -> Problem {
    Problem::BadCredentials { reply: "535 5.7.8 Wrong password".to_owned() }
}

async fn a_message_of_postroom_itself_goes_out_through_the_relay(world: World) {
    let server = MailServer::start().await;
    let desk = Desk::with_relay(world, server.port()).await;
    desk.send_test().await;
    assert_eq!(desk.deliver().await, 1);
    assert!(server.taken()[0].contains("From: Postroom <postroom@example.com>"), "{:?}", server.taken());
    let sent = desk.own(DeliveryState::Sent).await.remove(0);
    assert_eq!((sent.mailbox, sent.sender.as_str()), (None, SENDER));
    assert_eq!(desk.of_workspace(DeliveryState::Sent).await, [], "it belongs to no workspace");
    let (ctx, admin, manager) = (desk.ctx(), &desk.world.admin, &desk.world.manager);
    assert!(matches!(outbox::throw_away(ctx, manager, sent.id).await, Err(Error::NotFound(_))));
    outbox::throw_away(ctx, admin, sent.id).await.unwrap();
    assert_eq!(desk.own(DeliveryState::Sent).await, []);
}

async fn a_default_mailbox_sends_through_the_relay_under_its_own_address(world: World) {
    let server = MailServer::start().await;
    let desk = Desk::with_relay(world, server.port()).await;
    let mailbox = desk.default_mailbox("desk@example.org").await;
    desk.queue(mailbox).await;
    assert_eq!(desk.deliver().await, 1);
    assert!(server.taken()[0].contains("From: Help <desk@example.org>"), "{:?}", server.taken());
    let sent = desk.of_workspace(DeliveryState::Sent).await.remove(0);
    assert_eq!(sent.mailbox, Some(SentFrom { id: mailbox, name: "Help".to_owned() }));
    assert_eq!(desk.own(DeliveryState::Sent).await, []);
}

async fn without_a_relay_mail_is_parked_and_drains_when_one_has_passed_its_check(world: World) {
    let desk = Desk::bare(world);
    let mailbox = desk.default_mailbox("desk@example.org").await;
    desk.queue(mailbox).await;
    assert_eq!(desk.deliver().await, 0);
    assert_eq!(desk.backlog().await, Backlog { parked: 1, ..Backlog::default() });
    let parked = desk.of_workspace(DeliveryState::Parked).await.remove(0);
    assert_eq!(parked.problem, None);
    desk.ctx().clock.advance_millis(30 * 24 * 60 * 60_000);
    assert_eq!(desk.deliver().await, 0);

    let server = MailServer::start().await;
    desk.set(server.port()).await;
    assert_eq!(desk.backlog().await.parked, 1, "nobody knows yet whether it works");
    assert!(desk.check().await.passed());
    assert_eq!(desk.deliver().await, 1);
    assert_eq!((desk.backlog().await, server.taken().len()), (Backlog::default(), 1));
}

async fn a_wrong_password_parks_the_mail_of_the_relay_and_of_no_mailbox(world: World) {
    let (wrong, well) = (Script::serve(REFUSED).await, MailServer::start().await);
    let desk = Desk::with_relay(world, wrong.port()).await;
    let custom = mailbox(&desk.world, "help@example.com", well.port(), well.port()).await;
    let default = desk.default_mailbox("desk@example.org").await;
    desk.send_test().await;
    desk.queue(custom).await;
    desk.queue(default).await;
    assert_eq!(desk.deliver().await, 1);
    assert_eq!(well.taken().len(), 1);
    assert_eq!(desk.backlog().await, Backlog { parked: 2, ..Backlog::default() });
    assert_eq!(desk.own(DeliveryState::Parked).await[0].problem, Some(refused()));
    assert_eq!(wrong.connections(), 1, "one connection for all of it");
}

async fn a_sender_that_the_relay_refuses_holds_up_no_other(world: World) {
    let strict = [
        OPEN_RELAY,
        "C: MAIL FROM:<desk@example.org>\nS: 553 5.7.1 Sender address rejected: not owned by user\nC: RSET\nS: 250 Ok\n",
        "C: MAIL FROM:<postroom@example.com>\nS: 250 Ok\nC: RCPT TO:<kim@example.net>\nS: 250 Ok\nC: DATA\n",
        "S: 354 Go on\nMESSAGE\nS: 250 Ok\n",
        BYE,
    ]
    .concat();
    let server = Script::serve(&strict).await;
    let desk = Desk::with_relay(world, server.port()).await;
    let default = desk.default_mailbox("desk@example.org").await;
    desk.queue(default).await;
    desk.queue(default).await;
    desk.send_test().await;
    assert_eq!(desk.deliver().await, 1);
    let parked = desk.of_workspace(DeliveryState::Parked).await;
    assert_eq!(parked.len(), 2);
    assert!(matches!(parked[0].problem, Some(Problem::SenderRefused { .. })), "{parked:?}");
    assert_eq!(desk.own(DeliveryState::Sent).await.len(), 1);
}

async fn many_workers_send_each_message_once(world: World) {
    let (relay, own) = (MailServer::start().await, MailServer::start().await);
    let desk = Desk::with_relay(world, relay.port()).await;
    let custom = mailbox(&desk.world, "help@example.com", own.port(), own.port()).await;
    let default = desk.default_mailbox("desk@example.org").await;
    for _ in 0..5 {
        desk.send_test().await;
        desk.queue(custom).await;
        desk.queue(default).await;
    }
    let rounds = join_all((0..4).map(|_| outbox::deliver_due(desk.ctx()))).await;
    let sent: usize = rounds.into_iter().map(Result::unwrap).sum();
    let mut ids = relay.ids();
    ids.dedup();
    assert_eq!((sent, ids.len(), relay.taken().len(), own.taken().len()), (15, 10, 10, 5));
}

async fn mail_of_a_deleted_mailbox_is_not_sent(world: World) {
    let server = MailServer::start().await;
    let desk = Desk::with_relay(world, server.port()).await;
    let default = desk.default_mailbox("desk@example.org").await;
    desk.queue(default).await;
    desk.send_test().await;
    mailboxes::delete(desk.ctx(), &desk.world.manager, default).await.unwrap();
    assert_eq!(desk.deliver().await, 1);
    assert_eq!((server.taken().len(), desk.backlog().await), (1, Backlog::default()));
}

async fn a_mailbox_that_moves_to_the_default_server_sends_what_was_parked_through_the_relay(world: World) {
    let (wrong, relay) = (Script::serve(REFUSED).await, MailServer::start().await);
    let desk = Desk::with_relay(world, relay.port()).await;
    let moving = mailbox(&desk.world, "help@example.com", wrong.port(), wrong.port()).await;
    desk.queue(moving).await;
    desk.deliver().await;
    assert_eq!(desk.of_workspace(DeliveryState::Parked).await.len(), 1);
    assert_eq!(desk.backlog().await, Backlog::default(), "it is not the relay's");

    let (ctx, manager) = (desk.ctx(), &desk.world.manager);
    let draft = drafts::begin(ctx, manager, Some(moving)).await.unwrap();
    desk.on_default_server(draft.id).await;
    assert_eq!(desk.deliver().await, 1);
    assert_eq!(relay.taken().len(), 1);
}

async fn a_relay_that_trusts_this_machine_is_not_signed_in_to(world: World) {
    let trusting = OPEN.replace("S: 250 AUTH PLAIN", "S: 250 SIZE 1000000");
    let trusting = trusting.replace("C: AUTH PLAIN\n    S: 235 2.7.0 Welcome\n", "").replace("help@", "postroom@");
    let server = Script::serve(&[&trusting, BYE].concat()).await;
    let desk = Desk::bare(world);
    let form = ServerForm { method: AuthMethod::None, ..form(server.port()) };
    relay::save(desk.ctx(), &desk.world.admin, &form, None).await.unwrap();
    let report = desk.check().await;
    assert!(report.passed(), "{:?} {:?}", report.steps, report.transcript);
    assert!(report.steps.iter().all(|line| line.step != Step::SignIn));
    assert!(server.heard().iter().all(|line| !line.starts_with("AUTH")), "{:?}", server.heard());
    let kept = desk.details().await;
    assert!(kept.works() && !kept.has_password);
}

async fn a_sealed_password_is_kept_for_its_host_only(world: World) {
    let server = MailServer::start().await;
    let desk = Desk::with_relay(world, server.port()).await;
    desk.check().await;
    let (ctx, admin) = (desk.ctx(), &desk.world.admin);
    relay::save(ctx, admin, &form(server.port()), None).await.unwrap();
    assert!(desk.details().await.works(), "the same once more changes nothing");

    let renamed = ServerForm { username: "someone-else".to_owned(), ..form(server.port()) };
    relay::save(ctx, admin, &renamed, None).await.unwrap();
    let kept = desk.details().await;
    assert!(kept.has_password && kept.report.is_none());

    let elsewhere = ServerForm { host: "mail.example.org".to_owned(), ..form(server.port()) };
    let missing = relay::save(ctx, admin, &elsewhere, None).await;
    let expected = Invalid::of(Protocol::Smtp, Field::Password, Reason::Empty);
    assert!(matches!(missing, Err(Error::Invalid(found)) if found == [expected]));
    assert_eq!(desk.details().await.settings.unwrap().endpoint.host, "127.0.0.1");
}

async fn what_is_wrong_with_the_form_is_said_and_nothing_is_stored(world: World) {
    let desk = Desk::bare(world);
    let form = ServerForm { host: String::new(), email: "postroom".to_owned(), ..form(25) };
    let wrong = relay::save(desk.ctx(), &desk.world.admin, &form, Some("two\nlines".into())).await;
    let Err(Error::Invalid(found)) = wrong else { panic!("{wrong:?}") };
    let fields: Vec<Field> = found.iter().map(|invalid| invalid.field).collect();
    assert_eq!(fields, [Field::Host, Field::Address, Field::Password]);
    assert_eq!(desk.details().await.settings, None);
}

async fn a_report_of_other_settings_is_not_stored(world: World) {
    let server = MailServer::start().await;
    let desk = Desk::with_relay(world, server.port()).await;
    let (ctx, admin) = (desk.ctx(), &desk.world.admin);
    let target = relay::target(ctx, admin).await.unwrap();
    let report = run_with(ctx, &target.plan(), |_| {}).await.unwrap();
    relay::save(ctx, admin, &form(server.port()), Some("another one".into())).await.unwrap();
    relay::store_report(ctx, admin, &target, &report).await.unwrap();
    assert_eq!(desk.details().await.report, None);
}

async fn a_broken_relay_is_confirmed_told_and_drained_when_it_works_again(world: World) {
    let open = [OPEN_RELAY, BYE].concat();
    let taken = [
        OPEN_RELAY,
        "C: MAIL FROM:<postroom@example.com>\nS: 250 Ok\nC: RCPT TO:<kim@example.net>\nS: 250 Ok\nC: DATA\n",
        "S: 354 Go on\nMESSAGE\nS: 250 Ok\n",
        BYE,
    ]
    .concat();
    let server = Script::serve_in_turn(&[&open, REFUSED, REFUSED, REFUSED, &open, &taken]).await;
    let desk = Desk::with_relay(world, server.port()).await;
    let default = desk.default_mailbox("desk@example.org").await;
    let (ctx, admin) = (desk.ctx(), &desk.world.admin);
    ctx.clock.advance_millis(2 * 60_000);
    assert!(relay::look_again(ctx).await.unwrap());
    assert_eq!(desk.details().await.health, Some(Health::Working));

    ctx.clock.advance_millis(20 * 60_000);
    assert!(relay::look_again(ctx).await.unwrap());
    let doubtful = desk.details().await;
    assert!(matches!(doubtful.health, Some(Health::Doubtful { .. })), "{doubtful:?}");
    assert!(doubtful.works(), "the page waits until it is confirmed");
    assert_eq!(watch::incidents(ctx, admin).await.unwrap(), []);

    ctx.clock.advance_millis(3 * 60_000);
    assert!(relay::look_again(ctx).await.unwrap());
    let incident = watch::incidents(ctx, admin).await.unwrap().remove(0);
    assert_eq!((incident.cause, incident.problem), (Cause::Relay, refused()));
    assert!(incident.mailboxes.iter().any(|stopped| stopped.id == default && stopped.outgoing && !stopped.incoming));
    desk.send_test().await;
    assert_eq!(desk.deliver().await, 0);
    assert_eq!(desk.backlog().await.parked, 1);

    ctx.clock.advance_millis(20 * 60_000);
    assert!(relay::look_again(ctx).await.unwrap());
    assert_eq!(watch::incidents(ctx, admin).await.unwrap(), []);
    assert_eq!(desk.deliver().await, 1);
}

async fn a_relay_is_looked_at_by_one_at_a_time_and_on_schedule(world: World) {
    let server = MailServer::start().await;
    let desk = Desk::bare(world);
    assert!(!relay::look_again(desk.ctx()).await.unwrap(), "there is none");
    desk.set(server.port()).await;
    assert!(!relay::look_again(desk.ctx()).await.unwrap(), "whoever saves is about to check");
    desk.ctx().clock.advance_millis(2 * 60_000);
    let looks = join_all((0..3).map(|_| relay::look_again(desk.ctx()))).await;
    assert_eq!(looks.into_iter().filter(|looked| *looked.as_ref().unwrap()).count(), 1);
    assert!(!relay::look_again(desk.ctx()).await.unwrap(), "it is not due yet");
    desk.ctx().clock.advance_millis(20 * 60_000);
    assert!(relay::look_again(desk.ctx()).await.unwrap());
}

async fn removing_the_relay_keeps_what_waits(world: World) {
    let server = MailServer::start().await;
    let desk = Desk::with_relay(world, server.port()).await;
    desk.send_test().await;
    relay::remove(desk.ctx(), &desk.world.admin).await.unwrap();
    assert_eq!(desk.deliver().await, 0);
    let left = desk.details().await;
    assert_eq!((left.settings, left.has_password, left.backlog.parked), (None, false, 1));
    assert!(matches!(relay::target(desk.ctx(), &desk.world.admin).await, Err(Error::Rule(Rule::NotConfigured))));
}

async fn nobody_is_sent_a_test_mail_without_a_relay_or_an_address(world: World) {
    let desk = Desk::bare(world);
    let (ctx, admin) = (desk.ctx(), &desk.world.admin);
    let unset = relay::send_test(ctx, admin, "kim@example.net", Language::Ko).await;
    assert!(matches!(unset, Err(Error::Rule(Rule::NotConfigured))), "{unset:?}");
    desk.set(25).await;
    let wrong = relay::send_test(ctx, admin, "kim at example", Language::Ko).await;
    assert!(matches!(wrong, Err(Error::Invalid(_))), "{wrong:?}");
    assert_eq!(desk.backlog().await, Backlog::default());
}

async fn a_default_mailbox_sends_no_test_mail_to_itself(world: World) {
    let desk = Desk::with_relay(world, 25).await;
    let default = desk.default_mailbox("desk@example.org").await;
    let (ctx, manager) = (desk.ctx(), &desk.world.manager);
    for to in ["", "desk@example.org"] {
        let begun = test_mail::begin(ctx, manager, default, to, Language::En).await.map(drop);
        assert!(matches!(begun, Err(Error::Rule(Rule::NotConfigured))), "{begun:?}");
    }
    assert_eq!(desk.backlog().await, Backlog::default());
}

async fn a_trusted_certificate_is_kept_for_its_host_and_port_only(world: World) {
    let desk = Desk::with_relay(world, 465).await;
    let (ctx, admin) = (desk.ctx(), &desk.world.admin);
    let sha256 = Fingerprint::of(&[0x5e; 32]);
    let pinned = ServerForm {
        tls: true,
        tls_mode: TlsMode::Implicit,
        trust: TrustChoice::Certificate,
        pin: sha256.to_string(),
        ..form(465)
    };
    relay::save(ctx, admin, &pinned, None).await.unwrap();
    let kept = desk.details().await;
    assert_eq!(kept.settings.as_ref().unwrap().endpoint.trust, Trust::Certificate { sha256 });

    let moved = ServerForm { port: "2465".to_owned(), ..kept.form() };
    relay::save(ctx, admin, &moved, None).await.unwrap();
    assert_eq!(desk.details().await.settings.unwrap().endpoint.trust, Trust::Usual);
}

/// The outbox, like everything else, dials whom the settings trust.
async fn mail_goes_out_only_to_the_certificate_that_is_trusted(world: World) {
    const ENCRYPTED: &str = "S: 220 mail.example.com ESMTP
        C: EHLO
        S: 250-mail.example.com
        S: 250 STARTTLS
        C: STARTTLS
        S: 220 Go on
        TLS
        C: EHLO
        S: 250-mail.example.com
        S: 250 AUTH PLAIN
        C: AUTH PLAIN
        S: 235 2.7.0 Welcome
        C: MAIL FROM:<postroom@example.com>
        S: 250 Ok\n";
    const LOOKED_AT: &str = "C: RCPT TO:<postroom@example.com>
        S: 250 Ok
        C: RSET
        S: 250 Ok\n";
    const SENT: &str = "C: MAIL FROM:<postroom@example.com>
        S: 250 Ok
        C: RCPT TO:<kim@example.net>
        S: 250 Ok
        C: DATA
        S: 354 Go on
        MESSAGE
        S: 250 Ok\n";
    let looked_at = [ENCRYPTED, LOOKED_AT, BYE].concat();
    let sent = [ENCRYPTED, LOOKED_AT, SENT, BYE].concat();
    let [identity, another] = [(); 2].map(|()| Identity::self_signed(&Leaf::named(&["mail.example.test"]), true));
    let server = Script::serve_starttls_in_turn(&[ENCRYPTED, &looked_at, &sent], &ServerTls::of(&identity)).await;
    let desk = Desk::with_relay(world, server.port()).await;
    let trusting = async |identity: &Identity| {
        let pin = postroom_server::net::tls::certificate::pinned_by(&identity.chain[0]).to_string();
        let (tls_mode, trust) = (TlsMode::StartTls, TrustChoice::Certificate);
        let secured = ServerForm { tls: true, tls_mode, trust, pin, ..form(server.port()) };
        relay::save(desk.ctx(), &desk.world.admin, &secured, None).await.unwrap();
    };

    trusting(&another).await;
    desk.send_test().await;
    assert_eq!(desk.deliver().await, 0);
    let parked = desk.own(DeliveryState::Parked).await;
    assert!(
        matches!(parked[..], [Delivery { problem: Some(Problem::PinnedCertificateChanged { .. }), .. }]),
        "{parked:?}"
    );
    assert!(!server.heard().iter().any(|line| line.starts_with("AUTH")), "{:?}", server.heard());

    trusting(&identity).await;
    let report = desk.check().await;
    assert!(report.passed(), "{report:?}");
    assert_eq!(desk.deliver().await, 1, "{:?}", server.heard());
    assert_eq!(desk.own(DeliveryState::Sent).await.len(), 1);
}
