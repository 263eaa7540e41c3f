//! A test mail: there and back, or it is known how far it came.

use std::sync::Arc;

use postroom_server::model::{DeliveryState, Language, MailboxId, Problem, TestMail, TestResult, TestStage, Tidied};
use postroom_server::{Error, outbox, test_mail};
use postroom_testing::Script;

use crate::mail_server::MailServer;
use crate::outbox::{mailbox, watching};
use crate::world::World;

crate::on_both_databases!(
    a_mail_that_arrives_is_timed_and_taken_away,
    a_mail_that_cannot_go_alone_stays,
    a_server_that_finds_everything_loses_nothing_else,
    a_mail_that_was_moved_meanwhile_is_not_deleted_by_guess,
    a_mail_in_the_folder_for_spam_is_found_there,
    a_mail_that_a_rule_has_moved_is_found_in_the_watched_folder,
    a_mail_that_stayed_in_the_inbox_is_found_beside_the_watched_folder,
    a_mail_that_was_not_sent_says_why_and_what_becomes_of_it,
    a_mailbox_that_cannot_be_looked_into_says_why,
    an_outside_address_is_sent_to_and_not_waited_for,
    a_mail_that_nobody_followed_was_interrupted,
    what_is_no_address_is_refused_and_nothing_is_queued,
);

pub const INBOX: &str = "S: * OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=PLAIN] ready
    C: AUTHENTICATE PLAIN
    S: OK [CAPABILITY IMAP4rev1 UIDPLUS] Welcome
    C: LIST
    S: * LIST () \"/\" INBOX
    S: OK done
    C: EXAMINE \"INBOX\"
    S: * 3 EXISTS
    S: * OK [UIDVALIDITY 7] valid
    S: OK [READ-ONLY] done\n";
const FOUND: &str = "C: NOOP
    S: OK done
    C: UID SEARCH OR HEADER Message-ID \"<
    S: * SEARCH
    S: OK done
    C: NOOP
    S: * 4 EXISTS
    S: OK done
    C: UID SEARCH
    S: * SEARCH 17
    S: OK done\n";
/// The message that was found says that it is the one.
const OURS: &str = "C: UID FETCH 17 (UID BODY.PEEK[HEADER.FIELDS
    S: * 4 FETCH (UID 17 BODY[HEADER.FIELDS (MESSAGE-ID)] {62}
    S: Message-ID: {id}
    S:
    S: )
    S: OK done\n";
