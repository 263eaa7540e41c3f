//! A mailbox, a server that follows a script, and what came of opening a session there.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use postroom_server::{
    login::Login,
    model::{
        AuthMethod, CheckReport, EmailAddress, Endpoint, Finding, Party, Problem, Protocol, Security, Step, StepState,
    },
    net::{Dialer, Trace, Wire, trace::STEP_DEADLINE},
    smtp::{self, Session},
};
use postroom_testing::{Script, dialer};

pub const SENDER: &str = "support@example.com";
pub const USER: &str = "ada@example.com";
pub const PASSWORD: &str = "open sesame";
pub const TOKEN: &str = "ya29.t0ken";

/// EHLO with everything a modern server has; goes before a sign-in.
pub const HELLO: &str = "S: 220 mail.example.com ESMTP
    C: EHLO postroom.example
    S: 250-mail.example.com
    S: 250-PIPELINING
    S: 250-SIZE 10240000
    S: 250-AUTH PLAIN LOGIN XOAUTH2 OAUTHBEARER
    S: 250 HELP\n";

/// A sign-in that works; goes before the sender.
pub const SIGNED_IN: &str = "C: AUTH PLAIN
    S: 235 2.7.0 Authentication successful\n";

/// A sender that is accepted.
pub const ACCEPTED: &str = "C: MAIL FROM:<support@example.com>
    C: RCPT TO:<support@example.com>
    C: RSET
    S: 250 2.1.0 Ok
    S: 250 2.1.5 Ok
    S: 250 2.0.0 Ok\n";

/// What came of one walk.
pub struct Walk {
    pub outcome: Result<Session, Problem>,
    pub report: CheckReport,
}

/// Who walks, and how.
#[derive(Clone)]
pub struct Visitor {
    pub security: Security,
    pub host: &'static str,
    pub login: Login,
    pub sender: EmailAddress,
}

impl Default for Visitor {
    /// In clear, with a password and PLAIN.
    fn default() -> Self {
        Self {
            security: Security::None,
            host: "127.0.0.1",
            login: login(AuthMethod::Plain),
            sender: EmailAddress::parse(SENDER).unwrap(),
        }
    }
}

impl Visitor {
    pub fn with(method: AuthMethod) -> Self {
        Self { login: login(method), ..Self::default() }
    }

    /// Walks all the way.
    pub async fn visit(&self, server: &Script) -> Walk {
        self.visit_by(&dialer(), server).await
    }

    pub async fn visit_by(&self, dialer: &Dialer, server: &Script) -> Walk {
        self.visit_within(STEP_DEADLINE, dialer, server).await
    }

    /// Walks to a server that will not answer, and does not wait long.
    pub async fn visit_impatiently(&self, server: &Script) -> Walk {
        self.visit_within(Duration::from_millis(1_500), &dialer(), server).await
    }

    async fn visit_within(&self, deadline: Duration, dialer: &Dialer, server: &Script) -> Walk {
        let endpoint = server.endpoint_named(self.host, self.security);
        let (trace, report) = listen(self.security);
        let trace = trace.with_step_deadline(deadline);
        let outcome = smtp::open(dialer, &endpoint, &self.login, &self.sender, &trace).await;
        Walk::over(outcome, &trace, &report)
    }

    /// Walks on a connection that is there already, to a server of any name.
    pub async fn visit_over(&self, wire: impl FnOnce(Trace) -> Wire) -> Walk {
        let endpoint = Endpoint::new(self.host.to_owned(), 465, self.security);
        let (trace, report) = listen(self.security);
        let outcome = smtp::open_over(wire(trace.clone()), &dialer(), &endpoint, &self.login, &self.sender).await;
        Walk::over(outcome, &trace, &report)
    }
}

fn listen(security: Security) -> (Trace, Arc<Mutex<CheckReport>>) {
    let report = Arc::new(Mutex::new(CheckReport::planned(Protocol::Smtp, security)));
    let sink = Arc::clone(&report);
    (Trace::to(move |event| sink.lock().unwrap().apply(event)), report)
}

pub fn login(method: AuthMethod) -> Login {
    let secret = if method.uses_token() { TOKEN } else { PASSWORD };
    Login { username: USER.to_owned(), secret: secret.into(), method }
}

/// The parts, one after the other, as one script; whoever gets to its end may say goodbye.
pub fn script(parts: &[&str]) -> String {
    format!("{}\nC: QUIT\nS: 221 2.0.0 Bye\nCLOSE", parts.concat())
}

/// Serves a [`script`] in clear.
pub async fn serve(parts: &[&str]) -> Script {
    Script::serve(&script(parts)).await
}

impl Walk {
    fn over(outcome: Result<Session, Problem>, trace: &Trace, report: &Mutex<CheckReport>) -> Self {
        trace.end();
        let report = report.lock().unwrap().clone();
        // What the caller gets and what the page shows is the same.
        assert_eq!(report.problem().map(|(_, problem)| problem), outcome.as_ref().err());
        Self { outcome, report }
    }

    pub fn problem(&self) -> &Problem {
        self.outcome.as_ref().err().unwrap_or_else(|| panic!("the walk went well: {:?}", self.report.transcript))
    }

    /// The step that failed.
    pub fn failed_at(&self) -> Step {
        self.report.problem().unwrap_or_else(|| panic!("the walk went well: {:?}", self.report.transcript)).0
    }

    pub fn session(self) -> Session {
        self.outcome.unwrap_or_else(|problem| panic!("{problem}: {:?}", self.report.transcript))
    }

    pub fn finding(&self, step: Step) -> &Finding {
        self.report
            .steps
            .iter()
            .find(|line| line.step == step && line.state == StepState::Passed)
            .and_then(|line| line.finding.as_ref())
            .unwrap_or_else(|| panic!("{step:?} has not passed: {:?}", self.report))
    }

    /// The transcript of one party.
    pub fn said_by(&self, party: Party) -> Vec<&str> {
        self.report.transcript.iter().filter(|line| line.from == party).map(|line| line.text.as_str()).collect()
    }
}
