//! Administrators are told by mail: once for each cause, once when it is over, and ahead of what ends.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use postroom_server::config::Config;
use postroom_server::model::{
    AlertEnding, AlertKind, AuthMethod, DeliveryState, Direction, Ends, Language, MailboxId, OAuthProvider, Problem,
    ServerForm, Severity, Step, Told,
};
use postroom_server::{Error, alerts, forecast, mailboxes, outbox, relay, tokens, workspaces};
use serde_json::json;

use crate::mail_server::MailServer;
use crate::sign_ins::SignIns;
use crate::watch::{all_pass, break_incoming, failed, incoming, later, look, unreachable};
use crate::world::{World, refused};

crate::on_both_databases!(
    forty_mailboxes_with_one_cause_are_one_mail_and_one_when_it_is_over,
    two_processes_tell_once,
    what_passes_before_it_is_told_is_told_to_nobody,
    a_cause_that_comes_back_soon_is_told_once_it_has_lasted,
    a_cause_that_grows_is_told_again_after_six_hours,
    mailboxes_that_join_one_by_one_are_waited_for_three_minutes_at_most,
    a_mailbox_that_is_paused_ends_its_alert_in_silence,
    an_archived_workspace_ends_its_alerts_in_silence,
    another_problem_of_the_same_mailbox_is_no_recovery,
    without_a_relay_an_alert_is_kept_and_told_when_there_is_one,
    nobody_is_told_who_was_not_chosen,
    everybody_is_told_in_their_language,
    an_expired_client_secret_leads_to_the_application,
    a_test_alert_goes_to_whoever_asks,
    a_broken_relay_is_told_through_no_relay,
    what_ends_is_told_thirty_fourteen_seven_and_one_days_ahead,
    what_is_first_seen_late_is_told_once,
    a_sign_in_in_googles_testing_mode_is_forecast,
    old_alerts_are_forgotten_with_their_mails,
);

const DAY: i64 = 24 * 60;

/// A world whose alerts go out through a relay that takes everything.
struct Desk {
    world: World,
    relay: MailServer,
}

impl Desk {
    async fn new(world: World) -> Self {
        let desk = Self { world, relay: MailServer::start().await };
        desk.set_relay().await;
        desk
    }

    async fn set_relay(&self) {
        let form = ServerForm {
            host: "127.0.0.1".to_owned(),
            port: self.relay.port().to_string(),
            tls: false,
            method: AuthMethod::None,
            email: "postroom@example.com".to_owned(),
            ..ServerForm::default()
        };
        relay::save(&self.world.ctx, &self.world.admin, &form, None).await.unwrap();
    }

    async fn tell(&self) -> usize {
        alerts::tell(&self.world.ctx).await.unwrap()
    }

    /// Opens what is new, and tells it when it has collected its mailboxes.
    async fn tell_in_time(&self) -> usize {
        let at_once = self.tell().await;
        later(&self.world, 1);
        at_once + self.tell().await
    }

    async fn break_down(&self) {
        break_incoming(&self.world, &unreachable()).await;
    }

    async fn repair(&self) {
        later(&self.world, 20);
        look(&self.world, all_pass).await;
    }

    async fn told(&self) -> Vec<Told> {
        alerts::told(&self.world.ctx, &self.world.admin, Language::En).await.unwrap()
    }

    /// The kinds of the mails about the last alert.
    async fn kinds(&self) -> Vec<AlertKind> {
        self.told().await[0].mails.iter().map(|mail| mail.kind).collect()
    }

    async fn ending(&self) -> Option<AlertEnding> {
        self.told().await[0].alert.as_ref().unwrap().closed.map(|(_, ending)| ending)
    }

    /// What the relay has taken: the headers, and the text as its reader sees it.
    async fn mails(&mut self) -> Vec<(String, String)> {
        self.world.ctx.dialer = Arc::new(postroom_testing::dialer());
        outbox::deliver_due(&self.world.ctx).await.unwrap();
        self.relay.taken().iter().map(|message| read(message)).collect()
    }
}

