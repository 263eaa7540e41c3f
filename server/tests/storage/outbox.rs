//! The outbox: what is queued goes out once, later, or is told why not.

use std::sync::Arc;
use std::time::Duration;

use futures::future::join_all;
use postroom_server::db::Tx;
use postroom_server::model::{
    AuthMethod, Backlog, Delivery, DeliveryState, Direction, DraftId, Language, MailboxId, Problem, PublishAs,
    ServerForm,
};
use postroom_server::{Context, Error, drafts, mailboxes, outbox, test_mail};
use postroom_testing::Script;

use crate::mail_server::MailServer;
use crate::provider::refusal;
use crate::sign_ins::SignIns;
use crate::world::{MAIL_PASSWORD, World, passed, refused};

crate::on_both_databases!(
    a_message_is_sent_once_and_what_it_says_is_forgotten,
    what_waits_is_sealed_and_goes_out_as_it_was_written,
    what_was_queued_before_messages_were_sealed_goes_out,
    a_message_that_does_not_open_rests_and_holds_up_no_other,
    a_refusal_for_now_is_tried_again_later,
    what_is_put_off_for_two_days_is_given_up,
    a_refusal_for_good_stays_with_its_problem_and_can_be_tried_again,
    a_connection_that_broke_before_the_message_can_bring_nothing_twice,
    a_connection_that_broke_after_the_message_may_bring_it_twice,
    a_worker_that_died_is_followed_by_another_and_the_message_may_arrive_twice,
    a_refused_password_parks_everything_until_a_check_passes,
    a_failed_check_leaves_mail_parked,
    saved_settings_let_parked_mail_try,
    mail_of_a_gone_permission_waits_until_somebody_signs_in_again,
    many_workers_send_each_message_once,
    a_mailbox_that_is_unwell_holds_up_no_other,
    a_message_in_hand_cannot_be_thrown_away,
    what_was_sent_is_forgotten_after_a_month,
    another_workspace_sees_and_touches_nothing,
);

pub const OPEN: &str = "S: 220 mail.example.com ESMTP
    C: EHLO
    S: 250-mail.example.com
    S: 250-PIPELINING
    S: 250 AUTH PLAIN
    C: AUTH PLAIN
    S: 235 2.7.0 Welcome
    C: MAIL FROM:<help@example.com>
    C: RCPT TO:<help@example.com>
    C: RSET
    S: 250 Ok
    S: 250 Ok
    S: 250 Ok\n";
const ADDRESSED: &str = "C: MAIL FROM:<help@example.com>
    C: RCPT TO:<ada@example.com>
    S: 250 Ok
    S: 250 Ok
    C: DATA\n";
const MESSAGE: &str = "S: 354 Go on\nMESSAGE\n";
const BYE: &str = "C: QUIT\nS: 221 Bye\nCLOSE\n";
const REFUSED: &str = "S: 220 mail.example.com ESMTP
    C: EHLO
    S: 250-mail.example.com
    S: 250 AUTH PLAIN
    C: AUTH PLAIN
    S: 535 5.7.8 Wrong password\n";

/// A desk with one mailbox, whose outgoing server listens here.
pub struct Desk {
    pub world: World,
    pub mailbox: MailboxId,
}

impl Desk {
    pub async fn new(mut world: World, port: u16) -> Self {
        world.ctx.dialer = Arc::new(postroom_testing::dialer());
        let mailbox = mailbox(&world, "help@example.com", port, port).await;
        Self { world, mailbox }
    }

    async fn with(world: World, server: &Script) -> Self {
        Self::new(world, server.port()).await
    }

    pub fn ctx(&self) -> &Context {
        &self.world.ctx
    }

    async fn queue(&self) {
        queue(&self.world, self.mailbox).await;
    }

    async fn deliver(&self) -> usize {
        outbox::deliver_due(self.ctx()).await.unwrap()
    }

    fn later(&self, minutes: i64) {
        self.ctx().clock.advance_millis(minutes * 60_000);
    }

    async fn all(&self, state: DeliveryState) -> Vec<Delivery> {
        outbox::list(self.ctx(), &self.world.manager, state).await.unwrap()
    }

