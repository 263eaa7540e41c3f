//! Mailboxes at work are looked after: who looks, what it means, and what is remembered and told.

use std::time::Duration;

use postroom_server::config::Config;
use postroom_server::model::{
    Cause, CheckReport, Direction, Ends, Event, HappenedTo, Health, HealthEvent, MailboxId, OAuthProvider, Problem,
    PublishAs, ServerForm, Severity, Step, Timestamp, TrustChoice,
};
use postroom_server::stop::StopSwitch;
use postroom_server::watch::{self, Claim};
use postroom_server::{Error, drafts, forecast, health, mailboxes};
use postroom_testing::{Script, dialer};

use crate::sign_ins::SignIns;
use crate::world::{World, endpoint, passed, refused};

crate::on_both_databases!(
    a_mailbox_is_due_a_quarter_of_an_hour_after_its_last_check,
    of_two_nodes_one_looks_at_a_mailbox,
    a_claim_of_a_node_that_died_lapses,
    a_failure_is_confirmed_before_it_is_shown,
    what_comes_back_before_it_was_confirmed_alarms_nobody,
    a_recovery_is_remembered_with_how_long_it_took,
    incoming_and_outgoing_are_kept_apart,
    a_mailbox_that_rests_is_left_alone_and_forgotten_about,
    what_was_seen_of_a_mailbox_that_was_paused_meanwhile_is_not_stored,
    a_check_that_somebody_asked_for_counts_at_once,
    changed_settings_are_in_the_history,
    signing_in_again_is_in_the_history_and_looked_at_at_once,
    an_expired_client_secret_is_one_incident,
    a_server_that_is_away_is_one_incident_for_all_its_mailboxes,
    a_history_belongs_to_its_workspace_and_is_kept_for_a_year,
    the_forecast_tells_what_ends_soonest_first,
    told_to_stop_the_loop_finishes_what_is_in_hand,
    told_to_stop_the_loop_gives_back_what_takes_too_long,
);

const MINUTE: i64 = 60_000;
const DAY: i64 = 24 * 60 * MINUTE;

pub fn later(world: &World, minutes: i64) {
    world.ctx.clock.advance_millis(minutes * MINUTE);
}

/// A check that ended at a step with a problem.
pub fn failed(direction: Direction, step: Step, problem: Problem) -> CheckReport {
    let mut report = CheckReport::planned(direction.protocol(), endpoint(direction).security);
    report.apply(Event::Failed { step, millis: 5, problem, remedy: None });
    report.apply(Event::Ended { millis: 30 });
    report
}

fn away() -> Problem {
    Problem::ConnectionRefused { host: "imap.example.com".to_owned(), port: 993 }
}

pub fn unreachable() -> CheckReport {
    failed(Direction::Incoming, Step::Connect, away())
}

async fn claim_all(world: &World) -> Vec<Claim> {
    watch::claim_due(&world.ctx, 100).await.unwrap()
}

/// Looks at everything that is due, with the given ends; answers what is worth telling.
pub async fn look(world: &World, ended: impl Fn(&Claim) -> CheckReport) -> Vec<HappenedTo> {
    let mut told = Vec::new();
    for claim in claim_all(world).await {
        told.extend(watch::settle(&world.ctx, &claim, &ended(&claim)).await.unwrap());
    }
    told
}

/// Incoming mail ends like this, and outgoing mail works.
pub fn incoming(report: &CheckReport) -> impl Fn(&Claim) -> CheckReport {
    move |claim| match claim.direction {
        Direction::Incoming => report.clone(),
        Direction::Outgoing => passed(Direction::Outgoing),
    }
}

pub fn all_pass(claim: &Claim) -> CheckReport {
    passed(claim.direction)
}

async fn healths(world: &World, id: MailboxId) -> (Option<Health>, Option<Health>) {
    let (ctx, manager) = (&world.ctx, &world.manager);
    let summary = mailboxes::details(ctx, manager, id).await.unwrap().summary;
    (summary.incoming.health, summary.outgoing.health)
}