/// Headers and decoded text of a message.
fn read(message: &str) -> (String, String) {
    let (headers, body) = message.split_once("\n\n").unwrap();
    let bytes = if headers.contains("Content-Transfer-Encoding: base64") {
        STANDARD.decode(body.replace('\n', "")).unwrap()
    } else if headers.contains("Content-Transfer-Encoding: quoted-printable") {
        let body = body.replace("=\n", "");
        let mut parts = body.split('=');
        let mut bytes = parts.next().unwrap().as_bytes().to_vec();
        for part in parts {
            let (code, rest) = part.split_at(2);
            bytes.push(u8::from_str_radix(code, 16).unwrap());
            bytes.extend(rest.as_bytes());
        }
        bytes
    } else {
        body.as_bytes().to_vec()
    };
    (headers.to_owned(), String::from_utf8(bytes).unwrap().replace('\r', ""))
}

fn header<'a>(headers: &'a str, name: &str) -> &'a str {
    headers.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": ")).unwrap()
}

async fn forty_mailboxes_with_one_cause_are_one_mail_and_one_when_it_is_over(world: World) {
    let mut desk = Desk::new(world).await;
    for number in 0..40 {
        desk.world.mailbox(&format!("box{number:02}@example.com")).await;
    }
    desk.break_down().await;
    assert_eq!(desk.tell().await, 0, "it collects its mailboxes first");
    assert_eq!(desk.tell().await, 0);
    later(&desk.world, 1);
    assert_eq!(desk.tell().await, 1);
    later(&desk.world, 60);
    assert_eq!(desk.tell().await, 0, "none in between");
    desk.repair().await;
    assert_eq!(desk.tell().await, 1);
    later(&desk.world, 60);
    assert_eq!(desk.tell().await, 0);

    let told = desk.told().await;
    let subjects: Vec<_> = told[0].mails.iter().map(|mail| mail.subject.as_str()).collect();
    assert_eq!(
        subjects,
        [
            "[Postroom] 40 mailboxes have stopped: imap.example.com refuses connections on port 993",
            "[Postroom] 40 mailboxes work again after 83 minutes",
        ]
    );
    assert_eq!((told.len(), desk.ending().await), (1, Some(AlertEnding::Recovered)));
    let mails = desk.mails().await;
    let [(stopped, list), (recovered, over)] = mails.as_slice() else { panic!("{} mails", mails.len()) };
    assert_eq!(header(stopped, "To"), "ada@example.com");
    assert!(header(stopped, "From").ends_with("Postroom <postroom@example.com>"));
    assert_eq!(header(stopped, "Auto-Submitted"), "auto-generated");
    for number in 0..40 {
        let named = format!(
            "- Help <box{number:02}@example.com> in IT\n  incoming mail, since 14 November 2023 at 22:33 UTC\n"
        );
        assert!(list.contains(&named), "{named} is not in {list}");
        assert!(over.contains(&format!("- Help <box{number:02}@example.com> in IT\n")), "{over}");
    }
    assert!(list.contains("\n1. Check server name and port."), "{list}");
    assert!(list.contains("/admin/it/channels/email/mailboxes\n"), "{list}");
    assert!(over.contains("It lasted 83 minutes."), "{over}");
    for name in ["In-Reply-To", "References"] {
        assert_eq!(header(recovered, name), header(stopped, "Message-ID"));
    }
    assert!(desk.told().await[0].mails.iter().all(|mail| mail.state == Some(DeliveryState::Sent)));
}

async fn two_processes_tell_once(world: World) {
    let desk = Desk::new(world).await;
    desk.world.mailbox("help@example.com").await;
    desk.break_down().await;
    let all = async || futures::future::join_all((0..4).map(|_| desk.tell())).await.into_iter().sum::<usize>();
    assert_eq!(all().await, 0);
    later(&desk.world, 1);
    assert_eq!(all().await, 1);
    desk.repair().await;
    assert_eq!(all().await, 1);
    assert_eq!(desk.told().await.len(), 1);
}

async fn what_passes_before_it_is_told_is_told_to_nobody(world: World) {
    let desk = Desk::new(world).await;
    desk.world.mailbox("help@example.com").await;
    desk.break_down().await;
    assert_eq!(desk.tell().await, 0);
    desk.repair().await;
    assert_eq!(desk.tell().await, 0);
    assert_eq!((desk.kinds().await, desk.ending().await), (vec![], Some(AlertEnding::Recovered)));
}