    /// The only delivery there is.
    async fn only(&self) -> Delivery {
        let mut all = Vec::new();
        for state in DeliveryState::ALL {
            all.extend(self.all(state).await);
        }
        assert_eq!(all.len(), 1, "{all:?}");
        all.remove(0)
    }

    /// What the database has of the message that was queued last: sealed, and in clear.
    async fn kept(&self) -> (Option<Vec<u8>>, Option<Vec<u8>>) {
        let kept = "SELECT sealed_message, message FROM deliveries ORDER BY id DESC LIMIT 1";
        match &mut self.ctx().db.read().await.unwrap() {
            Tx::Sqlite(tx) => sqlx::query_as(kept).fetch_one(&mut **tx).await.unwrap(),
            Tx::Postgres(tx) => sqlx::query_as(kept).fetch_one(&mut **tx).await.unwrap(),
        }
    }

    /// Changes all messages behind everybody's back.
    async fn change(&self, statement: &'static str, bytes: &[u8]) {
        let mut tx = self.ctx().db.write().await.unwrap();
        match &mut tx {
            Tx::Sqlite(tx) => sqlx::query(statement).bind(bytes).execute(&mut **tx).await.map(drop).unwrap(),
            Tx::Postgres(tx) => sqlx::query(statement).bind(bytes).execute(&mut **tx).await.map(drop).unwrap(),
        }
        tx.commit().await.unwrap();
    }

    async fn backlog(&self) -> Backlog {
        outbox::backlog(self.ctx(), &self.world.manager, self.mailbox).await.unwrap()
    }
}

/// A mailbox at work, with both servers on this machine, and nothing to send.
pub async fn mailbox(world: &World, address: &str, incoming: u16, outgoing: u16) -> MailboxId {
    let mailbox = saved(world, address, incoming, outgoing).await;
    world.without_activation_mail(mailbox).await;
    mailbox
}

/// The same, where another folder than the inbox is watched.
pub async fn watching(world: &World, address: &str, folder: &str, incoming: u16, outgoing: u16) -> MailboxId {
    let draft = world.begun(address).await;
    for (direction, port) in [(Direction::Incoming, incoming), (Direction::Outgoing, outgoing)] {
        fill_watching(world, draft.id, direction, address, port, folder).await;
        world.check(&draft, direction, &passed(direction)).await;
    }
    let mailbox = world.publish(&draft, PublishAs::Active).await.unwrap();
    world.without_activation_mail(mailbox).await;
    mailbox
}

/// A mailbox at work, with both servers on this machine, as it was saved.
pub async fn saved(world: &World, address: &str, incoming: u16, outgoing: u16) -> MailboxId {
    let draft = world.begun(address).await;
    for (direction, port) in [(Direction::Incoming, incoming), (Direction::Outgoing, outgoing)] {
        fill(world, draft.id, direction, address, port).await;
        world.check(&draft, direction, &passed(direction)).await;
    }
    world.publish(&draft, PublishAs::Active).await.unwrap()
}

pub async fn fill(world: &World, draft: DraftId, direction: Direction, address: &str, port: u16) {
    fill_watching(world, draft, direction, address, port, "").await;
}

/// The same, where another folder than the inbox is watched.
pub async fn fill_watching(
    world: &World,
    draft: DraftId,
    direction: Direction,
    address: &str,
    port: u16,
    folder: &str,
) {
    let form = ServerForm {
        folder: folder.to_owned(),
        host: "127.0.0.1".to_owned(),
        port: port.to_string(),
        tls: false,
        method: AuthMethod::Plain,
        email: address.to_owned(),
        ..ServerForm::default()
    };
    let password = Some(MAIL_PASSWORD.into());
    drafts::save_server(&world.ctx, &world.manager, draft, direction, &form, password).await.unwrap();
}

/// Queues a message to Ada.
async fn queue(world: &World, mailbox: MailboxId) {
    let (ctx, manager) = (&world.ctx, &world.manager);
    test_mail::begin(ctx, manager, mailbox, "ada@example.com", Language::En).await.unwrap();
}

