//! What attackers try, at every address of the table, through the program's own router.

use std::collections::BTreeSet;
use std::num::NonZeroU32;

use axum::http::{HeaderMap, StatusCode, header};
use mail_parser::MessageParser;
use postroom_server::Config;
use postroom_server::model::{
    CheckReport, Direction, DomainReport, Event, Health, Line as Said, Part, Party, Problem, ProviderTrouble,
    ProviderTroubleKind, Security, Step, Timestamp,
};

use crate::desk::{Answer, Copy, Desk, Who};
use crate::table::{FUNCTIONS, How, Line, OTHERS, PAGES, Right};
use crate::{ALONE, RUNTIME, ask, example};

const OURS: (&str, &str) = ("sec-fetch-site", "same-origin");

fn with_a_desk(test: impl AsyncFnOnce(Desk)) {
    RUNTIME.block_on(async {
        let _alone = ALONE.lock().await;
        test(Desk::new().await).await;
    });
}

/// Every address that changes something.
fn changing() -> impl Iterator<Item = &'static Line> {
    FUNCTIONS.iter().chain(OTHERS).filter(|line| line.how != How::Get)
}

fn path(line: &Line) -> String {
    if line.how == How::Function { format!("/api/{}", line.path) } else { example(line.path) }
}

// ---- other sites -----------------------------------------------------------------------------------------------------

#[test]
fn another_site_makes_nobodys_browser_change_anything() {
    with_a_desk(async |desk| {
        let copy = desk.open().await;
        let before = copy.stored().await;
        for line in changing() {
            for said in [
                &[("sec-fetch-site", "cross-site")][..],
                &[("sec-fetch-site", "same-site")],
                // What a bookmark or another program says.
                &[("sec-fetch-site", "none")],
                &[("origin", "https://evil.example")],
                &[("origin", "null")],
                &[("origin", "http://localhost.evil.example")],
                // Nothing at all.
                &[],
                // What says nothing about the page that asks.
                &[("referer", "http://localhost/")],
            ] {
                let answer = copy.send(Who::Admin, "POST", &path(line), line.body, said).await;
                assert_eq!(answer.status, StatusCode::FORBIDDEN, "{line:?} {said:?}: {answer:?}");
            }
        }
        assert_eq!(copy.stored().await, before);
    });
}

#[test]
fn reading_an_address_changes_nothing() {
    with_a_desk(async |desk| {
        let copy = desk.open().await;
        let before = copy.stored().await;
        // A link, or a picture on another site, is a GET with the reader's cookie.
        for line in FUNCTIONS {
            let answer = copy.send(Who::Admin, "GET", &format!("/api/{}?{}", line.path, line.body), "", &[]).await;
            assert!(!answer.status.is_success(), "{line:?}: {answer:?}");
            assert_eq!(copy.stored().await, before, "{line:?}");
        }
    });
}

#[test]
fn no_other_site_frames_an_address_of_ours_or_runs_its_own_in_it() {
    with_a_desk(async |desk| {
        let copy = desk.open().await;
        for line in PAGES.iter().chain(OTHERS).chain(FUNCTIONS) {
            let answer = ask(&copy, Who::Admin, line).await;
            let said = |name: &str| answer.headers.get(name).map(|value| value.to_str().unwrap()).unwrap_or_default();
            let policy = said("content-security-policy");
            for piece in ["frame-ancestors 'none'", "default-src 'none'", "base-uri 'none'"] {
                assert!(policy.contains(piece), "{line:?}: {policy}");
            }
            for careless in ["unsafe-inline", "unsafe-eval' ", "unsafe-eval';", "http:", "https:", "*"] {
                let policy = policy.replace("'wasm-unsafe-eval'", "");
                assert!(!policy.contains(careless), "{line:?}: {policy}");
            }
            assert_eq!(said("x-frame-options"), "DENY", "{line:?}");
            assert_eq!(said("x-content-type-options"), "nosniff", "{line:?}");
            assert!(["same-origin", "no-referrer"].contains(&said("referrer-policy")), "{line:?}");
            let is_file = line.path.starts_with("/pkg") || line.path.starts_with("/favicon");
            assert_eq!(said("cache-control"), if is_file { "no-cache" } else { "no-store" }, "{line:?}");
        }
    });
}

