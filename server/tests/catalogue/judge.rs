//! Gives single words to the code that judges them: replies, refusals, errors of the system.

use std::io;

use openidconnect::{HttpResponse, http::StatusCode};
use postroom_server::{
    imap::{
        classify::{self as imap, Place as ImapPlace},
        response::{Response, parse},
    },
    model::{Problem, Provider},
    net::tcp,
    oauth::classify::{self as oauth, Place as OAuthPlace, Refusal},
    smtp::{
        classify::{self as smtp, Place as SmtpPlace},
        reply::{Reply, ReplyReader},
    },
};

use crate::row::Case;

/// A reply of an IMAP server; what it says must be kept word by word.
pub fn imap(place: &str, case: &Case) -> Problem {
    let place = match place {
        "greeting" => ImapPlace::Greeting,
        "capabilities" => ImapPlace::Capabilities,
        "starttls" => ImapPlace::StartTls,
        "sign_in" => ImapPlace::SignIn,
        "folder" => ImapPlace::Folder,
        "idle" => ImapPlace::Idle,
        other => panic!("IMAP has no place {other:?}"),
    };
    let Response::Status(status) = parse(case.says.as_bytes()) else { panic!("{:?} is no status", case.says) };
    let provider = Provider::of_host(case.host());
    let scene = imap::Scene { place, provider, method: case.method(), folder: "Tickets" };
    let problem = imap::classify(&status, &[], scene);
    let words = case.says.split_once(' ').map(|(_, words)| words);
    assert_eq!(problem.reply(), words, "the server's own words are kept");
    problem
}

/// A reply of an SMTP server.
pub fn smtp(place: &str, case: &Case) -> Problem {
    let place = match place {
        "greeting" => SmtpPlace::Greeting,
        "ehlo" => SmtpPlace::Ehlo,
        "starttls" => SmtpPlace::StartTls,
        "sign_in" => SmtpPlace::SignIn,
        "mail" => SmtpPlace::Mail,
        "rcpt" => SmtpPlace::Rcpt,
        "message" => SmtpPlace::Message,
        other => panic!("SMTP has no place {other:?}"),
    };
    let reply = heard(&case.says);
    let scene = smtp::Scene {
        provider: Provider::of_host(case.host()),
        method: case.method(),
        offered: &[],
        sender: "support@example.com",
        encrypted: !case.in_clear,
        words: reply.to_string(),
    };
    smtp::problem(place, &reply, scene)
}

fn heard(text: &str) -> Reply {
    let mut reader = ReplyReader::new();
    let mut replies = text.lines().filter_map(|line| reader.push(line.as_bytes()).unwrap());
    replies.next().unwrap_or_else(|| panic!("{text:?} is no reply"))
}

/// What a provider says when it refuses.
pub fn oauth(place: &str, case: &Case) -> Problem {
    let place = match place {
        "answer" => OAuthPlace::Answer,
        "code" => OAuthPlace::Code,
        "refresh" => OAuthPlace::Refresh,
        "client" => OAuthPlace::Client,
        "page" => OAuthPlace::Page,
        other => panic!("a sign-in has no place {other:?}"),
    };
    let redirect_uri = "https://desk.example.org/oauth/callback";
    let scene = oauth::Scene { place, host: "login.microsoftonline.com", redirect_uri };
    if let Some(status) = case.says.strip_prefix("http ") {
        let mut response = HttpResponse::new(Vec::new());
        *response.status_mut() = StatusCode::from_bytes(status.as_bytes()).unwrap();
        return oauth::response_problem(&response, scene);
    }
    let (error, description) = case.says.split_once(": ").unwrap_or((&case.says, ""));
    oauth::problem(&Refusal::new(error, description), scene)
}

/// An error of the system at connecting, by its number.
pub fn socket(case: &Case) -> Problem {
    let error = io::Error::from_raw_os_error(case.says.parse().unwrap());
    tcp::problem(&error, case.host(), 993)
}