async fn history(world: &World, id: MailboxId) -> Vec<HealthEvent> {
    watch::history(&world.ctx, &world.manager, id).await.unwrap()
}

async fn happened(world: &World, id: MailboxId) -> Vec<HappenedTo> {
    history(world, id).await.into_iter().map(|event| event.what).collect()
}

/// Lets incoming mail fail twice, so that it is confirmed.
pub async fn break_incoming(world: &World, report: &CheckReport) {
    later(world, 20);
    look(world, incoming(report)).await;
    later(world, 2);
    look(world, incoming(report)).await;
}

async fn a_mailbox_is_due_a_quarter_of_an_hour_after_its_last_check(world: World) {
    world.mailbox("help@example.com").await;
    assert_eq!(claim_all(&world).await, []);
    later(&world, 11);
    assert_eq!(claim_all(&world).await, []);
    later(&world, 7);
    let mut due = claim_all(&world).await;
    due.sort_by_key(|claim| claim.direction);
    assert_eq!(due.iter().map(|claim| claim.direction).collect::<Vec<_>>(), Direction::BOTH);
    for claim in &due {
        assert_eq!(watch::settle(&world.ctx, claim, &all_pass(claim)).await.unwrap(), None);
    }
    later(&world, 11);
    assert_eq!(claim_all(&world).await, []);
    later(&world, 7);
    assert_eq!(watch::claim_due(&world.ctx, 1).await.unwrap().len(), 1, "no more than asked for");
    assert_eq!(claim_all(&world).await.len(), 1);
}

async fn of_two_nodes_one_looks_at_a_mailbox(world: World) {
    for number in 0..5 {
        world.mailbox(&format!("box{number}@example.com")).await;
    }
    later(&world, 20);
    let (one, other) = futures::join!(claim_all(&world), claim_all(&world));
    assert_eq!(one.len() + other.len(), 10);
    assert!(one.iter().all(|claim| {
        !other.iter().any(|theirs| (theirs.mailbox, theirs.direction) == (claim.mailbox, claim.direction))
    }));
    watch::release(&world.ctx, one.first().or(other.first()).unwrap()).await.unwrap();
    assert_eq!(claim_all(&world).await.len(), 1, "what is given back can be had at once");
}

async fn a_claim_of_a_node_that_died_lapses(world: World) {
    let id = world.mailbox("help@example.com").await;
    later(&world, 20);
    let dead = claim_all(&world).await;
    later(&world, 2);
    assert_eq!(claim_all(&world).await, []);
    later(&world, 1);
    let taken = claim_all(&world).await;
    assert_eq!(taken.len(), 2);
    // The first node was not dead but slow: what it saw comes too late.
    watch::settle(&world.ctx, &dead[0], &refused(dead[0].direction)).await.unwrap();
    for claim in &taken {
        watch::settle(&world.ctx, claim, &all_pass(claim)).await.unwrap();
    }
    assert_eq!(healths(&world, id).await, (Some(Health::Working), Some(Health::Working)));
}

async fn a_failure_is_confirmed_before_it_is_shown(world: World) {
    let id = world.mailbox("help@example.com").await;
    later(&world, 20);
    let since = world.ctx.clock.now();
    assert_eq!(look(&world, incoming(&unreachable())).await, []);
    let (ctx, admin, manager) = (&world.ctx, &world.admin, &world.manager);
    let status = async || mailboxes::details(ctx, manager, id).await.unwrap().summary.incoming;
    assert_eq!(status().await.health, Some(Health::Doubtful { since, problem: away() }));
    assert_eq!(status().await.problem, None);
    assert_eq!(watch::incidents(ctx, admin).await.unwrap(), []);
    assert_eq!(happened(&world, id).await, []);

    later(&world, 2);
    assert_eq!(look(&world, incoming(&unreachable())).await, [HappenedTo::WentDown]);
    assert_eq!(status().await.health, Some(Health::Failing { since, problem: away() }));
    assert_eq!(status().await.problem, Some(away()));
    let event = history(&world, id).await.remove(0);
    assert_eq!((event.at, event.direction, event.lasted_millis), (since, Some(Direction::Incoming), None));
    assert_eq!(event.problem, Some(away()));

    // It is told once, however long it lasts.
    later(&world, 20);
    assert_eq!(look(&world, incoming(&unreachable())).await, []);
    assert_eq!(happened(&world, id).await.len(), 1);
}