// ---- sessions --------------------------------------------------------------------------------------------------------

fn cookies(headers: &HeaderMap) -> Vec<&str> {
    headers.get_all(header::SET_COOKIE).iter().map(|cookie| cookie.to_str().unwrap()).collect()
}

fn session_in(answer: &Answer) -> Option<&str> {
    cookies(&answer.headers).into_iter().find(|cookie| cookie.starts_with("postroom_session="))
}

const RIGHT_PASSWORD: &str = "email=ada@example.com&password=correct+horse+battery";

#[test]
fn a_session_that_was_planted_before_the_sign_in_is_worth_nothing_after_it() {
    with_a_desk(async |desk| {
        let copy = desk.open().await;
        // A stranger gets a session of their own on the way to a provider: this is what could be planted.
        let begun = copy.ask(Who::Stranger, "POST", "/sso/begin", "provider={identity_provider}").await;
        let planted = session_in(&begun).expect("a session of a stranger").split(';').next().unwrap();
        let signed_in =
            copy.send(Who::Stranger, "POST", "/api/sign_in", RIGHT_PASSWORD, &[OURS, ("cookie", planted)]).await;
        let new = session_in(&signed_in).expect("a new cookie").split(';').next().unwrap();
        assert_ne!(new, planted);
        for (cookie, status) in [(planted, StatusCode::UNAUTHORIZED), (new, StatusCode::OK)] {
            let answer = copy.send(Who::Stranger, "POST", "/api/own_account", "", &[OURS, ("cookie", cookie)]).await;
            assert_eq!(answer.status, status, "{answer:?}");
        }
        // One that was made up is not taken over either.
        let made_up = "postroom_session=AAAAAAAAAAAAAAAAAAAAAA";
        let signed_in =
            copy.send(Who::Stranger, "POST", "/api/sign_in", RIGHT_PASSWORD, &[OURS, ("cookie", made_up)]).await;
        assert_ne!(session_in(&signed_in).expect("a new cookie").split(';').next(), Some(made_up));
    });
}

#[test]
fn cookies_are_for_this_host_and_out_of_reach_of_scripts() {
    with_a_desk(async |desk| {
        for (url, secure) in [(None, false), (Some("https://desk.example.com"), true)] {
            let config = Config { public_url: url.map(|url| url.parse().unwrap()), ..Config::default() };
            let copy = desk.open_with(config, NonZeroU32::new(10).unwrap()).await;
            let signed_in = copy.ask(Who::Stranger, "POST", "/api/sign_in", RIGHT_PASSWORD).await;
            let cookie = session_in(&signed_in).expect("a cookie").to_ascii_lowercase();
            for attribute in ["httponly", "samesite=lax", "path=/"] {
                assert!(cookie.split("; ").any(|part| part == attribute), "{attribute}: {cookie}");
            }
            assert!(!cookie.contains("domain="), "{cookie}");
            assert_eq!(cookie.split("; ").any(|part| part == "secure"), secure, "{cookie}");
            let chosen = copy.ask(Who::Stranger, "POST", "/language", "language=ko&back=/").await;
            let chosen = cookies(&chosen.headers).join("\n").to_ascii_lowercase();
            assert!(chosen.contains("samesite=lax"), "{chosen}");
        }
    });
}

// ---- redirects -------------------------------------------------------------------------------------------------------

/// Addresses that look like ours and lead elsewhere, as they stand in a query.
const ELSEWHERE: [&str; 12] = [
    "https://evil.example/",
    "//evil.example/",
    "///evil.example/",
    "/\\evil.example/",
    "\\\\evil.example/",
    "/%09/evil.example/",
    "%09//evil.example/",
    "/%0a/evil.example/",
    "/%0d%0aLocation:%20https://evil.example/",
    "https:evil.example",
    "javascript:alert(1)",
    "data:text/html,evil",
];

