//! Activation: an address counts as ours when its own mail was found in it, or its link was confirmed.

use std::sync::Arc;

use postroom_server::model::{
    Activation, ActivationLink, ActivationStage, Delivery, DeliveryState, Direction, Language, MailboxId, Problem,
    Proof, ProvenBy, PublishAs, Purpose, Rule,
};
use postroom_server::{Error, activation, drafts, mailboxes, outbox};
use postroom_testing::Script;
use secrecy::SecretString;

use crate::mail_server::MailServer;
use crate::outbox::{fill_watching, saved};
use crate::test_mail::{BYE, INBOX as OPEN};
use crate::world::{START, World, passed};

crate::on_both_databases!(
    saving_sends_a_mail_and_the_mailbox_awaits_activation,
    the_mail_is_in_the_language_of_whoever_saved,
    a_draft_is_sent_nothing_until_it_is_to_work,
    the_mail_in_the_inbox_proves_the_address,
    the_mail_in_the_folder_for_spam_proves_it_too,
    the_mail_in_another_watched_folder_proves_it_too,
    without_the_token_the_watched_folder_is_open_again,
    a_mail_with_another_id_is_found_by_its_subject,
    a_mail_without_the_token_proves_nothing,
    another_sender_is_told,
    a_mail_that_never_comes_is_told_when_the_link_is_dead,
    the_link_proves_the_address_and_a_look_at_it_does_not,
    a_link_that_is_confirmed_while_the_mail_is_nowhere_went_elsewhere,
    a_link_dies_after_half_an_hour_and_a_wrong_one_never_lived,
    a_mail_that_was_not_sent_waits_and_its_link_lives_from_the_sending,
    a_mailbox_that_cannot_be_looked_into_says_why_and_is_looked_into_again,
    sending_again_kills_the_link_before_and_has_a_limit,
    another_address_or_account_is_proven_anew_and_another_name_or_password_is_not,
    a_paused_mailbox_is_left_alone_and_begins_anew_when_it_is_woken,
    two_processes_look_once_and_what_one_left_another_takes_up,
    another_workspace_sends_nothing,
);

const NOT_THERE: &str = "C: NOOP
    S: OK done
    C: UID SEARCH OR HEADER Message-ID \"<
    S: * SEARCH
    S: OK done
    C: UID SEARCH SUBJECT \"
    S: * SEARCH
    S: OK done\n";
const THERE: &str = "C: NOOP
    S: OK done
    C: UID SEARCH OR HEADER Message-ID \"<
    S: * SEARCH 17
    S: OK done\n";
const NO_JUNK: &str = "C: LIST
    S: * LIST () \"/\" INBOX
    S: OK done\n";
const HALF_AN_HOUR: i64 = 30 * 60_000;

/// A server that shows this message as the one with the UID.
fn shows(uid: u32, message: &str) -> String {
    let lines: Vec<&str> = message.lines().collect();
    let size: usize = lines.iter().map(|line| line.len() + 2).sum();
    let body: String = lines.iter().map(|line| format!("S: {line}\n")).collect();
    format!(
        "C: UID FETCH {uid} (UID BODY.PEEK[]<0.65536>)\nS: * 4 FETCH (UID {uid} BODY[]<0> {{{size}}}\n{body}S: )\nS: OK done\n"
    )
}

struct Desk {
    world: World,
    mailbox: MailboxId,
    outgoing: MailServer,
}

impl Desk {
    /// A mailbox that was just saved, with an outgoing server that takes every mail and an incoming one on this port.
    async fn new(mut world: World, incoming: u16) -> Self {
        world.ctx.dialer = Arc::new(postroom_testing::dialer());
        let outgoing = MailServer::start().await;
        let mailbox = saved(&world, "help@example.com", incoming, outgoing.port()).await;
        Self { world, mailbox, outgoing }
    }

    /// The same, whose mail has gone out.
    async fn sent(world: World, incoming: u16) -> Self {
        let desk = Self::new(world, incoming).await;
        assert_eq!(desk.deliver().await, 1);
        desk
    }

    /// From now on the mailbox's incoming server is the one on this port: another port is no other account.
    async fn moves_to(&self, incoming: &Script) {
        self.edit(Direction::Incoming, incoming.port()).await;
    }

    async fn edit(&self, direction: Direction, port: u16) {
        self.edit_watching(direction, port, "").await;
    }

