//! A mail server that follows a script, on loopback.

use std::{
    net::{Ipv4Addr, SocketAddr},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
    time::Duration,
};

use postroom_server::model::{Endpoint, Security};
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    task::JoinHandle,
};
use tokio_rustls::TlsAcceptor;

use crate::{
    certificates::ServerTls,
    line::{self, Line},
};

/// A running server. Dropping it closes it, and fails the test when a client said something that was not in
/// the script.
pub struct Script {
    address: SocketAddr,
    heard: Arc<Heard>,
    task: JoinHandle<()>,
}

/// What clients did, over all connections.
#[derive(Default)]
struct Heard {
    connections: AtomicUsize,
    gone: AtomicUsize,
    lines: Mutex<Vec<String>>,
    surprise: Mutex<Option<String>>,
}

/// How the server begins, and what it says on its first, second, … connection; the last script is repeated.
struct Part {
    scripts: Vec<Vec<Line>>,
    tls: Option<ServerTls>,
    tls_at_once: bool,
}

impl Script {
    /// Serves the script in clear, anew for every connection. [`Line`] says what can stand in it.
    pub async fn serve(script: &str) -> Self {
        Self::serve_in_turn(&[script]).await
    }

    /// Serves the first script on the first connection and so on; the last one is repeated.
    pub async fn serve_in_turn(scripts: &[&str]) -> Self {
        Self::start(Part { scripts: parse_all(scripts), tls: None, tls_at_once: false }).await
    }

    /// Serves the script under implicit TLS.
    pub async fn serve_tls(script: &str, tls: &ServerTls) -> Self {
        Self::start(Part { scripts: parse_all(&[script]), tls: Some(tls.clone()), tls_at_once: true }).await
    }

    /// Serves the script in clear until its line `TLS`.
    pub async fn serve_starttls(script: &str, tls: &ServerTls) -> Self {
        Self::serve_starttls_in_turn(&[script], tls).await
    }

    /// Serves the first script on the first connection and so on, each in clear until its line `TLS`.
    pub async fn serve_starttls_in_turn(scripts: &[&str], tls: &ServerTls) -> Self {
        Self::start(Part { scripts: parse_all(scripts), tls: Some(tls.clone()), tls_at_once: false }).await
    }

