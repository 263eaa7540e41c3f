//! What the table of rights says is what the program does: everybody tries everything, through the program's own
//! router and with real sessions. Attackers try the same addresses in `hardening`.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a world that cannot be made is a failed test")]

mod desk;
mod hardening;
mod table;

use std::collections::BTreeSet;
use std::sync::LazyLock;

use app::app::App;
use axum::http::StatusCode;
use leptos::server_fn::axum::server_fn_paths;
use leptos_axum::generate_route_list;
use tokio::runtime::Runtime;
use tokio::sync::Mutex;

use desk::{Answer, Copy, Desk, Who};
use table::{FUNCTIONS, How, Line, OTHERS, PAGES, Right};

/// One for all tests: what the pages' framework begins for one of them would end with its runtime, while another one
/// waits for it.
static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| Runtime::new().unwrap());

/// One test after the other. To list the routes, as every new router does, keeps all pages of the whole process from
/// loading anything, and a page that begins just then never ends (<https://github.com/leptos-rs/leptos/issues/4773>).
/// The program lists them once, before it listens.
static ALONE: Mutex<()> = Mutex::const_new(());

/// What somebody may expect of a right.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Expected {
    Allowed,
    /// A role is too small.
    Forbidden,
    /// There is no such thing, as far as this person may know.
    NotFound,
    SignedOut,
}

const fn expected(right: Right, who: Who) -> Expected {
    use Expected::{Allowed, Forbidden, NotFound, SignedOut};
    match (right, who) {
        (Right::Token, _) => NotFound,
        (Right::Anybody, _) => Allowed,
        (_, Who::Deactivated | Who::Stranger) => SignedOut,
        (Right::Own, _) | (_, Who::Admin) => Allowed,
        (Right::Account, _) => Forbidden,
        (Right::Look | Right::Manage, Who::Other) => NotFound,
        (Right::Look, _) | (Right::Manage, Who::Manager) => Allowed,
        (Right::Manage, _) => Forbidden,
    }
}

/// What an answer amounts to.
fn amounts_to(line: &Line, answer: &Answer) -> Expected {
    // Pages lead whoever is not signed in to where they can be.
    let led_away = line.how != How::Function
        && answer.status.is_redirection()
        && answer.location.as_deref().is_some_and(|to| to == "/sign-in" || to.starts_with("/sign-in?next="));
    match answer.status {
        _ if led_away => Expected::SignedOut,
        StatusCode::UNAUTHORIZED => Expected::SignedOut,
        StatusCode::FORBIDDEN => Expected::Forbidden,
        StatusCode::NOT_FOUND => Expected::NotFound,
        // Nothing runs in the background here, and that is told to everybody.
        StatusCode::SERVICE_UNAVAILABLE if line.path == "/health/ready" => Expected::Allowed,
        status => {
            assert!(!status.is_server_error(), "{line:?}: {answer:?}");
            Expected::Allowed
        }
    }
}

async fn ask(copy: &Copy<'_>, who: Who, line: &Line) -> Answer {
    match line.how {
        How::Function => copy.ask(who, "POST", &format!("/api/{}", line.path), line.body).await,
        How::Get => copy.ask(who, "GET", &example(line.path), "").await,
        How::Post => copy.ask(who, "POST", line.path, line.body).await,
    }
}

/// An address of a route: what the router writes as `:name`, `{name}` or a folder.
fn example(path: &str) -> String {
    match path {
        "/pkg" => return "/pkg/postroom.css".to_owned(),
        "/api/{*function}" => return "/api/nonsense".to_owned(),
        "/oauth/callback" | "/sso/callback" => return format!("{path}?state=nonsense&code=nonsense"),
        _ => {}
    }
    let own = path.starts_with("/account/relay/");
    path.split('/')
        .map(|part| match part {
            "{format}" => "csv",
            ":kind" => "bad_credentials",
            ":token" => "nonsense",
            ":outcome" => "given",
            ":provider" => "microsoft",
            ":identity_provider" => "{identity_provider}",
            ":delivery" if own => "{own_delivery}",
            ":delivery" => "{delivery}",
            ":workspace" => "{workspace}",
            ":mailbox" => "{mailbox}",
            ":draft" => "{draft}",
            ":person" => "{person}",
            ":domain" => "{domain}",
            ":company" => "{company}",
            ":of" => "workspace",
            part => part,
        })
        .collect::<Vec<_>>()
        .join("/")
}