    async fn edit_watching(&self, direction: Direction, port: u16, folder: &str) {
        let (ctx, manager) = (&self.world.ctx, &self.world.manager);
        let draft = drafts::begin(ctx, manager, Some(self.mailbox)).await.unwrap();
        fill_watching(&self.world, draft.id, direction, "help@example.com", port, folder).await;
        self.world.check(&draft, direction, &passed(direction)).await;
        self.world.publish(&draft, PublishAs::Active).await.unwrap();
    }

    async fn deliver(&self) -> usize {
        outbox::deliver_due(&self.world.ctx).await.unwrap()
    }

    async fn look(&self) -> usize {
        activation::look_due(&self.world.ctx).await.unwrap()
    }

    fn later(&self, millis: i64) {
        self.world.ctx.clock.advance_millis(millis);
    }

    async fn summary(&self) -> postroom_server::model::MailboxSummary {
        let (ctx, manager) = (&self.world.ctx, &self.world.manager);
        mailboxes::details(ctx, manager, self.mailbox).await.unwrap().summary
    }

    async fn activation(&self) -> Activation {
        self.summary().await.activation.unwrap()
    }

    async fn waiting(&self) -> Vec<Delivery> {
        let (ctx, manager) = (&self.world.ctx, &self.world.manager);
        outbox::list(ctx, manager, DeliveryState::Waiting).await.unwrap()
    }

    /// The last mail that went out, as the server took it.
    fn mail(&self) -> String {
        self.outgoing.taken().pop().unwrap()
    }

    /// The token in the last mail that went out.
    fn token(&self) -> SecretString {
        token_in(&self.mail())
    }

    async fn send_again(&self) -> Result<(), Error> {
        let (ctx, manager) = (&self.world.ctx, &self.world.manager);
        activation::send_again(ctx, manager, self.mailbox).await
    }

    async fn open(&self, token: &SecretString) -> ActivationLink {
        activation::open(&self.world.ctx, token).await.unwrap()
    }

    async fn activate(&self, token: &SecretString) -> ActivationLink {
        activation::activate(&self.world.ctx, token).await.unwrap()
    }
}

fn token_in(mail: &str) -> SecretString {
    let text = mail.replace("=\n", "");
    let (_, behind) = text.split_once("/activate/").expect("the mail has a link");
    behind.chars().take_while(char::is_ascii_hexdigit).collect::<String>().into()
}

async fn saving_sends_a_mail_and_the_mailbox_awaits_activation(world: World) {
    let desk = Desk::new(world, 9).await;
    let summary = desk.summary().await;
    assert!(summary.is_awaiting());
    let begun = summary.activation.unwrap();
    assert_eq!((begun.stage, begun.proof, begun.expires_at), (ActivationStage::Queued, None, None));
    let queued = desk.waiting().await;
    assert_eq!(queued.len(), 1);
    assert_eq!(queued[0].purpose, Purpose::Activation);

    assert_eq!(desk.deliver().await, 1);
    let mail = desk.mail();
    for line in ["From: Help <help@example.com>", "To: help@example.com", "Auto-Submitted: auto-generated"] {
        assert!(mail.lines().any(|found| found == line), "{line} is not in {mail}");
    }
    assert!(mail.contains("Help") && mail.contains("If you did not ask for this, do nothing."), "{mail}");
    assert_eq!(desk.activation().await.expires_at, Some(START.plus_millis(HALF_AN_HOUR)));
}

async fn the_mail_is_in_the_language_of_whoever_saved(mut world: World) {
    world.manager = world.manager.reading(Language::Ko);
    let desk = Desk::new(world, 9).await;
    let subject = &desk.waiting().await[0].subject;
    assert!(subject.contains("Help 메일박스 활성화"), "{subject}");
}

async fn a_draft_is_sent_nothing_until_it_is_to_work(world: World) {
    let draft = world.passed("help@example.com").await;
    let mailbox = world.publish(&draft, PublishAs::Draft).await.unwrap();
    let (ctx, manager) = (&world.ctx, &world.manager);
    assert_eq!(outbox::backlog(ctx, manager, mailbox).await.unwrap().waiting, 0);
    assert_eq!(mailboxes::details(ctx, manager, mailbox).await.unwrap().summary.activation, None);

    mailboxes::resume(ctx, manager, mailbox).await.unwrap();
    assert_eq!(outbox::backlog(ctx, manager, mailbox).await.unwrap().waiting, 1);
    assert!(mailboxes::details(ctx, manager, mailbox).await.unwrap().summary.is_awaiting());
}

