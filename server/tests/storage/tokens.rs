//! Access tokens: renewed in time, once, and told when they cannot be.

use std::sync::{Arc, Mutex};

use futures::future::join_all;
use postroom_server::check::{Plan, run_with};
use postroom_server::login::Key;
use postroom_server::model::{
    AuthMethod, CheckReport, Direction, EmailAddress, Event, GrantId, MailboxId, OAuthProvider, Problem, Security,
    ServerSettings, Step, StepState,
};
use postroom_server::tokens::{self, Wanted};
use postroom_server::{applications, mailboxes};
use postroom_testing::{Script, dialer};
use secrecy::ExposeSecret as _;
use serde_json::json;

use crate::provider::{ACCESS, NOW, json, refusal};
use crate::secrets::{contains, everything};
use crate::sign_ins::SignIns;
use crate::world::World;

crate::on_both_databases!(
    a_token_is_used_until_it_is_due,
    of_many_who_need_a_new_token_one_asks_for_it,
    a_rotated_refresh_token_is_the_one_that_is_used_next,
    a_token_that_a_server_refuses_is_replaced_though_it_lasts,
    tokens_are_renewed_before_anybody_needs_them,
    a_permission_that_is_gone_is_told_and_not_asked_for_again,
    an_outage_never_ends_a_permission,
    an_expired_client_secret_is_told_once_for_all_mailboxes,
    a_deleted_mailbox_gives_back_what_nobody_else_rests_on,
    no_token_is_in_the_database_in_clear,
    a_check_shows_nobody_a_refused_token_that_a_fresh_one_replaces,
    a_check_gives_up_on_the_second_refused_token,
    a_check_without_a_token_says_why_at_the_sign_in,
);

async fn grant(desk: &SignIns, mailbox: MailboxId) -> GrantId {
    let (ctx, manager) = (&desk.world.ctx, &desk.world.manager);
    let (_, key) = mailboxes::target(ctx, manager, mailbox, Direction::Incoming).await.unwrap();
    match key {
        Key::Grant(grant) => grant,
        Key::Password(_) => panic!("the mailbox has a password"),
    }
}

async fn current(desk: &SignIns, grant: GrantId) -> Result<String, Problem> {
    let token = tokens::access(&desk.world.ctx, grant, Wanted::Current).await.unwrap();
    token.map(|token| token.expose_secret().to_owned())
}

/// From now on the provider gives these tokens, for an hour.
fn gives(desk: &SignIns, access: &str, refresh: Option<&str>) {
    desk.provider.grant(|response| {
        response["access_token"] = json!(access);
        response["expires_in"] = json!(3_600);
        match refresh {
            Some(refresh) => response["refresh_token"] = json!(refresh),
            None => {
                response.as_object_mut().unwrap().remove("refresh_token");
            }
        }
        if desk.which() == OAuthProvider::Google {
            response["scope"] = json!(crate::provider::GMAIL_SCOPE);
        }
    });
}

fn later(desk: &SignIns, minutes: i64) {
    desk.world.ctx.clock.advance_millis(minutes * 60_000);
}

/// The refresh tokens the provider was shown, in order.
fn shown(desk: &SignIns) -> Vec<String> {
    let refresh = |request: postroom_testing::HttpRequest| {
        url::form_urlencoded::parse(request.body.as_bytes())
            .find(|(name, _)| name == "refresh_token")
            .map(|(_, value)| value.into_owned())
    };
    desk.provider.asked("token").into_iter().filter_map(refresh).collect()
}

async fn a_token_is_used_until_it_is_due(world: World) {
    let desk = SignIns::new(world).await;
    let mailbox = desk.mailbox("ada@example.org").await;
    let grant = grant(&desk, mailbox).await;
    gives(&desk, "second", Some("next"));
    // It lasts 4271 s: 75 % of that is 53 minutes.
    later(&desk, 53);
    assert_eq!(current(&desk, grant).await.as_deref(), Ok(ACCESS));
    assert_eq!(shown(&desk).len(), 0);
    later(&desk, 5);
    assert_eq!(current(&desk, grant).await.as_deref(), Ok("second"));
    assert_eq!(shown(&desk).len(), 1);
}

