//! What a watched check says when the way is closed, or begins otherwise than it was told to.
//!
//! The usual ports cannot be listened on in a test: the ports the scripted servers got take their place.

#![expect(clippy::unwrap_used, reason = "a world that cannot be made is a failed test")]

use std::{
    net::Ipv4Addr,
    sync::{Arc, Mutex},
    time::Duration,
};

use postroom_server::{
    check::{self, Subject, Target},
    login::Login,
    model::{AuthMethod, CheckReport, EmailAddress, Endpoint, Event, Problem, Protocol, Security, Step},
    net::{Deadlines, DialOptions, Dialer, Door, Guard, Neighbours},
};
use postroom_testing::{Authority, Leaf, Script, ServerTls, impatient};
use tokio::net::{TcpListener, TcpSocket, TcpStream};

const SECRET: &str = "correct horse battery";
const IMAP: &str = "S: * OK [CAPABILITY IMAP4rev1 STARTTLS LOGINDISABLED] ready";
const IMAP_STARTTLS: &str = "S: * OK [CAPABILITY IMAP4rev1 STARTTLS LOGINDISABLED] ready
    C: STARTTLS
    S: OK Begin TLS
    TLS";
const SMTP: &str = "S: 220 mail.example.com ESMTP
    C: EHLO
    S: 250-mail.example.com
    S: 250 AUTH PLAIN
    C: QUIT
    S: 221 Bye";
const SMTP_STARTTLS: &str = "S: 220 mail.example.com ESMTP
    C: EHLO
    S: 250-mail.example.com
    S: 250 STARTTLS
    C: STARTTLS
    S: 220 Go ahead
    TLS
    C: EHLO
    S: 250-mail.example.com
    S: 250 AUTH PLAIN
    C: QUIT
    S: 221 Bye";

/// A certificate that is trusted, and the deadlines and neighbours of one test.
struct World {
    authority: Authority,
    tls: ServerTls,
    neighbours: Neighbours,
    deadlines: Deadlines,
}

impl World {
    fn new() -> Self {
        let authority = Authority::new("House CA");
        let tls = ServerTls::of(&authority.issue(&Leaf::default()));
        let neighbours = Neighbours { imap: Vec::new(), smtp: Vec::new(), references: Vec::new() };
        let deadlines = Deadlines {
            step: Duration::from_secs(2),
            check: Duration::from_secs(10),
            second_look: Duration::from_secs(2),
            tls_probe: Duration::from_millis(300),
            ..impatient()
        };
        Self { authority, tls, neighbours, deadlines }
    }

    /// These are the usual ports of both protocols.
    fn usual(mut self, doors: &[(u16, Security)]) -> Self {
        let doors: Vec<Door> = doors.iter().map(|&(port, security)| Door { port, security }).collect();
        self.neighbours.imap.clone_from(&doors);
        self.neighbours.smtp = doors;
        self
    }

    /// These hosts are known to answer on `port`.
    fn known(mut self, hosts: &[&str], port: u16) -> Self {
        self.neighbours.references = hosts.iter().map(|host| ((*host).to_owned(), port)).collect();
        self
    }

    fn dialer(&self) -> Dialer {
        Dialer::new(DialOptions {
            guard: Guard::allow_all(),
            extra_roots: vec![self.authority.root()],
            deadlines: self.deadlines,
            neighbours: self.neighbours.clone(),
            ..DialOptions::default()
        })
        .unwrap()
    }

    async fn watched(&self, protocol: Protocol, endpoint: Endpoint) -> (CheckReport, Vec<Event>) {
        let events = Arc::new(Mutex::new(Vec::new()));
        let sink = Arc::clone(&events);
        let target = target(protocol, endpoint);
        let report =
            check::run_watched(&self.dialer(), &target, move |event| sink.lock().unwrap().push(event.clone())).await;
        let events = events.lock().unwrap().clone();
        (report, events)
    }

    async fn report(&self, protocol: Protocol, endpoint: Endpoint) -> CheckReport {
        self.watched(protocol, endpoint).await.0
    }
}

fn target(protocol: Protocol, endpoint: Endpoint) -> Target {
    let subject = match protocol {
        Protocol::Imap => Subject::Incoming { folder: "INBOX".to_owned() },
        Protocol::Smtp => Subject::Outgoing { sender: EmailAddress::parse("ada@example.com").unwrap() },
    };
    let login = Login { username: "ada".to_owned(), secret: SECRET.into(), method: AuthMethod::Plain };
    Target { endpoint, login, subject }
}

fn at(port: u16, security: Security) -> Endpoint {
    Endpoint::new("127.0.0.1".to_owned(), port, security)
}

/// A port that swallows what knocks: its queue is full, and stays so while this is kept.
struct Silent {
    port: u16,
    _listener: TcpListener,
    _first: Vec<TcpStream>,
}

