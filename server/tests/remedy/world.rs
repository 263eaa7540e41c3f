//! Mailboxes at every service, and everything that can be said about them.

use postroom_server::{
    model::{Language, OAuthProvider, Problem, Protocol, Remedy, Security},
    remedy::{OAuthSituation, Situation, examples, remedy},
};

pub fn mailbox(protocol: Protocol, host: &str, address: &str) -> Situation {
    Situation {
        protocol,
        host: host.to_owned(),
        port: protocol.default_port(Security::Tls),
        security: Security::Tls,
        username: address.to_owned(),
        address: address.to_owned(),
        oauth: None,
    }
}

/// One mailbox at each service, with its right server.
pub fn mailboxes(protocol: Protocol) -> Vec<(&'static str, Situation)> {
    let of = |imap: &str, smtp: &str, address: &str| match protocol {
        Protocol::Imap => mailbox(protocol, imap, address),
        Protocol::Smtp => mailbox(protocol, smtp, address),
    };
    vec![
        ("Microsoft 365", of("outlook.office365.com", "smtp.office365.com", "support@example.com")),
        ("Outlook.com", of("outlook.office365.com", "smtp-mail.outlook.com", "support@outlook.com")),
        ("Google Workspace", of("imap.gmail.com", "smtp.gmail.com", "support@example.com")),
        ("Gmail", of("imap.gmail.com", "smtp.gmail.com", "support@gmail.com")),
        ("Naver", of("imap.naver.com", "smtp.naver.com", "support@naver.com")),
        ("NAVER WORKS", of("imap.worksmobile.com", "smtp.worksmobile.com", "support@example.co.kr")),
        ("Daum", of("imap.daum.net", "smtp.daum.net", "support@daum.net")),
        ("Kakao", of("imap.kakao.com", "smtp.kakao.com", "support@kakao.com")),
        ("Yahoo", of("imap.mail.yahoo.com", "smtp.mail.yahoo.com", "support@yahoo.com")),
        ("AOL", of("imap.aol.com", "smtp.aol.com", "support@aol.com")),
        ("Yahoo! JAPAN", of("imap.mail.yahoo.co.jp", "smtp.mail.yahoo.co.jp", "support@yahoo.co.jp")),
        ("iCloud", of("imap.mail.me.com", "smtp.mail.me.com", "support@icloud.com")),
        ("Zoho", of("imap.zoho.eu", "smtp.zoho.eu", "support@example.com")),
        ("Fastmail", of("imap.fastmail.com", "smtp.fastmail.com", "support@fastmail.com")),
        ("Yandex", of("imap.yandex.com", "smtp.yandex.com", "support@yandex.com")),
        ("QQ", of("imap.qq.com", "smtp.qq.com", "support@qq.com")),
        ("NetEase", of("imap.163.com", "smtp.163.com", "support@163.com")),
        ("GMX", of("imap.gmx.net", "mail.gmx.net", "support@gmx.net")),
        ("WEB.DE", of("imap.web.de", "smtp.web.de", "support@web.de")),
        ("T-Online", of("secureimap.t-online.de", "securesmtp.t-online.de", "support@t-online.de")),
        ("Mail.ru", of("imap.mail.ru", "smtp.mail.ru", "support@mail.ru")),
        ("Nate", of("imap.nate.com", "smtp.mail.nate.com", "support@nate.com")),
        ("Dooray!", of("imap.dooray.com", "smtp.dooray.com", "support@example.co.kr")),
        ("Hiworks", of("imap.hiworks.com", "smtps.hiworks.com", "support@example.co.kr")),
        ("another server", of("mail.example.com", "mail.example.com", "support@example.com")),
    ]
}

pub const CLIENT_ID: &str = "6f0c5a3e-9d1b-4c67-8f0a-2b7d4e91c5aa";

/// One mailbox for every way of signing in at a provider.
pub fn signed_in(protocol: Protocol) -> Vec<(&'static str, Situation)> {
    let of = |provider, imap: &str, smtp: &str, address: &str, person: &str| {
        let host = match protocol {
            Protocol::Imap => imap,
            Protocol::Smtp => smtp,
        };
        let oauth = OAuthSituation {
            provider,
            person: person.to_owned(),
            client_id: CLIENT_ID.to_owned(),
            tenant: "example.onmicrosoft.com".to_owned(),
            redirect_uri: "https://desk.example.com/oauth/callback".to_owned(),
            by_link: false,
        };
        Situation { oauth: Some(oauth), ..mailbox(protocol, host, address) }
    };
    let microsoft =
        |smtp, address, person| of(OAuthProvider::Microsoft, "outlook.office365.com", smtp, address, person);
    let google = |address, person| of(OAuthProvider::Google, "imap.gmail.com", "smtp.gmail.com", address, person);
    vec![
        ("Microsoft 365", microsoft("smtp.office365.com", "support@example.com", "support@example.com")),
        ("a shared mailbox", microsoft("smtp.office365.com", "support@example.com", "kim@example.com")),
        ("Outlook.com", microsoft("smtp-mail.outlook.com", "support@outlook.com", "support@outlook.com")),
        ("Google Workspace", google("support@example.com", "support@example.com")),
        ("Gmail", google("support@gmail.com", "support@gmail.com")),
    ]
}