/// Where a browser that is at our own address lands.
fn landing(to: &str) -> url::Url {
    url::Url::parse("http://localhost/sign-in").unwrap().join(to).unwrap_or_else(|error| panic!("{to}: {error}"))
}

#[test]
fn nobody_is_led_to_another_site() {
    with_a_desk(async |desk| {
        let copy = desk.open().await;
        let mut led = 0;
        for to in ELSEWHERE {
            for (who, method, path, body) in [
                (Who::Stranger, "POST", "/api/sign_in".to_owned(), format!("{RIGHT_PASSWORD}&next={to}")),
                (Who::Stranger, "POST", "/api/sign_in".to_owned(), format!("email=a@b.example&password=x&next={to}")),
                (Who::Admin, "GET", format!("/sign-in?next={to}"), String::new()),
                (Who::Stranger, "GET", format!("/sign-in?next={to}"), String::new()),
                (Who::Stranger, "POST", "/language".to_owned(), format!("language=ko&back={to}")),
                (Who::Stranger, "POST", "/sso/begin".to_owned(), format!("provider={{identity_provider}}&next={to}")),
                (Who::Stranger, "GET", format!("/oauth/callback?state={to}&code={to}"), String::new()),
                (Who::Stranger, "GET", format!("/sso/callback?state={to}&code={to}"), String::new()),
                (Who::Stranger, "POST", "/api/activate_mailbox".to_owned(), format!("token={to}")),
                (
                    Who::Manager,
                    "POST",
                    "/api/pause_mailbox".to_owned(),
                    format!("workspace={to}&mailbox=1&paused=true"),
                ),
            ] {
                // Leptos leads a form without JavaScript back to where it says it came from.
                let from = [OURS, ("referer", "https://evil.example/"), ("accept", "text/html")];
                let answer = copy.send(who, method, &path, &body, &from).await;
                if let Some(to) = &answer.location {
                    led += 1;
                    assert_eq!(landing(to).origin(), landing("/").origin(), "{path} {body}: {to}");
                }
                let offered = answer.text.to_ascii_lowercase();
                for attribute in ["href=\"", "action=\"", "content=\"0; url="] {
                    for piece in offered.split(attribute).skip(1) {
                        let to = piece.split('"').next().unwrap_or_default();
                        let leads = landing(to);
                        let known = leads.host_str() != Some("evil.example") && leads.scheme().starts_with("http");
                        assert!(known || leads.scheme() == "mailto", "{path} {body}: {to}");
                    }
                }
            }
        }
        assert!(led > 50, "{led} redirects were looked at");
    });
}

// ---- strangers -------------------------------------------------------------------------------------------------------

#[test]
fn an_address_with_an_account_is_answered_like_one_without() {
    with_a_desk(async |desk| {
        let copy = desk.open().await;
        for (path, body) in [("/api/sign_in", "password=wrong&email="), ("/api/forgot_password", "email=")] {
            let mut answers = BTreeSet::new();
            for email in ["ada@example.com", "nobody@example.com", "deactivated@example.com", "asked@example.com"] {
                let answer = copy.ask(Who::Stranger, "POST", path, &format!("{body}{email}")).await;
                let seen = format!("{} {:?} {}", answer.status, answer.location, answer.text);
                answers.insert(seen.replace(&email.replace('@', "%40"), "…").replace(email, "…"));
            }
            assert_eq!(answers.len(), 1, "{path}: {answers:?}");
        }
    });
}

/// What a stranger may repeat: it reads what is public and costs no more than a page.
const HARMLESS: [&str; 8] = [
    "setup_needed",
    "ways_in",
    "sign_out",
    // Without a password before it, there is nothing to guess.
    "enter_code",
    "code_awaited",
    "catalogue",
    "problem",
    "/language",
];

