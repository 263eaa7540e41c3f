//! An IMAP server at the other end of a pipe, which answers by rule and counts how often it had to.

use std::{
    collections::VecDeque,
    net::{Ipv4Addr, SocketAddr},
    sync::{Arc, LazyLock, Mutex},
    time::Duration,
};

use postroom_server::{
    Clock,
    imap::{self, Session},
    login::Login,
    model::{
        AuthMethod, CheckReport, Endpoint, Event, Finding, Party, Problem, Protocol, Security, Step, StepState,
        Timestamp,
    },
    net::{DialOptions, Dialer, Trace, Wire},
};
use secrecy::SecretString;
use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream};

pub const USERNAME: &str = "support@example.com";
pub const PASSWORD: &str = "correct horse";
/// When every visit happens: 2026-11-30T13:24:05Z.
pub const TODAY: Timestamp = Timestamp(1_796_045_045_000);

/// What the server says, command by command. Begins as a well-behaved Dovecot.
#[derive(Clone)]
pub struct Server {
    greeting: Vec<u8>,
    greets_after: Duration,
    /// A command's beginning, and what is said to it and to the lines that continue it.
    rules: Vec<(String, Vec<Vec<u8>>)>,
}

/// What the server saw.
#[derive(Default)]
struct Seen {
    lines: Vec<String>,
    flights: usize,
}

/// A walk that is over.
pub struct Walk {
    pub result: Result<Session, Problem>,
    events: Arc<Mutex<Vec<Event>>>,
    security: Security,
    seen: Arc<Mutex<Seen>>,
}

/// Who comes, and how.
#[derive(Clone)]
pub struct Visit {
    pub host: &'static str,
    pub security: Security,
    pub method: AuthMethod,
    pub password: &'static str,
    pub folder: &'static str,
}

impl Default for Visit {
    fn default() -> Self {
        Self {
            host: "mail.example.com",
            security: Security::Tls,
            method: AuthMethod::Plain,
            password: PASSWORD,
            folder: "INBOX",
        }
    }
}

impl Visit {
    pub fn by(method: AuthMethod) -> Self {
        Self { method, ..Self::default() }
    }

    pub fn at(host: &'static str, method: AuthMethod) -> Self {
        Self { host, method, ..Self::default() }
    }

    pub fn over(security: Security) -> Self {
        Self { security, ..Self::default() }
    }
}

impl Server {
    pub fn new() -> Self {
        let server = Self { greeting: Vec::new(), greets_after: Duration::ZERO, rules: Vec::new() };
        server
            .greets("* OK [CAPABILITY IMAP4rev1 SASL-IR LITERAL+ ID IDLE AUTH=PLAIN AUTH=LOGIN] Dovecot ready.")
            .on("CAPABILITY", &["* CAPABILITY IMAP4rev1 SASL-IR ID IDLE AUTH=PLAIN\n{tag} OK Done."])
            .on("AUTHENTICATE", &["{tag} OK [CAPABILITY IMAP4rev1 ID IDLE] Logged in"])
            .on("LOGIN", &["{tag} OK [CAPABILITY IMAP4rev1 ID IDLE] Logged in"])
            .on("ID", &["* ID (\"name\" \"Dovecot\")\n{tag} OK ID completed."])
            .on("LIST", &["* LIST () \"/\" Sent\n* LIST (\\HasNoChildren) \"/\" INBOX\n{tag} OK List completed."])
            .on(
                "EXAMINE",
                &["* FLAGS (\\Seen)\n* 172 EXISTS\n* 0 RECENT\n* OK [UIDVALIDITY 3857529045] UIDs valid\n\
                   * OK [UIDNEXT 4392] Predicted next UID\n{tag} OK [READ-ONLY] Examine completed."],
            )
            .on("SEARCH", &["* SEARCH 171 172\n{tag} OK Search completed."])
            .on("IDLE", &["+ idling"])
            .on("DONE", &["{idle} OK Idle completed."])
            .on("LOGOUT", &["* BYE Logging out\n{tag} OK Logout completed.\nCLOSE"])
    }