async fn what_comes_back_before_it_was_confirmed_alarms_nobody(world: World) {
    let id = world.mailbox("help@example.com").await;
    later(&world, 20);
    look(&world, incoming(&unreachable())).await;
    later(&world, 2);
    assert_eq!(look(&world, all_pass).await, []);
    assert_eq!(happened(&world, id).await, []);
    assert_eq!(healths(&world, id).await.0, Some(Health::Working));
}

async fn a_recovery_is_remembered_with_how_long_it_took(world: World) {
    let id = world.mailbox("help@example.com").await;
    break_incoming(&world, &unreachable()).await;
    later(&world, 20);
    assert_eq!(look(&world, all_pass).await, [HappenedTo::Recovered]);
    let events = history(&world, id).await;
    assert_eq!(
        events.iter().map(|event| event.what).collect::<Vec<_>>(),
        [HappenedTo::Recovered, HappenedTo::WentDown]
    );
    assert!(events.iter().all(|event| event.lasted_millis == Some(22 * MINUTE)), "{events:?}");
    assert_eq!(watch::incidents(&world.ctx, &world.admin).await.unwrap(), []);
}

async fn incoming_and_outgoing_are_kept_apart(world: World) {
    let id = world.mailbox("help@example.com").await;
    break_incoming(&world, &refused(Direction::Incoming)).await;
    let (incoming, outgoing) = healths(&world, id).await;
    assert!(matches!(incoming, Some(Health::Failing { .. })), "{incoming:?}");
    assert_eq!(outgoing, Some(Health::Working));
    let incidents = watch::incidents(&world.ctx, &world.admin).await.unwrap();
    assert_eq!(incidents.len(), 1);
    assert_eq!(incidents[0].cause, Cause::Mailbox { id });
    let stopped = &incidents[0].mailboxes[0];
    assert_eq!(
        (stopped.incoming, stopped.outgoing, stopped.workspace.as_str()),
        (true, false, world.workspace.slug.as_str())
    );
}

async fn a_mailbox_that_rests_is_left_alone_and_forgotten_about(world: World) {
    let (ctx, admin, manager) = (&world.ctx, &world.admin, &world.manager);
    let id = world.mailbox("help@example.com").await;
    break_incoming(&world, &unreachable()).await;
    mailboxes::pause(ctx, manager, id).await.unwrap();
    assert_eq!(watch::incidents(ctx, admin).await.unwrap(), []);
    later(&world, 600);
    assert_eq!(claim_all(&world).await, []);
    mailboxes::resume(ctx, manager, id).await.unwrap();
    assert_eq!(claim_all(&world).await.len(), 2);
    assert_eq!(happened(&world, id).await, [HappenedTo::Resumed, HappenedTo::Paused, HappenedTo::WentDown]);
    assert_eq!(history(&world, id).await[2].lasted_millis, Some(2 * MINUTE), "nobody knows how long it lasted on");
}

async fn what_was_seen_of_a_mailbox_that_was_paused_meanwhile_is_not_stored(world: World) {
    let (ctx, manager) = (&world.ctx, &world.manager);
    let id = world.mailbox("help@example.com").await;
    let gone = world.mailbox("gone@example.com").await;
    later(&world, 20);
    let claims = claim_all(&world).await;
    mailboxes::pause(ctx, manager, id).await.unwrap();
    mailboxes::resume(ctx, manager, id).await.unwrap();
    mailboxes::delete(ctx, manager, gone).await.unwrap();
    for claim in &claims {
        assert_eq!(watch::settle(ctx, claim, &refused(claim.direction)).await.unwrap(), None);
    }
    assert_eq!(healths(&world, id).await, (None, None));
}