#[test]
fn whatever_a_stranger_can_repeat_is_braked() {
    with_a_desk(async |desk| {
        for line in changing().filter(|line| matches!(line.right, Right::Anybody | Right::Token)) {
            if HARMLESS.contains(&line.path) {
                continue;
            }
            let copy = desk.open_with(Config::default(), NonZeroU32::new(10).unwrap()).await;
            let mut braked = None;
            for attempt in 1..=60 {
                let here = [192, 0, 2, 7];
                let answer = copy.send_from(here, Who::Stranger, "POST", &path(line), line.body, &[OURS]).await;
                let waits = |to: &String| to.contains("wait=");
                if answer.status == StatusCode::TOO_MANY_REQUESTS || answer.location.as_ref().is_some_and(waits) {
                    braked = Some(attempt);
                    break;
                }
            }
            assert!(braked.is_some(), "{line:?} can be repeated for ever");
        }
    });
}

// ---- what others wrote -----------------------------------------------------------------------------------------------

fn evil(number: usize) -> String {
    format!("\"'></title></script></textarea><img src=x{number} onerror=alert(1)>")
}

/// A problem with the words of somebody else's server.
fn problem(number: usize) -> Problem {
    Problem::BadCredentials { reply: evil(number) }
}

fn json(value: &impl serde::Serialize) -> String {
    serde_json::to_string(value).unwrap()
}