async fn a_cause_that_comes_back_soon_is_told_once_it_has_lasted(world: World) {
    let desk = Desk::new(world).await;
    desk.world.mailbox("help@example.com").await;
    desk.break_down().await;
    assert_eq!(desk.tell_in_time().await, 1);
    desk.repair().await;
    assert_eq!(desk.tell().await, 1);
    // Back after twenty minutes, and confirmed two minutes later.
    desk.break_down().await;
    assert_eq!(desk.tell_in_time().await, 0);
    later(&desk.world, 6);
    assert_eq!(desk.tell().await, 0);
    later(&desk.world, 1);
    assert_eq!(desk.tell().await, 1, "it has lasted ten minutes");
    desk.repair().await;
    assert_eq!(desk.tell().await, 1);
    // Half an hour later it is news again.
    later(&desk.world, 30);
    desk.break_down().await;
    assert_eq!(desk.tell_in_time().await, 1);
}

async fn a_cause_that_grows_is_told_again_after_six_hours(world: World) {
    let desk = Desk::new(world).await;
    desk.world.mailbox("one@example.com").await;
    desk.break_down().await;
    assert_eq!(desk.tell_in_time().await, 1);
    desk.world.mailbox("two@example.com").await;
    desk.break_down().await;
    assert_eq!(desk.tell_in_time().await, 0, "no mail for each mailbox");
    later(&desk.world, 6 * 60);
    assert_eq!(desk.tell().await, 1);
    desk.world.mailbox("three@example.com").await;
    desk.break_down().await;
    later(&desk.world, 6 * 60);
    assert_eq!(desk.tell_in_time().await, 0, "three are not twice as many as two");
    let told = desk.told().await;
    let subject = &told[0].mails[1].subject;
    assert!(subject.starts_with("[Postroom] 2 mailboxes have stopped now, 1 before: "), "{subject}");
    assert_eq!(desk.kinds().await, [AlertKind::Stopped, AlertKind::More]);
}

async fn mailboxes_that_join_one_by_one_are_waited_for_three_minutes_at_most(world: World) {
    let desk = Desk::new(world).await;
    let mut boxes = Vec::new();
    for number in 0..5 {
        boxes.push(desk.world.mailbox(&format!("box{number}@example.com")).await);
    }
    later(&desk.world, 20);
    look(&desk.world, incoming(&unreachable())).await;
    // Nobody looks at them again but the ones who ask: one mailbox after the other is confirmed.
    for (minute, id) in boxes.into_iter().enumerate() {
        let (ctx, manager) = (&desk.world.ctx, &desk.world.manager);
        mailboxes::store_report(ctx, manager, id, Direction::Incoming, &unreachable()).await.unwrap();
        let queued = desk.tell().await;
        ctx.clock.advance_millis(45_000);
        assert_eq!(queued, 0, "{minute}");
    }
    assert_eq!(desk.tell().await, 1, "225 seconds after the first one");
    let told = desk.told().await;
    assert!(told[0].mails[0].subject.starts_with("[Postroom] 5 mailboxes"), "{}", told[0].mails[0].subject);
}

async fn a_mailbox_that_is_paused_ends_its_alert_in_silence(world: World) {
    let desk = Desk::new(world).await;
    let id = desk.world.mailbox("help@example.com").await;
    desk.break_down().await;
    assert_eq!(desk.tell_in_time().await, 1);
    mailboxes::pause(&desk.world.ctx, &desk.world.manager, id).await.unwrap();
    assert_eq!(desk.tell().await, 0);
    assert_eq!((desk.kinds().await, desk.ending().await), (vec![AlertKind::Stopped], Some(AlertEnding::AtRest)));
}

async fn an_archived_workspace_ends_its_alerts_in_silence(world: World) {
    let desk = Desk::new(world).await;
    desk.world.other_workspace().await;
    desk.world.mailbox("help@example.com").await;
    desk.break_down().await;
    assert_eq!(desk.tell_in_time().await, 1);
    workspaces::set_archived(&desk.world.ctx, &desk.world.admin, desk.world.workspace.id, true).await.unwrap();
    assert_eq!(desk.tell().await, 0);
    assert_eq!(desk.ending().await, Some(AlertEnding::AtRest));
}