    async fn start(part: Part) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("loopback has a free port");
        let address = listener.local_addr().expect("a listener has an address");
        let heard = Arc::new(Heard::default());
        let task = tokio::spawn(accept(listener, Arc::new(part), Arc::clone(&heard)));
        Self { address, heard, task }
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The port it listens on.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.address.port()
    }

    /// The endpoint `127.0.0.1` with the protection the client should use.
    #[must_use]
    pub fn endpoint(&self, security: Security) -> Endpoint {
        self.endpoint_named("127.0.0.1", security)
    }

    /// The endpoint under another name of this machine, such as `localhost`.
    #[must_use]
    pub fn endpoint_named(&self, host: &str, security: Security) -> Endpoint {
        Endpoint { host: host.to_owned(), port: self.port(), security }
    }

    /// How many connections were taken so far.
    #[must_use]
    pub fn connections(&self) -> usize {
        self.heard.connections.load(Ordering::SeqCst)
    }

    /// Every line clients said so far, tags included.
    #[must_use]
    pub fn heard(&self) -> Vec<String> {
        self.heard.lines.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Waits until every connection that was taken is over; at most ten seconds.
    pub async fn all_gone(&self) {
        let all = async {
            while self.heard.gone.load(Ordering::SeqCst) < self.heard.connections.load(Ordering::SeqCst) {
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(Duration::from_secs(10), all).await.expect("the client closes its connections");
    }
}

impl Drop for Script {
    fn drop(&mut self) {
        self.task.abort();
        let surprise = self.heard.surprise.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(surprise) = surprise
            && !thread::panicking()
        {
            panic!("{surprise}");
        }
    }
}

fn parse_all(scripts: &[&str]) -> Vec<Vec<Line>> {
    scripts.iter().map(|script| line::parse(script)).collect()
}

async fn accept(listener: TcpListener, part: Arc<Part>, heard: Arc<Heard>) {
    // The connections end with the server: dropping the set aborts them.
    let mut connections = tokio::task::JoinSet::new();
    while let Ok((stream, _)) = listener.accept().await {
        let turn = heard.connections.fetch_add(1, Ordering::SeqCst);
        let (part, heard) = (Arc::clone(&part), Arc::clone(&heard));
        connections.spawn(async move {
            let lines = part.scripts.get(turn).or(part.scripts.last()).map_or(&[] as &[Line], Vec::as_slice);
            play(stream, lines, &part, &heard).await;
            heard.gone.fetch_add(1, Ordering::SeqCst);
        });
    }
}

/// Plays one connection; a client that goes away early ends it without complaint.
async fn play(stream: TcpStream, lines: &[Line], part: &Part, heard: &Heard) {
    if part.tls_at_once {
        encrypted(stream, lines, part, heard).await;
        return;
    }
    let mut tag = String::new();
    let mut stream = stream;
    match speak(&mut stream, lines, &mut tag, heard).await {
        Next::Tls(rest) => encrypted(stream, rest, part, heard).await,
        Next::Reset => drop(stream.set_zero_linger()),
        Next::Abandon | Next::Over => (),
    }
}

async fn encrypted(stream: TcpStream, lines: &[Line], part: &Part, heard: &Heard) {
    let tls = part.tls.clone().expect("a script with TLS is served with an identity");
    if let Ok(mut stream) = TlsAcceptor::from(tls.0).accept(stream).await {
        match speak(&mut stream, lines, &mut String::new(), heard).await {
            Next::Reset => drop(stream.get_ref().0.set_zero_linger()),
            Next::Abandon => (),
            Next::Over => drop(stream.shutdown().await),
            Next::Tls(_) => panic!("a script does not begin TLS twice"),
        }
    }
}

/// What comes after the lines that could be played on this stream.
enum Next<'a> {
    Tls(&'a [Line]),
    Abandon,
    Reset,
    Over,
}

async fn speak<'a>(
    stream: &mut (impl AsyncRead + AsyncWrite + Unpin),
    lines: &'a [Line],
    tag: &mut String,
    heard: &Heard,
) -> Next<'a> {
    let mut inbox = Vec::new();
    let mut ahead = lines.iter();
    while let Some(line) = ahead.next() {
        let said = match line {
            Line::Say(text) => {
                let tagged = ["OK", "NO", "BAD"].contains(&text.split(' ').next().unwrap_or_default());
                let text = if tagged { format!("{tag} {text}\r\n") } else { format!("{text}\r\n") };
                stream.write_all(text.as_bytes()).await
            }
            Line::SayRaw(bytes) => stream.write_all(bytes).await,
            Line::Expect(expected) => {
                let Some(said) = read_line(stream, &mut inbox).await else { return Next::Over };
                heard.lines.lock().unwrap_or_else(PoisonError::into_inner).push(said.clone());
                if !line::matches(expected, &said) {
                    let surprise = format!("the script waits for {expected:?}, the client says {said:?}");
                    heard.surprise.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(surprise);
                    return Next::Over;
                }
                said.split(' ').next().unwrap_or_default().clone_into(tag);
                Ok(())
            }
            Line::Message => {
                loop {
                    let Some(said) = read_line(stream, &mut inbox).await else { return Next::Over };
                    let ended = said == ".";
                    heard.lines.lock().unwrap_or_else(PoisonError::into_inner).push(said);
                    if ended {
                        break;
                    }
                }
                Ok(())
            }
            Line::StartTls => return Next::Tls(ahead.as_slice()),
            Line::Close => return Next::Over,
            Line::Abandon => return Next::Abandon,
            Line::Reset => return Next::Reset,
            Line::Silence => break,
        };
        if said.is_err() || stream.flush().await.is_err() {
            return Next::Over;
        }
    }
    // Whatever the client still says, such as its farewell, is noted and not answered.
    while let Some(said) = read_line(stream, &mut inbox).await {
        heard.lines.lock().unwrap_or_else(PoisonError::into_inner).push(said);
    }
    Next::Over
}

/// The client's next line without its end; `None` once it has gone.
async fn read_line(stream: &mut (impl AsyncRead + Unpin), inbox: &mut Vec<u8>) -> Option<String> {
    loop {
        if let Some(end) = inbox.iter().position(|&byte| byte == b'\n') {
            let line: Vec<u8> = inbox.drain(..=end).collect();
            return Some(String::from_utf8_lossy(&line).trim_end_matches(['\r', '\n']).to_owned());
        }
        if stream.read_buf(inbox).await.ok()? == 0 {
            return None;
        }
    }
}