async fn the_mail_in_the_inbox_proves_the_address(world: World) {
    let desk = Desk::sent(world, 9).await;
    let incoming = Script::serve(&[OPEN, THERE, &shows(17, &desk.mail()), BYE].concat()).await;
    desk.moves_to(&incoming).await;
    desk.later(1_400);

    assert_eq!(desk.look().await, 1);

    let found = desk.activation().await;
    let ActivationStage::Arrived { arrive_millis, folder, junk, other_sender, .. } = found.stage else {
        panic!("{found:?}")
    };
    assert_eq!((arrive_millis, folder.as_str(), junk, other_sender), (1_400, "INBOX", false, None));
    assert_eq!(found.proof, Some(Proof { at: START.plus_millis(1_400), by: ProvenBy::Arrival }));
    assert!(!desk.summary().await.is_awaiting());
    assert!(!incoming.heard().iter().any(|line| line.contains("STORE") || line.contains("SELECT")), "read-only");
    desk.later(HALF_AN_HOUR);
    assert_eq!(desk.look().await, 0, "there is nothing more to look for");
    assert!(matches!(desk.open(&desk.token()).await, ActivationLink::Used { .. }));
}

async fn the_mail_in_the_folder_for_spam_proves_it_too(world: World) {
    let desk = Desk::sent(world, 9).await;
    let in_junk = "C: LIST
        S: * LIST (\\Junk) \"/\" Werbung
        S: OK done
        C: EXAMINE \"Werbung\"
        S: OK done
        C: UID SEARCH
        S: * SEARCH 5
        S: OK done\n";
    let script = [OPEN, &NOT_THERE.repeat(4), in_junk, &shows(5, &desk.mail()), BYE].concat();
    let incoming = Script::serve(&script).await;
    desk.moves_to(&incoming).await;
    desk.look().await;
    let found = desk.activation().await;
    assert!(matches!(&found.stage, ActivationStage::Arrived { junk: true, folder, .. } if folder == "Werbung"));
    assert!(found.proof.is_some(), "{found:?}");
}

async fn the_mail_in_another_watched_folder_proves_it_too(world: World) {
    let desk = Desk::sent(world, 9).await;
    let open = OPEN.replace("EXAMINE \"INBOX\"", "EXAMINE \"&ycDG0A-\"");
    let incoming = Script::serve(&[&open, THERE, &shows(17, &desk.mail()), BYE].concat()).await;
    desk.edit_watching(Direction::Incoming, incoming.port(), "지원").await;
    desk.look().await;
    let found = desk.activation().await;
    assert!(
        matches!(&found.stage, ActivationStage::Arrived { junk: false, folder, .. } if folder == "지원"),
        "{found:?}"
    );
    assert!(found.proof.is_some());
}

async fn without_the_token_the_watched_folder_is_open_again(world: World) {
    let desk = Desk::sent(world, 9).await;
    let other = desk.mail().replace(secrecy::ExposeSecret::expose_secret(&desk.token()), "0");
    let open = OPEN.replace("EXAMINE \"INBOX\"", "EXAMINE \"Tickets\"");
    let in_the_inbox = THERE.replace("C: NOOP\n    S: OK done\n    ", "C: EXAMINE \"INBOX\"\n    S: OK done\n    ");
    let back = "C: EXAMINE \"Tickets\"\nS: OK done\n";
    let no_junk = "C: LIST\nS: * LIST () \"/\" INBOX\nS: OK done\n";
    // The half hour is over, so that there is one look only.
    let script = [&open, NOT_THERE, &in_the_inbox, &shows(17, &other), back, no_junk, BYE].concat();
    let incoming = Script::serve(&script).await;
    desk.edit_watching(Direction::Incoming, incoming.port(), "Tickets").await;
    desk.later(HALF_AN_HOUR);
    desk.look().await;
    assert!(matches!(desk.activation().await.stage, ActivationStage::NotReceived { .. }));
    assert!(incoming.heard().iter().any(|line| line.ends_with("LOGOUT")), "{:?}", incoming.heard());
}