async fn another_problem_of_the_same_mailbox_is_no_recovery(world: World) {
    let mut desk = Desk::new(world).await;
    desk.world.mailbox("help@example.com").await;
    desk.break_down().await;
    assert_eq!(desk.tell_in_time().await, 1);
    later(&desk.world, 20);
    look(&desk.world, incoming(&refused(Direction::Incoming))).await;
    assert_eq!(desk.tell_in_time().await, 1);
    let endings: Vec<_> =
        desk.told().await.into_iter().map(|told| told.alert.unwrap().closed.map(|(_, how)| how)).collect();
    assert_eq!(endings, [None, Some(AlertEnding::OtherCause)]);
    let mails = desk.mails().await;
    let text = &mails[1].1;
    assert!(text.contains("Open in Postroom:\nhttp") && text.contains("/admin/it/channels/email/mailboxes/"), "{text}");
    assert!(!text.contains("Wrong password"), "a server's own words stay on the page: {text}");
}

async fn without_a_relay_an_alert_is_kept_and_told_when_there_is_one(world: World) {
    let mut desk = Desk { world, relay: MailServer::start().await };
    assert!(!relay::is_set(&desk.world.ctx, &desk.world.admin).await.unwrap());
    let asked = alerts::send_test(&desk.world.ctx, &desk.world.admin, Language::En).await;
    assert!(matches!(asked, Err(Error::Rule(postroom_server::model::Rule::NotConfigured))), "{asked:?}");
    desk.world.mailbox("help@example.com").await;
    desk.break_down().await;
    assert_eq!(desk.tell_in_time().await, 0);
    desk.repair().await;
    assert_eq!(desk.tell().await, 0);
    desk.break_down().await;
    assert_eq!(desk.tell_in_time().await, 0);
    let told = desk.told().await;
    assert_eq!((told.len(), told[0].mails.len(), told[1].mails.len()), (2, 0, 0));
    desk.set_relay().await;
    assert_eq!(desk.tell().await, 1, "what is over is not told any more");
    assert_eq!(desk.mails().await.len(), 1);
}

async fn nobody_is_told_who_was_not_chosen(world: World) {
    let desk = Desk::new(world).await;
    let bob = desk.world.colleague().await;
    let (ctx, ada) = (&desk.world.ctx, &desk.world.admin);
    let told = async || {
        let all = alerts::recipients(ctx, ada).await.unwrap();
        all.into_iter().filter(|one| one.told).map(|one| one.user.id).collect::<Vec<_>>()
    };
    assert_eq!(told().await, [ada.user.id], "the first administrator, as long as nobody has chosen");
    alerts::choose(ctx, ada, &[], Language::En).await.unwrap();
    assert_eq!(told().await, []);
    desk.world.mailbox("help@example.com").await;
    desk.break_down().await;
    assert_eq!(desk.tell_in_time().await, 0);
    alerts::choose(ctx, ada, &[bob.user.id], Language::En).await.unwrap();
    assert_eq!(desk.tell().await, 1);
    // Ada is chosen too late to be told of this one, and so of its end.
    alerts::choose(ctx, &bob, &[ada.user.id, bob.user.id], Language::En).await.unwrap();
    desk.repair().await;
    assert_eq!(desk.tell().await, 1);
    let mails = desk.told().await.remove(0).mails;
    assert!(mails.iter().all(|mail| mail.to == bob.user.email), "{mails:?}");
    let stranger = alerts::choose(ctx, ada, &[postroom_server::model::UserId(999)], Language::En).await;
    assert!(matches!(stranger, Err(Error::NotFound("user"))), "{stranger:?}");
}