async fn a_check_that_somebody_asked_for_counts_at_once(world: World) {
    let (ctx, manager) = (&world.ctx, &world.manager);
    let id = world.mailbox("help@example.com").await;
    break_incoming(&world, &unreachable()).await;
    later(&world, 3);
    mailboxes::store_report(ctx, manager, id, Direction::Incoming, &passed(Direction::Incoming)).await.unwrap();
    assert_eq!(healths(&world, id).await.0, Some(Health::Working));
    assert_eq!(happened(&world, id).await, [HappenedTo::Recovered, HappenedTo::WentDown]);
    // A failure that somebody saw is confirmed like any other before others are alarmed.
    mailboxes::store_report(ctx, manager, id, Direction::Incoming, &unreachable()).await.unwrap();
    assert!(matches!(healths(&world, id).await.0, Some(Health::Doubtful { .. })));
    later(&world, 2);
    assert_eq!(look(&world, incoming(&unreachable())).await, [HappenedTo::WentDown]);
}

async fn changed_settings_are_in_the_history(world: World) {
    let (ctx, manager) = (&world.ctx, &world.manager);
    let id = world.mailbox("help@example.com").await;
    break_incoming(&world, &refused(Direction::Incoming)).await;
    later(&world, 1);
    let draft = drafts::begin(ctx, manager, Some(id)).await.unwrap();
    let form = ServerForm { username: "another-user".to_owned(), ..crate::world::server(Direction::Incoming) };
    let password = Some(crate::world::MAIL_PASSWORD.into());
    drafts::save_server(ctx, manager, draft.id, Direction::Incoming, &form, password).await.unwrap();
    world.check(&draft, Direction::Incoming, &passed(Direction::Incoming)).await;
    world.publish(&draft, PublishAs::Active).await.unwrap();
    assert_eq!(healths(&world, id).await.0, Some(Health::Working));
    let mut told = happened(&world, id).await;
    told[..2].sort_by_key(|what| what.as_str());
    assert_eq!(told, [HappenedTo::Recovered, HappenedTo::SettingsChanged, HappenedTo::WentDown]);
}

async fn signing_in_again_is_in_the_history_and_looked_at_at_once(world: World) {
    let desk = SignIns::new(world).await;
    let id = desk.mailbox("ada@example.org").await;
    later(&desk.world, 20);
    look(&desk.world, all_pass).await;
    desk.sign_in_again(id, "ada@example.org").await;
    assert_eq!(happened(&desk.world, id).await, [HappenedTo::SignedInAgain]);
    assert_eq!(claim_all(&desk.world).await.len(), 2);
}

async fn an_expired_client_secret_is_one_incident(world: World) {
    let desk = SignIns::new(world).await;
    for address in ["ada@example.org", "bob@example.org", "eve@example.org"] {
        desk.mailbox(address).await;
    }
    let expired = || Problem::ClientSecretExpired { reply: "AADSTS7000222".to_owned() };
    let ended = |claim: &Claim| failed(claim.direction, Step::SignIn, expired());
    later(&desk.world, 20);
    look(&desk.world, ended).await;
    later(&desk.world, 2);
    assert_eq!(look(&desk.world, ended).await.len(), 6);
    let incidents = watch::incidents(&desk.world.ctx, &desk.world.admin).await.unwrap();
    assert_eq!(incidents.len(), 1);
    assert_eq!(incidents[0].cause, Cause::Application { provider: OAuthProvider::Microsoft });
    assert_eq!((incidents[0].mailboxes.len(), &incidents[0].problem), (3, &expired()));
    assert!(incidents[0].mailboxes.iter().all(|mailbox| mailbox.incoming && mailbox.outgoing));
}

async fn a_server_that_is_away_is_one_incident_for_all_its_mailboxes(world: World) {
    world.mailbox("one@example.com").await;
    world.mailbox("two@example.com").await;
    break_incoming(&world, &unreachable()).await;
    let incidents = watch::incidents(&world.ctx, &world.admin).await.unwrap();
    assert_eq!(incidents.len(), 1);
    assert_eq!(incidents[0].cause, Cause::Server { host: "imap.example.com".to_owned(), port: 993 });
    assert_eq!(incidents[0].mailboxes.len(), 2);
}