pub fn shared_mailbox(protocol: Protocol) -> Situation {
    let (_, shared) = signed_in(protocol).remove(1);
    shared
}

pub fn with_oauth(mut situation: Situation, change: impl FnOnce(&mut OAuthSituation)) -> Situation {
    if let Some(oauth) = &mut situation.oauth {
        change(oauth);
    }
    situation
}

pub fn nothing_known(provider: OAuthProvider) -> OAuthSituation {
    let nothing = String::new;
    OAuthSituation {
        provider,
        person: nothing(),
        client_id: nothing(),
        tenant: nothing(),
        redirect_uri: nothing(),
        by_link: false,
    }
}

/// The problems of mail servers that are repaired otherwise where somebody signed in at the provider.
pub fn problems_after_a_sign_in() -> Vec<Problem> {
    let reply = String::new;
    vec![
        Problem::TokenRejected { reply: reply() },
        Problem::AuthenticatedButNotConnected { reply: reply() },
        Problem::NotAuthorized { reply: reply() },
        Problem::ImapDisabled { reply: reply() },
        Problem::SmtpAuthDisabled { reply: reply() },
        Problem::SenderRefused { sender: "support@example.com".to_owned(), reply: reply() },
        Problem::BlockedByPolicy { reply: reply() },
        Problem::BrowserSignInNeeded { reply: reply() },
        Problem::AccountDisabled { reply: reply() },
        Problem::PasswordExpired { reply: reply() },
    ]
}

/// The problems whose repair depends on the provider most.
pub fn provider_problems() -> Vec<Problem> {
    let reply = String::new;
    vec![
        Problem::BadCredentials { reply: reply() },
        Problem::AppPasswordNeeded { reply: reply() },
        Problem::ImapDisabled { reply: reply() },
        Problem::SmtpAuthDisabled { reply: reply() },
        Problem::PasswordsRetired { reply: reply() },
        Problem::BlockedByPolicy { reply: reply() },
        Problem::BrowserSignInNeeded { reply: reply() },
        Problem::AccountDisabled { reply: reply() },
        Problem::SenderRefused { sender: "hello@example.com".to_owned(), reply: reply() },
        Problem::RateLimited { reply: reply() },
    ]
}

pub fn protocol_of(problem: &Problem) -> Protocol {
    match problem {
        Problem::SmtpAuthDisabled { .. } | Problem::SenderRefused { .. } => Protocol::Smtp,
        _ => Protocol::Imap,
    }
}

/// Every problem in its own example, once more at every service, and after every kind of sign-in.
pub fn everywhere() -> Vec<(Problem, Situation)> {
    let examples = examples();
    let mut all = examples.clone();
    for (problem, situation) in examples {
        for (_, mailbox) in mailboxes(situation.protocol) {
            all.push((problem.clone(), Situation { port: situation.port, security: situation.security, ..mailbox }));
        }
        for (_, mailbox) in signed_in(situation.protocol) {
            all.push((problem.clone(), mailbox.clone()));
            all.push((problem.clone(), with_oauth(mailbox, |oauth| *oauth = nothing_known(oauth.provider))));
        }
    }
    all
}

pub fn context_of(problem: &Problem, situation: &Situation) -> String {
    let person = situation.oauth.as_ref().map_or("", |oauth| &oauth.person);
    format!("{} at {} of {} {person}", problem.kind(), situation.host, situation.address)
}

pub fn each_remedy(mut look: impl FnMut(&str, &Situation, Language, &Remedy)) {
    for language in Language::ALL {
        for (problem, situation) in everywhere() {
            let context = format!("{} ({})", context_of(&problem, &situation), language.tag());
            look(&context, &situation, language, &remedy(&problem, &situation, language));
        }
    }
}

pub fn texts(remedy: &Remedy) -> Vec<&str> {
    let steps = remedy.steps.iter().map(String::as_str);
    [remedy.title.as_str(), remedy.why.as_str()].into_iter().chain(steps).collect()
}