async fn everybody_is_told_in_their_language(world: World) {
    let mut desk = Desk::new(world).await;
    let bob = desk.world.colleague().await;
    let (ctx, ada) = (desk.world.ctx.clone(), desk.world.admin.clone());
    alerts::choose(&ctx, &ada, &[ada.user.id], Language::En).await.unwrap();
    alerts::choose(&ctx, &bob, &[ada.user.id, bob.user.id], Language::Ko).await.unwrap();
    desk.world.mailbox("help@example.com").await;
    desk.break_down().await;
    assert_eq!(desk.tell_in_time().await, 2);
    desk.repair().await;
    assert_eq!(desk.tell().await, 2);
    let mails = desk.told().await.remove(0).mails;
    let subjects: Vec<_> = mails.iter().map(|mail| mail.subject.as_str()).collect();
    assert_eq!(
        subjects,
        [
            "[Postroom] Help has stopped: imap.example.com refuses connections on port 993",
            "[Postroom] Help 메일함이 멈췄습니다: imap.example.com 서버가 993번 포트 연결을 거부했습니다",
            "[Postroom] Help works again after 23 minutes",
            "[Postroom] Help 메일함이 23분 만에 다시 작동합니다",
        ]
    );
    let mails = desk.mails().await;
    let korean = &mails.iter().find(|(headers, _)| header(headers, "To") == "bob@example.com").unwrap().1;
    assert!(
        korean.contains("- Help <help@example.com> (IT)\n  받는 메일, 2023년 11월 14일 22:33 UTC부터\n"),
        "{korean}"
    );
    assert!(korean.contains("/account/alerts\n"), "{korean}");
}

async fn an_expired_client_secret_leads_to_the_application(world: World) {
    let desk = SignIns::new(world).await;
    for address in ["ada@example.org", "bob@example.org", "eve@example.org"] {
        desk.mailbox(address).await;
    }
    let mut desk = Desk::new(desk.world).await;
    let expired = Problem::ClientSecretExpired { reply: "AADSTS7000222: secret-of-somebody".to_owned() };
    for minutes in [20, 2] {
        later(&desk.world, minutes);
        look(&desk.world, |claim| failed(claim.direction, Step::SignIn, expired.clone())).await;
    }
    assert_eq!(desk.tell_in_time().await, 1);
    let mails = desk.mails().await;
    let (headers, text) = &mails[0];
    assert!(
        headers.contains("Subject: [Postroom] 3 mailboxes have stopped: The client secret has expired"),
        "{headers}"
    );
    assert!(text.contains("Open in Postroom:\nhttps://desk.example.org/account/sign-in/microsoft\n"), "{text}");
    assert!(text.contains("for whoever runs Postroom") && text.contains("incoming and outgoing mail"), "{text}");
    assert!(!text.contains("secret-of-somebody"), "{text}");
}

async fn a_test_alert_goes_to_whoever_asks(world: World) {
    let mut desk = Desk::new(world).await;
    let bob = desk.world.colleague().await;
    alerts::send_test(&desk.world.ctx, &bob, Language::Ko).await.unwrap();
    let told = desk.told().await;
    assert_eq!((told.len(), told[0].mails[0].kind, &told[0].mails[0].to), (1, AlertKind::Test, &bob.user.email));
    let mails = desk.mails().await;
    assert_eq!(header(&mails[0].0, "To"), "bob@example.com");
    assert!(mails[0].1.contains("멈춘 메일함은 없으며"), "{}", mails[0].1);
}

async fn a_broken_relay_is_told_through_no_relay(world: World) {
    let desk = Desk::new(world).await;
    let (ctx, admin) = (&desk.world.ctx, &desk.world.admin);
    for minutes in [0, 2] {
        later(&desk.world, minutes);
        let target = relay::target(ctx, admin).await.unwrap();
        relay::store_report(ctx, admin, &target, &refused(Direction::Outgoing)).await.unwrap();
    }
    let incidents = postroom_server::watch::incidents(ctx, admin).await.unwrap();
    assert_eq!(incidents.len(), 1, "pages tell of it");
    assert_eq!(desk.tell_in_time().await, 0);
    assert_eq!(desk.told().await, []);
}

/// A client secret whose last day is given.
fn secret_ends(world: &mut World, on: &str) {
    let mut config = Config::clone(&world.ctx.config);
    config.oauth.microsoft.client_secret_expires_on = Some(on.to_owned());
    config.oauth.microsoft.client_id.get_or_insert_with(|| "client".to_owned());
    config.oauth.microsoft.client_secret.get_or_insert_with(|| serde_json::from_value(json!("made-up")).unwrap());
    world.ctx.config = Arc::new(config);
}