async fn a_history_belongs_to_its_workspace_and_is_kept_for_a_year(world: World) {
    let (ctx, manager) = (&world.ctx, &world.manager);
    let id = world.mailbox("help@example.com").await;
    mailboxes::pause(ctx, manager, id).await.unwrap();
    let (elsewhere, _) = world.other_workspace().await;
    let elsewhere = world.manager_of(&elsewhere).await;
    assert!(matches!(watch::history(ctx, &elsewhere, id).await, Err(Error::NotFound("mailbox"))));
    ctx.clock.advance_millis(365 * DAY);
    mailboxes::resume(ctx, manager, id).await.unwrap();
    assert_eq!(watch::prune(ctx).await.unwrap(), 0);
    ctx.clock.advance_millis(1);
    assert_eq!(watch::prune(ctx).await.unwrap(), 1);
    assert_eq!(happened(&world, id).await, [HappenedTo::Resumed]);
}

/// A good check at a server whose certificate ends then.
fn secured(direction: Direction, not_after: Timestamp) -> CheckReport {
    let mut report = passed(direction);
    let secured = postroom_server::model::Finding::Secured {
        version: "TLSv1.3".to_owned(),
        cipher: "TLS13_AES_128_GCM_SHA256".to_owned(),
        certificate: postroom_server::model::Certificate {
            subject: "imap.example.com".to_owned(),
            names: vec!["imap.example.com".to_owned()],
            issuer: "House CA".to_owned(),
            not_before: Timestamp(0),
            not_after,
            sha256: "00".repeat(32),
        },
    };
    let step = *Step::plan(direction.protocol(), endpoint(direction).security)
        .iter()
        .find(|step| matches!(step, Step::Tls | Step::StartTls))
        .unwrap();
    report.apply(Event::Passed { step, millis: 1, finding: secured });
    report
}

async fn the_forecast_tells_what_ends_soonest_first(world: World) {
    assert_eq!(forecast::list(&world.ctx, &world.admin).await.unwrap(), []);
    let desk = SignIns::new(world).await;
    let mut world = desk.world;
    let mut config = Config::clone(&world.ctx.config);
    config.oauth.microsoft.client_secret_expires_on = Some("2028-11-22".to_owned());
    world.ctx.config = std::sync::Arc::new(config);
    let desk = SignIns { world, provider: desk.provider, browser: desk.browser };
    let asleep = desk.mailbox("ada@example.org").await;
    let world = desk.world;
    let (one, two) = (world.mailbox("one@example.com").await, world.mailbox("two@example.com").await);
    // 85 days later the grant, which nobody renewed, has five to go.
    world.ctx.clock.advance_millis(85 * DAY);
    let now = world.ctx.clock.now();
    for (mailbox, days) in [(one, 20), (two, 20)] {
        let report = secured(Direction::Incoming, now.plus_millis(days * DAY));
        mailboxes::store_report(&world.ctx, &world.manager, mailbox, Direction::Incoming, &report).await.unwrap();
    }
    let outgoing = secured(Direction::Outgoing, now.plus_millis(60 * DAY));
    mailboxes::store_report(&world.ctx, &world.manager, one, Direction::Outgoing, &outgoing).await.unwrap();

    let endings = forecast::list(&world.ctx, &world.admin).await.unwrap();
    let told: Vec<_> = endings.iter().map(|ending| (ending.what.clone(), ending.severity, ending.mailboxes)).collect();
    let certificate = Ends::Certificate { host: "imap.example.com".to_owned(), port: 993, pinned: false };
    let grant = Ends::Grant { provider: OAuthProvider::Microsoft, address: "ada@example.org".to_owned() };
    let secret = Ends::ClientSecret { provider: OAuthProvider::Microsoft };
    assert_eq!(told, [(grant, Severity::Week, 1), (certificate, Severity::Month, 2), (secret, Severity::Later, 1)]);
    assert_eq!(endings[0].mailbox, Some((world.workspace.slug.clone(), asleep)));
    assert_eq!(endings[0].days_left, 5);
    assert_eq!(endings[1].mailbox.as_ref().map(|(_, id)| *id), Some(one));
    assert_eq!(forecast::pressing(&world.ctx, &world.admin).await.unwrap(), endings[..1]);

    // Where one mailbox trusts exactly this certificate, its page is where something has to be done.
    let draft = world.begun("three@example.com").await;
    for direction in Direction::BOTH {
        let form =
            ServerForm { trust: TrustChoice::Certificate, pin: "00".repeat(32), ..crate::world::server(direction) };
        let password = Some(crate::world::MAIL_PASSWORD.into());
        drafts::save_server(&world.ctx, &world.manager, draft.id, direction, &form, password).await.unwrap();
        world.check(&draft, direction, &secured(direction, now.plus_millis(20 * DAY))).await;
    }
    let three = world.publish(&draft, PublishAs::Active).await.unwrap();
    let endings = forecast::list(&world.ctx, &world.admin).await.unwrap();
    let incoming = endings.iter().find(|ending| matches!(&ending.what, Ends::Certificate { port: 993, .. })).unwrap();
    assert_eq!(incoming.what, Ends::Certificate { host: "imap.example.com".to_owned(), port: 993, pinned: true });
    assert_eq!((incoming.mailboxes, incoming.mailbox.as_ref().map(|(_, id)| *id)), (3, Some(three)));
}

