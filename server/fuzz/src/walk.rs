//! A whole walk to a server that says anything: from the greeting to the folder, or to the sender.
//!
//! The walk ends; what is returned is what is shown; no secret is told, in any form. And where the connection is to
//! become encrypted by STARTTLS, no form of the secret ever leaves in clear, whatever the server says. In a mailbox that
//! opens one message is looked for, read and taken away: nothing is deleted that was not shown under its name.
//!
//! The first byte of an input says how the visitor comes. The rest is what the server says: up to the first `\x1e` as
//! its greeting, and one such piece more whenever it has heard something. Behind the last piece it hangs up.

use std::sync::{Arc, LazyLock, Mutex};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use postroom_server::{
    imap::{self, listing::FolderName},
    login::Login,
    model::{AuthMethod, CheckReport, EmailAddress, Endpoint, Problem, Protocol, Security, StepState},
    net::{DialOptions, Dialer, Trace, Wire, masks},
    smtp,
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt, DuplexStream},
    runtime::{Builder, Runtime},
};

/// Ends what a server says in one breath.
const BREATH: u8 = 0x1e;
const SECRET: &str = "korrekt\"Pferd9Batterie";
/// Of the message that is looked for.
const MESSAGE_ID: &str = "<own@postroom>";
const USERNAME: &str = "support@example.com";
/// No report of such short conversations is larger: as JSON, in bytes.
const MAX_REPORT_BYTES: usize = 300_000;

pub const IMAP_WORDS: [&str; 25] = [
    "\x1e",
    "* OK ",
    "* PREAUTH ",
    "* BYE ",
    "A1 OK ",
    "A2 OK ",
    "A3 NO ",
    "A4 BAD ",
    "+ \r\n",
    "* CAPABILITY IMAP4rev1 ",
    "[CAPABILITY IMAP4rev1 SASL-IR AUTH=PLAIN STARTTLS IDLE ID LITERAL+]",
    "AUTH=LOGIN ",
    "LOGINDISABLED ",
    "* LIST () \"/\" INBOX\r\n",
    "* 3 EXISTS\r\n",
    "* SEARCH 1 2 3\r\n",
    "* 3 FETCH (UID 3 BODY[HEADER.FIELDS (MESSAGE-ID)] {30}\r\n",
    "Message-ID: <own@postroom>\r\n\r\n",
    "[UIDVALIDITY 7]",
    "{4}\r\n",
    "\r\n",
    "korrekt\"Pferd9Batterie",
    "a29ycmVrdCJQZmVyZDlCYXR0ZXJpZQ==",
    "\x00",
    "\x01",
];
pub const SMTP_WORDS: [&str; 20] = [
    "\x1e",
    "220 ",
    "220-",
    "250 ",
    "250-",
    "250 ok\r\n",
    "235 ",
    "334 ",
    "421 ",
    "454 ",
    "535 5.7.8 ",
    "550 ",
    "250-STARTTLS\r\n",
    "250-PIPELINING\r\n",
    "250 AUTH PLAIN LOGIN XOAUTH2\r\n",
    "\r\n",
    "korrekt\"Pferd9Batterie",
    "a29ycmVrdCJQZmVyZDlCYXR0ZXJpZQ==",
    "\x00",
    "\x02",
];

/// The target for IMAP.
pub fn imap(data: &[u8]) {
    walk(Protocol::Imap, data);
}

/// The target for SMTP.
pub fn smtp(data: &[u8]) {
    walk(Protocol::Smtp, data);
}

/// May go nowhere: second visits fail at once.
static DIALER: LazyLock<(Runtime, Dialer)> = LazyLock::new(|| {
    let runtime = Builder::new_current_thread().enable_all().build().expect("a runtime can be made");
    let dialer = runtime.block_on(async { Dialer::new(DialOptions::default()) }).expect("a dialer can be made");
    (runtime, dialer)
});