async fn what_ends_is_told_thirty_fourteen_seven_and_one_days_ahead(mut world: World) {
    // It begins on 14 November 2023.
    secret_ends(&mut world, "2023-12-24");
    let mut desk = Desk::new(world).await;
    let mut told_with = Vec::new();
    for _ in 0..45 {
        let left = forecast::list(&desk.world.ctx, &desk.world.admin).await.unwrap()[0].days_left;
        if alerts::warn(&desk.world.ctx).await.unwrap() > 0 {
            told_with.push(left);
        }
        assert_eq!(alerts::warn(&desk.world.ctx).await.unwrap(), 0, "once");
        later(&desk.world, DAY);
    }
    assert_eq!(told_with, [30, 14, 7, 1]);
    let mails = desk.mails().await;
    assert_eq!(mails.len(), 4);
    assert_eq!(header(&mails[3].0, "Subject"), "[Postroom] The client secret for Microsoft ends tomorrow");
    assert!(
        mails[0].1.contains("- The client secret for Microsoft ends in 30 days (24 December 2023).\n"),
        "{}",
        mails[0].1
    );
    assert!(mails[0].1.contains("/account/forecast\n"), "{}", mails[0].1);
}

async fn what_is_first_seen_late_is_told_once(mut world: World) {
    secret_ends(&mut world, "2023-11-19");
    let desk = Desk::new(world).await;
    let all = async || {
        let warned = futures::future::join_all((0..3).map(|_| alerts::warn(&desk.world.ctx))).await;
        warned.into_iter().map(Result::unwrap).sum::<usize>()
    };
    assert_eq!(all().await, 1, "five days ahead, by one of three processes");
    later(&desk.world, 3 * DAY);
    assert_eq!(all().await, 0, "two days ahead");
    later(&desk.world, DAY);
    assert_eq!(all().await, 1, "one day ahead");
    // Another last day is another end.
    let mut world = desk.world;
    secret_ends(&mut world, "2023-12-01");
    assert_eq!(alerts::warn(&world.ctx).await.unwrap(), 0, "there was a warning today");
    later(&world, DAY);
    assert_eq!(alerts::warn(&world.ctx).await.unwrap(), 1);
}

async fn a_sign_in_in_googles_testing_mode_is_forecast(world: World) {
    let google = SignIns::google(world).await;
    let id: MailboxId = google.mailbox("ada@example.org").await;
    assert_eq!(forecast::list(&google.world.ctx, &google.world.admin).await.unwrap(), [], "no end was said");
    let gives = |ends_in: serde_json::Value| {
        google.provider.grant(|response| {
            response["scope"] = json!(crate::provider::GMAIL_SCOPE);
            response["refresh_token_expires_in"] = ends_in;
        });
    };
    let renewed = async || {
        later(&google.world, 70);
        assert_eq!(tokens::renew_due(&google.world.ctx).await.unwrap(), 1);
        forecast::list(&google.world.ctx, &google.world.admin).await.unwrap()
    };
    gives(json!("soon"));
    assert_eq!(renewed().await, [], "what is no number says nothing, and spoils nothing");
    gives(json!(7 * 86_400 - 2 * 70 * 60));
    let endings = renewed().await;
    let what =
        |testing| Ends::SignIn { provider: OAuthProvider::Google, address: "ada@example.org".to_owned(), testing };
    assert_eq!(endings[0].what, what(true));
    assert_eq!((endings[0].days_left, endings[0].severity), (7, Severity::Week));
    assert_eq!(endings[0].mailbox, Some((google.world.workspace.slug.clone(), id)));
    // A renewal that says nothing leaves the end where it was.
    gives(serde_json::Value::Null);
    assert_eq!(renewed().await[0].ends_at, endings[0].ends_at);
    gives(json!(20 * 86_400));
    assert_eq!(renewed().await[0].what, what(false), "an organisation's own rule");
}

async fn old_alerts_are_forgotten_with_their_mails(world: World) {
    let desk = Desk::new(world).await;
    desk.world.mailbox("help@example.com").await;
    desk.break_down().await;
    desk.tell_in_time().await;
    later(&desk.world, 400 * DAY);
    assert_eq!(alerts::prune(&desk.world.ctx).await.unwrap(), 0, "it goes on");
    desk.repair().await;
    assert_eq!(desk.tell().await, 1);
    later(&desk.world, 366 * DAY);
    assert_eq!(alerts::prune(&desk.world.ctx).await.unwrap(), 1);
    assert_eq!(desk.told().await, []);
}