async fn of_many_who_need_a_new_token_one_asks_for_it(world: World) {
    let desk = SignIns::new(world).await;
    let mailbox = desk.mailbox("ada@example.org").await;
    let grant = grant(&desk, mailbox).await;
    gives(&desk, "second", Some("next"));
    later(&desk, 120);
    let all = join_all((0..8).map(|_| current(&desk, grant))).await;
    assert!(all.iter().all(|token| token.as_deref() == Ok("second")), "{all:?}");
    assert_eq!(shown(&desk).len(), 1);
}

async fn a_rotated_refresh_token_is_the_one_that_is_used_next(world: World) {
    let desk = SignIns::new(world).await;
    let mailbox = desk.mailbox("ada@example.org").await;
    let grant = grant(&desk, mailbox).await;
    for (access, refresh) in [("second", Some("rotated")), ("third", None), ("fourth", None)] {
        gives(&desk, access, refresh);
        later(&desk, 120);
        assert_eq!(current(&desk, grant).await.as_deref(), Ok(access));
    }
    assert_eq!(shown(&desk), [crate::provider::REFRESH, "rotated", "rotated"]);
}

async fn a_token_that_a_server_refuses_is_replaced_though_it_lasts(world: World) {
    let desk = SignIns::new(world).await;
    let mailbox = desk.mailbox("ada@example.org").await;
    let grant = grant(&desk, mailbox).await;
    gives(&desk, "second", Some("next"));
    let refused = ACCESS.to_owned().into();
    let fresh = async || {
        let token = tokens::access(&desk.world.ctx, grant, Wanted::InsteadOf(&refused)).await.unwrap();
        token.map(|token| token.expose_secret().to_owned())
    };
    assert_eq!(fresh().await.as_deref(), Ok("second"));
    // Who comes later with the same complaint is helped already.
    assert_eq!(fresh().await.as_deref(), Ok("second"));
    assert_eq!(shown(&desk).len(), 1);
}

async fn tokens_are_renewed_before_anybody_needs_them(world: World) {
    let desk = SignIns::new(world).await;
    let mailbox = desk.mailbox("ada@example.org").await;
    gives(&desk, "second", Some("next"));
    assert_eq!(tokens::renew_due(&desk.world.ctx).await.unwrap(), 0);
    later(&desk, 60);
    assert_eq!(tokens::renew_due(&desk.world.ctx).await.unwrap(), 1);
    assert_eq!(tokens::renew_due(&desk.world.ctx).await.unwrap(), 0);
    let (ctx, manager) = (&desk.world.ctx, &desk.world.manager);
    let details = mailboxes::details(ctx, manager, mailbox).await.unwrap();
    assert_eq!(details.summary.grant.unwrap().refreshed_at, NOW.plus_millis(60 * 60_000));
}

async fn a_permission_that_is_gone_is_told_and_not_asked_for_again(world: World) {
    let desk = SignIns::new(world).await;
    let mailbox = desk.mailbox("ada@example.org").await;
    let grant = grant(&desk, mailbox).await;
    desk.provider.behave(|behaviour| {
        behaviour.token =
            refusal("invalid_grant", "AADSTS50173: The provided grant has expired due to it being revoked");
    });
    later(&desk, 120);
    for _ in 0..2 {
        assert!(matches!(current(&desk, grant).await, Err(Problem::GrantRevoked { .. })));
        assert_eq!(tokens::renew_due(&desk.world.ctx).await.unwrap(), 0);
    }
    assert_eq!(shown(&desk).len(), 1);
    let (ctx, manager) = (&desk.world.ctx, &desk.world.manager);
    let details = mailboxes::details(ctx, manager, mailbox).await.unwrap();
    assert!(matches!(details.summary.grant.unwrap().problem, Some(Problem::GrantRevoked { .. })));
}

