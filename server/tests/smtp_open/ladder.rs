//! The walk as a whole: its steps, its flights, its end.

use std::{
    io,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    task::{Context, Poll},
};

use postroom_server::{
    model::{AuthMethod, EmailAddress, Endpoint, Party, Problem, Protocol, Security, Step, StepState},
    net::{Trace, Wire},
    smtp,
};
use postroom_testing::{Authority, Leaf, Script, ServerTls, dialer, dialer_trusting};
use tokio::{
    io::{
        AsyncBufReadExt, AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, BufReader, DuplexStream, ReadBuf, duplex,
        split,
    },
    net::TcpStream,
    time::Instant,
};

use crate::world::{ACCEPTED, HELLO, SIGNED_IN, Visitor, login, script, serve};

#[tokio::test]
async fn every_step_of_the_plan_is_walked_under_implicit_tls() {
    let authority = Authority::new("House CA");
    let tls = ServerTls::of(&authority.issue(&Leaf::default()));
    let server = Script::serve_tls(&script(&[HELLO, SIGNED_IN, ACCEPTED]), &tls).await;
    let visitor = Visitor { security: Security::Tls, ..Visitor::default() };

    let walk = visitor.visit_by(&dialer_trusting(&[authority.root()]), &server).await;

    assert!(walk.report.passed(), "{:?}", walk.report);
    let steps: Vec<Step> = walk.report.steps.iter().map(|line| line.step).collect();
    assert_eq!(steps, Step::plan(Protocol::Smtp, Security::Tls));
    walk.session().close().await;
}

#[tokio::test]
async fn the_steps_behind_a_failed_one_are_skipped() {
    let server = serve(&[HELLO, "C: AUTH\nS: 535 5.7.8 no\n"]).await;
    let walk = Visitor::default().visit(&server).await;
    let states: Vec<StepState> = walk.report.steps.iter().map(|line| line.state).collect();
    use StepState::{Failed, Passed, Skipped};
    assert_eq!(states, [Passed, Passed, Passed, Passed, Failed, Skipped]);
}

#[tokio::test]
async fn a_worker_walks_the_same_road_without_a_trace() {
    let server = serve(&[HELLO, SIGNED_IN, ACCEPTED]).await;
    let visitor = Visitor::default();
    let endpoint = server.endpoint(Security::None);
    let session = smtp::open(&dialer(), &endpoint, &visitor.login, &visitor.sender, &Trace::off()).await;
    session.unwrap().close().await;
}

#[test]
fn a_walk_can_be_moved_to_any_thread() {
    fn movable<T: Send>(walk: T) -> T {
        walk
    }
    let (dialer, visitor) = (dialer(), Visitor::default());
    let endpoint = Endpoint::new("127.0.0.1".to_owned(), 1, Security::Tls);
    drop(movable(smtp::open(&dialer, &endpoint, &visitor.login, &visitor.sender, &Trace::off())));
}

#[tokio::test]
async fn a_worker_gets_problems_without_secrets_too() {
    let server = serve(&[HELLO, "C: AUTH\nS: 535 5.7.8 no such password: open sesame\n"]).await;
    let visitor = Visitor::default();
    let endpoint = server.endpoint(Security::None);
    let opened = smtp::open(&dialer(), &endpoint, &visitor.login, &visitor.sender, &Trace::off()).await;
    assert_eq!(opened.unwrap_err(), Problem::BadCredentials { reply: "535 5.7.8 no such password: •••".to_owned() });
}

#[tokio::test]
async fn the_transcript_reads_like_the_conversation() {
    let server = serve(&[HELLO, SIGNED_IN, ACCEPTED]).await;
    let walk = Visitor::default().visit(&server).await;
    let client = walk.said_by(Party::Client);
    assert_eq!(
        client,
        [
            "EHLO postroom.example",
            "AUTH PLAIN •••",
            "MAIL FROM:<support@example.com>",
            "RCPT TO:<support@example.com>",
            "RSET"
        ]
    );
    let heard = walk.said_by(Party::Server);
    assert_eq!(heard.first(), Some(&"220 mail.example.com ESMTP"));
    assert_eq!(heard.last(), Some(&"250 2.0.0 Ok"));
    walk.session().close().await;
}

/// Counts the writes that leave us: each is one flight, and one round trip waited for.
struct Flights {
    stream: TcpStream,
    count: Arc<AtomicUsize>,
}

impl AsyncRead for Flights {
    fn poll_read(mut self: Pin<&mut Self>, context: &mut Context<'_>, into: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(context, into)
    }
}

impl AsyncWrite for Flights {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write(context, bytes);
        if written.is_ready() {
            self.count.fetch_add(1, Ordering::SeqCst);
        }
        written
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}