async fn silent(host: Ipv4Addr, port: u16) -> Silent {
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind((host, port).into()).unwrap();
    let listener = socket.listen(0).unwrap();
    let address = listener.local_addr().unwrap();
    let mut first = Vec::new();
    while let Ok(Ok(stream)) = tokio::time::timeout(Duration::from_millis(100), TcpStream::connect(address)).await {
        first.push(stream);
        assert!(first.len() < 10, "the queue is never full");
    }
    Silent { port: address.port(), _listener: listener, _first: first }
}

async fn closed() -> u16 {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    listener.local_addr().unwrap().port()
}

const ELSEWHERE: Ipv4Addr = Ipv4Addr::new(127, 0, 0, 2);

#[tokio::test]
async fn a_port_that_begins_in_clear_is_offered_with_starttls() {
    let world = World::new();
    // First comes a client that begins with TLS, and hears nothing but clear text.
    let server = Script::serve_starttls_in_turn(&[IMAP, IMAP_STARTTLS], &world.tls).await;

    let (report, events) = world.watched(Protocol::Imap, server.endpoint(Security::Tls)).await;

    assert_eq!(report.problem(), Some((Step::Tls, &Problem::NotATlsPort { port: server.port() })));
    assert_eq!(report.offers, [server.endpoint(Security::StartTls)]);
    let order: Vec<&Event> = events.iter().filter(|event| !matches!(event, Event::Line(_))).rev().take(3).collect();
    assert!(
        matches!(order[..], [Event::Ended { .. }, Event::Failed { .. }, Event::Offered { .. }]),
        "the offer comes before the failure it heals: {order:?}"
    );
    assert!(!server.heard().iter().any(|line| line.contains("ada") || line.contains("AUTH")), "{:?}", server.heard());
}

#[tokio::test]
async fn a_port_that_waits_for_tls_is_offered_with_tls() {
    let world = World::new();
    let server = Script::serve_tls(IMAP, &world.tls).await;

    let report = world.report(Protocol::Imap, server.endpoint(Security::StartTls)).await;

    assert_eq!(report.problem(), Some((Step::Greeting, &Problem::TlsFromTheStart { port: server.port() })));
    assert_eq!(report.offers, [server.endpoint(Security::Tls)]);
}

#[tokio::test]
async fn the_usual_port_with_tls_is_offered_before_starttls_and_nothing_without_encryption() {
    let world = World::new();
    let clear = Script::serve("S: 220 mail.example.com ESMTP\nC: EHLO\nS: 250-mail\nS: 250 AUTH PLAIN").await;
    let upgraded = Script::serve_starttls(SMTP_STARTTLS, &world.tls).await;
    let tls = Script::serve_tls(SMTP, &world.tls).await;
    let world = world.usual(&[
        (clear.port(), Security::StartTls),
        (upgraded.port(), Security::StartTls),
        (tls.port(), Security::Tls),
    ]);

    let report = world.report(Protocol::Smtp, at(closed().await, Security::Tls)).await;

    assert_eq!(report.problem().unwrap().1.kind(), "connection_refused");
    assert_eq!(report.offers, [tls.endpoint(Security::Tls), upgraded.endpoint(Security::StartTls)]);
}

#[tokio::test]
async fn a_server_without_starttls_is_left_for_its_twin_port() {
    let world = World::new();
    let clear =
        Script::serve_in_turn(&["S: 220 mail ESMTP\nC: EHLO\nS: 250 mail.example.com", "S: 220 mail ESMTP"]).await;
    let tls = Script::serve_tls(SMTP, &world.tls).await;
    let world = world.usual(&[(tls.port(), Security::Tls)]);

    let report = world.report(Protocol::Smtp, clear.endpoint(Security::StartTls)).await;

    assert_eq!(report.problem(), Some((Step::StartTls, &Problem::StartTlsNotOffered)));
    assert_eq!(report.offers, [tls.endpoint(Security::Tls)]);
}

#[tokio::test]
async fn a_server_where_nobody_can_sign_in_is_no_offer() {
    let world = World::new();
    let mute = "S: 220 mail ESMTP\nC: EHLO\nS: 250 mail.example.com\nC: QUIT\nS: 221 Bye";
    let tls = Script::serve_tls(mute, &world.tls).await;
    let world = world.usual(&[(tls.port(), Security::Tls)]);

    let report = world.report(Protocol::Smtp, at(closed().await, Security::StartTls)).await;

    assert_eq!(report.offers, []);
}