async fn an_outage_never_ends_a_permission(world: World) {
    let desk = SignIns::new(world).await;
    let mailbox = desk.mailbox("ada@example.org").await;
    let grant = grant(&desk, mailbox).await;
    desk.provider.behave(|behaviour| behaviour.token = json(503, &json!({})));
    // Due, but not at its end: the token that is there serves.
    later(&desk, 60);
    assert_eq!(current(&desk, grant).await.as_deref(), Ok(ACCESS));
    later(&desk, 60);
    assert!(matches!(current(&desk, grant).await, Err(Problem::ProviderUnavailable { .. })));
    let (ctx, manager) = (&desk.world.ctx, &desk.world.manager);
    let details = mailboxes::details(ctx, manager, mailbox).await.unwrap();
    assert_eq!(details.summary.grant.unwrap().problem, None);
    gives(&desk, "second", Some("next"));
    later(&desk, 2);
    assert_eq!(current(&desk, grant).await.as_deref(), Ok("second"));
}

async fn an_expired_client_secret_is_told_once_for_all_mailboxes(world: World) {
    let desk = SignIns::new(world).await;
    let (ctx, admin, manager) = (&desk.world.ctx, &desk.world.admin, &desk.world.manager);
    let mut all = Vec::new();
    for address in ["ada@example.org", "bob@example.org"] {
        all.push(desk.mailbox(address).await);
    }
    desk.provider.behave(|behaviour| {
        behaviour.token = json(
            401,
            &json!({"error": "invalid_client", "error_description": "AADSTS7000222: The provided client secret keys are expired."}),
        );
    });
    later(&desk, 120);
    assert_eq!(tokens::renew_due(ctx).await.unwrap(), 0);
    for mailbox in &all {
        let details = mailboxes::details(ctx, manager, *mailbox).await.unwrap();
        assert_eq!(details.summary.grant.unwrap().problem, None, "it is not the mailbox's fault");
    }
    let status = applications::get(ctx, admin, OAuthProvider::Microsoft, None).await.unwrap();
    assert!(matches!(status.problem, Some(Problem::ClientSecretExpired { .. })), "{:?}", status.problem);
    assert_eq!(status.mailboxes, 2);

    gives(&desk, "second", Some("next"));
    later(&desk, 2);
    assert_eq!(tokens::renew_due(ctx).await.unwrap(), 2);
    assert_eq!(applications::get(ctx, admin, OAuthProvider::Microsoft, None).await.unwrap().problem, None);
}

async fn a_deleted_mailbox_gives_back_what_nobody_else_rests_on(world: World) {
    let desk = SignIns::google(world).await;
    let first = desk.mailbox("ada@example.org").await;
    let (elsewhere, group) = desk.world.other_workspace().await;
    let mut other = SignIns { world: desk.world, provider: desk.provider, browser: desk.browser };
    let manager = other.world.manager_of(&elsewhere).await;
    let here = std::mem::replace(&mut other.world.manager, manager);
    other.world.workspace = elsewhere;
    other.world.group = group;
    let second = other.mailbox("ada@example.org").await;
    let (ctx, manager) = (&other.world.ctx, &other.world.manager);
    mailboxes::delete(ctx, &here, first).await.unwrap();
    assert_eq!(other.provider.asked("revoke").len(), 0, "the second mailbox rests on the same permission");
    mailboxes::delete(ctx, manager, second).await.unwrap();
    assert_eq!(other.provider.asked("revoke").len(), 1);
}

async fn no_token_is_in_the_database_in_clear(world: World) {
    let desk = SignIns::new(world).await;
    desk.mailbox("ada@example.org").await;
    let everything = everything(&desk.world).await;
    assert!(contains(&everything, b"ada@example.org"), "the search finds what is there");
    for secret in [ACCESS, crate::provider::REFRESH, crate::provider::CODE] {
        assert!(!contains(&everything, secret.as_bytes()), "{secret}");
    }
}

const REFUSING: &str = "S: * OK [CAPABILITY IMAP4rev1 AUTH=XOAUTH2 SASL-IR] ready
    C: AUTHENTICATE XOAUTH2
    S: NO AUTHENTICATE failed.
    ";