async fn a_mail_with_another_id_is_found_by_its_subject(world: World) {
    let desk = Desk::sent(world, 9).await;
    let mail = desk.mail();
    let subject = mail.lines().find_map(|line| line.strip_prefix("Subject: ")).unwrap();
    let mark = subject.rsplit_once('[').unwrap().1.trim_end_matches(']');
    let by_subject = format!(
        "C: NOOP\nS: OK done\nC: UID SEARCH OR HEADER\nS: * SEARCH\nS: OK done\n\
         C: UID SEARCH SUBJECT \"{mark}\"\nS: * SEARCH 17\nS: OK done\n"
    );
    let incoming = Script::serve(&[OPEN, &by_subject, &shows(17, &mail), BYE].concat()).await;
    desk.moves_to(&incoming).await;
    desk.look().await;
    assert!(desk.activation().await.proof.is_some());
}

async fn a_mail_without_the_token_proves_nothing(world: World) {
    let desk = Desk::sent(world, 9).await;
    let other = desk.mail().replace("/activate/", "/activate/f");
    let other = other.replace(secrecy::ExposeSecret::expose_secret(&desk.token()), "0");
    // The half hour is over, so that there is one look only.
    let incoming = Script::serve(&[OPEN, THERE, &shows(17, &other), NO_JUNK, BYE].concat()).await;
    desk.moves_to(&incoming).await;
    desk.later(HALF_AN_HOUR);
    desk.look().await;
    assert!(matches!(desk.activation().await.stage, ActivationStage::NotReceived { .. }));
    assert!(desk.summary().await.is_awaiting());
}

async fn another_sender_is_told(world: World) {
    let desk = Desk::sent(world, 9).await;
    let rewritten = desk.mail().replace("From: Help <help@example.com>", "From: Help <account@example.net>");
    let incoming = Script::serve(&[OPEN, THERE, &shows(17, &rewritten), BYE].concat()).await;
    desk.moves_to(&incoming).await;
    desk.look().await;
    let found = desk.activation().await;
    let seen = Some("account@example.net".to_owned());
    assert!(matches!(found.stage, ActivationStage::Arrived { other_sender, .. } if other_sender == seen));
}

async fn a_mail_that_never_comes_is_told_when_the_link_is_dead(world: World) {
    let incoming = Script::serve(&[OPEN, NOT_THERE, NO_JUNK, BYE].concat()).await;
    let desk = Desk::sent(world, incoming.port()).await;
    desk.later(HALF_AN_HOUR);
    assert_eq!(desk.look().await, 1);
    let stage = desk.activation().await.stage;
    assert_eq!(stage, ActivationStage::NotReceived { send_millis: 0, waited_millis: 1_800_000 });
    desk.later(HALF_AN_HOUR);
    assert_eq!(desk.look().await, 0, "nobody looks for a dead link");
}

async fn the_link_proves_the_address_and_a_look_at_it_does_not(world: World) {
    let desk = Desk::sent(world, 9).await;
    let token = desk.token();
    for _ in 0..3 {
        let ActivationLink::Open { about, expires_at } = desk.open(&token).await else { panic!("it is open") };
        assert_eq!((about.name.as_str(), about.address.as_str()), ("Help", "help@example.com"));
        assert_eq!(about.desk, desk.world.workspace.name);
        assert_eq!(expires_at, Some(START.plus_millis(HALF_AN_HOUR)));
    }
    assert!(desk.summary().await.is_awaiting(), "looking at a link activates nothing");

    desk.later(60_000);
    assert!(matches!(desk.activate(&token).await, ActivationLink::Used { .. }));
    let proof = desk.activation().await.proof;
    assert_eq!(proof, Some(Proof { at: START.plus_millis(60_000), by: ProvenBy::Link }));
    desk.later(60_000);
    assert!(matches!(desk.activate(&token).await, ActivationLink::Used { .. }));
    assert_eq!(desk.activation().await.proof, proof, "the first proof counts");
}

async fn a_link_that_is_confirmed_while_the_mail_is_nowhere_went_elsewhere(world: World) {
    let incoming = Script::serve(&[OPEN, NOT_THERE, NO_JUNK, BYE].concat()).await;
    let desk = Desk::sent(world, incoming.port()).await;
    desk.activate(&desk.token()).await;
    assert!(!desk.activation().await.went_elsewhere(), "it may still come");
    desk.later(HALF_AN_HOUR);
    desk.look().await;
    let activation = desk.activation().await;
    assert!(activation.went_elsewhere(), "{activation:?}");
    assert_eq!(activation.proof.unwrap().by, ProvenBy::Link);
}