#[tokio::test]
async fn a_door_whose_certificate_is_not_trusted_is_offered_last() {
    let world = World::new();
    let stranger = ServerTls::of(&Authority::new("Nobody's root").issue(&Leaf::default()));
    let untrusted = Script::serve_tls(IMAP, &stranger).await;
    let trusted = Script::serve_starttls(IMAP_STARTTLS, &world.tls).await;
    let world = world.usual(&[(untrusted.port(), Security::Tls), (trusted.port(), Security::StartTls)]);

    let report = world.report(Protocol::Imap, at(closed().await, Security::Tls)).await;

    assert_eq!(report.offers, [trusted.endpoint(Security::StartTls), untrusted.endpoint(Security::Tls)]);
}

#[tokio::test]
async fn a_port_that_is_silent_everywhere_is_blocked_by_the_network() {
    let here = silent(Ipv4Addr::LOCALHOST, 0).await;
    let _there = silent(ELSEWHERE, here.port).await;
    let world = World::new().known(&["127.0.0.2"], here.port);

    let report = world.report(Protocol::Smtp, at(here.port, Security::StartTls)).await;

    let expected =
        Problem::PortBlocked { host: "127.0.0.1".to_owned(), port: here.port, reference: Some("127.0.0.2".to_owned()) };
    assert_eq!(report.problem(), Some((Step::Connect, &expected)), "{:?}", report.transcript);
}

#[tokio::test]
async fn a_port_that_answers_elsewhere_is_not_listened_on_by_this_server() {
    let here = silent(Ipv4Addr::LOCALHOST, 0).await;
    let there = TcpListener::bind((ELSEWHERE, here.port)).await.unwrap();
    let world = World::new();
    let tls = Script::serve_tls(SMTP, &world.tls).await;
    let world = world.known(&["127.0.0.2"], here.port).usual(&[(tls.port(), Security::Tls)]);

    let report = world.report(Protocol::Smtp, at(here.port, Security::StartTls)).await;

    let expected = Problem::NotListening {
        host: "127.0.0.1".to_owned(),
        port: here.port,
        reference: "127.0.0.2".to_owned(),
        open: vec![tls.port()],
    };
    assert_eq!(report.problem(), Some((Step::Connect, &expected)), "{:?}", report.transcript);
    assert_eq!(report.offers, [tls.endpoint(Security::Tls)]);
    drop(there);
}

#[tokio::test]
async fn without_anybody_to_compare_with_a_silent_port_is_only_silent() {
    let here = silent(Ipv4Addr::LOCALHOST, 0).await;
    // A reference whose name leads nowhere proves nothing.
    let world = World::new().known(&["no such host"], here.port);

    let report = world.report(Protocol::Imap, at(here.port, Security::Tls)).await;

    assert_eq!(report.problem().unwrap().1.kind(), "connect_timed_out");
}

#[tokio::test]
async fn a_check_that_nobody_watches_does_not_look_twice() {
    let world = World::new();
    let tls = Script::serve_tls(IMAP, &world.tls).await;
    let world = world.usual(&[(tls.port(), Security::Tls)]);

    let target = target(Protocol::Imap, at(closed().await, Security::Tls));
    let report = check::run(&world.dialer(), &target, |_| {}).await;

    assert_eq!((report.offers.len(), tls.connections()), (0, 0));
}

#[tokio::test]
async fn a_look_ends_with_the_time_of_the_whole_check() {
    let here = silent(Ipv4Addr::LOCALHOST, 0).await;
    let mut world = World::new().usual(&[(here.port, Security::Tls)]);
    world.deadlines.check = Duration::from_millis(700);
    world.deadlines.second_look = Duration::from_secs(60);

    let report = world.report(Protocol::Imap, at(here.port, Security::StartTls)).await;

    assert_eq!(report.problem().unwrap().1.kind(), "connect_timed_out");
    assert!(report.millis < 1_500, "{} ms", report.millis);
}

#[tokio::test]
async fn a_neighbour_that_never_stops_talking_is_left() {
    let world = World::new();
    let chatter = format!("S~ {}", "x".repeat(200_000));
    let talker = Script::serve(&chatter).await;
    let world = world.usual(&[(talker.port(), Security::StartTls)]);

    let report = world.report(Protocol::Imap, at(closed().await, Security::Tls)).await;

    assert_eq!(report.offers, []);
    assert!(report.transcript.iter().all(|line| line.text.len() <= 2_100));
}

#[tokio::test]
async fn a_stored_report_without_offers_is_read_and_one_with_offers_comes_back() {
    let world = World::new();
    let server = Script::serve_tls(IMAP, &world.tls).await;
    let report = world.report(Protocol::Imap, server.endpoint(Security::StartTls)).await;

    let mut stored = serde_json::to_value(&report).unwrap();
    assert_eq!(serde_json::from_value::<CheckReport>(stored.clone()).unwrap(), report);
    stored.as_object_mut().unwrap().remove("offers");
    assert_eq!(serde_json::from_value::<CheckReport>(stored).unwrap().offers, []);
}