const WELCOMING: &str = "S: * OK [CAPABILITY IMAP4rev1 IDLE AUTH=XOAUTH2 SASL-IR] ready
    C: AUTHENTICATE XOAUTH2
    S: OK [CAPABILITY IMAP4rev1 IDLE] Welcome
    C: LIST
    S: * LIST () \"/\" INBOX
    S: OK done
    C: EXAMINE
    S: * 3 EXISTS
    S: * OK [UIDVALIDITY 7] valid
    S: * OK [UIDNEXT 12] next
    S: OK [READ-ONLY] done
    C: SEARCH
    S: * SEARCH
    S: OK done
    C: IDLE
    S: + idling
    C: DONE
    S: OK done
    C: LOGOUT
    S: OK done
    ";

/// Checks the incoming mail of a mailbox at a scripted server; what the page hears, and what is kept.
async fn checked(desk: &mut SignIns, server: &Script) -> (CheckReport, Vec<Event>) {
    let mailbox = desk.mailbox("ada@example.org").await;
    let grant = grant(desk, mailbox).await;
    gives(desk, "second", Some("next"));
    check_with(desk, server, grant).await
}

async fn check_with(desk: &mut SignIns, server: &Script, grant: GrantId) -> (CheckReport, Vec<Event>) {
    desk.world.ctx.dialer = Arc::new(dialer());
    let settings = ServerSettings {
        endpoint: server.endpoint(Security::None),
        method: AuthMethod::XOAuth2,
        email: EmailAddress::parse("ada@example.org").unwrap(),
        username: "ada@example.org".to_owned(),
        folder: "INBOX".to_owned(),
    };
    let plan = Plan::of(Direction::Incoming, settings, Key::Grant(grant));
    let heard = Arc::new(Mutex::new(Vec::new()));
    let sink = Arc::clone(&heard);
    let report = run_with(&desk.world.ctx, &plan, move |event| sink.lock().unwrap().push(event.clone())).await.unwrap();
    let heard = heard.lock().unwrap().clone();
    (report, heard)
}

async fn a_check_shows_nobody_a_refused_token_that_a_fresh_one_replaces(world: World) {
    let mut desk = SignIns::new(world).await;
    let server = Script::serve_in_turn(&[REFUSING, WELCOMING]).await;
    let (report, heard) = checked(&mut desk, &server).await;
    assert!(report.passed(), "{report:?}");
    assert_eq!(heard.iter().filter(|event| matches!(event, Event::Restarted)).count(), 1);
    assert!(!heard.iter().any(|event| matches!(event, Event::Failed { .. })), "{heard:?}");
    let mut folded = CheckReport::planned(Direction::Incoming.protocol(), Security::None);
    heard.into_iter().for_each(|event| folded.apply(event));
    assert_eq!(folded, report, "what was seen live is what is kept");
    assert_eq!(shown(&desk).len(), 1);
}

async fn a_check_gives_up_on_the_second_refused_token(world: World) {
    let mut desk = SignIns::new(world).await;
    let server = Script::serve_in_turn(&[REFUSING, REFUSING]).await;
    let (report, _) = checked(&mut desk, &server).await;
    assert!(matches!(report.problem(), Some((Step::SignIn, Problem::TokenRejected { .. }))), "{report:?}");
    assert_eq!((server.connections(), shown(&desk).len()), (2, 1));
}

async fn a_check_without_a_token_says_why_at_the_sign_in(world: World) {
    let mut desk = SignIns::new(world).await;
    let mailbox = desk.mailbox("ada@example.org").await;
    let grant = grant(&desk, mailbox).await;
    desk.provider.behave(|behaviour| behaviour.token = refusal("invalid_grant", "AADSTS700082: expired"));
    later(&desk, 120);
    let server = Script::serve(WELCOMING).await;
    let (report, _) = check_with(&mut desk, &server, grant).await;
    assert!(matches!(report.problem(), Some((Step::SignIn, Problem::GrantRevoked { .. }))), "{report:?}");
    let others = report.steps.iter().filter(|line| line.step != Step::SignIn);
    assert!(others.clone().all(|line| line.state == StepState::Skipped), "{report:?}");
    assert_eq!(server.connections(), 0, "no server is bothered");
}