async fn a_message_is_sent_once_and_what_it_says_is_forgotten(world: World) {
    let server = Script::serve(&[OPEN, ADDRESSED, MESSAGE, "S: 250 2.0.0 queued as 7\n", BYE].concat()).await;
    let desk = Desk::with(world, &server).await;
    desk.queue().await;

    assert_eq!(desk.deliver().await, 1);
    assert_eq!(desk.deliver().await, 0);

    let sent = desk.only().await;
    assert_eq!((sent.state, sent.attempts, sent.may_arrive_twice), (DeliveryState::Sent, 1, false));
    assert_eq!(sent.reply.as_deref(), Some("250 2.0.0 queued as 7"));
    assert_eq!(sent.decided_at, Some(desk.ctx().clock.now()));
    assert_eq!(server.connections(), 1);
    let (sealed, clear) = desk.kept().await;
    assert_eq!((sealed, clear), (None, None));
}

async fn what_waits_is_sealed_and_goes_out_as_it_was_written(world: World) {
    let server = MailServer::start().await;
    let desk = Desk::new(world, server.port()).await;
    desk.queue().await;
    let (sealed, clear) = desk.kept().await;
    let (sealed, waiting) = (sealed.unwrap(), desk.only().await);
    assert_eq!(clear, None);
    for word in ["Message-ID", "ada@example.com", "Postroom"] {
        assert!(!sealed.windows(word.len()).any(|bytes| bytes == word.as_bytes()), "{word}");
    }

    assert_eq!(desk.deliver().await, 1);

    let taken = server.taken();
    assert!(taken[0].contains("To: ada@example.com\n"), "{}", taken[0]);
    assert!(taken[0].contains(&format!("Subject: {}", waiting.subject)), "{}", taken[0]);
}

async fn what_was_queued_before_messages_were_sealed_goes_out(world: World) {
    let server = MailServer::start().await;
    let desk = Desk::new(world, server.port()).await;
    desk.queue().await;
    desk.change(
        "UPDATE deliveries SET sealed_message = NULL, message = $1",
        b"Message-ID: <1@old>\r\n\r\nFrom then\r\n",
    )
    .await;

    assert_eq!(desk.deliver().await, 1);

    assert_eq!(server.taken(), ["Message-ID: <1@old>\n\nFrom then\n"]);
    assert_eq!(desk.kept().await, (None, None));
}

async fn a_message_that_does_not_open_rests_and_holds_up_no_other(world: World) {
    let server = MailServer::start().await;
    let desk = Desk::new(world, server.port()).await;
    desk.queue().await;
    desk.change("UPDATE deliveries SET sealed_message = $1", b"sealed with a key that is lost").await;
    desk.queue().await;

    assert_eq!(desk.deliver().await, 1);

    let waiting = desk.all(DeliveryState::Waiting).await;
    assert_eq!((waiting.len(), waiting[0].attempts), (1, 0));
    assert!(waiting[0].next_attempt_at.millis_since(desk.ctx().clock.now()) >= 60 * 60_000);
    assert_eq!(desk.deliver().await, 0);
    outbox::throw_away(desk.ctx(), &desk.world.manager, waiting[0].id).await.unwrap();
}

async fn a_refusal_for_now_is_tried_again_later(world: World) {
    let busy = [OPEN, ADDRESSED, MESSAGE, "S: 451 4.7.1 Greylisted\n", BYE].concat();
    let taken = [OPEN, ADDRESSED, MESSAGE, "S: 250 Ok\n", BYE].concat();
    let server = Script::serve_in_turn(&[&busy, &taken]).await;
    let desk = Desk::with(world, &server).await;
    desk.queue().await;

    assert_eq!(desk.deliver().await, 0);
    let waiting = desk.only().await;
    let reply = "451 4.7.1 Greylisted".to_owned();
    assert_eq!(waiting.problem, Some(Problem::TemporaryRefusal { reply }));
    let pause = waiting.next_attempt_at.millis_since(desk.ctx().clock.now());
    assert!((24_000..=36_000).contains(&pause), "{pause}");
    assert_eq!(desk.deliver().await, 0, "it is not due yet");
    assert_eq!(server.connections(), 1);

    desk.later(1);
    assert_eq!(desk.deliver().await, 1);
    assert_eq!(desk.only().await.attempts, 2);
}