async fn a_link_dies_after_half_an_hour_and_a_wrong_one_never_lived(world: World) {
    let desk = Desk::sent(world, 9).await;
    let token = desk.token();
    desk.later(HALF_AN_HOUR - 1);
    assert!(matches!(desk.open(&token).await, ActivationLink::Open { .. }));
    desk.later(1);
    assert_eq!(desk.open(&token).await, ActivationLink::Expired);
    assert_eq!(desk.activate(&token).await, ActivationLink::Expired);
    for wrong in ["", "0123456789abcdef0123456789abcdef", "' OR 1=1 --"] {
        assert_eq!(desk.activate(&wrong.into()).await, ActivationLink::Unknown);
    }
    assert!(desk.summary().await.is_awaiting());
}

async fn a_mail_that_was_not_sent_waits_and_its_link_lives_from_the_sending(mut world: World) {
    let incoming = Script::serve(&[OPEN, BYE].concat()).await;
    let refusing =
        Script::serve("S: 220 ready\nC: EHLO\nS: 250-mail\nS: 250 AUTH PLAIN\nC: AUTH\nS: 535 5.7.8 Wrong password\n")
            .await;
    world.ctx.dialer = Arc::new(postroom_testing::dialer());
    let mailbox = saved(&world, "help@example.com", incoming.port(), refusing.port()).await;
    let desk = Desk { world, mailbox, outgoing: MailServer::start().await };
    assert_eq!(desk.deliver().await, 0);
    desk.look().await;
    let problem = Some(Problem::BadCredentials { reply: "535 5.7.8 Wrong password".to_owned() });
    assert_eq!(desk.activation().await.stage, ActivationStage::NotSent { problem, now: DeliveryState::Parked });

    desk.later(10 * HALF_AN_HOUR);
    desk.edit(Direction::Outgoing, desk.outgoing.port()).await;
    assert_eq!(desk.deliver().await, 1, "it goes on when the mailbox is repaired");
    assert!(matches!(desk.open(&desk.token()).await, ActivationLink::Open { .. }));
    desk.later(HALF_AN_HOUR);
    assert_eq!(desk.open(&desk.token()).await, ActivationLink::Expired);
}

async fn a_mailbox_that_cannot_be_looked_into_says_why_and_is_looked_into_again(world: World) {
    let refusing = "S: * OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=PLAIN] ready
        C: AUTHENTICATE PLAIN
        S: NO [AUTHENTICATIONFAILED] Wrong password\n";
    let incoming = Script::serve(&[refusing, BYE].concat()).await;
    let desk = Desk::sent(world, incoming.port()).await;
    desk.look().await;
    let stage = desk.activation().await.stage;
    let told = Problem::BadCredentials { reply: "NO [AUTHENTICATIONFAILED] Wrong password".to_owned() };
    assert!(matches!(&stage, ActivationStage::NotSeen { problem, .. } if *problem == told), "{stage:?}");
    assert_eq!(desk.look().await, 0, "not at once");
    desk.later(30_000);

    let repaired = Script::serve(&[OPEN, THERE, &shows(17, &desk.mail()), BYE].concat()).await;
    desk.moves_to(&repaired).await;
    assert_eq!(desk.look().await, 1);
    assert!(desk.activation().await.proof.is_some());
}

async fn sending_again_kills_the_link_before_and_has_a_limit(world: World) {
    let desk = Desk::sent(world, 9).await;
    let first = desk.token();
    for _ in 0..4 {
        desk.later(60_000);
        desk.send_again().await.unwrap();
    }
    assert_eq!(desk.waiting().await.len(), 1, "mails with dead links do not go out");
    assert_eq!(desk.open(&first).await, ActivationLink::Unknown);
    assert_eq!(desk.deliver().await, 1);
    assert!(matches!(desk.open(&desk.token()).await, ActivationLink::Open { .. }));

    let hour = START.plus_millis(60 * 60_000);
    assert_eq!(desk.activation().await.again_at, Some(hour));
    let refused = desk.send_again().await;
    assert!(matches!(refused, Err(Error::Rule(Rule::ActivationMailsSpent))), "{refused:?}");
    desk.later(56 * 60_000);
    desk.send_again().await.unwrap();
    desk.deliver().await;
    desk.activate(&desk.token()).await;
    assert!(matches!(desk.send_again().await, Err(Error::NotFound(_))), "there is nothing to prove any more");
}