/// Writes into every place whose text comes from outside; the numbers of what must be seen on some page.
async fn write_everywhere(copy: &Copy<'_>) -> Vec<(&'static str, usize)> {
    let mut report = CheckReport::planned(Direction::Incoming.protocol(), Security::None);
    let line = |number| Event::Line(Said { at_millis: 1, from: Party::Server, text: evil(number) });
    report.apply(line(10));
    report.apply(Event::Failed { step: Step::Resolve, millis: 1, problem: problem(11), remedy: None });
    report.apply(Event::Ended { millis: 2 });
    let identity = serde_json::json!({
        "issuer": "https://login.example", "subject": "1", "email": evil(12), "name": evil(13),
    });
    let trouble = ProviderTrouble { kind: ProviderTroubleKind::NotAProvider, detail: evil(14) };
    let failing = Health::Failing { since: Timestamp(0), problem: problem(15) };
    fn part<V>(number: usize) -> Part<V> {
        Part { verdict: None, found: vec![evil(number)], seen_at: Some(Timestamp(0)), unanswered: Some(evil(number)) }
    }
    let dns = DomainReport { spf: part(16), dkim: part(17), dmarc: part(18), mx: part(19) };
    let places: [(&'static str, &'static str, usize, String); 21] = [
        ("a person's name", "UPDATE users SET name = $1", 1, evil(1)),
        ("a workspace's name", "UPDATE workspaces SET name = $1 WHERE id = 1", 2, evil(2)),
        ("a group's name", "UPDATE agent_groups SET name = $1", 3, evil(3)),
        ("a mailbox's name", "UPDATE mailboxes SET name = $1", 4, evil(4)),
        ("a company's name", "UPDATE companies SET name = $1", 5, evil(5)),
        ("a provider's name", "UPDATE identity_providers SET name = $1, form = json_set(form, '$.name', $1)", 6, evil(6)),
        ("a guest's name", "UPDATE invitations SET name = $1 WHERE accepted_at IS NULL", 7, evil(7)),
        ("what a browser calls itself", "UPDATE sessions SET agent = $1", 8, evil(8)),
        ("a mail's subject", "UPDATE deliveries SET subject = $1", 9, evil(9)),
        ("a transcript", "UPDATE mailbox_servers SET report = $1 WHERE direction = 'incoming'", 10, json(&report)),
        ("a server's reply", "UPDATE mailbox_servers SET problem = $1", 11, json(&problem(11))),
        ("the name of whoever signed in", "UPDATE grants SET identity = $1", 12, json(&identity)),
        ("a provider's words", "UPDATE identity_providers SET trouble_since = 0, trouble = $1", 14, json(&trouble)),
        ("the health of a mailbox", "INSERT OR REPLACE INTO watches (mailbox_id, direction, state, health, due_at)
             SELECT mailbox_id, 'incoming', 'failing', $1, 0 FROM grants", 15, json(&failing)),
        ("what the DNS says", "INSERT OR REPLACE INTO sender_domains (domain, selector, public_key, private_key, report, looked_at, due_at)
             SELECT substr(address, instr(address, '@') + 1), 's', 'k', x'00', $1, 0, 0 FROM mailboxes
             WHERE kind = 'default' LIMIT 1", 16, json(&dns)),
        ("a delivery's problem", "UPDATE deliveries SET attempts = 1, problem = $1", 20, json(&problem(20))),
        (
            "what happened to a mailbox",
            "INSERT INTO health_events (mailbox_id, direction, what, problem, at, lasted_millis)
             SELECT mailbox_id, 'incoming', 'went_down', $1, unixepoch() * 1000 - 60000, NULL FROM grants",
            21,
            json(&problem(21)),
        ),
        (
            "the subject of a mail that came",
            "INSERT INTO received (mailbox_id, file, recipient, sender, remote_address, helo, tls, size, message_id,
                                   subject, author, received_at)
             SELECT id, '00/0', 'x@y.example', '', '192.0.2.1', 'x', 0, 1, NULL, $1, $1, 0 FROM mailboxes
             WHERE kind = 'default'",
            22,
            evil(22),
        ),
        (
            "why a sign-in was refused",
            "INSERT INTO sign_ins (mailbox_id, refused) SELECT mailbox_id, $1 FROM grants",
            23,
            json(&Problem::ProviderRefused { reply: evil(23) }),
        ),
        (
            "why an application does not work",
            "INSERT INTO oauth_application_problems (provider, problem, since) VALUES ('google', $1, 0)",
            24,
            json(&Problem::ProviderRefused { reply: evil(24) }),
        ),
        (
            "whom somebody said they were",
            "INSERT INTO audit_log (at, actor, actor_name, action, subject, changes, searched)
             VALUES (1, '{\"kind\":\"shell\"}', '', 'sign_in_refused', $1, '[]', '')",
            25,
            evil(25),
        ),
    ];
    let mut written = Vec::new();
    for (place, statement, number, text) in places {
        copy.store(statement, &text).await;
        written.push((place, number));
    }
    written
}

/// What pages tell in words of their own: the browsers that are known, and what kind of problem it was.
const NOT_QUOTED: [&str; 3] = ["what a browser calls itself", "the health of a mailbox", "what happened to a mailbox"];

#[test]
fn what_others_wrote_is_text_on_every_page() {
    with_a_desk(async |desk| {
        let copy = desk.open().await;
        let written = write_everywhere(&copy).await;
        let mut seen = String::new();
        let pages = PAGES.iter().map(|line| (Who::Admin, example(line.path)));
        // Two of a kind that look different, and what strangers see.
        let more = [
            (Who::Admin, "/admin/{workspace}/channels/email/mailboxes/{primary}"),
            (Who::Admin, "/account/sign-in/google"),
            (Who::Stranger, "/sign-in"),
        ];
        for (who, page) in pages.chain(more.map(|(who, page)| (who, page.to_owned()))) {
            let answer = copy.ask(who, "GET", &page, "").await;
            assert!(!answer.status.is_server_error(), "{page}: {answer:?}");
            assert!(!answer.text.contains("<img src=x"), "{page}: {}", answer.text);
            assert!(!answer.text.contains("'></title>"), "{page}: {}", answer.text);
            seen.push_str(&answer.text);
        }
        let unseen: Vec<_> = written
            .into_iter()
            .filter(|(_, number)| !seen.contains(&format!("&lt;img src=x{number} onerror=alert(1)&gt;")))
            .filter(|(place, _)| !NOT_QUOTED.contains(place))
            .collect();
        assert!(unseen.is_empty(), "no page shows {unseen:?}");
    });
}

#[test]
fn what_others_wrote_adds_no_header_and_no_recipient_to_a_mail() {
    with_a_desk(async |desk| {
        let copy = desk.open().await;
        let name = "Eve\r\nBcc: evil@evil.example\r\nX-Evil: yes\r\n\r\n<b>Eve</b>";
        for statement in [
            "UPDATE users SET name = $1",
            "UPDATE workspaces SET name = $1 WHERE id = 1",
            "UPDATE mailboxes SET name = $1",
            "UPDATE invitations SET name = $1 WHERE accepted_at IS NULL",
        ] {
            copy.store(statement, name).await;
        }
        for (path, body) in [
            ("/api/invite_person", "email=new@example.com&name=Guest&scope=workspaces&roles[{workspace_id}]=viewer"),
            ("/api/send_invitation_again", "id={invitation}"),
            ("/api/send_activation", "workspace={workspace}&mailbox={mailbox}"),
            ("/api/send_relay_test", "to=ada@example.com"),
            ("/api/send_test_alert", ""),
        ] {
            let answer = copy.ask(Who::Admin, "POST", path, body).await;
            assert!(answer.status.is_success() || answer.status.is_redirection(), "{path}: {answer:?}");
        }
        // This one waits for its mail to come back, and nobody sends any here.
        let before = copy.queued().await.len();
        tokio::select! {
            answer = copy.ask(Who::Admin, "POST", "/api/send_test_mail", "workspace={workspace}&mailbox={mailbox}") => {
                panic!("a test mail has come back: {answer:?}")
            }
            () = async {
                while copy.queued().await.len() == before {
                    tokio::task::yield_now().await;
                }
            } => {}
        }
        let queued = copy.queued().await;
        assert!(queued.len() >= 7, "{} mails", queued.len());
        let mut names = 0;
        for (message, recipients) in queued {
            let parsed = MessageParser::default().parse(&message).expect("a message");
            let shown = String::from_utf8_lossy(&message);
            for added in ["Bcc", "Cc", "X-Evil"] {
                assert!(parsed.header(added).is_none(), "{added}: {shown}");
            }
            assert!(!recipients.contains("evil"), "{recipients}");
            let once =
                |name: &str| parsed.headers().iter().filter(|header| header.name().eq_ignore_ascii_case(name)).count();
            for name in ["From", "To", "Subject", "Date", "Message-ID"] {
                assert_eq!(once(name), 1, "{name}: {shown}");
            }
            let author = parsed.from().and_then(|from| from.first()).and_then(|from| from.name());
            names += usize::from(author.is_some_and(|name| name.contains("Eve")));
        }
        assert!(names > 0, "no mail has such a name in its headers");
        // What is typed into the forms that lead to mails.
        for (path, body) in [
            ("/api/forgot_password", "email="),
            ("/api/send_relay_test", "to="),
            ("/api/invite_person", "scope=account&email="),
        ] {
            let before = copy.queued().await.len();
            let body = format!("{body}ada%40example.com%0D%0ABcc:%20evil%40evil.example");
            let answer = copy.ask(Who::Admin, "POST", path, &body).await;
            assert!(!answer.status.is_server_error(), "{path}: {answer:?}");
            assert_eq!(copy.queued().await.len(), before, "{path}");
        }
    });
}

// ---- our own mistakes ------------------------------------------------------------------------------------------------

#[test]
fn an_error_of_ours_tells_nothing_about_our_inside() {
    with_a_desk(async |desk| {
        let copy = desk.open().await;
        copy.lose_the_database().await;
        let mut failed = 0;
        for line in PAGES.iter().chain(FUNCTIONS).chain(OTHERS) {
            let answer = ask(&copy, Who::Admin, line).await;
            failed += usize::from(answer.status.is_server_error());
            // Whoever is told that they are signed out leaves the page and loses what they typed.
            assert_ne!(answer.status, StatusCode::UNAUTHORIZED, "{line:?}");
            let to = answer.location.as_deref().unwrap_or_default();
            assert!(!to.starts_with("/sign-in"), "{line:?} leads to {to}");
            let text = answer.text.to_ascii_lowercase();
            for inside in ["sqlx", "sqlite", "insert into", "panicked", ".rs:", "closed pool", "poolclosed"] {
                assert!(!text.contains(inside), "{line:?} says {inside:?}: {answer:?}");
            }
        }
        assert!(failed > 40, "{failed} requests failed");
    });
}