const TAKEN_AWAY: &str = "C: SELECT \"INBOX\"
    S: OK [READ-WRITE] done
    C: UID SEARCH
    S: * SEARCH 17
    S: OK done
    C: UID FETCH 17 (UID BODY.PEEK[HEADER.FIELDS
    S: * 4 FETCH (UID 17 BODY[HEADER.FIELDS (MESSAGE-ID)] {62}
    S: Message-ID: {id}
    S:
    S: )
    S: OK done
    C: UID STORE 17 +FLAGS.SILENT (\\Deleted)
    S: OK done
    C: UID EXPUNGE 17
    S: * 4 EXPUNGE
    S: OK done\n";
pub const BYE: &str = "C: LOGOUT\nS: * BYE\nS: OK done\nCLOSE";

struct Desk {
    world: World,
    mailbox: MailboxId,
    outgoing: MailServer,
}

impl Desk {
    async fn new(mut world: World, incoming: &Script) -> Self {
        world.ctx.dialer = Arc::new(postroom_testing::dialer());
        let outgoing = MailServer::start().await;
        let mailbox = mailbox(&world, "help@example.com", incoming.port(), outgoing.port()).await;
        Self { world, mailbox, outgoing }
    }

    /// A mailbox that watches the folder “Tickets”.
    async fn watching(mut world: World, incoming: &Script) -> Self {
        world.ctx.dialer = Arc::new(postroom_testing::dialer());
        let outgoing = MailServer::start().await;
        let mailbox = watching(&world, "help@example.com", "Tickets", incoming.port(), outgoing.port()).await;
        Self { world, mailbox, outgoing }
    }

    async fn begin(&self, to: &str) -> Result<test_mail::Begun, Error> {
        let (ctx, manager) = (&self.world.ctx, &self.world.manager);
        test_mail::begin(ctx, manager, self.mailbox, to, Language::Ko).await
    }

    /// Sends one and follows it, while the outbox is worked on.
    async fn run(&self, to: &str) -> TestResult {
        let ctx = &self.world.ctx;
        let begun = self.begin(to).await.unwrap();
        let (ended, _) = futures::join!(test_mail::follow(ctx, begun), outbox::deliver_due(ctx));
        let ended = ended.unwrap();
        assert_eq!(self.last().await, Some(ended.clone()));
        ended.result().unwrap().clone()
    }

    async fn last(&self) -> Option<TestMail> {
        let (ctx, manager) = (&self.world.ctx, &self.world.manager);
        test_mail::last(ctx, manager, self.mailbox).await.unwrap()
    }
}

async fn a_mail_that_arrives_is_timed_and_taken_away(world: World) {
    let incoming = Script::serve(&[INBOX, FOUND, OURS, TAKEN_AWAY, BYE].concat()).await;
    let desk = Desk::new(world, &incoming).await;
    assert_eq!(desk.last().await, None);

    let result = desk.run("").await;

    let TestResult::Arrived { folder, tidied, .. } = result else { panic!("{result:?}") };
    assert_eq!((folder.as_str(), tidied), ("INBOX", Tidied::Removed));
    let taken = desk.outgoing.taken();
    assert!(taken[0].contains("To: help@example.com") && taken[0].contains("Auto-Submitted: auto-generated"));
    let id = desk.outgoing.ids().remove(0);
    let looked_for = format!("HEADER Message-ID \"{id}\"");
    assert!(incoming.heard().iter().any(|line| line.contains(&looked_for)), "{:?}", incoming.heard());
}

async fn a_mail_that_cannot_go_alone_stays(world: World) {
    let incoming = Script::serve(&[&INBOX.replace(" UIDPLUS", ""), FOUND, OURS, BYE].concat()).await;
    let result = Desk::new(world, &incoming).await.run("help@example.com").await;
    assert!(matches!(result, TestResult::Arrived { tidied: Tidied::CannotAlone, .. }), "{result:?}");
}

/// Headers of these messages, none of which is ours.
fn others(uids: &[u32]) -> String {
    let set = uids.iter().map(u32::to_string).collect::<Vec<_>>().join(",");
    let shown: String = uids
        .iter()
        .map(|uid| {
            format!("S: * {uid} FETCH (BODY[HEADER.FIELDS (MESSAGE-ID)] {{29}}\nS: Message-ID: <7@elsewhere>\nS:\nS: UID {uid})\n")
        })
        .collect();
    format!("C: UID FETCH {set} (UID BODY.PEEK[HEADER.FIELDS\n{shown}")
}

async fn a_server_that_finds_everything_loses_nothing_else(world: World) {
    // QQ Mail answers every search with the whole folder.
    let everything = |last: u32| (1..=last).map(|uid| format!(" {uid}")).collect::<String>();
    let own = "S: * 17 FETCH (UID 17 BODY[HEADER.FIELDS (MESSAGE-ID)] {62}\nS: Message-ID: {id}\nS:\nS: )\n";
    let newest = [16, 15, 14, 13, 12, 11, 10];
    let asked = others(&newest).replace("FETCH 16,", "FETCH 17,16,");
    let not_yet =
        [NEWS, &searched(&everything(16)), &others(&[16, 15, 14, 13, 12, 11, 10, 9]), "S: OK done\n"].concat();
    let there = [NEWS, &searched(&everything(17)), &asked, own, "S: OK done\n"].concat();
    let gone = [
        "C: SELECT \"INBOX\"\nS: OK done\n",
        &searched(&everything(17)),
        &asked,
        own,
        "S: OK done\nC: UID STORE 17 +FLAGS.SILENT (\\Deleted)\nS: OK done\nC: UID EXPUNGE 17\nS: OK done\n",
    ]
    .concat();
    let incoming = Script::serve(&[INBOX, &not_yet, &there, &gone, BYE].concat()).await;
    let result = Desk::new(world, &incoming).await.run("").await;
    assert!(matches!(result, TestResult::Arrived { tidied: Tidied::Removed, .. }), "{result:?}");
}

async fn a_mail_that_was_moved_meanwhile_is_not_deleted_by_guess(world: World) {
    let moved = ["C: SELECT \"INBOX\"\nS: OK done\n", &searched(" 3 4"), &others(&[4, 3]), "S: OK done\n"].concat();
    let incoming = Script::serve(&[INBOX, FOUND, OURS, &moved, BYE].concat()).await;
    let result = Desk::new(world, &incoming).await.run("").await;
    assert!(matches!(result, TestResult::Arrived { tidied: Tidied::Failed, .. }), "{result:?}");
}

async fn a_mail_in_the_folder_for_spam_is_found_there(world: World) {
    let nothing_yet = "C: NOOP\nS: OK done\nC: UID SEARCH\nS: * SEARCH\nS: OK done\n".repeat(4);
    let in_junk = "C: LIST
        S: * LIST (\\HasNoChildren) \"/\" INBOX
        S: * LIST (\\Junk) \"/\" \"Werbung &- mehr\"
        S: OK done
        C: EXAMINE \"Werbung &- mehr\"
        S: OK done
        C: UID SEARCH
        S: * SEARCH 5
        S: OK done\n";
    let gone = TAKEN_AWAY.replace("\"INBOX\"", "\"Werbung &- mehr\"").replace("17", "5");
    let incoming = Script::serve(&[INBOX, &nothing_yet, in_junk, &OURS.replace("17", "5"), &gone, BYE].concat()).await;
    let desk = Desk::new(world, &incoming).await;
    let result = desk.run("").await;
    let TestResult::InJunk { folder, tidied, .. } = result else { panic!("{result:?}") };
    assert_eq!((folder.as_str(), tidied), ("Werbung & mehr", Tidied::Removed));
}

/// What is said to a search, which finds so many.
fn searched(found: &str) -> String {
    format!("C: UID SEARCH\nS: * SEARCH{found}\nS: OK done\n")
}

/// The folder is opened to look only.
fn opened(folder: &str) -> String {
    format!("C: EXAMINE \"{folder}\"\nS: OK done\n")
}

const NEWS: &str = "C: NOOP\nS: OK done\n";

async fn a_mail_that_a_rule_has_moved_is_found_in_the_watched_folder(world: World) {
    let open = INBOX.replace("EXAMINE \"INBOX\"", "EXAMINE \"Tickets\"");
    let not_yet = [NEWS, &searched(""), &opened("INBOX"), &searched(""), &opened("Tickets")].concat();
    let there = [NEWS, &searched(" 17")].concat();
    let gone = TAKEN_AWAY.replace("\"INBOX\"", "\"Tickets\"");
    let incoming = Script::serve(&[&open, &not_yet, &there, OURS, &gone, BYE].concat()).await;
    let result = Desk::watching(world, &incoming).await.run("").await;
    let TestResult::Arrived { folder, tidied, .. } = result else { panic!("{result:?}") };
    assert_eq!((folder.as_str(), tidied), ("Tickets", Tidied::Removed));
}

async fn a_mail_that_stayed_in_the_inbox_is_found_beside_the_watched_folder(world: World) {
    let open = INBOX.replace("EXAMINE \"INBOX\"", "EXAMINE \"Tickets\"");
    let there = [NEWS, &searched(""), &opened("INBOX"), &searched(" 17")].concat();
    let incoming = Script::serve(&[&open, &there, OURS, TAKEN_AWAY, BYE].concat()).await;
    let result = Desk::watching(world, &incoming).await.run("").await;
    assert!(matches!(&result, TestResult::Arrived { folder, .. } if folder == "INBOX"), "{result:?}");
}

async fn a_mail_that_was_not_sent_says_why_and_what_becomes_of_it(mut world: World) {
    let incoming = Script::serve(&[INBOX, BYE].concat()).await;
    let refusing =
        Script::serve("S: 220 ready\nC: EHLO\nS: 250-mail\nS: 250 AUTH PLAIN\nC: AUTH\nS: 535 5.7.8 Wrong password\n")
            .await;
    world.ctx.dialer = Arc::new(postroom_testing::dialer());
    let mailbox = mailbox(&world, "help@example.com", incoming.port(), refusing.port()).await;
    let desk = Desk { world, mailbox, outgoing: MailServer::start().await };
    let problem = Some(Problem::BadCredentials { reply: "535 5.7.8 Wrong password".to_owned() });
    assert_eq!(desk.run("").await, TestResult::NotSent { problem, now: DeliveryState::Parked });
}

async fn a_mailbox_that_cannot_be_looked_into_says_why(world: World) {
    let refusing = "S: * OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=PLAIN] ready
        C: AUTHENTICATE PLAIN
        S: NO [AUTHENTICATIONFAILED] Wrong password\n";
    let incoming = Script::serve(&[refusing, BYE].concat()).await;
    let result = Desk::new(world, &incoming).await.run("").await;
    let TestResult::NotSeen { problem, .. } = result else { panic!("{result:?}") };
    assert_eq!(problem, Problem::BadCredentials { reply: "NO [AUTHENTICATIONFAILED] Wrong password".to_owned() });
}

async fn an_outside_address_is_sent_to_and_not_waited_for(world: World) {
    let incoming = Script::serve("CLOSE").await;
    let desk = Desk::new(world, &incoming).await;
    let result = desk.run("ada@example.net").await;
    assert!(matches!(result, TestResult::Sent { .. }), "{result:?}");
    assert_eq!(incoming.connections(), 0);
    assert!(desk.outgoing.taken()[0].contains("To: ada@example.net"));
}

async fn a_mail_that_nobody_followed_was_interrupted(world: World) {
    let incoming = Script::serve("CLOSE").await;
    let desk = Desk::new(world, &incoming).await;
    drop(desk.begin("").await.unwrap());
    assert_eq!(desk.last().await.unwrap().stage, TestStage::Sending);
    desk.world.ctx.clock.advance_millis(10 * 60_000);
    assert_eq!(desk.last().await.unwrap().result(), Some(&TestResult::Interrupted));
}

async fn what_is_no_address_is_refused_and_nothing_is_queued(world: World) {
    let incoming = Script::serve("CLOSE").await;
    let desk = Desk::new(world, &incoming).await;
    let refused = desk.begin("ada at example").await.map(drop);
    assert!(matches!(refused, Err(Error::Invalid(_))), "{refused:?}");
    assert_eq!(desk.last().await, None);
    assert_eq!(outbox::deliver_due(&desk.world.ctx).await.unwrap(), 0);
}