async fn what_is_put_off_for_two_days_is_given_up(world: World) {
    let server = Script::serve(&[OPEN, ADDRESSED, MESSAGE, "S: 451 4.7.1 Greylisted\n", BYE].concat()).await;
    let desk = Desk::with(world, &server).await;
    desk.queue().await;
    desk.deliver().await;
    desk.later(2 * 24 * 60 - 1);
    desk.deliver().await;
    assert_eq!(desk.only().await.state, DeliveryState::Waiting);
    desk.later(2);
    desk.deliver().await;
    let given_up = desk.only().await;
    assert_eq!((given_up.state, given_up.attempts), (DeliveryState::Failed, 3));
    assert!(given_up.problem.is_some());
}

async fn a_refusal_for_good_stays_with_its_problem_and_can_be_tried_again(world: World) {
    let spam = [OPEN, ADDRESSED, MESSAGE, "S: 554 5.7.1 Spam\n", BYE].concat();
    let taken = [OPEN, ADDRESSED, MESSAGE, "S: 250 Ok\n", BYE].concat();
    let server = Script::serve_in_turn(&[&spam, &taken]).await;
    let desk = Desk::with(world, &server).await;
    desk.queue().await;
    desk.deliver().await;
    let failed = desk.only().await;
    assert_eq!(failed.state, DeliveryState::Failed);
    assert_eq!(failed.problem, Some(Problem::MessageRefused { reply: "554 5.7.1 Spam".to_owned() }));
    desk.later(24 * 60);
    assert_eq!(desk.deliver().await, 0, "nothing is tried again by itself");

    outbox::retry(desk.ctx(), &desk.world.manager, failed.id).await.unwrap();
    assert_eq!(desk.deliver().await, 1);
    let sent = desk.only().await;
    assert_eq!((sent.state, sent.problem), (DeliveryState::Sent, None));
    let again = outbox::retry(desk.ctx(), &desk.world.manager, failed.id).await;
    assert!(matches!(again, Err(Error::NotFound(_))), "what was sent is not sent again: {again:?}");
}

async fn a_connection_that_broke_before_the_message_can_bring_nothing_twice(world: World) {
    let server = Script::serve(&[OPEN, ADDRESSED, "CLOSE"].concat()).await;
    let desk = Desk::with(world, &server).await;
    desk.queue().await;
    desk.deliver().await;
    let waiting = desk.only().await;
    assert_eq!(waiting.problem, Some(Problem::ConnectionLost { reply: None }));
    assert_eq!((waiting.state, waiting.may_arrive_twice), (DeliveryState::Waiting, false));
}

async fn a_connection_that_broke_after_the_message_may_bring_it_twice(world: World) {
    let server = Script::serve(&[OPEN, ADDRESSED, MESSAGE, "CLOSE"].concat()).await;
    let desk = Desk::with(world, &server).await;
    desk.queue().await;
    desk.deliver().await;
    let waiting = desk.only().await;
    assert_eq!((waiting.state, waiting.may_arrive_twice), (DeliveryState::Waiting, true));
}

/// Begins to deliver, and dies when the server has the whole message.
async fn die_with_a_message_in_hand(desk: &Desk, server: &Script) {
    let ctx = desk.ctx().clone();
    let worker = tokio::spawn(async move { outbox::deliver_due(&ctx).await.map(drop) });
    let has_it = async {
        while server.heard().last().map(String::as_str) != Some(".") {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), has_it).await.unwrap();
    worker.abort();
    assert!(worker.await.is_err());
}

async fn a_worker_that_died_is_followed_by_another_and_the_message_may_arrive_twice(world: World) {
    let silent = [OPEN, ADDRESSED, MESSAGE, "SILENCE"].concat();
    let taken = [OPEN, ADDRESSED, MESSAGE, "S: 250 Ok\n", BYE].concat();
    let server = Script::serve_in_turn(&[&silent, &taken]).await;
    let desk = Desk::with(world, &server).await;
    desk.queue().await;
    die_with_a_message_in_hand(&desk, &server).await;

    assert_eq!(desk.deliver().await, 0, "the claim lasts");
    desk.later(3);
    assert_eq!(desk.deliver().await, 1);
    let sent = desk.only().await;
    assert_eq!((sent.state, sent.may_arrive_twice), (DeliveryState::Sent, true));
}