async fn another_address_or_account_is_proven_anew_and_another_name_or_password_is_not(world: World) {
    let desk = Desk::sent(world, 9).await;
    desk.activate(&desk.token()).await;
    let (ctx, manager) = (&desk.world.ctx, &desk.world.manager);
    let save = async |name: &str, address: &str, username: &str| {
        let draft = drafts::begin(ctx, manager, Some(desk.mailbox)).await.unwrap();
        let mut form = draft.form.clone();
        (form.name, form.address) = (name.to_owned(), address.to_owned());
        drafts::save_details(ctx, manager, draft.id, &form).await.unwrap();
        let mut server = form.outgoing.clone();
        username.clone_into(&mut server.username);
        let password = Some("another password".into());
        drafts::save_server(ctx, manager, draft.id, Direction::Outgoing, &server, password).await.unwrap();
        for direction in Direction::BOTH {
            desk.world.check(&draft, direction, &passed(direction)).await;
        }
        desk.world.publish(&draft, PublishAs::Active).await.unwrap();
        let awaiting = desk.summary().await.is_awaiting();
        if awaiting {
            desk.deliver().await;
            desk.activate(&desk.token()).await;
        }
        awaiting
    };
    let username = mailboxes::details(ctx, manager, desk.mailbox).await.unwrap();
    let username = username.outgoing_settings.unwrap().username;
    assert!(!save("Support", "help@example.com", &username).await, "another name and password");
    assert!(!save("Support", "HELP@example.com", &username).await, "the same address, written otherwise");
    assert!(save("Support", "desk@example.com", &username).await, "another address");
    assert!(save("Support", "desk@example.com", "somebody-else").await, "another account");
    assert!(!save("Desk", "desk@example.com", "somebody-else").await);
}

async fn a_paused_mailbox_is_left_alone_and_begins_anew_when_it_is_woken(world: World) {
    let desk = Desk::sent(world, 9).await;
    let first = desk.token();
    let (ctx, manager) = (&desk.world.ctx, &desk.world.manager);
    mailboxes::pause(ctx, manager, desk.mailbox).await.unwrap();
    assert!(!desk.summary().await.is_awaiting());
    assert_eq!(desk.look().await, 0);
    mailboxes::resume(ctx, manager, desk.mailbox).await.unwrap();
    assert!(desk.summary().await.is_awaiting());
    assert_eq!(desk.open(&first).await, ActivationLink::Unknown);
    assert_eq!(desk.deliver().await, 1);

    desk.activate(&desk.token()).await;
    mailboxes::pause(ctx, manager, desk.mailbox).await.unwrap();
    mailboxes::resume(ctx, manager, desk.mailbox).await.unwrap();
    assert!(!desk.summary().await.is_awaiting(), "what is proven stays proven");
    assert_eq!(desk.deliver().await, 0);
}

async fn two_processes_look_once_and_what_one_left_another_takes_up(world: World) {
    let silent = Script::serve("SILENCE").await;
    let desk = Desk::sent(world, silent.port()).await;
    let ctx = desk.world.ctx.clone();
    let looking = tokio::spawn(async move { activation::look_due(&ctx).await });
    let begun = async {
        while silent.connections() == 0 {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(std::time::Duration::from_secs(20), begun).await.unwrap();
    assert_eq!(desk.look().await, 0, "somebody is looking");
    looking.abort();
    assert!(looking.await.is_err());

    let incoming = Script::serve(&[OPEN, THERE, &shows(17, &desk.mail()), BYE].concat()).await;
    desk.moves_to(&incoming).await;
    assert_eq!(desk.look().await, 0, "the claim lasts");
    desk.later(5 * 60_000);
    assert_eq!(desk.look().await, 1);
    assert!(desk.activation().await.proof.is_some());
}

async fn another_workspace_sends_nothing(world: World) {
    let desk = Desk::new(world, 9).await;
    let (elsewhere, _) = desk.world.other_workspace().await;
    let manager = desk.world.manager_of(&elsewhere).await;
    let refused = activation::send_again(&desk.world.ctx, &manager, desk.mailbox).await;
    assert!(matches!(refused, Err(Error::NotFound(_))), "{refused:?}");
    assert_eq!(desk.waiting().await.len(), 1);
}