/// A mailbox whose servers are a script, due at once.
async fn scripted(world: &mut World, server: &Script) -> MailboxId {
    world.ctx.dialer = std::sync::Arc::new(dialer());
    let draft = world.begun("help@example.com").await;
    for direction in Direction::BOTH {
        let form = ServerForm {
            host: "127.0.0.1".to_owned(),
            port: server.port().to_string(),
            tls: false,
            ..crate::world::server(direction)
        };
        let password = Some(crate::world::MAIL_PASSWORD.into());
        drafts::save_server(&world.ctx, &world.manager, draft.id, direction, &form, password).await.unwrap();
        world.check(&draft, direction, &passed(direction)).await;
    }
    let id = world.publish(&draft, PublishAs::Active).await.unwrap();
    later(world, 20);
    id
}

/// Waits for something that others do, without measuring time.
async fn until(mut there: impl AsyncFnMut() -> bool) {
    let patience = async {
        while !there().await {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), patience).await.expect("it comes about");
}

async fn told_to_stop_the_loop_finishes_what_is_in_hand(mut world: World) {
    let server = Script::serve("S: * BYE busy").await;
    let id = scripted(&mut world, &server).await;
    assert_eq!(health::not_ready(&world.ctx).await, [health::NotReady::Watch]);
    let (switch, stop) = StopSwitch::new();
    let running = tokio::spawn(watch::run(world.ctx.clone(), stop, Duration::from_secs(20)));
    until(async || server.connections() > 0).await;
    switch.stop();
    running.await.unwrap();
    let (incoming, outgoing) = healths(&world, id).await;
    assert!(matches!(incoming, Some(Health::Doubtful { .. })), "{incoming:?}");
    assert!(matches!(outgoing, Some(Health::Doubtful { .. })), "{outgoing:?}");
    assert_eq!(health::not_ready(&world.ctx).await, []);
}

async fn told_to_stop_the_loop_gives_back_what_takes_too_long(mut world: World) {
    let server = Script::serve("SILENCE").await;
    scripted(&mut world, &server).await;
    let (switch, stop) = StopSwitch::new();
    let running = tokio::spawn(watch::run(world.ctx.clone(), stop, Duration::from_millis(50)));
    until(async || server.connections() > 1).await;
    assert_eq!(claim_all(&world).await, []);
    switch.stop();
    running.await.unwrap();
    server.all_gone().await;
    assert_eq!(claim_all(&world).await.len(), 2, "another node can look at once");
}