async fn a_refused_password_parks_everything_until_a_check_passes(world: World) {
    let accepted = [ADDRESSED, MESSAGE, "S: 250 Ok\n"].concat();
    let taken = [OPEN, &accepted, &accepted, BYE].concat();
    let server = Script::serve_in_turn(&[REFUSED, &taken]).await;
    let desk = Desk::with(world, &server).await;
    desk.queue().await;
    desk.queue().await;
    assert_eq!(desk.deliver().await, 0);
    assert_eq!(desk.backlog().await, Backlog { parked: 2, ..Backlog::default() });
    let reply = "535 5.7.8 Wrong password".to_owned();
    assert_eq!(desk.all(DeliveryState::Parked).await[0].problem, Some(Problem::BadCredentials { reply }));
    desk.later(7 * 24 * 60);
    assert_eq!(desk.deliver().await, 0, "a refused password is not tried again and again");
    assert_eq!(server.connections(), 1);

    let (ctx, manager) = (desk.ctx(), &desk.world.manager);
    let report = passed(Direction::Outgoing);
    mailboxes::store_report(ctx, manager, desk.mailbox, Direction::Outgoing, &report).await.unwrap();
    assert_eq!(desk.deliver().await, 2);
    assert_eq!(desk.backlog().await, Backlog::default());
}

async fn a_failed_check_leaves_mail_parked(world: World) {
    let server = Script::serve(REFUSED).await;
    let desk = Desk::with(world, &server).await;
    desk.queue().await;
    desk.deliver().await;
    let (ctx, manager) = (desk.ctx(), &desk.world.manager);
    for (direction, report) in
        [(Direction::Outgoing, refused(Direction::Outgoing)), (Direction::Incoming, passed(Direction::Incoming))]
    {
        mailboxes::store_report(ctx, manager, desk.mailbox, direction, &report).await.unwrap();
    }
    assert_eq!(desk.backlog().await.parked, 1);
    assert_eq!(desk.deliver().await, 0);
}

async fn saved_settings_let_parked_mail_try(world: World) {
    let server = Script::serve(REFUSED).await;
    let desk = Desk::with(world, &server).await;
    desk.queue().await;
    desk.deliver().await;
    let other = MailServer::start().await;
    let (ctx, manager) = (desk.ctx(), &desk.world.manager);
    let draft = drafts::begin(ctx, manager, Some(desk.mailbox)).await.unwrap();
    fill(&desk.world, draft.id, Direction::Outgoing, "help@example.com", other.port()).await;
    drafts::publish_direction(ctx, manager, draft.id, Direction::Outgoing).await.unwrap();

    assert_eq!(desk.backlog().await, Backlog { waiting: 1, ..Backlog::default() });
    assert_eq!(desk.deliver().await, 1);
    assert_eq!(other.taken().len(), 1);
}

async fn mail_of_a_gone_permission_waits_until_somebody_signs_in_again(world: World) {
    let desk = SignIns::new(world).await;
    let mailbox = desk.mailbox("ada@example.org").await;
    desk.world.without_activation_mail(mailbox).await;
    queue(&desk.world, mailbox).await;
    let mut given = None;
    desk.provider.behave(|behaviour| {
        let gone = "AADSTS50173: The provided grant has expired due to it being revoked";
        given = Some(std::mem::replace(&mut behaviour.token, refusal("invalid_grant", gone)));
    });
    let (ctx, manager) = (&desk.world.ctx, &desk.world.manager);
    // The token is due for renewal, and the statement of who signs in is still fresh.
    ctx.clock.advance_millis(58 * 60_000);
    assert_eq!(outbox::deliver_due(ctx).await.unwrap(), 0);
    let parked = outbox::list(ctx, manager, DeliveryState::Parked).await.unwrap();
    assert!(matches!(parked[0].problem, Some(Problem::GrantRevoked { .. })), "{parked:?}");

    desk.provider.behave(|behaviour| behaviour.token = given.take().unwrap());
    desk.sign_in_again(mailbox, "ada@example.org").await;
    let backlog = outbox::backlog(ctx, manager, mailbox).await.unwrap();
    assert_eq!(backlog, Backlog { waiting: 1, ..Backlog::default() });
}