    /// The first words; `\n` stands for CRLF.
    pub fn greets(mut self, words: &str) -> Self {
        self.greeting = lines(words);
        self
    }

    /// The first words, byte by byte.
    pub fn greets_with(mut self, bytes: &[u8]) -> Self {
        self.greeting = bytes.to_vec();
        self
    }

    /// Keeps visitors waiting on purpose. For tests whose time is paused.
    pub fn greets_after(mut self, delay: Duration) -> Self {
        self.greets_after = delay;
        self
    }

    /// The capabilities in the greeting.
    pub fn offers(self, capabilities: &str) -> Self {
        self.greets(&format!("* OK [CAPABILITY {capabilities}] ready"))
    }

    /// What is said to a command and to each line that continues it. `{tag}` is the command's tag; a line `CLOSE`
    /// closes the connection; nothing at all is silence.
    pub fn on(mut self, command: &str, replies: &[&str]) -> Self {
        self.rules.retain(|(own, _)| own != command);
        self.rules.push((command.to_owned(), replies.iter().map(|reply| lines(reply)).collect()));
        self
    }

    /// Changes what the server says, reply by reply and byte by byte.
    pub fn garbled(mut self, mut garble: impl FnMut(&mut Vec<u8>)) -> Self {
        garble(&mut self.greeting);
        self.rules.iter_mut().flat_map(|(_, replies)| replies).for_each(garble);
        self
    }

    /// Sends a visitor in and waits until it stands in the folder or has given up.
    pub async fn visited(self, visit: Visit) -> Walk {
        let (ours, theirs) = tokio::io::duplex(1 << 21);
        let seen = Arc::new(Mutex::new(Seen::default()));
        tokio::spawn(self.serve(theirs, Arc::clone(&seen)));
        let events = Arc::new(Mutex::new(Vec::new()));
        let sink = Arc::clone(&events);
        let trace = Trace::to(move |event| sink.lock().unwrap().push(event));
        let endpoint = Endpoint::new(visit.host.to_owned(), 993, visit.security);
        let login =
            Login { username: USERNAME.to_owned(), secret: SecretString::from(visit.password), method: visit.method };
        let wire = Wire::new(ours, trace.clone());
        let result = imap::open_over(&DIALER, wire, &endpoint, &login, visit.folder, &trace).await;
        trace.end();
        Walk { result, events, security: visit.security, seen }
    }

    async fn serve(self, mut stream: DuplexStream, seen: Arc<Mutex<Seen>>) {
        let mut inbox = Vec::new();
        let mut tag = String::new();
        let mut idle = String::new();
        let mut continued: VecDeque<Vec<u8>> = VecDeque::new();
        // The client says nothing before the greeting: this waits and reads nothing.
        let _ = tokio::time::timeout(self.greets_after, std::future::pending::<()>()).await;
        let mut open = say(&mut stream, &self.greeting, &tag, &idle).await;
        let mut chunk = vec![0; 1 << 16];
        while open {
            let Ok(read @ 1..) = stream.read(&mut chunk).await else { break };
            seen.lock().unwrap().flights += 1;
            inbox.extend_from_slice(&chunk[..read]);
            while let Some(end) = inbox.iter().position(|&byte| byte == b'\n') {
                let line: Vec<u8> = inbox.drain(..=end).collect();
                let line = String::from_utf8_lossy(&line).trim_end().to_owned();
                seen.lock().unwrap().lines.push(line.clone());
                let reply = continued.pop_front().unwrap_or_else(|| {
                    let (first, command) = line.split_once(' ').unwrap_or(("", &line));
                    if !first.is_empty() {
                        tag = first.to_owned();
                    }
                    if command == "IDLE" {
                        idle = tag.clone();
                    }
                    let fits = |own: &str| {
                        command.strip_prefix(own).is_some_and(|rest| rest.is_empty() || rest.starts_with(' '))
                    };
                    let rule = self.rules.iter().filter(|(own, _)| fits(own)).max_by_key(|(own, _)| own.len());
                    let (_, replies) = rule.unwrap_or_else(|| panic!("no rule for {line:?}"));
                    continued = replies.iter().skip(1).cloned().collect();
                    replies.first().cloned().unwrap_or_default()
                });
                open = open && say(&mut stream, &reply, &tag, &idle).await;
            }
        }
    }
}

