//! Whole visits: to name servers, to hosts behind the guard, and to scripted mail servers.

use postroom_server::{
    check::{self, Subject, Target},
    login::Login,
    model::{EmailAddress, Endpoint, Problem, Protocol, Security},
    net::{DialOptions, Dialer, Guard, Trace},
};
use postroom_testing::{
    Authority, Leaf, Script, ServerTls, impatient,
    name_server::{Answer, name_server},
};

use crate::row::Case;

/// What becomes of a name that a name server answers so.
pub async fn dns(answer: &str) -> Problem {
    let answer = match answer.strip_prefix("code ") {
        Some(code) => Answer::Code(code.parse().unwrap()),
        None => Answer::Nothing,
    };
    let name_servers = vec![name_server(answer).await];
    opened("mail.example.test", DialOptions { guard: Guard::allow_all(), name_servers, ..DialOptions::default() }).await
}

/// What becomes of a host, where users may not go everywhere.
pub async fn host(host: &str) -> Problem {
    opened(host, DialOptions::default()).await
}

async fn opened(host: &str, options: DialOptions) -> Problem {
    let dialer = Dialer::new(DialOptions { deadlines: impatient(), ..options }).unwrap();
    let endpoint = Endpoint::new(host.to_owned(), 993, Security::Tls);
    dialer.open(&endpoint, &Trace::off()).await.unwrap_err()
}

/// What a check of a scripted server ends with.
pub async fn problem(protocol: Protocol, case: &Case) -> Option<Problem> {
    let authority = Authority::new("House CA");
    let tls = ServerTls::of(&authority.issue(&Leaf::default()));
    let server = if case.tls {
        Script::serve_tls(&case.says, &tls).await
    } else {
        Script::serve_starttls(&case.says, &tls).await
    };
    let options = DialOptions {
        guard: Guard::allow_all(),
        extra_roots: vec![authority.root()],
        deadlines: impatient(),
        ..DialOptions::default()
    };
    let subject = match protocol {
        Protocol::Imap => Subject::Incoming { folder: "INBOX".to_owned() },
        Protocol::Smtp => Subject::Outgoing { sender: EmailAddress::parse("support@example.com").unwrap() },
    };
    let login =
        Login { username: "support@example.com".to_owned(), secret: "correct horse".into(), method: case.method() };
    let target = Target { endpoint: server.endpoint(case.security()), login, subject };
    let report = check::run(&Dialer::new(options).unwrap(), &target, |_| {}).await;
    // Whoever begins with TLS where it is not spoken says what no script expects.
    let _ = server.surprise();
    report.problem().map(|(_, problem)| problem.clone())
}