async fn many_workers_send_each_message_once(world: World) {
    let server = MailServer::start().await;
    let desk = Desk::new(world, server.port()).await;
    let mut others = Vec::new();
    for name in ["one", "two", "three"] {
        others.push(mailbox(&desk.world, &format!("{name}@example.com"), server.port(), server.port()).await);
    }
    for _ in 0..5 {
        desk.queue().await;
        for &other in &others {
            queue(&desk.world, other).await;
        }
    }

    let rounds = join_all((0..4).map(|_| outbox::deliver_due(desk.ctx()))).await;

    let sent: usize = rounds.into_iter().map(Result::unwrap).sum();
    let mut ids = server.ids();
    assert_eq!((sent, ids.len()), (20, 20));
    ids.dedup();
    assert_eq!(ids.len(), 20, "none twice");
    assert_eq!(desk.all(DeliveryState::Sent).await.len(), 20);
}

async fn a_mailbox_that_is_unwell_holds_up_no_other(world: World) {
    let (sick, well) = (Script::serve(REFUSED).await, MailServer::start().await);
    let desk = Desk::with(world, &sick).await;
    let other = mailbox(&desk.world, "other@example.com", well.port(), well.port()).await;
    desk.queue().await;
    queue(&desk.world, other).await;
    assert_eq!(desk.deliver().await, 1);
    assert_eq!(well.taken().len(), 1);
    assert_eq!(desk.backlog().await.parked, 1);
}

async fn a_message_in_hand_cannot_be_thrown_away(world: World) {
    let server = Script::serve(&[OPEN, ADDRESSED, MESSAGE, "SILENCE"].concat()).await;
    let desk = Desk::with(world, &server).await;
    desk.queue().await;
    die_with_a_message_in_hand(&desk, &server).await;
    let (ctx, manager) = (desk.ctx(), &desk.world.manager);
    let id = desk.only().await.id;
    let refused = outbox::throw_away(ctx, manager, id).await;
    assert!(matches!(refused, Err(Error::Rule(postroom_server::model::Rule::BeingSent))), "{refused:?}");
    desk.later(3);
    outbox::throw_away(ctx, manager, id).await.unwrap();
    assert_eq!(desk.backlog().await, Backlog::default());
    assert!(matches!(outbox::details(ctx, manager, id).await, Err(Error::NotFound(_))));
}

async fn what_was_sent_is_forgotten_after_a_month(world: World) {
    let server = MailServer::start().await;
    let desk = Desk::new(world, server.port()).await;
    desk.queue().await;
    desk.deliver().await;
    desk.later(29 * 24 * 60);
    assert_eq!(outbox::prune(desk.ctx()).await.unwrap(), 0);
    desk.later(2 * 24 * 60);
    assert_eq!(outbox::prune(desk.ctx()).await.unwrap(), 1);
}

async fn another_workspace_sees_and_touches_nothing(world: World) {
    let server = Script::serve(REFUSED).await;
    let desk = Desk::with(world, &server).await;
    desk.queue().await;
    desk.deliver().await;
    let (elsewhere, _) = desk.world.other_workspace().await;
    let (ctx, manager, id) = (desk.ctx(), &desk.world.manager_of(&elsewhere).await, desk.only().await.id);
    assert_eq!(outbox::list(ctx, manager, DeliveryState::Parked).await.unwrap(), []);
    assert!(matches!(outbox::retry(ctx, manager, id).await, Err(Error::NotFound(_))));
    assert!(matches!(outbox::throw_away(ctx, manager, id).await, Err(Error::NotFound(_))));
    assert!(matches!(outbox::backlog(ctx, manager, desk.mailbox).await, Err(Error::NotFound(_))));
    assert_eq!(desk.backlog().await.parked, 1);
}