fn walk(protocol: Protocol, data: &[u8]) {
    let (&how, said) = data.split_first().unwrap_or((&0, &[]));
    let security = [Security::StartTls, Security::Tls, Security::None][usize::from(how & 3).min(2)];
    let methods = [AuthMethod::Plain, AuthMethod::Login, AuthMethod::XOAuth2, AuthMethod::OAuthBearer];
    let method = methods[usize::from(how >> 2 & 3)];
    let (_, dialer) = &*DIALER;
    let runtime = Builder::new_current_thread().enable_all().start_paused(true).build();
    let (failed, report, heard) =
        runtime.expect("a runtime can be made").block_on(visit(dialer, protocol, security, method, said));

    assert_eq!(report.problem().map(|(_, problem)| problem), failed.as_ref(), "what is shown is what is returned");
    assert!(report.steps.iter().all(|line| line.state != StepState::Running), "a step has no end");
    assert_eq!(report.passed(), failed.is_none());
    let told = serde_json::to_string(&report).expect("a report is JSON");
    assert!(told.len() <= MAX_REPORT_BYTES, "a report of {} bytes", told.len());
    let told = told.replace("\\\"", "\"").replace("\\\\", "\\");
    let in_clear = String::from_utf8_lossy(&heard);
    if in_clear.contains("UID STORE") {
        assert!(String::from_utf8_lossy(said).contains(MESSAGE_ID), "a message is deleted that nobody has named");
    }
    for form in forms() {
        assert!(!told.contains(&form), "{form:?} is told: {told}");
        assert!(security != Security::StartTls || !in_clear.contains(&form), "{form:?} is said in clear: {in_clear}");
    }
}

async fn visit(
    dialer: &Dialer,
    protocol: Protocol,
    security: Security,
    method: AuthMethod,
    said: &[u8],
) -> (Option<Problem>, CheckReport, Vec<u8>) {
    let (ours, theirs) = tokio::io::duplex(1 << 20);
    let breaths: Vec<Vec<u8>> = said.split(|&byte| byte == BREATH).map(<[u8]>::to_vec).collect();
    let server = tokio::spawn(speak(theirs, breaths));
    // The dialer's own steps are not walked over a pipe.
    let mut planned = CheckReport::planned(protocol, security);
    planned.steps.retain(|line| !DIALED.contains(&line.step));
    let report = Arc::new(Mutex::new(planned));
    let sink = Arc::clone(&report);
    let trace = Trace::to(move |event| sink.lock().expect("nobody panics with it").apply(event));
    // As a check does it before anything is said.
    masks::forms(SECRET).iter().for_each(|form| trace.hide(form));
    let endpoint = Endpoint::new("127.0.0.1".to_owned(), 1, security);
    let login = Login { username: USERNAME.to_owned(), secret: SECRET.into(), method };
    let wire = Wire::new(ours, trace.clone());
    let failed = match protocol {
        Protocol::Imap => match imap::open_over(dialer, wire, &endpoint, &login, "INBOX", &trace).await {
            Ok(mut session) => {
                // What goes wrong here is told to whoever asked, and is no part of the walk.
                drop(errand(&mut session).await);
                session.close().await;
                None
            }
            Err(problem) => Some(problem),
        },
        Protocol::Smtp => {
            let sender = EmailAddress::parse(USERNAME).expect("an address");
            match smtp::open_over(wire, dialer, &endpoint, &login, &sender).await {
                Ok(session) => {
                    session.close().await;
                    None
                }
                Err(problem) => Some(problem),
            }
        }
    };
    trace.end();
    let heard = server.await.expect("the server does not panic");
    let report = report.lock().expect("nobody panics with it").clone();
    (failed, report, heard)
}

/// Everything that is done with a message of our own.
async fn errand(session: &mut imap::Session) -> Result<(), Problem> {
    let found = session.find(MESSAGE_ID).await?;
    for uid in session.with_id(&found, MESSAGE_ID).await? {
        assert!(found.contains(&uid), "a message that nobody has found");
        session.peek(uid).await?;
    }
    session.remove(&FolderName::inbox(), MESSAGE_ID).await.map(drop)
}

const DIALED: [postroom_server::model::Step; 3] = {
    use postroom_server::model::Step::{Connect, Resolve, Tls};
    [Resolve, Connect, Tls]
};

/// Says one breath at first and one more each time it hears something; then hangs up. Returns what it heard.
async fn speak(mut stream: DuplexStream, breaths: Vec<Vec<u8>>) -> Vec<u8> {
    let mut heard = Vec::new();
    for breath in breaths {
        // A client that is gone hears nothing more.
        if stream.write_all(&breath).await.is_err() || !matches!(stream.read_buf(&mut heard).await, Ok(1..)) {
            break;
        }
    }
    heard
}

/// The secret as it is, in quotes, and inside of base64 at each of the three offsets.
fn forms() -> [String; 5] {
    let inside = |offset: usize| {
        let message = [&b"\0\0"[..offset], SECRET.as_bytes()].concat();
        STANDARD.encode(&message).get((offset * 8).div_ceil(6)..message.len() * 8 / 6).unwrap_or_default().to_owned()
    };
    [SECRET.to_owned(), SECRET.replace('"', "\\\""), inside(0), inside(1), inside(2)]
}