/// Says a reply; false when it ends with `CLOSE`.
async fn say(stream: &mut DuplexStream, reply: &[u8], tag: &str, idle: &str) -> bool {
    let (words, stays) = match reply.strip_suffix(b"CLOSE\r\n") {
        Some(words) => (words, false),
        None => (reply, true),
    };
    let words = replaced(&replaced(words, b"{tag}", tag), b"{idle}", idle);
    if stream.write_all(&words).await.is_err() {
        return false;
    }
    if !stays {
        let _ = stream.shutdown().await;
    }
    stays
}

fn replaced(bytes: &[u8], what: &[u8], by: &str) -> Vec<u8> {
    let mut left = bytes;
    let mut made = Vec::new();
    while let Some((&first, rest)) = left.split_first() {
        if let Some(behind) = left.strip_prefix(what) {
            made.extend_from_slice(by.as_bytes());
            left = behind;
        } else {
            made.push(first);
            left = rest;
        }
    }
    made
}

fn lines(words: &str) -> Vec<u8> {
    if words.is_empty() { Vec::new() } else { format!("{}\r\n", words.replace('\n', "\r\n")).into_bytes() }
}

/// Reaches nobody: its only name server is a port of loopback where nothing listens.
static DIALER: LazyLock<Dialer> = LazyLock::new(|| {
    let name_servers = vec![SocketAddr::from((Ipv4Addr::LOCALHOST, 1))];
    let clock = Clock::fixed(TODAY);
    Dialer::new(DialOptions { name_servers, clock, ..DialOptions::default() }).expect("a dialer can be made")
});

impl Walk {
    pub fn session(self) -> Session {
        self.result.expect("the walk goes well")
    }

    /// What a step has found, where it has passed.
    pub fn found(&self, step: Step) -> Option<Finding> {
        self.report().steps.into_iter().find(|line| line.step == step).and_then(|line| line.finding)
    }

    /// The problem, and the step it happened in; the report must tell the same as the result.
    pub fn problem(&self) -> (Step, Problem) {
        let report = self.report();
        let (step, problem) = report.problem().expect("a step failed");
        assert_eq!(self.result.as_ref().err(), Some(problem), "what is shown is what is returned");
        (step, problem.clone())
    }

    pub fn report(&self) -> CheckReport {
        let mut report = CheckReport::planned(Protocol::Imap, self.security);
        // The dialer's steps are not walked over a pipe.
        for line in &mut report.steps {
            if matches!(line.step, Step::Resolve | Step::Connect | Step::Tls) {
                line.state = StepState::Passed;
            }
        }
        for event in self.events.lock().unwrap().iter() {
            report.apply(event.clone());
        }
        report
    }

    /// The commands the server heard, without their tags.
    pub fn commands(&self) -> Vec<String> {
        let seen = self.seen.lock().unwrap();
        let untagged = |line: &String| line.split_once(' ').map_or(line.clone(), |(_, command)| command.to_owned());
        seen.lines.iter().map(untagged).collect()
    }

    /// Every line the server heard.
    pub fn heard(&self) -> Vec<String> {
        self.seen.lock().unwrap().lines.clone()
    }

    /// How often the server had to wait for us.
    pub fn flights(&self) -> usize {
        self.seen.lock().unwrap().flights
    }

    /// What the transcript shows of one party.
    pub fn said_by(&self, party: Party) -> Vec<String> {
        let report = self.report();
        report.transcript.into_iter().filter(|line| line.from == party).map(|line| line.text).collect()
    }
}