/// Everybody tries every line; whoever is refused changes nothing.
async fn everybody_tries(lines: &[Line]) {
    let _alone = ALONE.lock().await;
    let desk = Desk::new().await;
    for line in lines {
        let (allowed, refused): (Vec<Who>, Vec<Who>) =
            Who::ALL.into_iter().partition(|&who| expected(line.right, who) == Expected::Allowed);
        let mut copy = desk.open().await;
        let before = copy.stored().await;
        for who in refused {
            let answer = ask(&copy, who, line).await;
            assert_eq!(amounts_to(line, &answer), expected(line.right, who), "{who:?} {line:?}: {answer:?}");
            assert_eq!(copy.stored().await, before, "{who:?} has changed something by {line:?}");
            let told = copy.new_refusals().await;
            let forbidden = answer.status == StatusCode::FORBIDDEN;
            assert_eq!(!told.is_empty(), forbidden, "{who:?} {line:?}: the audit log was told {told:?}");
        }
        for (number, who) in allowed.into_iter().enumerate() {
            // What one may do once is there for everybody once.
            if number > 0 && line.how != How::Get {
                copy = desk.open().await;
            }
            let answer = ask(&copy, who, line).await;
            assert_eq!(amounts_to(line, &answer), Expected::Allowed, "{who:?} {line:?}: {answer:?}");
            assert_eq!(copy.new_refusals().await, [""; 0], "{who:?} {line:?}: what one may do is no refusal");
        }
    }
}

fn missing_and_gone(there: BTreeSet<String>, lines: &[Line]) {
    let told: BTreeSet<String> = lines.iter().map(|line| line.path.to_owned()).collect();
    let missing: Vec<_> = there.difference(&told).collect();
    let gone: Vec<_> = told.difference(&there).collect();
    assert!(missing.is_empty(), "app/tests/rights/table.rs does not say who may use {missing:?}");
    assert!(gone.is_empty(), "app/tests/rights/table.rs has lines about what is gone: {gone:?}");
}

#[test]
fn every_server_function_has_its_line() {
    let there: BTreeSet<String> =
        server_fn_paths().map(|(path, _)| path.strip_prefix("/api/").unwrap_or(path).to_owned()).collect();
    assert!(there.len() > 50, "{there:?}");
    missing_and_gone(there, FUNCTIONS);
}

#[test]
fn every_page_has_its_line() {
    let _alone = ALONE.blocking_lock();
    let _owner = leptos::prelude::Owner::new_root(None);
    // The list is written as axum reads it: `{name}` where a page's own route says `:name`.
    let there = generate_route_list(App).iter().map(|route| route.path().replace('{', ":").replace('}', "")).collect();
    missing_and_gone(there, PAGES);
}

#[test]
fn every_other_address_has_its_line() {
    // axum does not tell which routes it has; where they are written does.
    let source = include_str!("../../src/web/router.rs");
    let calls = [".route(\"", ".route_service(\"", ".nest_service(\""];
    let there: BTreeSet<String> = source
        .lines()
        .filter_map(|line| calls.iter().find_map(|call| line.trim().strip_prefix(call)))
        .map(|rest| rest.split('"').next().unwrap_or_default().to_owned())
        .collect();
    let written = source.matches(".route").count() + source.matches(".nest").count() + source.matches(".merge").count();
    // Besides those there are the joining of both halves and nothing else.
    assert_eq!(written, there.len() + 1, "a route is written in another way than this test reads");
    missing_and_gone(there, OTHERS);
}

#[test]
fn everybody_may_call_what_the_table_says_and_nothing_else() {
    RUNTIME.block_on(everybody_tries(FUNCTIONS));
}

#[test]
fn everybody_sees_the_pages_that_the_table_says_and_no_others() {
    RUNTIME.block_on(everybody_tries(PAGES));
}

#[test]
fn every_page_is_made_once() {
    RUNTIME.block_on(async {
        let _alone = ALONE.lock().await;
        let desk = Desk::new().await;
        let copy = desk.open().await;
        // Each question that a page asks has a number, and its answer goes with the page.
        let questions = |page: &str| page.split("__PENDING_RESOURCES=").nth(1)?.split(';').next().map(str::to_owned);
        let (mut asked, mut twice) = (0, Vec::new());
        for line in PAGES {
            let first = questions(&ask(&copy, Who::Admin, line).await.text);
            asked += usize::from(first.as_deref().is_some_and(|numbers| numbers != "[]"));
            for _ in 0..4 {
                // A page that is made twice, as it may happen, has questions with further numbers.
                if questions(&ask(&copy, Who::Admin, line).await.text) != first {
                    twice.push(line.path);
                    break;
                }
            }
        }
        assert!(twice.is_empty(), "made more than once: {twice:#?}");
        assert!(asked > 30, "{asked} pages ask for something");
    });
}

#[test]
fn everybody_reaches_the_other_addresses_that_the_table_says_and_no_others() {
    RUNTIME.block_on(everybody_tries(OTHERS));
}