#[tokio::test]
async fn no_more_flights_leave_than_the_protocol_asks_for() {
    let slow = "S: 220 ready\nC: EHLO\nS: 250-mail\nS: 250 AUTH PLAIN\n";
    let slowly = "C: MAIL\nS: 250 ok\nC: RCPT\nS: 250 ok\nC: RSET\nS: 250 ok\n";
    let by_login = "C: AUTH LOGIN\nS: 334 \nC: \nS: 334 \nC: \nS: 235 ok\n";
    for (method, answers, flights) in [
        // EHLO · AUTH · MAIL, RCPT and RSET: with TCP, TLS and the greeting, six round trips.
        (AuthMethod::Plain, [HELLO, SIGNED_IN, ACCEPTED].concat(), 3),
        (AuthMethod::XOAuth2, [HELLO, "C: AUTH XOAUTH2\nS: 235 ok\n", ACCEPTED].concat(), 3),
        (AuthMethod::Login, [HELLO, by_login, ACCEPTED].concat(), 5),
        (AuthMethod::Plain, [slow, SIGNED_IN, slowly].concat(), 5),
    ] {
        let server = serve(&[&answers]).await;
        let stream = TcpStream::connect(server.address()).await.unwrap();
        let count = Arc::new(AtomicUsize::new(0));
        let transport = Flights { stream, count: Arc::clone(&count) };
        let visitor = Visitor { security: Security::Tls, login: login(method), ..Visitor::default() };
        let session = visitor.visit_over(|trace| Wire::new(transport, trace)).await.session();
        assert_eq!(count.load(Ordering::SeqCst), flights, "{method:?}");
        session.close().await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_server_that_falls_silent_meets_the_deadline_of_the_step() {
    let (ours, mut theirs) = duplex(4_096);
    theirs.write_all(b"220 ready\r\n").await.unwrap();
    let began = Instant::now();
    let visitor = Visitor { security: Security::Tls, ..Visitor::default() };
    let walk = visitor.visit_over(|trace| Wire::new(ours, trace)).await;
    assert_eq!((walk.failed_at(), walk.problem()), (Step::Ehlo, &Problem::TimedOut { seconds: 10 }));
    assert_eq!(began.elapsed().as_secs(), 10);
    let mut heard = [0; 64];
    let bytes = theirs.read(&mut heard).await.unwrap();
    assert_eq!(&heard[..bytes], b"EHLO postroom.example\r\n");
}

/// Says the first reply, and one more for every line it hears; leaves when it has none left and hears another.
async fn answer(stream: DuplexStream, replies: Vec<Vec<u8>>) {
    let (reading, mut writing) = split(stream);
    let mut lines = BufReader::new(reading).split(b'\n');
    for reply in replies {
        if writing.write_all(&reply).await.is_err() || !matches!(lines.next_segment().await, Ok(Some(_))) {
            return;
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_server_that_does_not_say_goodbye_is_left_after_two_seconds() {
    let (ours, theirs) = duplex(4_096);
    let replies =
        ["220 ready", "250-mail\r\n250-PIPELINING\r\n250 AUTH PLAIN", "235 ok", "250 ok", "250 ok", "250 ok", ""];
    tokio::spawn(answer(theirs, replies.iter().map(|reply| format!("{reply}\r\n").into_bytes()).collect()));
    let visitor = Visitor { security: Security::Tls, ..Visitor::default() };
    let session = visitor.visit_over(|trace| Wire::new(ours, trace)).await.session();
    let began = Instant::now();
    session.close().await;
    assert_eq!(began.elapsed().as_secs(), 2);
}

#[tokio::test]
async fn words_that_were_waiting_when_our_own_write_failed_are_heard() {
    let (ours, mut theirs) = duplex(4_096);
    theirs.write_all(b"220 ready\r\n421 4.3.2 shutting down\r\n").await.unwrap();
    drop(theirs);
    let visitor = Visitor { security: Security::Tls, ..Visitor::default() };
    let walk = visitor.visit_over(|trace| Wire::new(ours, trace)).await;
    assert_eq!(walk.failed_at(), Step::Ehlo);
    assert_eq!(walk.problem(), &Problem::TemporaryRefusal { reply: "421 4.3.2 shutting down".to_owned() });
}

#[tokio::test(start_paused = true)]
async fn whatever_a_server_says_the_walk_ends_with_a_problem_or_a_session() {
    const WHOLE: [&[u8]; 7] = [
        b"220 mail ESMTP\r\n",
        b"250-mail\r\n250-AUTH LOGIN XOAUTH2\r\n250 SMTPUTF8\r\n",
        b"334 VXNlcm5hbWU6\r\n",
        b"334 eyJzdGF0dXMiOiI0MDEifQ==\r\n",
        b"235 ok\r\n",
        b"250 ok\r\n",
        b"250-ok\r\n250 ok\r\n",
    ];
    let dialer = dialer();
    let endpoint = Endpoint::new("127.0.0.1".to_owned(), 1, Security::Tls);
    let sender = EmailAddress::parse("support@example.com").unwrap();
    let mut state = 0x2545_f491_u32;
    let mut random = move |below: usize| {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        state as usize % below
    };
    let mut problems = std::collections::BTreeSet::new();
    for round in 0..400 {
        let mut replies = WHOLE.map(<[u8]>::to_vec);
        for _ in 0..random(5) {
            let said = &mut replies[random(WHOLE.len())];
            let at = random(said.len());
            match random(3) {
                0 => said[at] = u8::try_from(random(256)).unwrap(),
                1 => said.insert(at, b"\r\n -.\x00\xff\xb8"[random(8)]),
                _ => said.truncate(at + 1),
            }
        }
        let (ours, theirs) = duplex(65_536);
        tokio::spawn(answer(theirs, replies.to_vec()));
        let login = login([AuthMethod::Login, AuthMethod::XOAuth2][round % 2]);
        match smtp::open_over(Wire::new(ours, Trace::off()), &dialer, &endpoint, &login, &sender).await {
            Ok(session) => session.close().await,
            Err(problem) => drop(problems.insert(problem.kind())),
        }
    }
    assert!(problems.contains("connection_lost") && problems.len() > 4, "{problems:?}");
}
